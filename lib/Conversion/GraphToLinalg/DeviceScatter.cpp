//===- DeviceScatter.cpp - Scattering that threads share ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// What goes to the same place must be combined in order, unless all orders give
// the same: then threads combine updates as they come. Else the updates are
// sorted by their places, stably: those of one place are then a run, which is
// one thread's, and runs are independent. Many updates of which the last one
// stays are not sorted: each place looks for its own.
//
//===----------------------------------------------------------------------===//

#include "IndexLoops.h"
#include "Patterns.h"
#include "ScatterSteps.h"
#include "SortedRows.h"
#include "SortedUpdates.h"

#include "dialects/Graph/IR/IndexSigns.h"
#include "graphc/Import/Signature.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace graphc;

using arith::CmpIPredicate;
using graph::Expr;
using graph::ScatterReduce;

/// Places below `size` are sorted as what holds them, narrow if possible.
static Type getPlaceType(LinalgBuilder &b, Expr size) {
  std::optional<int64_t> known = size.getConstant();
  if (known && *known <= INT16_MAX)
    return b.getIntegerType(16);
  return known && *known <= INT32_MAX ? b.getI32Type() : b.getI64Type();
}

/// Blocks are added up in the type in which elements are computed.
static Type getFoldType(Type elementType) {
  return elementType.isInteger(1) ? elementType : getComputeType(elementType);
}

/// The coordinates of element number `linear` of a tensor of `shape`.
static SmallVector<Value> delinearize(ScalarBuilder &at, LinalgBuilder &b,
                                      Value linear, ArrayRef<Expr> shape) {
  SmallVector<Value> coordinates(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    coordinates[i] = linear;
    if (i == 0)
      break;
    Value size = b.index(at, shape[i]);
    coordinates[i] = at.op<arith::RemUIOp>(linear, size);
    linear = at.op<arith::DivUIOp>(linear, size);
  }
  return coordinates;
}

namespace {

struct DeviceIndexPutConversion : GraphPattern<graph::IndexPutOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::IndexPutOp op, LinalgBuilder &b) const override {
    Tensor input = b.tensor(op.getInput());
    if (op.getAccumulate() &&
        isScatteredInAnyOrder(ScatterReduce::Add, input.elementType))
      return lowerIndexPut(op, b, /*anyOrder=*/true);
    ArrayRef<int64_t> dims = op.getDims();
    IndexLoops loops(b, op.getInput(), op.getIndices(), dims,
                     graph::allowsNegativeIndices(op));
    SmallVector<Expr> indexed = llvm::map_to_vector(
        dims, [&](int64_t dim) { return input.shape[dim]; });
    int64_t rank = input.shape.size();
    SmallVector<int64_t> others = getOtherDims(rank, dims);

    // Neighbouring threads have neighbours of the last dimension.
    bool isLast = dims.back() == rank - 1;
    int64_t along = isLast ? others.size() : 0;
    Tensor linear = linearize(b, op.getIndices(), loops, indexed);
    Expr count = linear.shape[0];
    if (!op.getAccumulate() &&
        isDense(count, graph::product(b.getContext(), indexed)) &&
        !isMutation(op)) {
      b.rewriter.replaceOp(op, lowerDense(op, b, loops, indexed, linear).value);
      return success();
    }
    SortedRows sorted = SortedRows::build(b, b.read(linear), {count}, 0, count,
                                          /*descending=*/false);
    SmallVector<Expr> shape = llvm::map_to_vector(
        others, [&](int64_t dim) { return input.shape[dim]; });
    shape.insert(shape.begin() + along, count);
    auto readSorted = [&](const Tensor &tensor) {
      return LinalgBuilder::through(b.read(tensor),
                                    b.select(shape.size(), {along}));
    };
    SortedUpdates updates{b, shape, along, readSorted(sorted.values),
                          readSorted(sorted.indices)};
    Operand values = b.read(op.getValues(), loops.shape);

