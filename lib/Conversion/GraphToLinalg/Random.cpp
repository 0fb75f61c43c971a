//===- Random.cpp - Random bits -------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

#include <array>

using namespace mlir;
using namespace graphc;

namespace {

/// The lower and the upper half of an i64.
std::array<Value, 2> split(ScalarBuilder &b, Value value) {
  Type word = b.getI32Type();
  Value upper = b.op<arith::ShRUIOp>(value, b.integer(b.getI64Type(), 32));
  return {b.op<arith::TruncIOp>(word, value),
          b.op<arith::TruncIOp>(word, upper)};
}

/// The halves of a product of 64 bits. The lower one is a product of 32 bits by
/// itself, lest optimisers widen what is done with it.
std::array<Value, 2> multiply(ScalarBuilder &b, Value word, uint32_t factor) {
  Type wide = b.getI64Type();
  Value product = b.mul(b.op<arith::ExtUIOp>(wide, word),
                        b.integer(wide, static_cast<int64_t>(factor)));
  Value low =
      b.mul(word, b.integer(word.getType(), static_cast<int32_t>(factor)));
  return {low, split(b, product)[1]};
}

/// Half of a block of Philox4x32-10: ten rounds, each with the next key.
Value buildPhilox(ScalarBuilder &b, Value seed, Value place, Value call,
                  int64_t half) {
  auto number = [&](uint32_t value) {
    return b.integer(b.getI32Type(), static_cast<int32_t>(value));
  };
  Value bumps[2] = {number(0x9E3779B9), number(0xBB67AE85)};
  std::array<Value, 2> key = split(b, seed), low = split(b, place),
                       high = split(b, call);
  Value counter[4] = {low[0], low[1], high[0], high[1]};
  for (int round = 0; round < 10; ++round) {
    if (round > 0)
      key = {b.add(key[0], bumps[0]), b.add(key[1], bumps[1])};
    auto [lo0, hi0] = multiply(b, counter[0], 0xD2511F53);
    auto [lo1, hi1] = multiply(b, counter[2], 0xCD9E8D57);
    counter[0] = b.bxor(b.bxor(hi1, counter[1]), key[0]);
    counter[1] = lo1;
    counter[2] = b.bxor(b.bxor(hi0, counter[3]), key[1]);
    counter[3] = lo0;
  }
  Type wide = b.getI64Type();
  Value upper = b.op<arith::ShLIOp>(
      b.op<arith::ExtUIOp>(wide, counter[2 * half + 1]), b.integer(wide, 32));
  return b.bor(upper, b.op<arith::ExtUIOp>(wide, counter[2 * half]));
}

struct PhiloxConversion : GraphPattern<graph::PhiloxOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::PhiloxOp op, LinalgBuilder &b) const override {
    ArrayRef<graph::Expr> shape =
        cast<graph::StridedTensorType>(op.getType()).getShape();
    auto [base, ahead] = splitCall(op.getCall());
    Tensor result = b.pointwise(
        shape, {b.read(op.getSeed(), shape), b.read(base, shape)},
        getElementType(op),
        [&, ahead = ahead](ScalarBuilder &at, ArrayRef<Value> args) {
          Value call = args[1];
          if (ahead)
            call = at.add(call, at.integer(call.getType(), ahead));
          return buildPhilox(at, args[0], buildPlace(b, at, shape), call,
                             op.getHalf());
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }

private:
  /// A call's number as the sum of another and a constant. Elements add it for
  /// themselves: one number is no work for a kernel of its own.
  static std::pair<Value, int64_t> splitCall(Value call) {
    auto sum = call.getDefiningOp<graph::AddOp>();
    if (!sum)
      return {call, 0};
    auto ahead = dyn_cast_or_null<IntegerAttr>(getSplat(sum.getRhs()));
    if (!ahead || sum.getLhs().getType() != call.getType())
      return {call, 0};
    return {sum.getLhs(), ahead.getInt()};
  }

  /// The number of the element in row-major order.
  static Value buildPlace(LinalgBuilder &b, ScalarBuilder &at,
                          ArrayRef<graph::Expr> shape) {
    Type wide = at.getI64Type();
    Value place;
    for (auto [dim, size] : llvm::enumerate(shape)) {
      if (size == 1)
        continue;
      Value index =
          at.op<arith::IndexCastOp>(wide, at.op<linalg::IndexOp>(dim));
      place = place ? at.add(at.mul(place, b.number(at, size, wide)), index)
                    : index;
    }
    return place ? place : at.integer(wide, 0);
  }
};

} // namespace

void graphc::populateRandomPatterns(const TypeConverter &converter,
                                    SymbolValues &symbols,
                                    RewritePatternSet &patterns) {
  patterns.add<PhiloxConversion>(converter, patterns.getContext(), symbols);
}
