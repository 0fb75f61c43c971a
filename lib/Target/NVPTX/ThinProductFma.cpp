//===- ThinProductFma.cpp - Products with few rows, lane by lane ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Exchange.h"
#include "ThinProduct.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

SmallVector<Value> ThinProductEmitter::toFactors(Value piece) {
  auto type = cast<VectorType>(piece.getType());
  if (type.getElementType() != sumType)
    piece = arith::ExtFOp::create(builder, loc(), type.clone(sumType), piece);
  Values factors;
  for (int64_t i = 0; i < type.getNumElements(); ++i)
    factors.push_back(vector::ExtractOp::create(builder, loc(), piece, i));
  return factors;
}

void ThinProductEmitter::multiplyByLane(MutableArrayRef<Value> sums,
                                        ArrayRef<Value> pieces,
                                        function_ref<Value(int64_t)> getThin) {
  SmallVector<Values> factors = llvm::map_to_vector(
      pieces, [&](Value piece) { return toFactors(piece); });
  // Of a line of this lane, across its groups.
  auto getFactor = [&](int64_t line, int64_t step) {
    if (alongDepth())
      return factors[line][step];
    int64_t group = line / wide->getWidth();
    return factors[group * piecesOfGroup() + step][line % wide->getWidth()];
  };
  for (int64_t thinLine = 0; thinLine < numThinLines; ++thinLine) {
    Values ofThin = toFactors(getThin(thinLine));
    for (auto [step, factor] : llvm::enumerate(ofThin))
      for (int64_t line = 0; line < linesOfLane(); ++line) {
        Value &sum = sums[thinLine * linesOfLane() + line];
        sum = math::FmaOp::create(builder, loc(), getFactor(line, step), factor,
                                  sum);
      }
  }
}

void ThinProductEmitter::multiplyStepByLane(MutableArrayRef<Value> sums,
                                            Value first) {
  Value step = i32.toIndex(i32.mul(i32.rem(lane, 4), thin->getWidth()));
  SmallVector<Values> pieces;
  // All are on their way before the first is multiplied.
  for (int64_t i = 0; i < unrolled; ++i) {
    Value at = fold<arith::AddIOp>(first, constant(i * part));
    pieces.push_back(llvm::map_to_vector(getWidePlaces(at), [&](auto place) {
      return wide->read(place.first, place.second);
    }));
  }
  for (int64_t i = 0; i < unrolled; ++i) {
    Value at = fold<arith::AddIOp>(first, constant(i * part));
    multiplyByLane(sums, pieces[i], [&](int64_t thinLine) {
      return thin->read(constant(thinLine), fold<arith::AddIOp>(at, step));
    });
  }
}

void ThinProductEmitter::multiplyStageByLane(MutableArrayRef<Value> sums,
                                             Value offset) {
  Value stage = advance(builder, loc(), shared, offset);
  Value g = i32.div(lane, 4), t = i32.rem(lane, 4);
  for (int64_t i = 0; i < unrolled; ++i) {
    Value part = i32.number(i);
    Values pieces;
    for (int64_t j = 0; j < piecesOfPart(); ++j)
      pieces.push_back(
          loadPiece(/*isWide=*/true, stage, {part, i32.number(j), g, t}));
    multiplyByLane(sums, pieces, [&](int64_t thinLine) {
      return loadPiece(/*isWide=*/false, stage,
                       {part, i32.number(thinLine / mmaColumns),
                        i32.number(thinLine % mmaColumns), t});
    });
  }
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

SmallVector<Value> ThinProductEmitter::addLanes(ArrayRef<Value> sums) {
  Values current(sums);
  for (int64_t distance : {1, 2}) {
    Value isSecond = i32.isEqual(i32.rem(i32.div(lane, distance), 2), 1);
    auto add = [&](Value mine, Value other) -> Value {
      return arith::AddFOp::create(builder, loc(), mine,
                                   shuffleXor(builder, loc(), other, distance));
    };
    Values next;
    if (current.size() % 2) {
      for (Value sum : current)
        next.push_back(add(sum, sum));
    } else {
      for (std::size_t i = 0; i < current.size(); i += 2)
        next.push_back(
            add(fold<arith::SelectOp>(isSecond, current[i + 1], current[i]),
                fold<arith::SelectOp>(isSecond, current[i], current[i + 1])));
    }
    current = next;
  }
  return current;
}

void ThinProductEmitter::shareSumsOfLanes(ArrayRef<Value> sums) {
  Values totals = addLanes(sums);
  int64_t shares = sums.size() / totals.size();
  Value g = i32.div(lane, 4), share = i32.rem(lane, shares);
  for (auto [i, total] : llvm::enumerate(totals)) {
    Value number = i32.add(share, i * shares);
    Value thinLine = i32.div(number, linesOfLane());
    Value ofLane = i32.rem(number, linesOfLane());
    Value line;
    if (alongDepth()) {
      line = i32.add(i32.mul(ofLane, 8), g);
    } else {
      Value group = i32.div(ofLane, wide->getWidth());
      line = i32.add(i32.mul(group, linesOfGroup()),
                     i32.add(i32.mul(g, wide->getWidth()),
                             i32.rem(ofLane, wide->getWidth())));
    }
    LLVM::StoreOp::create(builder, loc(), total,
                          getSumPlace(warp, thinLine, line), getSumBytes());
  }
  gpu::BarrierOp::create(builder, loc());
}
