//===- SoftmaxMath.cpp - Arithmetic of softmax in f32 ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SoftmaxMath.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace graphc::nvptx;

Value SoftmaxMath::real(double value) {
  return arith::ConstantOp::create(
      builder, where, builder.getF32FloatAttr(static_cast<float>(value)));
}

Value SoftmaxMath::add(Value a, Value b) {
  return arith::AddFOp::create(builder, where, a, b);
}

Value SoftmaxMath::multiply(Value a, Value b) {
  return arith::MulFOp::create(builder, where, a, b);
}

Value SoftmaxMath::fma(Value a, Value b, Value c) {
  return math::FmaOp::create(builder, where, a, b, c);
}

Value SoftmaxMath::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(builder, where, condition, a, b);
}

Value SoftmaxMath::larger(Value a, Value b) {
  return arith::MaxNumFOp::create(builder, where, a, b);
}

Value SoftmaxMath::finite(Value max) {
  Value isEmpty = arith::CmpFOp::create(
      builder, where, arith::CmpFPredicate::OEQ, max, real(-INFINITY));
  return select(isEmpty, real(0), max);
}

Value SoftmaxMath::exp2(Value value) {
  return LLVM::CallIntrinsicOp::create(
             builder, where, builder.getF32Type(),
             builder.getStringAttr("llvm.nvvm.ex2.approx.ftz.f32"),
             ValueRange(value))
      .getResult(0);
}

Value SoftmaxMath::exponential(Value a, Value b) {
  Value difference = arith::SubFOp::create(builder, where, a, b);
  return exp2(multiply(difference, real(log2e)));
}
