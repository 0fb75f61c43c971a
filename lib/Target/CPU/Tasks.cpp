//===- Tasks.cpp - Work shared out among threads --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forms.h"

#include "../Codegen/LaneEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;

/// More tasks than this only cost; fewer leave threads idle at the end.
static constexpr int64_t maxTasks = 32;

static void emitScope(OpBuilder &builder, Location loc,
                      function_ref<void()> body) {
  auto scope = memref::AllocaScopeOp::create(builder, loc, TypeRange());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&scope.getBodyRegion());
  body();
  memref::AllocaScopeReturnOp::create(builder, loc, ValueRange());
}

Value graphc::cpu::getThreads(OpBuilder &builder, Location loc) {
  // graphc-cpu-declare-runtime has declared it.
  Value threads = func::CallOp::create(builder, loc, "omp_get_max_threads",
                                       builder.getI32Type())
                      .getResult(0);
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                    threads);
}

void graphc::cpu::emitShares(OpBuilder &builder, Location loc, Value total,
                             Value shares,
                             function_ref<void(Value, Value)> body) {
  if (constantOf(shares) == 1) {
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    return emitScope(builder, loc, [&] { body(zero, total); });
  }
  auto forall = scf::ForallOp::create(
      builder, loc, ArrayRef<OpFoldResult>{shares}, ValueRange(), std::nullopt);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(forall.getTerminator());
  auto bound = [&](Value index) -> Value {
    Value scaled = arith::MulIOp::create(builder, loc, index, total);
    return arith::DivUIOp::create(builder, loc, scaled, shares);
  };
  Value share = forall.getInductionVar(0);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value next = arith::AddIOp::create(builder, loc, share, one);
  Value begin = bound(share), end = bound(next);
  emitScope(builder, loc, [&] { body(begin, end); });
}

void graphc::cpu::emitTasks(OpBuilder &builder, Location loc, Value total,
                            Value grain, const Processor &processor,
                            function_ref<void(Value, Value)> body) {
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  auto scoped = [&](Value begin, Value end) {
    auto scope = memref::AllocaScopeOp::create(builder, loc, TypeRange());
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&scope.getBodyRegion());
    body(begin, end);
    memref::AllocaScopeReturnOp::create(builder, loc, ValueRange());
  };
  std::optional<int64_t> staticTotal = constantOf(total);
  std::optional<int64_t> staticGrain = constantOf(grain);
  if (!processor.parallel ||
      (staticTotal && staticGrain && *staticTotal <= *staticGrain))
    return scoped(constant(0), total);

  Value wanted = builder.createOrFold<arith::CeilDivUIOp>(loc, total, grain);
  Value tasks =
      builder.createOrFold<arith::MinUIOp>(loc, wanted, constant(maxTasks));
  auto forall = scf::ForallOp::create(
      builder, loc, ArrayRef<OpFoldResult>{tasks}, ValueRange(), std::nullopt);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(forall.getTerminator());
  Value task = forall.getInductionVar(0);
  auto bound = [&](Value index) -> Value {
    Value scaled = arith::MulIOp::create(builder, loc, index, total);
    return arith::DivUIOp::create(builder, loc, scaled, tasks);
  };
  Value next = arith::AddIOp::create(builder, loc, task, constant(1));
  scoped(bound(task), bound(next));
}
