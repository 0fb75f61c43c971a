//===- Row.cpp - Pointwise and row kernels --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One nest for both forms. The domain of a kernel is its row dimensions, then
// its inner ones; a pointwise kernel has one inner dimension and no reduction.
//
//   parallel for each row:
//     for each pass: loop over the inner dimensions, accumulate reductions
//     last pass: loop over the inner dimensions, store the results
//
// Lanes run along the dimension in which most accesses are contiguous. Is that
// an inner one, accumulators are vectors that are reduced after the loop; is it
// a row dimension, each lane is a row of its own.
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using kernel::RegionOp;
using linalg::LinalgOp;

/// Scalar operations that make a task worth its start.
static constexpr int64_t taskWork = 32 << 10;
/// Floats that are summed up one after the other.
static constexpr int64_t summands = 128;

/// True when the order of combinations matters to the error of the result: for
/// sums of floats.
static bool isSum(const Accumulator &accumulator) {
  return isa_and_nonnull<arith::AddFOp>(accumulator.combiner);
}

/// Runs `body` over the inner dimensions `rest` and threads `initial` through
/// all loops. Along lanes the main loop is unrolled by `unroll`, each copy with
/// accumulators of its own, and a masked loop does what is left.
SmallVector<Value>
RowEmitter::innerLoop(unsigned dim, ValueRange initial, unsigned accumulators,
                      unsigned unroll, ArrayRef<unsigned> rest,
                      function_ref<SmallVector<Value>(ValueRange)> body) {
  auto recurse = [&](ValueRange values) -> SmallVector<Value> {
    if (rest.empty())
      return body(values);
    return innerLoop(rest.front(), values, accumulators, unroll,
                     rest.drop_front(), body);
  };
  using LoopBody = function_ref<SmallVector<Value>(Value, ValueRange)>;
  // Long sums are sums of sums.
  auto loop = [&](Value begin, Value end, int64_t step, ValueRange values,
                  LoopBody inner) {
    std::optional<int64_t> last = constantOf(end);
    int64_t chunk = step * summands;
    if (summed.empty() || (last && *last <= 2 * chunk))
      return lanes.loop(begin, end, step, values, inner);
    auto isSumAt = [&](unsigned i) { return isSum(summed[i % summed.size()]); };
    SmallVector<Value> neutral(values.size());
    for (auto [i, value] : llvm::enumerate(neutral))
      if (isSumAt(i))
        value = lanes.materialize(LaneValue::uniform(
            getNeutral(builder, loc(), summed[i % summed.size()])));
    return lanes.loop(
        begin, end, chunk, values, [&](Value first, ValueRange totals) {
          Value next =
              arith::MinUIOp::create(builder, loc(),
                                     builder.createOrFold<arith::AddIOp>(
                                         loc(), first, constant(chunk)),
                                     end);
          SmallVector<Value> initial(totals);
          for (auto [start, zero] : llvm::zip_equal(initial, neutral))
            start = zero ? zero : start;
          SmallVector<Value> sums =
              lanes.loop(first, next, step, initial, inner);
          for (auto [i, sum, total] : llvm::enumerate(sums, totals))
            if (isSumAt(i))
              sum = arith::AddFOp::create(builder, loc(), total, sum);
          return sums;
        });
  };

  Value zero = constant(0), size = sizes[dim];
  if (dim != vectorDim)
    return loop(zero, size, 1, initial, [&](Value index, ValueRange values) {
      iteration[dim] = LaneValue::uniform(index);
      return recurse(values);
    });

  int64_t step = width * unroll;
  std::optional<int64_t> staticSize = constantOf(size);
  Value mainEnd = staticSize ? constant(*staticSize / step * step)
                             : builder.createOrFold<arith::SubIOp>(
                                   loc(), size,
                                   builder.createOrFold<arith::RemUIOp>(
                                       loc(), size, constant(step)));
  SmallVector<Value> values(initial);
  if (!staticSize || *staticSize >= step)
    values =
        loop(zero, mainEnd, step, values, [&](Value index, ValueRange current) {
          SmallVector<Value> next;
          for (unsigned copy = 0; copy < unroll; ++copy) {
            std::size_t mark = lanes.mark();
            Value start = builder.createOrFold<arith::AddIOp>(
                loc(), index, constant(copy * width));
            iteration[dim] = {start, 1, {}, width};
            llvm::append_range(next, recurse(current.slice(copy * accumulators,
                                                           accumulators)));
            lanes.forget(mark);
          }
          return next;
        });
  if (staticSize && *staticSize % step == 0)
    return values;
  // What is left goes to the first copy's accumulators.
  SmallVector<Value> others(values.begin() + accumulators, values.end());
  values.resize(accumulators);
  bool needsMask = !staticSize || *staticSize % width != 0;
  values =
      loop(mainEnd, size, width, values, [&](Value index, ValueRange current) {
        iteration[dim] = {index, 1, {}, width};
        if (needsMask) {
          Value left = arith::SubIOp::create(builder, loc(), size, index);
          lanes.setActive(
              arith::MinUIOp::create(builder, loc(), left, constant(width)));
        }
        SmallVector<Value> next = recurse(current);
        if (needsMask)
          if (Value mask = lanes.getMask())
            for (auto [value, old] : llvm::zip_equal(next, current))
              value = arith::SelectOp::create(builder, loc(), mask, value, old);
        lanes.setActive(nullptr);
        return next;
      });
  llvm::append_range(values, others);
  return values;
}

