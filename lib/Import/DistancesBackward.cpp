//===- DistancesBackward.cpp - Gradients of distances ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Gradients.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

/// [.., n, m, d]: the rows of `a` [.., n, d] less those of `b` [.., m, d].
static Value emitDifferences(Emitter &e, Value a, Value b) {
  return e.sub(e.unsqueeze(a, e.rank(a) - 1), e.unsqueeze(b, e.rank(b) - 2));
}

/// sign(x), and 0 where `isZero`, times |x|^power.
static Value emitSignedPower(Emitter &e, Value x, double power) {
  Value sign = e.emit<graph::SignOp>(x);
  if (power == 0)
    return sign;
  Value magnitude = e.emit<graph::PowOp>(e.emit<graph::AbsOp>(x),
                                         e.number(power, e.elementType(x)));
  return e.mul(sign, magnitude);
}

/// The gradient of the first rows: with d the differences and D the distances,
/// the sum over the second ones of grad * sign(d) |d|^(p-1) / D^(p-1).
static void importCdistBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad"), a = call.tensor("x1"),
        b = call.tensor("x2"), distance = call.tensor("cdist");
  double p = call.number("p");
  if (e.rank(a) < 2 || e.rank(b) < 2 || e.rank(grad) < 2 ||
      e.rank(grad) != e.rank(distance))
    return (void)e.fail("shape-mismatch", "cdist of vectors");
  Value difference = emitDifferences(e, a, b);
  int64_t last = e.rank(difference) - 1;
  Type type = e.elementType(difference);
  Value zero = e.number(0, type);
  grad = e.unsqueeze(grad, e.rank(grad));
  distance = e.unsqueeze(distance, e.rank(distance));
  Value isSame = e.compare(ComparePredicate::Eq, distance, 0.0);
  Value part;
  if (p == 0) {
    part = e.mul(difference, 0.0);
  } else if (p == 1) {
    part = e.mul(e.emit<graph::SignOp>(difference), grad);
  } else if (std::isinf(p)) {
    // Of the largest difference alone.
    Value isLargest = e.compare(ComparePredicate::Eq,
                                e.emit<graph::AbsOp>(difference), distance);
    part = e.select(isLargest, e.mul(e.emit<graph::SignOp>(difference), grad),
                    zero);
  } else {
    // Roots of nothing have an infinite slope, of which torch makes 0.
    Value isZero = isSame;
    if (p < 2)
      isZero =
          e.logicalOr(isSame, e.compare(ComparePredicate::Eq, difference, 0.0));
    Value one = e.number(1, type);
    Value safe = e.select(isSame, one, distance);
    Value x = p < 2 ? e.select(isZero, one, difference) : difference;
    Value slope =
        p == 2 ? e.div(e.mul(grad, x), safe)
               : e.div(e.mul(emitSignedPower(e, x, p - 1), grad),
                       e.emit<graph::PowOp>(safe, e.number(p - 1, type)));
    part = e.select(isZero, zero, slope);
  }
  call.result(e.contiguous(e.sum(part, {last - 1}, false)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._cdist_backward.default", importCdistBackward},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::distanceBackwardOverloads() { return table; }
