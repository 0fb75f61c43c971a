//===- FxAnnotation.h - Types written beside values ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FXTEXT_FXANNOTATION_H
#define GRAPHC_LIB_LOADER_FXTEXT_FXANNOTATION_H

#include "graphc/Loader/Program.h"

namespace graphc::loader {

/// `f32[2, s0]`, `f32[2, 3][3, 1]cuda:0`, `Sym(s77)`: monostate for any other
/// text. `hasStrides` tells whether strides were written; if not, they are
/// those of a contiguous tensor.
struct FxAnnotation {
  ValueMeta meta;
  bool hasStrides = false;
};
Result<FxAnnotation> parseFxAnnotation(std::string_view text);

/// Strides of a contiguous tensor of symbolic sizes.
std::vector<SymExpr> contiguousSymStrides(const std::vector<SymExpr> &shape);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FXTEXT_FXANNOTATION_H
