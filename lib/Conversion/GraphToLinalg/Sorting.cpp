//===- Sorting.cpp - Sort and topk ----------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"
#include "SortedRows.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;

using arith::CmpIPredicate;
using graph::Expr;

SmallVector<Value> graphc::buildSortedScalar(LinalgBuilder &b, Value input) {
  Tensor zero = b.filled({}, b.getI64Type(), b.getI64IntegerAttr(0));
  return {b.tensor(input).value, zero.value};
}

void graphc::checkCount(LinalgBuilder &b, graph::TopkOp op) {
  auto type = cast<graph::StridedTensorType>(op.getValues().getType());
  if (type.getRank() == 0)
    return;
  Expr count = type.getDim(op.getDim());
  Expr size = getShape(op.getInput())[op.getDim()];
  if (count == size || (count.isConstant() && size.isConstant()))
    return;
  b.check(arith::CmpIOp::create(b, CmpIPredicate::sle, b.index(count),
                                b.index(size)),
          "topk of more elements than there are");
}

namespace {

/// Sorts the indices of rows along one dimension, stably, by merging runs of
/// doubling length:
///
///   order = 0, 1, ..., n-1
///   for (width = 1; width < n; width *= 2)
///     for (low = 0; low < n; low += 2*width)
///       merge order[low, middle) and order[middle, high) into next[low, high)
///     order = next
class RowSorter {
public:
  RowSorter(LinalgBuilder &b, Value input, int64_t dim, bool descending)
      : b(b), x(b.read(input)), dim(dim), descending(descending) {
    auto type = cast<graph::StridedTensorType>(input.getType());
    size = type.getDim(dim);
    orderType = getTensorType(size, b.getI64Type());
  }

  /// The sorted indices of the row at `outer`, a tensor of i64.
  Value sort(ScalarBuilder &at, ArrayRef<Value> outer) const;
  /// The element of that row at `index` (of index type).
  Value loadAt(ScalarBuilder &at, ArrayRef<Value> outer, Value index) const {
    SmallVector<Value> indices(outer);
    indices.insert(indices.begin() + dim, index);
    return loadElement(at, x, indices);
  }

