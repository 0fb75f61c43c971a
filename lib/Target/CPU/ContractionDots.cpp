//===- ContractionDots.cpp - Products of few rows, along k ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

/// Rows of B whose lanes are summed together.
static constexpr int64_t maxDotWidth = 16;

/// Sixteen columns at a time: the rows of B that make them, side by side.
void ContractionEmitter::emitDots(Value mBegin, Value mEnd, Value nBegin,
                                  Value nEnd) {
  unsigned k = shape.k.front();
  int64_t count = std::min(maxDotWidth, dotColumns());
  Value depth = sizes[k];
  Value main = sub(depth, rem(depth, constant(lanesOfK())));
  Value lastRow = sub(sizes[shape.n], constant(1));
  loop(nBegin, nEnd, count, [&](Value n) {
    loop(mBegin, mEnd, 1, [&](Value m) {
      lanes.setLanes(lanesOfK());
      setLoops(shape.m, m);
      Type sumType = shape.accumulator;
      if (lanesOfK() > 1)
        sumType = VectorType::get({lanesOfK()}, sumType);
      SmallVector<Value> sums(
          count, arith::ConstantOp::create(builder, loc(),
                                           builder.getZeroAttr(sumType)));
      auto read = [&](OpOperand *operand) {
        return widen(lanes.materialize(
            lanes.load(operandOf(operand),
                       lanes.apply(shape.getMap(operand), iteration))));
      };
      auto step = [&](Value position, ValueRange before) {
        iteration[k] = {position, 1, {}, lanesOfK()};
        Value a = read(shape.a);
        SmallVector<Value> after;
        for (int64_t i = 0; i < count; ++i) {
          Value row = builder.createOrFold<arith::MinUIOp>(
              loc(), add(n, constant(i)), lastRow);
          iteration[shape.n] = LaneValue::uniform(row);
          Value sum = multiplyAdd(a, read(shape.b), before[i]);
          // Lanes behind the end hold whatever a strided load left there.
          if (Value mask = lanes.getMask())
            sum = arith::SelectOp::create(builder, loc(), mask, sum, before[i]);
          after.push_back(sum);
        }
        return after;
      };
      sums = lanes.loop(constant(0), main, lanesOfK(), sums, step);
      std::optional<int64_t> staticDepth = constantOf(depth);
      if (!staticDepth || *staticDepth % lanesOfK() != 0) {
        Value active = sub(depth, main);
        Value isOpen = arith::CmpIOp::create(
            builder, loc(), arith::CmpIPredicate::ugt, active, constant(0));
        auto branch = scf::IfOp::create(
            builder, loc(), ValueRange(sums).getTypes(), isOpen, true);
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToEnd(branch.thenBlock());
        lanes.setActive(active);
        scf::YieldOp::create(builder, loc(), step(main, sums));
        lanes.setActive(nullptr);
        builder.setInsertionPointToEnd(branch.elseBlock());
        scf::YieldOp::create(builder, loc(), sums);
        sums.assign(branch.getResults().begin(), branch.getResults().end());
      }
      lanes.setLanes(width);
      Value all = zeros();
      for (auto [i, sum] : llvm::enumerate(sums)) {
        Value scalar = sum;
        if (isa<VectorType>(sum.getType()))
          scalar = vector::ReductionOp::create(builder, loc(),
                                               vector::CombiningKind::ADD, sum,
                                               arith::FastMathFlags::reassoc);
        all = width == 1 ? scalar
                         : vector::InsertOp::create(builder, loc(), scalar, all,
                                                    int64_t(i))
                               .getResult();
      }
      std::optional<int64_t> staticN = constantOf(sizes[shape.n]);
      Value active;
      if (width > 1 && (!staticN || *staticN % count != 0))
        active = builder.createOrFold<arith::MinUIOp>(
            loc(), sub(sizes[shape.n], n), constant(count));
      emitResult(m, n, all, active);
    });
  });
}
