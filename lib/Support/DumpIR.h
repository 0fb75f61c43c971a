//===- DumpIR.h - The IR in a failure's directory ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_DUMPIR_H
#define GRAPHC_LIB_SUPPORT_DUMPIR_H

#include "mlir/IR/Operation.h"

namespace graphc {

/// Writes the whole module of `op` so that it parses again, whatever state it
/// is in: generic form, no values of large constants unless they were asked
/// for. `pipeline`, if any, is what `--run-reproducer` runs.
void writeModule(llvm::StringRef name, mlir::Operation *op,
                 llvm::StringRef pipeline);

/// Writes function.mlir: the one function that `op` is or is in, if it is not
/// all of the module, with what it refers to. `op` must be valid.
void writeFunction(mlir::Operation *op, llvm::StringRef pipeline);

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_DUMPIR_H
