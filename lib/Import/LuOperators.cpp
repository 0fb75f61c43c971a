//===- LuOperators.cpp - torch.linalg by factors L and U ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Contractions.h"
#include "LinearAlgebra.h"
#include "MatrixBatches.h"
#include "Reductions.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

static constexpr llvm::StringLiteral singular("linalg: the matrix is singular");

/// LAPACK counts rows from 1.
static Value toPivots(Emitter &e, Value swaps) {
  return toInt32(e, e.add(swaps, 1));
}

/// ATen factors the transpose of a contiguous matrix, for it is by columns.
static LuFactors emitLuAsStored(Emitter &e, Value a, const Batch &batch) {
  if (e.hasFailed())
    return {};
  Value x = e.type(a).isContiguous() ? mT(e, a) : a;
  return emitLu(e, batch.fold(x), /*isPivoted=*/true);
}

static void importLuFactor(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, "A", false);
  Batch batch(e, batchOf(e, a));
  LuFactors lu = emitLu(e, batch.fold(a), call.flag("pivot"));
  call.result(byColumns(e, batch.unfold(lu.packed)));
  call.result(batch.unfold(toPivots(e, lu.swaps)));
  if (call.schema->results.size() > 2)
    call.result(batch.unfold(toInt32(e, lu.info)));
  if (checksErrors(call))
    assertZero(e, lu.info, singular);
}

/// P, L, U with A = P L U.
static void importLu(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, "A", false);
  if (e.hasFailed())
    return;
  Batch batch(e, batchOf(e, a));
  Expr m = e.size(a, -2), n = e.size(a, -1), k = e.ranges.min(m, n);
  Type type = e.elementType(a);
  LuFactors lu = emitLu(e, batch.fold(a), call.flag("pivot"));
  if (call.flag("pivot")) {
    Value isRow = e.compare(ComparePredicate::Eq, e.unsqueeze(lu.rows, 1),
                            e.iota({e.expr(1), m, e.expr(1)}, 1));
    call.result(batch.unfold(e.cast(isRow, type)));
  } else {
    call.result(e.full({e.expr(0)}, e.number(0, type)));
  }
  Value lower = emitTriangle(e, e.slice(lu.packed, 2, 0, k), -1, true);
  Value ones = e.compare(ComparePredicate::Eq, e.iota({m, e.expr(1)}, 0),
                         e.iota({e.expr(1), k}, 1));
  call.result(batch.unfold(e.add(lower, e.cast(ones, type))));
  call.result(
      batch.unfold(emitTriangle(e, e.slice(lu.packed, 1, 0, k), 0, false)));
}

static void importInverse(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, call.schema->parameters[0].name, true);
  if (e.hasFailed())
    return;
  Batch batch(e, batchOf(e, a));
  Value folded = batch.fold(a);
  LuFactors lu = emitLu(e, folded, /*isPivoted=*/true);
  Value eye =
      emitIdentity(e, e.size(folded, 0), e.size(a, -1), e.elementType(a));
  call.result(byColumns(e, batch.unfold(emitLuSolve(e, lu, eye))));
  if (call.schema->results.size() > 1)
    call.result(batch.unfold(toInt32(e, lu.info)));
  if (checksErrors(call))
    assertZero(e, lu.info, singular);
}

/// A X = B, or X A = B.
static void importSolve(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, "A", true), b = call.tensor("B");
  bool isLeft = call.flag("left");
  if (e.hasFailed())
    return;
  SmallVector<Expr> ofVector = e.shape(a);
  ofVector.pop_back();
  bool isVector = e.rank(b) == 1 || e.shape(b) == ofVector;
  if (isVector && !isLeft)
    return (void)e.fail("op-argument", "a vector stands on the right only");
  if (e.elementType(a) != e.elementType(b))
    return (void)e.fail("op-argument", "expected matrices of one dtype");
  Value right = isVector ? e.unsqueeze(b, e.rank(b)) : b;
  if (e.rank(right) < 2)
    return (void)e.fail("shape-mismatch", "'B' is no matrix");

  Value left = a;
  Batch batch = broadcastBatches(e, left, right);
  if (!isLeft) {
    left = mT(e, left);
    right = mT(e, right);
  }
  LuFactors lu = emitLu(e, left, /*isPivoted=*/true);
  Value x = emitLuSolve(e, lu, right);
  x = batch.unfold(isLeft ? x : mT(e, x));
  if (isVector)
    x = e.squeeze(x, {e.rank(x) - 1});
  call.result(isLeft ? byColumns(e, x) : e.contiguous(x));
  if (checksErrors(call))
    assertZero(e, lu.info, singular);
  size_t results = call.schema->results.size();
  if (results == 1)
    return;
  Batch own(e, batchOf(e, a));
  LuFactors stored = emitLuAsStored(e, a, own);
  if (results == 4) {
    call.result(byColumns(e, own.unfold(stored.packed)));
    call.result(own.unfold(toPivots(e, stored.swaps)));
  }
  call.result(own.unfold(toInt32(e, stored.info)));
}