  /// Whether `lhs` is to stand before `rhs`; false for equals. NaN is largest.
  Value isBefore(ScalarBuilder &at, Value lhs, Value rhs) const;

private:
  Value makeOrder(ScalarBuilder &at) const;
  Value merge(ScalarBuilder &at, ArrayRef<Value> outer, Value order, Value next,
              Value low, Value width, Value count) const;
  LinalgBuilder &b;
  Operand x;
  int64_t dim;
  bool descending;
  Expr size;
  RankedTensorType orderType;
};

Value RowSorter::isBefore(ScalarBuilder &at, Value lhs, Value rhs) const {
  if (descending)
    std::swap(lhs, rhs);
  Value less = at.less(lhs, rhs, x.elementType);
  if (!isa<FloatType>(x.elementType))
    return less;
  return at.bor(less, at.band(at.isNan(rhs), at.bnot(at.isNan(lhs))));
}

Value RowSorter::makeOrder(ScalarBuilder &at) const {
  Value empty = at.op<tensor::EmptyOp>(ArrayRef<OpFoldResult>{b.size(size)},
                                       at.getI64Type());
  auto iota = linalg::GenericOp::create(
      at, TypeRange(orderType), ValueRange(), ValueRange(empty),
      at.getMultiDimIdentityMap(1), utils::IteratorType::parallel,
      [](OpBuilder &builder, Location loc, ValueRange) {
        ScalarBuilder in(loc, builder);
        Value index = in.op<linalg::IndexOp>(int64_t(0));
        linalg::YieldOp::create(
            in, in.op<arith::IndexCastOp>(in.getI64Type(), index));
      });
  return iota.getResult(0);
}

/// for p in [low, high): the right run's head if the left run is used up or the
/// head stands before the left one's, else the left run's.
Value RowSorter::merge(ScalarBuilder &at, ArrayRef<Value> outer, Value order,
                       Value next, Value low, Value width, Value count) const {
  Value one = at.op<arith::ConstantIndexOp>(1);
  Value last = at.sub(count, one);
  Value middle = at.op<arith::MinSIOp>(at.add(low, width), count);
  Value high = at.op<arith::MinSIOp>(at.add(middle, width), count);
  auto loop = scf::ForOp::create(
      at, low, high, one, ValueRange{low, middle, next},
      [&](OpBuilder &builder, Location loc, Value place, ValueRange state) {
        ScalarBuilder in(loc, builder);
        auto head = [&](Value position) {
          Value clamped = in.op<arith::MinSIOp>(position, last);
          return in.op<tensor::ExtractOp>(order, clamped);
        };
        auto element = [&](Value index) {
          return loadAt(in, outer,
                        in.op<arith::IndexCastOp>(in.getIndexType(), index));
        };
        Value left = head(state[0]), right = head(state[1]);
        Value leftDone = in.cmp(CmpIPredicate::sge, state[0], middle);
        Value rightLeft = in.cmp(CmpIPredicate::slt, state[1], high);
        Value before = isBefore(in, element(right), element(left));
        Value takeRight = in.band(rightLeft, in.bor(leftDone, before));
        Value taken = in.select(takeRight, right, left);
        Value stored = in.op<tensor::InsertOp>(taken, state[2], place);
        scf::YieldOp::create(
            in,
            ValueRange{in.select(takeRight, state[0], in.add(state[0], one)),
                       in.select(takeRight, in.add(state[1], one), state[1]),
                       stored});
      });
  return loop.getResult(2);
}

Value RowSorter::sort(ScalarBuilder &at, ArrayRef<Value> outer) const {
  Value count = b.index(at, size);
  Value zero = at.op<arith::ConstantIndexOp>(0);
  Value one = at.op<arith::ConstantIndexOp>(1);
  Value scratch = at.op<tensor::EmptyOp>(ArrayRef<OpFoldResult>{b.size(size)},
                                         at.getI64Type());
  auto loop = scf::WhileOp::create(
      at, TypeRange{orderType, orderType, at.getIndexType()},
      ValueRange{makeOrder(at), scratch, one},
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        ScalarBuilder in(loc, builder);
        Value isUnsorted = in.cmp(CmpIPredicate::slt, state[2], count);
        scf::ConditionOp::create(in, isUnsorted, state);
      },
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        ScalarBuilder in(loc, builder);
        Value order = state[0], width = state[2];
        Value twice = in.add(width, width);
        auto pass = scf::ForOp::create(
            in, zero, count, twice, ValueRange{state[1]},
            [&](OpBuilder &inner, Location loc, Value low, ValueRange next) {
              ScalarBuilder deep(loc, inner);
              scf::YieldOp::create(
                  deep, merge(deep, outer, order, next[0], low, width, count));
            });
        // Copied back, so that both stay in their own buffer.
        auto copy = linalg::CopyOp::create(in, pass.getResult(0), order);
        scf::YieldOp::create(
            in, ValueRange{copy.getResult(0), pass.getResult(0), twice});
      });
  return loop.getResult(0);
}

/// The first `count` of the sorted elements of each row, and where they were.
SmallVector<Value> buildSorted(LinalgBuilder &b, Value input, int64_t dim,
                               bool descending, ArrayRef<Expr> resultShape) {
  RowSorter sorter(b, input, dim, descending);
  Type elementType =
      cast<graph::StridedTensorType>(input.getType()).getElementType();
  Type i64 = b.getI64Type();
  SmallVector<Expr> outer(resultShape);
  Value count = b.index(outer[dim]);
  outer.erase(outer.begin() + dim);
  SmallVector<Value> inits{b.empty(resultShape, elementType).value,
                           b.empty(resultShape, i64).value};
  return b.loops(
      outer, inits,
      [&](ScalarBuilder &at, ArrayRef<Value> indices, ValueRange carried) {
        Value order = sorter.sort(at, indices);
        return LinalgBuilder::loop(
            at, count, carried,
            [&](ScalarBuilder &in, Value place, ValueRange state) {
              Value from = in.op<tensor::ExtractOp>(order, place);
              Value element = sorter.loadAt(
                  in, indices,
                  in.op<arith::IndexCastOp>(in.getIndexType(), from));
              SmallVector<Value> places(indices);
              places.insert(places.begin() + dim, place);
              return SmallVector<Value>{
                  storeElement(in, element, state[0], elementType, places),
                  storeElement(in, from, state[1], i64, places)};
            });
      });
}

/// More than this and a sort is cheaper than keeping a list sorted.
constexpr int64_t maxListed = 128;

