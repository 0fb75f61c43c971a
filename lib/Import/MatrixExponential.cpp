//===- MatrixExponential.cpp - exp of square matrices ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "LinearAlgebra.h"
#include "Loops.h"
#include "MatrixBatches.h"
#include "Reductions.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

/// How often each matrix [batch, n, n] is to be halved until the sums of its
/// columns are at most 1: [batch] in i64. None where that never comes.
static Value countHalvings(Emitter &e, Value a) {
  Value sums = e.sum(e.emit<graph::AbsOp>(a), {1}, true);
  Value norm = emitExtremum(e, true, sums, {1, 2}, false);
  Value times = e.emit<graph::CeilOp>(e.emit<graph::Log2Op>(norm));
  // NaN, of a zero matrix minus infinity.
  Value isCount = e.logicalAnd(e.compare(ComparePredicate::Gt, times, 0.0),
                               e.compare(ComparePredicate::Lt, times, 2000.0));
  return e.cast(e.select(isCount, times, e.number(0, e.elementType(times))),
                e.i64());
}

/// The series up to the 18th power, by Horner's scheme: exact for norms to 1.
static Value emitExpSeries(Emitter &e, Value a, Value eye) {
  constexpr int64_t degree = 18;
  auto body = [&](Value index, ArrayRef<Value> carried) -> SmallVector<Value> {
    Value power = e.sub(e.number(degree, e.elementType(a)),
                        e.cast(index, e.elementType(a)));
    return {e.add(eye, e.div(e.matmul(a, carried[0]), power))};
  };
  return emitLoop(e, e.expr(degree), {eye}, body)[0];
}

/// exp(A) = exp(A / 2^s)^(2^s), s for each matrix by itself.
static void importMatrixExp(Call &call) {
  Emitter &e = call.e;
  Value self = readMatrices(call, "self", true);
  if (e.hasFailed())
    return;
  if (e.numElements(self) == 0)
    return call.result(e.contiguous(self));
  Batch batch(e, batchOf(e, self));
  // Squares of squares lose more digits than f32 has to spare.
  Type type = e.f64();
  Value a = e.cast(batch.fold(self), type);
  Value halvings = countHalvings(e, a);
  Value most = emitExtremum(e, true, halvings, {0}, false);
  Value perMatrix = e.reshape(halvings, {e.size(a, 0), e.expr(1), e.expr(1)});
  Value scale = e.emit<graph::Exp2Op>(e.neg(e.cast(perMatrix, type)));
  Value eye = emitIdentity(e, e.size(a, 0), e.size(a, -1), type);
  Value result = emitExpSeries(e, e.contiguous(e.mul(a, scale)), eye);

  Item count = call.importer.defineItem(call.node, most);
  if (e.hasFailed())
    return;
  auto square = [&](Value index, ArrayRef<Value> carried) {
    Value isMore = e.compare(ComparePredicate::Lt, index, perMatrix);
    return SmallVector<Value>{
        e.select(isMore, e.matmul(carried[0], carried[0]), carried[0])};
  };
  result = emitLoop(e, *count.as<Expr>(), {result}, square)[0];
  call.result(e.cast(e.contiguous(batch.unfold(result)), e.elementType(self)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.linalg_matrix_exp.default", importMatrixExp},
    {"aten.matrix_exp.default", importMatrixExp},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::matrixExponentialOverloads() { return table; }
