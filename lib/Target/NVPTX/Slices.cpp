//===- Slices.cpp - f32 as sums of bf16 -----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Slices.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;

namespace {
class PairSlicer {
public:
  PairSlicer(OpBuilder &builder, Location loc) : builder(builder), loc(loc) {}

  /// Cuts off the lower half of both numbers; what is left stays in `pair`.
  Value cut(std::array<Value, 2> &pair);
  /// Rounds both to bf16; what is left stays in `pair`.
  Value round(std::array<Value, 2> &pair);

private:
  Value integer(int64_t value) {
    return arith::ConstantIntOp::create(builder, loc, builder.getI32Type(),
                                        value);
  }
  Value toReal(Value bits) {
    return arith::BitcastOp::create(builder, loc, builder.getF32Type(), bits);
  }
  Value getUpper(Value bits) {
    return arith::AndIOp::create(builder, loc, bits, integer(-0x10000));
  }

  OpBuilder &builder;
  Location loc;
};
} // namespace

/// Rounding might make the largest numbers infinite.
Value PairSlicer::cut(std::array<Value, 2> &pair) {
  Value upper[2];
  for (auto [number, bits] : llvm::zip_equal(pair, upper)) {
    bits = getUpper(
        arith::BitcastOp::create(builder, loc, builder.getI32Type(), number));
    number = arith::SubFOp::create(builder, loc, number, toReal(bits));
  }
  Value low = arith::ShRUIOp::create(builder, loc, upper[0], integer(16));
  return arith::OrIOp::create(builder, loc, low, upper[1]);
}

Value PairSlicer::round(std::array<Value, 2> &pair) {
  Value wide = vector::FromElementsOp::create(
      builder, loc, VectorType::get({2}, builder.getF32Type()), pair);
  Value narrow = arith::TruncFOp::create(
      builder, loc, VectorType::get({2}, builder.getBF16Type()), wide);
  Value word = vector::ExtractOp::create(
      builder, loc,
      vector::BitCastOp::create(
          builder, loc, VectorType::get({1}, builder.getI32Type()), narrow),
      0);
  Value low = arith::ShLIOp::create(builder, loc, word, integer(16));
  pair[0] = arith::SubFOp::create(builder, loc, pair[0], toReal(low));
  pair[1] =
      arith::SubFOp::create(builder, loc, pair[1], toReal(getUpper(word)));
  return word;
}

std::array<Value, nvptx::sliceCount>
nvptx::slicePair(OpBuilder &builder, Location loc, Value first, Value second) {
  PairSlicer slicer(builder, loc);
  std::array<Value, 2> rest = {first, second};
  // Braces: in this order.
  return {slicer.cut(rest), slicer.round(rest), slicer.round(rest)};
}
