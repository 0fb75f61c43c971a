//===- AddWorkspaces.cpp - Memory in which the launches of a kernel meet --===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"
#include "Sort.h"
#include "SplitAttention.h"

#include "graphc/Target/NVPTX/Passes.h"
#include "graphc/Transforms/ExpectBuffers.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXADDWORKSPACES
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {
/// Sizes that only a plan needed.
struct Leftovers : OpBuilder::Listener {
  SmallVector<Operation *> ops;

  void notifyOperationInserted(Operation *op, OpBuilder::InsertPoint) override {
    ops.push_back(op);
  }
  void erase() {
    for (Operation *op : llvm::reverse(ops))
      if (isOpTriviallyDead(op))
        op->erase();
  }
};
} // namespace

/// The bytes of a workspace, and how many parts meet there.
static std::pair<int64_t, int64_t> plan(OpBuilder &planner,
                                        kernel::RegionOp region) {
  if (region.getForm() == kernel::Form::Attention)
    return nvptx::planAttentionWorkspace(planner, region);
  nvptx::RowEmitter emitter(planner, region);
  int64_t parts = emitter.plan() ? emitter.chooseParts() : 1;
  if (parts != nvptx::openParts)
    return {parts > 1 ? emitter.getWorkspaceBytes(parts) : 0, parts};
  // Wide vectors need most.
  nvptx::RowEmitter whole(planner, region,
                          nvptx::OpenRow{/*isWhole=*/true, std::nullopt,
                                         /*named=*/0, /*isSplit=*/true});
  (void)whole.plan();
  return {whole.getWorkspaceBytes(parts), parts};
}

static void addWorkspace(kernel::RegionOp region) {
  Leftovers leftovers;
  OpBuilder planner(region, &leftovers);
  auto [bytes, parts] = plan(planner, region);
  leftovers.erase();
  if (parts == 1)
    return;
  OpBuilder builder(region);
  auto type = MemRefType::get(bytes, builder.getI8Type());
  Value buffer = memref::AllocOp::create(builder, region.getLoc(), type);
  unsigned position = region.getInputs().size();
  region.getInputsMutable().append(buffer);
  region.getBody().insertArgument(
      position, RankedTensorType::get(bytes, builder.getI8Type()),
      region.getLoc());
  region->setAttr(nvptx::partsAttrName, builder.getI64IntegerAttr(parts));
  region->setAttr(nvptx::workspaceAttrName,
                  builder.getI64IntegerAttr(position));
}

namespace {
struct NVPTXAddWorkspaces
    : graphc::impl::NVPTXAddWorkspacesBase<NVPTXAddWorkspaces> {
  using Base::Base;

  void runOnOperation() override {
    WalkResult result = getOperation()->walk([&](kernel::RegionOp region) {
      if (failed(expectBuffers(region, "takes", region.getOperandTypes())))
        return WalkResult::interrupt();
      if (region.getForm() == kernel::Form::Row ||
          region.getForm() == kernel::Form::Attention)
        addWorkspace(region);
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    getOperation()->walk([](kernel::SortOp sort) {
      OpBuilder builder(sort);
      if (Value buffer = nvptx::SortPlan(sort).makeWorkspace(builder, sort))
        sort.getWorkspaceMutable().assign(buffer);
    });
  }
};
} // namespace
