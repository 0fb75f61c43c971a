//===- View.cpp - Views and data movement ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

namespace {

/// Copies what the indexing map of the op's result reads: a transpose or a
/// broadcast. Users that read through the view leave this copy dead.
template <typename GraphOp>
struct MappedViewConversion : GraphPattern<GraphOp> {
  using GraphPattern<GraphOp>::GraphPattern;

  LogicalResult lower(GraphOp op, LinalgBuilder &b) const override {
    Tensor copy = b.pointwise(
        getShape(op), b.read(op), getElementType(op),
        [](ScalarBuilder &, ArrayRef<Value> args) { return args[0]; });
    b.rewriter.replaceOp(op, copy.value);
    return success();
  }
};

struct ReshapeConversion : GraphPattern<graph::ReshapeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ReshapeOp op, LinalgBuilder &b) const override {
    b.rewriter.replaceOp(
        op, b.reshape(b.tensor(op.getInput()), getShape(op)).value);
    return success();
  }
};

/// Values have no layout.
struct ContiguousConversion : GraphPattern<graph::ContiguousOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ContiguousOp op, LinalgBuilder &b) const override {
    b.rewriter.replaceOp(op, b.tensor(op.getInput()).value);
    return success();
  }
};

/// Offsets and steps of a slice along one dimension.
struct SliceRange {
  SliceRange(LinalgBuilder &b, int64_t rank, int64_t dim, Expr start, Expr step)
      : offsets(rank, b.expr(0)), steps(rank, b.expr(1)) {
    offsets[dim] = start;
    steps[dim] = step;
  }
  SmallVector<Expr> offsets, steps;
};

struct SliceConversion : GraphPattern<graph::SliceOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::SliceOp op, LinalgBuilder &b) const override {
    SmallVector<Expr> shape = getShape(op);
    SliceRange range(b, shape.size(), op.getDim(), op.getStart(), op.getStep());
    b.rewriter.replaceOp(
        op, b.slice(b.tensor(op.getInput()), range.offsets, shape, range.steps)
                .value);
    return success();
  }
};

struct SliceScatterConversion : GraphPattern<graph::SliceScatterOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::SliceScatterOp op,
                      LinalgBuilder &b) const override {
    Tensor into = b.tensor(op.getInput());
    int64_t dim = op.getDim();
    Expr start = op.getStart(), step = op.getStep();
    SmallVector<Expr> sliced = into.shape;
    sliced[dim] = (op.getEnd() - start).ceilDiv(step);
    Tensor source = b.tensor(op.getSource());
    if (source.shape != sliced)
      source = b.pointwise(
          sliced, b.read(op.getSource(), sliced), source.elementType,
          [](ScalarBuilder &, ArrayRef<Value> args) { return args[0]; });
    SliceRange range(b, sliced.size(), dim, start, step);
    b.rewriter.replaceOp(
        op, b.insert(source, into, range.offsets, range.steps).value);
    return success();
  }
};

struct CatConversion : GraphPattern<graph::CatOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::CatOp op, LinalgBuilder &b) const override {
    SmallVector<Expr> shape = getShape(op);
    Tensor result = b.empty(shape, getElementType(op));
    int64_t dim = op.getDim();
    Expr start = b.expr(0);
    for (Value input : op.getInputs()) {
      Tensor part = b.tensor(input);
      SliceRange range(b, shape.size(), dim, start, b.expr(1));
      result = b.insert(part, result, range.offsets, range.steps);
      start = start + part.shape[dim];
    }
    b.rewriter.replaceOp(op, result.value);
    return success();
  }
};

/// Crops first, then pads.
struct PadConversion : GraphPattern<graph::PadOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::PadOp op, LinalgBuilder &b) const override {
    Tensor input = b.tensor(op.getInput());
    Expr zero = b.expr(0), one = b.expr(1);
    SmallVector<Expr> offsets, sizes, low, high;
    for (auto [size, before, after] :
         llvm::zip_equal(input.shape, op.getLow(), op.getHigh())) {
      Expr cropBefore = (-before).max(zero), cropAfter = (-after).max(zero);
      offsets.push_back(cropBefore);
      sizes.push_back(size - cropBefore - cropAfter);
      low.push_back(before.max(zero));
      high.push_back(after.max(zero));
    }
    SmallVector<Expr> steps(sizes.size(), one);
    Attribute value = op.getValue();
    if (auto type = dyn_cast<ComplexType>(input.elementType))
      if (auto part = dyn_cast<FloatAttr>(value))
        value =
            b.getArrayAttr({part, FloatAttr::get(type.getElementType(), 0.0)});
    Tensor padded =
        b.pad(b.slice(input, offsets, sizes, steps), low, high, value);
    b.rewriter.replaceOp(op, b.retype(padded, getShape(op)).value);
    return success();
  }
};

