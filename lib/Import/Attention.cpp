//===- Attention.cpp - Scaled dot-product attention -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Attention.h"
#include "Distributions.h"
#include "ExpectSize.h"
#include "Importer.h"
#include "Views.h"

#include "dialects/Graph/IR/Layout.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

double aten::getAttentionScale(Call &call) {
  Emitter &e = call.e;
  if (!call.isNone("scale"))
    return call.number("scale");
  int64_t width = e.constantOf(e.size(call.tensor("query"), -1), "query");
  return 1 / std::sqrt(static_cast<double>(std::max<int64_t>(width, 1)));
}

static bool hasDropout(Call &call) { return call.number("dropout_p", 0) != 0; }

/// Kernels draw what they drop with generators of their own.
bool aten::refuseAttentionDropout(Call &call) {
  if (!hasDropout(call))
    return false;
  call.e.unsupported("a kernel of attention with dropout");
  return true;
}

/// `value` with as many rows as `key`.
static Value matchLength(Emitter &e, Value key, Value value) {
  if (e.hasFailed() || e.rank(value) < 2 || e.rank(value) != e.rank(key))
    return value;
  int64_t dim = e.rank(value) - 2;
  Expr wanted = e.size(key, dim), given = e.size(value, dim);
  return expectSize(e, value, dim, wanted,
                    "attention has " + wanted.str() + " keys and " +
                        given.str() + " values");
}

Value aten::repeatHeads(Emitter &e, Value x, Expr heads) {
  int64_t dim = e.rank(x) - 3;
  if (e.hasFailed() || dim < 0 || e.size(x, dim) == heads)
    return x;
  SmallVector<Expr> shape = e.shape(x), grouped = shape;
  grouped.insert(grouped.begin() + dim + 1, heads.floorDiv(shape[dim]));
  shape[dim] = heads;
  return e.reshape(e.expand(e.unsqueeze(x, dim + 1), grouped), shape);
}

namespace {
/// Query, key and value with batch dimensions of their common shape. Heads are
/// shared, as the op allows, or repeated.
struct Operands {
  Operands(Call &call, bool repeat);
  Value query, key, value;
};
} // namespace

Operands::Operands(Call &call, bool repeat)
    : query(call.tensor("query")), key(call.tensor("key")),
      value(call.tensor("value")) {
  Emitter &e = call.e;
  int64_t rank = std::max({e.rank(query), e.rank(key), e.rank(value)});
  bool isGrouped = call.flag("enable_gqa");
  // Kernels take shared heads without being told.
  if (llvm::none_of(call.schema->parameters, [](const Parameter &parameter) {
        return parameter.name == "enable_gqa";
      }))
    isGrouped = std::min(e.rank(query), e.rank(key)) >= 3 &&
                e.size(query, -3) != e.size(key, -3);
  if (std::min({e.rank(query), e.rank(key), e.rank(value)}) <
      (isGrouped ? 3 : 2)) {
    e.fail("shape-mismatch", "attention of too few dimensions");
    return;
  }
  value = matchLength(e, key, value);
  if (isGrouped && (repeat || e.size(key, -3) != e.size(value, -3))) {
    key = repeatHeads(e, key, e.size(query, -3));
    value = repeatHeads(e, value, e.size(query, -3));
    isGrouped = false;
  }
  int64_t matrix = isGrouped ? 3 : 2;
  auto getLead = [&](Value x) {
    return SmallVector<Expr>(ArrayRef(e.shape(x)).drop_back(matrix));
  };
  SmallVector<Expr> lead = e.broadcastShapes(
      e.broadcastShapes(getLead(query), getLead(key)), getLead(value));
  for (Value *x : {&query, &key, &value}) {
    if (e.hasFailed())
      return;
    SmallVector<Expr> own = e.shape(*x), shape(rank - own.size(), e.expr(1));
    llvm::append_range(shape, own);
    llvm::copy(lead, shape.begin());
    *x = e.expand(*x, shape);
  }
}

/// (output, logsumexp) by the op that every flavour shares.
static std::array<Value, 2> emitAttention(Call &call, Value mask) {
  Emitter &e = call.e;
  Operands operands(call, /*repeat=*/false);
  Type element = e.elementType(operands.query);
  bool fits = mask && (isBool(e.elementType(mask)) ||
                       (e.elementType(mask).isF32() && !element.isF64()));
  if (mask && !fits)
    mask = e.cast(mask, element);
  return e.emitAll<graph::AttentionOp, 2>(
      operands.query, operands.key, operands.value, mask,
      call.flag("is_causal"), APFloat(getAttentionScale(call)), FloatAttr(),
      /*nan_rows=*/false);
}

//===----------------------------------------------------------------------===//
// Plain products
//===----------------------------------------------------------------------===//

Value aten::matmulTransposed(Emitter &e, Value a, Value b) {
  return e.matmul(a, e.transpose(b, e.rank(b) - 2, e.rank(b) - 1));
}

