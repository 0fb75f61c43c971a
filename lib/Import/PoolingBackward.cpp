//===- PoolingBackward.cpp - Gradients of pooling -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Gradients.h"
#include "Resampling.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

namespace {
/// The memory format of a gradient: torch's kernels differ.
enum class Format { Contiguous, OfInput };
} // namespace

static void resultLike(Call &call, Value gradient, Format format) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  gradient = e.cast(e.reshape(gradient, e.shape(self)),
                    e.elementType(call.tensor("grad_output")));
  call.result(format == Format::OfInput ? withSuggestedLayout(e, gradient, self)
                                        : e.contiguous(gradient));
}

/// False, with a failure, unless gradient and input have the same dimensions
/// before `rank` spatial ones, one at least.
static bool checkPlanes(Call &call, size_t rank) {
  Emitter &e = call.e;
  SmallVector<Expr> self = e.shape(call.tensor("self")),
                    grad = e.shape(call.tensor("grad_output"));
  bool fits = self.size() == grad.size() && self.size() > rank &&
              self.size() <= rank + 2;
  for (size_t dim = 0; fits && dim + rank < self.size(); ++dim)
    fits = e.ranges.agree(self[dim], grad[dim]);
  if (!fits && !e.hasFailed())
    e.fail("shape-mismatch", "the gradient does not fit an input of " +
                                 Twine(rank) + " spatial dimensions");
  return fits && !e.hasFailed();
}

//===----------------------------------------------------------------------===//
// Maximum
//===----------------------------------------------------------------------===//

/// The gradient of each output goes to the place that was the maximum; indices
/// count row-major places of the input's planes.
template <size_t rank, Format format>
static void importMaxPoolBackward(Call &call) {
  Emitter &e = call.e;
  if (!checkPlanes(call, rank))
    return;
  Value grad = call.tensor("grad_output"), self = call.tensor("self"),
        indices = call.tensor("indices");
  int64_t firstSpatial = e.rank(self) - static_cast<int64_t>(rank);
  auto flattened = [&](Value x) {
    SmallVector<Expr> shape = e.shape(x);
    Expr plane = graph::product(e.getContext(),
                                ArrayRef(shape).drop_front(firstSpatial));
    shape.truncate(firstSpatial);
    shape.push_back(plane);
    return shape;
  };
  if (e.rank(indices) != e.rank(grad))
    return (void)e.fail("shape-mismatch", "an index for each gradient");
  Type compute = getComputeType(e.elementType(grad));
  Value zeros = e.full(flattened(self), e.number(0, compute));
  Value sum = e.emit<graph::ScatterOp>(
      graph::ScatterReduce::Add, zeros, e.reshape(indices, flattened(indices)),
      e.reshape(e.cast(grad, compute), flattened(grad)), firstSpatial, true);
  resultLike(call, sum, format);
}

//===----------------------------------------------------------------------===//
// Mean
//===----------------------------------------------------------------------===//

/// One matrix per dimension, [input, output]: 1 / divisor where the window of
/// the output covers the input.
static Value avgPoolMatrix(Call &call, const Window &w, size_t i, Expr input,
                           Expr output, Type type) {
  Emitter &e = call.e;
  auto at = [&](Expr size) { return e.sizeToTensor(size); };
  Value start = e.mul(e.iota({e.expr(1), output}, 1), double(w.stride[i]));
  start = e.sub(start, double(w.padding[i]));
  Value place = e.iota({input, e.expr(1)}, 0);
  // A window ends with the padding at the latest.
  Value end = e.emit<graph::MinimumOp>(e.add(start, double(w.kernel[i])),
                                       at(input + w.padding[i]));
  Value inside = e.logicalAnd(e.compare(ComparePredicate::Ge, place, start),
                              e.compare(ComparePredicate::Lt, place, end));
  Value weight = e.number(1, type);
  if (call.isNone("divisor_override")) {
    if (!call.flag("count_include_pad")) {
      start = e.emit<graph::MaximumOp>(start, e.number(0, e.i64()));
      end = e.emit<graph::MinimumOp>(end, at(input));
    }
    weight = e.div(weight, e.cast(e.sub(end, start), type));
  }
  return e.select(inside, weight, e.number(0, type));
}

