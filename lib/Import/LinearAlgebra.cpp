//===- LinearAlgebra.cpp - Factorisations of batches of matrices ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each is a loop over columns that updates what is right of and below one. The
// batch goes along in every step, so pivots are masks, not branches.
//
//===----------------------------------------------------------------------===//

#include "LinearAlgebra.h"

#include "Loops.h"
#include "Views.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

/// [batch, size] of 0, 1, 2, ...; the first dimension broadcasts.
static Value places(Emitter &e, Expr size) {
  return e.iota({e.expr(1), size}, 1);
}

static Value asColumn(Emitter &e, Value x) { return e.unsqueeze(x, 2); }
static Value asRow(Emitter &e, Value x) { return e.unsqueeze(x, 1); }

static Value zeroLike(Emitter &e, Value x) {
  return e.number(0, e.elementType(x));
}
static Value where(Emitter &e, Value condition, Value x) {
  return e.select(condition, x, zeroLike(e, x));
}

Value graphc::aten::emitPickRows(Emitter &e, Value x, Value rows) {
  return e.emit<graph::GatherOp>(x, e.expand(asColumn(e, rows), e.shape(x)),
                                 int64_t(1));
}

Value graphc::aten::emitTriangle(Emitter &e, Value x, int64_t diagonal,
                                 bool isLower) {
  return where(e,
               emitTriangleMask(e, e.size(x, -2), e.size(x, -1),
                                e.expr(diagonal), isLower),
               x);
}

Value graphc::aten::emitDiagonal(Emitter &e, Value x) {
  return e.emit<graph::DiagonalOp>(x, int64_t(0), int64_t(1), int64_t(2));
}

Value graphc::aten::emitIdentity(Emitter &e, Expr batch, Expr size, Type type) {
  Value eye = e.compare(ComparePredicate::Eq, e.iota({size, e.expr(1)}, 0),
                        e.iota({e.expr(1), size}, 1));
  return e.expand(e.unsqueeze(e.cast(eye, type), 0), {batch, size, size});
}

/// The number of the step, from 1, where a batch fails for the first time.
static Value noteFailure(Emitter &e, Value info, Value fails, Value step) {
  Value isFirst = e.logicalAnd(fails, e.compare(ComparePredicate::Eq, info, 0));
  return e.select(isFirst, e.add(step, 1), info);
}

//===----------------------------------------------------------------------===//
// LU
//===----------------------------------------------------------------------===//

/// `x` [batch, n, ...] with elements `a` and `b` [batch] of dimension 1
/// swapped, where `atA` and `atB` say which these are.
static Value swapped(Emitter &e, Value x, Value atA, Value elementA, Value atB,
                     Value elementB) {
  return e.select(atA, elementB, e.select(atB, elementA, x));
}

LuFactors graphc::aten::emitLu(Emitter &e, Value a, bool isPivoted) {
  if (e.hasFailed())
    return {};
  Expr batch = e.size(a, 0), m = e.size(a, 1), n = e.size(a, 2);
  Expr steps = e.ranges.min(m, n);
  Value zero = e.number(0, e.i64());
  SmallVector<Value> inits{a, e.expand(places(e, m), {batch, m}),
                           e.full({batch, steps}, zero), e.full({batch}, zero)};
  Value rowOf = places(e, m), columnOf = places(e, n);
  SmallVector<Value> results = emitLoop(
      e, steps, inits,
      [&](Value k, ArrayRef<Value> carried) -> SmallVector<Value> {
        Value a = carried[0], rows = carried[1];
        Value isK = e.compare(ComparePredicate::Eq, rowOf, k);
        Value isBelow = e.compare(ComparePredicate::Gt, rowOf, k);
        Value column = emitElement(e, a, 2, k);
        Value row = emitElement(e, a, 1, k);
        Value at = e.expand(e.unsqueeze(e.reshape(k, {e.expr(1)}), 0),
                            {batch, e.expr(1)});
        if (isPivoted) {
          Value size =
              e.select(e.logicalOr(isK, isBelow), e.emit<graph::AbsOp>(column),
                       e.number(-1, e.elementType(a)));
          Value best = e.emit<graph::ArgReduceOp>(
              graph::ExtremumKind::Max, size, e.builder.getI64IntegerAttr(1),
              /*keepdim=*/true);
          Value isBest = e.compare(ComparePredicate::Eq, rowOf, best);
          Value bestRow = e.squeeze(
              e.emit<graph::GatherOp>(
                  a, e.expand(asColumn(e, best), {batch, e.expr(1), n}),
                  int64_t(1)),
              {1});
          Value here = e.emit<graph::GatherOp>(rows, at, int64_t(1));
          Value there = e.emit<graph::GatherOp>(rows, best, int64_t(1));
          a = swapped(e, a, asColumn(e, isK), asRow(e, row),
                      asColumn(e, isBest), asRow(e, bestRow));
          rows = swapped(e, rows, isK, here, isBest, there);
          column = swapped(
              e, column, isK, e.emit<graph::GatherOp>(column, at, int64_t(1)),
              isBest, e.emit<graph::GatherOp>(column, best, int64_t(1)));
          row = bestRow;
          at = best;
        }
        Value pivot = emitElement(e, row, 1, k);
        Value isZero = e.compare(ComparePredicate::Eq, pivot, 0);
        // A column below a zero pivot is zero, and stays.
        Value divisor = e.select(isZero, e.number(1, e.elementType(a)), pivot);
        Value factors =
            where(e, isBelow, e.div(column, e.unsqueeze(divisor, 1)));
        Value rest =
            where(e, e.compare(ComparePredicate::Gt, columnOf, k), row);
        Value isFactor = e.logicalAnd(
            asColumn(e, isBelow),
            asRow(e, e.compare(ComparePredicate::Eq, columnOf, k)));
        a = e.sub(a, e.mul(asColumn(e, factors), asRow(e, rest)));
        a = e.select(isFactor, asColumn(e, factors), a);
        return {a, rows,
                emitWithElement(e, carried[2], 1, k, e.squeeze(at, {1})),
                noteFailure(e, carried[3], isZero, k)};
      });
  return {results[0], results[1], results[2], results[3]};
}

