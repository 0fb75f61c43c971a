//===- Code.h - Code for the host, as a witness -----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_NUMERICS_CODE_H
#define GRAPHC_LIB_NUMERICS_CODE_H

#include "Program.h"

#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace graphc {

/// LLVM IR as a module of the LLVM dialect, with the attributes of `like` that
/// running it takes. Null for what cannot be imported.
mlir::OwningOpRef<mlir::ModuleOp> importLLVM(const llvm::Module &module,
                                             mlir::ModuleOp like);

/// Why code for `machine` cannot run on this processor; empty: it can.
std::string whyNotOnHost(const llvm::TargetMachine &machine);

/// Runs `imported`, which is `module`, with `compiled`, or all functions if
/// that is empty, as machine code; the rest is interpreted. In a process of its
/// own: code may crash, which is an error of the result. An unsupported error
/// says why there is no code.
ProgramResult runCompiled(const llvm::Module &module,
                          const llvm::TargetMachine &machine,
                          mlir::ModuleOp imported, const ProgramInputs &inputs,
                          llvm::ArrayRef<interpreter::Array> expected,
                          llvm::StringRef compiled);

} // namespace graphc

#endif // GRAPHC_LIB_NUMERICS_CODE_H
