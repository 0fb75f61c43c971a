//===- Stages.cpp - The stages of a compilation ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Stages.h"

#include "graphc/Target/NVPTX/Chip.h"

using namespace mlir;
using namespace graphc;

template <void (*build)(OpPassManager &)>
static void forAny(OpPassManager &pm, const TargetOptions &) {
  build(pm);
}
template <void (*build)(OpPassManager &, const CPUOptions &)>
static void forCPU(OpPassManager &pm, const TargetOptions &options) {
  build(pm, options.cpu);
}
template <void (*build)(OpPassManager &, const NVPTXOptions &)>
static void forNVPTX(OpPassManager &pm, const TargetOptions &options) {
  build(pm, options.nvptx);
}

static void optimizeGraph(OpPassManager &pm) {
  buildGraphOptimizationPipeline(pm);
}

static constexpr Stage cpuStages[] = {
    {"graph-optimization", Emit::Graph, forAny<optimizeGraph>},
    {"graph-to-linalg", Emit::Linalg, forAny<buildGraphToLinalgPipeline>},
    {"linalg-to-kernel", Emit::Kernel, forAny<buildLinalgToKernelPipeline>},
    {"cpu-pack", Emit::Kernel, forCPU<buildCPUPackPipeline>},
    {"kernel-to-buffers", Emit::Buffers, forAny<buildKernelToBuffersPipeline>},
    {"cpu-schedule", Emit::Scheduled, forCPU<buildCPUSchedulePipeline>},
    {"cpu-to-llvm", Emit::LLVM, forCPU<buildCPUToLLVMPipeline>},
};

static constexpr Stage nvptxStages[] = {
    {"graph-optimization", Emit::Graph,
     forAny<buildDeviceGraphOptimizationPipeline>},
    {"graph-to-linalg", Emit::Linalg, forAny<buildGraphToDeviceLinalgPipeline>},
    {"linalg-to-kernel", Emit::Kernel,
     forAny<buildLinalgToDeviceKernelPipeline>},
    {"kernel-to-buffers", Emit::Buffers,
     forNVPTX<buildKernelToDeviceBuffersPipeline>},
    {"nvptx-schedule", Emit::Scheduled, forNVPTX<buildNVPTXSchedulePipeline>},
    {"nvptx-to-llvm", Emit::LLVM, forNVPTX<buildNVPTXToLLVMPipeline>},
};

ArrayRef<Stage> graphc::getStages(StringRef target) {
  return isNVPTXTarget(target) ? ArrayRef(nvptxStages) : ArrayRef(cpuStages);
}
