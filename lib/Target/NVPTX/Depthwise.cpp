//===- Depthwise.cpp - Convolutions of each channel by itself -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A thread computes a few pixels side by side, of a few channels: neighbouring
// windows share most of what they read, which then stays in registers. The
// threads of a block are neighbours in all three directions, so that rows that
// several of them read come from the cache.
//
//===----------------------------------------------------------------------===//

#include "../Codegen/LaneEmitter.h"
#include "Forms.h"
#include "Product.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

static constexpr int64_t channelsTogether = 4;
/// Lines of the result that a block has beneath one another.
static constexpr int64_t linesTogether = 8;
static constexpr int64_t maxPixels = 8, maxTaps = 16;

namespace {
class DepthwiseEmitter {
public:
  DepthwiseEmitter(OpBuilder &builder, kernel::RegionOp region,
                   const Product &product)
      : builder(builder), region(region), product(product), op(product.op),
        lanes(builder, region, channelsTogether) {
    lanes.setBufferAlignment(accessBytes);
  }

  /// False, with nothing emitted, for a shape that this form does not have.
  bool prepare();
  void emit();

private:
  using Indices = SmallVector<LaneValue>;

  int64_t sizeOf(unsigned loop) { return op.getStaticLoopRanges()[loop]; }
  std::pair<int64_t, int64_t> findSteps();
  void emitThread(Value thread);
  SmallVector<Value> addTaps(ValueRange sums);
  void store(ValueRange sums);
  Value widen(Value value);
  Value constant(int64_t value) { return lanes.constantIndex(value); }
  Location loc() { return region.getLoc(); }
  template <typename Op>
  Value fold(Value a, Value b) {
    return builder.createOrFold<Op>(loc(), a, b);
  }

  OpBuilder &builder;
  kernel::RegionOp region;
  const Product &product;
  linalg::LinalgOp op;
  LaneEmitter lanes;
  unsigned column = 0, channel = 0, tap = 0; ///< Loops.
  int64_t pixels = 0;                        ///< Of a thread.
  int64_t stride = 1, dilation = 1;
  Indices iteration;
  Value firstColumn;
};
} // namespace

/// How far the operand is read on for the next pixel and the next tap; zeros
/// where they are read in another way.
std::pair<int64_t, int64_t> DepthwiseEmitter::findSteps() {
  AffineMap map =
      op.getMatchingIndexingMap(op.getDpsInputOperand(product.left));
  MLIRContext *context = builder.getContext();
  std::pair<int64_t, int64_t> steps = {0, 0};
  unsigned found = 0;
  for (AffineExpr expr : map.getResults()) {
    if (!expr.isFunctionOfDim(column) && !expr.isFunctionOfDim(tap))
      continue;
    ++found;
    SmallVector<AffineExpr> zeros(op.getNumLoops(),
                                  getAffineConstantExpr(0, context));
    auto at = [&](int64_t pixel, int64_t element) -> std::optional<int64_t> {
      SmallVector<AffineExpr> values = zeros;
      values[column] = getAffineConstantExpr(pixel, context);
      values[tap] = getAffineConstantExpr(element, context);
      auto number = dyn_cast<AffineConstantExpr>(
          simplifyAffineExpr(expr.replaceDims(values), 0, 0));
      if (!number)
        return std::nullopt;
      return number.getValue();
    };
    if (!expr.isPureAffine() || expr.getKind() == AffineExprKind::Mod ||
        expr.getKind() == AffineExprKind::FloorDiv || at(0, 0) != 0)
      return {0, 0};
    steps = {*at(1, 0), *at(0, 1)};
  }
  return found == 1 ? steps : std::pair<int64_t, int64_t>{0, 0};
}

bool DepthwiseEmitter::prepare() {
  if (!product.columns.empty() || product.rows.size() < 2 ||
      product.batch.size() != 1 || product.depth.empty() ||
      !LaneEmitter::canVectorize(region))
    return false;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  channel = product.batch.front();
  column = product.rows.back();
  tap = product.depth.back();
  if (result.getResults().back() != builder.getAffineDimExpr(channel))
    return false;
  int64_t width = sizeOf(column), taps = sizeOf(tap),
          channels = sizeOf(channel);
  if (ShapedType::isDynamic(width) || ShapedType::isDynamic(taps) ||
      ShapedType::isDynamic(channels) || width < 1 || taps > maxTaps ||
      channels % channelsTogether)
    return false;
  std::tie(stride, dilation) = findSteps();
  if (stride < 1 || dilation < 1)
    return false;
  // As few columns twice as can be.
  auto waste = [&](int64_t count) {
    return llvm::divideCeil(width, count) * count;
  };
  pixels = std::min(width, maxPixels);
  for (int64_t count = pixels; count >= std::min<int64_t>(width, 4); --count)
    if (waste(count) < waste(pixels))
      pixels = count;
  return true;
}

