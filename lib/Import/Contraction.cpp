//===- Contraction.cpp - Matrix products ----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Contractions.h"
#include "Pointwise.h"
#include "Reductions.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// A factor or a summand of a sum that is rounded once, at its end, as ATen's
/// are. Narrow factors are multiplied as they are: nothing is stored wide.
static Value widen(Emitter &e, Value x) {
  return e.cast(x, getComputeType(e.elementType(x)));
}

//===----------------------------------------------------------------------===//
// matmul and linear
//===----------------------------------------------------------------------===//

/// torch.matmul: vectors gain a dimension and lose it again, batch dimensions
/// broadcast.
Value graphc::aten::emitMatmul(Emitter &e, Value a, Value b) {
  int64_t rankA = e.rank(a), rankB = e.rank(b);
  if (rankA == 0 || rankB == 0)
    return e.fail("shape-mismatch", "matmul of a 0-d tensor");
  if (rankA == 1)
    a = e.unsqueeze(a, 0);
  if (rankB == 1)
    b = e.unsqueeze(b, 1);
  // A matrix on the right serves all rows on the left at once.
  if (rankA > 2 && rankB <= 2) {
    SmallVector<Expr> shape = e.shape(a);
    Expr rows = graph::product(e.getContext(), ArrayRef(shape).drop_back());
    Value flat = e.reshape(a, {rows, shape.back()});
    Value product = e.matmul(flat, b);
    shape.back() = e.size(b, 1);
    if (rankB == 1)
      shape.pop_back();
    return e.reshape(product, shape);
  }
  auto lift = [&](Value x, int64_t rank) {
    SmallVector<Expr> shape = e.shape(x);
    while (static_cast<int64_t>(shape.size()) < rank)
      shape.insert(shape.begin(), e.expr(1));
    return e.reshape(x, shape);
  };
  int64_t rank = std::max(e.rank(a), e.rank(b));
  Value product = e.matmul(lift(a, rank), lift(b, rank));
  SmallVector<int64_t> dropped;
  if (rankA == 1)
    dropped.push_back(rank - 2);
  if (rankB == 1)
    dropped.push_back(rank - 1);
  return dropped.empty() ? product : e.squeeze(product, dropped);
}

static void importMatmul(Call &call) {
  const auto &parameters = call.schema->parameters;
  call.result(emitMatmul(call.e, call.tensor(parameters[0].name),
                         call.tensor(parameters[1].name)));
}

static void importMm(Call &call) {
  call.result(call.e.matmul(call.tensor("self"), call.tensor("mat2")));
}

static void importIntMm(Call &call) {
  Emitter &e = call.e;
  Type i32 = e.builder.getI32Type();
  call.result(e.matmul(e.cast(call.tensor("self"), i32),
                       e.cast(call.tensor("mat2"), i32)));
}

/// One number, or one for every row (`across` is 1) or column (0) of a product.
static bool isScale(Emitter &e, Value scale, Value of, int64_t across) {
  if (!e.elementType(scale).isF32())
    return false;
  if (llvm::all_of(e.shape(scale),
                   [&](Expr size) { return size == e.expr(1); }))
    return e.rank(scale) <= 2;
  return e.rank(scale) == 2 && e.size(scale, across) == e.expr(1) &&
         e.size(scale, 1 - across) == e.size(of, 1 - across);
}

