//===- IndexBounds.h - Indices that cannot be out of range ------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_INDEXBOUNDS_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_INDEXBOUNDS_H

#include "dialects/Graph/IR/Graph.h"

namespace graphc {

/// Whether all elements of `index`, a tensor of the graph, are at least 0 and
/// below `size` by how they are computed, where `size` is not 0: positions,
/// numbers, what is clamped or a remainder, and views of these.
bool isInRange(mlir::Value index, graph::Expr size);

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_INDEXBOUNDS_H
