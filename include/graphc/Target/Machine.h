//===- Machine.h - The machine that code is made for -------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_MACHINE_H
#define GRAPHC_TARGET_MACHINE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>

namespace graphc {

/// A target in LLVM's terms.
struct MachineDescription {
  std::string triple;   ///< "x86_64-unknown-linux-gnu"
  std::string cpu;      ///< "znver5", "x86-64-v3", "generic"
  std::string features; ///< "+avx2,+fma"; empty: what the CPU has.
  /// First cache for data and second cache of a core, in bytes, as the system
  /// tells; 0: not known.
  int64_t l1Bytes = 0, l2Bytes = 0;
};

/// Resolves the value of `--target`: `native` (the CPU this process runs on,
/// with exactly the features it reports), an x86-64 level or CPU name, or
/// `aarch64-linux-gnu`. The error lists what is known.
llvm::Expected<MachineDescription> describeMachine(llvm::StringRef target);

/// Position-independent code at the given optimization level (0 to 3).
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const MachineDescription &machine, unsigned optLevel);

/// Gives `module` the machine's triple and data layout and each of its
/// functions the machine's CPU and features, replacing others.
void setMachine(llvm::Module &module, const llvm::TargetMachine &machine);

/// Defines `bfloat __truncsfbf2(float)`, before setMachine, in a module with
/// bfloats for a machine that has no instruction for it. LLVM may hold them as
/// floats while they are moved, and calls this to have them back; it is of
/// compilers' libraries, but not of older ones.
void defineBfloatRounding(llvm::Module &module,
                          const llvm::TargetMachine &machine);

} // namespace graphc

#endif // GRAPHC_TARGET_MACHINE_H
