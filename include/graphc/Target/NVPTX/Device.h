//===- Device.h - Images of device modules ----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_NVPTX_DEVICE_H
#define GRAPHC_TARGET_NVPTX_DEVICE_H

#include "graphc/Target/DeviceCode.h"
#include "graphc/Target/NVPTX/Chip.h"

#include "mlir/IR/BuiltinOps.h"

namespace graphc {

/// On launches and kernels: names of the kernel::ChipFeature that they need.
inline constexpr llvm::StringLiteral requiresAttrName = "graphc.requires";

/// On launches and kernels: they are short and their blocks end together, so
/// that the next kernel may come to the chip while they run.
inline constexpr llvm::StringLiteral followedEarlyAttrName =
    "graphc.followed_early";

/// On maps of the copy engine: elements are f32 and rounded to tf32 on the way.
inline constexpr llvm::StringLiteral tf32AttrName = "graphc.tf32";

struct DeviceOptions {
  std::vector<Chip> chips;
  unsigned optLevel = 3; ///< 0 to 3
  /// Also makes an image that tests run on the CPU, with the emulator of the
  /// driver.
  bool emulate = false;
};

namespace nvptx {
/// Whether `chip` has what the launch of `kernel` asked for.
bool canRun(mlir::Operation *kernel, const Chip &chip);
} // namespace nvptx

/// Compiles the device module (`gpu.module`, lowered to LLVM) of `module`, if
/// there is one, and removes it: PTX for each chip, and the chip's code where
/// `ptxas` is found.
llvm::Expected<DeviceCode> compileDevice(mlir::ModuleOp module,
                                         const DeviceOptions &options);

} // namespace graphc

#endif // GRAPHC_TARGET_NVPTX_DEVICE_H
