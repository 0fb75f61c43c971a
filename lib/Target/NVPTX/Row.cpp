//===- Row.cpp - Reductions along rows, threads sharing each --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forms.h"
#include "RowEmitter.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

LaneValue RowEmitter::asLanes(Value value) const {
  return isa<VectorType>(value.getType()) ? LaneValue{{}, 0, value}
                                          : LaneValue::uniform(value);
}

void RowEmitter::guard(Value condition, function_ref<void()> body) {
  if (!condition)
    return body();
  lanes.branch(condition, body);
}

/// The size of `dim` in vectors where lanes run along it.
Value RowEmitter::divideVectors(unsigned dim) {
  if (dim != vectorDim)
    return sizes[dim];
  return fold<arith::DivUIOp>(sizes[dim], constant(layout.width));
}

LaneValue RowEmitter::getVectorIndex(unsigned dim, Value index) {
  if (dim != vectorDim || layout.width == 1)
    return LaneValue::uniform(index);
  return {
      fold<arith::MulIOp>(index, constant(layout.width)), 1, {}, layout.width};
}

/// Moves the indices from `begin` to `end` to vector number `linear`.
void RowEmitter::setIndices(Value linear, unsigned begin, unsigned end) {
  Values counts;
  for (unsigned dim = begin; dim < end; ++dim)
    counts.push_back(divideVectors(dim));
  bool isShort = open && open->isWhole;
  for (auto [i, index] : llvm::enumerate(delinearize(linear, counts, isShort)))
    iteration[begin + i] = getVectorIndex(begin + i, index);
}

/// Moves the inner indices to vector number `linear` of the row.
void RowEmitter::setInner(Value linear) { setIndices(linear, rowDims, rank); }

/// Moves the outer indices to the row (or vector of rows) of the thread.
void RowEmitter::setRow() {
  gpu::KernelDim3 ids = launch.getThreadIds();
  Value rows = constant(layout.rows);
  Value unit =
      fold<arith::AddIOp>(fold<arith::MulIOp>(launch.getBlockIds().x, rows),
                          layout.alongColumns ? ids.x : ids.y);
  if (layout.strip)
    unit = fold<arith::AddIOp>(
        unit, fold<arith::MulIOp>(ids.z, constant(layout.strip)));
  // Units beyond the last compute it again and store nothing, so that all
  // threads come to every barrier.
  Value units = getUnits(layout);
  std::optional<int64_t> known = constantOf(units);
  rowIsInside = nullptr;
  if (!known || *known % layout.rows) {
    rowIsInside = arith::CmpIOp::create(builder, loc(),
                                        arith::CmpIPredicate::ult, unit, units);
    unit = arith::MinUIOp::create(builder, loc(), unit,
                                  fold<arith::SubIOp>(units, constant(1)));
  }
  iteration.assign(rank, LaneValue());
  setIndices(unit, 0, rowDims);
}

void RowEmitter::nameVectors() {
  std::optional<int64_t> known = constantOf(count);
  Value threads =
      layout.threads ? launch.getBlockSize().x : constant(layout.group);
  for (int64_t i = 0; named && i < *named; ++i) {
    if (known && (i + 1) * layout.group <= *known) {
      vectors.emplace_back(
          getInner(fold<arith::AddIOp>(member, constant(i * layout.group))),
          nullptr);
      continue;
    }
    // A row of which all is named has few enough for 32 bits.
    Type word = builder.getI32Type();
    auto toWord = [&](Value value) {
      return fold<arith::IndexCastUIOp>(word, value);
    };
    Value number = toWord(count);
    Value before = toWord(fold<arith::MulIOp>(constant(i), threads));
    Value linear = fold<arith::AddIOp>(toWord(member), before);
    Value isInside = arith::CmpIOp::create(
        builder, loc(), arith::CmpIPredicate::ult, linear, number);
    Value one = arith::ConstantIntOp::create(builder, loc(), word, 1);
    Value inside = arith::MinUIOp::create(builder, loc(), linear,
                                          fold<arith::SubIOp>(number, one));
    vectors.emplace_back(
        getInner(fold<arith::IndexCastUIOp>(builder.getIndexType(), inside)),
        isInside);
  }
}

