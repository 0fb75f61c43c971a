//===- NarrowFloats.h - Arithmetic of f16, bf16 and f8 ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CODEGEN_MATH_NARROWFLOATS_H
#define GRAPHC_LIB_TARGET_CODEGEN_MATH_NARROWFLOATS_H

#include "Lanes.h"

namespace graphc::codegen {

/// f16, bf16, f8E4M3FN or f8E5M2.
bool isNarrowFloat(mlir::Type type);

/// Makes arithmetic on narrow floats arithmetic on f32 between casts. True when
/// `op` was replaced.
bool widenArithmetic(mlir::Operation *op, const MathFeatures &features);

/// Replaces casts from and to narrow floats that the processor lacks, or that
/// it does inexactly: rounded to nearest, ties to even; what is too great for
/// f8E4M3FN becomes NaN, as APFloat has it. True when `op` was replaced.
bool expandNarrowCast(mlir::Operation *op, const MathFeatures &features);

} // namespace graphc::codegen

#endif // GRAPHC_LIB_TARGET_CODEGEN_MATH_NARROWFLOATS_H
