//===- Row.cpp - Reductions along rows, threads sharing each --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A group of threads shares a row, or a vector of neighbouring rows where those
// are what lies together in memory:
//
//   along rows     x: the threads of a row      y: the rows of a block
//   along columns  x: vectors of rows           y: the threads of such a vector
//
// Each thread takes every so many-th vector of the row, combines what it reads,
// and the group combines the rest by exchanges within warps and through shared
// memory. A row of static size that the group's registers hold is read once:
// all its vectors are named, and what one pass computed the next one finds.
//
//===----------------------------------------------------------------------===//

#include "../Codegen/LaneEmitter.h"
#include "../Codegen/Reductions.h"
#include "Exchange.h"
#include "Forms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// Vectors of a row that one thread should have: enough loads at once to hide
/// their latency, few enough for several blocks.
static constexpr int64_t wantedVectors = 2;
/// Vectors of a row that one thread keeps in registers.
static constexpr int64_t maxVectors = 8;
static constexpr int64_t maxGroup = 512;
/// Vectors that a thread sums up one after the other.
static constexpr int64_t summands = 64;
static constexpr int64_t columnThreads = 32;

namespace {
class RowEmitter {
public:
  RowEmitter(OpBuilder &builder, kernel::RegionOp region)
      : builder(builder), region(region), lanes(builder, region, 1) {}

  /// False, having emitted nothing that matters, for what this cannot do.
  bool emit();

private:
  using Indices = SmallVector<LaneValue>;

  bool plan();
  void chooseWidth();
  void chooseGroup();
  void emitThread(gpu::LaunchOp launch);
  void emitPass(ArrayRef<LinalgOp> reductions);
  void emitResults();
  void setInner(Value linear);
  void forEachVector(function_ref<void()> body);
  SmallVector<Value> accumulate(ArrayRef<Accumulator> accumulators,
                                ArrayRef<Value> neutral);
  SmallVector<Value> step(ArrayRef<Accumulator> accumulators,
                          ValueRange current);
  Value combineGroup(const Accumulator &accumulator, Value mine);
  void guard(Value condition, function_ref<void()> body);

  bool isFull(Value tensor) const {
    return cast<RankedTensorType>(tensor.getType()).getRank() ==
           static_cast<int64_t>(rank);
  }
  Location loc() { return region.getLoc(); }
  Value constant(int64_t value) { return lanes.constantIndex(value); }
  template <typename Op, typename... Args>
  Value fold(Args &&...args) {
    return builder.createOrFold<Op>(loc(), std::forward<Args>(args)...);
  }

  OpBuilder &builder;
  kernel::RegionOp region;
  LaneEmitter lanes;
  gpu::LaunchOp launch;

  unsigned rank = 0, rowDims = 0;
  SmallVector<Value> sizes;
  ReductionPasses passes;
  /// Lanes run along this dimension.
  unsigned vectorDim = 0;
  int64_t width = 1;
  bool alongColumns = false;
  /// Threads that share a row, and groups of a block.
  int64_t group = 32, groups = 1;
  /// Vectors (along rows) or steps (along columns) of a row: an index, and the
  /// number of them of one thread where all are named.
  Value count;
  std::optional<int64_t> named;

  // Of the thread that is emitted.
  Value member; ///< Index in its group.
  Indices iteration;
  Value rowIsInside; ///< Null: always.
  /// Of each named vector: the inner indices and whether it is in the row.
  SmallVector<std::pair<Indices, Value>> vectors;
};
} // namespace

bool RowEmitter::plan() {
  auto dims = region->getAttrOfType<IntegerAttr>("row_dims");
  auto domain = region->getAttrOfType<IntegerAttr>("domain_rank");
  if (!dims || !domain)
    return false;
  rowDims = dims.getInt();
  rank = domain.getInt();
  passes = collectPasses(region);
  if (passes.empty() || rank == rowDims)
    return false;
  for (ArrayRef<LinalgOp> pass : passes)
    for (LinalgOp op : pass)
      for (unsigned i = 0; i < op->getNumResults(); ++i) {
        std::optional<Accumulator> accumulator = matchAccumulator(op, i);
        Type type = getElementTypeOrSelf(op->getResult(i));
        if (!accumulator || op.getNumLoops() != rank ||
            op.getNumParallelLoops() != rowDims || !canExchange(type))
          return false;
      }
  // Rows of what only the body's values have are left to others.
  for (Value value : region.getYieldedValues()) {
    int64_t valueRank = cast<RankedTensorType>(value.getType()).getRank();
    if (valueRank != rank && valueRank != rowDims)
      return false;
  }
  return true;
}