//===----------------------------------------------------------------------===//
// Solving
//===----------------------------------------------------------------------===//

Value graphc::aten::emitTriangularSolve(Emitter &e, Value a, Value b,
                                        Triangle triangle) {
  if (e.hasFailed())
    return {};
  Expr n = e.size(a, 1);
  Value last = e.sub(e.sizeToTensor(n), 1), rowOf = places(e, n);
  return emitLoop(e, n, {b}, [&](Value index, ArrayRef<Value> carried) {
    Value k = triangle.isLower ? index : e.sub(last, index);
    Value row = emitElement(e, carried[0], 1, k);
    Value column = emitElement(e, a, 2, k);
    if (!triangle.hasOnes)
      row = e.div(row, e.unsqueeze(emitElement(e, column, 1, k), 1));
    Value isRest = e.compare(triangle.isLower ? ComparePredicate::Gt
                                              : ComparePredicate::Lt,
                             rowOf, k);
    Value x = e.sub(carried[0], e.mul(asColumn(e, where(e, isRest, column)),
                                      asRow(e, row)));
    Value isK = e.compare(ComparePredicate::Eq, rowOf, k);
    return SmallVector<Value>{e.select(asColumn(e, isK), asRow(e, row), x)};
  })[0];
}

Value graphc::aten::emitLuSolve(Emitter &e, const LuFactors &lu, Value b) {
  Value x = emitTriangularSolve(e, lu.packed, emitPickRows(e, b, lu.rows),
                                {/*isLower=*/true, /*hasOnes=*/true});
  return emitTriangularSolve(e, lu.packed, x, {/*isLower=*/false});
}

//===----------------------------------------------------------------------===//
// Cholesky and QR
//===----------------------------------------------------------------------===//

std::array<Value, 2> graphc::aten::emitCholesky(Emitter &e, Value a) {
  if (e.hasFailed())
    return {};
  Expr batch = e.size(a, 0), n = e.size(a, 1);
  Value rowOf = places(e, n);
  SmallVector<Value> inits{a, e.full({batch}, e.number(0, e.i64()))};
  SmallVector<Value> results =
      emitLoop(e, n, inits, [&](Value k, ArrayRef<Value> carried) {
        Value column = emitElement(e, carried[0], 2, k);
        Value pivot = emitElement(e, column, 1, k);
        Value root = e.unsqueeze(e.emit<graph::SqrtOp>(pivot), 1);
        Value isK = e.compare(ComparePredicate::Eq, rowOf, k);
        Value isBelow = e.compare(ComparePredicate::Gt, rowOf, k);
        column = where(e, isBelow, e.div(column, root));
        Value rest =
            e.sub(carried[0], e.mul(asColumn(e, column), asRow(e, column)));
        Value isColumn = asRow(e, isK);
        Value factor = e.select(isK, root, column);
        Value fails = e.logicalNot(e.compare(ComparePredicate::Gt, pivot, 0));
        return SmallVector<Value>{e.select(isColumn, asColumn(e, factor), rest),
                                  noteFailure(e, carried[1], fails, k)};
      });
  return {emitTriangle(e, results[0], 0, /*isLower=*/true), results[1]};
}

std::array<Value, 2> graphc::aten::emitQr(Emitter &e, Value a) {
  if (e.hasFailed())
    return {};
  Expr batch = e.size(a, 0), m = e.size(a, 1), n = e.size(a, 2);
  Type type = e.elementType(a);
  Value rowOf = places(e, m), zero = e.number(0, type), one = e.number(1, type);
  SmallVector<Value> inits{emitIdentity(e, batch, m, type), a};
  // The last row has nothing below it to reflect.
  Expr steps = e.ranges.max(e.ranges.min(m - 1, n), e.expr(0));
  SmallVector<Value> results =
      emitLoop(e, steps, inits, [&](Value k, ArrayRef<Value> carried) {
        Value q = carried[0], r = carried[1];
        Value isK = e.compare(ComparePredicate::Eq, rowOf, k);
        Value isBelow = e.compare(ComparePredicate::Gt, rowOf, k);
        Value column = emitElement(e, r, 2, k);
        Value head = e.unsqueeze(emitElement(e, column, 1, k), 1);
        Value tail = where(e, isBelow, column);
        Value tailSquares = e.sum(e.mul(tail, tail), {1}, true);
        Value norm =
            e.emit<graph::SqrtOp>(e.add(e.mul(head, head), tailSquares));
        // Away from the head, or nothing to do.
        Value beta = e.neg(e.emit<graph::CopysignOp>(norm, head));
        Value isDone = e.compare(ComparePredicate::Eq, tailSquares, 0);
        Value tau =
            e.select(isDone, zero,
                     e.div(e.sub(beta, head), e.select(isDone, one, beta)));
        Value scale = e.select(isDone, one, e.sub(head, beta));
        Value v = e.select(isK, one, e.div(tail, scale));
        Value along = e.mul(tau, v);
        Value rv = e.sum(e.mul(asColumn(e, v), r), {1}, true);
        Value qv = e.sum(e.mul(q, asRow(e, v)), {2}, true);
        return SmallVector<Value>{e.sub(q, e.mul(qv, asRow(e, along))),
                                  e.sub(r, e.mul(asColumn(e, along), rv))};
      });
  return {results[0], emitTriangle(e, results[1], 0, /*isLower=*/false)};
}
