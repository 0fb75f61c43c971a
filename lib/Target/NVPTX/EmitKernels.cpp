//===- EmitKernels.cpp - Kernel regions to launches -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChipOption.h"
#include "Forms.h"
#include "Product.h"
#include "graphc/Target/NVPTX/Passes.h"
#include "graphc/Transforms/ExpectBuffers.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXEMITKERNELS
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

static LogicalResult emit(OpBuilder &builder, kernel::RegionOp region,
                          ArrayRef<Chip> chips) {
  switch (region.getForm()) {
  case kernel::Form::Pointwise:
    return nvptx::emitPointwise(builder, region);
  case kernel::Form::Row:
    return nvptx::emitRow(builder, region);
  case kernel::Form::Contraction:
  case kernel::Form::Convolution:
    return nvptx::emitContraction(builder, region, chips);
  case kernel::Form::Attention:
    return nvptx::emitAttention(builder, region, chips);
  default:
    return nvptx::emitElements(builder, region);
  }
}

/// Whether there is nothing to compute, whatever the inputs are.
static bool isEmpty(kernel::RegionOp region) {
  return llvm::all_of(region.getInits(), [](Value init) {
    auto type = dyn_cast<ShapedType>(init.getType());
    return type && llvm::is_contained(type.getShape(), 0);
  });
}

namespace {
struct NVPTXEmitKernels : graphc::impl::NVPTXEmitKernelsBase<NVPTXEmitKernels> {
  using NVPTXEmitKernelsBase::NVPTXEmitKernelsBase;

  void runOnOperation() override {
    FailureOr<std::vector<Chip>> known =
        nvptx::readChips(getOperation(), chips);
    if (failed(known))
      return signalPassFailure();
    SmallVector<kernel::RegionOp> regions;
    getOperation()->walk([&](kernel::RegionOp op) { regions.push_back(op); });
    for (kernel::RegionOp region : regions) {
      if (failed(expectBuffers(region, "takes", region.getOperandTypes())))
        return signalPassFailure();
      if (allowTF32)
        region->setAttr(nvptx::allowTF32AttrName, UnitAttr::get(&getContext()));
      OpBuilder builder(region);
      if (!isEmpty(region) && failed(emit(builder, region, *known)))
        return signalPassFailure();
      region.erase();
    }
    SmallVector<kernel::SortOp> sorts;
    getOperation()->walk([&](kernel::SortOp op) { sorts.push_back(op); });
    for (kernel::SortOp sort : sorts) {
      if (failed(expectBuffers(sort, "takes", sort->getOperandTypes())))
        return signalPassFailure();
      OpBuilder builder(sort);
      nvptx::emitSort(builder, sort);
      sort.erase();
    }
  }
};
} // namespace