    auto placesOf = [&](ScalarBuilder &at, ArrayRef<Value> indices) {
      Value place = at.op<arith::IndexCastOp>(at.getIndexType(),
                                              updates.getPlace(at, indices));
      SmallVector<Value> inner = delinearize(at, b, place, indexed);
      SmallVector<Value> places(rank);
      for (auto [dim, coordinate] : llvm::zip_equal(dims, inner))
        places[dim] = coordinate;
      for (auto [i, dim] : llvm::enumerate(others))
        places[dim] = indices[static_cast<int64_t>(i) < along ? i : i + 1];
      return places;
    };
    auto loadValue = [&](ScalarBuilder &at, ArrayRef<Value> indices) {
      SmallVector<Value> from(indices);
      from.erase(from.begin() + along);
      SmallVector<Value> inner =
          delinearize(at, b, updates.getNumber(at, indices), loops.block);
      from.insert(from.begin() + loops.blockStart, inner.begin(), inner.end());
      return loadElement(at, values, from);
    };
    bool accumulate = op.getAccumulate();
    Type type = input.elementType;
    auto step = [&](ScalarBuilder &at, ArrayRef<Value> here, ValueRange state) {
      return SmallVector<Value>{buildScatterStep(
          at, ScatterReduce::Add, state[0], loadValue(at, here), type)};
    };
    auto merge = [&](ScalarBuilder &at, ValueRange state, ValueRange block) {
      return SmallVector<Value>{
          buildScatterStep(at, ScatterReduce::Add, state[0], block[0], type)};
    };
    SortedUpdates::Fold sum{{getFoldType(type)},
                            {getScatterNeutral(ScatterReduce::Add, type)},
                            step,
                            merge};
    SmallVector<Tensor> blocks;
    if (accumulate)
      blocks = updates.foldBlocks(sum);
    Tensor result = updates.run(
        input, /*last=*/!accumulate, placesOf,
        [&](ScalarBuilder &at, ArrayRef<Value> indices, Value old) {
          if (!accumulate)
            return loadValue(at, indices);
          return updates.foldRun(at, indices, old, sum, blocks).front();
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }

private:
  /// Whether an argument becomes the result: then updates go into its memory,
  /// and all else stays.
  static bool isMutation(graph::IndexPutOp op) {
    auto module = op->getParentOfType<ModuleOp>();
    if (!module->hasAttr(Signature::getAttrName()))
      return false;
    FailureOr<Signature> signature = Signature::get(module);
    return succeeded(signature) &&
           llvm::any_of(op->getUses(), [&](OpOperand &use) {
             return isa<func::ReturnOp>(use.getOwner()) &&
                    llvm::any_of(signature->mutations,
                                 [&](const Signature::Mutation &mutation) {
                                   return mutation.result ==
                                          use.getOperandNumber();
                                 });
           });
  }

  /// Whether so many updates are worth a step for each of the places.
  static bool isDense(Expr count, Expr places) {
    std::optional<int64_t> number = count.getConstant(),
                           most = places.getConstant();
    return number && most && *number > 0 && *number <= INT32_MAX &&
           *most / 4 <= *number;
  }

  /// Finds the last update of each place, whose numbers are in `linear`; then
  /// places with one take its value, and the others what they have.
  static Tensor lowerDense(graph::IndexPutOp op, LinalgBuilder &b,
                           const IndexLoops &loops, ArrayRef<Expr> indexed,
                           const Tensor &linear) {
    Tensor input = b.tensor(op.getInput());
    int64_t rank = input.shape.size();
    Type i32 = b.getI32Type();
    Tensor last = b.filled({graph::product(b.getContext(), indexed)}, i32,
                           b.getI32IntegerAttr(-1));
    last.value =
        b.atomicLoops(
             linear.shape, last.value,
             [&](ScalarBuilder &at, ArrayRef<Value> indices,
                 ValueRange carried) {
               Value place = at.op<arith::IndexCastOp>(
                   at.getIndexType(), loadElement(at, linear, indices));
               Tensor current = last;
               current.value = carried[0];
               Value later = buildScatterStep(
                   at, ScatterReduce::Amax, loadElement(at, current, {place}),
                   at.op<arith::IndexCastOp>(i32, indices[0]), i32);
               return SmallVector<Value>{
                   storeElement(at, later, carried[0], i32, {place})};
             })
            .front();
    Operand values = b.read(op.getValues(), loops.shape);
    return b.pointwise(
        input.shape, b.read(op.getInput()), input.elementType,
        [&](ScalarBuilder &at, ArrayRef<Value> args) {
          SmallVector<Value> here = getLoopIndices(at, rank), from;
          Value place;
          for (auto [dim, size] : llvm::zip_equal(op.getDims(), indexed))
            place = place ? at.add(at.mul(place, b.index(at, size)), here[dim])
                          : here[dim];
          Value number = loadElement(at, last, {place});
          Value zero = at.integer(i32, 0);
          Value isUpdated = at.cmp(CmpIPredicate::sge, number, zero);
          number = at.op<arith::IndexCastOp>(
              at.getIndexType(), at.op<arith::MaxSIOp>(number, zero));
          for (int64_t dim : getOtherDims(rank, op.getDims()))
            from.push_back(here[dim]);
          SmallVector<Value> inner = delinearize(at, b, number, loops.block);
          from.insert(from.begin() + loops.blockStart, inner.begin(),
                      inner.end());
          return at.select(isUpdated, loadElement(at, values, from), args[0]);
        });
  }

  /// One number for each place that the indices name, a vector.
  static Tensor linearize(LinalgBuilder &b, ValueRange indices,
                          const IndexLoops &loops, ArrayRef<Expr> sizes) {
    ArrayRef<Expr> block = loops.block;
    Expr size = graph::product(b.getContext(), sizes);
    Type type = getPlaceType(b, size);
    SmallVector<Operand> operands = llvm::map_to_vector(
        indices, [&](Value index) { return b.read(index, block); });
    Tensor places = b.pointwise(
        block, operands, type, [&](ScalarBuilder &at, ArrayRef<Value> args) {
          Value linear;
          for (auto [index, size] : llvm::zip_equal(args, sizes)) {
            Value place = buildPlace(at, b, index, size, loops.wraps);
            linear = linear ? at.add(at.mul(linear, b.index(at, size)), place)
                            : place;
          }
          return at.op<arith::IndexCastOp>(type, linear);
        });
    return b.reshape(places, {graph::product(b.getContext(), block)});
  }
};

struct DeviceScatterConversion : GraphPattern<graph::ScatterOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ScatterOp op, LinalgBuilder &b) const override {
    Tensor input = b.tensor(op.getInput());
    Type type = input.elementType;
    if (op.getIncludeSelf() && isScatteredInAnyOrder(op.getReduce(), type))
      return lowerScatter(op, b, /*anyOrder=*/true);
    SmallVector<Expr> inputShape = input.shape, shape = getShape(op.getIndex());
    int64_t dim = op.getDim();
    Expr size = inputShape.empty() ? b.expr(1) : inputShape[dim];
    checkIndex(b, op.getIndex(), shape, size, /*wraps=*/false);
    Tensor places = clamp(b, op.getIndex(), size);
    // Tensors without dimensions count as such of one element.
    if (inputShape.empty())
      input = b.reshape(input, {b.expr(1)});
    if (shape.empty()) {
      shape = {b.expr(1)};
      places = b.reshape(places, shape);
    }
    SortedRows sorted = SortedRows::build(b, b.read(places), shape, dim,
                                          shape[dim], /*descending=*/false);
    SortedUpdates updates{b, shape, dim, b.read(sorted.values),
                          b.read(sorted.indices)};
    Operand source = b.read(op.getSource());

