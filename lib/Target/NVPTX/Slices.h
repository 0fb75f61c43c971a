//===- Slices.h - f32 as sums of bf16 ---------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tensor cores multiply no f32, but an f32 is a sum of three bf16: its slices,
// the largest first, of 8 bits each. Products of bf16 are exact in f32. So six
// products of slices make one of f32; those of the other three are smaller than
// what f32 rounds off. Tensor cores cut sums off instead of rounding them:
// small products are added up by themselves, and long sums end in an addition.
// What an infinite number is multiplied with becomes NaN: its slices cancel.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_SLICES_H
#define GRAPHC_LIB_TARGET_NVPTX_SLICES_H

#include "mlir/IR/Builders.h"

#include <array>

namespace graphc::nvptx {

inline constexpr unsigned sliceCount = 3;

/// Which slices of two factors are multiplied, the smallest products first; the
/// last is that of the largest slices.
inline constexpr std::array<std::pair<unsigned, unsigned>, 6> sliceProducts = {
    {{2, 0}, {1, 1}, {0, 2}, {1, 0}, {0, 1}, {0, 0}}};

/// The slices of two f32, each a word (i32) of two bf16, the first in its lower
/// half. Of an infinite number, the others are NaN.
std::array<mlir::Value, sliceCount> slicePair(mlir::OpBuilder &builder,
                                              mlir::Location loc,
                                              mlir::Value first,
                                              mlir::Value second);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_SLICES_H
