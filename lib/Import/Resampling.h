//===- Resampling.h - What pooling and resizing share -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_RESAMPLING_H
#define GRAPHC_LIB_IMPORT_RESAMPLING_H

#include "Call.h"

namespace graphc::aten {

/// Applies one matrix [to, from] to each trailing dimension of `x`, null for
/// one that stays: gradients of means and interpolations whose weights are
/// products over dimensions.
Value emitSeparable(Emitter &e, Value x, ArrayRef<Value> matrices);

/// `x` in the memory format that ATen suggests for `like`: channels last when
/// `like` looks so, else contiguous.
Value withSuggestedLayout(Emitter &e, Value x, Value like);

/// Output sizes, and scales where the file gives them; 0 stands for none.
struct ResizeTarget {
  SmallVector<Expr> sizes;
  SmallVector<double> scales;
};

/// `.vec` overloads have a size or factors for all dimensions; the others have
/// a size and one optional factor per dimension.
ResizeTarget readResizeTarget(Call &call, Value input, size_t rank);

/// Weights of the four taps around a place `t` behind the second of them, by
/// Keys' kernel with a = -0.75.
std::array<Value, 4> emitCubicWeights(Emitter &e, Value t);
/// Their derivatives along `t`.
std::array<Value, 4> emitCubicSlopes(Emitter &e, Value t);

/// The numbers of a pooling, one list entry per spatial dimension.
struct Window {
  size_t getRank() const { return kernel.size(); }

  SmallVector<int64_t> kernel, stride, padding, dilation;
  bool ceilMode = false;
};

/// The arguments `kernel_size`, `stride`, ... of a pooling.
Window readWindow(Call &call, size_t rank);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_RESAMPLING_H
