//===- ExpectSize.cpp - Sizes that the run compares -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExpectSize.h"

using namespace mlir;
using namespace graphc;

Value aten::expectSize(Emitter &e, Value x, int64_t dim, Expr wanted,
                       const Twine &message) {
  if (e.hasFailed())
    return x;
  Expr given = e.size(x, dim), agrees = given.eq(wanted);
  if (given == wanted || agrees.isConstant())
    return x;
  graph::AssertOp::create(e.builder, e.loc, agrees, message.str());
  return e.emit<graph::SliceOp>(x, dim, e.expr(0), wanted, e.expr(1));
}

Value aten::expectShape(Emitter &e, Value x, ArrayRef<Expr> shape,
                        StringRef what) {
  int64_t rank = e.hasFailed() ? 0 : e.rank(x);
  int64_t first = static_cast<int64_t>(shape.size()) - rank;
  for (int64_t dim = std::max<int64_t>(-first, 0); dim < rank; ++dim) {
    Expr given = e.size(x, dim), wanted = shape[first + dim];
    if (given != 1)
      x = expectSize(e, x, dim, wanted,
                     what + " has a size of " + given.str() + " for " +
                         wanted.str());
  }
  return x;
}
