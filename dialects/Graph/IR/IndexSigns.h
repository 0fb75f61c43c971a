//===- IndexSigns.h - What negative indices mean ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_INDEXSIGNS_H
#define GRAPHC_DIALECTS_GRAPH_IR_INDEXSIGNS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

namespace graphc::graph {

/// A unit attribute of `graph.index` and `graph.index_put`: negative indices do
/// not count from the end but are out of range, as those of ATen's operators on
/// one dimension are.
inline constexpr llvm::StringLiteral nonnegativeAttrName = "graph.nonnegative";

inline bool allowsNegativeIndices(mlir::Operation *op) {
  return !op->hasAttr(nonnegativeAttrName);
}

inline void forbidNegativeIndices(mlir::Operation *op) {
  op->setAttr(nonnegativeAttrName, mlir::UnitAttr::get(op->getContext()));
}

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_IR_INDEXSIGNS_H
