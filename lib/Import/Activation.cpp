//===- Activation.cpp - Activation functions ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Activation.h"
#include "Pointwise.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

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

graph::GeluKind graphc::aten::getGeluKind(Call &call) {
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

std::pair<Value, Value> graphc::aten::emitHalves(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Expr size = e.size(self, dim), half = size.floorDiv(2);
  return {e.slice(self, dim, 0, half),
          e.slice(self, dim, half, size, e.expr(1))};
}

static void importGlu(Call &call) {
  auto [a, b] = emitHalves(call);
  call.result(call.e.mul(a, call.e.emit<graph::SigmoidOp>(b)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._prelu_kernel.default", importPrelu},
    {"aten.celu.default", importCelu},
    {"aten.elu.default", importElu},
    {"aten.gelu.default", importGelu},
    {"aten.glu.default", importGlu},
    {"aten.hardshrink.default", importHardshrink},
    {"aten.hardsigmoid.default", importHardsigmoid},
    {"aten.hardswish.default", importHardswish},
    {"aten.hardtanh.default", importHardtanh},
    {"aten.leaky_relu.default", importLeakyRelu},
    {"aten.log_sigmoid.default", importLogSigmoid},
    {"aten.log_sigmoid_forward.default", importLogSigmoidForward},
    {"aten.logit.default", importLogit},
    {"aten.mish.default", importMish},
    {"aten.prelu.default", importPrelu},
    {"aten.relu.default", importRelu},
    {"aten.relu6.default", importRelu6},
    {"aten.selu.default", importSelu},
    {"aten.silu.default", importSilu},
    {"aten.softplus.default", importSoftplus},
    {"aten.softshrink.default", importSoftshrink},
    {"aten.special_logit.default", importLogit},
    {"aten.threshold.default", importThreshold},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::activationOverloads() { return table; }
