//===- Folding.h - What folders share ---------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A fold must be exact for NaN, infinities and signed zeros, and a value only
// replaces one of the same type, strides included.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_FOLDING_H
#define GRAPHC_DIALECTS_GRAPH_IR_FOLDING_H

#include "dialects/Graph/IR/Inference.h"

namespace graphc::graph {

/// `value` if it is of `type`, else nothing.
inline mlir::OpFoldResult ifOfType(mlir::Value value, mlir::Type type) {
  return value && value.getType() == type ? mlir::OpFoldResult(value)
                                          : mlir::OpFoldResult();
}

/// The one value of a splat constant.
std::optional<llvm::APFloat> getFloatSplat(mlir::Attribute attr);
std::optional<llvm::APInt> getIntSplat(mlir::Attribute attr);

/// bool and ui8 to ui64: no sign.
bool isUnsigned(mlir::Type elementType);

/// A constant of a static graph tensor `type`, every element `value`; else
/// null.
mlir::Attribute makeSplat(mlir::Type type, const llvm::APFloat &value);
mlir::Attribute makeSplat(mlir::Type type, const llvm::APInt &value);

/// `attr`, if it is a splat, in the shape of `type`; else null.
mlir::Attribute reshapeSplat(mlir::Attribute attr, mlir::Type type);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_IR_FOLDING_H
