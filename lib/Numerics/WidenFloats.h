//===- WidenFloats.h - A program in float64 ---------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_NUMERICS_WIDENFLOATS_H
#define GRAPHC_LIB_NUMERICS_WIDENFLOATS_H

#include "Program.h"

namespace graphc {

/// Makes every float of `module`, graph ops, a float64, constants included. An
/// op whose meaning depends on the bits of its operands is an error, which
/// `reason` tells.
bool widenFloats(mlir::ModuleOp module, std::string &reason);

/// The same inputs for the widened module.
ProgramInputs widenInputs(const ProgramInputs &inputs, mlir::ModuleOp module);

} // namespace graphc

#endif // GRAPHC_LIB_NUMERICS_WIDENFLOATS_H
