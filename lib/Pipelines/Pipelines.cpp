//===- Pipelines.cpp - The order of passes from graph to LLVM -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Pipelines/Pipelines.h"

#include "dialects/Graph/Transforms/Passes.h"
#include "graphc/Conversion/Passes.h"
#include "graphc/Target/CPU/Passes.h"
#include "graphc/Target/Codegen/Passes.h"
#include "graphc/Target/NVPTX/Passes.h"
#include "graphc/Transforms/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Affine/Transforms/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void graphc::buildDeviceGraphOptimizationPipeline(OpPassManager &pm) {
  GraphOptions options;
  // Lines of 128 bytes in shared memory, of elements of 16 bits.
  options.lanes = 64;
  buildGraphOptimizationPipeline(pm, options);
}

void graphc::buildGraphOptimizationPipeline(OpPassManager &pm,
                                            const GraphOptions &options) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addNestedPass<func::FuncOp>(createFoldConstants());
  // Position tables are constants only now.
  pm.addPass(graph::createSimplifyIndexing());
  // Patterns compare values: equal ones must be one by now. Masks that are
  // constants say whether they are causal.
  pm.addPass(createCSEPass());
  pm.addPass(graph::createRecognize());
  // Recognition leaves views of views.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // Layout changes cancel.
  pm.addPass(graph::createChooseLayouts({options.lanes}));
  pm.addPass(createCanonicalizerPass());
}

static void addGraphToLinalg(OpPassManager &pm, bool device) {
  using namespace graphc;
  // The last place where the ops that define sizes can be seen.
  pm.addPass(graph::createBoundSymbols());
  pm.addPass(createConvertGraphToLinalg({device}));
  // Index arithmetic of sizes is made once per use.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void graphc::buildGraphToLinalgPipeline(OpPassManager &pm) {
  addGraphToLinalg(pm, /*device=*/false);
}

void graphc::buildGraphToDeviceLinalgPipeline(OpPassManager &pm) {
  addGraphToLinalg(pm, /*device=*/true);
}

void graphc::buildLinalgToKernelPipeline(OpPassManager &pm) {
  // Before kernels mix what weights decide with what the call gives.
  pm.addPass(createHoistWeights());
  // Bias and activation join the kernel of a product only on its domain.
  pm.addNestedPass<func::FuncOp>(createAlignDomains());
  pm.addNestedPass<func::FuncOp>(createFormKernels());
  // Formation leaves the initializers that regions made again.
  pm.addPass(createCanonicalizerPass());
}

void graphc::buildLinalgToDeviceKernelPipeline(OpPassManager &pm) {
  // What follows a convolution has its domain before kernels are formed.
  pm.addNestedPass<func::FuncOp>(createNVPTXExpandGroups());
  // Before paddings are lowered: they are part of the copy.
  pm.addNestedPass<func::FuncOp>(createPackPixels());
  // Kernels are formed of what is pointwise.
  pm.addNestedPass<func::FuncOp>(createNVPTXLowerPads());
  // Before what updates read becomes kernels of its own.
  pm.addNestedPass<func::FuncOp>(createNVPTXFuseUpdates());
  buildLinalgToKernelPipeline(pm);
  pm.addNestedPass<func::FuncOp>(createNVPTXFuseChecks());
}

void graphc::buildCPUPackPipeline(OpPassManager &pm,
                                  const CPUOptions &options) {
  pm.addPass(createCPUScheduleContractions(
      {options.vectorBits, options.registers, options.l1Bytes, options.l2Bytes,
       options.fused, options.dotBF16}));
  // Before bufferization makes globals of what is then no longer used.
  pm.addPass(createPackConstants());
}

static void addBufferization(OpPassManager &pm) {
  using namespace graphc;
  // Packing left more.
  pm.addPass(createHoistWeights());
  pm.addPass(createBindBoundary());
  // Results are computed where the caller wants them.
  pm.addPass(createEliminateEmptyTensors());
  pm.addPass(createBufferize());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addNestedPass<func::FuncOp>(createLowerCopies());
}

