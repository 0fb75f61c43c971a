//===- SortedUpdates.cpp - Scattering in the order of places --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SortedUpdates.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;

using arith::CmpIPredicate;
using graph::Expr;

/// Whether the update is the first (last) one of its run.
Value SortedUpdates::isEnd(ScalarBuilder &at, ArrayRef<Value> indices,
                           bool last) const {
  Value index = indices[dim], one = at.op<arith::ConstantIndexOp>(1);
  Value edge = last ? at.sub(b.index(at, shape[dim]), one)
                    : at.op<arith::ConstantIndexOp>(0);
  Value neighbour = last ? at.op<arith::MinSIOp>(at.add(index, one), edge)
                         : at.op<arith::MaxSIOp>(at.sub(index, one), edge);
  Value differs = at.cmp(CmpIPredicate::ne, getPlace(at, indices),
                         getPlace(at, moveTo(indices, neighbour)));
  return at.bor(at.cmp(CmpIPredicate::eq, index, edge), differs);
}

Tensor SortedUpdates::run(
    Tensor into, bool last,
    function_ref<SmallVector<Value>(ScalarBuilder &, ArrayRef<Value>)> placesOf,
    function_ref<Value(ScalarBuilder &, ArrayRef<Value>, Value)> body) const {
  into.value =
      b.parallelLoops(
           shape, into.value,
           [&](ScalarBuilder &at, ArrayRef<Value> indices, ValueRange carried) {
             auto branch = scf::IfOp::create(
                 at, isEnd(at, indices, last),
                 [&](OpBuilder &builder, Location loc) {
                   ScalarBuilder in(loc, builder);
                   SmallVector<Value> places = placesOf(in, indices);
                   Tensor current = into;
                   current.value = carried[0];
                   Value old = loadElement(in, current, places);
                   Value value = body(in, indices, old);
                   scf::YieldOp::create(in,
                                        storeElement(in, value, carried[0],
                                                     into.elementType, places));
                 },
                 [&](OpBuilder &builder, Location loc) {
                   scf::YieldOp::create(builder, loc, carried[0]);
                 });
             return SmallVector<Value>{branch.getResult(0)};
           })
          .front();
  return into;
}

/// Whether the block of updates that starts at `indices` is of one run.
Value SortedUpdates::isWholeBlock(ScalarBuilder &at,
                                  ArrayRef<Value> indices) const {
  Value last =
      at.add(indices[dim], at.op<arith::ConstantIndexOp>(blockSize - 1));
  return at.cmp(CmpIPredicate::eq, getPlace(at, indices),
                getPlace(at, moveTo(indices, last)));
}

SmallVector<Value> SortedUpdates::foldBlock(ScalarBuilder &at,
                                            ArrayRef<Value> start,
                                            const Fold &fold) const {
  SmallVector<Value> inits;
  for (auto [value, type] : llvm::zip_equal(fold.neutral, fold.types))
    inits.push_back(at.constant(value, type));
  return LinalgBuilder::loop(
      at, at.op<arith::ConstantIndexOp>(blockSize), inits,
      [&](ScalarBuilder &in, Value index, ValueRange state) {
        return fold.step(in, moveTo(start, in.add(start[dim], index)), state);
      });
}

SmallVector<Tensor> SortedUpdates::foldBlocks(const Fold &fold) const {
  if (std::optional<int64_t> count = shape[dim].getConstant();
      count && *count < blockSize)
    return {};
  SmallVector<Expr> blockShape(shape);
  blockShape[dim] = shape[dim].floorDiv(blockSize);
  SmallVector<Tensor> blocks;
  SmallVector<Value> inits;
  for (Type type : fold.types) {
    blocks.push_back(b.empty(blockShape, type));
    inits.push_back(blocks.back().value);
  }
  SmallVector<Value> results = b.parallelLoops(
      blockShape, inits,
      [&](ScalarBuilder &at, ArrayRef<Value> indices, ValueRange carried) {
        Value size = at.op<arith::ConstantIndexOp>(blockSize);
        SmallVector<Value> start = moveTo(indices, at.mul(indices[dim], size));
        auto branch = scf::IfOp::create(
            at, isWholeBlock(at, start),
            [&](OpBuilder &builder, Location loc) {
              ScalarBuilder in(loc, builder);
              SmallVector<Value> stored;
              for (auto [value, into, type] : llvm::zip_equal(
                       foldBlock(in, start, fold), carried, fold.types))
                stored.push_back(storeElement(in, value, into, type, indices));
              scf::YieldOp::create(in, stored);
            },
            [&](OpBuilder &builder, Location loc) {
              scf::YieldOp::create(builder, loc, carried);
            });
        return SmallVector<Value>(branch.getResults());
      });
  for (auto [block, result] : llvm::zip_equal(blocks, results))
    block.value = result;
  return blocks;
}

