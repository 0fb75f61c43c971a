//===- ConstantOperand.h - Constants that kernels read ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TRANSFORMS_CONSTANTOPERAND_H
#define GRAPHC_TRANSFORMS_CONSTANTOPERAND_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graphc {

/// A constant as an operand shows it, perhaps in another shape: the whole of it
/// or, where `slice` is one, what lies at one index of some dimensions, as the
/// matrix of one expert. Those indices may be known at run time only.
struct ConstantOperand {
  mlir::arith::ConstantOp constant;
  mlir::tensor::ExtractSliceOp slice;

  /// Null where `value` is no constant, or another part of one.
  static ConstantOperand find(mlir::Value value);
  explicit operator bool() { return static_cast<bool>(constant); }
};

} // namespace graphc

#endif // GRAPHC_TRANSFORMS_CONSTANTOPERAND_H