void graphc::buildKernelToBuffersPipeline(OpPassManager &pm) {
  addBufferization(pm);
  pm.addPass(createPlanMemory());
  pm.addPass(createOutlineKernels());
}

void graphc::buildKernelToDeviceBuffersPipeline(OpPassManager &pm,
                                                const NVPTXOptions &options) {
  addBufferization(pm);
  pm.addNestedPass<func::FuncOp>(createNVPTXAddWorkspaces());
  pm.addPass(createPlanMemory());
  pm.addPass(createOutlineKernels());
}

void graphc::buildCPUSchedulePipeline(OpPassManager &pm,
                                      const CPUOptions &options) {
  // What is watched is what threads share.
  pm.addPass(createGatherGroups());
  // The last place where regions say what kernels compute.
  if (options.instrument)
    pm.addPass(createInstrumentKernels());
  pm.addPass(createCPUDeclareRuntime({options.parallel}));
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(
      createCPUEmitKernels({options.vectorBits, options.parallel}));
  // Before loops are made of what is left of linalg: those are not marked.
  functions.addPass(createCPUShareLoops({options.parallel}));
  functions.addPass(createConvertLinalgToLoopsPass());
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
  // Emitters compute row values where they are used, inside the loops.
  functions.addPass(createLoopInvariantCodeMotionPass());
  // Complex functions are made of real ones, which are expanded next.
  functions.addPass(createConvertComplexToStandardPass());
  functions.addPass(
      createExpandMath({options.fused, options.rounding, options.half}));
  functions.addPass(createCPULowerParallel());
}

void graphc::buildCPUToLLVMPipeline(OpPassManager &pm,
                                    const CPUOptions &options) {
  pm.addPass(createCPUStopAtChecks());
  pm.addPass(createLowerObservers());
  pm.addPass(createMakeEntry({options.name, options.parallel}));
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(arith::createArithExpandOpsPass());
  functions.addPass(createLowerViews());
  functions.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  ConvertVectorToLLVMPassOptions vectors;
  vectors.x86Vector = true;
  pm.addPass(createConvertVectorToLLVMPass(vectors));
  pm.addPass(createConvertComplexToLLVMPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertVectorToLLVMPass(vectors));
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createConvertOpenMPToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createUBToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  if (options.debugInfo)
    pm.addPass(createCPUAddDebugInfo({options.name}));
}

void graphc::buildCPUPipeline(OpPassManager &pm, const CPUOptions &options) {
  buildGraphOptimizationPipeline(pm);
  buildGraphToLinalgPipeline(pm);
  buildLinalgToKernelPipeline(pm);
  buildCPUPackPipeline(pm, options);
  buildKernelToBuffersPipeline(pm);
  buildCPUSchedulePipeline(pm, options);
  buildCPUToLLVMPipeline(pm, options);
}

void graphc::buildNVPTXSchedulePipeline(OpPassManager &pm,
                                        const NVPTXOptions &options) {
  // What is watched is what is launched.
  pm.addPass(createGatherGroups());
  if (options.instrument)
    pm.addPass(createInstrumentKernels());
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createNVPTXEmitKernels({options.chips, options.allowTF32}));
  functions.addPass(createNVPTXLaunchGroups({options.chips}));
  functions.addPass(createNVPTXLaunchLoops());
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
  functions.addPass(createLoopInvariantCodeMotionPass());
  // Complex functions are made of real ones, which are expanded next.
  functions.addPass(createConvertComplexToStandardPass());
  functions.addPass(createExpandMath({/*fma=*/true, /*rounding=*/true,
                                      /*half=*/true, /*bfloat=*/true,
                                      /*libm=*/false,
                                      /*approximations=*/true}));
}