template <size_t rank, Format format>
static void importAvgPoolBackward(Call &call) {
  Emitter &e = call.e;
  if (!checkPlanes(call, rank))
    return;
  Value grad = call.tensor("grad_output"), self = call.tensor("self");
  Window w = readWindow(call, rank);
  Type compute = getComputeType(e.elementType(grad));
  Value x = e.cast(grad, compute);
  if (!call.isNone("divisor_override"))
    x = e.div(x, call.number("divisor_override"));
  SmallVector<Value> matrices;
  for (size_t i = 0; i < rank; ++i) {
    int64_t dim = static_cast<int64_t>(i) - static_cast<int64_t>(rank);
    matrices.push_back(avgPoolMatrix(call, w, i, e.size(self, dim),
                                     e.size(grad, dim), compute));
  }
  resultLike(call, emitSeparable(e, x, matrices), format);
}

/// [input, output]: 1 / size of the window [floor(j*n/o), ceil((j+1)*n/o)).
static Value adaptiveMatrix(Emitter &e, Expr input, Expr output, Type type) {
  Value j = e.iota({e.expr(1), output}, 1), n = e.sizeToTensor(input),
        o = e.sizeToTensor(output);
  Value start = e.emit<graph::TruncDivOp>(e.mul(j, n), o);
  Value end = e.mul(e.add(j, 1), n);
  end = e.emit<graph::TruncDivOp>(e.add(end, e.sub(o, 1)), o);
  Value place = e.iota({input, e.expr(1)}, 0);
  Value inside = e.logicalAnd(e.compare(ComparePredicate::Ge, place, start),
                              e.compare(ComparePredicate::Lt, place, end));
  Value weight = e.div(e.number(1, type), e.cast(e.sub(end, start), type));
  return e.select(inside, weight, e.number(0, type));
}

template <size_t rank, Format format>
static void importAdaptiveAvgPoolBackward(Call &call) {
  Emitter &e = call.e;
  if (!checkPlanes(call, rank))
    return;
  Value grad = call.tensor("grad_output"), self = call.tensor("self");
  Type compute = getComputeType(e.elementType(grad));
  SmallVector<Value> matrices;
  for (int64_t dim = -static_cast<int64_t>(rank); dim < 0; ++dim)
    matrices.push_back(
        adaptiveMatrix(e, e.size(self, dim), e.size(grad, dim), compute));
  resultLike(call, emitSeparable(e, e.cast(grad, compute), matrices), format);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._adaptive_avg_pool2d_backward.default", importAdaptiveAvgPoolBackward<2, Format::OfInput>},
    {"aten._adaptive_avg_pool3d_backward.default", importAdaptiveAvgPoolBackward<3, Format::Contiguous>},
    {"aten.adaptive_max_pool2d_backward.default", importMaxPoolBackward<2, Format::OfInput>},
    {"aten.adaptive_max_pool3d_backward.default", importMaxPoolBackward<3, Format::Contiguous>},
    {"aten.avg_pool2d_backward.default", importAvgPoolBackward<2, Format::OfInput>},
    {"aten.avg_pool3d_backward.default", importAvgPoolBackward<3, Format::Contiguous>},
    {"aten.fractional_max_pool2d_backward.default", importMaxPoolBackward<2, Format::Contiguous>},
    {"aten.max_pool2d_with_indices_backward.default", importMaxPoolBackward<2, Format::OfInput>},
    {"aten.max_pool3d_with_indices_backward.default", importMaxPoolBackward<3, Format::OfInput>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::poolingBackwardOverloads() { return table; }
