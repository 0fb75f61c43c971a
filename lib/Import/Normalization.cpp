//===- Normalization.cpp - Softmax and norms ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Importer.h"
#include "Pointwise.h"
#include "Reductions.h"

#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// The argument of a softmax in the dtype to compute in.
static Value softmaxInput(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Type type = call.dtype("dtype", e.elementType(self));
  if (call.flag("half_to_float"))
    type = e.f32();
  if (isa<IntegerType>(type)) {
    e.unsupported("softmax of " + getDTypeName(type));
    type = e.f32();
  }
  return e.cast(self, type);
}

template <typename OpTy>
static void importSoftmax(Call &call) {
  Emitter &e = call.e;
  Value x = softmaxInput(call);
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(x));
  // Over no dimension at all there is one term.
  if (e.rank(x) == 0)
    return call.result(
        e.reshape(e.emit<OpTy>(e.reshape(x, {e.expr(1)}), int64_t(0)), {}));
  call.result(e.emit<OpTy>(x, dim));
}

/// Rows of minus infinity give zeros.
static void importSafeSoftmax(Call &call) {
  Emitter &e = call.e;
  Value x = softmaxInput(call);
  auto dims = e.wrapDims(call.integer("dim"), e.rank(x));
  if (dims.empty())
    return (void)e.unsupported("softmax of a 0-d tensor");
  Value soft = e.emit<graph::SoftmaxOp>(x, dims.front());
  if (e.size(x, dims.front()) == 0)
    return call.result(soft);
  Value isMasked =
      e.compare(ComparePredicate::Eq, emitExtremum(e, true, x, dims, true),
                -std::numeric_limits<double>::infinity());
  call.result(e.select(isMasked, e.number(0, e.elementType(x)), soft));
}

template <bool isLog>
static void importSoftmaxBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), output = call.tensor("output");
  Type type = call.dtype("input_dtype", e.elementType(grad));
  Type compute = getComputeType(e.elementType(grad));
  grad = e.cast(grad, compute);
  output = e.cast(output, compute);
  auto dims = e.wrapDims(call.integer("dim"), e.rank(grad));
  Value result;
  if (isLog) {
    result = e.sub(
        grad, e.mul(e.emit<graph::ExpOp>(output), e.sum(grad, dims, true)));
  } else {
    Value weighted = e.mul(grad, output);
    result = e.sub(weighted, e.mul(output, e.sum(weighted, dims, true)));
  }
  call.result(e.cast(result, type));
}

//===----------------------------------------------------------------------===//
// Layer and RMS norm
//===----------------------------------------------------------------------===//

/// Weights of another dtype than the input mean computing in float32.
static bool isMixed(Emitter &e, Value x, ArrayRef<Value> weights) {
  return llvm::any_of(weights, [&](Value weight) {
    return weight && e.elementType(weight) != e.elementType(x);
  });
}

static Value castIfAny(Emitter &e, Value x, Type type) {
  return x ? e.cast(x, type) : x;
}

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
  for (Value value : emitLayerNorm(call))
    call.result(value);
}

static Value emitRmsNorm(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input"), weight = call.optionalTensor("weight");
  Type type = e.elementType(input);
  if (!isFloat(type))
    return e.unsupported("rms_norm of " + getDTypeName(type));
  const llvm::fltSemantics &semantics =
      cast<FloatType>(type).getFloatSemantics();
  double epsilon = std::ldexp(1.0, 1 - APFloat::semanticsPrecision(semantics));
  int64_t rank = call.sizes("normalized_shape").size();
  bool mixed = isMixed(e, input, {weight});
  Value x = mixed ? e.cast(input, e.f32()) : input;
  Value y = e.emit<graph::RmsNormOp>(
      x, mixed ? castIfAny(e, weight, e.f32()) : weight, rank,
      APFloat(call.number("eps", epsilon)));
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
  Value x = call.tensor("input");
  x = e.cast(x, getComputeType(e.elementType(x)));
  auto dims = lastDims(e, x, call.sizes("normalized_shape").size());
  Value mean = e.reduce(graph::ReduceKind::Mean, e.mul(x, x), dims, true);
  call.result(
      e.emit<graph::RsqrtOp>(e.add(mean, call.number("eps", 1.1920929e-7))));
}

