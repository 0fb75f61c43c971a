//===- Pipelines.h - The order of passes ------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each stage leaves the IR in the state that its comment promises. The driver
// can stop after any of them, and start before any of them.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_PIPELINES_PIPELINES_H
#define GRAPHC_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace graphc {

/// What the CPU stages need to know of the target and the artefact.
struct CPUOptions : mlir::PassPipelineOptions<CPUOptions> {
  Option<int64_t> vectorBits{
      *this, "vector-bits",
      llvm::cl::desc("Width of a vector register in bits"),
      llvm::cl::init(512)};
  Option<int64_t> registers{*this, "registers",
                            llvm::cl::desc("Number of vector registers"),
                            llvm::cl::init(32)};
  Option<int64_t> l1Bytes{*this, "l1-bytes",
                          llvm::cl::desc("Size of the first cache for data"),
                          llvm::cl::init(32 << 10)};
  Option<int64_t> l2Bytes{*this, "l2-bytes",
                          llvm::cl::desc("Size of the second cache of a core"),
                          llvm::cl::init(1 << 20)};
  Option<bool> fused{
      *this, "fused",
      llvm::cl::desc("The processor multiplies and adds in one instruction"),
      llvm::cl::init(true)};
  Option<bool> dotBF16{
      *this, "dot-bf16",
      llvm::cl::desc("The processor sums products of pairs of bf16"),
      llvm::cl::init(false)};
  Option<bool> parallel{*this, "parallel",
                        llvm::cl::desc("Share work among OpenMP threads"),
                        llvm::cl::init(true)};
  Option<bool> rounding{*this, "rounding",
                        llvm::cl::desc("The processor rounds to integers"),
                        llvm::cl::init(true)};
  Option<bool> half{
      *this, "half",
      llvm::cl::desc("The processor converts between f16 and f32"),
      llvm::cl::init(true)};
  Option<bool> debugInfo{*this, "debug-info",
                         llvm::cl::desc("Describe the model's lines in DWARF"),
                         llvm::cl::init(true)};
  Option<bool> instrument{*this, "instrument",
                          llvm::cl::desc("Let runs be watched"),
                          llvm::cl::init(false)};
  Option<std::string> name{*this, "name",
                           llvm::cl::desc("Prefix of the entry point"),
                           llvm::cl::init("model")};
};

/// What layouts in the graph need to know of the target.
struct GraphOptions : mlir::PassPipelineOptions<GraphOptions> {
  Option<int64_t> lanes{*this, "lanes",
                        llvm::cl::desc("Output channels that the weights of "
                                       "convolutions have side by side; twice "
                                       "as many where there are more"),
                        llvm::cl::init(16)};
};

/// Simplifies and recognizes graph ops. In: graph, func. Out: the same.
void buildGraphOptimizationPipeline(mlir::OpPassManager &pm,
                                    const GraphOptions &options = {});

/// The same, with layouts for the copy engines of GPUs.
void buildDeviceGraphOptimizationPipeline(mlir::OpPassManager &pm);

/// Lowers graph ops to linalg on tensors. In: graph, func. Out: linalg, tensor,
/// arith, math, scf, func.
void buildGraphToLinalgPipeline(mlir::OpPassManager &pm);

/// The same for a GPU. In: the same. Out: kernel.sort besides.
void buildGraphToDeviceLinalgPipeline(mlir::OpPassManager &pm);

/// Groups linalg ops into fused kernels. In: linalg and what surrounds it. Out:
/// kernel regions on tensors; linalg is left for the generic form only.
void buildLinalgToKernelPipeline(mlir::OpPassManager &pm);

/// The same for a GPU. In and out: the same.
void buildLinalgToDeviceKernelPipeline(mlir::OpPassManager &pm);

/// Chooses schedules for matrix products and packs the constants that they
/// read. In and out: kernel regions on tensors.
void buildCPUPackPipeline(mlir::OpPassManager &pm, const CPUOptions &options);

/// Turns tensors into buffers, places them in one arena and makes kernels
/// functions. In: kernel regions on tensors. Out: one function per kernel with
/// its region on memrefs; no allocation, no tensor outside of regions.
void buildKernelToBuffersPipeline(mlir::OpPassManager &pm);

struct NVPTXOptions;

/// The same for a GPU, whose kernels may be several launches and meet in
/// workspaces. In and out: the same.
void buildKernelToDeviceBuffersPipeline(mlir::OpPassManager &pm,
                                        const NVPTXOptions &options);

/// Lowers kernels to vector loops. In: kernel regions on memrefs. Out: scf,
/// omp, vector, memref, arith, math.
void buildCPUSchedulePipeline(mlir::OpPassManager &pm,
                              const CPUOptions &options);

/// Adds the entry point and lowers everything to LLVM. Out: llvm, omp.
void buildCPUToLLVMPipeline(mlir::OpPassManager &pm, const CPUOptions &options);

/// Every stage from graph to LLVM for a CPU.
void buildCPUPipeline(mlir::OpPassManager &pm, const CPUOptions &options);

/// What the NVPTX stages need to know of the target and the artefact.
struct NVPTXOptions : mlir::PassPipelineOptions<NVPTXOptions> {
  Option<std::string> chips{*this, "chips",
                            llvm::cl::desc("GPUs to make code for, sm_80,..."),
                            llvm::cl::init("sm_80")};
  Option<bool> allowTF32{
      *this, "allow-tf32",
      llvm::cl::desc("Round operands of products in f32 to tf32"),
      llvm::cl::init(false)};
  Option<bool> instrument{*this, "instrument",
                          llvm::cl::desc("Let kernels be watched"),
                          llvm::cl::init(false)};
  Option<std::string> name{*this, "name",
                           llvm::cl::desc("Prefix of the entry point"),
                           llvm::cl::init("model")};
};

/// Lowers kernels to launches. In: kernel regions on memrefs. Out: gpu.launch
/// with scf, vector, memref, arith, math; what is around them is the host's.
void buildNVPTXSchedulePipeline(mlir::OpPassManager &pm,
                                const NVPTXOptions &options);

/// Adds the entry point, makes a device module of what is launched and lowers
/// both to LLVM. Out: llvm; llvm and nvvm in gpu.module.
void buildNVPTXToLLVMPipeline(mlir::OpPassManager &pm,
                              const NVPTXOptions &options);

/// Every stage from graph to LLVM for a GPU.
void buildNVPTXPipeline(mlir::OpPassManager &pm, const NVPTXOptions &options);

void registerPipelines();

} // namespace graphc

#endif // GRAPHC_PIPELINES_PIPELINES_H
