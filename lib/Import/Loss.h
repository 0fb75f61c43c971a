//===- Loss.h - Reductions of losses ----------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_LOSS_H
#define GRAPHC_LIB_IMPORT_LOSS_H

#include "Call.h"

namespace graphc::aten {

/// at::Reduction.
enum class Reduction { None, Mean, Sum };

/// The argument `reduction`.
Reduction getReduction(Call &call);
/// Over all elements, as ATen's: of integers in int64.
Value sumAll(Emitter &e, Value x);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_LOSS_H
