//===- Pooling.cpp - Pooling over windows ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

namespace {

/// Windows of fixed size. Loops: those of the result, then the window's.
struct Windows {
  Windows(LinalgBuilder &b, Value input, Value result, ArrayRef<int64_t> kernel,
          ArrayRef<int64_t> stride, ArrayRef<int64_t> padding,
          ArrayRef<int64_t> dilation, bool channelsLast);

  /// The input with `value` around it, as far as the windows reach.
  Operand pad(Attribute value) const;
  /// Where in the unpadded input a loop stands, as an i64; may be outside.
  Value getPlace(ScalarBuilder &at, int64_t spatial) const;

  LinalgBuilder &b;
  Value graphInput;
  SmallVector<Expr> input, domain;
  SmallVector<int64_t> reduced, kernel, stride, padding, dilation;
  int64_t numResultDims, firstSpatial;
};

Windows::Windows(LinalgBuilder &b, Value input, Value result,
                 ArrayRef<int64_t> kernel, ArrayRef<int64_t> stride,
                 ArrayRef<int64_t> padding, ArrayRef<int64_t> dilation,
                 bool channelsLast)
    : b(b), graphInput(input), input(getShape(input)), domain(getShape(result)),
      kernel(kernel), stride(stride), padding(padding), dilation(dilation) {
  numResultDims = domain.size();
  firstSpatial = numResultDims - kernel.size() - (channelsLast ? 1 : 0);
  for (auto [i, size] : llvm::enumerate(this->kernel)) {
    // With ceil_mode, a window may be longer than all that it could see.
    if (std::optional<int64_t> length =
            this->input[firstSpatial + i].getConstant())
      size = std::clamp<int64_t>(
          llvm::divideCeil(*length + 2 * padding[i], dilation[i]), 1, size);
    reduced.push_back(domain.size());
    domain.push_back(b.expr(size));
  }
}

Operand Windows::pad(Attribute value) const {
  Expr zero = b.expr(0);
  SmallVector<Expr> low(numResultDims, zero), high(numResultDims, zero);
  SmallVector<AffineExpr> exprs;
  for (int64_t dim = 0; dim < numResultDims; ++dim) {
    AffineExpr place = b.getAffineDimExpr(dim);
    int64_t i = dim - firstSpatial;
    if (i >= 0 && i < int64_t(kernel.size())) {
      low[dim] = b.expr(padding[i]);
      // With ceil_mode the last window may end behind the padding.
      Expr reach = (domain[dim] - 1) * stride[i] +
                   ((kernel[i] - 1) * dilation[i] + 1 - padding[i]);
      high[dim] = (reach - input[dim]).max(zero);
      place = place * stride[i] +
              b.getAffineDimExpr(numResultDims + i) * dilation[i];
    }
    exprs.push_back(place);
  }
  Operand operand = b.read(b.pad(b.tensor(graphInput), low, high, value));
  operand.map = AffineMap::get(domain.size(), 0, exprs, b.getContext());
  return operand;
}

Value Windows::getPlace(ScalarBuilder &at, int64_t i) const {
  Value start = at.op<linalg::IndexOp>(firstSpatial + i);
  Value step = at.op<linalg::IndexOp>(numResultDims + i);
  Value place =
      at.add(at.mul(start, at.op<arith::ConstantIndexOp>(stride[i])),
             at.mul(step, at.op<arith::ConstantIndexOp>(dilation[i])));
  place = at.sub(place, at.op<arith::ConstantIndexOp>(padding[i]));
  return at.op<arith::IndexCastOp>(at.getI64Type(), place);
}

/// Whether a place is in [0, size).
Value isInside(ScalarBuilder &at, LinalgBuilder &b, Value place, Expr size) {
  return at.cmp(arith::CmpIPredicate::ult, place,
                b.number(at, size, place.getType()));
}

/// One step of a maximum with its place: torch takes the first maximum, but the
/// last NaN.
SmallVector<Value> buildMaxStep(ScalarBuilder &at, Value x, Value place,
                                Value isValid, Value best, Value bestPlace,
                                Type elementType) {
  // A place not yet set is -1; -inf elements set it, too.
  Value isFirst = at.cmp(arith::CmpIPredicate::slt, bestPlace,
                         at.integer(bestPlace.getType(), 0));
  Value take =
      at.bor(isFirst, at.bor(at.less(best, x, elementType), at.isNan(x)));
  take = at.band(isValid, take);
  return {at.select(take, x, best), at.select(take, place, bestPlace)};
}

struct MaxPoolConversion : GraphPattern<graph::MaxPoolOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::MaxPoolOp op, LinalgBuilder &b) const override {
    Windows windows(b, op.getInput(), op.getValues(), op.getKernel(),
                    op.getStride(), op.getPadding(), op.getDilation(),
                    op.getChannelsLast());
    Type type = getElementType(op.getInput());
    Operand x = windows.pad(getLowest(type));
    if (op.getIndices().use_empty()) {
      Tensor values =
          b.reduce(windows.domain, windows.reduced, x, {type, getLowest(type)},
                   [&](ScalarBuilder &at, ArrayRef<Value> args) {
                     return at.maximum(args[1], args[0], type);
                   });
      Tensor unused = b.empty(values.shape, b.getI64Type());
      b.rewriter.replaceOp(op, {values.value, unused.value});
      return success();
    }
    SmallVector<Tensor> results = b.generic(
        windows.domain, windows.reduced, x,
        {{type, getLowest(type)}, {b.getI64Type(), b.getI64IntegerAttr(-1)}},
        [&](ScalarBuilder &at, ArrayRef<Value> args) {
          auto [place, isValid] = getPlace(at, b, windows);
          return buildMaxStep(at, args[0], place, isValid, args[1], args[2],
                              type);
        });
    b.rewriter.replaceOp(op, {results[0].value, results[1].value});
    return success();
  }

