//===- Registration.h - All dialects and passes of the tools ----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_PIPELINES_REGISTRATION_H
#define GRAPHC_PIPELINES_REGISTRATION_H

#include "mlir/IR/DialectRegistry.h"

namespace graphc {

/// Makes every dialect that a stage's IR may hold known to `registry`, with the
/// interfaces that the pipelines' passes ask for.
void registerDialects(mlir::DialectRegistry &registry);

/// Registers every pass and pipeline, ours and upstream's, by its argument.
void registerPasses();

} // namespace graphc

#endif // GRAPHC_PIPELINES_REGISTRATION_H
