//===- RowSplit.cpp - Few long rows, many groups for each -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   for each pass:
//     launch (rows, parts): workspace.parts[row][part] = what the part has
//     launch (rows):        workspace.totals[row] = parts combined
//   the last of these launches stores results that are one per row
//   launch (elements): the other results, if there are
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"

#include "Exchange.h"
#include "Forms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Buffers for the values of `pass` from `offset` of the workspace on.
SmallVector<Value> RowEmitter::makeBuffers(const Pass &pass,
                                           std::optional<int64_t> parts,
                                           int64_t &offset) {
  auto operand = region->getAttrOfType<IntegerAttr>(workspaceAttrName);
  Value workspace = region.getOperand(operand.getInt());
  Values buffers;
  for (const RowReduction &reduction : pass) {
    // Totals are of results.
    unsigned number =
        parts ? reduction.getNumValues() : reduction.getOp()->getNumResults();
    for (unsigned i = 0; i < number; ++i) {
      MemRefType type = getBufferType(reduction, i, parts);
      buffers.push_back(memref::ViewOp::create(builder, loc(), type, workspace,
                                               constant(offset), ValueRange()));
      offset += getBufferBytes(type);
    }
  }
  return buffers;
}

/// Where in a buffer the part number `part` of the row is.
RowEmitter::Indices RowEmitter::getPartIndices(Value part) {
  Indices indices(iteration.begin(), iteration.begin() + rowDims);
  indices.insert(layout.alongColumns ? indices.begin() : indices.end(),
                 LaneValue::uniform(part));
  return indices;
}

void RowEmitter::emitParts(const Pass &pass, int64_t parts,
                           ValueRange buffers) {
  launchRows(getSplitLayout(), parts, [&] {
    Value part = launch.getBlockIds().y;
    Value size = fold<arith::CeilDivUIOp>(count, constant(parts));
    Value first = fold<arith::MulIOp>(part, size);
    Value end = arith::MinUIOp::create(builder, loc(),
                                       fold<arith::AddIOp>(first, size), count);
    Values mine = accumulate(pass, fold<arith::AddIOp>(first, member), end,
                             constantOf(size));
    Values values = combineGroup(pass, mine);
    Value isFirst = arith::CmpIOp::create(
        builder, loc(), arith::CmpIPredicate::eq, member, constant(0));
    guard(rowIsInside, [&] {
      guard(isFirst, [&] {
        for (auto [value, buffer] : llvm::zip_equal(values, buffers))
          lanes.store(asLanes(value), buffer, getPartIndices(part));
      });
    });
  });
}

void RowEmitter::emitTotals(const Pass &pass, int64_t parts, ValueRange buffers,
                            ValueRange totals, bool isLast) {
  launchRows(getFinishLayout(parts), 1, [&] {
    Values mine = accumulate(pass, member, constant(parts), parts,
                             [&](Value part, ValueRange current) {
                               Values values;
                               for (Value buffer : buffers)
                                 values.push_back(lanes.materialize(
                                     lanes.load(buffer, getPartIndices(part))));
                               return combine(pass, current, values);
                             });
    Values values = finish(pass, combineGroup(pass, mine));
    Value isFirst = arith::CmpIOp::create(
        builder, loc(), arith::CmpIPredicate::eq, member, constant(0));
    ArrayRef<LaneValue> row = ArrayRef(iteration).take_front(rowDims);
    guard(rowIsInside, [&] {
      guard(isFirst, [&] {
        for (auto [value, total] : llvm::zip_equal(values, totals))
          lanes.store(asLanes(value), total, row);
        if (isLast)
          storeRow();
      });
    });
  });
}

void RowEmitter::emitSplit(int64_t parts) {
  int64_t offset = 0;
  for (const Pass &pass : passes) {
    bool isLast = &pass == &passes.back();
    Values buffers = makeBuffers(pass, parts, offset);
    Values totals = makeBuffers(pass, std::nullopt, offset);
    emitParts(pass, parts, buffers);
    emitTotals(pass, parts, buffers, totals, isLast);
    unsigned next = 0;
    for (const RowReduction &reduction : pass)
      for (Value result : reduction.getOp()->getResults())
        lanes.redirect(result, totals[next++], /*dropped=*/0);
  }
  SmallVector<unsigned> full;
  for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
    if (isFull(value))
      full.push_back(i);
  if (!full.empty())
    emitElementsOf(lanes, full);
}
