//===- Bufferize.cpp - Tensors between kernels become memrefs -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace graphc {
#define GEN_PASS_DEF_BUFFERIZE
#define GEN_PASS_DEF_ELIMINATEEMPTYTENSORS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// True when ops that write in place lead from `argument` to `value`.
static bool isWrittenInto(Value value, Value argument) {
  while (value != argument) {
    auto result = dyn_cast<OpResult>(value);
    if (!result)
      return false;
    Operation *op = result.getOwner();
    if (auto style = dyn_cast<DestinationStyleOpInterface>(op)) {
      value = style.getTiedOpOperand(result)->get();
    } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
      value = loop.getInitArgs()[result.getResultNumber()];
    } else if (auto branch = dyn_cast<scf::IfOp>(op)) {
      unsigned number = result.getResultNumber();
      if (!isWrittenInto(branch.elseYield().getOperand(number), argument))
        return false;
      value = branch.thenYield().getOperand(number);
    } else {
      return false;
    }
  }
  return true;
}

/// True when `value` is computed into a buffer of its own.
static bool isFresh(Value value) {
  while (auto style = value.getDefiningOp<DestinationStyleOpInterface>())
    value = style.getTiedOpOperand(cast<OpResult>(value))->get();
  return value.getDefiningOp<tensor::EmptyOp>() != nullptr;
}

/// Writes the tensors that `terminator` hands on, operands from `first` on, to
/// `carried`, the arguments of the block that they come back to. What may lie
/// in another carried buffer is copied before any is written.
static void keepInPlace(Operation *terminator, unsigned first,
                        ValueRange carried) {
  OpBuilder builder(terminator);
  Location loc = terminator->getLoc();
  SmallVector<std::pair<OpOperand *, Value>> moved;
  for (auto [i, argument] : llvm::enumerate(carried)) {
    OpOperand &operand = terminator->getOpOperand(first + i);
    if (!isa<TensorType>(argument.getType()) ||
        operand.get().getType() != argument.getType() ||
        isWrittenInto(operand.get(), argument))
      continue;
    if (!isFresh(operand.get()))
      operand.set(bufferization::AllocTensorOp::create(
          builder, loc, cast<RankedTensorType>(argument.getType()),
          /*dynamicSizes=*/ValueRange(), /*copy=*/operand.get()));
    moved.emplace_back(&operand, argument);
  }
  for (auto [operand, argument] : moved)
    operand->set(bufferization::MaterializeInDestinationOp::create(
                     builder, loc, operand->get(), argument)
                     .getResult());
}

/// One-shot bufferization wants what a loop yields to be what it was given.
static void keepLoopsInPlace(Operation *root) {
  root->walk([](Operation *op) {
    if (op->getParentOfType<kernel::RegionOp>())
      return;
    if (auto loop = dyn_cast<scf::ForOp>(op)) {
      keepInPlace(loop.getBody()->getTerminator(), 0, loop.getRegionIterArgs());
    } else if (auto loop = dyn_cast<scf::WhileOp>(op)) {
      if (TypeRange(loop.getBeforeArguments()) !=
          TypeRange(loop.getAfterArguments()))
        return;
      keepInPlace(loop.getConditionOp(), 1, loop.getBeforeArguments());
      keepInPlace(loop.getYieldOp(), 0, loop.getAfterArguments());
    }
  });
}

/// The bodies of kernels describe; only their operands are storage. A kernel
/// whose operands are done still holds tensors, in its body: where it lies at
/// the address of an op that is gone, it would count as left over.
static void leaveBodies(bufferization::OneShotBufferizationOptions &options) {
  options.opFilter.denyOperation([](Operation *op) {
    auto region = dyn_cast<kernel::RegionOp>(op);
    return (region && region.isBufferized()) ||
           op->getParentOfType<kernel::RegionOp>() != nullptr;
  });
}

namespace {
/// Upstream's pass has no options, and would look into bodies. All ops of one
/// write to the same empty tensor, and each of these is compared with each
/// other for each use of that.
struct EliminateEmptyTensors
    : graphc::impl::EliminateEmptyTensorsBase<EliminateEmptyTensors> {
  void runOnOperation() override {
    bufferization::OneShotBufferizationOptions options;
    options.allowReturnAllocsFromLoops = true;
    options.bufferizeFunctionBoundaries = true;
    leaveBodies(options);
    bufferization::OneShotAnalysisState state(getOperation(), options);
    IRRewriter rewriter(&getContext());
    if (failed(bufferization::analyzeModuleOp(getOperation(), state)) ||
        failed(bufferization::eliminateEmptyTensors(rewriter, getOperation(),
                                                    state)))
      signalPassFailure();
  }
};

struct Bufferize : graphc::impl::BufferizeBase<Bufferize> {
  void runOnOperation() override {
    keepLoopsInPlace(getOperation());
    bufferization::OneShotBufferizationOptions options;
    options.bufferAlignment = 64;
    leaveBodies(options);
    bufferization::BufferizationState state;
    if (failed(
            bufferization::runOneShotBufferize(getOperation(), options, state)))
      signalPassFailure();
  }
};
} // namespace
