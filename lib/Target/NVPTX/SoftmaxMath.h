//===- SoftmaxMath.h - Arithmetic of softmax in f32 -------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_SOFTMAXMATH_H
#define GRAPHC_LIB_TARGET_NVPTX_SOFTMAXMATH_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace graphc::nvptx {

/// What emitters of attention compute with, on f32.
class SoftmaxMath {
protected:
  SoftmaxMath(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), where(loc) {}

  mlir::Value real(double value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value multiply(mlir::Value a, mlir::Value b);
  mlir::Value fma(mlir::Value a, mlir::Value b, mlir::Value c);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// NaN is left out; the exponentials bring it back.
  mlir::Value larger(mlir::Value a, mlir::Value b);
  /// 0 for -inf, so that nothing subtracts infinities: a row of -inf has no
  /// sum.
  mlir::Value finite(mlir::Value max);
  /// 2^value by the instruction; what is no normal number becomes zero.
  mlir::Value exp2(mlir::Value value);
  /// e^(a - b) for a <= b; b is finite.
  mlir::Value exponential(mlir::Value a, mlir::Value b);

  static constexpr double log2e = 1.44269504088896340736;
  mlir::OpBuilder &builder;

private:
  mlir::Location where;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_SOFTMAXMATH_H