void graphc::buildNVPTXToLLVMPipeline(OpPassManager &pm,
                                      const NVPTXOptions &options) {
  pm.addPass(createLowerObservers());
  pm.addPass(createMakeEntry({options.name, /*parallel=*/false,
                              /*device=*/true}));
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createNVPTXExpandDivisions());
  functions.addPass(createLowerViews());
  pm.addPass(createNVPTXOutline());
  // What is left of a loop over one element stays on the host, which may have
  // no conversions of short floats, nor a library with them.
  pm.addNestedPass<func::FuncOp>(
      createExpandMath({/*fma=*/false, /*rounding=*/false, /*half=*/false}));
  // While kernels are still in their ops, with the places of the model.
  pm.addPass(createNVPTXCheckChips({options.chips}));
  pm.addPass(createNVPTXLowerHost());

  OpPassManager &device = pm.nest<gpu::GPUModuleOp>();
  device.addPass(memref::createExpandStridedMetadataPass());
  device.addPass(createLowerAffinePass());
  device.addPass(createSCFToControlFlowPass());
  device.addPass(createCanonicalizerPass());
  device.addPass(createCSEPass());
  device.addPass(createNVPTXLowerDevice());
  device.addPass(createConvertNVVMToLLVMPass());
  device.addPass(createCanonicalizerPass());
  device.addPass(createCSEPass());
  device.addPass(createReconcileUnrealizedCastsPass());

  OpPassManager &host = pm.nest<func::FuncOp>();
  host.addPass(memref::createExpandStridedMetadataPass());
  host.addPass(createLowerAffinePass());
  host.addPass(createSCFToControlFlowPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createUBToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

void graphc::buildNVPTXPipeline(OpPassManager &pm,
                                const NVPTXOptions &options) {
  buildDeviceGraphOptimizationPipeline(pm);
  buildGraphToDeviceLinalgPipeline(pm);
  buildLinalgToDeviceKernelPipeline(pm);
  buildKernelToDeviceBuffersPipeline(pm, options);
  buildNVPTXSchedulePipeline(pm, options);
  buildNVPTXToLLVMPipeline(pm, options);
}

void graphc::registerPipelines() {
  PassPipelineRegistration<GraphOptions>("graph-optimization",
                                         "Simplify graph ops",
                                         buildGraphOptimizationPipeline);
  PassPipelineRegistration<>("graph-to-linalg", "Lower graph ops to linalg",
                             buildGraphToLinalgPipeline);
  PassPipelineRegistration<>("graph-to-device-linalg",
                             "Lower graph ops to linalg for a GPU",
                             buildGraphToDeviceLinalgPipeline);
  PassPipelineRegistration<>("linalg-to-kernel",
                             "Group linalg ops into fused kernels",
                             buildLinalgToKernelPipeline);
  PassPipelineRegistration<>("linalg-to-device-kernel",
                             "Group linalg ops into fused kernels of a GPU",
                             buildLinalgToDeviceKernelPipeline);
  PassPipelineRegistration<CPUOptions>(
      "cpu-pack", "Schedule matrix products and pack constants",
      buildCPUPackPipeline);
  PassPipelineRegistration<>("kernel-to-buffers",
                             "Bufferize, plan memory, outline kernels",
                             buildKernelToBuffersPipeline);
  PassPipelineRegistration<NVPTXOptions>(
      "kernel-to-device-buffers",
      "Bufferize, add workspaces, plan memory, outline kernels",
      buildKernelToDeviceBuffersPipeline);
  PassPipelineRegistration<CPUOptions>("cpu-schedule",
                                       "Lower kernels to vector loops",
                                       buildCPUSchedulePipeline);
  PassPipelineRegistration<CPUOptions>("cpu-to-llvm", "Lower loops to LLVM",
                                       buildCPUToLLVMPipeline);
  PassPipelineRegistration<CPUOptions>("cpu", "Every stage from graph to LLVM",
                                       buildCPUPipeline);
  PassPipelineRegistration<NVPTXOptions>("nvptx-schedule",
                                         "Lower kernels to launches",
                                         buildNVPTXSchedulePipeline);
  PassPipelineRegistration<NVPTXOptions>(
      "nvptx-to-llvm", "Lower launches to LLVM", buildNVPTXToLLVMPipeline);
  PassPipelineRegistration<NVPTXOptions>(
      "nvptx", "Every stage from graph to LLVM for a GPU", buildNVPTXPipeline);
}