void RowEmitter::storeFull() {
  if (rank == rowDims)
    return;
  unsigned firstInit = region.getInputs().size();
  for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
    if (isFull(value)) {
      Indices at = lanes.apply(getDomainMap(value, rank), iteration);
      lanes.store(lanes.evaluate(value, at), region.getOperand(firstInit + i),
                  at);
    }
}

void RowEmitter::storeRow() {
  unsigned firstInit = region.getInputs().size();
  Indices row(iteration.begin(), iteration.begin() + rowDims);
  for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
    if (!isFull(value) || rank == rowDims)
      lanes.store(lanes.evaluate(value, row), region.getOperand(firstInit + i),
                  row);
}

/// Moves lanes along a row dimension to the vector number `copy`.
void RowEmitter::useCopy(unsigned copy) {
  if (!copies.empty())
    iteration[*vectorDim] = copies[copy];
}

void RowEmitter::emitPass(ArrayRef<LinalgOp> reductions, bool isLast) {
  unsigned pass = isLast ? passes.size() : passOf[reductions.front()];
  // Inner dimensions, the one along lanes innermost.
  SmallVector<unsigned> order;
  for (unsigned dim = rowDims; dim < rank; ++dim)
    if (dim != vectorDim)
      order.push_back(dim);
  bool alongLanes = isInnerVector();
  if (alongLanes)
    order.push_back(*vectorDim);

  unsigned numCopies = std::max<unsigned>(1, copies.size());
  SmallVector<Accumulator> accumulators;
  SmallVector<Value> initial, starts;
  for (LinalgOp op : reductions)
    for (unsigned i = 0; i < op->getNumResults(); ++i)
      accumulators.push_back(
          matchAccumulator(op, i).value_or(Accumulator{op, i}));
  for (unsigned copy = 0; copy < numCopies; ++copy) {
    useCopy(copy);
    for (Accumulator &accumulator : accumulators) {
      OpOperand *init = accumulator.op.getDpsInitOperand(accumulator.result);
      LaneValue start = lanes.evaluate(
          init->get(),
          lanes.apply(accumulator.op.getMatchingIndexingMap(init), iteration));
      starts.push_back(lanes.materialize(start));
      bool hasNeutral = alongLanes && accumulator.combiner;
      initial.push_back(hasNeutral
                            ? lanes.materialize(LaneValue::uniform(
                                  getNeutral(builder, loc(), accumulator)))
                            : starts.back());
    }
  }
  unsigned unroll = 1;
  if (alongLanes && !accumulators.empty()) {
    unroll = 4;
    if (std::optional<int64_t> size = constantOf(sizes[*vectorDim]))
      while (unroll > 1 && *size < width * unroll)
        unroll /= 2;
  }
  unsigned count = accumulators.size() * numCopies;
  SmallVector<Value> seeds;
  for (unsigned i = 0; i < unroll; ++i)
    llvm::append_range(seeds, initial);

  auto body = [&](ValueRange current) -> SmallVector<Value> {
    SmallVector<Value> next;
    unsigned position = 0;
    for (unsigned copy = 0; copy < numCopies; ++copy) {
      useCopy(copy);
      for (Stash &stash : stashes)
        if (stash.pass == pass) {
          LaneValue value = lanes.evaluate(stash.tensor, iteration);
          lanes.store(value, stash.buffer,
                      ArrayRef<LaneValue>(iteration).drop_front(rowDims));
        }
      for (LinalgOp op : reductions) {
        SmallVector<LaneValue> arguments;
        for (unsigned i = 0; i < op->getNumResults(); ++i) {
          Value value = current[position++];
          arguments.push_back(lanes.getLanes() == 1 ? LaneValue::uniform(value)
                                                    : LaneValue{{}, 0, value});
        }
        for (LaneValue value : lanes.evaluateBody(op, iteration, arguments))
          next.push_back(lanes.materialize(value));
      }
      if (isLast)
        storeFull();
    }
    return next;
  };
  SmallVector<Value> results;
  if (order.empty()) {
    results = body(seeds);
  } else {
    if (llvm::any_of(accumulators, isSum))
      summed = accumulators;
    results = innerLoop(order.front(), seeds, count, unroll,
                        ArrayRef<unsigned>(order).drop_front(), body);
    summed = {};
  }
  for (unsigned dim = rowDims; dim < rank; ++dim)
    iteration[dim] = {};

  SmallVector<Value> chosen;
  for (unsigned i = 0; i < count; ++i) {
    const Accumulator &accumulator = accumulators[i % accumulators.size()];
    useCopy(i / accumulators.size());
    Value total = results[i];
    if (alongLanes && !accumulator.combiner) {
      // Both results at once, made with the first.
      if (accumulator.result == 0) {
        SmallVector<Value> parts;
        for (unsigned copy = 0; copy < unroll; ++copy)
          parts.append(
              {results[copy * count + i], results[copy * count + i + 1]});
        chosen = chooseLane(accumulator.op, parts);
      }
      total = chosen[accumulator.result];
    } else if (alongLanes) {
      for (unsigned copy = 1; copy < unroll; ++copy)
        total = combine(accumulator, total, results[copy * count + i]);
      // Lanes have no order that a sum could keep.
      total = vector::ReductionOp::create(builder, loc(), accumulator.kind,
                                          total, arith::FastMathFlags::reassoc);
      Value start =
          lanes.getLanes() == 1
              ? starts[i]
              : vector::ExtractOp::create(builder, loc(), starts[i], 0)
                    .getResult();
      total = combine(accumulator, total, start);
    }
    bool isVector = isa<VectorType>(total.getType());
    Indices row(iteration.begin(), iteration.begin() + rowDims);
    lanes.remember(LinalgOp(accumulator.op)->getResult(accumulator.result), row,
                   isVector ? LaneValue{{}, 0, total}
                            : LaneValue::uniform(total));
  }
  for (Stash &stash : stashes)
    if (stash.pass == pass)
      lanes.redirect(stash.tensor, stash.buffer, rowDims);
}