/// With n elements per row, h the normalised input and g = grad * weight:
/// dx = rstd * (g - mean(g) - h * mean(g * h)).
static void importLayerNormBackward(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  Type type = e.elementType(input), compute = getComputeType(type);
  Value grad = e.cast(call.tensor("grad_out"), compute);
  Value mean = e.cast(call.tensor("mean"), compute);
  Value rstd = e.cast(call.tensor("rstd"), compute);
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
  call.result(weight ? e.cast(e.sum(e.mul(grad, normal), outer, false), type)
                     : Value());
  call.result(call.isNone("bias") ? Value()
                                  : e.cast(e.sum(grad, outer, false), type));
}

//===----------------------------------------------------------------------===//
// Batch norm
//===----------------------------------------------------------------------===//

/// `[C]` as `[C, 1, 1, ..]`, to broadcast against `[N, C, ..]`.
static Value perChannel(Emitter &e, Value x, Value like) {
  SmallVector<Expr> shape(std::max<int64_t>(e.rank(like) - 1, 1), e.expr(1));
  shape[0] = e.size(x, 0);
  return x ? e.reshape(x, shape) : x;
}

static SmallVector<int64_t> allButChannel(Emitter &e, Value x) {
  SmallVector<int64_t> dims = {0};
  for (int64_t dim = 2; dim < e.rank(x); ++dim)
    dims.push_back(dim);
  return dims;
}

namespace {
struct BatchNorm {
  Value output, mean, rstd; ///< mean, rstd: of this batch.
  /// The next statistics, not rounded to their type; null without any.
  Value runningMean, runningVar;
};
} // namespace

/// The layout of the input, which export says a result keeps, or eager's.
static Value chooseLayout(Call &call, Value input, Value output) {
  Emitter &e = call.e;
  auto recorded = call.getRecordedType(0);
  if (!recorded || e.hasFailed() ||
      call.importer.agreesWithRecorded(e.type(output), *recorded))
    return output;
  SmallVector<Expr> kept = e.preservedStrides(input);
  bool isKept = call.importer.agreesWithRecorded(
      e.type(output).withStrides(kept), *recorded);
  return isKept ? e.restride(output, kept) : output;
}

static Value emitInference(Call &call, Value mean, Value var) {
  Emitter &e = call.e;
  Value input = call.tensor("input"), weight = call.optionalTensor("weight"),
        bias = call.optionalTensor("bias");
  Type type = e.elementType(input);
  if (isMixed(e, input, {weight, bias, mean, var})) {
    Value y = e.emit<graph::BatchNormOp>(
        e.cast(input, e.f32()), e.cast(mean, e.f32()), e.cast(var, e.f32()),
        castIfAny(e, weight, e.f32()), castIfAny(e, bias, e.f32()),
        APFloat(call.number("eps")));
    return chooseLayout(call, input, e.cast(y, type));
  }
  Value y = e.emit<graph::BatchNormOp>(input, mean, var, weight, bias,
                                       APFloat(call.number("eps")));
  return chooseLayout(call, input, y);
}

/// The type of the statistics of a batch.
static Type getStatisticType(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  SmallVector<Value> others;
  for (StringRef name : {"weight", "bias", "running_mean", "running_var"})
    others.push_back(call.optionalTensor(name));
  return isMixed(e, input, others) ? e.f32() : e.elementType(input);
}

/// Normalises with the statistics of the batch and moves the running ones.
static BatchNorm emitTraining(Call &call, Value runningMean, Value runningVar) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  Type compute = getComputeType(e.elementType(input));
  Value x = e.cast(input, compute);
  auto dims = allButChannel(e, x);
  auto moments = e.emitAll<graph::VarMeanOp, 2>(x, dims, APFloat(0.0), false);
  BatchNorm result;
  result.mean = moments[1];
  result.rstd = e.emit<graph::RsqrtOp>(e.add(moments[0], call.number("eps")));
  result.output = emitInference(call, moments[1], moments[0]);
  double momentum = call.number("momentum");
  auto move = [&](Value running, Value batch) {
    if (!running)
      return Value();
    Type type =
        checkPromotion(call, promoteTypes(e.elementType(running), compute));
    Value old = e.mul(e.cast(running, type), 1 - momentum);
    return e.add(old, e.mul(e.cast(batch, type), momentum));
  };
  result.runningMean = move(runningMean, moments[1]);
  // The running variance is the unbiased one.
  Value unbiased =
      e.emitAll<graph::VarMeanOp, 2>(x, dims, APFloat(1.0), false)[0];
  result.runningVar = move(runningVar, unbiased);
  return result;
}