/// A product of narrow floats, each operand with a scale; summed up, scaled and
/// moved by the bias in f32.
static void importScaledMm(Call &call) {
  Emitter &e = call.e;
  Value left = call.tensor("self"), right = call.tensor("mat2");
  Value leftScale = call.tensor("scale_a"), rightScale = call.tensor("scale_b");
  if (e.hasFailed())
    return;
  if (!isScale(e, leftScale, left, 1) || !isScale(e, rightScale, right, 0) ||
      call.optionalTensor("scale_result")) {
    call.result(Value(
        e.fail("op-argument",
               "_scaled_mm takes scales in f32, one for all, for each row or "
               "for each column, and none of the result")));
    return;
  }
  Type type = call.dtype("out_dtype", e.elementType(left));
  for (Value operand : {left, right})
    if (e.elementType(operand).getIntOrFloatBitWidth() != 8 ||
        !isFloat(e.elementType(operand)))
      return call.result(Value(e.unsupported(
          "_scaled_mm of other operands than floats of eight bits")));
  if (!isFloat(type) || type.getIntOrFloatBitWidth() == 8)
    return call.result(Value(
        e.unsupported("_scaled_mm with another result than f32, f16 or bf16")));
  Value product = e.matmul(e.cast(left, e.f32()), e.cast(right, e.f32()));
  product = e.mul(e.mul(product, leftScale), rightScale);
  if (Value bias = call.optionalTensor("bias"))
    product = e.add(product, e.cast(bias, e.f32()));
  call.result(e.cast(product, type));
}

Value graphc::aten::emitLinear(Emitter &e, Value input, Value weight,
                               Value bias) {
  if (e.rank(weight) == 2)
    weight = e.transpose(weight, 0, 1);
  if (!bias)
    return emitMatmul(e, input, weight);
  // Rows are put together first and taken apart last, so that nothing stands
  // between the product and what it is widened from and rounded to.
  SmallVector<Expr> shape = e.shape(input);
  bool isFlat = shape.size() <= 2 || e.rank(weight) != 2;
  if (!isFlat)
    input = e.reshape(
        input, {graph::product(e.getContext(), ArrayRef(shape).drop_back()),
                shape.back()});
  Value product = emitMatmul(e, widen(e, input), widen(e, weight));
  Value sum = e.cast(e.add(product, widen(e, bias)), e.elementType(input));
  if (isFlat)
    return sum;
  shape.back() = e.size(weight, 1);
  return e.reshape(sum, shape);
}

static void importLinear(Call &call) {
  call.result(emitLinear(call.e, call.tensor("input"), call.tensor("weight"),
                         call.optionalTensor("bias")));
}

static Value factor(Call &call, StringRef name) {
  return widen(call.e, call.tensor(name));
}

/// beta * self + alpha * product of wide factors, in the product's shape and
/// self's type.
static Value emitScaledSum(Call &call, Value product) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Type type = e.elementType(self);
  double beta = call.number("beta", 1), alpha = call.number("alpha", 1);
  if (alpha != 1)
    product = e.mul(product, alpha);
  if (beta == 0)
    return e.cast(product, type);
  self = e.cast(self, e.elementType(product));
  if (beta != 1)
    self = e.mul(self, beta);
  return e.cast(e.add(product, self), type);
}

static void importAddmm(Call &call) {
  call.result(emitScaledSum(
      call, call.e.matmul(factor(call, "mat1"), factor(call, "mat2"))));
}

static void importAddmmActivation(Call &call) {
  Emitter &e = call.e;
  Value sum =
      emitScaledSum(call, e.matmul(factor(call, "mat1"), factor(call, "mat2")));
  call.result(call.flag("use_gelu")
                  ? e.emit<graph::GeluOp>(sum, graph::GeluKind::Tanh)
                  : e.emit<graph::ReluOp>(sum));
}

static void importBaddbmm(Call &call) {
  call.result(emitScaledSum(
      call, call.e.matmul(factor(call, "batch1"), factor(call, "batch2"))));
}

static void importAddbmm(Call &call) {
  Emitter &e = call.e;
  Value product = e.matmul(factor(call, "batch1"), factor(call, "batch2"));
  call.result(emitScaledSum(call, e.sum(product, {0}, false)));
}

static void importAddmv(Call &call) {
  call.result(emitScaledSum(
      call, emitMatmul(call.e, factor(call, "mat"), factor(call, "vec"))));
}