/// Computes the current row or, along lanes, the current rows.
void RowEmitter::emitRows() {
  for (ArrayRef<LinalgOp> pass : passes)
    emitPass(pass, /*isLast=*/false);
  if (rank > rowDims &&
      llvm::any_of(region.getYieldedValues(),
                   [&](Value value) { return isFull(value); }))
    emitPass({}, /*isLast=*/true);
  for (unsigned copy = 0; copy < std::max<unsigned>(1, copies.size()); ++copy) {
    useCopy(copy);
    storeRow();
  }
}

Value RowEmitter::countSteps(unsigned dim, int64_t step) {
  return builder.createOrFold<arith::CeilDivUIOp>(loc(), sizes[dim],
                                                  constant(step));
}

/// Computes unit number `linear`: a row, the rows of some vectors along a row
/// dimension, or a row of tiles.
void RowEmitter::emitUnit(Value linear) {
  Value rest = linear, block;
  for (unsigned dim = rowDims; dim-- > 0;) {
    bool isVector = dim == vectorDim;
    Value size = sizes[dim];
    if (isVector)
      size = countSteps(dim, width * maxCopies);
    if (dim == tileDim)
      size = countSteps(dim, width);
    Value index = rest;
    if (dim > 0) {
      index = builder.createOrFold<arith::RemUIOp>(loc(), rest, size);
      rest = builder.createOrFold<arith::DivUIOp>(loc(), rest, size);
    }
    if (isVector || dim == tileDim)
      block = index;
    else
      iteration[dim] = LaneValue::uniform(index);
  }
  if (tileDim)
    return emitTiles(block);
  if (!block)
    return emitRows();

  int64_t span = width * maxCopies;
  std::optional<int64_t> staticSize = constantOf(sizes[*vectorDim]);
  Value start =
      builder.createOrFold<arith::MulIOp>(loc(), block, constant(span));
  // One vector after the other, the last one masked.
  auto emitSingles = [&] {
    Value end = builder.createOrFold<arith::MinUIOp>(
        loc(),
        builder.createOrFold<arith::AddIOp>(loc(), start, constant(span)),
        sizes[*vectorDim]);
    loop(start, end, width, [&](Value first) {
      iteration[*vectorDim] = {first, 1, {}, width};
      if (!staticSize || *staticSize % width != 0) {
        Value left =
            arith::SubIOp::create(builder, loc(), sizes[*vectorDim], first);
        lanes.setActive(
            arith::MinUIOp::create(builder, loc(), left, constant(width)));
      }
      emitRows();
      lanes.setActive(nullptr);
    });
  };
  if (maxCopies == 1)
    return emitSingles();
  auto emitCopies = [&] {
    for (int64_t copy = 0; copy < maxCopies; ++copy)
      copies.push_back({builder.createOrFold<arith::AddIOp>(
                            loc(), start, constant(copy * width)),
                        1,
                        {},
                        width});
    emitRows();
    copies.clear();
  };
  if (staticSize && *staticSize % span == 0)
    return emitCopies();
  Value end = arith::AddIOp::create(builder, loc(), start, constant(span));
  Value isWhole = arith::CmpIOp::create(
      builder, loc(), arith::CmpIPredicate::ule, end, sizes[*vectorDim]);
  lanes.branch(isWhole, emitCopies, emitSingles);
}

