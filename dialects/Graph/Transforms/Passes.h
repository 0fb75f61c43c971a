//===- Passes.h - Passes over the graph dialect -----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_TRANSFORMS_PASSES_H
#define GRAPHC_DIALECTS_GRAPH_TRANSFORMS_PASSES_H

#include "dialects/Graph/IR/Graph.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace graphc::graph {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "dialects/Graph/Transforms/Passes.h.inc"

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_PASSES_H
