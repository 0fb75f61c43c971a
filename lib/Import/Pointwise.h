//===- Pointwise.h - Promoted operands, shapes of builders ------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_POINTWISE_H
#define GRAPHC_LIB_IMPORT_POINTWISE_H

#include "Call.h"

namespace graphc::aten {

/// `type`, or f32 after a failure when PyTorch has no common type.
Type checkPromotion(Call &call, Type type);

/// The named arguments (tensors or numbers) in their common type.
SmallVector<Value> promote(Call &call, ArrayRef<StringRef> names);
/// The same; a common integer type becomes float32.
SmallVector<Value> promoteToFloat(Call &call, ArrayRef<StringRef> names);
/// One tensor argument as a float.
Value floatSelf(Call &call, StringRef name = "self");

/// Computes `body` of an argument in f32 when it is f16 or bf16, as ATen's
/// kernels do, and rounds once at the end.
template <typename Body>
Value inComputeType(Emitter &e, Value x, Body body) {
  Type type = e.elementType(x);
  return e.cast(body(e.cast(x, getComputeType(type))), type);
}

/// One operand, dtype kept.
template <typename OpTy>
void importUnary(Call &call) {
  call.result(call.e.emit<OpTy>(call.tensor("self")));
}

/// Whether a function is built for complex numbers, too.
template <typename OpTy>
inline constexpr bool takesComplex =
    llvm::is_one_of<OpTy, graph::ExpOp, graph::Expm1Op, graph::LogOp,
                    graph::Log1pOp, graph::SqrtOp, graph::RsqrtOp,
                    graph::ReciprocalOp, graph::SinOp, graph::CosOp,
                    graph::TanOp, graph::TanhOp, graph::SigmoidOp>::value;

template <typename OpTy>
Value emitFunction(Emitter &e, Value x) {
  if (!takesComplex<OpTy> && isComplex(e.elementType(x)))
    return e.fail("unsupported-dtype",
                  "is not supported for " + getDTypeName(e.elementType(x)));
  return e.emit<OpTy>(x);
}

/// One operand; integers become floats first.
template <typename OpTy>
void importFloatUnary(Call &call) {
  call.result(emitFunction<OpTy>(call.e, floatSelf(call)));
}

/// Two operands of one promoted type.
template <typename OpTy>
void importBinary(Call &call) {
  auto operands = promote(call, {"self", "other"});
  call.result(call.e.emit<OpTy>(operands[0], operands[1]));
}

template <typename OpTy>
void importFloatBinary(Call &call) {
  auto operands = promoteToFloat(call, {"self", "other"});
  call.result(call.e.emit<OpTy>(operands[0], operands[1]));
}

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_POINTWISE_H
