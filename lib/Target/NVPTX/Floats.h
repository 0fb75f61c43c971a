//===- Floats.h - Float arithmetic ------------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_FLOATS_H
#define GRAPHC_LIB_TARGET_NVPTX_FLOATS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace graphc::nvptx {

/// Float arithmetic in one place, of scalars and vectors.
struct Floats {
  mlir::OpBuilder &builder;
  mlir::Location loc;

  mlir::Value number(mlir::Type type, double value) {
    auto element =
        mlir::cast<mlir::FloatType>(mlir::getElementTypeOrSelf(type));
    mlir::TypedAttr attribute = builder.getFloatAttr(element, value);
    if (auto vectorType = mlir::dyn_cast<mlir::VectorType>(type))
      attribute = mlir::DenseElementsAttr::get(vectorType, attribute);
    return mlir::arith::ConstantOp::create(builder, loc, attribute);
  }
  mlir::Value add(mlir::Value a, mlir::Value b) {
    return mlir::arith::AddFOp::create(builder, loc, a, b);
  }
  mlir::Value subtract(mlir::Value a, mlir::Value b) {
    return mlir::arith::SubFOp::create(builder, loc, a, b);
  }
  mlir::Value fma(mlir::Value a, mlir::Value b, mlir::Value c) {
    return mlir::math::FmaOp::create(builder, loc, a, b, c);
  }
  mlir::Value multiply(mlir::Value a, mlir::Value b) {
    return mlir::arith::MulFOp::create(builder, loc, a, b);
  }
  /// A weight, whose last bits do not matter.
  mlir::Value divide(mlir::Value a, mlir::Value b) {
    return mlir::arith::DivFOp::create(builder, loc, a, b,
                                       mlir::arith::FastMathFlags::afn |
                                           mlir::arith::FastMathFlags::arcp);
  }
  mlir::Value larger(mlir::Value a, mlir::Value b) {
    return mlir::arith::MaximumFOp::create(builder, loc, a, b);
  }
  /// The one that is no NaN.
  mlir::Value largerNumber(mlir::Value a, mlir::Value b) {
    return mlir::arith::MaxNumFOp::create(builder, loc, a, b);
  }
  mlir::Value smallerNumber(mlir::Value a, mlir::Value b) {
    return mlir::arith::MinNumFOp::create(builder, loc, a, b);
  }
  mlir::Value exp(mlir::Value a) {
    return mlir::math::ExpOp::create(builder, loc, a);
  }
  /// `scalar` in as many lanes as `like` has.
  mlir::Value spread(mlir::Value scalar, mlir::Value like) {
    if (!mlir::isa<mlir::VectorType>(like.getType()))
      return scalar;
    return mlir::vector::BroadcastOp::create(builder, loc, like.getType(),
                                             scalar);
  }
  mlir::Value lane(mlir::Value value, int64_t number) {
    if (!mlir::isa<mlir::VectorType>(value.getType()))
      return value;
    return mlir::vector::ExtractOp::create(builder, loc, value, number);
  }
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_FLOATS_H
