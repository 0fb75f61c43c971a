//===- Creation.cpp - Tensors from nothing --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Pointwise.h"
#include "Views.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Constant fill
//===----------------------------------------------------------------------===//

/// The dtype of a factory that got a number: bool, int64 or float32.
static Type typeOfNumber(Call &call, const Item &number) {
  return getResultType(Operand(number), call.e.getContext());
}

/// What a factory without a dtype makes.
static Value emitFilled(Call &call, ArrayRef<Expr> shape, const Item &value,
                        Type type) {
  return call.e.full(shape, call.e.number(value, type));
}

static void importFull(Call &call) {
  const Item &value = call.get("fill_value");
  SmallVector<Expr> shape = call.sizes(call.schema->parameters[0].name);
  if (value.as<TensorRef>()) {
    Value scalar = call.tensor("fill_value");
    Type type = call.dtype("dtype", call.e.elementType(scalar));
    return call.result(call.e.full(shape, call.e.cast(scalar, type)));
  }
  call.result(emitFilled(call, shape, value,
                         call.dtype("dtype", typeOfNumber(call, value))));
}

/// zeros, ones, empty: memory that nobody set reads as zero.
template <int value>
static void importConstantFactory(Call &call) {
  Emitter &e = call.e;
  SmallVector<Expr> shape = call.sizes(call.schema->parameters[0].name);
  Value result = e.full(shape, e.number(value, call.dtype("dtype", e.f32())));
  if (call.get("memory_format").as<MemoryFormat>())
    result = e.restride(
        result, e.formatStrides(shape, call.memoryFormat("contiguous_format")));
  call.result(result);
}

static void importEmptyStrided(Call &call) {
  Emitter &e = call.e;
  const auto &parameters = call.schema->parameters;
  bool isMember = parameters[0].name == "self";
  Type type = call.dtype("dtype", isMember ? e.elementType(call.tensor("self"))
                                           : e.f32());
  Value value =
      e.full(call.sizes(parameters[isMember ? 1 : 0].name), e.number(0, type));
  call.result(e.restride(value, call.sizes(parameters[isMember ? 2 : 1].name)));
}

static void importEmptyPermuted(Call &call) {
  Emitter &e = call.e;
  SmallVector<Expr> shape = call.sizes("size"), strides(shape.size());
  SmallVector<int64_t> layout = call.integers("physical_layout");
  if (layout.size() != shape.size())
    return (void)e.fail("op-argument", "physical_layout does not fit");
  Expr stride = e.expr(1);
  for (int64_t dim : llvm::reverse(layout)) {
    int64_t wrapped = e.wrapDim(dim, shape.size());
    strides[wrapped] = stride;
    stride = stride * shape[wrapped];
  }
  if (llvm::is_contained(strides, Expr()))
    return (void)e.fail("op-argument", "physical_layout is no permutation");
  Value value = e.full(shape, e.number(0, call.dtype("dtype", e.f32())));
  call.result(e.restride(value, strides));
}

/// The *_like factories: the layout of self unless a format is asked for.
static void emitLike(Call &call, const Item &number) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Type type = call.dtype("dtype", e.elementType(self));
  std::string format = call.memoryFormat("preserve_format");
  Value value = emitFilled(call, e.shape(self), number, type);
  call.result(e.restride(value, format == "preserve_format"
                                    ? e.preservedStrides(self)
                                    : e.formatStrides(e.shape(self), format)));
}

template <int value>
static void importLike(Call &call) {
  emitLike(call, Item(call.e.expr(value)));
}

static void importFullLike(Call &call) {
  if (!call.get("fill_value").as<TensorRef>())
    return emitLike(call, call.get("fill_value"));
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Type type = call.dtype("dtype", e.elementType(self));
  Value value = e.full(e.shape(self), e.cast(call.tensor("fill_value"), type));
  call.result(e.restride(value, e.preservedStrides(self)));
}

/// The new_* factories: only the dtype of self.
static void emitNew(Call &call, const Item &number) {
  Emitter &e = call.e;
  Type type = call.dtype("dtype", e.elementType(call.tensor("self")));
  call.result(emitFilled(call, call.sizes("size"), number, type));
}

