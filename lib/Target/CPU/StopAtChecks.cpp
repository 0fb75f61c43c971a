//===- StopAtChecks.cpp - Leaving where a check fails ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/CPU/Passes.h"

#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Transforms/DialectConversion.h"

namespace graphc {
#define GEN_PASS_DEF_CPUSTOPATCHECKS
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {
/// Finds where a function tells that a check has failed, and makes it return
/// there.
class Stopper {
public:
  Stopper(func::FuncOp function, Value status)
      : function(function), status(status) {}

  LogicalResult run();

private:
  /// Notes what tells in `region`, which the function itself runs.
  bool collect(Region &region);
  bool isTold(Operation *op) const;
  void returnBehind(Operation *op, Block *exit);

  func::FuncOp function;
  Value status;
  SmallVector<Operation *> failures;
  /// What is around them, to be left from inside.
  DenseSet<Operation *> structured;
};
} // namespace

/// `op` may store that a check has failed. Kernels do, whom the status is
/// handed to, and threads.
bool Stopper::isTold(Operation *op) const {
  return op
      ->walk([&](Operation *inner) {
        return !isa<memref::LoadOp>(inner) &&
                       llvm::is_contained(inner->getOperands(), status)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

bool Stopper::collect(Region &region) {
  bool found = false;
  for (Block &block : region)
    for (Operation &op : block) {
      if (!isTold(&op))
        continue;
      found = true;
      if (isa<scf::IfOp, scf::ForOp, scf::WhileOp, scf::IndexSwitchOp,
              scf::ExecuteRegionOp>(op)) {
        structured.insert(&op);
        for (Region &inner : op.getRegions())
          collect(inner);
      } else {
        failures.push_back(&op);
      }
    }
  return found;
}

void Stopper::returnBehind(Operation *op, Block *exit) {
  Block *rest = op->getBlock()->splitBlock(op->getNextNode());
  Location loc = op->getLoc();
  auto builder = OpBuilder::atBlockEnd(op->getBlock());
  auto constant = [&](TypedAttr value) -> Value {
    return arith::ConstantOp::create(builder, loc, value);
  };
  Value fails;
  if (isa<memref::StoreOp>(op)) {
    fails = constant(builder.getBoolAttr(true));
  } else {
    Value first = constant(builder.getIndexAttr(0));
    Value code = memref::LoadOp::create(builder, loc, status, first);
    fails = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, code,
                                  constant(builder.getI32IntegerAttr(0)));
  }
  cf::CondBranchOp::create(builder, loc, fails, exit, rest);
}

LogicalResult Stopper::run() {
  if (!collect(function.getBody()))
    return success();
  // Only blocks can be left from inside.
  if (!structured.empty()) {
    ConversionTarget target(*function.getContext());
    target.markUnknownOpDynamicallyLegal(
        [&](Operation *op) { return !structured.contains(op); });
    RewritePatternSet patterns(function.getContext());
    populateSCFToControlFlowConversionPatterns(patterns);
    if (failed(applyPartialConversion(function, target, std::move(patterns))))
      return failure();
  }
  OpBuilder builder(function.getContext());
  Block *exit =
      builder.createBlock(&function.getBody(), function.getBody().end());
  func::ReturnOp::create(builder, function.getLoc());
  for (Operation *op : failures)
    returnBehind(op, exit);
  return success();
}

namespace {
struct CPUStopAtChecks : graphc::impl::CPUStopAtChecksBase<CPUStopAtChecks> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || main.isExternal())
      return;
    // Behind it is the array of symbols.
    Block &entry = main.getBody().front();
    if (entry.getNumArguments() < 2)
      return;
    Value status = entry.getArgument(entry.getNumArguments() - 2);
    auto type = MemRefType::get({1}, IntegerType::get(&getContext(), 32));
    if (status.getType() == type && failed(Stopper(main, status).run()))
      signalPassFailure();
  }
};
} // namespace
