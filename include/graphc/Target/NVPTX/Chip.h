//===- Chip.h - GPUs that code is made for ----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_NVPTX_CHIP_H
#define GRAPHC_TARGET_NVPTX_CHIP_H

#include "dialects/Kernel/IR/Kernel.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace graphc {

/// What code generation knows of a GPU.
struct Chip {
  llvm::StringLiteral name;       ///< "sm_90a"
  int32_t capability;             ///< 90: the driver's major and minor version.
  bool isExact;                   ///< Runs on this capability alone.
  llvm::StringLiteral ptxFeature; ///< Version of PTX, for LLVM: "+ptx80".
  int32_t sharedBytes;            ///< Shared memory that one block may have.
  int32_t multiprocessors;        ///< Of the largest device with this chip.
  uint32_t features;              ///< A bit for each kernel::ChipFeature.

  bool has(kernel::ChipFeature feature) const {
    return features >> static_cast<uint32_t>(feature) & 1;
  }
};

/// Shared memory that a kernel may declare on every chip; more of it has to be
/// asked for when it is launched.
inline constexpr int64_t declaredSharedBytes = 48 << 10;

/// All that are known.
llvm::ArrayRef<Chip> getChips();

/// True for "nvptx" and "nvptx:sm_90a,sm_80".
bool isNVPTXTarget(llvm::StringRef target);

/// The chips of such a target, without duplicates; none named: sm_80, whose
/// code the driver of every later chip takes. The error lists what is known.
llvm::Expected<std::vector<Chip>> parseChips(llvm::StringRef target);

/// Bytes of shared memory that a block may have wherever code for `chips` runs:
/// what is not for one chip alone is run by later ones, some of which have
/// less.
int64_t getSharedBytes(llvm::ArrayRef<Chip> chips);

} // namespace graphc

#endif // GRAPHC_TARGET_NVPTX_CHIP_H