/// An empty tensor, for statistics that inference does not make.
static Value emptyStatistic(Call &call) {
  Emitter &e = call.e;
  return e.full({e.expr(0)}, e.number(0, getStatisticType(call)));
}

/// A saved statistic, of the type that was recorded if there is one.
static void resultStatistic(Call &call, Value value) {
  Type type = getStatisticType(call);
  if (auto recorded = call.getRecordedType(call.results.size()))
    if (isFloat(recorded->getElementType()))
      type = recorded->getElementType();
  call.result(call.e.cast(value, type));
}

static void importBatchNorm(Call &call) {
  Value mean = call.optionalTensor("running_mean");
  Value var = call.optionalTensor("running_var");
  bool training = call.flag("training");
  if (!training && (!mean || !var))
    return (void)call.e.fail("op-argument",
                             "inference needs running statistics");
  Value input = call.tensor("input");
  // Nothing, of any rank, leaves the statistics as they are.
  if (call.e.numElements(input) == 0)
    return call.result(call.e.restride(input, call.e.preservedStrides(input)));
  if (!training)
    return call.result(emitInference(call, mean, var));
  BatchNorm norm = emitTraining(call, mean, var);
  call.result(norm.output);
  if (mean)
    call.write("running_mean", norm.runningMean);
  if (var)
    call.write("running_var", norm.runningVar);
}

/// (output, mean, rstd), statistics written in place.
static void importNativeBatchNorm(Call &call) {
  Value mean = call.optionalTensor("running_mean");
  Value var = call.optionalTensor("running_var");
  bool hasFlag = llvm::any_of(call.schema->parameters, [](const Parameter &p) {
    return p.name == "training";
  });
  if (!hasFlag || !call.flag("training")) {
    call.result(emitInference(call, mean, var));
    resultStatistic(call, emptyStatistic(call));
    return resultStatistic(call, emptyStatistic(call));
  }
  BatchNorm norm = emitTraining(call, mean, var);
  call.result(norm.output);
  resultStatistic(call, norm.mean);
  resultStatistic(call, norm.rstd);
  if (mean)
    call.write("running_mean", norm.runningMean);
  if (var)
    call.write("running_var", norm.runningVar);
}

/// The same with the new statistics as results.
static void importBatchNormFunctional(Call &call) {
  Value mean = call.tensor("running_mean"), var = call.tensor("running_var");
  if (!call.flag("training")) {
    call.result(emitInference(call, mean, var));
    resultStatistic(call, emptyStatistic(call));
    resultStatistic(call, emptyStatistic(call));
    call.result(mean);
    return call.result(var);
  }
  BatchNorm norm = emitTraining(call, mean, var);
  call.result(norm.output);
  resultStatistic(call, norm.mean);
  resultStatistic(call, norm.rstd);
  call.result(norm.runningMean);
  call.result(norm.runningVar);
}

