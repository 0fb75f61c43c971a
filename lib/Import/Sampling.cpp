//===- Sampling.cpp - Random orders and choices, Inductor's seeds ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Distributions.h"

#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Orders and choices
//===----------------------------------------------------------------------===//

/// The order of random words of 64 bits, of which two are hardly ever equal.
static void importRandperm(Call &call) {
  Emitter &e = call.e;
  Expr n = call.size("n");
  Value keys = Bits::draw(call, {n}).half(0);
  Value order = e.emitAll<graph::SortOp, 2>(keys, int64_t(0),
                                            /*descending=*/false,
                                            /*stable=*/true)[1];
  if (call.isNone("out"))
    return call.result(e.cast(order, call.dtype("dtype", e.i64())));
  call.write("out", order);
  call.resultAlias("out");
}

/// The greatest of weights divided by exponential numbers: each is first with
/// the probability of its weight, and so on among the rest.
static Value chooseDistinct(Call &call, Value weights, Expr count) {
  Emitter &e = call.e;
  Type type = e.elementType(weights);
  Value waits = emitExponential(Bits::draw(call, e.shape(weights)), type);
  Value rates = e.div(weights, waits);
  return e.emitAll<graph::TopkOp, 2>(rates, count, e.rank(rates) - 1,
                                     /*largest=*/true, /*sorted=*/true)[1];
}

/// Where uniform numbers lie among the sums of weights. In f64, as a sum that
/// another order of summation makes different must not matter.
static Value chooseEach(Call &call, Value weights, Expr count) {
  Emitter &e = call.e;
  int64_t last = e.rank(weights) - 1;
  Value sums = call.invokeValue(
      "aten.cumsum.default",
      {{"self", std::make_shared<Tensor>(e.cast(weights, e.f64()))},
       {"dim", e.expr(last)}});
  if (e.hasFailed())
    return {};
  Expr size = e.size(sums, last);
  Value total = e.slice(sums, last, size - 1, size, e.expr(1));
  SmallVector<Expr> shape = e.shape(weights);
  shape[last] = count;
  Value u = emitUniform(Bits::draw(call, shape), e.f64());
  return call.invokeValue("aten.searchsorted.Tensor",
                          {{"sorted_sequence", std::make_shared<Tensor>(sums)},
                           {"self", std::make_shared<Tensor>(e.mul(u, total))},
                           {"right", true}});
}

static void importMultinomial(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (!isa<FloatType>(e.elementType(self)))
    return (void)e.fail("unsupported-dtype", "takes weights in floats only");
  if (e.rank(self) != 1 && e.rank(self) != 2)
    return (void)e.fail("shape-mismatch", "takes weights of 1 or 2 dimensions");
  Value weights = e.cast(self, getComputeType(e.elementType(self)));
  Value infinity =
      e.number(std::numeric_limits<double>::infinity(), e.elementType(weights));
  assertAll(e,
            e.logicalAnd(e.compare(ComparePredicate::Ge, weights, 0),
                         e.compare(ComparePredicate::Lt, weights, infinity)),
            "weights of multinomial are negative or not finite");
  assertAll(e,
            e.reduce(graph::ReduceKind::Any,
                     e.compare(ComparePredicate::Gt, weights, 0),
                     {e.rank(weights) - 1}, false),
            "weights of multinomial are all 0");
  Expr count = call.size("num_samples");
  bool isEach = call.flag("replacement") && count != 1;
  Value chosen = isEach ? chooseEach(call, weights, count)
                        : chooseDistinct(call, weights, count);
  call.result(e.contiguous(chosen));
}

//===----------------------------------------------------------------------===//
// Inductor's seeds and what it draws from them
//===----------------------------------------------------------------------===//

/// As `torch.randint(2**63 - 1, size)`.
static Value drawSeeds(Call &call, ArrayRef<Expr> shape) {
  return emitInteger(Bits::draw(call, shape),
                     call.e.expr(std::numeric_limits<int64_t>::max()));
}

static void importSeed(Call &call) { call.result(drawSeeds(call, {})); }

static void importSeeds(Call &call) {
  call.result(drawSeeds(call, {call.size("count")}));
}

static void importLookupSeed(Call &call) {
  Emitter &e = call.e;
  call.result(
      e.contiguous(e.select(call.tensor("seeds"), 0, call.size("index"))));
}

/// The numbers of Inductor's code for CPUs, so that what it has drawn in a
/// forward can be drawn again; normal ones but for the rounding of functions.
static void importInductorRandom(Call &call) {
  Emitter &e = call.e;
  std::string mode = call.text("mode");
  if (mode != "rand" && mode != "randn")
    return (void)e.unsupported("the mode '" + mode + "'");
  Bits bits = Bits::ofInductor(e, call.tensor("seed"), call.sizes("size"));
  // Slightly less than 2^-31, so that no number is rounded to 1.
  auto uniform = [&](int64_t word) {
    return e.mul(e.cast(bits.low(word, 31), e.f32()), 4.6566127342e-10);
  };
  if (mode == "rand")
    return call.result(uniform(0));
  Value u = e.sub(e.number(1, e.f32()), uniform(0)),
        turn = e.sub(e.number(1, e.f32()), uniform(1));
  call.result(emitBoxMuller(e, u, turn));
}

static void importInductorRandint(Call &call) {
  Emitter &e = call.e;
  Expr low = call.size("low"), range = call.size("high") - low;
  Bits bits = Bits::ofInductor(e, call.tensor("seed"), call.sizes("size"));
  if (!checkRange(e, range))
    return;
  Value number = emitWideRemainder(bits, e.number(Item(range), e.i64()));
  call.result(e.add(number, e.number(Item(low), e.i64())));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.multinomial.default", importMultinomial},
    {"aten.randperm.default", importRandperm},
    {"aten.randperm.generator", importRandperm},
    {"aten.randperm.generator_out", importRandperm},
    {"aten.randperm.out", importRandperm},
    {"prims.inductor_lookup_seed.default", importLookupSeed},
    {"prims.inductor_randint.default", importInductorRandint},
    {"prims.inductor_random.default", importInductorRandom},
    {"prims.inductor_seed.default", importSeed},
    {"prims.inductor_seeds.default", importSeeds},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::samplingOverloads() { return table; }