/// Reads `source` at indices computed from those of the result.
using IndexFunction = llvm::function_ref<SmallVector<Value>(
    ScalarBuilder &, ArrayRef<Value> indices)>;
Tensor buildGather(LinalgBuilder &b, const Tensor &source, ArrayRef<Expr> shape,
                   IndexFunction function) {
  return b.pointwise(
      shape, {}, source.elementType, [&](ScalarBuilder &at, ArrayRef<Value>) {
        SmallVector<Value> indices;
        for (int64_t dim = 0, rank = shape.size(); dim < rank; ++dim)
          indices.push_back(at.op<linalg::IndexOp>(dim));
        return loadElement(at, source, function(at, indices));
      });
}

struct FlipConversion : GraphPattern<graph::FlipOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::FlipOp op, LinalgBuilder &b) const override {
    Tensor input = b.tensor(op.getInput());
    Tensor result = buildGather(
        b, input, input.shape, [&](ScalarBuilder &at, ArrayRef<Value> indices) {
          SmallVector<Value> mirrored(indices);
          for (int64_t dim : op.getDims())
            mirrored[dim] =
                at.sub(b.index(at, input.shape[dim] - 1), indices[dim]);
          return mirrored;
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }
};

/// The place in memory is taken apart with the input's strides, greatest first.
struct AsStridedConversion : GraphPattern<graph::AsStridedOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::AsStridedOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    SmallVector<int64_t> order =
        llvm::to_vector(llvm::seq<int64_t>(type.getRank()));
    if (!type.isContiguous()) {
      auto strides = type.getStaticStrides();
      if (!strides)
        return b.refuse(op, "the order of symbolic strides is not known");
      llvm::stable_sort(order, [&](int64_t lhs, int64_t rhs) {
        return (*strides)[lhs] > (*strides)[rhs];
      });
    }
    Tensor input = b.tensor(op.getInput());
    Tensor result = buildGather(
        b, input, getShape(op),
        [&](ScalarBuilder &at, ArrayRef<Value> indices) {
          Value place = b.index(at, op.getOffset());
          for (auto [index, stride] : llvm::zip_equal(indices, op.getStrides()))
            place = at.add(place, at.mul(index, b.index(at, stride)));
          return takeApart(at, b, type, order, place);
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }

private:
  static SmallVector<Value> takeApart(ScalarBuilder &at, LinalgBuilder &b,
                                      graph::StridedTensorType type,
                                      ArrayRef<int64_t> order, Value place) {
    SmallVector<Value> indices(type.getRank());
    for (int64_t dim : order) {
      // A repeated or a single element has one index, whatever its stride.
      if (type.getDim(dim) == 1 || type.getStride(dim) == 0) {
        indices[dim] = b.index(at, b.expr(0));
        continue;
      }
      Value stride = b.index(at, type.getStride(dim));
      indices[dim] = at.op<arith::DivUIOp>(place, stride);
      place = at.op<arith::RemUIOp>(place, stride);
    }
    return indices;
  }
};

/// The square that the diagonal crosses, read with one index for both sides.
struct DiagonalConversion : GraphPattern<graph::DiagonalOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::DiagonalOp op, LinalgBuilder &b) const override {
    Tensor input = b.tensor(op.getInput());
    SmallVector<Expr> shape = getShape(op);
    int64_t dim1 = op.getDim1(), dim2 = op.getDim2(), offset = op.getOffset();
    int64_t rank = input.shape.size(), last = shape.size() - 1;
    SmallVector<Expr> offsets(rank, b.expr(0)), steps(rank, b.expr(1));
    offsets[dim1] = b.expr(std::max<int64_t>(-offset, 0));
    offsets[dim2] = b.expr(std::max<int64_t>(offset, 0));
    SmallVector<Expr> sizes = input.shape;
    sizes[dim1] = sizes[dim2] = shape[last];
    // An empty diagonal may start outside; then nothing is read.
    if (shape[last] == 0)
      offsets.assign(rank, b.expr(0));
    Tensor square = b.slice(input, offsets, sizes, steps);
    SmallVector<int64_t> dims;
    for (int64_t dim = 0, next = 0; dim < rank; ++dim)
      dims.push_back(dim == dim1 || dim == dim2 ? last : next++);
    Operand operand =
        LinalgBuilder::through(b.read(square), b.select(shape.size(), dims));
    Tensor result = b.pointwise(
        shape, operand, input.elementType,
        [](ScalarBuilder &, ArrayRef<Value> args) { return args[0]; });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }
};

