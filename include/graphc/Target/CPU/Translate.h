//===- Translate.h - From the LLVM dialect to LLVM IR -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_CPU_TRANSLATE_H
#define GRAPHC_TARGET_CPU_TRANSLATE_H

#include "graphc/Target/Machine.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassInstrumentation.h"

#include <memory>

namespace graphc {

/// Translates a module of the LLVM dialect to LLVM IR for `machine`. The error
/// says what LLVM's verifier found.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVM(mlir::ModuleOp module, llvm::LLVMContext &context,
                llvm::TargetMachine &machine);

/// Runs LLVM's passes of `optLevel` (0 to 3). The gate of the module's context
/// may skip some; `watch`, if given, adds who else is told of them.
void optimizeLLVM(
    llvm::Module &module, llvm::TargetMachine &machine, unsigned optLevel,
    llvm::function_ref<void(llvm::PassInstrumentationCallbacks &)> watch = {});

/// Bits of the widest vector register that `machine` should use.
int64_t getVectorBits(const llvm::TargetMachine &machine);

/// Whether an x86 processor has `feature`, written "+fma". Others have all that
/// is asked for here.
bool hasFeature(const llvm::TargetMachine &machine, llvm::StringRef feature);

} // namespace graphc

#endif // GRAPHC_TARGET_CPU_TRANSLATE_H
