//===- Complex.cpp - Operators on complex numbers and their parts ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Arithmetic on complex numbers is that of the elementwise family; here they
// are made and taken apart. The parts are views in ATen: their strides count
// floats, those of complex numbers pairs.
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Pointwise.h"
#include "Views.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

static Value makeComplex(Emitter &e, Value real, Value imag) {
  if (real && isReducedFloat(e.elementType(real)))
    return e.unsupported("complex numbers of " +
                         getDTypeName(e.elementType(real)));
  return e.emit<graph::ComplexOp>(real, imag);
}

static SmallVector<Expr> doubledStrides(Emitter &e, Value x) {
  return x ? llvm::map_to_vector(e.type(x).getStrides(),
                                 [](Expr stride) { return stride * 2; })
           : SmallVector<Expr>();
}

static void importComplex(Call &call) {
  auto parts = promote(call, {"real", "imag"});
  call.result(makeComplex(call.e, parts[0], parts[1]));
}

static void importPolar(Call &call) {
  Emitter &e = call.e;
  auto x = promote(call, {"abs", "angle"});
  call.result(makeComplex(e, e.mul(x[0], e.emit<graph::CosOp>(x[1])),
                          e.mul(x[0], e.emit<graph::SinOp>(x[1]))));
}

/// real and imag: every other float.
template <typename PartOp>
static void importPart(Call &call) {
  Emitter &e = call.e;
  if (!isComplex(e.elementType(call.tensor("self"))))
    return call.resultAlias("self");
  constexpr bool isReal = std::is_same_v<PartOp, graph::RealOp>;
  call.resultView("self",
                  {[&e](Value base) {
                     return e.restride(e.emit<PartOp>(base),
                                       doubledStrides(e, base));
                   },
                   [&e](Value base, Value part) {
                     Value other = isReal ? e.emit<graph::ImagOp>(base)
                                          : e.emit<graph::RealOp>(base);
                     return e.withLayoutOf(isReal ? makeComplex(e, part, other)
                                                  : makeComplex(e, other, part),
                                           base);
                   }});
}

static Value conjugate(Emitter &e, Value x) {
  return makeComplex(e, e.emit<graph::RealOp>(x),
                     e.neg(e.emit<graph::ImagOp>(x)));
}

static void importConjPhysical(Call &call) {
  Value self = call.tensor("self");
  if (!isComplex(call.e.elementType(self)))
    return call.resultAlias("self");
  call.result(conjugate(call.e, self));
}

static void importConj(Call &call) {
  Emitter &e = call.e;
  if (!isComplex(e.elementType(call.tensor("self"))))
    return call.resultAlias("self");
  auto apply = [&e](Value base) {
    return e.withLayoutOf(conjugate(e, base), base);
  };
  call.resultView("self",
                  {apply, [apply](Value, Value view) { return apply(view); }});
}

/// Conjugation and negation are never put off.
static void importResolve(Call &call) { call.resultAlias("self"); }

static void importViewAsReal(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (self && !isComplex(e.elementType(self)))
    return (void)e.fail("op-argument", "expected a complex tensor");
  call.resultView(
      "self",
      {[&e](Value base) {
         int64_t rank = e.rank(base);
         Value real = e.emit<graph::RealOp>(base);
         Value imag = e.emit<graph::ImagOp>(base);
         SmallVector<Expr> strides = doubledStrides(e, base);
         strides.push_back(e.expr(1));
         return e.restride(
             e.cat({e.unsqueeze(real, rank), e.unsqueeze(imag, rank)}, rank),
             strides);
       },
       [&e](Value base, Value view) {
         if (e.hasFailed())
           return Value();
         auto part = [&](int64_t index) {
           return e.select(view, e.rank(base), e.expr(index));
         };
         return e.withLayoutOf(makeComplex(e, part(0), part(1)), base);
       }});
}

static void importViewAsComplex(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t rank = e.rank(self);
  if (rank == 0 || e.size(self, -1) != 2)
    return (void)e.fail("op-argument", "expected a last dimension of size 2");
  call.resultView("self", readOnlyView(e, [&e, rank](Value base) {
                    if (!base)
                      return Value();
                    SmallVector<Expr> strides;
                    for (Expr stride : e.type(base).getStrides().drop_back())
                      strides.push_back(stride.floorDiv(2));
                    auto part = [&](int64_t index) {
                      return e.select(base, rank - 1, e.expr(index));
                    };
                    return e.restride(makeComplex(e, part(0), part(1)),
                                      strides);
                  }));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._conj.default", importConj},
    {"aten._conj_physical.default", importConjPhysical},
    {"aten.complex.default", importComplex},
    {"aten.conj.default", importConj},
    {"aten.conj_physical.default", importConjPhysical},
    {"aten.imag.default", importPart<graph::ImagOp>},
    {"aten.polar.default", importPolar},
    {"aten.real.default", importPart<graph::RealOp>},
    {"aten.resolve_conj.default", importResolve},
    {"aten.resolve_neg.default", importResolve},
    {"aten.view_as_complex.default", importViewAsComplex},
    {"aten.view_as_real.default", importViewAsReal},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::complexOverloads() { return table; }
