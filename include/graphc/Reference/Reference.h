//===- Reference.h - Interpreter of graph ops -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What graph ops compute, in scalar loops that share nothing with the lowering.
// An op is evaluated on tensors in memory; sizes are constants. Operands and
// results are rounded to their element types; in between, functions of narrow
// floats and of f32 are computed in double and rounded once.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_REFERENCE_REFERENCE_H
#define GRAPHC_REFERENCE_REFERENCE_H

#include "dialects/Graph/IR/Graph.h"

namespace graphc::reference {

/// A tensor in row-major order. Floats of every type are held as double,
/// integers and bools as int64_t; each value is one of the element type. 64-bit
/// unsigned and complex elements have no place here.
struct Tensor {
  Tensor() = default;
  /// Zeros.
  Tensor(llvm::ArrayRef<int64_t> shape, mlir::Type elementType);

  int64_t size() const;
  bool isFloat() const { return llvm::isa<mlir::FloatType>(elementType); }
  /// Stores `value`, rounded or wrapped to the element type.
  void set(int64_t index, double value);
  void set(int64_t index, int64_t value);

  llvm::SmallVector<int64_t> shape;
  mlir::Type elementType;
  /// One of these, by the element type.
  std::vector<double> floats;
  std::vector<int64_t> ints;
};

/// Whether tensors of `type` can be held.
bool isSupported(mlir::Type elementType);

/// The value of a constant; nothing for elements that are elided, missing or
/// not supported.
std::optional<Tensor> fromElements(mlir::ElementsAttr elements);
/// The same values as an attribute, a splat if they are equal.
mlir::DenseElementsAttr toElements(const Tensor &tensor);

/// The results of `op` on `operands`, or nothing: the op is not supported, a
/// size is symbolic, or the values are such that a run fails or its result is
/// unspecified (an index out of range, an integer division by zero).
std::optional<llvm::SmallVector<Tensor, 1>>
evaluate(mlir::Operation *op, llvm::ArrayRef<const Tensor *> operands);

/// Whether `evaluate` knows the kind of `op` and `countSteps` its work.
bool isSupported(mlir::Operation *op);

/// Whether `evaluate` knows ops of this name, in some of their forms.
bool hasEvaluator(llvm::StringRef name);

/// An upper bound of the steps that evaluating `op` takes; nothing if a size is
/// symbolic or the number is out of bounds.
std::optional<int64_t> countSteps(mlir::Operation *op);

} // namespace graphc::reference

#endif // GRAPHC_REFERENCE_REFERENCE_H