namespace {
/// The determinant as the product of a sign and the pivots' sizes.
struct Determinant {
  Value pivots, sign; ///< [batch, n] and [batch].
};
} // namespace

static Determinant emitDeterminant(Emitter &e, const LuFactors &lu) {
  if (e.hasFailed())
    return {};
  Value pivots = emitDiagonal(e, lu.packed);
  Type type = e.elementType(pivots);
  Value isSwap = e.compare(ComparePredicate::Ne, lu.swaps,
                           e.iota({e.expr(1), e.size(pivots, 1)}, 1));
  Value signs = e.select(isSwap, e.number(-1, type), e.number(1, type));
  return {pivots, e.reduce(graph::ReduceKind::Prod, signs, {1}, false)};
}

static void resultFactors(Call &call, const Batch &batch, const LuFactors &lu,
                          size_t results) {
  Emitter &e = call.e;
  if (call.schema->results.size() <= results)
    return;
  call.result(byColumns(e, batch.unfold(lu.packed)));
  call.result(batch.unfold(toPivots(e, lu.swaps)));
}

static void importDet(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, call.schema->parameters[0].name, true);
  Batch batch(e, batchOf(e, a));
  LuFactors lu = emitLuAsStored(e, a, batch);
  Determinant d = emitDeterminant(e, lu);
  Value product = e.reduce(graph::ReduceKind::Prod, d.pivots, {1}, false);
  call.result(batch.unfold(e.mul(product, d.sign)));
  resultFactors(call, batch, lu, 1);
}

/// The sign and the logarithm of the size, [batch] each.
static std::array<Value, 2> emitSlogdet(Emitter &e, const LuFactors &lu) {
  Determinant d = emitDeterminant(e, lu);
  Value sign =
      e.mul(d.sign, e.reduce(graph::ReduceKind::Prod,
                             e.emit<graph::SignOp>(d.pivots), {1}, false));
  Value logs = e.emit<graph::LogOp>(e.emit<graph::AbsOp>(d.pivots));
  return {sign, e.sum(logs, {1}, false)};
}

static void importSlogdet(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, call.schema->parameters[0].name, true);
  Batch batch(e, batchOf(e, a));
  LuFactors lu = emitLuAsStored(e, a, batch);
  for (Value value : emitSlogdet(e, lu))
    call.result(batch.unfold(value));
  resultFactors(call, batch, lu, 2);
}

static void importLogdet(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, "self", true);
  Batch batch(e, batchOf(e, a));
  auto [sign, size] = emitSlogdet(e, emitLuAsStored(e, a, batch));
  Value result = e.select(e.compare(ComparePredicate::Eq, sign, -1),
                          e.number(std::nan(""), e.elementType(size)), size);
  call.result(batch.unfold(result));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._linalg_det.default", importDet},
    {"aten._linalg_slogdet.default", importSlogdet},
    {"aten._linalg_solve_ex.default", importSolve},
    {"aten.det.default", importDet},
    {"aten.inverse.default", importInverse},
    {"aten.linalg_det.default", importDet},
    {"aten.linalg_inv.default", importInverse},
    {"aten.linalg_inv_ex.default", importInverse},
    {"aten.linalg_lu.default", importLu},
    {"aten.linalg_lu_factor.default", importLuFactor},
    {"aten.linalg_lu_factor_ex.default", importLuFactor},
    {"aten.linalg_slogdet.default", importSlogdet},
    {"aten.linalg_solve.default", importSolve},
    {"aten.linalg_solve_ex.default", importSolve},
    {"aten.logdet.default", importLogdet},
    {"aten.slogdet.default", importSlogdet},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::luOverloads() { return table; }