/// Launches `parts` groups for each row.
void RowEmitter::launchRows(const RowLayout &newLayout, Value parts,
                            function_ref<void()> thread) {
  RowLayout old = std::exchange(layout, newLayout);
  Value blocks =
      fold<arith::CeilDivUIOp>(getUnits(layout), constant(layout.rows));
  Value one = constant(1), x = constant(layout.rows),
        y = layout.threads ? layout.threads : constant(layout.group);
  Value z = one;
  if (!layout.alongColumns)
    std::swap(x, y);
  if (layout.strip) {
    x = constant(layout.strip);
    z = constant(layout.rows / layout.strip);
  }
  launch = gpu::LaunchOp::create(builder, loc(), blocks, parts, one, x, y, z);
  if (layout.threads) // So that there are registers for all.
    launch->setAttr(NVVM::NVVMDialect::getMaxntidAttrName(),
                    builder.getDenseI32ArrayAttr(
                        {static_cast<int32_t>(layout.group), 1, 1}));
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  std::size_t mark = lanes.mark();
  lanes.setLanes(layout.width);
  gpu::KernelDim3 ids = launch.getThreadIds();
  member = layout.alongColumns ? ids.y : ids.x;
  setRow();
  thread();
  gpu::TerminatorOp::create(builder, loc());
  lanes.forget(mark);
  layout = old;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Runs `body` for each vector of this thread that is in the row.
void RowEmitter::forEachVector(function_ref<void()> body) {
  if (!named)
    return lanes.loop(member, count, layout.group, [&](Value linear) {
      setInner(linear);
      body();
    });
  for (auto &[inner, isInside] : vectors) {
    iteration = inner;
    guard(isInside, body);
  }
}

void RowEmitter::storeRow() {
  Indices row(iteration.begin(), iteration.begin() + rowDims);
  unsigned firstInit = region.getInputs().size();
  for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
    if (!isFull(value))
      lanes.store(lanes.evaluate(value, row), region.getOperand(firstInit + i),
                  row);
}

/// What is computed of a row alone and read for each of its vectors, ahead of
/// their branches and loops.
void RowEmitter::evaluateRow() {
  Indices row(iteration.begin(), iteration.begin() + rowDims);
  auto isOfVectors = [&](Operation *user) {
    auto op = dyn_cast<linalg::LinalgOp>(user);
    return op && op.getNumLoops() == rank && !op.getNumReductionLoops();
  };
  for (auto op : region.getBody().getOps<linalg::LinalgOp>())
    if (op.getNumLoops() == rowDims && !op.getNumReductionLoops())
      for (OpResult result : op->getResults())
        if (llvm::any_of(result.getUsers(), isOfVectors) &&
            op.getIndexingMapMatchingResult(result).isIdentity())
          (void)lanes.evaluate(result, row);
}

void RowEmitter::emitResults() {
  unsigned firstInit = region.getInputs().size();
  auto storeFull = [&] {
    for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
      if (isFull(value)) {
        Indices at = lanes.apply(getDomainMap(value, rank), iteration);
        lanes.store(lanes.evaluate(value, at), region.getOperand(firstInit + i),
                    at);
      }
  };
  guard(rowIsInside, [&] {
    if (hasFullResults()) {
      evaluateRow();
      forEachVector(storeFull);
    }
    if (!hasRowResults())
      return;
    Value isFirst = arith::CmpIOp::create(
        builder, loc(), arith::CmpIPredicate::eq, member, constant(0));
    guard(isFirst, [&] { storeRow(); });
  });
}

void RowEmitter::emit() {
  if (!open && isOpen())
    return emitOpen();
  if (getAttr(partsAttrName).value_or(openParts) != openParts)
    return emitSplit(constant(*getAttr(partsAttrName)));
  launchRows(layout, constant(1), [&] {
    nameVectors();
    for (const Pass &pass : passes)
      emitPass(pass);
    emitResults();
  });
}

LogicalResult nvptx::emitRow(OpBuilder &builder, kernel::RegionOp region) {
  RowEmitter emitter(builder, region);
  if (!emitter.plan())
    return emitElements(builder, region);
  emitter.emit();
  return success();
}
