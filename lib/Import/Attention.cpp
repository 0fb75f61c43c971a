//===- Attention.cpp - Scaled dot-product attention -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Views.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

static double getScale(Call &call) {
  Emitter &e = call.e;
  if (!call.isNone("scale"))
    return call.number("scale");
  int64_t width = e.constantOf(e.size(call.tensor("query"), -1), "query");
  return 1 / std::sqrt(static_cast<double>(std::max<int64_t>(width, 1)));
}

static bool refuseDropout(Call &call) {
  if (call.number("dropout_p", 0) == 0)
    return false;
  call.e.unsupported("attention with dropout");
  return true;
}

/// `value` with as many rows as `key`. Export compares symbolic lengths only
/// where an operator makes it, which attention as a whole does not.
static Value matchLength(Emitter &e, Value key, Value value) {
  if (e.hasFailed() || e.rank(value) < 2 || e.rank(value) != e.rank(key))
    return value;
  int64_t dim = e.rank(value) - 2;
  Expr wanted = e.size(key, dim), given = e.size(value, dim);
  Expr agrees = given.eq(wanted);
  if (given == wanted || agrees.isConstant())
    return value;
  graph::AssertOp::create(e.builder, e.loc, agrees,
                          "attention has " + wanted.str() + " keys and " +
                              given.str() + " values");
  return e.emit<graph::SliceOp>(value, dim, e.expr(0), wanted, e.expr(1));
}

/// (output, logsumexp) by the op that every flavour shares.
static std::array<Value, 2> emitAttention(Call &call, Value mask) {
  Emitter &e = call.e;
  Value query = call.tensor("query"), key = call.tensor("key"),
        value = call.tensor("value");
  // Batch dimensions may broadcast; heads are the op's business.
  int64_t rank = e.rank(query);
  auto broadcast = [&](Value x) {
    SmallVector<Expr> shape = e.shape(x), wanted = e.shape(query);
    if (static_cast<int64_t>(shape.size()) != rank || rank < 3)
      return x;
    int64_t last = call.flag("enable_gqa") ? rank - 3 : rank - 2;
    for (int64_t dim = 0; dim < last; ++dim)
      if (shape[dim] == 1)
        shape[dim] = wanted[dim];
    return e.expand(x, shape);
  };
  if (mask && !isBool(e.elementType(mask)))
    mask = e.cast(mask, e.elementType(query));
  return e.emitAll<graph::AttentionOp, 2>(
      query, broadcast(key), broadcast(matchLength(e, key, value)), mask,
      call.flag("is_causal"), APFloat(getScale(call)));
}

static void importAttention(Call &call) {
  if (refuseDropout(call))
    return;
  Value mask = call.optionalTensor("attn_mask");
  call.result(emitAttention(call, mask)[0]);
}

static void importCpuFlash(Call &call) {
  if (refuseDropout(call))
    return;
  Value mask = call.optionalTensor("attn_mask");
  for (Value value : emitAttention(call, mask))
    call.result(value);
}

/// The GPU flavours have further results: offsets of sequences, sizes, and the
/// state of a generator that only dropout reads.
static void importGpuFlash(Call &call) {
  if (refuseDropout(call))
    return;
  Emitter &e = call.e;
  Value mask = call.optionalTensor("attn_bias");
  auto results = emitAttention(call, mask);
  call.result(results[0]);
  call.result(results[1]);
  Value seed = e.number(0, e.i64());
  for (size_t i = 2; i < call.schema->results.size(); ++i) {
    const Parameter &result = call.schema->results[i];
    if (result.name == "max_q")
      call.result(Item(e.size(call.tensor("query"), -2)));
    else if (result.name == "max_k")
      call.result(Item(e.size(call.tensor("key"), -2)));
    else if (result.name == "cum_seq_q" || result.name == "cum_seq_k")
      call.result(Item());
    else
      call.result(seed);
  }
}

/// The product of two batches of matrices, the second transposed.
static Value matmulTransposed(Emitter &e, Value a, Value b) {
  return e.matmul(a, e.transpose(b, e.rank(b) - 2, e.rank(b) - 1));
}

/// scale * q k^T plus the mask, in the compute type.
static Value emitScores(Call &call, Value query, Value key, double scale) {
  Emitter &e = call.e;
  Value scores = e.mul(matmulTransposed(e, query, key), scale);
  Type type = e.elementType(scores);
  Value minusInfinity =
      e.number(-std::numeric_limits<double>::infinity(), type);
  if (call.flag("is_causal")) {
    Value keep = emitTriangleMask(e, e.size(scores, -2), e.size(scores, -1),
                                  e.expr(0), true);
    scores = e.select(keep, scores, minusInfinity);
  }
  Value mask = call.optionalTensor("attn_mask");
  if (mask && isBool(e.elementType(mask)))
    return e.select(mask, scores, minusInfinity);
  return mask ? e.add(scores, e.cast(mask, type)) : scores;
}

/// (output, weights), the weights being asked for.
static void importAttentionMath(Call &call) {
  if (refuseDropout(call))
    return;
  Emitter &e = call.e;
  Value query = call.tensor("query"), key = call.tensor("key"),
        value = call.tensor("value");
  if (call.flag("enable_gqa"))
    return (void)e.unsupported("grouped queries in the math form");
  Value scores = emitScores(call, query, key, getScale(call));
  Value weights = e.emit<graph::SoftmaxOp>(scores, e.rank(scores) - 1);
  call.result(e.matmul(weights, value));
  call.result(weights);
}

/// With P = exp(S - logsumexp): dV = P^T dO, dS = P * (dO V^T - sum(dO * O)).
static void importCpuFlashBackward(Call &call) {
  if (refuseDropout(call))
    return;
  Emitter &e = call.e;
  Value query = call.tensor("query");
  Type type = e.elementType(query), compute = getComputeType(type);
  auto wide = [&](StringRef name) {
    return e.cast(call.tensor(name), compute);
  };
  Value q = wide("query"), k = wide("key"), v = wide("value");
  Value grad = wide("grad_out"), out = wide("out");
  Value logsumexp = e.unsqueeze(wide("logsumexp"), e.rank(q) - 1);
  double scale = getScale(call);
  Value weights =
      e.emit<graph::ExpOp>(e.sub(emitScores(call, q, k, scale), logsumexp));
  Value delta = e.sum(e.mul(grad, out), {e.rank(q) - 1}, true);
  Value dScores = e.mul(weights, e.sub(matmulTransposed(e, grad, v), delta));
  auto transposed = [&](Value x) {
    return e.transpose(x, e.rank(x) - 2, e.rank(x) - 1);
  };
  auto finish = [&](Value x, StringRef like) {
    Value original = call.tensor(like);
    return e.withLayoutOf(e.cast(x, type), original);
  };
  call.result(finish(e.mul(e.matmul(dScores, k), scale), "query"));
  call.result(finish(e.mul(e.matmul(transposed(dScores), q), scale), "key"));
  call.result(finish(e.matmul(transposed(weights), grad), "value"));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._scaled_dot_product_attention_math.default", importAttentionMath},
    {"aten._scaled_dot_product_cudnn_attention.default", importGpuFlash},
    {"aten._scaled_dot_product_efficient_attention.default", importGpuFlash},
    {"aten._scaled_dot_product_flash_attention.default", importGpuFlash},
    {"aten._scaled_dot_product_flash_attention_for_cpu.default", importCpuFlash},
    {"aten._scaled_dot_product_flash_attention_for_cpu_backward.default", importCpuFlashBackward},
    {"aten.scaled_dot_product_attention.default", importAttention},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::attentionOverloads() { return table; }
