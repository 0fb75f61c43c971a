//===- Passes.h - Conversions between dialects ------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_CONVERSION_PASSES_H
#define GRAPHC_CONVERSION_PASSES_H

#include "mlir/Pass/Pass.h"

namespace graphc {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "graphc/Conversion/Passes.h.inc"

} // namespace graphc

#endif // GRAPHC_CONVERSION_PASSES_H