void RowEmitter::chooseWidth() {
  vectorDim = rank - 1;
  if (!LaneEmitter::canVectorize(region))
    return;
  SmallVector<int64_t> score = scoreDimensions(region, rank);
  for (unsigned dim = 0; dim < rank; ++dim)
    if (score[dim] > score[vectorDim])
      vectorDim = dim;
  alongColumns = vectorDim < rowDims;
  std::optional<int64_t> size = constantOf(sizes[vectorDim]);
  if (!size)
    return;
  int64_t bytes = 1;
  for (Value operand : region.getOperands()) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (type && type.getElementType().isIntOrFloat() &&
        type.getRank() >= static_cast<int64_t>(rank))
      bytes = std::max<int64_t>(
          bytes, llvm::divideCeil(type.getElementTypeBitWidth(), 8u));
  }
  width = accessBytes / bytes;
  while (*size % width)
    width /= 2;
}

/// How many threads share a row, how many rows a block has.
void RowEmitter::chooseGroup() {
  count = constant(1);
  for (unsigned dim = rowDims; dim < rank; ++dim) {
    Value size = sizes[dim];
    if (dim == vectorDim)
      size = fold<arith::DivUIOp>(size, constant(width));
    count = fold<arith::MulIOp>(count, size);
  }
  std::optional<int64_t> known = constantOf(count);
  if (alongColumns) {
    group = 8;
    while (known && group < 32 && *known >= group * 32)
      group *= 2;
    groups = columnThreads;
    return;
  }
  group = blockThreads;
  if (known) {
    group = 32;
    while (group < maxGroup && group * wantedVectors < *known)
      group *= 2;
    // Two warps gain nothing over one that does the same work.
    if (group == 64)
      group = 128;
    int64_t each = llvm::divideCeil(*known, group);
    if (each <= maxVectors)
      named = each;
  }
  groups = std::max<int64_t>(1, 128 / group);
}

void RowEmitter::guard(Value condition, function_ref<void()> body) {
  if (!condition)
    return body();
  auto branch = scf::IfOp::create(builder, loc(), condition);
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  std::size_t mark = lanes.mark();
  body();
  lanes.forget(mark);
}

/// Moves the inner indices to vector number `linear` of the row.
void RowEmitter::setInner(Value linear) {
  Value rest = linear;
  for (unsigned dim = rank; dim-- > rowDims;) {
    bool isVector = dim == vectorDim;
    Value size = sizes[dim];
    if (isVector)
      size = fold<arith::DivUIOp>(size, constant(width));
    Value index = rest;
    if (dim > rowDims) {
      index = fold<arith::RemUIOp>(rest, size);
      rest = fold<arith::DivUIOp>(rest, size);
    }
    iteration[dim] = LaneValue::uniform(index);
    if (isVector && width > 1)
      iteration[dim] = {
          fold<arith::MulIOp>(index, constant(width)), 1, {}, width};
  }
}

/// The accumulators after the current vector.
SmallVector<Value> RowEmitter::step(ArrayRef<Accumulator> accumulators,
                                    ValueRange current) {
  SmallVector<Value> next;
  unsigned position = 0;
  while (position < accumulators.size()) {
    LinalgOp op = accumulators[position].op;
    SmallVector<LaneValue> arguments;
    for (unsigned i = 0; i < op->getNumResults(); ++i) {
      Value value = current[position++];
      arguments.push_back(width == 1 ? LaneValue::uniform(value)
                                     : LaneValue{{}, 0, value});
    }
    for (LaneValue value : lanes.evaluateBody(op, iteration, arguments))
      next.push_back(lanes.materialize(value));
  }
  return next;
}