struct BitcastConversion : GraphPattern<graph::BitcastOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::BitcastOp op, LinalgBuilder &b) const override {
    SmallVector<Expr> shape = getShape(op);
    Type from = getElementType(op.getInput()), to = getElementType(op);
    Tensor result;
    if (auto complexType = dyn_cast<ComplexType>(from);
        complexType && from != to)
      result = buildParts(b, op.getInput(), shape, complexType);
    else if (isa<ComplexType>(to) && from != to)
      result = buildFromParts(b, op.getInput(), shape, to);
    else
      result = buildSameWidth(b, op.getInput(), shape, from, to);
    b.rewriter.replaceOp(op, result.value);
    return success();
  }

private:
  static Tensor buildParts(LinalgBuilder &b, Value input, ArrayRef<Expr> shape,
                           ComplexType type) {
    int64_t rank = shape.size();
    Operand operand = LinalgBuilder::through(
        b.read(input), b.select(rank, getOtherDims(rank, rank - 1)));
    Type part = type.getElementType();
    return b.pointwise(
        shape, operand, part, [&](ScalarBuilder &at, ArrayRef<Value> args) {
          Value isReal = at.equal(at.op<linalg::IndexOp>(rank - 1),
                                  at.op<arith::ConstantIndexOp>(0));
          return at.select(isReal, at.op<complex::ReOp>(part, args[0]),
                           at.op<complex::ImOp>(part, args[0]));
        });
  }

  static Tensor buildFromParts(LinalgBuilder &b, Value input,
                               ArrayRef<Expr> shape, Type type) {
    int64_t rank = shape.size();
    SmallVector<Operand> parts;
    for (int64_t i = 0; i < 2; ++i) {
      Operand part = b.read(input);
      SmallVector<AffineExpr> exprs;
      for (int64_t dim = 0; dim < rank; ++dim)
        exprs.push_back(b.getAffineDimExpr(dim));
      exprs.push_back(b.getAffineConstantExpr(i));
      parts.push_back(LinalgBuilder::through(
          part, AffineMap::get(rank, 0, exprs, b.getContext())));
    }
    return b.pointwise(
        shape, parts, type, [&](ScalarBuilder &at, ArrayRef<Value> args) {
          return at.op<complex::CreateOp>(type, args[0], args[1]);
        });
  }

  static Tensor buildSameWidth(LinalgBuilder &b, Value input,
                               ArrayRef<Expr> shape, Type from, Type to) {
    return b.pointwise(shape, b.read(input), to,
                       [&](ScalarBuilder &at, ArrayRef<Value> args) {
                         Type storedType = getStoredType(to);
                         Value stored = at.store(args[0], from);
                         if (stored.getType() != storedType)
                           stored = at.op<arith::BitcastOp>(storedType, stored);
                         return at.load(stored, to);
                       });
  }
};

} // namespace

void graphc::populateViewPatterns(const TypeConverter &converter,
                                  SymbolValues &symbols,
                                  RewritePatternSet &patterns) {
  patterns.add<MappedViewConversion<graph::PermuteOp>,
               MappedViewConversion<graph::ExpandOp>, ReshapeConversion,
               ContiguousConversion, SliceConversion, SliceScatterConversion,
               CatConversion, PadConversion, FlipConversion,
               AsStridedConversion, DiagonalConversion, BitcastConversion>(
      converter, patterns.getContext(), symbols);
}
