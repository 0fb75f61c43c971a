//===- ActivationBackward.cpp - Gradients of activation functions ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Activation.h"
#include "Gradients.h"

#include "dialects/Graph/IR/Layout.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

namespace {
/// The first argument and another in the compute type, for gradients.
struct Gradient {
  Gradient(Call &call, StringRef other) : e(call.e) {
    grad = call.tensor(call.schema->parameters[0].name);
    type = e.elementType(grad);
    compute = getComputeType(type);
    grad = e.cast(grad, compute);
    x = e.cast(call.tensor(other), compute);
  }

  Value number(double value) { return e.number(value, compute); }
  Value test(ComparePredicate predicate, double bound) {
    return e.compare(predicate, x, bound);
  }
  /// grad where the condition holds, else 0.
  Value passWhere(Value condition) {
    return e.select(condition, grad, number(0));
  }

  Emitter &e;
  Type type, compute;
  Value grad, x;
};
} // namespace

static void importThresholdBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output");
  Value below = e.compare(ComparePredicate::Le, call.tensor("self"),
                          call.number("threshold"));
  call.result(e.select(below, e.number(0, e.elementType(grad)), grad));
}

static void importSigmoidBackward(Call &call) {
  Gradient g(call, "output");
  Emitter &e = call.e;
  Value slope = e.mul(g.x, e.sub(g.number(1), g.x));
  call.result(e.cast(e.mul(g.grad, slope), g.type));
}

static void importTanhBackward(Call &call) {
  Gradient g(call, "output");
  Emitter &e = call.e;
  Value slope = e.sub(g.number(1), e.mul(g.x, g.x));
  call.result(e.cast(e.mul(g.grad, slope), g.type));
}

static void importSiluBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  Value gate = e.emit<graph::SigmoidOp>(g.x);
  Value slope = e.mul(gate, e.add(e.mul(g.x, e.sub(g.number(1), gate)), 1));
  call.result(e.cast(e.mul(g.grad, slope), g.type));
}

static void importGeluBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  Value x = g.x, slope;
  if (getGeluKind(call) == graph::GeluKind::None) {
    Value cdf = e.mul(e.add(e.emit<graph::ErfOp>(e.mul(x, M_SQRT1_2)), 1), 0.5);
    Value density = e.mul(e.emit<graph::ExpOp>(e.mul(e.mul(x, x), -0.5)),
                          M_2_SQRTPI * M_SQRT1_2 * 0.5);
    slope = e.add(cdf, e.mul(x, density));
  } else {
    constexpr double beta = M_SQRT2 * M_2_SQRTPI * 0.5, kappa = 0.044715;
    Value squared = e.mul(x, x);
    Value inner = e.mul(e.add(x, e.mul(e.mul(squared, x), kappa)), beta);
    Value tanh = e.emit<graph::TanhOp>(inner);
    Value left = e.mul(e.add(tanh, 1), 0.5);
    Value dTanh = e.sub(g.number(1), e.mul(tanh, tanh));
    Value dInner = e.mul(e.add(e.mul(squared, 3 * kappa), 1), beta);
    slope = e.add(left, e.mul(e.mul(e.mul(x, 0.5), dTanh), dInner));
  }
  call.result(e.cast(e.mul(g.grad, slope), g.type));
}

static void importEluBackward(Call &call) {
  Gradient g(call, "self_or_result");
  Emitter &e = call.e;
  double scale = call.number("scale"), input = call.number("input_scale");
  double negative = call.number("alpha") * scale;
  Value below;
  if (call.flag("is_result"))
    below = e.mul(e.mul(g.grad, input), e.add(g.x, negative));
  else
    below = e.mul(e.mul(g.grad, input * negative),
                  e.emit<graph::ExpOp>(e.mul(g.x, input)));
  Value result =
      e.select(g.test(ComparePredicate::Le, 0), below, e.mul(g.grad, scale));
  call.result(e.cast(result, g.type));
}

static void importLeakyReluBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  call.result(e.cast(e.select(g.test(ComparePredicate::Gt, 0), g.grad,
                              e.mul(g.grad, call.number("negative_slope"))),
                     g.type));
}

static void importHardtanhBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  Value inside =
      e.logicalAnd(g.test(ComparePredicate::Gt, call.number("min_val")),
                   g.test(ComparePredicate::Lt, call.number("max_val")));
  call.result(e.cast(g.passWhere(inside), g.type));
}

static void importHardsigmoidBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  Value inside = e.logicalAnd(g.test(ComparePredicate::Gt, -3),
                              g.test(ComparePredicate::Lt, 3));
  call.result(e.cast(e.div(g.passWhere(inside), 6), g.type));
}

static void importHardswishBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  Value middle = e.mul(g.grad, e.add(e.div(g.x, 3), 0.5));
  Value upper = e.select(g.test(ComparePredicate::Lt, 3), middle, g.grad);
  call.result(e.cast(
      e.select(g.test(ComparePredicate::Le, -3), g.number(0), upper), g.type));
}