/// What this thread combines of its row.
SmallVector<Value> RowEmitter::accumulate(ArrayRef<Accumulator> accumulators,
                                          ArrayRef<Value> neutral) {
  SmallVector<Value> values(neutral);
  auto along = [&](Value begin, Value end, ValueRange initial) {
    return lanes.loop(begin, end, group, initial,
                      [&](Value linear, ValueRange current) {
                        setInner(linear);
                        return step(accumulators, current);
                      });
  };
  bool areSums = llvm::all_of(accumulators, [](const Accumulator &accumulator) {
    return isa<arith::AddFOp>(accumulator.combiner);
  });
  if (!named && !areSums)
    return along(member, count, values);
  // Long sums are sums of sums.
  if (!named)
    return lanes.loop(
        member, count, group * summands, values,
        [&](Value first, ValueRange totals) {
          Value next = arith::MinUIOp::create(
              builder, loc(),
              fold<arith::AddIOp>(first, constant(group * summands)), count);
          SmallVector<Value> sums = along(first, next, neutral);
          for (auto [sum, total] : llvm::zip_equal(sums, totals))
            sum = arith::AddFOp::create(builder, loc(), total, sum);
          return sums;
        });
  for (auto &[inner, isInside] : vectors) {
    iteration = inner;
    SmallVector<Value> next = step(accumulators, values);
    for (auto [value, combined] : llvm::zip_equal(values, next))
      value = isInside ? arith::SelectOp::create(builder, loc(), isInside,
                                                 combined, value)
                             .getResult()
                       : combined;
  }
  return values;
}

/// What the group has, in each of its threads.
Value RowEmitter::combineGroup(const Accumulator &accumulator, Value mine) {
  auto combine = [&](Value a, Value b) {
    return combineValues(builder, loc(), accumulator, a, b);
  };
  if (!alongColumns)
    return exchangeAndCombine(builder, launch, member, group, mine, combine);
  return combineColumns(builder, launch, group, mine, combine);
}

void RowEmitter::emitPass(ArrayRef<LinalgOp> reductions) {
  SmallVector<Accumulator> accumulators;
  SmallVector<Value> neutral;
  for (LinalgOp op : reductions)
    for (unsigned i = 0; i < op->getNumResults(); ++i) {
      accumulators.push_back(*matchAccumulator(op, i));
      neutral.push_back(lanes.materialize(
          LaneValue::uniform(getNeutral(builder, loc(), accumulators.back()))));
    }
  SmallVector<Value> mine = accumulate(accumulators, neutral);
  Indices row(iteration.begin(), iteration.begin() + rowDims);
  SmallVector<Value> totals;
  for (auto [accumulator, value] : llvm::zip_equal(accumulators, mine)) {
    // Lanes have no order that a sum could keep.
    if (!alongColumns && width > 1)
      value = vector::ReductionOp::create(builder, loc(), accumulator.kind,
                                          value, arith::FastMathFlags::reassoc);
    Value total = combineGroup(accumulator, value);
    LinalgOp op = accumulator.op;
    OpOperand *init = op.getDpsInitOperand(accumulator.result);
    LaneValue start = lanes.evaluate(
        init->get(), lanes.apply(op.getMatchingIndexingMap(init), iteration));
    bool isVector = isa<VectorType>(total.getType());
    Value first = isVector ? lanes.materialize(start) : start.scalar;
    totals.push_back(combineValues(builder, loc(), accumulator, total, first));
  }
  for (auto [accumulator, total] : llvm::zip_equal(accumulators, totals))
    lanes.remember(LinalgOp(accumulator.op)->getResult(accumulator.result), row,
                   isa<VectorType>(total.getType())
                       ? LaneValue{{}, 0, total}
                       : LaneValue::uniform(total));
}

/// Runs `body` for each vector of this thread that is in the row.
void RowEmitter::forEachVector(function_ref<void()> body) {
  if (!named)
    return lanes.loop(member, count, group, [&](Value linear) {
      setInner(linear);
      body();
    });
  for (auto &[inner, isInside] : vectors) {
    iteration = inner;
    guard(isInside, body);
  }
}