    auto placesOf = [&](ScalarBuilder &at, ArrayRef<Value> indices) {
      return updates.moveTo(
          indices, at.op<arith::IndexCastOp>(at.getIndexType(),
                                             updates.getPlace(at, indices)));
    };
    auto loadSource = [&](ScalarBuilder &at, ArrayRef<Value> indices) {
      return loadElement(
          at, source, updates.moveTo(indices, updates.getNumber(at, indices)));
    };
    ScatterReduce reduce = op.getReduce();
    Type i64 = b.getI64Type();
    auto step = [&](ScalarBuilder &at, ArrayRef<Value> here, ValueRange state) {
      return SmallVector<Value>{
          buildScatterStep(at, reduce, state[0], loadSource(at, here), type),
          at.add(state[1], at.integer(i64, 1))};
    };
    auto merge = [&](ScalarBuilder &at, ValueRange state, ValueRange block) {
      return SmallVector<Value>{
          buildScatterStep(at, reduce, state[0], block[0], type),
          at.add(state[1], block[1])};
    };
    SortedUpdates::Fold combine{
        {getFoldType(type), i64},
        {getScatterNeutral(reduce, type), b.getI64IntegerAttr(0)},
        step,
        merge};
    SmallVector<Tensor> blocks;
    if (reduce != ScatterReduce::None)
      blocks = updates.foldBlocks(combine);
    Tensor result = updates.run(
        input, /*last=*/reduce == ScatterReduce::None, placesOf,
        [&](ScalarBuilder &at, ArrayRef<Value> indices, Value old) {
          if (reduce == ScatterReduce::None)
            return loadSource(at, indices);
          bool withSelf = op.getIncludeSelf();
          if (!withSelf)
            old = at.constant(getScatterNeutral(reduce, type), type);
          SmallVector<Value> state = updates.foldRun(
              at, indices, {old, at.integer(i64, withSelf)}, combine, blocks);
          return reduce == ScatterReduce::Mean
                     ? buildScatterMean(at, state[0], state[1], type)
                     : state[0];
        });
    b.rewriter.replaceOp(op, b.reshape(result, inputShape).value);
    return success();
  }

private:
  static Tensor clamp(LinalgBuilder &b, Value index, Expr size) {
    Type type = getPlaceType(b, size);
    return b.pointwise(getShape(index), b.read(index), type,
                       [&](ScalarBuilder &at, ArrayRef<Value> args) {
                         return at.op<arith::IndexCastOp>(
                             type,
                             buildPlace(at, b, args[0], size, /*wraps=*/false));
                       });
  }
};

} // namespace

void graphc::populateDeviceScatterPatterns(const TypeConverter &converter,
                                           SymbolValues &symbols,
                                           RewritePatternSet &patterns) {
  patterns.add<DeviceIndexPutConversion, DeviceScatterConversion>(
      converter, patterns.getContext(), symbols);
}