Value aten::emitScores(Call &call, Value query, Value key, Value mask) {
  Emitter &e = call.e;
  Value scores =
      e.mul(matmulTransposed(e, query, key), getAttentionScale(call));
  Type type = e.elementType(scores);
  Value minusInfinity =
      e.number(-std::numeric_limits<double>::infinity(), type);
  if (call.flag("is_causal")) {
    Value keep = emitTriangleMask(e, e.size(scores, -2), e.size(scores, -1),
                                  e.expr(0), true);
    scores = e.select(keep, scores, minusInfinity);
  }
  return mask ? e.add(scores, e.cast(mask, type)) : scores;
}

/// (output, weights), the weights being asked for, or some of them dropped.
/// torch computes them in float32 at least.
static std::array<Value, 2> emitPlainAttention(Call &call, Value mask) {
  Emitter &e = call.e;
  Operands operands(call, /*repeat=*/true);
  Type type = e.elementType(operands.query), compute = getComputeType(type);
  if (mask && isBool(e.elementType(mask)))
    mask =
        e.select(mask, e.number(0, compute),
                 e.number(-std::numeric_limits<double>::infinity(), compute));
  Value scores = emitScores(call, e.cast(operands.query, compute),
                            e.cast(operands.key, compute), mask);
  if (!scores)
    return {};
  Value weights = call.invokeValue(
      "aten._safe_softmax.default",
      {{"self", std::make_shared<Tensor>(scores)}, {"dim", e.expr(-1)}});
  Value value = e.cast(operands.value, compute);
  if (hasDropout(call)) {
    double p = call.number("dropout_p");
    // What is kept is told, and weights are returned as they were, or drawn.
    if (Value kept = call.optionalTensor("dropout_mask")) {
      weights = e.select(e.toBool(kept), weights, e.number(0, compute));
      value = e.mul(value, getDropoutScale(p));
    } else {
      weights = emitDropout(call, weights, p);
    }
  }
  Value output = e.matmul(weights, value);
  return {e.contiguous(e.cast(output, type)),
          e.contiguous(e.cast(weights, type))};
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

/// Kernels that write the output in the order of the query's dimensions.
static SmallVector<Expr> queryStrides(Emitter &e, Value query,
                                      ArrayRef<Expr> shape) {
  if (ArrayRef(e.shape(query)) == shape)
    return e.preservedStrides(query);
  SmallVector<int64_t> order = memoryOrder(e.type(query));
  SmallVector<Expr> strides(shape.size());
  Expr stride = e.expr(1);
  for (int64_t dim : llvm::reverse(order)) {
    strides[dim] = stride;
    stride = stride * shape[dim];
  }
  return strides;
}

SmallVector<Expr> aten::rowStrides(Emitter &e, ArrayRef<Expr> shape) {
  SmallVector<Expr> swapped(shape);
  std::swap(swapped[1], swapped[2]);
  SmallVector<Expr> strides = e.contiguousStrides(swapped);
  std::swap(strides[1], strides[2]);
  return strides;
}

static bool fitsFusedMask(Emitter &e, Value mask, ArrayRef<Expr> scores) {
  SmallVector<Expr> shape = e.shape(mask);
  if (shape.size() != 2 && shape.size() != 4)
    return false;
  return llvm::all_of(llvm::zip(shape, scores.take_back(shape.size())),
                      [](auto sizes) {
                        auto [size, wanted] = sizes;
                        return size == 1 || size == wanted;
                      });
}

/// torch's choice on the CPU between its fused kernel and plain products, as
/// far as types tell: whether a mask needs a gradient and which kernels a
/// program allowed is known to what it recorded only.
static bool takesFusedKernel(Call &call) {
  Emitter &e = call.e;
  Value query = call.tensor("query"), key = call.tensor("key"),
        value = call.tensor("value");
  for (Value x : {query, key, value})
    if (e.rank(x) != 4 || e.size(x, 0) != e.size(query, 0) ||
        e.size(x, 3) != e.size(query, 3) || e.size(x, 2) == 0 ||
        e.type(x).getStride(3) != 1)
      return false;
  Expr heads = e.size(key, 1);
  if (heads != e.size(value, 1) ||
      (!call.flag("enable_gqa") && heads != e.size(query, 1)))
    return false;
  Value mask = call.optionalTensor("attn_mask");
  SmallVector<Expr> scores = e.shape(query);
  scores.back() = e.size(key, 2);
  return !mask || fitsFusedMask(e, mask, scores);
}

/// The layout that the program saw, if it is one that a kernel of torch gives;
/// else that of the kernel which torch takes on the CPU.
static SmallVector<Expr> chooseStrides(Call &call, StridedTensorType type) {
  Emitter &e = call.e;
  ArrayRef<Expr> shape = type.getShape();
  SmallVector<SmallVector<Expr>, 3> layouts{e.contiguousStrides(shape)};
  Value query = call.tensor("query");
  if (type.getRank() == 4 && e.rank(query) == 4) {
    layouts.push_back(queryStrides(e, query, shape));
    layouts.push_back(rowStrides(e, shape));
    if (takesFusedKernel(call))
      std::swap(layouts[0], layouts[1]);
  }
  if (auto recorded = call.getRecordedType(0))
    for (ArrayRef<Expr> strides : layouts)
      if (call.importer.agreesWithRecorded(type.withStrides(strides),
                                           *recorded))
        return SmallVector<Expr>(strides);
  return layouts.front();
}

static void importAttention(Call &call) {
  Emitter &e = call.e;
  Value mask = call.optionalTensor("attn_mask");
  Value output = hasDropout(call) ? emitPlainAttention(call, mask)[0]
                                  : emitAttention(call, mask)[0];
  if (output)
    call.result(e.restride(output, chooseStrides(call, e.type(output))));
}

static void importCpuFlash(Call &call) {
  if (refuseAttentionDropout(call))
    return;
  Value mask = call.optionalTensor("attn_mask");
  for (Value value : emitAttention(call, mask))
    call.result(value);
}

//===----------------------------------------------------------------------===//
// Kernels of GPUs
//===----------------------------------------------------------------------===//

/// (output, logsumexp) of one of the kernels.
using GpuResults = std::array<Value, 2>;

static GpuResults finishFlash(Call &call, Value output, Value logsumexp) {
  Emitter &e = call.e;
  if (call.flag("return_debug_mask"))
    e.unsupported("the debug mask of attention");
  SmallVector<Expr> strides =
      queryStrides(e, call.tensor("query"), e.shape(output));
  return {e.restride(output, strides), e.contiguous(logsumexp)};
}

static GpuResults finishCudnn(Call &call, Value output, Value logsumexp) {
  auto [result, rows] = finishFlash(call, output, logsumexp);
  return {result, call.e.unsqueeze(rows, 3)};
}

/// Its logsumexp has rows of infinity up to a multiple of 32, and none at all
/// where nobody asks.
static GpuResults finishEfficient(Call &call, Value output, Value logsumexp) {
  Emitter &e = call.e;
  SmallVector<Expr> none(3, e.expr(0)), behind = none;
  Value rows = e.contiguous(logsumexp);
  if (call.flag("compute_log_sumexp")) {
    Expr length = e.size(rows, 2), block = e.expr(32);
    behind[2] = (length + 31).floorDiv(block) * block - length;
    rows = e.pad(rows, none, behind, std::numeric_limits<double>::infinity());
  } else {
    rows = e.slice(rows, 2, 0, e.expr(0));
    rows = e.contiguous(rows);
  }
  return {e.restride(output, rowStrides(e, e.shape(output))), rows};
}

/// Further results are offsets of sequences, sizes, and the state of a
/// generator that only dropout reads, in whatever type was recorded.
template <GpuResults (*finish)(Call &, Value, Value)>
static void importGpuAttention(Call &call) {
  if (refuseAttentionDropout(call))
    return;
  Emitter &e = call.e;
  auto [output, logsumexp] =
      emitAttention(call, call.optionalTensor("attn_bias"));
  if (e.rank(output) != 4)
    return (void)e.fail("shape-mismatch", "attention takes 4 dimensions");
  for (Value value : finish(call, output, logsumexp))
    call.result(value);
  for (size_t i = 2; i < call.schema->results.size(); ++i) {
    StringRef name = call.schema->results[i].name;
    if (name == "max_q") {
      call.result(Item(e.size(call.tensor("query"), -2)));
    } else if (name == "max_k") {
      call.result(Item(e.size(call.tensor("key"), -2)));
    } else if (name == "cum_seq_q" || name == "cum_seq_k") {
      call.result(Item());
    } else if (name == "debug_attn_mask") {
      call.result(e.full({e.expr(0)}, e.number(0, e.elementType(output))));
    } else {
      StridedTensorType type = call.getRecordedType(i).value_or(
          StridedTensorType::get(e.getContext(), ArrayRef<Expr>(), e.i64()));
      call.result(e.full(type.getShape(), e.number(0, type.getElementType())));
    }
  }
}

//===----------------------------------------------------------------------===//
// Plain products as operators
//===----------------------------------------------------------------------===//

static void importAttentionMath(Call &call) {
  Value mask = call.optionalTensor("attn_mask");
  // Below scaled_dot_product_attention a bool is a number to add, too.
  if (mask)
    mask = call.e.cast(
        mask, getComputeType(call.e.elementType(call.tensor("query"))));
  for (Value value : emitPlainAttention(call, mask))
    call.result(value);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._scaled_dot_product_attention_math.default", importAttentionMath},
    {"aten._scaled_dot_product_cudnn_attention.default", importGpuAttention<finishCudnn>},
    {"aten._scaled_dot_product_efficient_attention.default", importGpuAttention<finishEfficient>},
    {"aten._scaled_dot_product_flash_attention.default", importGpuAttention<finishFlash>},
    {"aten._scaled_dot_product_flash_attention_for_cpu.default", importCpuFlash},
    {"aten.scaled_dot_product_attention.default", importAttention},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::attentionOverloads() { return table; }