static Value emitOuter(Emitter &e, Value a, Value b) {
  return e.mul(e.unsqueeze(a, 1), b);
}

static void importAddr(Call &call) {
  call.result(emitScaledSum(
      call, emitOuter(call.e, factor(call, "vec1"), factor(call, "vec2"))));
}

static void importOuter(Call &call) {
  call.result(emitOuter(call.e, call.tensor("self"), call.tensor("vec2")));
}

static void importMv(Call &call) {
  call.result(emitMatmul(call.e, call.tensor("self"), call.tensor("vec")));
}

static void importDot(Call &call) {
  const auto &parameters = call.schema->parameters;
  call.result(emitMatmul(call.e, call.tensor(parameters[0].name),
                         call.tensor(parameters[1].name)));
}

static void importVecdot(Call &call) {
  Emitter &e = call.e;
  Value product = e.mul(call.tensor("x"), call.tensor("y"));
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(product));
  call.result(e.sum(product, {dim}, false));
}

static void importInner(Call &call) {
  Emitter &e = call.e;
  Value a = call.tensor("self"), b = call.tensor("other");
  if (e.rank(a) == 0 || e.rank(b) == 0)
    return call.result(e.mul(a, b));
  SmallVector<Expr> shape = e.shape(a);
  shape.pop_back();
  SmallVector<Expr> rest = e.shape(b);
  Expr inner = rest.pop_back_val();
  Expr rows = graph::product(e.getContext(), rest);
  Value flat = e.transpose(e.reshape(b, {rows, inner}), 0, 1);
  shape.append(rest.begin(), rest.end());
  call.result(e.reshape(emitMatmul(e, a, flat), shape));
}

static void importChainMatmul(Call &call) {
  Value product;
  for (Value matrix : call.tensors("matrices"))
    product = product ? call.e.matmul(product, matrix) : matrix;
  call.result(product);
}

static void importBilinear(Call &call) {
  Emitter &e = call.e;
  Value a = factor(call, "input1"), b = factor(call, "input2");
  Value weight = factor(call, "weight"), bias = call.optionalTensor("bias");
  // sum_ij a_i w_kij b_j, one matrix product per k.
  Value projected = emitMatmul(
      e, e.unsqueeze(a, e.rank(a) - 1),
      e.reshape(e.permute(weight, {1, 0, 2}),
                {e.size(weight, 1), e.size(weight, 0) * e.size(weight, 2)}));
  SmallVector<Expr> shape = e.shape(a);
  if (shape.empty())
    return (void)e.fail("shape-mismatch", "bilinear of a 0-d tensor");
  shape.back() = e.size(weight, 0);
  shape.push_back(e.size(weight, 2));
  Value matrix = e.reshape(projected, shape);
  Value product = e.mul(matrix, e.unsqueeze(b, e.rank(b) - 1));
  Value sum = e.sum(product, {e.rank(product) - 1}, false);
  if (bias)
    sum = e.add(sum, widen(e, bias));
  call.result(e.cast(sum, e.elementType(call.tensor("input1"))));
}

static void importKron(Call &call) {
  Emitter &e = call.e;
  auto operands = promote(call, {"self", "other"});
  int64_t rank = std::max(e.rank(operands[0]), e.rank(operands[1]));
  SmallVector<Expr> shapes[2], merged;
  for (int i : {0, 1}) {
    shapes[i] = e.shape(operands[i]);
    shapes[i].insert(shapes[i].begin(), rank - shapes[i].size(), e.expr(1));
  }
  SmallVector<Expr> left, right;
  for (auto [a, b] : llvm::zip(shapes[0], shapes[1])) {
    left.append({a, e.expr(1)});
    right.append({e.expr(1), b});
    merged.push_back(a * b);
  }
  Value product =
      e.mul(e.reshape(operands[0], left), e.reshape(operands[1], right));
  call.result(e.reshape(product, merged));
}

