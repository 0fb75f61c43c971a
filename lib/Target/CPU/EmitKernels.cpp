//===- EmitKernels.cpp - Kernel regions to vector loops -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forms.h"

#include "graphc/Support/ErrorCode.h"
#include "graphc/Target/CPU/Passes.h"
#include "graphc/Transforms/ExpectBuffers.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graphc {
#define GEN_PASS_DEF_CPUEMITKERNELS
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using kernel::Form;

static LogicalResult emit(OpBuilder &builder, kernel::RegionOp region,
                          const cpu::Processor &processor) {
  switch (region.getForm()) {
  case Form::Pointwise:
  case Form::Row:
    return cpu::emitRow(builder, region, processor);
  case Form::Contraction:
    return cpu::emitContraction(builder, region, processor);
  case Form::Attention:
    return cpu::emitAttention(builder, region, processor);
  case Form::Convolution:
    return cpu::emitConvolution(builder, region, processor);
  default:
    return withCode("kernel-form",
                    region.emitOpError(
                        "has a form that the CPU target cannot emit: "))
           << kernel::stringifyForm(region.getForm());
  }
}

/// Nothing to compute: emitters need not divide by sizes of 0.
static bool hasOnlyEmptyResults(kernel::RegionOp region) {
  return llvm::all_of(region.getInits(), [](Value out) {
    auto type = dyn_cast<ShapedType>(out.getType());
    return type && llvm::is_contained(type.getShape(), 0);
  });
}

namespace {
struct CPUEmitKernels : graphc::impl::CPUEmitKernelsBase<CPUEmitKernels> {
  using Base::Base;

  void runOnOperation() override {
    cpu::Processor processor;
    processor.vectorBits = vectorBits;
    processor.parallel = parallel;
    SmallVector<kernel::RegionOp> regions;
    getOperation()->walk([&](kernel::RegionOp op) { regions.push_back(op); });
    bool isComplete = true;
    for (kernel::RegionOp region : regions) {
      OpBuilder builder(region);
      if (failed(expectBuffers(region, "gives", region.getResultTypes()))) {
        isComplete = false;
        continue;
      }
      if (!hasOnlyEmptyResults(region) &&
          failed(emit(builder, region, processor)))
        isComplete = false; // The others are told apart from it.
      else
        region.erase();
    }
    if (!isComplete)
      signalPassFailure();
  }
};
} // namespace
