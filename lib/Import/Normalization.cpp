//===- Normalization.cpp - Layer, group and other norms -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Norms.h"
#include "Reductions.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

bool aten::isMixed(Emitter &e, Value x, ArrayRef<Value> weights) {
  return llvm::any_of(weights, [&](Value weight) {
    return weight && e.elementType(weight) != e.elementType(x);
  });
}

Value aten::castIfAny(Emitter &e, Value x, Type type) {
  return x ? e.cast(x, type) : x;
}

Type aten::getRecordedFloat(Call &call, Type type) {
  auto recorded = call.getRecordedType(call.results.size());
  return recorded && isFloat(recorded->getElementType())
             ? recorded->getElementType()
             : type;
}

void aten::resultStatistic(Call &call, Value value, Type type) {
  call.result(call.e.cast(value, getRecordedFloat(call, type)));
}

Value aten::getStatistic(Call &call, StringRef name, Type compute) {
  Value value = call.tensor(name);
  if (auto cast = value ? value.getDefiningOp<graph::CastOp>() : nullptr)
    if (call.e.elementType(cast.getInput()) == compute)
      return cast.getInput();
  return call.e.cast(value, compute);
}

//===----------------------------------------------------------------------===//
// Layer and RMS norm
//===----------------------------------------------------------------------===//

static std::array<Value, 3> emitLayerNorm(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input"), weight = call.optionalTensor("weight"),
        bias = call.optionalTensor("bias");
  int64_t rank = call.sizes("normalized_shape").size();
  Type type = e.elementType(input);
  if (isMixed(e, input, {weight, bias})) {
    auto results = e.emitAll<graph::LayerNormOp, 3>(
        e.cast(input, e.f32()), castIfAny(e, weight, e.f32()),
        castIfAny(e, bias, e.f32()), rank, APFloat(call.number("eps")));
    results[0] = e.cast(results[0], type);
    return results;
  }
  return e.emitAll<graph::LayerNormOp, 3>(input, weight, bias, rank,
                                          APFloat(call.number("eps")));
}

static void importLayerNorm(Call &call) { call.result(emitLayerNorm(call)[0]); }

static void importNativeLayerNorm(Call &call) {
  auto [y, mean, rstd] = emitLayerNorm(call);
  call.result(y);
  resultStatistic(call, mean, call.e.elementType(mean));
  resultStatistic(call, rstd, call.e.elementType(rstd));
}

/// What is added where the call says nothing: the distance from 1 to the next
/// number of the type that torch computes in, which is none of 16 bits.
static double getRmsEpsilon(Call &call) {
  auto type =
      cast<FloatType>(getComputeType(call.e.elementType(call.tensor("input"))));
  unsigned precision = APFloat::semanticsPrecision(type.getFloatSemantics());
  return call.number("eps", std::ldexp(1.0, 1 - static_cast<int>(precision)));
}

static Value emitRmsNorm(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input"), weight = call.optionalTensor("weight");
  Type type = e.elementType(input);
  if (!isFloat(type))
    return e.unsupported("rms_norm of " + getDTypeName(type));
  int64_t rank = call.sizes("normalized_shape").size();
  Type compute = isMixed(e, input, {weight}) ? getComputeType(type) : type;
  Value y = e.emit<graph::RmsNormOp>(e.cast(input, compute),
                                     castIfAny(e, weight, compute), rank,
                                     APFloat(getRmsEpsilon(call)));
  return e.cast(y, type);
}

static void importRmsNorm(Call &call) { call.result(emitRmsNorm(call)); }

static SmallVector<int64_t> lastDims(Emitter &e, Value x, int64_t count) {
  return llvm::to_vector(
      llvm::seq<int64_t>(std::max<int64_t>(e.rank(x) - count, 0), e.rank(x)));
}

static void importFusedRmsNorm(Call &call) {
  Emitter &e = call.e;
  call.result(emitRmsNorm(call));
  if (e.hasFailed())
    return;
  Value x = call.tensor("input");
  x = e.cast(x, getComputeType(e.elementType(x)));
  auto dims = lastDims(e, x, call.sizes("normalized_shape").size());
  Value mean = e.reduce(graph::ReduceKind::Mean, e.mul(x, x), dims, true);
  call.result(e.emit<graph::RsqrtOp>(e.add(mean, getRmsEpsilon(call))));
}

