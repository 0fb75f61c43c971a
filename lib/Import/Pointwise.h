//===- Pointwise.h - Promoted operands --------------------------*- C++ -*-===//
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

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_POINTWISE_H
