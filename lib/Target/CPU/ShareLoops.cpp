//===- ShareLoops.cpp - Loops outside of kernels become tasks -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Codegen/LaneEmitter.h"
#include "Forms.h"
#include "graphc/Target/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace graphc {
#define GEN_PASS_DEF_CPUSHARELOOPS
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// Iterations of inner loops that make a task worth its start.
static constexpr int64_t taskWork = 16 << 10;
/// Taken for the iterations of a loop whose size is not known.
static constexpr int64_t guessedSize = 64;

static std::optional<int64_t> getSize(scf::ForOp loop) {
  std::optional<int64_t> begin = codegen::constantOf(loop.getLowerBound());
  std::optional<int64_t> end = codegen::constantOf(loop.getUpperBound());
  std::optional<int64_t> step = codegen::constantOf(loop.getStep());
  if (!begin || !end || step != 1)
    return std::nullopt;
  return *end - *begin;
}

/// The innermost iterations in one of `loop`, roughly.
static int64_t guessWork(scf::ForOp loop) {
  int64_t work = 1;
  for (auto inner : loop.getBody()->getOps<scf::ForOp>())
    work =
        std::max(work, getSize(inner).value_or(guessedSize) * guessWork(inner));
  return work;
}

/// Buffers inside of a loop have one place for all iterations.
static bool makesBuffers(scf::ForOp loop) {
  return loop
      ->walk([](Operation *op) {
        return isa<memref::AllocOp, memref::AllocaOp, memref::ViewOp>(op)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

static void share(scf::ForOp loop, int64_t depth) {
  // Down to the first loop that can be shared.
  while (getSize(loop) == 1 && depth > 1) {
    auto inner = loop.getBody()->getOps<scf::ForOp>();
    if (!llvm::hasSingleElement(inner))
      return;
    loop = *inner.begin();
    --depth;
  }
  if (loop.getNumResults() || makesBuffers(loop) ||
      codegen::constantOf(loop.getLowerBound()) != 0 ||
      codegen::constantOf(loop.getStep()) != 1)
    return;
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  Value grain = arith::ConstantIndexOp::create(
      builder, loc, llvm::divideCeil(taskWork, guessWork(loop)));
  cpu::emitTasks(builder, loc, loop.getUpperBound(), grain, cpu::Processor(),
                 [&](Value begin, Value end) {
                   auto part = scf::ForOp::create(builder, loc, begin, end,
                                                  loop.getStep());
                   part.getBody()->erase();
                   part.getRegion().takeBody(loop.getRegion());
                 });
  loop.erase();
}

namespace {
struct CPUShareLoops : graphc::impl::CPUShareLoopsBase<CPUShareLoops> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<std::pair<scf::ForOp, int64_t>> loops;
    getOperation()->walk([&](scf::ForOp loop) {
      if (auto depth = loop->getAttrOfType<IntegerAttr>("graphc.parallel"))
        loops.emplace_back(loop, depth.getInt());
    });
    for (auto [loop, depth] : loops) {
      loop->removeAttr("graphc.parallel");
      if (parallel)
        share(loop, depth);
    }
  }
};
} // namespace
