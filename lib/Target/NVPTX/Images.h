//===- Images.h - The forms of a device module ------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_IMAGES_H
#define GRAPHC_LIB_TARGET_NVPTX_IMAGES_H

#include "graphc/Target/DeviceCode.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <optional>

namespace graphc::nvptx {

/// LLVM's pipeline of a level from 0 to 3.
void optimize(llvm::Module &module, llvm::TargetMachine &machine,
              unsigned optLevel);
llvm::Error generate(llvm::Module &module, llvm::TargetMachine &machine,
                     llvm::CodeGenFileType kind, std::string &bytes);

/// Lets every kernel wait for the launches before it, and those for whose name
/// `isFollowedEarly` have the next one brought to the chip when all of their
/// blocks have begun. Behind everything that moves loads: none may come before
/// the wait.
void addDependentLaunches(
    llvm::Module &module,
    llvm::function_ref<bool(llvm::StringRef)> isFollowedEarly);

/// The chip's code for the PTX in `image`, by `ptxas` of PATH or CUDA_HOME;
/// nothing where it is not installed. The error is what it says.
llvm::Expected<std::optional<DeviceImage>> assemble(const DeviceImage &image,
                                                    unsigned optLevel);

/// A shared library for this machine in which every kernel is a C function and
/// every intrinsic of the device a call of the emulator. Blocks have no more
/// than `sharedBytes` of shared memory.
llvm::Expected<DeviceImage> makeEmulation(llvm::Module &module,
                                          llvm::ArrayRef<std::string> kernels,
                                          int64_t sharedBytes);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_IMAGES_H