template <int value>
static void importNew(Call &call) {
  emitNew(call, Item(call.e.expr(value)));
}

static void importNewFull(Call &call) { emitNew(call, call.get("fill_value")); }

/// fill, fill_, zero: the layout and dtype of self.
static void importFill(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Operand value = call.operand("value");
  if (call.isNone("value"))
    value = Operand(Item(e.expr(0)));
  Value scalar = e.operand(value, e.elementType(self));
  if (e.rank(scalar) != 0)
    scalar = e.reshape(scalar, {});
  call.result(
      e.restride(e.full(e.shape(self), scalar), e.preservedStrides(self)));
}

static void importScalarTensor(Call &call) {
  Emitter &e = call.e;
  const Item &number = call.get("s");
  // prims keep the number's own type, aten's default is float32.
  bool isPrims = StringRef(call.schema->name).starts_with("prims.");
  Type type =
      call.dtype("dtype", isPrims ? typeOfNumber(call, number) : e.f32());
  call.result(e.number(number, type));
}

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

/// start + step * i in `type`.
static Value emitSequence(Call &call, Expr length, const Item &start,
                          const Item &step, Type type) {
  Emitter &e = call.e;
  Value index = e.iota({length}, 0);
  bool isInteger = start.as<Expr>() && step.as<Expr>();
  // Whole numbers are exact in int64, the rest is computed in doubles as
  // ATen's kernel does.
  Type compute = isInteger ? e.i64() : e.f64();
  index = e.cast(index, compute);
  if (step.getConstant() != 1.0)
    index = e.mul(index, e.number(step, compute));
  if (start.getConstant() != 0.0)
    index = e.add(index, e.number(start, compute));
  return e.cast(index, type);
}

/// The integer that a float is, or `item`.
static Item asWholeNumber(Emitter &e, const Item &item) {
  constexpr double greatest = int64_t(1) << 53;
  std::optional<double> number = item.getConstant();
  if (!number || std::abs(*number) > greatest || std::trunc(*number) != *number)
    return item;
  return e.expr(static_cast<int64_t>(*number));
}

static void importArange(Call &call) {
  Emitter &e = call.e;
  Item start = call.isNone("start") ? Item(e.expr(0)) : call.get("start");
  Item end = call.get("end");
  Item step = call.isNone("step") ? Item(e.expr(1)) : call.get("step");
  auto areIntegers = [&] {
    return start.as<Expr>() && end.as<Expr>() && step.as<Expr>();
  };
  bool isInteger = areIntegers();
  Type type = call.dtype("dtype", isInteger ? e.i64() : e.f32());
  // Beside symbols floats that are whole numbers count as these.
  if (!start.getConstant() || !end.getConstant()) {
    for (Item *item : {&start, &end, &step})
      *item = asWholeNumber(e, *item);
    isInteger = areIntegers();
  }
  Expr length;
  if (isInteger) {
    Expr by = *step.as<Expr>();
    Expr distance = *end.as<Expr>() - *start.as<Expr>();
    if (by == 0)
      return (void)e.fail("op-argument", "a step of 0");
    length = distance.ceilDiv(by);
    length = e.ranges.max(length, e.expr(0));
  } else {
    std::optional<double> from = start.getConstant(), to = end.getConstant(),
                          by = step.getConstant();
    if (!from || !to || !by || *by == 0)
      return (void)e.unsupported("arange over floats known at run time only");
    length = e.expr(std::max<int64_t>(
        0, static_cast<int64_t>(std::ceil((*to - *from) / *by))));
  }
  call.result(emitSequence(call, length, start, step, type));
}

static void importIota(Call &call) {
  call.result(emitSequence(call, call.size("length"), call.get("start"),
                           call.get("step"), call.dtype("dtype")));
}