private:
  /// The flat place in the plane, and whether it is one.
  static std::pair<Value, Value> getPlace(ScalarBuilder &at, LinalgBuilder &b,
                                          const Windows &windows) {
    Value flat, isValid;
    for (int64_t i = 0, e = windows.kernel.size(); i < e; ++i) {
      Expr size = windows.input[windows.firstSpatial + i];
      Value place = windows.getPlace(at, i);
      Value inside = isInside(at, b, place, size);
      isValid = isValid ? at.band(isValid, inside) : inside;
      flat = flat ? at.add(at.mul(flat, b.number(at, size, at.getI64Type())),
                           place)
                  : place;
    }
    return {flat, isValid};
  }
};

/// sum / divisor, where the divisor is the number of elements of the window
/// inside the input, or inside the padded input.
struct AvgPoolConversion : GraphPattern<graph::AvgPoolOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::AvgPoolOp op, LinalgBuilder &b) const override {
    SmallVector<int64_t> dilation(op.getKernel().size(), 1);
    Windows windows(b, op.getInput(), op.getResult(), op.getKernel(),
                    op.getStride(), op.getPadding(), dilation,
                    op.getChannelsLast());
    Type type = getElementType(op.getInput());
    Type sumType = getAccumulatorType(type);
    Tensor sum = b.reduce(windows.domain, windows.reduced,
                          windows.pad(getNumber(type, 0)),
                          {sumType, getNumber(sumType, 0)},
                          [](ScalarBuilder &at, ArrayRef<Value> args) {
                            return at.add(args[1], args[0]);
                          });
    Tensor result = b.pointwise(
        sum.shape, b.read(sum), type,
        [&](ScalarBuilder &at, ArrayRef<Value> args) -> Value {
          Value count = getCount(at, b, op, windows);
          if (isa<FloatType>(sumType))
            return at.div(args[0], at.cast(count, at.getI64Type(), sumType));
          Value wide = at.cast(args[0], sumType, at.getI64Type());
          return at.cast(at.op<arith::DivSIOp>(wide, count), at.getI64Type(),
                         sumType);
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }

private:
  static Value getCount(ScalarBuilder &at, LinalgBuilder &b,
                        graph::AvgPoolOp op, const Windows &windows) {
    Type i64 = at.getI64Type();
    if (auto divisor = op.getDivisorOverride())
      return at.integer(i64, *divisor);
    Value count = at.integer(i64, 1);
    for (int64_t i = 0, e = windows.kernel.size(); i < e; ++i) {
      int64_t kernel = windows.kernel[i], padding = windows.padding[i];
      Expr size = windows.input[windows.firstSpatial + i];
      if (padding == 0 && !op.getCeilMode()) {
        count = at.mul(count, at.integer(i64, kernel));
        continue;
      }
      Value index = at.op<arith::IndexCastOp>(
          i64, at.op<linalg::IndexOp>(windows.firstSpatial + i));
      Value start = at.sub(at.mul(index, at.integer(i64, windows.stride[i])),
                           at.integer(i64, padding));
      // The window ends with the padding at the latest.
      Value end = at.op<arith::MinSIOp>(at.add(start, at.integer(i64, kernel)),
                                        b.number(at, size + padding, i64));
      if (!op.getCountIncludePad()) {
        start = at.op<arith::MaxSIOp>(start, at.integer(i64, 0));
        end = at.op<arith::MinSIOp>(end, b.number(at, size, i64));
      }
      count = at.mul(count, at.sub(end, start));
    }
    return at.op<arith::MaxSIOp>(count, at.integer(i64, 1));
  }
};

//===----------------------------------------------------------------------===//
// Adaptive windows
//===----------------------------------------------------------------------===//

/// Windows [floor(i*n/o), ceil((i+1)*n/o)), whose size varies. The window loops
/// run to the greatest size; what is behind a window's end does not count.
struct AdaptiveWindows {
  AdaptiveWindows(LinalgBuilder &b, Value input, ArrayRef<Expr> output,
                  bool channelsLast);

