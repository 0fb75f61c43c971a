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

Value graphc::aten::emitLinear(Emitter &e, Value input, Value weight,
                               Value bias) {
  if (e.rank(weight) == 2)
    weight = e.transpose(weight, 0, 1);
  Value product = emitMatmul(e, input, weight);
  return bias ? e.add(product, bias) : product;
}

static void importLinear(Call &call) {
  call.result(emitLinear(call.e, call.tensor("input"), call.tensor("weight"),
                         call.optionalTensor("bias")));
}

/// A factor of a product that `emitScaledSum` adds to. It is widened when the
/// product is scaled, so that the result is rounded once, as ATen's is.
static Value factor(Call &call, StringRef name) {
  Emitter &e = call.e;
  Value x = call.tensor(name);
  double beta = call.number("beta", 1), alpha = call.number("alpha", 1);
  bool isScaled = alpha != 1 || (beta != 0 && beta != 1);
  return isScaled ? e.cast(x, getComputeType(e.elementType(x))) : x;
}

/// beta * self + alpha * product, in the product's shape and self's type.
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
  Value a = call.tensor("input1"), b = call.tensor("input2");
  Value weight = call.tensor("weight"), bias = call.optionalTensor("bias");
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
  call.result(bias ? e.add(sum, bias) : sum);
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

//===----------------------------------------------------------------------===//
// tensordot and einsum
//===----------------------------------------------------------------------===//

namespace {
/// One operand of an einsum: a tensor whose dimensions carry labels.
struct Labelled {
  Value value;
  std::string labels;
};
} // namespace

/// Orders dimensions as `labels` says; labels it lacks become size 1.
static Value alignTo(Emitter &e, const Labelled &operand, StringRef labels) {
  SmallVector<int64_t> perm;
  SmallVector<Expr> shape;
  for (char label : labels) {
    size_t position = operand.labels.find(label);
    if (position == std::string::npos) {
      shape.push_back(e.expr(1));
      continue;
    }
    perm.push_back(position);
    shape.push_back(e.size(operand.value, position));
  }
  return e.reshape(e.permute(operand.value, perm), shape);
}

/// The product of two operands, summed over the labels that nobody needs any
/// more: `[batch, left, sum] x [batch, sum, right]` as one matmul.
static Labelled contract(Emitter &e, Labelled a, Labelled b, StringRef needed) {
  std::string batch, left, right, summed;
  for (char label : a.labels) {
    bool inB = b.labels.find(label) != std::string::npos;
    bool isNeeded = needed.contains(label);
    if (inB)
      (isNeeded ? batch : summed) += label;
    else
      left += label;
  }
  for (char label : b.labels)
    if (a.labels.find(label) == std::string::npos)
      right += label;
  auto sizesOf = [&](StringRef labels) {
    SmallVector<Expr> sizes;
    for (char label : labels) {
      size_t inA = a.labels.find(label);
      Expr size = inA != std::string::npos ? e.size(a.value, inA) : e.expr(1);
      size_t inB = b.labels.find(label);
      if (size == 1 && inB != std::string::npos)
        size = e.size(b.value, inB);
      sizes.push_back(size);
    }
    return sizes;
  };
  auto productOf = [&](StringRef labels) {
    return graph::product(e.getContext(), sizesOf(labels));
  };
  auto grouped = [&](const Labelled &x, StringRef first, StringRef second) {
    SmallVector<Expr> full = sizesOf(batch), shape = full;
    full.append(sizesOf(first));
    full.append(sizesOf(second));
    Value aligned = alignTo(e, x, (Twine(batch) + first + second).str());
    shape.append({productOf(first), productOf(second)});
    return e.reshape(e.expand(aligned, full), shape);
  };
  SmallVector<Expr> shape = sizesOf(batch);
  shape.append(sizesOf(left));
  shape.append(sizesOf(right));
  // Without a sum a product of elements is all there is to it.
  std::string labels = batch + left + right;
  if (summed.empty()) {
    Value product = e.mul(alignTo(e, a, labels), alignTo(e, b, labels));
    return {product, labels};
  }
  Value product = e.matmul(grouped(a, left, summed), grouped(b, summed, right));
  return {e.reshape(product, shape), labels};
}

/// Sums an operand over labels that appear nowhere else, after replacing
/// repeated labels by a diagonal.
static Labelled reduceAlone(Emitter &e, Labelled x, StringRef needed) {
  for (size_t i = 0; i < x.labels.size(); ++i) {
    size_t again = x.labels.find(x.labels[i], i + 1);
    if (again == std::string::npos)
      continue;
    char label = x.labels[i];
    x.value =
        e.emit<graph::DiagonalOp>(x.value, int64_t(0), static_cast<int64_t>(i),
                                  static_cast<int64_t>(again));
    x.labels.erase(again, 1);
    x.labels.erase(i, 1);
    x.labels += label;
    i = static_cast<size_t>(-1);
  }
  SmallVector<int64_t> dims;
  std::string kept;
  for (auto [dim, label] : llvm::enumerate(x.labels)) {
    if (needed.contains(label))
      kept += label;
    else
      dims.push_back(dim);
  }
  if (!dims.empty())
    x.value = e.sum(x.value, dims, false);
  return {x.value, kept};
}