/// Counts from both ends, so that both ends are exact.
static Value emitLinspace(Call &call, Type type) {
  Emitter &e = call.e;
  Expr steps = call.size("steps");
  if (e.hasFailed())
    return {};
  // One step has no gap; both halves are then its start.
  Expr gaps = (steps - 1).max(e.expr(1)),
       half = steps.floorDiv(2).max(e.expr(1));
  std::optional<double> from = call.get("start").getConstant(),
                        to = call.get("end").getConstant();
  Value start, end, step;
  if (from && to && gaps.getConstant()) {
    start = e.number(*from, type);
    end = e.number(*to, type);
    step = e.number((*to - *from) / *gaps.getConstant(), type);
  } else {
    auto read = [&](StringRef name) {
      return call.get(name).as<TensorRef>()
                 ? e.operand(call.operand(name), e.f64())
                 : e.number(call.get(name), e.f64());
    };
    Value first = read("start"), last = read("end");
    start = e.cast(first, type);
    end = e.cast(last, type);
    step =
        e.cast(e.div(e.sub(last, first), e.number(Item(gaps), e.f64())), type);
  }
  if (steps.getConstant() && *steps.getConstant() < 2)
    return e.full({e.expr(std::max<int64_t>(*steps.getConstant(), 0))}, start);
  Value index = e.cast(e.iota({steps}, 0), type);
  Value up = e.add(e.mul(index, step), start);
  Value left = e.sub(e.number(Item(steps - 1), type), index);
  Value down = e.sub(end, e.mul(left, step));
  Value isFirst =
      e.compare(ComparePredicate::Lt, index, e.number(Item(half), type));
  return e.select(isFirst, up, down);
}

static void importLinspace(Call &call) {
  Emitter &e = call.e;
  Type type = call.dtype("dtype", e.f32());
  Type compute = isFloat(type) ? getComputeType(type) : e.f64();
  call.result(e.cast(emitLinspace(call, compute), type));
}

static void importLogspace(Call &call) {
  Emitter &e = call.e;
  Type type = call.dtype("dtype", e.f32());
  Value exponent = emitLinspace(call, e.f64());
  Value base = e.number(call.number("base"), e.f64());
  call.result(e.cast(e.emit<graph::PowOp>(base, exponent), type));
}

//===----------------------------------------------------------------------===//
// Matrices
//===----------------------------------------------------------------------===//

static void importEye(Call &call) {
  Emitter &e = call.e;
  Expr rows = call.size("n");
  Expr columns = call.isNone("m") ? rows : call.size("m");
  Value isDiagonal =
      e.compare(ComparePredicate::Eq, e.iota({rows, e.expr(1)}, 0),
                e.iota({e.expr(1), columns}, 1));
  call.result(e.cast(isDiagonal, call.dtype("dtype", e.f32())));
}

/// Places of a triangle, row by row. Constant sizes only.
template <bool lower>
static void importTriangleIndices(Call &call) {
  Emitter &e = call.e;
  int64_t rows = call.integer("row"), columns = call.integer("col");
  int64_t offset = call.integer("offset");
  constexpr int64_t limit = 1 << 22;
  if (rows < 0 || columns < 0 || rows * columns > limit)
    return (void)e.unsupported("triangle indices of this size");
  SmallVector<int64_t> places[2];
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      if (lower ? column - row > offset : column - row < offset)
        continue;
      places[0].push_back(row);
      places[1].push_back(column);
    }
  }
  SmallVector<int64_t> values(places[0]);
  values.append(places[1]);
  auto type = RankedTensorType::get({2, static_cast<int64_t>(places[0].size())},
                                    e.i64());
  Value indices = e.emit<graph::ConstantOp>(
      DenseElementsAttr::get(type, ArrayRef<int64_t>(values)));
  call.result(e.cast(indices, call.dtype("dtype", e.i64())));
}

/// Powers of the elements, along a dimension of their own.
template <bool isSorted>
static void importVander(Call &call) {
  Emitter &e = call.e;
  Value x = e.atLeast1d(call.tensor("x"));
  Expr count = call.isNone("N") ? e.size(x, -1) : call.size("N");
  Value exponent = e.iota({count}, 0);
  if (!isSorted && !call.flag("increasing"))
    exponent = e.sub(e.sizeToTensor(count - 1), exponent);
  Type type = isa<IntegerType>(e.elementType(x)) ? e.i64() : e.elementType(x);
  call.result(e.emit<graph::PowOp>(e.cast(e.unsqueeze(x, e.rank(x)), type),
                                   e.cast(exponent, type)));
}

