//===- Passes.h - Passes for tests of graphc --------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TESTING_PASSES_H
#define GRAPHC_TESTING_PASSES_H

#include "mlir/Pass/Pass.h"

namespace graphc {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "graphc/Testing/Passes.h.inc"

} // namespace graphc

#endif // GRAPHC_TESTING_PASSES_H
