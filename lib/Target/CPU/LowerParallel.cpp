//===- LowerParallel.cpp - Parallel loops to OpenMP -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/CPU/Passes.h"

#include "mlir/Dialect/Arith/Utils/Utils.h"

namespace graphc {
#define GEN_PASS_DEF_CPULOWERPARALLEL
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {
struct CPULowerParallel : graphc::impl::CPULowerParallelBase<CPULowerParallel> {
  void runOnOperation() override {
    SmallVector<scf::ForallOp> loops;
    getOperation()->walk([&](scf::ForallOp op) { loops.push_back(op); });
    for (scf::ForallOp loop : loops)
      lower(loop);
  }

  /// Loops made here have one dimension and no results.
  static void lower(scf::ForallOp forall) {
    OpBuilder builder(forall);
    Location loc = forall.getLoc();
    auto value = [&](OpFoldResult bound) {
      return getValueOrCreateConstantIndexOp(builder, loc, bound);
    };
    Value lower = value(forall.getMixedLowerBound()[0]);
    Value upper = value(forall.getMixedUpperBound()[0]);
    Value step = value(forall.getMixedStep()[0]);

    auto parallel = omp::ParallelOp::create(builder, loc);
    builder.createBlock(&parallel.getRegion());
    auto wsloop = omp::WsloopOp::create(builder, loc);
    auto terminator = omp::TerminatorOp::create(builder, loc);
    (void)terminator;
    builder.createBlock(&wsloop.getRegion());
    omp::LoopNestOperands clauses;
    clauses.loopLowerBounds = {lower};
    clauses.loopUpperBounds = {upper};
    clauses.loopSteps = {step};
    auto nest = omp::LoopNestOp::create(builder, loc, clauses);
    Block *body = builder.createBlock(&nest.getRegion(), {},
                                      {builder.getIndexType()}, {loc});
    forall.getInductionVar(0).replaceAllUsesWith(body->getArgument(0));
    forall.getTerminator()->erase();
    body->getOperations().splice(body->end(),
                                 forall.getBody()->getOperations());
    builder.setInsertionPointToEnd(body);
    omp::YieldOp::create(builder, loc, ValueRange());
    forall.erase();
  }
};
} // namespace
