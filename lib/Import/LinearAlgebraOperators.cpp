//===- LinearAlgebraOperators.cpp - torch.linalg on batches of matrices ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Contractions.h"
#include "LinearAlgebra.h"
#include "Reductions.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Batches
//===----------------------------------------------------------------------===//

/// LAPACK's strides: columns lie one after the other.
static Value byColumns(Emitter &e, Value x) {
  if (!x || e.rank(x) < 2)
    return x;
  SmallVector<Expr> shape = e.shape(x);
  size_t last = shape.size() - 1;
  std::swap(shape[last], shape[last - 1]);
  SmallVector<Expr> strides = e.contiguousStrides(shape);
  std::swap(strides[last], strides[last - 1]);
  return e.restride(x, strides);
}

static Value mT(Emitter &e, Value x) {
  return e.transpose(x, e.rank(x) - 2, e.rank(x) - 1);
}

namespace {
/// The dimensions before those of a matrix, as one and as they were.
struct Batch {
  Batch(Emitter &e, ArrayRef<Expr> shape) : e(e), shape(shape) {}

  Value fold(Value x) const {
    SmallVector<Expr> sizes{graph::product(e.getContext(), shape)};
    SmallVector<Expr> rest = e.shape(x);
    sizes.append(rest.begin() + shape.size(), rest.end());
    return e.hasFailed() ? Value() : e.reshape(x, sizes);
  }
  Value unfold(Value x) const {
    SmallVector<Expr> sizes(shape), rest = e.shape(x);
    if (e.hasFailed())
      return {};
    sizes.append(rest.begin() + 1, rest.end());
    return e.reshape(x, sizes);
  }

  Emitter &e;
  SmallVector<Expr> shape;
};
} // namespace

static SmallVector<Expr> batchOf(Emitter &e, Value x) {
  SmallVector<Expr> shape = e.shape(x);
  shape.resize(std::max<size_t>(shape.size(), 2) - 2);
  return shape;
}

/// A tensor argument of matrices of a type that LAPACK has.
static Value readMatrices(Call &call, StringRef name, bool isSquare) {
  Emitter &e = call.e;
  Value x = call.tensor(name);
  if (e.hasFailed())
    return {};
  Type type = e.elementType(x);
  if (!type.isF32() && !type.isF64())
    return e.unsupported("linear algebra of " + getDTypeName(type));
  if (e.rank(x) < 2)
    return e.fail("shape-mismatch", "'" + name + "' is no matrix");
  if (isSquare && e.size(x, -1) != e.size(x, -2))
    return e.fail("shape-mismatch", "'" + name + "' is not square");
  return x;
}

/// Matrices of two arguments with one batch for both.
static Batch broadcastBatches(Emitter &e, Value &a, Value &b) {
  Batch batch(e, e.broadcastShapes(batchOf(e, a), batchOf(e, b)));
  for (Value *x : {&a, &b}) {
    SmallVector<Expr> shape = batch.shape;
    shape.append({e.size(*x, -2), e.size(*x, -1)});
    *x = batch.fold(e.expand(*x, shape));
  }
  return batch;
}

static void assertZero(Emitter &e, Value info, StringRef message) {
  Value isFine = e.compare(ComparePredicate::Eq, info, 0);
  isFine = e.reduce(graph::ReduceKind::All, isFine,
                    e.wrapDims({}, e.rank(isFine)), false);
  if (!e.hasFailed())
    graph::AssertTensorOp::create(e.builder, e.loc, isFine, message);
}

static constexpr llvm::StringLiteral singular("linalg: the matrix is singular"),
    indefinite("linalg.cholesky: the matrix is not positive-definite");

/// Whether the call fails where the factorisation does: all but `_ex` do.
static bool checksErrors(Call &call) {
  bool isQuiet = llvm::any_of(call.schema->parameters, [](const auto &p) {
    return StringRef(p.name) == "check_errors";
  });
  return !isQuiet || call.flag("check_errors");
}

static void importCheckErrors(Call &call) {
  std::string name = call.text("api_name");
  assertZero(call.e, call.tensor("info"),
             name + (StringRef(name).contains("cholesky")
                         ? ": the matrix is not positive-definite"
                         : ": the matrix is singular"));
}

static Value toInt32(Emitter &e, Value x) {
  return e.cast(x, e.builder.getI32Type());
}

/// LAPACK counts rows from 1.
static Value toPivots(Emitter &e, Value swaps) {
  return toInt32(e, e.add(swaps, 1));
}

//===----------------------------------------------------------------------===//
// LU and what is made of it
//===----------------------------------------------------------------------===//

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
    {"aten._linalg_det.default", importDet},
    {"aten._linalg_slogdet.default", importSlogdet},
    {"aten._linalg_solve_ex.default", importSolve},
    {"aten.chain_matmul.default", importMultiDot},
    {"aten.cholesky.default", importCholesky},
    {"aten.cholesky_inverse.default", importCholeskyInverse},
    {"aten.cholesky_solve.default", importCholeskySolve},
    {"aten.det.default", importDet},
    {"aten.inverse.default", importInverse},
    {"aten.linalg_cholesky.default", importCholesky},
    {"aten.linalg_cholesky_ex.default", importCholesky},
    {"aten.linalg_det.default", importDet},
    {"aten.linalg_inv.default", importInverse},
    {"aten.linalg_inv_ex.default", importInverse},
    {"aten.linalg_lu.default", importLu},
    {"aten.linalg_lu_factor.default", importLuFactor},
    {"aten.linalg_lu_factor_ex.default", importLuFactor},
    {"aten.linalg_matrix_norm.default", importMatrixNorm},
    {"aten.linalg_matrix_norm.str_ord", importMatrixNorm},
    {"aten.linalg_matrix_power.default", importMatrixPower},
    {"aten.linalg_multi_dot.default", importMultiDot},
    {"aten.linalg_qr.default", importQr},
    {"aten.linalg_slogdet.default", importSlogdet},
    {"aten.linalg_solve.default", importSolve},
    {"aten.linalg_solve_ex.default", importSolve},
    {"aten.linalg_solve_triangular.default", importSolveTriangular},
    {"aten.logdet.default", importLogdet},
    {"aten.matrix_power.default", importMatrixPower},
    {"aten.qr.default", importQr},
    {"aten.slogdet.default", importSlogdet},
    {"aten.triangular_solve.default", importTriangularSolve},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::linearAlgebraOverloads() { return table; }