static void importBatchNormBackward(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  Type type = e.elementType(input), compute = getComputeType(type);
  Value x = e.cast(input, compute);
  Value grad = e.cast(call.tensor("grad_out"), compute);
  auto dims = allButChannel(e, x);
  bool train = call.flag("train");
  Value mean, rstd;
  if (train) {
    mean = e.cast(call.tensor("save_mean"), compute);
    rstd = e.cast(call.tensor("save_invstd"), compute);
  } else {
    mean = e.cast(call.tensor("running_mean"), compute);
    rstd = e.emit<graph::RsqrtOp>(
        e.add(e.cast(call.tensor("running_var"), compute), call.number("eps")));
  }
  Value wideRstd = perChannel(e, rstd, x);
  Value normal = e.mul(e.sub(x, perChannel(e, mean, x)), wideRstd);
  Value weight = castIfAny(e, call.optionalTensor("weight"), compute);
  Value factor = weight ? e.mul(wideRstd, perChannel(e, weight, x)) : wideRstd;
  Value centred = grad;
  if (train) {
    auto average = [&](Value y) {
      return e.reduce(graph::ReduceKind::Mean, y, dims, true);
    };
    centred = e.sub(e.sub(grad, average(grad)),
                    e.mul(normal, average(e.mul(grad, normal))));
  }
  call.result(e.cast(e.mul(centred, factor), type));
  call.result(e.sum(e.mul(grad, normal), dims, false));
  call.result(e.sum(grad, dims, false));
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
  for (Value value : emitGroupNorm(call, call.integer("group")))
    call.result(value);
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
    return e.reshape(e.cast(call.tensor(name), compute),
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
  call.result(e.cast(e.reshape(dx, e.shape(input)), type));
  auto perChannelSum = [&](Value y) {
    return e.cast(e.reshape(e.sum(y, {0, 3}, false), {channels}), type);
  };
  call.result(perChannelSum(e.mul(grad, normal)));
  call.result(perChannelSum(grad));
}

static void importInstanceNorm(Call &call) {
  Emitter &e = call.e;
  if (!call.flag("use_input_stats"))
    return call.result(emitInference(call, call.tensor("running_mean"),
                                     call.tensor("running_var")));
  if (!call.isNone("running_mean"))
    return (void)e.unsupported("instance_norm that moves its statistics");
  int64_t channels = e.constantOf(e.size(call.tensor("input"), 1), "input");
  call.result(emitGroupNorm(call, channels)[0]);
}

static void importWeightNorm(Call &call) {
  Emitter &e = call.e;
  Value v = call.tensor("v"), g = call.tensor("g");
  int64_t kept = call.integer("dim");
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < e.rank(v); ++dim)
    if (kept < 0 || dim != kept)
      dims.push_back(dim);
  Value norm = emitVectorNorm(e, v, 2, dims, true);
  call.result(e.mul(v, e.div(g, norm)));
  if (call.schema->results.size() == 2)
    call.result(norm);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._fused_rms_norm.default", importFusedRmsNorm},
    {"aten._log_softmax.default", importSoftmax<graph::LogSoftmaxOp>},
    {"aten._log_softmax_backward_data.default", importSoftmaxBackward<true>},
    {"aten._native_batch_norm_legit.default", importNativeBatchNorm},
    {"aten._native_batch_norm_legit.no_stats", importNativeBatchNorm},
    {"aten._native_batch_norm_legit_functional.default", importBatchNormFunctional},
    {"aten._native_batch_norm_legit_no_training.default", importNativeBatchNorm},
    {"aten._safe_softmax.default", importSafeSoftmax},
    {"aten._softmax.default", importSoftmax<graph::SoftmaxOp>},
    {"aten._softmax_backward_data.default", importSoftmaxBackward<false>},
    {"aten._weight_norm.default", importWeightNorm},
    {"aten._weight_norm_interface.default", importWeightNorm},
    {"aten.batch_norm.default", importBatchNorm},
    {"aten.group_norm.default", importGroupNorm},
    {"aten.instance_norm.default", importInstanceNorm},
    {"aten.layer_norm.default", importLayerNorm},
    {"aten.log_softmax.int", importSoftmax<graph::LogSoftmaxOp>},
    {"aten.native_batch_norm.default", importNativeBatchNorm},
    {"aten.native_batch_norm_backward.default", importBatchNormBackward},
    {"aten.native_group_norm.default", importNativeGroupNorm},
    {"aten.native_group_norm_backward.default", importGroupNormBackward},
    {"aten.native_layer_norm.default", importNativeLayerNorm},
    {"aten.native_layer_norm_backward.default", importLayerNormBackward},
    {"aten.rms_norm.default", importRmsNorm},
    {"aten.softmax.int", importSoftmax<graph::SoftmaxOp>},
    {"aten.special_log_softmax.default", importSoftmax<graph::LogSoftmaxOp>},
    {"aten.special_softmax.default", importSoftmax<graph::SoftmaxOp>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::normalizationOverloads() { return table; }
