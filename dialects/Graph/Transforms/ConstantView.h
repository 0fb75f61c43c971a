//===- ConstantView.h - Elements of constants -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_TRANSFORMS_CONSTANTVIEW_H
#define GRAPHC_DIALECTS_GRAPH_TRANSFORMS_CONSTANTVIEW_H

#include "dialects/Graph/IR/Graph.h"

namespace graphc::graph {

/// The elements of a floating-point constant, where they are, seen through the
/// permutations and reshapes on the way.
struct ConstantView {
  llvm::ArrayRef<char> bytes;
  mlir::FloatType elementType;
  llvm::SmallVector<int64_t> shape, strides;

  /// Nothing when `value` is no constant of floats with known bytes.
  static std::optional<ConstantView> get(mlir::Value value);

  /// The element at a place, counted in elements.
  double at(int64_t place) const;
  /// All elements of a tensor of rank 1.
  llvm::SmallVector<double> getVector() const;
};

/// Whether `value` shows a constant of floats whose values are not here, but
/// will be when the program is loaded.
bool isConstantWithoutValues(mlir::Value value);

/// A constant of `type` whose elements are made in one go: `fill` gets the
/// storage, which is zero.
mlir::Value
buildConstant(mlir::OpBuilder &builder, mlir::Location loc,
              mlir::RankedTensorType type, llvm::StringRef name,
              llvm::function_ref<void(llvm::MutableArrayRef<char>)> fill);

/// Stores `value` as element `place` of `bytes`.
void storeFloat(llvm::MutableArrayRef<char> bytes, mlir::FloatType type,
                int64_t place, double value);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_CONSTANTVIEW_H
