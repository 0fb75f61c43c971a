//===- DependentLaunch.cpp - Kernels that begin before others end ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Programmatic dependent launch: a kernel's blocks come to the chip as soon as
// those of the one before have ended, and wait there until what it wrote is
// seen. Every kernel waits, so that by then all earlier ones are over, too, not
// just the last.
//
// A kernel may let the next one come earlier, while blocks of its own run. Then
// blocks gather where there is room first, several on one multiprocessor while
// others get none, and stay there: it pays behind kernels that are short and
// whose blocks end together.
//
//===----------------------------------------------------------------------===//

#include "Images.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicsNVPTX.h"

using namespace graphc;

void nvptx::addDependentLaunches(
    llvm::Module &module,
    llvm::function_ref<bool(llvm::StringRef)> isFollowedEarly) {
  for (llvm::Function &function : module) {
    if (function.getCallingConv() != llvm::CallingConv::PTX_Kernel ||
        function.isDeclaration())
      continue;
    llvm::BasicBlock &entry = function.getEntryBlock();
    llvm::IRBuilder<> builder(&entry, entry.getFirstNonPHIOrDbgOrAlloca());
    builder.CreateIntrinsic(llvm::Intrinsic::nvvm_griddepcontrol_wait, {});
    if (isFollowedEarly(function.getName()))
      builder.CreateIntrinsic(
          llvm::Intrinsic::nvvm_griddepcontrol_launch_dependents, {});
  }
}
