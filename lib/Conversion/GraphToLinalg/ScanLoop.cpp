//===- ScanLoop.cpp - Loops that carry prefixes ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScanLoop.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

/// Blocks that keep a device busy, each of which shares a part among threads.
static constexpr int64_t manyBlocks = 528;
/// The same of threads, where each has a part of its own.
static constexpr int64_t manyParts = 1 << 17;
/// Parts begin where what threads share begins.
static constexpr int64_t alignment = 1024;
/// What a part has to have so that two more launches pay.
static constexpr int64_t leastShared = 4096, leastAlone = 64;
static constexpr int64_t leastRow = 16384, leastColumn = 1024;

/// How many parts rows are cut into; nothing when they are better whole.
std::optional<int64_t> ScanLoop::chooseParts() const {
  int64_t rows = 1;
  for (Expr size : outer) {
    std::optional<int64_t> known = size.getConstant();
    if (!known)
      return std::nullopt;
    rows *= std::max<int64_t>(*known, 1);
  }
  int64_t parts = (isAlongMemory ? manyBlocks : manyParts) / rows;
  if (std::optional<int64_t> size = length.getConstant()) {
    if (*size < (isAlongMemory ? leastRow : leastColumn))
      return std::nullopt;
    parts = std::min<int64_t>(
        parts,
        llvm::divideCeil(*size, isAlongMemory ? leastShared : leastAlone));
  } else {
    parts = std::min(parts, manyBlocks);
  }
  return parts < 4 ? std::nullopt : std::optional(parts);
}

SmallVector<Value> ScanLoop::makeNeutral(ScalarBuilder &at) const {
  Values values;
  for (auto [attribute, type] : llvm::zip_equal(neutral, types))
    values.push_back(at.constant(attribute, type));
  return values;
}

/// The tensors and then what is carried behind the elements [begin, end).
SmallVector<Value> ScanLoop::buildLoop(ScalarBuilder &at, Value begin,
                                       Value end, ValueRange carried,
                                       ValueRange into, Indices outer,
                                       bool stores) const {
  Values inits(into);
  llvm::append_range(inits, carried);
  auto loop = scf::ForOp::create(
      at, begin, end, at.op<arith::ConstantIndexOp>(1), inits,
      [&](OpBuilder &builder, Location loc, Value index, ValueRange state) {
        ScalarBuilder in(loc, builder);
        Values next = combine(in, state.drop_front(into.size()),
                              element(in, outer, index));
        Values results;
        if (stores)
          results =
              store(in, next, state.take_front(into.size()), outer, index);
        llvm::append_range(results, next);
        scf::YieldOp::create(in, results);
      });
  loop->setAttr("graphc.scan", at.getUnitAttr());
  return loop.getResults();
}

/// Where a part of a row is.
struct ScanLoop::Part {
  Value begin, end;
};

ScanLoop::Part ScanLoop::getPart(ScalarBuilder &at, LinalgBuilder &b,
                                 Value number, int64_t parts) const {
  Expr perPart = length.ceilDiv(parts);
  if (isAlongMemory)
    perPart = perPart.ceilDiv(alignment) * alignment;
  Value size = b.index(at, length);
  Value begin =
      at.op<arith::MinSIOp>(at.mul(number, b.index(at, perPart)), size);
  return {begin,
          at.op<arith::MinSIOp>(at.add(begin, b.index(at, perPart)), size)};
}

/// A tensor for each value that is carried, of each row and part.
SmallVector<Tensor> ScanLoop::makeTotals(LinalgBuilder &b,
                                         int64_t parts) const {
  SmallVector<Expr> shape(outer);
  shape.push_back(b.expr(parts));
  return llvm::map_to_vector(types, [&](Type type) {
    return b.empty(shape, type.isInteger(1) ? type : getComputeType(type));
  });
}

static SmallVector<Value> getValues(ArrayRef<Tensor> tensors) {
  return llvm::map_to_vector(tensors,
                             [](const Tensor &tensor) { return tensor.value; });
}

static SmallVector<Value> loadAll(ScalarBuilder &at, ArrayRef<Tensor> tensors,
                                  ArrayRef<Value> indices) {
  return llvm::map_to_vector(tensors, [&](const Tensor &tensor) {
    return loadElement(at, tensor, indices);
  });
}

