//===- Legalization.h - Words for MLIR's failed conversions -----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_LEGALIZATION_H
#define GRAPHC_LIB_SUPPORT_LEGALIZATION_H

#include "mlir/IR/Diagnostics.h"

namespace graphc {

/// Replaces what MLIR's conversions say when no pattern applies, "failed to
/// legalize operation 'x'", by an error with a code that says what that means.
/// Other diagnostics stay.
void explainLegalization(mlir::Diagnostic &diagnostic);

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_LEGALIZATION_H