static void importEinsum(Call &call) {
  Emitter &e = call.e;
  std::string equation = call.text("equation");
  llvm::erase(equation, ' ');
  SmallVector<Value> tensors = call.tensors("tensors");
  auto [inputs, output] = StringRef(equation).split("->");
  bool isExplicit = StringRef(equation).contains("->");
  SmallVector<StringRef> terms;
  inputs.split(terms, ',');
  if (terms.size() != tensors.size())
    return (void)e.fail("op-argument", "the equation has " +
                                           Twine(terms.size()) + " operands");
  // An ellipsis stands for labels of its own, aligned at the right.
  int64_t ellipsisRank = 0;
  for (auto [term, tensor] : llvm::zip(terms, tensors))
    if (term.contains("..."))
      ellipsisRank = std::max<int64_t>(
          ellipsisRank,
          e.rank(tensor) - (static_cast<int64_t>(term.size()) - 3));
  auto spell = [&](StringRef term, int64_t count) {
    auto [before, after] = term.split("...");
    std::string labels = before.str();
    if (term.contains("..."))
      for (int64_t i = ellipsisRank - count; i < ellipsisRank; ++i)
        labels += static_cast<char>('0' + i);
    return labels + after.str();
  };
  SmallVector<Labelled> operands;
  std::map<char, unsigned> uses;
  for (auto [term, tensor] : llvm::zip(terms, tensors)) {
    int64_t count = e.rank(tensor) - (static_cast<int64_t>(term.size()) - 3);
    operands.push_back({tensor, spell(term, count)});
    if (static_cast<int64_t>(operands.back().labels.size()) != e.rank(tensor) ||
        count > 9)
      return (void)e.fail("op-argument", "'" + term + "' does not fit");
    for (char label : operands.back().labels)
      ++uses[label];
  }
  std::string result;
  if (isExplicit) {
    result = spell(output, ellipsisRank);
  } else {
    // Ellipsis first, then labels used once in alphabetical order.
    for (int64_t i = 0; i < ellipsisRank; ++i)
      result += static_cast<char>('0' + i);
    for (auto [label, count] : uses)
      if (count == 1 && !isdigit(label))
        result += label;
  }
  // Left to right, each label summed as soon as nothing later needs it.
  for (size_t i = 0; i < operands.size(); ++i) {
    std::string needed = result;
    for (size_t j = 0; j < operands.size(); ++j)
      if (j != i)
        needed += operands[j].labels;
    operands[i] = reduceAlone(e, operands[i], needed);
  }
  Labelled total = operands.front();
  for (size_t i = 1; i < operands.size(); ++i) {
    std::string needed = result;
    for (size_t j = i + 1; j < operands.size(); ++j)
      needed += operands[j].labels;
    total = contract(e, total, operands[i], needed);
  }
  if (e.hasFailed())
    return;
  for (char label : result)
    if (total.labels.find(label) == std::string::npos)
      return (void)e.fail("op-argument", "an output label has no operand");
  SmallVector<int64_t> perm;
  for (char label : result)
    perm.push_back(total.labels.find(label));
  call.result(e.permute(total.value, perm));
}

static void importTensordot(Call &call) {
  Emitter &e = call.e;
  Value a = call.tensor("self"), b = call.tensor("other");
  Labelled left{a, ""}, right{b, ""};
  for (int64_t i = 0; i < e.rank(a); ++i)
    left.labels += static_cast<char>('a' + i);
  for (int64_t i = 0; i < e.rank(b); ++i)
    right.labels += static_cast<char>('A' + i);
  for (auto [i, j] :
       llvm::zip(call.integers("dims_self"), call.integers("dims_other")))
    right.labels[e.wrapDim(j, e.rank(b))] =
        left.labels[e.wrapDim(i, e.rank(a))];
  std::string needed;
  for (char label : left.labels + right.labels)
    if ((left.labels.find(label) == std::string::npos) !=
        (right.labels.find(label) == std::string::npos))
      needed += label;
  Labelled total = contract(e, left, right, needed);
  SmallVector<int64_t> perm;
  for (char label : needed)
    perm.push_back(total.labels.find(label));
  call.result(e.permute(total.value, perm));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._addmm_activation.default", importAddmmActivation},
    {"aten._cdist_forward.default", importCdist},
    {"aten._int_mm.default", importIntMm},
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
    {"aten.einsum.default", importEinsum},
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
    {"aten.tensordot.default", importTensordot},
    {"aten.vdot.default", importDot},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::contractionOverloads() { return table; }
