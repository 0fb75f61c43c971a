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

/// Of each buffer, in bytes.
static constexpr int64_t bufferAlignment = 64;

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

//===----------------------------------------------------------------------===//
// Long concatenations
//===----------------------------------------------------------------------===//

/// The analysis compares each insertion of a chain with each pair of others
/// and follows the chain for that: 60 take it a second, 120 more than nine.
static constexpr unsigned maxInsertions = 64;

/// The insertions that end with `last`, none of whose intermediate results is
/// used otherwise, if they fill an empty tensor at places that are constant.
static SmallVector<tensor::InsertSliceOp>
findConcatenation(tensor::InsertSliceOp last) {
  SmallVector<tensor::InsertSliceOp> chain;
  for (tensor::InsertSliceOp op = last;;) {
    if (op->getBlock() != last->getBlock() ||
        op.getSourceType().getRank() != op.getType().getRank() ||
        !op.getType().hasStaticShape() ||
        !op.getSourceType().hasStaticShape() || op.getNumOperands() != 2)
      return {};
    chain.push_back(op);
    Value into = op.getDest();
    if (into.getDefiningOp<tensor::EmptyOp>())
      break;
    op = into.getDefiningOp<tensor::InsertSliceOp>();
    if (!op || !op->hasOneUse())
      return {};
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

/// Gives a long concatenation a buffer here: what is written to parts of one
/// is ordered by where it is written and need not be analysed. The insertions
/// are still there for the elimination of empty tensors.
static void insertIntoBuffer(MutableArrayRef<tensor::InsertSliceOp> chain) {
  Operation *empty = chain.front().getDest().getDefiningOp();
  OpBuilder builder(empty);
  RankedTensorType type = chain.front().getType();
  Location loc = chain.back().getLoc();
  Value buffer = memref::AllocOp::create(
      builder, loc, MemRefType::get(type.getShape(), type.getElementType()),
      builder.getI64IntegerAttr(bufferAlignment));
  SmallVector<Value> places;
  for (tensor::InsertSliceOp op : chain)
    places.push_back(
        memref::SubViewOp::create(builder, loc, buffer, op.getMixedOffsets(),
                                  op.getMixedSizes(), op.getMixedStrides()));
  builder.setInsertionPoint(chain.back());
  for (auto [op, place] : llvm::zip_equal(chain, places))
    bufferization::MaterializeInDestinationOp::create(
        builder, op.getLoc(), /*result=*/Type(), op.getSource(), place,
        /*restrict=*/true, /*writable=*/true);
  chain.back().replaceAllUsesWith(
      bufferization::ToTensorOp::create(builder, loc, type, buffer,
                                        /*restrict=*/true)
          .getResult());
  for (tensor::InsertSliceOp op : llvm::reverse(chain))
    op.erase();
}

static void splitLongConcatenations(Operation *root) {
  SmallVector<SmallVector<tensor::InsertSliceOp>> found;
  root->walk([&](tensor::InsertSliceOp op) {
    bool isLast = !op->hasOneUse() ||
                  !isa<tensor::InsertSliceOp>(*op->getUsers().begin());
    if (!isLast || op->getParentOfType<kernel::RegionOp>())
      return;
    if (auto chain = findConcatenation(op); chain.size() > maxInsertions)
      found.push_back(std::move(chain));
  });
  for (MutableArrayRef<tensor::InsertSliceOp> chain : found)
    insertIntoBuffer(chain);
}

namespace {
/// Upstream's pass has no options, and would look into bodies. All ops of one
/// write to the same empty tensor, and each of these is compared with each
/// other for each use of that.
struct EliminateEmptyTensors
    : graphc::impl::EliminateEmptyTensorsBase<EliminateEmptyTensors> {
  void getDependentDialects(DialectRegistry &registry) const override {
    EliminateEmptyTensorsBase::getDependentDialects(registry);
    registry.insert<memref::MemRefDialect>();
  }

  void runOnOperation() override {
    splitLongConcatenations(getOperation());
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
    options.bufferAlignment = bufferAlignment;
    leaveBodies(options);
    bufferization::BufferizationState state;
    if (failed(
            bufferization::runOneShotBufferize(getOperation(), options, state)))
      signalPassFailure();
  }
};
} // namespace
