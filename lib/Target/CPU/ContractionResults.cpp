//===- ContractionResults.cpp - From sums to what a product yields --------===//
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

Value ContractionEmitter::zeros() {
  Type type = shape.accumulator;
  if (width > 1)
    type = VectorType::get({width}, type);
  return arith::ConstantOp::create(builder, loc(), builder.getZeroAttr(type));
}

Value ContractionEmitter::loadSum(Value sums, Value row, Value column) {
  return lanes.materialize(
      lanes.load(sums, {LaneValue::uniform(row), {column, 1, {}, width}}));
}

void ContractionEmitter::storeSum(Value value, Value sums, Value row,
                                  Value column) {
  LaneValue lane =
      width == 1 ? LaneValue::uniform(value) : LaneValue{{}, 0, value};
  lanes.store(lane, sums, {LaneValue::uniform(row), {column, 1, {}, width}});
}

/// Row `m`, columns [n, n + width), of which `active` take part.
void ContractionEmitter::emitResult(Value m, Value n, Value sum, Value active) {
  std::size_t mark = lanes.mark();
  lanes.setActive(active);
  setLoops(shape.m, m);
  iteration[shape.n] =
      width == 1 ? LaneValue::uniform(n) : LaneValue{n, 1, {}, width};
  OpOperand *init = shape.op.getDpsInitOperand(0);
  SmallVector<LaneValue> at = lanes.apply(shape.getMap(init), iteration);
  if (!startsAtZero()) {
    Value start = lanes.materialize(lanes.evaluate(init->get(), at));
    if (isa<FloatType>(shape.accumulator))
      sum = arith::AddFOp::create(builder, loc(), start, sum);
    else
      sum = arith::AddIOp::create(builder, loc(), start, sum);
  }
  lanes.storeYields(shape.op, sum, at);
  lanes.setActive(nullptr);
  lanes.forget(mark);
}

bool ContractionEmitter::startsAtZero() {
  auto fill =
      shape.op.getDpsInitOperand(0)->get().getDefiningOp<linalg::FillOp>();
  return fill && (matchPattern(fill.getInputs()[0], m_AnyZeroFloat()) ||
                  matchPattern(fill.getInputs()[0], m_Zero()));
}

void ContractionEmitter::emitEpilogue(const Tile &tile, Value begin, Value end,
                                      Value panelEnd) {
  std::optional<int64_t> staticN = constantOf(sizes[shape.n]);
  bool alwaysWhole = staticN && *staticN % schedule.columns == 0;
  auto emitWhole = [&](Value row, Value m, Value column, Value n) {
    for (unsigned j = 0; j < vectors; ++j) {
      Value step = constant(j * width);
      emitResult(m, add(n, step), loadSum(tile.sums, row, add(column, step)),
                 nullptr);
    }
  };
  loop(begin, end, 1, [&](Value m) {
    Value row = sub(m, tile.firstRow);
    loop(tile.group, panelEnd, 1, [&](Value panel) {
      Value n = mul(panel, constant(schedule.columns));
      Value column = mul(sub(panel, tile.group), constant(schedule.columns));
      if (alwaysWhole)
        return emitWhole(row, m, column, n);
      Value left = sub(sizes[shape.n], n);
      Value isWhole =
          arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::uge, left,
                                constant(schedule.columns));
      auto emitPart = [&] {
        loop(constant(0), left, width, [&](Value step) {
          Value active = width == 1
                             ? Value()
                             : builder.createOrFold<arith::MinUIOp>(
                                   loc(), sub(left, step), constant(width));
          emitResult(m, add(n, step),
                     loadSum(tile.sums, row, add(column, step)), active);
        });
      };
      lanes.branch(isWhole, [&] { emitWhole(row, m, column, n); }, emitPart);
    });
  });
}
