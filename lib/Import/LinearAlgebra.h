//===- LinearAlgebra.h - Factorisations of batches of matrices --*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_LINEARALGEBRA_H
#define GRAPHC_LIB_IMPORT_LINEARALGEBRA_H

#include "Emitter.h"

namespace graphc::aten {

/// Factors of a batch of matrices [batch, rows, columns], with partial
/// pivoting: row i of L * U is row `rows[i]` of the matrix.
struct LuFactors {
  Value packed; ///< L without its ones below the diagonal, U from there on.
  Value rows;   ///< [batch, rows] in i64.
  Value
      swaps;  ///< [batch, min(rows, columns)]: with which row each was swapped.
  Value info; ///< [batch]: the first zero pivot, counted from 1, or 0.
};
LuFactors emitLu(Emitter &e, Value a, bool isPivoted);

/// The lower factor of symmetric matrices, which are read below the diagonal,
/// and the first pivot that is not positive, counted from 1, or 0.
std::array<Value, 2> emitCholesky(Emitter &e, Value a);

/// Q [batch, m, m] and R [batch, m, n] by reflections, with LAPACK's signs.
std::array<Value, 2> emitQr(Emitter &e, Value a);

struct Triangle {
  bool isLower;
  bool hasOnes = false; ///< The diagonal counts as ones.
};
/// X in A X = B, of matrices [batch, n, n] and [batch, n, k].
Value emitTriangularSolve(Emitter &e, Value a, Value b, Triangle triangle);
/// The same from the factors of A.
Value emitLuSolve(Emitter &e, const LuFactors &lu, Value b);

/// `x` where `column - row >= diagonal` (or `<=` for lower), else 0.
Value emitTriangle(Emitter &e, Value x, int64_t diagonal, bool isLower);
/// [batch, n] of [batch, m, k].
Value emitDiagonal(Emitter &e, Value x);
/// [batch, n, n] of ones on the diagonal.
Value emitIdentity(Emitter &e, Expr batch, Expr size, Type type);
/// Rows of `x` [batch, m, k] picked by `rows` [batch, m].
Value emitPickRows(Emitter &e, Value x, Value rows);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_LINEARALGEBRA_H