static void importCross(Call &call) {
  Emitter &e = call.e;
  auto operands = promote(call, {"self", "other"});
  auto shape = e.broadcastShapes(e.shape(operands[0]), e.shape(operands[1]));
  Value a = e.expand(operands[0], shape), b = e.expand(operands[1], shape);
  int64_t dim;
  if (call.isNone("dim")) {
    auto three = llvm::find(shape, e.expr(3));
    dim = three == shape.end() ? 0 : three - shape.begin();
  } else {
    dim = e.wrapDim(call.integer("dim"), e.rank(a));
  }
  auto rolled = [&](Value x, int64_t by) {
    return e.cat({e.slice(x, dim, e.expr(by), e.expr(3), e.expr(1)),
                  e.slice(x, dim, e.expr(0), e.expr(by), e.expr(1))},
                 dim);
  };
  call.result(e.sub(e.mul(rolled(a, 1), rolled(b, 2)),
                    e.mul(rolled(a, 2), rolled(b, 1))));
}

/// Distances between the rows of two batches of matrices.
static void importCdist(Call &call) {
  Emitter &e = call.e;
  Value a = call.tensor("x1"), b = call.tensor("x2");
  if (e.rank(a) < 2 || e.rank(b) < 2)
    return (void)e.fail("shape-mismatch", "cdist of vectors");
  Value difference =
      e.sub(e.unsqueeze(a, e.rank(a) - 1), e.unsqueeze(b, e.rank(b) - 2));
  call.result(emitVectorNorm(e, difference, call.number("p"),
                             {e.rank(difference) - 1}, false));
}

/// Distances between all pairs of rows of a matrix of constant size.
static void importPdist(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (e.rank(self) != 2)
    e.fail("op-argument", "pdist of a tensor that is no matrix");
  if (e.hasFailed())
    return;
  Item rows = e.expr(e.constantOf(e.size(self, 0), "self"));
  Value pairs =
      call.invokeValue("aten.triu_indices.default",
                       {{"row", rows}, {"col", rows}, {"offset", e.expr(1)}});
  auto pick = [&](int64_t which) {
    Value places = e.select(pairs, 0, e.expr(which));
    return e.emit<graph::IndexOp>(self, ValueRange(places),
                                  ArrayRef<int64_t>{0});
  };
  Value first = pick(0);
  call.result(
      emitVectorNorm(e, e.sub(first, pick(1)), call.number("p"), {1}, false));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._addmm_activation.default", importAddmmActivation},
    {"aten._cdist_forward.default", importCdist},
    {"aten._int_mm.default", importIntMm},
    {"aten._pdist_forward.default", importPdist},
    {"aten._scaled_mm.default", importScaledMm},
    {"aten.addbmm.default", importAddbmm},
    {"aten.addmm.default", importAddmm},
    {"aten.addmv.default", importAddmv},
    {"aten.addr.default", importAddr},
    {"aten.baddbmm.default", importBaddbmm},
    {"aten.bilinear.default", importBilinear},
    {"aten.bmm.default", importMm},
    {"aten.cdist.default", importCdist},
    {"aten.chain_matmul.default", importChainMatmul},
    {"aten.cross.default", importCross},
    {"aten.dot.default", importDot},
    {"aten.ger.default", importOuter},
    {"aten.inner.default", importInner},
    {"aten.kron.default", importKron},
    {"aten.linalg_cross.default", importCross},
    {"aten.linalg_matmul.default", importMatmul},
    {"aten.linalg_vecdot.default", importVecdot},
    {"aten.linear.default", importLinear},
    {"aten.matmul.default", importMatmul},
    {"aten.mm.default", importMm},
    {"aten.mv.default", importMv},
    {"aten.outer.default", importOuter},
    {"aten.pdist.default", importPdist},
    {"aten.vdot.default", importDot},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::contractionOverloads() { return table; }
