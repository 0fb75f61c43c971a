//===- AttentionBackward.cpp - Gradients of attention ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With P = exp(S - logsumexp): dV = P^T dO, dS = P * (dO V^T - sum(dO * O)).
//
//===----------------------------------------------------------------------===//

#include "Attention.h"

#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

namespace {
/// In the compute type, of the shapes of the operands. `scores` is that of the
/// sums that the mask is added to.
struct Gradients {
  Value query, key, value, scores;
};
} // namespace

/// The sum over the heads of the query that share one of `heads`.
static Value sumOfHeads(Emitter &e, Value grad, Expr heads) {
  int64_t dim = e.rank(grad) - 3;
  if (e.hasFailed() || e.size(grad, dim) == heads)
    return grad;
  SmallVector<Expr> shape = e.shape(grad);
  shape.insert(shape.begin() + dim + 1, shape[dim].floorDiv(heads));
  shape[dim] = heads;
  return e.sum(e.reshape(grad, shape), {dim + 1}, false);
}

/// `logsumexp` has a row's size last.
static Gradients emitGradients(Call &call, Value grad, Value mask,
                               Value logsumexp) {
  Emitter &e = call.e;
  Type compute = getComputeType(e.elementType(call.tensor("query")));
  auto wide = [&](Value x) { return e.cast(x, compute); };
  Value q = wide(call.tensor("query")), out = wide(call.tensor("out"));
  Value k = wide(call.tensor("key")), v = wide(call.tensor("value"));
  if (e.hasFailed() || e.rank(q) < 3)
    return {};
  grad = wide(grad);
  Expr heads = e.size(k, -3), allHeads = e.size(q, -3);
  k = repeatHeads(e, k, allHeads);
  v = repeatHeads(e, v, allHeads);

  Value rows = wide(logsumexp);
  Value weights =
      e.emit<graph::ExpOp>(e.sub(emitScores(call, q, k, mask), rows));
  // Rows without a key to see.
  Value isEmpty =
      e.compare(graph::ComparePredicate::Eq, e.emit<graph::AbsOp>(rows),
                std::numeric_limits<double>::infinity());
  weights = e.select(isEmpty, e.number(0, compute), weights);
  Value delta = e.sum(e.mul(grad, out), {e.rank(q) - 1}, true);
  Value scores = e.mul(weights, e.sub(matmulTransposed(e, grad, v), delta));
  auto transposed = [&](Value x) {
    return e.transpose(x, e.rank(x) - 2, e.rank(x) - 1);
  };
  double scale = getAttentionScale(call);
  return {e.mul(e.matmul(scores, k), scale),
          sumOfHeads(e, e.mul(e.matmul(transposed(scores), q), scale), heads),
          sumOfHeads(e, e.matmul(transposed(weights), grad), heads), scores};
}

/// Gradients with the layouts of what they are of.
static void giveLikeOperands(Call &call, const Gradients &gradients) {
  Emitter &e = call.e;
  auto give = [&](Value gradient, StringRef name) {
    Value operand = call.tensor(name);
    call.result(
        e.withLayoutOf(e.cast(gradient, e.elementType(operand)), operand));
  };
  if (e.hasFailed())
    return;
  give(gradients.query, "query");
  give(gradients.key, "key");
  give(gradients.value, "value");
}

/// Gradients as of kernels that work on `[batch, rows, heads, width]`.
static void giveInRows(Call &call, const Gradients &gradients) {
  Emitter &e = call.e;
  Type type = e.elementType(call.tensor("query"));
  if (e.hasFailed())
    return;
  for (Value gradient : {gradients.query, gradients.key, gradients.value})
    call.result(
        e.restride(e.cast(gradient, type), rowStrides(e, e.shape(gradient))));
}

template <void (*give)(Call &, const Gradients &)>
static void importFlashBackward(Call &call) {
  if (refuseAttentionDropout(call))
    return;
  Emitter &e = call.e;
  Value query = call.tensor("query"), rows = call.tensor("logsumexp");
  if (!e.hasFailed() && e.rank(query) != 4)
    return (void)e.fail("shape-mismatch", "attention takes 4 dimensions");
  give(call, emitGradients(call, call.tensor("grad_out"),
                           call.optionalTensor("attn_mask"),
                           e.unsqueeze(rows, e.rank(rows))));
}

static void importCudnnBackward(Call &call) {
  if (refuseAttentionDropout(call))
    return;
  giveLikeOperands(call, emitGradients(call, call.tensor("grad_out"),
                                       call.optionalTensor("attn_bias"),
                                       call.tensor("logsumexp")));
}

/// The gradient of a mask, which broadcasts to the scores. Its rows begin at
/// multiples of 16 elements.
static Value finishBias(Call &call, Value scores, Value bias) {
  Emitter &e = call.e;
  SmallVector<Expr> shape = e.shape(bias), padded = shape;
  Value sum =
      call.invokeValue("aten.sum_to_size.default",
                       {{"self", std::make_shared<Tensor>(scores)},
                        {"size", Item::List(shape.begin(), shape.end())}});
  if (e.hasFailed() || shape.empty())
    return sum;
  padded.back() = (shape.back() + 15).floorDiv(e.expr(16)) * 16;
  return e.restride(e.cast(sum, e.elementType(bias)),
                    e.contiguousStrides(padded));
}

static void importEfficientBackward(Call &call) {
  if (refuseAttentionDropout(call))
    return;
  Emitter &e = call.e;
  Value query = call.tensor("query"), bias = call.optionalTensor("attn_bias");
  // Behind the rows of the query are some that fill up a block.
  Value rows = call.tensor("logsumexp");
  if (e.rank(query) != 4 || e.rank(rows) != 3)
    return (void)e.fail("shape-mismatch", "attention takes 4 dimensions");
  rows = e.unsqueeze(e.slice(rows, 2, 0, e.size(query, 2)), 3);
  Gradients gradients =
      emitGradients(call, call.tensor("grad_out_"), bias, rows);
  if (e.hasFailed())
    return;
  giveInRows(call, gradients);
  const auto *wanted = call.get("grad_input_mask").as<Item::List>();
  bool wantsBias = bias && wanted && wanted->size() == 4 &&
                   wanted->back().getConstant().value_or(0) != 0;
  call.result(wantsBias ? finishBias(call, gradients.scores, bias) : Value());
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._scaled_dot_product_cudnn_attention_backward.default", importCudnnBackward},
    {"aten._scaled_dot_product_efficient_attention_backward.default", importEfficientBackward},
    {"aten._scaled_dot_product_flash_attention_backward.default", importFlashBackward<giveLikeOperands>},
    {"aten._scaled_dot_product_flash_attention_for_cpu_backward.default", importFlashBackward<giveInRows>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::attentionBackwardOverloads() { return table; }
