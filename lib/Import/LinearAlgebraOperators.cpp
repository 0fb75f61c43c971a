//===- LinearAlgebraOperators.cpp - torch.linalg on batches of matrices ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Contractions.h"
#include "LinearAlgebra.h"
#include "MatrixBatches.h"
#include "Reductions.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

static constexpr llvm::StringLiteral
    indefinite("linalg.cholesky: the matrix is not positive-definite");

static void importCheckErrors(Call &call) {
  std::string name = call.text("api_name");
  assertZero(call.e, call.tensor("info"),
             name + (StringRef(name).contains("cholesky")
                         ? ": the matrix is not positive-definite"
                         : ": the matrix is singular"));
}

//===----------------------------------------------------------------------===//
// Triangles
//===----------------------------------------------------------------------===//

static void importCholesky(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, "self", true);
  bool isUpper = call.flag("upper");
  Batch batch(e, batchOf(e, a));
  Value folded = batch.fold(a);
  auto [factor, info] = emitCholesky(e, isUpper ? mT(e, folded) : folded);
  call.result(byColumns(e, batch.unfold(isUpper ? mT(e, factor) : factor)));
  if (call.schema->results.size() > 1)
    call.result(batch.unfold(toInt32(e, info)));
  if (checksErrors(call))
    assertZero(e, info, indefinite);
}

/// X of A X = B from a factor of A, lower unless `isUpper`.
static Value emitCholeskySolve(Emitter &e, Value factor, Value b,
                               bool isUpper) {
  Value lower = isUpper ? mT(e, factor) : factor;
  Value x = emitTriangularSolve(e, lower, b, {/*isLower=*/true});
  return emitTriangularSolve(e, mT(e, lower), x, {/*isLower=*/false});
}

static void importCholeskySolve(Call &call) {
  Emitter &e = call.e;
  Value b = readMatrices(call, "self", false);
  Value a = readMatrices(call, call.schema->parameters[1].name, true);
  if (e.hasFailed())
    return;
  Batch batch = broadcastBatches(e, a, b);
  call.result(byColumns(
      e, batch.unfold(emitCholeskySolve(e, a, b, call.flag("upper")))));
}

static void importCholeskyInverse(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, "self", true);
  if (e.hasFailed())
    return;
  Batch batch(e, batchOf(e, a));
  Value folded = batch.fold(a);
  assertAll(e, e.compare(ComparePredicate::Ne, emitDiagonal(e, folded), 0),
            "cholesky_inverse of a factor with a zero on its diagonal");
  Value eye =
      emitIdentity(e, e.size(folded, 0), e.size(a, -1), e.elementType(a));
  call.result(byColumns(
      e, batch.unfold(emitCholeskySolve(e, folded, eye, call.flag("upper")))));
}

static void importSolveTriangular(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, "self", true),
        b = readMatrices(call, "B", false);
  if (e.hasFailed())
    return;
  bool isLeft = call.flag("left"), isUpper = call.flag("upper");
  Batch batch = broadcastBatches(e, a, b);
  if (!isLeft) {
    a = mT(e, a);
    b = mT(e, b);
  }
  Value x = emitTriangularSolve(
      e, a, b, {isUpper != isLeft, call.flag("unitriangular")});
  call.result(byColumns(e, batch.unfold(isLeft ? x : mT(e, x))));
}

/// The older form also returns its matrix.
static void importTriangularSolve(Call &call) {
  Emitter &e = call.e;
  Value b = readMatrices(call, "self", false),
        a = readMatrices(call, "A", true);
  if (e.hasFailed())
    return;
  bool isTransposed = call.flag("transpose"), isUpper = call.flag("upper");
  Batch batch = broadcastBatches(e, a, b);
  Value x = emitTriangularSolve(
      e, isTransposed ? mT(e, a) : a, b,
      {isUpper == isTransposed, call.flag("unitriangular")});
  call.result(byColumns(e, batch.unfold(x)));
  call.result(byColumns(e, batch.unfold(a)));
}

static void importQr(Call &call) {
  Emitter &e = call.e;
  Value a = readMatrices(call, call.schema->parameters[0].name, false);
  if (e.hasFailed())
    return;
  std::string mode = call.isNone("some") ? call.text("mode")
                     : call.flag("some") ? "reduced"
                                         : "complete";
  Batch batch(e, batchOf(e, a));
  auto [q, r] = emitQr(e, batch.fold(a));
  Expr k = e.ranges.min(e.size(a, -2), e.size(a, -1));
  if (mode != "complete") {
    q = e.slice(q, 2, 0, k);
    r = e.slice(r, 1, 0, k);
  }
  call.result(mode == "r" ? e.full({e.expr(0)}, e.number(0, e.elementType(a)))
                          : byColumns(e, batch.unfold(q)));
  call.result(byColumns(e, batch.unfold(r)));
}