/// The same for few results of long rows: they are a sorted list, in which each
/// element that stands before the list's last is put in its place.
SmallVector<Value> buildListed(LinalgBuilder &b, Value input, int64_t dim,
                               bool descending, ArrayRef<Expr> resultShape) {
  RowSorter sorter(b, input, dim, descending);
  auto type = cast<graph::StridedTensorType>(input.getType());
  Type elementType = type.getElementType();
  Type i64 = b.getI64Type();
  SmallVector<Expr> outer(resultShape);
  Value count = b.index(outer[dim]), size = b.index(type.getDim(dim));
  outer.erase(outer.begin() + dim);
  SmallVector<Value> inits{b.empty(resultShape, elementType).value,
                           b.empty(resultShape, i64).value};
  return b.parallelLoops(
      outer, inits,
      [&](ScalarBuilder &at, ArrayRef<Value> indices, ValueRange carried) {
        auto placeOf = [&](Value index) {
          SmallVector<Value> places(indices);
          places.insert(places.begin() + dim, index);
          return places;
        };
        // Puts `item` before the first that it stands before; what follows
        // moves up by one, and the last of a full list drops out.
        auto insert = [&](ScalarBuilder &in, Value index, Value item,
                          ValueRange lists) {
          Value one = in.op<arith::ConstantIndexOp>(1);
          Value no = in.integer(in.getI1Type(), 0);
          Value end = in.op<arith::MinSIOp>(in.add(index, one), count);
          SmallVector<Value> state = LinalgBuilder::loop(
              in, end,
              {lists[0], lists[1], item, in.op<arith::IndexCastOp>(i64, index),
               no},
              [&](ScalarBuilder &deep, Value place, ValueRange state) {
                SmallVector<Value> places = placeOf(place);
                Value old = deep.load(
                    deep.op<tensor::ExtractOp>(state[0], places), elementType);
                Value oldIndex = deep.op<tensor::ExtractOp>(state[1], places);
                Value isFree = deep.cmp(CmpIPredicate::eq, place, index);
                Value take = deep.bor(deep.bor(state[4], isFree),
                                      sorter.isBefore(deep, state[2], old));
                return SmallVector<Value>{
                    storeElement(deep, deep.select(take, state[2], old),
                                 state[0], elementType, places),
                    storeElement(deep, deep.select(take, state[3], oldIndex),
                                 state[1], i64, places),
                    deep.select(take, old, state[2]),
                    deep.select(take, oldIndex, state[3]), take};
              });
          state.truncate(2);
          return state;
        };
        return LinalgBuilder::loop(
            at, size, carried,
            [&](ScalarBuilder &in, Value index, ValueRange lists) {
              Value item = sorter.loadAt(in, indices, index);
              Value last = in.sub(count, in.op<arith::ConstantIndexOp>(1));
              Value worst =
                  in.load(in.op<tensor::ExtractOp>(lists[0], placeOf(last)),
                          elementType);
              Value isShort = in.cmp(CmpIPredicate::slt, index, count);
              Value enters = in.bor(isShort, sorter.isBefore(in, item, worst));
              auto branch = scf::IfOp::create(
                  in, enters,
                  [&](OpBuilder &builder, Location loc) {
                    ScalarBuilder deep(loc, builder);
                    scf::YieldOp::create(deep,
                                         insert(deep, index, item, lists));
                  },
                  [&](OpBuilder &builder, Location loc) {
                    scf::YieldOp::create(builder, loc, lists);
                  });
              return SmallVector<Value>(branch.getResults());
            });
      });
}

struct SortConversion : GraphPattern<graph::SortOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::SortOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getValues().getType());
    b.rewriter.replaceOp(op, type.getRank() == 0
                                 ? buildSortedScalar(b, op.getInput())
                                 : buildSorted(b, op.getInput(), op.getDim(),
                                               op.getDescending(),
                                               type.getShape()));
    return success();
  }
};

/// What a sort puts first.
struct TopkConversion : GraphPattern<graph::TopkOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::TopkOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getValues().getType());
    if (type.getRank() == 0) {
      b.rewriter.replaceOp(op, buildSortedScalar(b, op.getInput()));
      return success();
    }
    checkCount(b, op);
    // An empty list has no last element.
    std::optional<int64_t> count = type.getDim(op.getDim()).getConstant();
    bool isShort = count && *count > 0 && *count <= maxListed;
    auto build = isShort ? buildListed : buildSorted;
    b.rewriter.replaceOp(op, build(b, op.getInput(), op.getDim(),
                                   op.getLargest(), type.getShape()));
    return success();
  }
};

} // namespace

void graphc::populateSortingPatterns(const TypeConverter &converter,
                                     SymbolValues &symbols,
                                     RewritePatternSet &patterns) {
  patterns.add<SortConversion, TopkConversion>(converter, patterns.getContext(),
                                               symbols);
}