static void importSoftplusBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  Value scaled = e.mul(g.x, call.number("beta"));
  Value soft = e.mul(g.grad, e.emit<graph::SigmoidOp>(scaled));
  Value isLinear =
      e.compare(ComparePredicate::Gt, scaled, call.number("threshold"));
  call.result(e.cast(e.select(isLinear, g.grad, soft), g.type));
}

static void importMishBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  Value gate = e.emit<graph::SigmoidOp>(g.x);
  Value tanh =
      e.emit<graph::TanhOp>(e.emit<graph::Log1pOp>(e.emit<graph::ExpOp>(g.x)));
  Value rest = e.mul(e.mul(g.x, gate), e.sub(g.number(1), e.mul(tanh, tanh)));
  call.result(e.cast(e.mul(g.grad, e.add(tanh, rest)), g.type));
}

static void importLogSigmoidBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  call.result(
      e.cast(e.mul(g.grad, e.emit<graph::SigmoidOp>(e.neg(g.x))), g.type));
}

static void importLogitBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  double eps = call.number("eps", -1);
  Value slope = e.div(g.grad, e.mul(g.x, e.sub(g.number(1), g.x)));
  double low = eps < 0 ? 0 : eps, high = eps < 0 ? 1 : 1 - eps;
  Value inside = e.logicalAnd(g.test(ComparePredicate::Ge, low),
                              g.test(ComparePredicate::Le, high));
  call.result(
      e.cast(e.select(inside, slope, g.number(eps < 0 ? NAN : 0)), g.type));
}

static void importGluBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(grad));
  auto [a, b] = emitHalves(call);
  Value gate = e.emit<graph::SigmoidOp>(b);
  Value rest = e.sub(e.number(1, e.elementType(gate)), gate);
  Value first = e.mul(grad, gate);
  call.result(e.cat({first, e.mul(e.mul(first, rest), a)}, dim));
}

/// `y` in the layout of a result of gradient and `self`, in this order.
static Value inOperandOrder(Call &call, Value y) {
  Emitter &e = call.e;
  if (e.hasFailed())
    return y;
  StridedTensorType operands[] = {
      e.type(call.tensor(call.schema->parameters[0].name)),
      e.type(call.tensor("self"))};
  return e.restride(y, graph::elementwiseStrides(operands, e.shape(y)));
}

/// What shrinks lets the gradient through outside of [-lambd, lambd]; NaN is
/// outside.
static void importShrinkBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  double lambda = call.number("lambd");
  Value inside = e.logicalAnd(g.test(ComparePredicate::Ge, -lambda),
                              g.test(ComparePredicate::Le, lambda));
  call.result(inOperandOrder(
      call, e.cast(e.select(inside, g.number(0), g.grad), g.type)));
}

/// Gradients of the input and, not yet summed, of the slopes.
static void importPreluBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  Value weight = e.cast(call.tensor("weight"), g.compute);
  Value isAbove = g.test(ComparePredicate::Gt, 0);
  call.result(e.cast(e.select(isAbove, g.grad, e.mul(weight, g.grad)), g.type));
  call.result(
      e.cast(e.select(isAbove, g.number(0), e.mul(g.x, g.grad)), g.type));
}

/// While training the noise is what each element was multiplied by; else the
/// slope is the middle of the range.
static void importRandomSlopesBackward(Call &call) {
  Gradient g(call, "self");
  Emitter &e = call.e;
  if (call.flag("training"))
    return call.result(
        e.cast(e.mul(g.grad, e.cast(call.tensor("noise"), g.compute)), g.type));
  double slope = (call.number("lower") + call.number("upper")) / 2;
  call.result(e.cast(
      e.select(g.test(ComparePredicate::Gt, 0), g.grad, e.mul(g.grad, slope)),
      g.type));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._prelu_kernel_backward.default", importPreluBackward},
    {"aten.elu_backward.default", importEluBackward},
    {"aten.gelu_backward.default", importGeluBackward},
    {"aten.glu_backward.default", importGluBackward},
    {"aten.hardshrink_backward.default", importShrinkBackward},
    {"aten.hardsigmoid_backward.default", importHardsigmoidBackward},
    {"aten.hardswish_backward.default", importHardswishBackward},
    {"aten.hardtanh_backward.default", importHardtanhBackward},
    {"aten.leaky_relu_backward.default", importLeakyReluBackward},
    {"aten.log_sigmoid_backward.default", importLogSigmoidBackward},
    {"aten.logit_backward.default", importLogitBackward},
    {"aten.mish_backward.default", importMishBackward},
    {"aten.rrelu_with_noise_backward.default", importRandomSlopesBackward},
    {"aten.sigmoid_backward.default", importSigmoidBackward},
    {"aten.silu_backward.default", importSiluBackward},
    {"aten.softplus_backward.default", importSoftplusBackward},
    {"aten.softshrink_backward.default", importShrinkBackward},
    {"aten.tanh_backward.default", importTanhBackward},
    {"aten.threshold_backward.default", importThresholdBackward},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::activationBackwardOverloads() { return table; }