Value DepthwiseEmitter::widen(Value value) {
  Type wide = lanes.laneType(builder.getF32Type());
  return value.getType() == wide
             ? value
             : arith::ExtFOp::create(builder, loc(), wide, value).getResult();
}

/// Adds the products of one line of taps to the pixels' sums.
SmallVector<Value> DepthwiseEmitter::addTaps(ValueRange sums) {
  SmallVector<Value> next(sums);
  DenseMap<int64_t, Value> read;
  auto readAt = [&](int64_t pixel, int64_t element) {
    Value &value = read[pixel * stride + element * dilation];
    if (!value) {
      Indices at = iteration;
      at[column] =
          LaneValue::uniform(fold<arith::AddIOp>(firstColumn, constant(pixel)));
      at[tap] = LaneValue::uniform(constant(element));
      OpOperand *operand = op.getDpsInputOperand(product.left);
      value = widen(lanes.materialize(
          lanes.evaluate(operand->get(),
                         lanes.apply(op.getMatchingIndexingMap(operand), at))));
    }
    return value;
  };
  for (int64_t element = 0; element < sizeOf(tap); ++element) {
    Indices at = iteration;
    at[tap] = LaneValue::uniform(constant(element));
    at[column] = LaneValue::uniform(firstColumn);
    OpOperand *operand = op.getDpsInputOperand(product.right);
    Value weight = widen(lanes.materialize(lanes.evaluate(
        operand->get(), lanes.apply(op.getMatchingIndexingMap(operand), at))));
    for (int64_t pixel = 0; pixel < pixels; ++pixel)
      next[pixel] = math::FmaOp::create(builder, loc(), readAt(pixel, element),
                                        weight, next[pixel]);
  }
  return next;
}

void DepthwiseEmitter::store(ValueRange sums) {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  for (auto [pixel, sum] : llvm::enumerate(sums)) {
    Indices at = iteration;
    at[column] =
        LaneValue::uniform(fold<arith::AddIOp>(firstColumn, constant(pixel)));
    at = lanes.apply(map, at);
    std::size_t mark = lanes.mark();
    Value start =
        lanes.materialize(lanes.evaluate(op.getDpsInitOperand(0)->get(), at));
    lanes.storeYields(
        op, arith::AddFOp::create(builder, loc(), start, sum).getResult(), at);
    lanes.forget(mark);
  }
}

void DepthwiseEmitter::emitThread(Value thread) {
  ProductLoops loops(lanes, product);
  auto take = [&](Value &rest, Value count) {
    Value index = fold<arith::RemUIOp>(rest, count);
    rest = fold<arith::DivUIOp>(rest, count);
    return index;
  };
  iteration.assign(op.getNumLoops(), LaneValue::uniform(constant(0)));
  Value rest = thread;
  Value first = fold<arith::MulIOp>(
      take(rest, constant(sizeOf(channel) / channelsTogether)),
      constant(channelsTogether));
  iteration[channel] = {first, 1, {}, channelsTogether};
  Value line = take(rest, constant(linesTogether));
  // The last pixels and lines are computed twice rather than some not at all.
  int64_t width = sizeOf(column);
  Value strip = take(rest, constant(llvm::divideCeil(width, pixels)));
  firstColumn = fold<arith::MinUIOp>(
      fold<arith::MulIOp>(strip, constant(pixels)), constant(width - pixels));
  ArrayRef<unsigned> outer = ArrayRef(product.rows).drop_back();
  Value lines = loops.getSize(outer);
  line = fold<arith::AddIOp>(fold<arith::MulIOp>(rest, constant(linesTogether)),
                             line);
  line = fold<arith::MinUIOp>(line, fold<arith::SubIOp>(lines, constant(1)));
  loops.expand(outer, line, iteration);

  Type type = lanes.laneType(builder.getF32Type());
  Value zero =
      arith::ConstantOp::create(builder, loc(), builder.getZeroAttr(type));
  SmallVector<Value> sums(pixels, zero);
  ArrayRef<unsigned> others = ArrayRef(product.depth).drop_back();
  sums = lanes.loop(constant(0), loops.getSize(others), 1, sums,
                    [&](Value number, ValueRange current) {
                      loops.expand(others, number, iteration);
                      return addTaps(current);
                    });
  store(sums);
}

void DepthwiseEmitter::emit() {
  ProductLoops loops(lanes, product);
  Value lines = loops.getSize(ArrayRef(product.rows).drop_back());
  Value blocks = fold<arith::CeilDivUIOp>(lines, constant(linesTogether));
  int64_t perBlock = sizeOf(channel) / channelsTogether * linesTogether *
                     llvm::divideCeil(sizeOf(column), pixels);
  emitGrid(builder, loc(), fold<arith::MulIOp>(blocks, constant(perBlock)),
           [&](Value thread) { emitThread(thread); });
}

bool nvptx::emitDepthwise(OpBuilder &builder, kernel::RegionOp region,
                          const Product &product) {
  DepthwiseEmitter emitter(builder, region, product);
  if (!emitter.prepare())
    return false;
  emitter.emit();
  return true;
}
