//===- StopAtChecks.cpp - Leaving where a check fails ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/CPU/Passes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

namespace graphc {
#define GEN_PASS_DEF_CPUSTOPATCHECKS
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {
struct CPUStopAtChecks : graphc::impl::CPUStopAtChecksBase<CPUStopAtChecks> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || !main.getBody().hasOneBlock())
      return;
    Block &entry = main.getBody().front();
    // Behind it is the array of symbols.
    if (entry.getNumArguments() < 2)
      return;
    Value status = entry.getArgument(entry.getNumArguments() - 2);
    SmallVector<Operation *> failures;
    for (Operation &op : entry)
      if (tells(&op, status))
        failures.push_back(&op);
    if (failures.empty())
      return;

    OpBuilder builder(&getContext());
    Block *exit = builder.createBlock(&main.getBody(), main.getBody().end());
    func::ReturnOp::create(builder, main.getLoc());
    // Backwards: each leaves to `exit` or goes on to what is behind it.
    for (Operation *op : llvm::reverse(failures)) {
      Block *rest = op->getBlock()->splitBlock(op->getNextNode());
      builder.setInsertionPointToEnd(op->getBlock());
      Value condition;
      if (auto branch = dyn_cast<scf::IfOp>(op))
        condition = branch.getCondition();
      else
        condition = arith::ConstantOp::create(builder, op->getLoc(),
                                              builder.getBoolAttr(true));
      cf::CondBranchOp::create(builder, op->getLoc(), condition, exit, rest);
    }
  }

  /// `op` stores that a check has failed, or does so where it is taken.
  static bool tells(Operation *op, Value status) {
    if (auto branch = dyn_cast<scf::IfOp>(op))
      return branch.getNumResults() == 0 && branch.getElseRegion().empty() &&
             llvm::any_of(*branch.thenBlock(), [&](Operation &inner) {
               return isStoreTo(&inner, status);
             });
    return isStoreTo(op, status);
  }

  static bool isStoreTo(Operation *op, Value status) {
    auto store = dyn_cast<memref::StoreOp>(op);
    return store && store.getMemRef() == status;
  }
};
} // namespace