/// c[0] + c[1] * cos(t) + c[2] * cos(2 t) over one turn. A periodic window
/// lacks the last element of one that is a step longer.
static void emitCosineWindow(Call &call, ArrayRef<double> coefficients) {
  Emitter &e = call.e;
  int64_t length = call.integer("window_length");
  Type type = call.dtype("dtype", e.f32());
  if (length == 1)
    return call.result(e.full({e.expr(1)}, e.number(1, type)));
  bool isPeriodic = call.isNone("periodic") || call.flag("periodic");
  double steps = static_cast<double>(
      std::max<int64_t>(isPeriodic ? length : length - 1, 1));
  Value index = e.cast(e.iota({e.expr(length)}, 0), e.f64());
  Value sum = e.full({e.expr(length)}, e.number(coefficients[0], e.f64()));
  for (size_t i = 1; i < coefficients.size(); ++i)
    sum =
        e.add(sum, e.mul(e.emit<graph::CosOp>(e.mul(
                             index, 2 * M_PI * static_cast<double>(i) / steps)),
                         coefficients[i]));
  call.result(e.cast(sum, type));
}

static void importHannWindow(Call &call) {
  emitCosineWindow(call, {0.5, -0.5});
}
static void importHammingWindow(Call &call) {
  emitCosineWindow(call,
                   {call.number("alpha", 0.54), -call.number("beta", 0.46)});
}
static void importBlackmanWindow(Call &call) {
  emitCosineWindow(call, {0.42, -0.5, 0.08});
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.arange.default", importArange},
    {"aten.arange.start", importArange},
    {"aten.arange.start_step", importArange},
    {"aten.blackman_window.default", importBlackmanWindow},
    {"aten.blackman_window.periodic", importBlackmanWindow},
    {"aten.empty.memory_format", importConstantFactory<0>},
    {"aten.empty_like.default", importLike<0>},
    {"aten.empty_permuted.default", importEmptyPermuted},
    {"aten.empty_strided.default", importEmptyStrided},
    {"aten.eye.default", importEye},
    {"aten.eye.m", importEye},
    {"aten.fill.Scalar", importFill},
    {"aten.fill.Tensor", importFill},
    {"aten.full.default", importFull},
    {"aten.full_like.default", importFullLike},
    {"aten.hamming_window.default", importHammingWindow},
    {"aten.hamming_window.periodic", importHammingWindow},
    {"aten.hamming_window.periodic_alpha", importHammingWindow},
    {"aten.hamming_window.periodic_alpha_beta", importHammingWindow},
    {"aten.hann_window.default", importHannWindow},
    {"aten.hann_window.periodic", importHannWindow},
    {"aten.linalg_vander.default", importVander<true>},
    {"aten.linspace.Scalar_Tensor", importLinspace},
    {"aten.linspace.Tensor_Scalar", importLinspace},
    {"aten.linspace.Tensor_Tensor", importLinspace},
    {"aten.linspace.default", importLinspace},
    {"aten.logspace.Scalar_Tensor", importLogspace},
    {"aten.logspace.Tensor_Scalar", importLogspace},
    {"aten.logspace.Tensor_Tensor", importLogspace},
    {"aten.logspace.default", importLogspace},
    {"aten.new_empty.default", importNew<0>},
    {"aten.new_empty_strided.default", importEmptyStrided},
    {"aten.new_full.default", importNewFull},
    {"aten.new_ones.default", importNew<1>},
    {"aten.new_zeros.default", importNew<0>},
    {"aten.ones.default", importConstantFactory<1>},
    {"aten.ones_like.default", importLike<1>},
    {"aten.scalar_tensor.default", importScalarTensor},
    {"aten.tril_indices.default", importTriangleIndices<true>},
    {"aten.triu_indices.default", importTriangleIndices<false>},
    {"aten.vander.default", importVander<false>},
    {"aten.zero.default", importFill},
    {"aten.zeros.default", importConstantFactory<0>},
    {"aten.zeros_like.default", importLike<0>},
    {"prims.empty_strided.default", importEmptyStrided},
    {"prims.full.default", importFull},
    {"prims.iota.default", importIota},
    {"prims.scalar_tensor.default", importScalarTensor},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::creationOverloads() { return table; }