void RowEmitter::emitResults() {
  unsigned firstInit = region.getInputs().size();
  auto results = llvm::enumerate(region.getYieldedValues());
  auto storeFull = [&] {
    for (auto [i, value] : results)
      if (isFull(value))
        lanes.store(lanes.evaluate(value, iteration),
                    region.getOperand(firstInit + i), iteration);
  };
  auto storeRow = [&] {
    Indices row(iteration.begin(), iteration.begin() + rowDims);
    for (auto [i, value] : results)
      if (!isFull(value))
        lanes.store(lanes.evaluate(value, row),
                    region.getOperand(firstInit + i), row);
  };
  guard(rowIsInside, [&] {
    if (llvm::any_of(region.getYieldedValues(),
                     [&](Value value) { return isFull(value); }))
      forEachVector(storeFull);
    Value isFirst = arith::CmpIOp::create(
        builder, loc(), arith::CmpIPredicate::eq, member, constant(0));
    if (llvm::any_of(region.getYieldedValues(),
                     [&](Value value) { return !isFull(value); }))
      guard(isFirst, storeRow);
  });
}

void RowEmitter::emitThread(gpu::LaunchOp inside) {
  launch = inside;
  gpu::KernelDim3 ids = launch.getThreadIds();
  Value block = launch.getBlockIds().x;
  member = alongColumns ? ids.y : ids.x;
  Value unit = fold<arith::AddIOp>(fold<arith::MulIOp>(block, constant(groups)),
                                   alongColumns ? ids.x : ids.y);
  // Units beyond the last compute it again and store nothing, so that all
  // threads come to every barrier.
  Value units = constant(1);
  for (unsigned dim = 0; dim < rowDims; ++dim)
    units = fold<arith::MulIOp>(
        units, dim == vectorDim
                   ? fold<arith::DivUIOp>(sizes[dim], constant(width))
                   : sizes[dim]);
  std::optional<int64_t> known = constantOf(units);
  if (!known || *known % groups) {
    rowIsInside = arith::CmpIOp::create(builder, loc(),
                                        arith::CmpIPredicate::ult, unit, units);
    unit = arith::MinUIOp::create(builder, loc(), unit,
                                  fold<arith::SubIOp>(units, constant(1)));
  }
  iteration.resize(rank);
  Value rest = unit;
  for (unsigned dim = rowDims; dim-- > 0;) {
    Value size = sizes[dim];
    bool isVector = dim == vectorDim;
    if (isVector)
      size = fold<arith::DivUIOp>(size, constant(width));
    Value index = rest;
    if (dim > 0) {
      index = fold<arith::RemUIOp>(rest, size);
      rest = fold<arith::DivUIOp>(rest, size);
    }
    iteration[dim] = LaneValue::uniform(index);
    if (isVector && width > 1)
      iteration[dim] = {
          fold<arith::MulIOp>(index, constant(width)), 1, {}, width};
  }
  for (int64_t i = 0; named && i < *named; ++i) {
    Value linear = fold<arith::AddIOp>(member, constant(i * group));
    Value isInside;
    if ((i + 1) * group > *constantOf(count)) {
      isInside = arith::CmpIOp::create(
          builder, loc(), arith::CmpIPredicate::ult, linear, count);
      linear = arith::MinUIOp::create(builder, loc(), linear,
                                      fold<arith::SubIOp>(count, constant(1)));
    }
    setInner(linear);
    vectors.emplace_back(iteration, isInside);
  }
  for (ArrayRef<LinalgOp> pass : passes)
    emitPass(pass);
  emitResults();
}

bool RowEmitter::emit() {
  if (!plan())
    return false;
  sizes = getDomainSizes(lanes, rank);
  if (sizes.size() != rank)
    return false;
  chooseWidth();
  chooseGroup();
  lanes.setLanes(width);
  lanes.setBufferAlignment(accessBytes);
  Value units = constant(1), one = constant(1);
  for (unsigned dim = 0; dim < rowDims; ++dim)
    units = fold<arith::MulIOp>(
        units, dim == vectorDim
                   ? fold<arith::DivUIOp>(sizes[dim], constant(width))
                   : sizes[dim]);
  Value blocks = fold<arith::CeilDivUIOp>(units, constant(groups));
  Value x = constant(alongColumns ? groups : group);
  Value y = constant(alongColumns ? group : groups);
  auto made =
      gpu::LaunchOp::create(builder, loc(), blocks, one, one, x, y, one);
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToStart(&made.getBody().front());
  emitThread(made);
  gpu::TerminatorOp::create(builder, loc());
  return true;
}

LogicalResult nvptx::emitRow(OpBuilder &builder, kernel::RegionOp region) {
  if (RowEmitter(builder, region).emit())
    return success();
  return emitElements(builder, region);
}
