//===- Fourier.h - Discrete Fourier transforms ------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_FOURIER_H
#define GRAPHC_LIB_IMPORT_FOURIER_H

#include "Call.h"

namespace graphc::aten {

/// What a transform is divided by, numbered as ATen does.
enum class FourierScale { None, ByRoot, BySize };

/// What all transforms along `dims` of sizes that are known share; the last
/// dimension is the one that real data halve. Results lie in memory as ATen's.
struct Fourier {
  Emitter &e;
  SmallVector<int64_t> dims;
  FourierScale scale;

  /// Complex to complex.
  Value complexToComplex(Value x, bool isForward) const;
  /// Real to complex, all of it or the first half.
  Value realToComplex(Value x, bool isHalf) const;
  /// The half of a complex spectrum to `size` real numbers.
  Value complexToReal(Value x, Expr size) const;
};

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_FOURIER_H
