//===- Processor.h - What code generation knows of a CPU --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_CPU_PROCESSOR_H
#define GRAPHC_TARGET_CPU_PROCESSOR_H

#include "graphc/Target/Machine.h"

#include "llvm/Target/TargetMachine.h"

#include <cstdint>

namespace graphc {

/// Features of a processor that kernels are scheduled by. They depend on the
/// target alone, not on the machine that compiles, unless that is the target.
struct ProcessorTraits {
  int64_t vectorBits = 128;    ///< Widest vector register to use.
  int64_t registers = 16;      ///< Vector registers.
  int64_t l1Bytes = 32 << 10;  ///< First cache for data.
  int64_t l2Bytes = 512 << 10; ///< Second cache of a core.
  bool fused = false;          ///< Multiply and add in one instruction.
  bool dotBF16 = false;        ///< Sums products of pairs of bf16.
};

ProcessorTraits getProcessorTraits(const MachineDescription &description,
                                   const llvm::TargetMachine &machine);

} // namespace graphc

#endif // GRAPHC_TARGET_CPU_PROCESSOR_H