/// With n elements per row, h the normalised input and g = grad * weight:
/// dx = rstd * (g - mean(g) - h * mean(g * h)).
static void importLayerNormBackward(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  Type type = e.elementType(input), compute = getComputeType(type);
  Value grad = e.cast(call.tensor("grad_out"), compute);
  Value mean = getStatistic(call, "mean", compute);
  Value rstd = getStatistic(call, "rstd", compute);
  Value weight = castIfAny(e, call.optionalTensor("weight"), compute);
  int64_t count = call.sizes("normalized_shape").size();
  SmallVector<int64_t> inner = lastDims(e, input, count);
  auto outer = llvm::to_vector(
      llvm::seq<int64_t>(0, std::max<int64_t>(e.rank(input) - count, 0)));
  Value normal = e.mul(e.sub(e.cast(input, compute), mean), rstd);
  Value scaled = weight ? e.mul(grad, weight) : grad;
  auto average = [&](Value x) {
    return e.reduce(graph::ReduceKind::Mean, x, inner, true);
  };
  Value dx = e.mul(rstd, e.sub(e.sub(scaled, average(scaled)),
                               e.mul(normal, average(e.mul(scaled, normal)))));
  call.result(e.cast(dx, type));
  auto resultGradient = [&](StringRef name, Value perRow) {
    Value like = call.optionalTensor(name);
    if (!like)
      return call.result(Value());
    Type likeType = getRecordedFloat(call, e.elementType(like));
    call.result(e.cast(e.sum(perRow, outer, false), likeType));
  };
  resultGradient("weight", e.mul(grad, normal));
  resultGradient("bias", grad);
}

/// With h the input times rstd and g = grad * weight:
/// dx = rstd * (g - h * mean(g * h)).
static void importFusedRmsNormBackward(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input"), weight = call.optionalTensor("weight");
  Type type = e.elementType(input), compute = getComputeType(type);
  Value grad = e.cast(call.tensor("grad_out"), compute);
  Value rstd = e.cast(call.tensor("rstd"), compute);
  int64_t count = call.sizes("normalized_shape").size();
  SmallVector<int64_t> inner = lastDims(e, input, count);
  auto outer = llvm::to_vector(
      llvm::seq<int64_t>(0, std::max<int64_t>(e.rank(input) - count, 0)));
  Value normal = e.mul(e.cast(input, compute), rstd);
  Value scaled = weight ? e.mul(grad, e.cast(weight, compute)) : grad;
  Value mean =
      e.reduce(graph::ReduceKind::Mean, e.mul(scaled, normal), inner, true);
  Value dx = e.mul(rstd, e.sub(scaled, e.mul(normal, mean)));
  call.result(e.contiguous(e.cast(dx, type)));
  call.result(weight ? e.cast(e.sum(e.mul(grad, normal), outer, false),
                              e.elementType(weight))
                     : Value());
}

//===----------------------------------------------------------------------===//
// Group and instance norm
//===----------------------------------------------------------------------===//

static std::array<Value, 3> emitGroupNorm(Call &call, int64_t groups) {
  Emitter &e = call.e;
  Value input = call.tensor("input"), weight = call.optionalTensor("weight"),
        bias = call.optionalTensor("bias");
  Type type = e.elementType(input);
  bool mixed = isMixed(e, input, {weight, bias});
  Type compute = mixed ? e.f32() : type;
  auto results = e.emitAll<graph::GroupNormOp, 3>(
      e.cast(input, compute), castIfAny(e, weight, compute),
      castIfAny(e, bias, compute), groups, APFloat(call.number("eps")));
  results[0] = e.cast(results[0], type);
  return results;
}

static void importGroupNorm(Call &call) {
  call.result(emitGroupNorm(call, call.integer("num_groups"))[0]);
}

static void importNativeGroupNorm(Call &call) {
  auto [y, mean, rstd] = emitGroupNorm(call, call.integer("group"));
  call.result(y);
  resultStatistic(call, mean, call.e.elementType(mean));
  resultStatistic(call, rstd, call.e.elementType(rstd));
}

