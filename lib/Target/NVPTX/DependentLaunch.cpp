//===- DependentLaunch.cpp - Kernels that begin before others end ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Programmatic dependent launch: the device brings a kernel's blocks to where
// there is room while the last blocks of the one before still run. The wait
// ends when that is over and what it wrote is seen. Every kernel waits, so that
// by then all earlier ones are over, too, not just the last.
//
//===----------------------------------------------------------------------===//

#include "Images.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicsNVPTX.h"

using namespace graphc;

void nvptx::addDependentLaunches(llvm::Module &module) {
  for (llvm::Function &function : module) {
    if (function.getCallingConv() != llvm::CallingConv::PTX_Kernel ||
        function.isDeclaration())
      continue;
    llvm::BasicBlock &entry = function.getEntryBlock();
    llvm::IRBuilder<> builder(&entry, entry.getFirstNonPHIOrDbgOrAlloca());
    builder.CreateIntrinsic(llvm::Intrinsic::nvvm_griddepcontrol_wait, {});
    builder.CreateIntrinsic(
        llvm::Intrinsic::nvvm_griddepcontrol_launch_dependents, {});
  }
}