static SmallVector<Value> storeAll(ScalarBuilder &at, ValueRange values,
                                   ValueRange into, ArrayRef<Tensor> tensors,
                                   ArrayRef<Value> indices) {
  SmallVector<Value> stored;
  for (auto [value, target, tensor] : llvm::zip_equal(values, into, tensors))
    stored.push_back(
        storeElement(at, value, target, tensor.elementType, indices));
  return stored;
}

static void setValues(SmallVector<Tensor> &tensors, ValueRange values) {
  for (auto [tensor, value] : llvm::zip_equal(tensors, values))
    tensor.value = value;
}

/// Parts are the outer loop: neighbouring threads have neighbouring rows.
static SmallVector<Expr> addParts(LinalgBuilder &b, ArrayRef<Expr> outer,
                                  int64_t parts) {
  SmallVector<Expr> shape(outer);
  shape.insert(shape.begin(), b.expr(parts));
  return shape;
}

static SmallVector<Value> append(ArrayRef<Value> indices, Value last) {
  SmallVector<Value> all(indices);
  all.push_back(last);
  return all;
}

SmallVector<Tensor> ScanLoop::addUpParts(LinalgBuilder &b,
                                         int64_t parts) const {
  SmallVector<Tensor> totals = makeTotals(b, parts);
  setValues(totals,
            b.parallelLoops(
                addParts(b, outer, parts), getValues(totals),
                [&](ScalarBuilder &at, Indices indices, ValueRange carried) {
                  Indices row = indices.drop_front();
                  Part part = getPart(at, b, indices.front(), parts);
                  Values total = buildLoop(at, part.begin, part.end,
                                           makeNeutral(at), {}, row, false);
                  return storeAll(at, total, carried, totals,
                                  append(row, indices.front()));
                }));
  return totals;
}

SmallVector<Tensor> ScanLoop::scanTotals(LinalgBuilder &b,
                                         ArrayRef<Tensor> totals,
                                         int64_t parts) const {
  SmallVector<Tensor> before = makeTotals(b, parts);
  auto loadTotal = [&](ScalarBuilder &at, Indices row, Value index) {
    return loadAll(at, totals, append(row, index));
  };
  auto storeTotal = [&](ScalarBuilder &at, ValueRange prefix, ValueRange into,
                        Indices row, Value index) {
    return storeAll(at, prefix, into, before, append(row, index));
  };
  ScanLoop ofTotals{outer,   b.expr(parts), /*isAlongMemory=*/true,
                    types,   neutral,       loadTotal,
                    combine, storeTotal};
  setValues(before, ofTotals.build(b, getValues(before), /*manyThreads=*/true));
  return before;
}

SmallVector<Value> ScanLoop::buildInParts(LinalgBuilder &b, ValueRange inits,
                                          int64_t parts) const {
  SmallVector<Tensor> before = scanTotals(b, addUpParts(b, parts), parts);
  return b.parallelLoops(
      addParts(b, outer, parts), inits,
      [&](ScalarBuilder &at, Indices indices, ValueRange carried) {
        Indices row = indices.drop_front();
        Value number = indices.front(), zero = at.op<arith::ConstantIndexOp>(0);
        Value isFirst = at.cmp(arith::CmpIPredicate::eq, number, zero);
        Value last = at.op<arith::MaxSIOp>(
            at.sub(number, at.op<arith::ConstantIndexOp>(1)), zero);
        Values start;
        for (auto [loaded, none] : llvm::zip_equal(
                 loadAll(at, before, append(row, last)), makeNeutral(at)))
          start.push_back(at.select(isFirst, none, loaded));
        Part part = getPart(at, b, number, parts);
        Values results =
            buildLoop(at, part.begin, part.end, start, carried, row, true);
        results.truncate(carried.size());
        return results;
      });
}

SmallVector<Value> ScanLoop::build(LinalgBuilder &b, ValueRange inits,
                                   bool manyThreads) const {
  if (manyThreads)
    if (std::optional<int64_t> parts = chooseParts())
      return buildInParts(b, inits, *parts);
  return b.parallelLoops(
      outer, inits,
      [&](ScalarBuilder &at, Indices indices, ValueRange carried) {
        Value zero = at.op<arith::ConstantIndexOp>(0);
        Values results = buildLoop(at, zero, b.index(at, length),
                                   makeNeutral(at), carried, indices, true);
        results.truncate(carried.size());
        return results;
      });
}