//===----------------------------------------------------------------------===//
// Products and norms
//===----------------------------------------------------------------------===//

static void importMatrixPower(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t power = call.integer("n");
  if (!e.hasFailed() && e.rank(self) < 2)
    e.fail("shape-mismatch", "expected matrices");
  if (power < 0) {
    self = call.invokeValue("aten.linalg_inv.default",
                            {{"A", std::make_shared<Tensor>(self)}});
    power = -power;
  }
  if (e.hasFailed())
    return;
  if (power == 0) {
    Batch batch(e, batchOf(e, self));
    Value folded = batch.fold(self);
    return call.result(batch.unfold(e.contiguous(emitIdentity(
        e, e.size(folded, 0), e.size(self, -1), e.elementType(self)))));
  }
  Value result, square = self;
  for (;; square = emitMatmul(e, square, square)) {
    if (power & 1)
      result = result ? emitMatmul(e, result, square) : square;
    if (!(power >>= 1))
      break;
  }
  call.result(result == self ? e.restride(self, e.preservedStrides(self))
                             : result);
}

/// From left to right: the order changes the work, not the product.
static void importMultiDot(Call &call) {
  Emitter &e = call.e;
  SmallVector<Value> factors = call.tensors(call.schema->parameters[0].name);
  if (factors.size() < 2)
    return (void)e.fail("op-argument", "expected two matrices or more");
  Value product = factors[0];
  for (Value factor : ArrayRef(factors).drop_front())
    product = emitMatmul(e, product, factor);
  call.result(product);
}

static void importMatrixNorm(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value x = e.cast(self, call.dtype("dtype", e.elementType(self)));
  SmallVector<int64_t> dims;
  for (int64_t dim : call.integers("dim"))
    dims.push_back(e.wrapDim(dim, e.rank(self)));
  if (dims.size() != 2 || dims[0] == dims[1])
    e.fail("op-argument", "expected two dimensions of a matrix");
  if (!isFloat(e.elementType(x)))
    e.unsupported("norm of " + getDTypeName(e.elementType(x)));
  if (e.hasFailed())
    return;
  bool keepdim = call.flag("keepdim");
  std::string name = call.text("ord");
  double order = name.empty() ? call.number("ord") : 0;
  if (name == "fro")
    return call.result(
        emitVectorNorm(e, x, 2, e.wrapDims(dims, e.rank(x)), keepdim));
  if (!name.empty() || (std::abs(order) != 1 && !std::isinf(order)))
    return (void)e.unsupported("matrix norms of singular values");
  // The largest sum of a column or of a row.
  if (std::isinf(order))
    std::swap(dims[0], dims[1]);
  Type type = e.elementType(x);
  Value sums = e.sum(e.emit<graph::AbsOp>(e.cast(x, getComputeType(type))),
                     {dims[0]}, true);
  // No largest sum of none is zero; there is no smallest.
  if (order > 0 && e.size(sums, dims[1]) == 0)
    sums = e.sum(sums, {dims[1]}, true);
  Value norm = emitExtremum(e, order > 0, e.cast(sums, type), {dims[1]}, true);
  call.result(keepdim ? norm : e.squeeze(norm, dims));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._cholesky_solve_helper.default", importCholeskySolve},
    {"aten._linalg_check_errors.default", importCheckErrors},
    {"aten.chain_matmul.default", importMultiDot},
    {"aten.cholesky.default", importCholesky},
    {"aten.cholesky_inverse.default", importCholeskyInverse},
    {"aten.cholesky_solve.default", importCholeskySolve},
    {"aten.linalg_cholesky.default", importCholesky},
    {"aten.linalg_cholesky_ex.default", importCholesky},
    {"aten.linalg_matrix_norm.default", importMatrixNorm},
    {"aten.linalg_matrix_norm.str_ord", importMatrixNorm},
    {"aten.linalg_matrix_power.default", importMatrixPower},
    {"aten.linalg_multi_dot.default", importMultiDot},
    {"aten.linalg_qr.default", importQr},
    {"aten.linalg_solve_triangular.default", importSolveTriangular},
    {"aten.matrix_power.default", importMatrixPower},
    {"aten.qr.default", importQr},
    {"aten.triangular_solve.default", importTriangularSolve},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::linearAlgebraOverloads() { return table; }