static void importGroupNormBackward(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  Type type = e.elementType(input), compute = getComputeType(type);
  Expr groups = e.expr(call.integer("group"));
  Expr batch = call.size("N"), channels = call.size("C");
  Expr inner = channels.floorDiv(groups), plane = call.size("HxW");
  SmallVector<Expr> grouped = {batch, groups, inner, plane};
  Value x = e.reshape(e.cast(input, compute), grouped);
  Value grad = e.reshape(e.cast(call.tensor("grad_out"), compute), grouped);
  auto statistic = [&](StringRef name) {
    return e.reshape(getStatistic(call, name, compute),
                     {batch, groups, e.expr(1), e.expr(1)});
  };
  Value rstd = statistic("rstd");
  Value normal = e.mul(e.sub(x, statistic("mean")), rstd);
  Value weight = castIfAny(e, call.optionalTensor("weight"), compute);
  Value scaled = grad;
  if (weight)
    scaled = e.mul(grad, e.reshape(weight, {groups, inner, e.expr(1)}));
  auto average = [&](Value y) {
    return e.reduce(graph::ReduceKind::Mean, y, {2, 3}, true);
  };
  Value dx = e.mul(rstd, e.sub(e.sub(scaled, average(scaled)),
                               e.mul(normal, average(e.mul(scaled, normal)))));
  // Export says of mixed types that all results have the weight's.
  call.result(
      e.cast(e.reshape(dx, e.shape(input)), getRecordedFloat(call, type)));
  Type weightType = weight ? e.elementType(call.tensor("weight")) : type;
  auto resultPerChannel = [&](Value y) {
    Value sum = e.reshape(e.sum(y, {0, 3}, false), {channels});
    call.result(e.cast(sum, getRecordedFloat(call, weightType)));
  };
  resultPerChannel(e.mul(grad, normal));
  resultPerChannel(grad);
}

static void importInstanceNorm(Call &call) {
  Emitter &e = call.e;
  if (!call.flag("use_input_stats"))
    return call.result(emitBatchNormInference(call, call.tensor("running_mean"),
                                              call.tensor("running_var")));
  if (!call.isNone("running_mean"))
    return (void)e.unsupported("instance_norm that moves its statistics");
  int64_t channels = e.constantOf(e.size(call.tensor("input"), 1), "input");
  call.result(emitGroupNorm(call, channels)[0]);
}

/// All dimensions but `kept`, which may be -1 for none.
static SmallVector<int64_t> allBut(Emitter &e, Value x, int64_t kept) {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < e.rank(x); ++dim)
    if (kept < 0 || dim != kept)
      dims.push_back(dim);
  return dims;
}

static void importWeightNorm(Call &call) {
  Emitter &e = call.e;
  Value v = call.tensor("v"), g = call.tensor("g");
  Type type = e.elementType(v), compute = getComputeType(type);
  Value x = e.cast(v, compute);
  Value norm = emitVectorNorm(e, x, 2, allBut(e, v, call.integer("dim")), true);
  // The factor of a short row may be out of the range of the result's type.
  Value factor = e.div(e.cast(g, compute), norm);
  call.result(e.cast(e.mul(x, factor), type));
  if (call.schema->results.size() == 2)
    resultStatistic(call, norm, type);
}

/// With w = v g / |v| and s the sum of grad * v in a row:
/// dv = g / |v| (grad - v s / |v|^2), dg = s / |v|.
static void importWeightNormBackward(Call &call) {
  Emitter &e = call.e;
  Value v = call.tensor("saved_v"), g = call.tensor("saved_g");
  Type type = e.elementType(v), compute = getComputeType(type);
  Value x = e.cast(v, compute), grad = e.cast(call.tensor("grad_w"), compute);
  Value norm = getStatistic(call, "saved_norms", compute);
  Value sum = e.sum(e.mul(grad, x), allBut(e, v, call.integer("dim")), true);
  Value along = e.mul(x, e.div(sum, e.mul(norm, norm)));
  Value dv = e.mul(e.div(e.cast(g, compute), norm), e.sub(grad, along));
  call.result(e.withLayoutOf(e.cast(dv, type), v));
  call.result(e.withLayoutOf(e.cast(e.div(sum, norm), e.elementType(g)), g));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._fused_rms_norm.default", importFusedRmsNorm},
    {"aten._fused_rms_norm_backward.default", importFusedRmsNormBackward},
    {"aten._weight_norm.default", importWeightNorm},
    {"aten._weight_norm_interface.default", importWeightNorm},
    {"aten._weight_norm_interface_backward.default", importWeightNormBackward},
    {"aten.group_norm.default", importGroupNorm},
    {"aten.instance_norm.default", importInstanceNorm},
    {"aten.layer_norm.default", importLayerNorm},
    {"aten.native_group_norm.default", importNativeGroupNorm},
    {"aten.native_group_norm_backward.default", importGroupNormBackward},
    {"aten.native_layer_norm.default", importNativeLayerNorm},
    {"aten.native_layer_norm_backward.default", importLayerNormBackward},
    {"aten.rms_norm.default", importRmsNorm},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::normalizationOverloads() { return table; }
