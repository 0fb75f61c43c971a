//===- LaunchLoops.cpp - Loops outside of kernels become launches ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Atomics.h"
#include "Forms.h"
#include "Groups.h"
#include "Histogram.h"
#include "IndexMath.h"
#include "OpenShapes.h"
#include "ReadAhead.h"
#include "Scan.h"
#include "graphc/Target/NVPTX/Passes.h"

#include "mlir/Dialect/Linalg/Transforms/Transforms.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXLAUNCHLOOPS
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// Set on loops by the lowering of graph ops: how many loops, this one and
/// those directly inside, have independent iterations.
static constexpr StringLiteral parallelAttrName = "graphc.parallel";

/// Neither calls of kernels nor buffers, whose places are the host's business.
static bool canLaunch(Operation *op) {
  if (!op->use_empty())
    return false;
  return !op->walk([](Operation *inner) {
              return isa<func::CallOp, gpu::LaunchOp, memref::ViewOp>(inner)
                         ? WalkResult::interrupt()
                         : WalkResult::advance();
            }).wasInterrupted();
}

/// Loops that compute sizes are cheaper on the host, which needs them.
static bool touchesMemory(Operation *op) {
  return op
      ->walk([](Operation *inner) {
        return isa<memref::LoadOp, memref::StoreOp>(inner)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// The loops from `loop` inwards that make threads: independent, each the only
/// thing in the one around it, and each with bounds from outside of all.
static SmallVector<scf::ForOp> collectParallel(scf::ForOp loop) {
  SmallVector<scf::ForOp> loops;
  auto depth = loop->getAttrOfType<IntegerAttr>(parallelAttrName);
  int64_t left = depth ? depth.getInt() : 0;
  scf::ForOp outer = loop;
  while (left-- > 0) {
    auto isOutside = [&](Value bound) {
      return outer.isDefinedOutsideOfLoop(bound);
    };
    if (!isOutside(loop.getLowerBound()) || !isOutside(loop.getUpperBound()) ||
        !isOutside(loop.getStep()))
      break;
    loops.push_back(loop);
    auto inner = loop.getBody()->getOps<scf::ForOp>();
    if (!llvm::hasSingleElement(inner) ||
        loop.getBody()->getOperations().size() != 2)
      break;
    loop = *inner.begin();
  }
  return loops;
}

/// The caller's array of symbols, the last memref that `main` takes, is memory
/// of the host.
static bool isOnHost(Value memref) {
  auto argument = dyn_cast<BlockArgument>(memref);
  if (!argument)
    return false;
  return llvm::none_of(
      argument.getOwner()->getArguments().drop_front(argument.getArgNumber() +
                                                     1),
      [](Value later) { return isa<MemRefType>(later.getType()); });
}

/// Where it is told which check failed, before that.
static bool isStatus(Value memref) {
  auto argument = dyn_cast<BlockArgument>(memref);
  if (!argument || !isa<func::FuncOp>(argument.getOwner()->getParentOp()))
    return false;
  auto behind =
      argument.getOwner()->getArguments().drop_front(argument.getArgNumber());
  return behind.size() > 1 && isOnHost(behind[1]) &&
         cast<MemRefType>(memref.getType()).getElementType().isInteger(32);
}

/// Whether all that `op` does to memory is to read it.
static bool onlyReads(Operation *op) {
  std::optional<SmallVector<MemoryEffects::EffectInstance>> effects =
      getEffectsRecursively(op);
  return effects && llvm::all_of(*effects, [](const auto &effect) {
           return isa<MemoryEffects::Read>(effect.getEffect());
         });
}

static bool readsHost(Operation *op) {
  return op
      ->walk([](memref::LoadOp load) {
        return isOnHost(load.getMemRef()) ? WalkResult::interrupt()
                                          : WalkResult::advance();
      })
      .wasInterrupted();
}

/// The ops right before `op` that read what only `op` wants to know, and what
/// is computed of that: for the device it is near, the host would have to wait.
static SmallVector<Operation *> collectReads(Operation *op) {
  SmallVector<Operation *> reads;
  SmallPtrSet<Operation *, 8> moved = {op};
  bool hasLoad = false;
  for (Operation *before = op->getPrevNode(); before;
       before = before->getPrevNode()) {
    if (!onlyReads(before))
      break;
    bool isWanted = llvm::all_of(before->getUsers(), [&](Operation *user) {
      return llvm::any_of(
          moved, [&](Operation *other) { return other->isAncestor(user); });
    });
    if (!isWanted || readsHost(before) || isa<memref::ViewOp>(before))
      continue;
    hasLoad |= touchesMemory(before);
    moved.insert(before);
    reads.push_back(before);
  }
  if (!hasLoad)
    reads.clear();
  return reads;
}

/// A check whose condition the host knows, such as one of sizes: it launches
/// nothing behind one that fails, of which the device would not tell in time.
static bool isKnownCheck(Operation *op) {
  if (!isa<scf::IfOp, memref::StoreOp>(op) || !collectReads(op).empty())
    return false;
  return !op->walk([](Operation *inner) {
              auto store = dyn_cast<memref::StoreOp>(inner);
              bool isOther = store ? !isStatus(store.getMemRef())
                                   : isa<memref::LoadOp>(inner);
              return isOther ? WalkResult::interrupt() : WalkResult::advance();
            }).wasInterrupted();
}

/// The iteration number `linear` of `loops`, whose sizes are `counts`.
static SmallVector<Value> getIndices(OpBuilder &builder,
                                     MutableArrayRef<scf::ForOp> loops,
                                     ArrayRef<Value> counts, Value linear) {
  nvptx::IndexMath math(builder, linear.getLoc());
  SmallVector<Value> indices = math.delinearize(linear, counts);
  for (auto [loop, index] : llvm::zip_equal(loops, indices))
    index = math.fold<arith::AddIOp>(
        math.fold<arith::MulIOp>(index, loop.getStep()), loop.getLowerBound());
  return indices;
}

/// The scan that is all that `op` does, or does in each iteration of `loops`.
static std::optional<nvptx::Scan> findScan(Operation *op,
                                           MutableArrayRef<scf::ForOp> loops) {
  if (!loops.empty())
    return nvptx::Scan::match(loops.back().getBody());
  auto loop = dyn_cast<scf::ForOp>(op);
  return loop && loop.use_empty() ? nvptx::Scan::match(loop) : std::nullopt;
}

/// A thread for each of the `total` iterations of `loops`, of which `op` is the
/// outermost; one for all of `op`, with the `reads` before it, if there are
/// none.
static void launchThreads(OpBuilder &builder, Operation *op,
                          MutableArrayRef<scf::ForOp> loops,
                          ArrayRef<Value> counts, Value total,
                          ArrayRef<Operation *> reads) {
  nvptx::emitGrid(builder, op->getLoc(), total, [&](Value linear) {
    Block *block = builder.getInsertionBlock();
    if (loops.empty()) {
      op->moveBefore(block, builder.getInsertionPoint());
      Operation *next = op;
      for (Operation *read : reads) {
        read->moveBefore(next);
        next = read;
      }
      return;
    }
    for (auto [loop, index] :
         llvm::zip_equal(loops, getIndices(builder, loops, counts, linear)))
      loop.getInductionVar().replaceAllUsesWith(index);
    Block *body = loops.back().getBody();
    block->getOperations().splice(builder.getInsertionPoint(),
                                  body->getOperations(), body->begin(),
                                  std::prev(body->end()));
  });
}

static void launch(Operation *op) {
  SmallVector<Operation *> reads = collectReads(op);
  OpBuilder builder(op);
  Location loc = op->getLoc();
  SmallVector<scf::ForOp> loops;
  if (auto loop = dyn_cast<scf::ForOp>(op))
    loops = collectParallel(loop);
  auto isOfStatus = [](memref::StoreOp store) {
    return isStatus(store.getMemRef());
  };
  bool isAtomic = op->hasAttr(nvptx::atomicAttrName);
  std::optional<nvptx::Histogram> histogram;
  if (isAtomic)
    histogram = nvptx::Histogram::match(loops, isOfStatus);
  if (isAtomic && !histogram && !nvptx::makeAtomic(op, isOfStatus))
    loops.clear();
  Value total = arith::ConstantIndexOp::create(builder, loc, 1);
  SmallVector<Value> counts;
  for (scf::ForOp loop : loops) {
    Value span = builder.createOrFold<arith::SubIOp>(loc, loop.getUpperBound(),
                                                     loop.getLowerBound());
    counts.push_back(
        builder.createOrFold<arith::CeilDivSIOp>(loc, span, loop.getStep()));
    total = builder.createOrFold<arith::MulIOp>(loc, total, counts.back());
  }
  if (std::optional<nvptx::Scan> scan = findScan(op, loops)) {
    scan->launch(builder, total, [&](Value number, IRMapping &row) {
      for (auto [loop, index] :
           llvm::zip_equal(loops, getIndices(builder, loops, counts, number)))
        row.map(loop.getInductionVar(), index);
    });
    op->erase();
    return;
  }
  auto useThreads = [&] {
    launchThreads(builder, op, loops, counts, total, reads);
  };
  if (histogram)
    nvptx::emitEither(
        builder, loc, histogram->isWorthIt(builder, total),
        [&] {
          histogram->launch(builder, total, [&](Value number) {
            return getIndices(builder, loops, counts, number);
          });
        },
        [&] {
          (void)nvptx::makeAtomic(op, isOfStatus);
          useThreads();
        });
  else
    useThreads();
  if (!loops.empty())
    op->erase();
}

/// What linalg is left outside of kernels becomes loops, of which those in
/// front that are independent may be launched.
static LogicalResult lowerToLoops(linalg::LinalgOp op) {
  int64_t depth = 0;
  for (utils::IteratorType type : op.getIteratorTypesArray()) {
    if (type != utils::IteratorType::parallel)
      break;
    ++depth;
  }
  IRRewriter rewriter(op);
  FailureOr<linalg::LinalgLoops> loops = linalg::linalgOpToLoops(rewriter, op);
  if (failed(loops))
    return failure();
  if (depth > 0 && !loops->empty())
    loops->front()->setAttr(parallelAttrName,
                            rewriter.getI64IntegerAttr(depth));
  rewriter.eraseOp(op);
  return success();
}

namespace {
struct NVPTXLaunchLoops : graphc::impl::NVPTXLaunchLoopsBase<NVPTXLaunchLoops> {
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> left;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (op.hasPureBufferSemantics())
        left.push_back(op);
    });
    for (linalg::LinalgOp op : left)
      if (failed(lowerToLoops(op)))
        return signalPassFailure();
    SmallVector<Operation *> found;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<gpu::LaunchOp>(op))
        return WalkResult::skip();
      // Of a loop that ran once, its stores are left.
      auto store = dyn_cast<memref::StoreOp>(op);
      bool isForDevice = store ? !isOnHost(store.getMemRef())
                               : isa<scf::ForOp, scf::WhileOp, scf::IfOp>(op);
      if (!isForDevice || !canLaunch(op) || !touchesMemory(op))
        return WalkResult::advance();
      if (isKnownCheck(op))
        return WalkResult::skip();
      found.push_back(op);
      return WalkResult::skip();
    });
    for (Operation *op : found)
      launch(op);
    getOperation()->walk([](scf::ForOp loop) {
      if (loop->removeAttr(nvptx::groupsAttrName))
        nvptx::readAhead(loop);
      loop->removeAttr(parallelAttrName);
      loop->removeAttr(nvptx::atomicAttrName);
      loop->removeAttr(nvptx::scanAttrName);
    });
  }
};
} // namespace