LogicalResult RowEmitter::emit() {
  if (failed(analyze()))
    return failure();
  chooseLanes();
  collectPasses();
  // A reduction that vectors cannot combine runs lane by lane in its rows.
  if (isInnerVector())
    for (ArrayRef<LinalgOp> pass : passes)
      for (LinalgOp op : pass)
        if (vectorDim && !canCombineLanes(op)) {
          vectorDim.reset();
          width = 1;
        }
  chooseStashes();
  chooseCopies();
  chooseTiles();
  lanes.setLanes(width);

  Value rows = constant(1);
  for (unsigned dim = 0; dim < rowDims; ++dim) {
    Value size = sizes[dim];
    if (dim == vectorDim)
      size = countSteps(dim, width * maxCopies);
    if (dim == tileDim)
      size = countSteps(dim, width);
    rows = builder.createOrFold<arith::MulIOp>(loc(), rows, size);
  }
  Value work = constant(tileDim                             ? width
                        : vectorDim && *vectorDim < rowDims ? width * maxCopies
                                                            : 1);
  for (unsigned dim = rowDims; dim < rank; ++dim)
    work = builder.createOrFold<arith::MulIOp>(loc(), work, sizes[dim]);
  Value one = constant(1);
  work = builder.createOrFold<arith::MaxUIOp>(loc(), work, one);
  Value grain =
      builder.createOrFold<arith::CeilDivUIOp>(loc(), constant(taskWork), work);
  emitTasks(
      builder, loc(), rows, grain, processor, [&](Value begin, Value end) {
        for (Stash &stash : stashes) {
          SmallVector<int64_t> shape;
          for (unsigned dim = rowDims; dim < rank; ++dim)
            shape.push_back(*constantOf(sizes[dim]));
          auto type = MemRefType::get(
              shape,
              cast<RankedTensorType>(stash.tensor.getType()).getElementType());
          stash.buffer = memref::AllocaOp::create(
              builder, loc(), type, builder.getI64IntegerAttr(64));
        }
        loop(begin, end, 1, [&](Value unit) { emitUnit(unit); });
      });
  return success();
}

LogicalResult graphc::cpu::emitRow(OpBuilder &builder, RegionOp region,
                                   const Processor &processor) {
  return RowEmitter(builder, region, processor).emit();
}
