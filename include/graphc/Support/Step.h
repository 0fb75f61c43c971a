//===- Step.h - Parts of stages outside of passes ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_STEP_H
#define GRAPHC_SUPPORT_STEP_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace llvm {
class PassInstrumentationCallbacks;
} // namespace llvm

namespace graphc {

/// All steps, in order: those of `translate`, then those of `emit`.
inline constexpr llvm::StringLiteral stepNames[] = {
    "export", "optimize", "complete", "codegen", "link", "header", "weights"};

/// Runs `body` as the step `name` of the current stage: a row of the time
/// report and an event of the trace, named when it fails, and made to fail,
/// crash, hang or run out of memory like a pass. Outside of a session it only
/// runs.
llvm::Error runStep(llvm::StringLiteral name,
                    llvm::function_ref<llvm::Error()> body);

/// Shows the passes that LLVM runs as rows of the step that they run in, and as
/// events of the trace. `callbacks` must outlive the step.
void timeLLVMPasses(llvm::PassInstrumentationCallbacks &callbacks);

/// The same for LLVM's pass manager for code generation: between the two calls
/// LLVM times its passes if anybody wants to know.
void startCodegenTiming();
void endCodegenTiming();

} // namespace graphc

#endif // GRAPHC_SUPPORT_STEP_H
