//===- LaunchLoops.cpp - Loops outside of kernels become launches ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forms.h"
#include "graphc/Target/NVPTX/Passes.h"

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
  if (op->getNumResults())
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

/// The ops right before `op` that read what only `op` wants to know, and what
/// is computed of that: for the device it is near, the host would have to wait.
static SmallVector<Operation *> collectReads(Operation *op) {
  SmallVector<Operation *> reads;
  SmallPtrSet<Operation *, 8> moved = {op};
  bool hasLoad = false;
  for (Operation *before = op->getPrevNode(); before;
       before = before->getPrevNode()) {
    auto load = dyn_cast<memref::LoadOp>(before);
    if (!load && !isPure(before))
      break;
    bool isWanted = llvm::all_of(before->getUsers(), [&](Operation *user) {
      return llvm::any_of(moved, [&](Operation *other) {
        return other->isAncestor(user);
      });
    });
    if (!isWanted || (load && isOnHost(load.getMemRef())) ||
        isa<memref::ViewOp>(before))
      continue;
    hasLoad |= bool(load);
    moved.insert(before);
    reads.push_back(before);
  }
  if (!hasLoad)
    reads.clear();
  return reads;
}

static void launch(Operation *op) {
  SmallVector<Operation *> reads = collectReads(op);
  OpBuilder builder(op);
  Location loc = op->getLoc();
  SmallVector<scf::ForOp> loops;
  if (auto loop = dyn_cast<scf::ForOp>(op))
    loops = collectParallel(loop);
  Value total = arith::ConstantIndexOp::create(builder, loc, 1);
  SmallVector<Value> counts;
  for (scf::ForOp loop : loops) {
    Value span = builder.createOrFold<arith::SubIOp>(loc, loop.getUpperBound(),
                                                     loop.getLowerBound());
    counts.push_back(
        builder.createOrFold<arith::CeilDivSIOp>(loc, span, loop.getStep()));
    total = builder.createOrFold<arith::MulIOp>(loc, total, counts.back());
  }
  nvptx::emitGrid(builder, loc, total, [&](Value linear) {
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
    SmallVector<Value> indices(loops.size());
    Value rest = linear;
    for (unsigned i = loops.size(); i-- > 0;) {
      Value index = rest;
      if (i > 0) {
        index = builder.createOrFold<arith::RemUIOp>(loc, rest, counts[i]);
        rest = builder.createOrFold<arith::DivUIOp>(loc, rest, counts[i]);
      }
      Value scaled =
          builder.createOrFold<arith::MulIOp>(loc, index, loops[i].getStep());
      indices[i] = builder.createOrFold<arith::AddIOp>(
          loc, scaled, loops[i].getLowerBound());
    }
    for (auto [loop, index] : llvm::zip_equal(loops, indices))
      loop.getInductionVar().replaceAllUsesWith(index);
    Block *body = loops.back().getBody();
    block->getOperations().splice(builder.getInsertionPoint(),
                                  body->getOperations(), body->begin(),
                                  std::prev(body->end()));
  });
  if (!loops.empty())
    op->erase();
}

namespace {
struct NVPTXLaunchLoops : graphc::impl::NVPTXLaunchLoopsBase<NVPTXLaunchLoops> {
  void runOnOperation() override {
    SmallVector<Operation *> found;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<gpu::LaunchOp>(op))
        return WalkResult::skip();
      if (!isa<scf::ForOp, scf::WhileOp, scf::IfOp>(op) || !canLaunch(op) ||
          !touchesMemory(op))
        return WalkResult::advance();
      found.push_back(op);
      return WalkResult::skip();
    });
    for (Operation *op : found)
      launch(op);
    getOperation()->walk(
        [](scf::ForOp loop) { loop->removeAttr(parallelAttrName); });
  }
};
} // namespace