  /// Start and end of the window of the current output, as index values.
  std::pair<Value, Value> getRange(ScalarBuilder &at, int64_t i) const;
  /// The element of the current loops (clamped into the input), its flat place
  /// and whether it is in the window.
  struct Element {
    Value value, place, isValid;
  };
  Element getElement(ScalarBuilder &at) const;

  LinalgBuilder &b;
  Tensor input;
  SmallVector<Expr> output, domain;
  SmallVector<int64_t> reduced;
  int64_t numResultDims, firstSpatial;
};

AdaptiveWindows::AdaptiveWindows(LinalgBuilder &b, Value input,
                                 ArrayRef<Expr> output, bool channelsLast)
    : b(b), input(b.tensor(input)), output(output) {
  domain = this->input.shape;
  numResultDims = domain.size();
  firstSpatial = numResultDims - output.size() - (channelsLast ? 1 : 0);
  for (auto [i, size] : llvm::enumerate(output)) {
    Expr extent = domain[firstSpatial + i];
    domain[firstSpatial + i] = size;
    reduced.push_back(domain.size());
    // ceil(n/o), one more where windows do not start at whole places.
    bool divides = bool(extent.divideExactly(size));
    domain.push_back(extent.ceilDiv(size) + (divides ? 0 : 1));
  }
}

std::pair<Value, Value> AdaptiveWindows::getRange(ScalarBuilder &at,
                                                  int64_t i) const {
  Value index = at.op<linalg::IndexOp>(firstSpatial + i);
  Value size = b.index(at, input.shape[firstSpatial + i]);
  Value count = b.index(at, output[i]);
  Value one = at.op<arith::ConstantIndexOp>(1);
  Value start = at.op<arith::DivUIOp>(at.mul(index, size), count);
  Value end =
      at.op<arith::CeilDivUIOp>(at.mul(at.add(index, one), size), count);
  return {start, end};
}

AdaptiveWindows::Element AdaptiveWindows::getElement(ScalarBuilder &at) const {
  SmallVector<Value> indices;
  for (int64_t dim = 0; dim < firstSpatial; ++dim)
    indices.push_back(at.op<linalg::IndexOp>(dim));
  Element element;
  for (int64_t i = 0, e = output.size(); i < e; ++i) {
    auto [start, end] = getRange(at, i);
    Value index = at.add(start, at.op<linalg::IndexOp>(numResultDims + i));
    Value inside = at.cmp(arith::CmpIPredicate::slt, index, end);
    element.isValid =
        element.isValid ? at.band(element.isValid, inside) : inside;
    Value last = b.index(at, input.shape[firstSpatial + i] - 1);
    index = at.op<arith::MinSIOp>(index, last);
    indices.push_back(index);
    Value size = b.index(at, input.shape[firstSpatial + i]);
    element.place =
        element.place ? at.add(at.mul(element.place, size), index) : index;
  }
  for (int64_t dim = firstSpatial + output.size(); dim < numResultDims; ++dim)
    indices.push_back(at.op<linalg::IndexOp>(dim));
  element.value = loadElement(at, input, indices);
  element.place = at.op<arith::IndexCastOp>(at.getI64Type(), element.place);
  return element;
}

struct AdaptiveAvgPoolConversion : GraphPattern<graph::AdaptiveAvgPoolOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::AdaptiveAvgPoolOp op,
                      LinalgBuilder &b) const override {
    Type type = getElementType(op.getInput());
    Type sumType = getAccumulatorType(type);
    if (llvm::all_of(op.getOutput(), [](Expr size) { return size == 1; })) {
      b.rewriter.replaceOp(op, buildGlobal(op, b).value);
      return success();
    }
    AdaptiveWindows windows(b, op.getInput(), op.getOutput(),
                            op.getChannelsLast());
    Tensor sum = b.reduce(
        windows.domain, windows.reduced, {}, {sumType, getNumber(sumType, 0)},
        [&](ScalarBuilder &at, ArrayRef<Value> args) {
          auto element = windows.getElement(at);
          return at.add(args[0], at.select(element.isValid, element.value,
                                           at.real(sumType, 0)));
        });
    Tensor result = b.pointwise(
        sum.shape, b.read(sum), type,
        [&](ScalarBuilder &at, ArrayRef<Value> args) {
          Value count = at.integer(at.getI64Type(), 1);
          for (int64_t i = 0, e = windows.output.size(); i < e; ++i) {
            auto [start, end] = windows.getRange(at, i);
            count = at.mul(count, at.op<arith::IndexCastOp>(
                                      at.getI64Type(), at.sub(end, start)));
          }
          return at.div(args[0], at.cast(count, at.getI64Type(), sumType));
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }

private:
  /// One window over everything is a mean.
  static Tensor buildGlobal(graph::AdaptiveAvgPoolOp op, LinalgBuilder &b) {
    SmallVector<Expr> shape = getShape(op.getInput());
    int64_t end = shape.size() - (op.getChannelsLast() ? 1 : 0);
    int64_t begin = end - op.getOutput().size();
    Tensor mean =
        b.mean(shape, llvm::to_vector(llvm::seq<int64_t>(begin, end)),
               b.read(op.getInput()),
               [](ScalarBuilder &, ArrayRef<Value> args) { return args[0]; });
    return b.reshape(b.cast(mean, getElementType(op)), getShape(op));
  }
};

struct AdaptiveMaxPoolConversion : GraphPattern<graph::AdaptiveMaxPoolOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::AdaptiveMaxPoolOp op,
                      LinalgBuilder &b) const override {
    Type type = getElementType(op.getInput());
    AdaptiveWindows windows(b, op.getInput(), op.getOutput(),
                            op.getChannelsLast());
    SmallVector<Tensor> results = b.generic(
        windows.domain, windows.reduced, {},
        {{type, getLowest(type)}, {b.getI64Type(), b.getI64IntegerAttr(-1)}},
        [&](ScalarBuilder &at, ArrayRef<Value> args) {
          auto element = windows.getElement(at);
          return buildMaxStep(at, element.value, element.place, element.isValid,
                              args[0], args[1], type);
        });
    b.rewriter.replaceOp(op, {results[0].value, results[1].value});
    return success();
  }
};

} // namespace

void graphc::populatePoolingPatterns(const TypeConverter &converter,
                                     SymbolValues &symbols,
                                     RewritePatternSet &patterns) {
  patterns.add<MaxPoolConversion, AvgPoolConversion, AdaptiveAvgPoolConversion,
               AdaptiveMaxPoolConversion>(converter, patterns.getContext(),
                                          symbols);
}
