//===- Activation.cpp - Activation functions and their gradients ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Pointwise.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

namespace {
/// `grad_output` and another argument in the compute type, for gradients.
struct Gradient {
  Gradient(Call &call, StringRef other)
      : e(call.e), type(e.elementType(call.tensor("grad_output"))),
        compute(getComputeType(type)),
        grad(e.cast(call.tensor("grad_output"), compute)),
        x(e.cast(call.tensor(other), compute)) {}

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

//===----------------------------------------------------------------------===//
// Forward
//===----------------------------------------------------------------------===//

static void importRelu(Call &call) {
  call.result(call.e.emit<graph::ReluOp>(call.tensor("self")));
}

static void importClampTo(Call &call, double low, double high) {
  Emitter &e = call.e;
  Value x = call.tensor("self");
  Type type = e.elementType(x);
  call.result(
      e.emit<graph::ClampOp>(x, e.number(low, type), e.number(high, type)));
}

static void importRelu6(Call &call) { importClampTo(call, 0, 6); }

static void importHardtanh(Call &call) {
  importClampTo(call, call.number("min_val"), call.number("max_val"));
}

static void importSilu(Call &call) {
  call.result(call.e.emit<graph::SiluOp>(call.tensor("self")));
}

static graph::GeluKind getGeluKind(Call &call) {
  std::string kind = call.text("approximate");
  if (kind != "none" && kind != "tanh")
    call.e.fail("op-argument", "unknown approximation '" + kind + "' of gelu");
  return kind == "tanh" ? graph::GeluKind::Tanh : graph::GeluKind::None;
}

static void importGelu(Call &call) {
  call.result(
      call.e.emit<graph::GeluOp>(call.tensor("self"), getGeluKind(call)));
}

/// clamp(x + 3, 0, 6).
static Value hardGate(Emitter &e, Value x) {
  Type type = e.elementType(x);
  return e.emit<graph::ClampOp>(e.add(x, 3), e.number(0, type),
                                e.number(6, type));
}

static void importHardsigmoid(Call &call) {
  Emitter &e = call.e;
  call.result(inComputeType(e, call.tensor("self"),
                            [&](Value x) { return e.div(hardGate(e, x), 6); }));
}

static void importHardswish(Call &call) {
  Emitter &e = call.e;
  call.result(inComputeType(e, call.tensor("self"), [&](Value x) {
    return e.div(e.mul(x, hardGate(e, x)), 6);
  }));
}

static Value emitElu(Emitter &e, Value self, double negative, double positive,
                     double inputScale) {
  return inComputeType(e, self, [&](Value x) {
    Value below = e.mul(
        e.emit<graph::Expm1Op>(inputScale == 1 ? x : e.mul(x, inputScale)),
        negative);
    Value above = positive == 1 ? x : e.mul(x, positive);
    return e.select(e.compare(ComparePredicate::Le, x, 0.0), below, above);
  });
}

static void importElu(Call &call) {
  double scale = call.number("scale");
  call.result(emitElu(call.e, call.tensor("self"), call.number("alpha") * scale,
                      scale, call.number("input_scale")));
}

static void importSelu(Call &call) {
  constexpr double alpha = 1.6732632423543772848170429916717;
  constexpr double scale = 1.0507009873554804934193349852946;
  call.result(emitElu(call.e, call.tensor("self"), alpha * scale, scale, 1));
}

static void importCelu(Call &call) {
  double alpha = call.number("alpha");
  call.result(emitElu(call.e, call.tensor("self"), alpha, 1, 1 / alpha));
}

static void importLeakyRelu(Call &call) {
  Emitter &e = call.e;
  double slope = call.number("negative_slope");
  call.result(inComputeType(e, call.tensor("self"), [&](Value x) {
    return e.select(e.compare(ComparePredicate::Gt, x, 0.0), x,
                    e.mul(x, slope));
  }));
}

static Value emitSoftplus(Emitter &e, Value x, double beta, double threshold) {
  Value scaled = beta == 1 ? x : e.mul(x, beta);
  Value soft = e.emit<graph::Log1pOp>(e.emit<graph::ExpOp>(scaled));
  if (beta != 1)
    soft = e.div(soft, beta);
  return e.select(e.compare(ComparePredicate::Gt, scaled, threshold), x, soft);
}

static void importSoftplus(Call &call) {
  Emitter &e = call.e;
  call.result(inComputeType(e, call.tensor("self"), [&](Value x) {
    return emitSoftplus(e, x, call.number("beta"), call.number("threshold"));
  }));
}

static void importMish(Call &call) {
  Emitter &e = call.e;
  call.result(inComputeType(e, call.tensor("self"), [&](Value x) {
    Value soft = e.emit<graph::Log1pOp>(e.emit<graph::ExpOp>(x));
    return e.mul(x, e.emit<graph::TanhOp>(soft));
  }));
}

static void importLogit(Call &call) {
  Emitter &e = call.e;
  double eps = call.number("eps", -1);
  call.result(inComputeType(e, floatSelf(call), [&](Value x) {
    Type type = e.elementType(x);
    if (eps >= 0)
      x = e.emit<graph::ClampOp>(x, e.number(eps, type),
                                 e.number(1 - eps, type));
    return e.emit<graph::LogOp>(e.div(x, e.sub(e.number(1, type), x)));
  }));
}

static void importSoftshrink(Call &call) {
  Emitter &e = call.e;
  double lambda = call.number("lambd");
  call.result(inComputeType(e, call.tensor("self"), [&](Value x) {
    Value zero = e.mul(x, 0.0); // keeps NaN
    Value below = e.select(e.compare(ComparePredicate::Lt, x, -lambda),
                           e.add(x, lambda), zero);
    return e.select(e.compare(ComparePredicate::Gt, x, lambda),
                    e.sub(x, lambda), below);
  }));
}

static void importHardshrink(Call &call) {
  Emitter &e = call.e;
  Value x = call.tensor("self");
  double lambda = call.number("lambd");
  Value inside = e.logicalAnd(e.compare(ComparePredicate::Ge, x, -lambda),
                              e.compare(ComparePredicate::Le, x, lambda));
  call.result(e.select(inside, e.number(0, e.elementType(x)), x));
}

static void importThreshold(Call &call) {
  Emitter &e = call.e;
  Value x = call.tensor("self");
  Value value = e.number(call.get("value"), e.elementType(x));
  call.result(e.select(
      e.compare(ComparePredicate::Le, x, call.number("threshold")), value, x));
}

/// min(x, 0) - log1p(exp(-|x|)).
static Value emitLogSigmoid(Emitter &e, Value self) {
  return inComputeType(e, self, [&](Value x) {
    Value tail = e.emit<graph::Log1pOp>(
        e.emit<graph::ExpOp>(e.neg(e.emit<graph::AbsOp>(x))));
    Value head = e.emit<graph::MinimumOp>(x, e.number(0, e.elementType(x)));
    return e.sub(head, tail);
  });
}

static void importLogSigmoid(Call &call) {
  call.result(emitLogSigmoid(call.e, call.tensor("self")));
}

/// The second result is scratch space that the CPU kernel leaves empty or
/// filled; nothing but its own gradient reads it.
static void importLogSigmoidForward(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  call.result(emitLogSigmoid(e, self));
  call.result(e.emit<graph::ExpOp>(e.neg(e.emit<graph::AbsOp>(self))));
}

static void importPrelu(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), weight = call.tensor("weight");
  // One slope per channel, which is dimension 1.
  if (call.schema->name == "aten.prelu.default" && e.rank(weight) == 1 &&
      e.rank(self) > 2 && e.size(weight, 0) != 1) {
    SmallVector<Expr> shape(e.rank(self) - 1, e.expr(1));
    shape[0] = e.size(weight, 0);
    weight = e.reshape(weight, shape);
  }
  call.result(e.select(e.compare(ComparePredicate::Gt, self, 0.0), self,
                       e.mul(weight, self)));
}

/// The halves of `self` along `dim`.
static std::pair<Value, Value> halves(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Expr size = e.size(self, dim), half = size.floorDiv(2);
  return {e.slice(self, dim, 0, half),
          e.slice(self, dim, half, size, e.expr(1))};
}

static void importGlu(Call &call) {
  auto [a, b] = halves(call);
  call.result(call.e.mul(a, call.e.emit<graph::SigmoidOp>(b)));
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

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
  auto [a, b] = halves(call);
  Value gate = e.emit<graph::SigmoidOp>(b);
  Value rest = e.sub(e.number(1, e.elementType(gate)), gate);
  Value first = e.mul(grad, gate);
  call.result(e.cat({first, e.mul(e.mul(first, rest), a)}, dim));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._prelu_kernel.default", importPrelu},
    {"aten.celu.default", importCelu},
    {"aten.elu.default", importElu},
    {"aten.elu_backward.default", importEluBackward},
    {"aten.gelu.default", importGelu},
    {"aten.gelu_backward.default", importGeluBackward},
    {"aten.glu.default", importGlu},
    {"aten.glu_backward.default", importGluBackward},
    {"aten.hardshrink.default", importHardshrink},
    {"aten.hardsigmoid.default", importHardsigmoid},
    {"aten.hardsigmoid_backward.default", importHardsigmoidBackward},
    {"aten.hardswish.default", importHardswish},
    {"aten.hardswish_backward.default", importHardswishBackward},
    {"aten.hardtanh.default", importHardtanh},
    {"aten.hardtanh_backward.default", importHardtanhBackward},
    {"aten.leaky_relu.default", importLeakyRelu},
    {"aten.leaky_relu_backward.default", importLeakyReluBackward},
    {"aten.log_sigmoid.default", importLogSigmoid},
    {"aten.log_sigmoid_backward.default", importLogSigmoidBackward},
    {"aten.log_sigmoid_forward.default", importLogSigmoidForward},
    {"aten.logit.default", importLogit},
    {"aten.logit_backward.default", importLogitBackward},
    {"aten.mish.default", importMish},
    {"aten.mish_backward.default", importMishBackward},
    {"aten.prelu.default", importPrelu},
    {"aten.relu.default", importRelu},
    {"aten.relu6.default", importRelu6},
    {"aten.selu.default", importSelu},
    {"aten.sigmoid_backward.default", importSigmoidBackward},
    {"aten.silu.default", importSilu},
    {"aten.silu_backward.default", importSiluBackward},
    {"aten.softplus.default", importSoftplus},
    {"aten.softplus_backward.default", importSoftplusBackward},
    {"aten.softshrink.default", importSoftshrink},
    {"aten.special_logit.default", importLogit},
    {"aten.tanh_backward.default", importTanhBackward},
    {"aten.threshold.default", importThreshold},
    {"aten.threshold_backward.default", importThresholdBackward},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::activationOverloads() { return table; }
