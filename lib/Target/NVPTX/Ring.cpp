//===- Ring.cpp - Stages of shared memory in turns ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ring.h"

#include "Mma.h"
#include "Warpgroup.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

CopyRing::Values CopyRing::walk(
    codegen::LaneEmitter &lanes, Value numSteps, ValueRange carried,
    function_ref<void(Value, Value)> fill,
    function_ref<Values(Value, Value, Value, ValueRange)> body) const {
  OpBuilder &builder = lanes.getBuilder();
  Location loc = lanes.getRegion().getLoc();
  WarpgroupEmitter i32(builder, loc);
  for (int64_t stage = 0; stage + 1 < stages; ++stage) {
    fill(lanes.constantIndex(stage), i32.number(stage * stageBytes));
    commitCopies(builder, loc);
  }
  Values values(carried);
  // Where the next stages to use and to fill are.
  values.push_back(i32.number(0));
  values.push_back(i32.number((stages - 1) * stageBytes));
  auto following = [&](Value offset) -> Value {
    Value next = i32.add(offset, stageBytes);
    return arith::SelectOp::create(builder, loc,
                                   i32.isEqual(next, stages * stageBytes),
                                   i32.number(0), next);
  };
  values = lanes.loop(lanes.constantIndex(0), numSteps, 1, values,
                      [&](Value step, ValueRange current) {
                        ValueRange mine = current.drop_back(2);
                        Value full = current[mine.size()],
                              empty = current.back();
                        waitForCopies(builder, loc, stages - 2);
                        Value ahead = builder.createOrFold<arith::AddIOp>(
                            loc, step, lanes.constantIndex(stages - 1));
                        Values next = body(ahead, full, empty, mine);
                        next.push_back(following(full));
                        next.push_back(following(empty));
                        return next;
                      });
  values.truncate(carried.size());
  // What was fetched behind the last step is nothing, and shared memory is used
  // anew.
  waitForCopies(builder, loc, 0);
  gpu::BarrierOp::create(builder, loc);
  return values;
}
