//===- Processor.cpp - What code generation knows of a CPU ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/CPU/Processor.h"

#include "graphc/Target/CPU/Translate.h"

#include "llvm/MC/MCSubtargetInfo.h"

using namespace graphc;

namespace {
struct Caches {
  llvm::StringLiteral cpu;
  int64_t l1, l2; // KiB of one core
};
} // namespace

static constexpr Caches knownCaches[] = {
    {"emeraldrapids", 48, 2048},  {"graniterapids", 48, 2048},
    {"haswell", 32, 256},         {"icelake-server", 48, 1280},
    {"sapphirerapids", 48, 2048}, {"skylake-avx512", 32, 1024},
    {"znver3", 32, 512},          {"znver4", 32, 1024},
    {"znver5", 48, 1024},
};

/// Second caches that are larger belong to several cores.
static constexpr int64_t maxL2Bytes = 2 << 20;

ProcessorTraits
graphc::getProcessorTraits(const MachineDescription &description,
                           const llvm::TargetMachine &machine) {
  ProcessorTraits traits;
  traits.vectorBits = getVectorBits(machine);
  for (const Caches &known : knownCaches) {
    if (known.cpu != machine.getTargetCPU())
      continue;
    traits.l1Bytes = known.l1 << 10;
    traits.l2Bytes = known.l2 << 10;
  }
  // A system knows its processor better than a name tells, which may be wrong.
  // A cache that cores share is not one core's.
  if (description.l1Bytes)
    traits.l1Bytes = description.l1Bytes;
  if (description.l2Bytes)
    traits.l2Bytes = std::min(description.l2Bytes, maxL2Bytes);
  if (!machine.getTargetTriple().isX86()) {
    traits.registers = 32;
    traits.fused = true;
    return traits;
  }
  const llvm::MCSubtargetInfo &subtarget = *machine.getMCSubtargetInfo();
  traits.registers = traits.vectorBits == 512 ? 32 : 16;
  traits.fused = subtarget.checkFeatures("+fma");
  traits.dotBF16 =
      traits.vectorBits == 512 && subtarget.checkFeatures("+avx512bf16");
  return traits;
}
