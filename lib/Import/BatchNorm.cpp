//===- BatchNorm.cpp - Batch norm, its statistics and gradients ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Norms.h"
#include "Pointwise.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

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

/// In the layout of the input, which export says a result keeps, or eager's.
static Value chooseLayout(Call &call, Value input, Value output) {
  return call.inRecordedLayout(output,
                               [&] { return call.e.preservedStrides(input); });
}

Value aten::emitBatchNormInference(Call &call, Value mean, Value var) {
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
  result.output = emitBatchNormInference(call, moments[1], moments[0]);
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

static void resultStatistic(Call &call, Value value) {
  resultStatistic(call, value, getStatisticType(call));
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
    return call.result(emitBatchNormInference(call, mean, var));
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
    call.result(emitBatchNormInference(call, mean, var));
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
    call.result(emitBatchNormInference(call, mean, var));
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

namespace {
/// What the backward operators call the same arguments.
struct BatchNormGradient {
  StringRef grad, rstd, eps;
  bool train;
};
} // namespace

static void resultGradients(Call &call, const BatchNormGradient &names) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  Type type = e.elementType(input), compute = getComputeType(type);
  Value x = e.cast(input, compute);
  Value grad = e.cast(call.tensor(names.grad), compute);
  auto dims = allButChannel(e, x);
  Value mean, rstd;
  if (names.train) {
    mean = getStatistic(call, "save_mean", compute);
    rstd = getStatistic(call, names.rstd, compute);
  } else {
    mean = e.cast(call.tensor("running_mean"), compute);
    rstd = e.emit<graph::RsqrtOp>(e.add(
        e.cast(call.tensor("running_var"), compute), call.number(names.eps)));
  }
  Value wideRstd = perChannel(e, rstd, x);
  Value normal = e.mul(e.sub(x, perChannel(e, mean, x)), wideRstd);
  Value weight = castIfAny(e, call.optionalTensor("weight"), compute);
  Value factor = weight ? e.mul(wideRstd, perChannel(e, weight, x)) : wideRstd;
  Value centred = grad;
  if (names.train) {
    auto average = [&](Value y) {
      return e.reduce(graph::ReduceKind::Mean, y, dims, true);
    };
    centred = e.sub(e.sub(grad, average(grad)),
                    e.mul(normal, average(e.mul(grad, normal))));
  }
  call.result(e.cast(e.mul(centred, factor), type));
  // Gradients of weights have the weights' type.
  Type weightType = weight ? e.elementType(call.tensor("weight")) : compute;
  call.result(e.cast(e.sum(e.mul(grad, normal), dims, false), weightType));
  call.result(e.cast(e.sum(grad, dims, false), weightType));
}

static void importNativeBatchNormBackward(Call &call) {
  resultGradients(call, {"grad_out", "save_invstd", "eps", call.flag("train")});
}

/// `save_var` holds what the forward operator made of it, which is 1 / sigma.
static void importBatchNormBackward(Call &call) {
  resultGradients(call, {"grad_out", "save_var", "eps", call.flag("update")});
}

/// The same of libraries for GPUs, which train only.
static void importLibraryBatchNormBackward(Call &call) {
  resultGradients(call, {"grad_output", "save_var", "epsilon", true});
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._native_batch_norm_legit.default", importNativeBatchNorm},
    {"aten._native_batch_norm_legit.no_stats", importNativeBatchNorm},
    {"aten._native_batch_norm_legit_functional.default", importBatchNormFunctional},
    {"aten._native_batch_norm_legit_no_training.default", importNativeBatchNorm},
    {"aten.batch_norm.default", importBatchNorm},
    {"aten.batch_norm_backward.default", importBatchNormBackward},
    {"aten.cudnn_batch_norm_backward.default", importLibraryBatchNormBackward},
    {"aten.miopen_batch_norm_backward.default", importLibraryBatchNormBackward},
    {"aten.native_batch_norm.default", importNativeBatchNorm},
    {"aten.native_batch_norm_backward.default", importNativeBatchNormBackward},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::batchNormOverloads() { return table; }
