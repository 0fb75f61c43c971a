//===- Resize.cpp - Resampling of spatial dimensions ----------------------===//
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
using graph::ResizeMode;

namespace {

/// What contributes to an output along one dimension: clamped places and their
/// weights.
struct Taps {
  SmallVector<Value> places, weights;
};

/// Builds the taps of one op. Coordinates are computed in `type`.
class Resampler {
public:
  Resampler(LinalgBuilder &b, graph::ResizeOp op, Type type);

  Taps getTaps(ScalarBuilder &at, int64_t i);
  int64_t getNumSpatial() { return output.size(); }
  int64_t getFirstSpatial() { return firstSpatial; }

private:
  /// Input elements per output element.
  Value getRatio(ScalarBuilder &at, int64_t i);
  Value getSource(ScalarBuilder &at, int64_t i);
  Value clamp(ScalarBuilder &at, Value place, int64_t i);

  Taps getNearest(ScalarBuilder &at, int64_t i);
  Taps getLinear(ScalarBuilder &at, int64_t i);
  Taps getCubic(ScalarBuilder &at, int64_t i);

  LinalgBuilder &b;
  graph::ResizeOp op;
  Type type;
  SmallVector<Expr> input, output;
  int64_t firstSpatial;
};

Resampler::Resampler(LinalgBuilder &b, graph::ResizeOp op, Type type)
    : b(b), op(op), type(type), output(op.getOutput()) {
  auto inputType = cast<graph::StridedTensorType>(op.getInput().getType());
  firstSpatial =
      inputType.getRank() - output.size() - (op.getChannelsLast() ? 1 : 0);
  input =
      llvm::to_vector(inputType.getShape().slice(firstSpatial, output.size()));
}

Value Resampler::getRatio(ScalarBuilder &at, int64_t i) {
  if (op.getAlignCorners()) {
    // (n - 1) / (o - 1); one output element reads the first.
    Value lhs = b.number(at, input[i] - 1, type);
    Value rhs = b.number(at, output[i] - 1, type);
    Value isOne = at.equal(rhs, at.real(type, 0));
    return at.select(isOne, at.real(type, 0), at.div(lhs, rhs));
  }
  if (auto scales = op.getScales(); scales && (*scales)[i] > 0)
    return at.real(type, 1.0 / (*scales)[i]);
  return at.div(b.number(at, input[i], type), b.number(at, output[i], type));
}

/// The coordinate in the input. Pixels are squares unless corners align.
Value Resampler::getSource(ScalarBuilder &at, int64_t i) {
  Value index =
      at.cast(at.op<arith::IndexCastOp>(
                  at.getI64Type(), at.op<linalg::IndexOp>(firstSpatial + i)),
              at.getI64Type(), type);
  Value ratio = getRatio(at, i);
  if (op.getAlignCorners())
    return at.mul(ratio, index);
  Value half = at.real(type, 0.5);
  Value source = at.sub(at.mul(ratio, at.add(index, half)), half);
  if (op.getMode() == ResizeMode::Cubic)
    return source;
  return at.op<arith::MaximumFOp>(source, at.real(type, 0));
}

/// An i64 place as an index in [0, size).
Value Resampler::clamp(ScalarBuilder &at, Value place, int64_t i) {
  Type i64 = at.getI64Type();
  place = at.op<arith::MinSIOp>(place, b.number(at, input[i] - 1, i64));
  place = at.op<arith::MaxSIOp>(place, at.integer(i64, 0));
  return at.op<arith::IndexCastOp>(at.getIndexType(), place);
}

Taps Resampler::getNearest(ScalarBuilder &at, int64_t i) {
  Type i64 = at.getI64Type();
  Value index = at.cast(
      at.op<arith::IndexCastOp>(i64, at.op<linalg::IndexOp>(firstSpatial + i)),
      i64, type);
  if (op.getMode() == ResizeMode::Nearest_exact)
    index = at.add(index, at.real(type, 0.5));
  Value source = at.op<math::FloorOp>(at.mul(index, getRatio(at, i)));
  return {{clamp(at, at.cast(source, type, i64), i)}, {at.real(type, 1)}};
}

Taps Resampler::getLinear(ScalarBuilder &at, int64_t i) {
  Type i64 = at.getI64Type();
  Value source = getSource(at, i);
  Value floored = at.op<math::FloorOp>(source);
  Value place = at.cast(floored, type, i64);
  Value weight = at.sub(source, floored);
  return {
      {clamp(at, place, i), clamp(at, at.add(place, at.integer(i64, 1)), i)},
      {at.sub(at.real(type, 1), weight), weight}};
}

/// Keys' kernel with a = -0.75.
Taps Resampler::getCubic(ScalarBuilder &at, int64_t i) {
  constexpr double a = -0.75;
  Type i64 = at.getI64Type();
  auto number = [&](double value) { return at.real(type, value); };
  // Within one element: ((a+2)x - (a+3))x^2 + 1.
  auto inner = [&](Value x) {
    return at.add(
        at.mul(at.mul(at.sub(at.mul(number(a + 2), x), number(a + 3)), x), x),
        number(1));
  };
  // Between one and two: ((ax - 5a)x + 8a)x - 4a.
  auto outer = [&](Value x) {
    Value y = at.sub(at.mul(number(a), x), number(5 * a));
    y = at.add(at.mul(y, x), number(8 * a));
    return at.sub(at.mul(y, x), number(4 * a));
  };
  Value source = getSource(at, i);
  Value floored = at.op<math::FloorOp>(source);
  Value t = at.sub(source, floored), u = at.sub(number(1), t);
  Value place = at.cast(floored, type, i64);
  Taps taps;
  for (int64_t offset = -1; offset < 3; ++offset)
    taps.places.push_back(clamp(at, at.add(place, at.integer(i64, offset)), i));
  taps.weights = {outer(at.add(t, number(1))), inner(t), inner(u),
                  outer(at.add(u, number(1)))};
  return taps;
}

Taps Resampler::getTaps(ScalarBuilder &at, int64_t i) {
  switch (op.getMode()) {
  case ResizeMode::Nearest:
  case ResizeMode::Nearest_exact:
    return getNearest(at, i);
  case ResizeMode::Linear:
    return getLinear(at, i);
  case ResizeMode::Cubic:
    return getCubic(at, i);
  }
  llvm_unreachable("unknown mode");
}

/// Sums the elements at all combinations of taps, last dimension innermost;
/// `trailing` indices follow those of the taps.
Value buildSum(ScalarBuilder &at, const Tensor &input, ArrayRef<Taps> taps,
               SmallVector<Value> &indices, ArrayRef<Value> trailing,
               Type type) {
  if (taps.empty()) {
    SmallVector<Value> places(indices);
    llvm::append_range(places, trailing);
    return at.cast(loadElement(at, input, places), input.elementType, type);
  }
  Value sum;
  for (auto [place, weight] :
       llvm::zip_equal(taps.front().places, taps.front().weights)) {
    indices.push_back(place);
    Value part =
        buildSum(at, input, taps.drop_front(), indices, trailing, type);
    indices.pop_back();
    if (taps.front().places.size() == 1)
      return part;
    part = at.mul(part, weight);
    sum = sum ? at.add(sum, part) : part;
  }
  return sum;
}

struct ResizeConversion : GraphPattern<graph::ResizeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ResizeOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getType());
    Type elementType = type.getElementType();
    bool isNearest = op.getMode() == ResizeMode::Nearest ||
                     op.getMode() == ResizeMode::Nearest_exact;
    // Coordinates: torch's nearest uses f32 for everything.
    Type coordinateType =
        elementType.isF64() && !isNearest ? b.getF64Type() : b.getF32Type();
    Resampler resampler(b, op, coordinateType);
    Tensor input = b.tensor(op.getInput());
    Tensor result = b.pointwise(
        type.getShape(), {}, elementType,
        [&](ScalarBuilder &at, ArrayRef<Value>) {
          SmallVector<Value> indices;
          for (int64_t dim = 0; dim < resampler.getFirstSpatial(); ++dim)
            indices.push_back(at.op<linalg::IndexOp>(dim));
          SmallVector<Taps> taps;
          for (int64_t i = 0; i < resampler.getNumSpatial(); ++i)
            taps.push_back(resampler.getTaps(at, i));
          // The channel, when it is last.
          SmallVector<Value> trailing;
          for (int64_t dim =
                   resampler.getFirstSpatial() + resampler.getNumSpatial();
               dim < type.getRank(); ++dim)
            trailing.push_back(at.op<linalg::IndexOp>(dim));
          if (isNearest) {
            for (const Taps &tap : taps)
              indices.push_back(tap.places.front());
            llvm::append_range(indices, trailing);
            return loadElement(at, input, indices);
          }
          Value sum =
              buildSum(at, input, taps, indices, trailing, coordinateType);
          // Integers are rounded, as torch's uint8 images are.
          if (isa<IntegerType>(elementType))
            sum = at.op<math::RoundEvenOp>(sum);
          return at.cast(sum, coordinateType, elementType);
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }
};

} // namespace

void graphc::populateResizePatterns(const TypeConverter &converter,
                                    SymbolValues &symbols,
                                    RewritePatternSet &patterns) {
  patterns.add<ResizeConversion>(converter, patterns.getContext(), symbols);
}
