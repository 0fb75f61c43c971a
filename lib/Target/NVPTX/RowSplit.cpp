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
// Where parts are few, the last block of a row to store one does at once what
// the second launch would. The blocks of some rows count themselves in a word
// that is zero whenever a launch begins: the last one sets it back.
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"

#include "Exchange.h"
#include "Forms.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Target/NVPTX/Device.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Buffers for the values of `pass` from `offset` of the workspace on; of each
/// row if there are no parts.
SmallVector<Value> RowEmitter::makeBuffers(const Pass &pass, Value parts,
                                           int64_t &offset) {
  Value workspace = region.getOperand(*getAttr(workspaceAttrName));
  Values shape(ArrayRef(sizes).take_front(rowDims)), buffers, open;
  if (parts)
    shape.insert(layout.alongColumns ? shape.begin() : shape.end(), parts);
  for (Value size : shape)
    if (!constantOf(size))
      open.push_back(size);
  for (const RowReduction &reduction : pass) {
    // Totals are of results.
    unsigned number =
        parts ? reduction.getNumValues() : reduction.getOp()->getNumResults();
    for (unsigned i = 0; i < number; ++i) {
      MemRefType type = getBufferType(reduction, i, parts);
      buffers.push_back(memref::ViewOp::create(builder, loc(), type, workspace,
                                               constant(offset), open));
      lanes.assumeStrides(buffers.back(), layout.width);
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

Value RowEmitter::arriveLast(Value counters, Value number) {
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  Type word = builder.getI32Type();
  auto toWord = [&](Value value) {
    return fold<arith::IndexCastUIOp>(word, value);
  };
  Value answer = launch.addWorkgroupAttribution(
      MemRefType::get({1}, word, MemRefLayoutAttrInterface(), space), loc());
  Value zero = constant(0);
  gpu::KernelDim3 ids = launch.getThreadIds();
  Value isFirst = fold<arith::CmpIOp>(arith::CmpIPredicate::eq,
                                      fold<arith::AddIOp>(ids.x, ids.y), zero);
  // The barrier hands what the block has stored to the thread that counts it.
  gpu::BarrierOp::create(builder, loc());
  lanes.branch(isFirst, [&] {
    auto fence = [&] {
      LLVM::FenceOp::create(builder, loc(), LLVM::AtomicOrdering::acq_rel,
                            "device");
    };
    Value first = memref::ExtractAlignedPointerAsIndexOp::create(builder, loc(),
                                                                 counters);
    Value place = fold<arith::AddIOp>(
        first,
        fold<arith::MulIOp>(launch.getBlockIds().x, constant(sizeof(int32_t))));
    Value address = fold<arith::IndexCastOp>(builder.getI64Type(), place);
    Value counter = LLVM::IntToPtrOp::create(
        builder, loc(), LLVM::LLVMPointerType::get(builder.getContext()),
        address);
    Value last = toWord(fold<arith::SubIOp>(number, constant(1)));
    fence();
    // Back to zero after the last one.
    Value before = LLVM::AtomicRMWOp::create(
        builder, loc(), LLVM::AtomicBinOp::uinc_wrap, counter, last,
        LLVM::AtomicOrdering::monotonic, "device");
    fence();
    Value isLast = arith::CmpIOp::create(
        builder, loc(), arith::CmpIPredicate::eq, before, last);
    memref::StoreOp::create(
        builder, loc(),
        arith::ExtUIOp::create(builder, loc(), word, isLast).getResult(),
        answer, zero);
  });
  gpu::BarrierOp::create(builder, loc());
  Value known = memref::LoadOp::create(builder, loc(), answer, zero);
  return arith::CmpIOp::create(
      builder, loc(), arith::CmpIPredicate::ne, known,
      arith::ConstantIntOp::create(builder, loc(), word, 0));
}

void RowEmitter::emitPart(const Pass &pass, Value parts, ValueRange buffers) {
  Value part = launch.getBlockIds().y;
  turn = part;
  turns = parts;
  Values mine = accumulate(pass, count, constantOf(count));
  turn = turns = nullptr;
  Values values = combineGroup(pass, mine);
  Value isFirst = arith::CmpIOp::create(
      builder, loc(), arith::CmpIPredicate::eq, member, constant(0));
  guard(rowIsInside, [&] {
    guard(isFirst, [&] {
      for (auto [value, buffer] : llvm::zip_equal(values, buffers))
        lanes.store(asLanes(value), buffer, getPartIndices(part));
    });
  });
}

void RowEmitter::emitTotals(const Pass &pass, Value parts, ValueRange buffers,
                            ValueRange totals, bool isLast) {
  auto addPart = [&](Value part, ValueRange current) {
    Values values;
    for (Value buffer : buffers)
      values.push_back(
          lanes.materialize(lanes.load(buffer, getPartIndices(part))));
    return combine(pass, current, values);
  };
  Values mine =
      accumulate(pass, parts, constantOf(parts).value_or(wantedParts), addPart);
  Values values = finish(pass, combineGroup(pass, mine));
  Value isFirst = arith::CmpIOp::create(
      builder, loc(), arith::CmpIPredicate::eq, member, constant(0));
  ArrayRef<LaneValue> row = ArrayRef(iteration).take_front(rowDims);
  guard(rowIsInside, [&] {
    guard(isFirst, [&] {
      for (auto [value, total] : llvm::zip(values, totals))
        lanes.store(asLanes(value), total, row);
      if (isLast)
        storeRow();
    });
  });
}

/// Launches what leaves the parts in `buffers` and combines them.
void RowEmitter::launchPass(const Pass &pass, Value parts, ValueRange buffers,
                            ValueRange totals, bool isLast) {
  if (meetInLaunch()) {
    auto words = MemRefType::get(kernel::CountersOp::getNumCounters(),
                                 builder.getI32Type());
    Value counters = kernel::CountersOp::create(builder, loc(), words);
    return launchRows(layout, parts, [&] {
      emitPart(pass, parts, buffers);
      lanes.branch(arriveLast(counters, parts),
                   [&] { emitTotals(pass, parts, buffers, totals, isLast); });
    });
  }
  launchRows(layout, parts, [&] { emitPart(pass, parts, buffers); });
  launch->setAttr(followedEarlyAttrName, builder.getUnitAttr());
  int64_t most = constantOf(parts).value_or(wantedParts);
  launchRows(getFinishLayout(most), constant(1),
             [&] { emitTotals(pass, parts, buffers, totals, isLast); });
}

void RowEmitter::emitSplit(Value parts) {
  layout = getSplitLayout();
  int64_t offset = 0;
  for (const Pass &pass : passes) {
    bool isLast = &pass == &passes.back();
    Values buffers = makeBuffers(pass, parts, offset), totals;
    if (!isLast || hasFullResults())
      totals = makeBuffers(pass, nullptr, offset);
    launchPass(pass, parts, buffers, totals, isLast);
    unsigned next = 0;
    for (const RowReduction &reduction : pass)
      for (Value result : reduction.getOp()->getResults())
        if (!totals.empty())
          lanes.redirect(result, totals[next++], /*dropped=*/0);
  }
  SmallVector<unsigned> full;
  for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
    if (isFull(value))
      full.push_back(i);
  if (!full.empty())
    emitElementsOf(lanes, full);
}