/// Whether a block starts at `indices` that is all of the run there.
Value SortedUpdates::startsBlock(ScalarBuilder &at,
                                 ArrayRef<Value> indices) const {
  Value size = at.op<arith::ConstantIndexOp>(blockSize);
  Value isStart =
      at.cmp(CmpIPredicate::eq, at.op<arith::RemUIOp>(indices[dim], size),
             at.op<arith::ConstantIndexOp>(0));
  Value fits = at.cmp(CmpIPredicate::sle, at.add(indices[dim], size),
                      b.index(at, shape[dim]));
  auto branch = scf::IfOp::create(
      at, at.band(isStart, fits),
      [&](OpBuilder &builder, Location loc) {
        ScalarBuilder in(loc, builder);
        scf::YieldOp::create(in, isWholeBlock(in, indices));
      },
      [&](OpBuilder &builder, Location loc) {
        ScalarBuilder in(loc, builder);
        scf::YieldOp::create(in, in.integer(in.getI1Type(), 0));
      });
  return branch.getResult(0);
}

/// The next state and index, behind an update or a block of them.
SmallVector<Value> SortedUpdates::stepOrMerge(ScalarBuilder &at,
                                              ArrayRef<Value> indices,
                                              ValueRange state,
                                              const Fold &fold,
                                              ArrayRef<Tensor> blocks) const {
  auto stepOver = [&](ScalarBuilder &in) {
    SmallVector<Value> next = fold.step(in, indices, state);
    next.push_back(in.add(indices[dim], in.op<arith::ConstantIndexOp>(1)));
    return next;
  };
  if (blocks.empty())
    return stepOver(at);
  auto branch = scf::IfOp::create(
      at, startsBlock(at, indices),
      [&](OpBuilder &builder, Location loc) {
        ScalarBuilder in(loc, builder);
        Value size = in.op<arith::ConstantIndexOp>(blockSize);
        Value number = in.op<arith::DivUIOp>(indices[dim], size);
        SmallVector<Value> block =
            llvm::map_to_vector(blocks, [&](const Tensor &tensor) {
              return loadElement(in, tensor, moveTo(indices, number));
            });
        SmallVector<Value> next = fold.merge(in, state, block);
        next.push_back(in.add(indices[dim], size));
        scf::YieldOp::create(in, next);
      },
      [&](OpBuilder &builder, Location loc) {
        ScalarBuilder in(loc, builder);
        scf::YieldOp::create(in, stepOver(in));
      });
  return SmallVector<Value>(branch.getResults());
}

SmallVector<Value> SortedUpdates::foldRun(ScalarBuilder &at,
                                          ArrayRef<Value> indices,
                                          ValueRange inits, const Fold &fold,
                                          ArrayRef<Tensor> blocks) const {
  Value count = b.index(at, shape[dim]), place = getPlace(at, indices);
  SmallVector<Value> starts(inits);
  starts.push_back(indices[dim]);
  auto loop = scf::WhileOp::create(
      at, TypeRange(ValueRange(starts)), starts,
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        ScalarBuilder in(loc, builder);
        Value isInside = in.cmp(CmpIPredicate::slt, state.back(), count);
        Value last = in.sub(count, in.op<arith::ConstantIndexOp>(1));
        Value clamped = in.op<arith::MinSIOp>(state.back(), last);
        Value isSame = in.cmp(CmpIPredicate::eq,
                              getPlace(in, moveTo(indices, clamped)), place);
        scf::ConditionOp::create(in, in.band(isInside, isSame), state);
      },
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        ScalarBuilder in(loc, builder);
        scf::YieldOp::create(in, stepOrMerge(in, moveTo(indices, state.back()),
                                             state.drop_back(), fold, blocks));
      });
  return llvm::to_vector_of<Value>(loop.getResults().drop_back());
}
