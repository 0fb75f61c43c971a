//===- Pooling.cpp - Windows ----------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

namespace {
/// The spatial dimensions of a tensor.
struct Plane {
  size_t first, rank;
  ArrayRef<int64_t> shape;

  template <typename Op>
  Plane(Op op, const Tensor &input, size_t rank)
      : first(op.getChannelsLast() ? 1 : input.shape.size() - rank), rank(rank),
        shape(ArrayRef(input.shape).slice(first, rank)) {}
};
} // namespace

/// Visits the elements of a box in the plane around the place `index` of the
/// result; `visit` gets the linear place in the input and in the plane.
static void forEachInside(const Tensor &input, const Plane &plane, Index index,
                          ArrayRef<int64_t> begin, ArrayRef<int64_t> count,
                          ArrayRef<int64_t> step,
                          llvm::function_ref<void(int64_t, int64_t)> visit) {
  int64_t size = llvm::product_of(count, int64_t(1));
  for (int64_t w = 0; w < size; ++w) {
    Index at = delinearize(w, count);
    bool isInside = true;
    int64_t flat = 0;
    for (size_t dim = 0; dim < plane.rank; ++dim) {
      int64_t place = begin[dim] + at[dim] * step[dim];
      isInside &= place >= 0 && place < plane.shape[dim];
      index[plane.first + dim] = place;
      flat = flat * plane.shape[dim] + place;
    }
    if (isInside)
      visit(linearize(index, input.shape), flat);
  }
}

/// The greatest of a window and where it is; NaN is greater than all.
namespace {
struct Greatest {
  const Tensor &input;
  int64_t at = -1, flat = 0;
  void take(int64_t place, int64_t flatPlace) {
    bool isGreater =
        at < 0 ||
        (input.isFloat() ? !std::isnan(input.floats[at]) &&
                               (std::isnan(input.floats[place]) ||
                                input.floats[place] > input.floats[at])
                         : input.ints[place] > input.ints[at]);
    if (!isGreater)
      return;
    at = place;
    flat = flatPlace;
  }
};
} // namespace

static bool maxPool(graph::MaxPoolOp op, Operands operands,
                    MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  Plane plane(op, input, op.getKernel().size());
  for (int64_t i = 0, e = results[0].size(); i < e; ++i) {
    Index index = delinearize(i, results[0].shape), begin;
    for (size_t dim = 0; dim < plane.rank; ++dim)
      begin.push_back(index[plane.first + dim] * op.getStride()[dim] -
                      op.getPadding()[dim]);
    Greatest greatest{input};
    forEachInside(input, plane, index, begin, op.getKernel(), op.getDilation(),
                  [&](int64_t at, int64_t flat) { greatest.take(at, flat); });
    if (greatest.at < 0)
      return false;
    copyElement(results[0], i, input, greatest.at);
    results[1].set(i, greatest.flat);
  }
  return true;
}

static bool avgPool(graph::AvgPoolOp op, Operands operands,
                    MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  if (!input.isFloat())
    return false;
  Plane plane(op, input, op.getKernel().size());
  SmallVector<int64_t> ones(plane.rank, 1);
  for (int64_t i = 0, e = results[0].size(); i < e; ++i) {
    Index index = delinearize(i, results[0].shape), begin;
    // Of the window what lies in the padded plane counts; ceil_mode may go
    // beyond.
    int64_t padded = 1;
    for (size_t dim = 0; dim < plane.rank; ++dim) {
      int64_t from =
          index[plane.first + dim] * op.getStride()[dim] - op.getPadding()[dim];
      begin.push_back(from);
      padded *= std::min(from + op.getKernel()[dim],
                         plane.shape[dim] + op.getPadding()[dim]) -
                from;
    }
    double sum = 0;
    int64_t inside = 0;
    forEachInside(input, plane, index, begin, op.getKernel(), ones,
                  [&](int64_t at, int64_t) {
                    sum += input.floats[at];
                    ++inside;
                  });
    int64_t divisor = op.getDivisorOverride()   ? *op.getDivisorOverride()
                      : op.getCountIncludePad() ? padded
                                                : inside;
    results[0].set(i, sum / static_cast<double>(divisor));
  }
  return true;
}

using Visit = llvm::function_ref<void(int64_t at, int64_t flat)>;

/// Windows that fit the output's size: `body` gets the number of the result,
/// how many elements its window has and what visits them.
template <typename Op>
static void forEachWindow(
    Op op, const Tensor &input, const Tensor &result,
    llvm::function_ref<void(int64_t, int64_t, llvm::function_ref<void(Visit)>)>
        body) {
  Plane plane(op, input, op.getOutput().size());
  SmallVector<int64_t> ones(plane.rank, 1);
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    Index index = delinearize(i, result.shape), begin, count;
    for (size_t dim = 0; dim < plane.rank; ++dim) {
      int64_t size = plane.shape[dim],
              outputs = result.shape[plane.first + dim],
              at = index[plane.first + dim];
      begin.push_back(at * size / outputs);
      count.push_back(((at + 1) * size + outputs - 1) / outputs - begin.back());
    }
    body(i, llvm::product_of(count, int64_t(1)), [&](Visit visit) {
      forEachInside(input, plane, index, begin, count, ones, visit);
    });
  }
}

static bool adaptiveAvgPool(graph::AdaptiveAvgPoolOp op, Operands operands,
                            MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  if (!input.isFloat())
    return false;
  forEachWindow(
      op, input, results[0], [&](int64_t i, int64_t count, auto forEach) {
        double sum = 0;
        forEach([&](int64_t at, int64_t) { sum += input.floats[at]; });
        results[0].set(i, sum / static_cast<double>(count));
      });
  return true;
}

static bool adaptiveMaxPool(graph::AdaptiveMaxPoolOp op, Operands operands,
                            MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  bool areFound = true;
  forEachWindow(op, input, results[0], [&](int64_t i, int64_t, auto forEach) {
    Greatest greatest{input};
    forEach([&](int64_t at, int64_t flat) { greatest.take(at, flat); });
    areFound &= greatest.at >= 0;
    if (greatest.at < 0)
      return;
    copyElement(results[0], i, input, greatest.at);
    results[1].set(i, greatest.flat);
  });
  return areFound;
}

void graphc::reference::addPooling(Evaluators &evaluators) {
  add<graph::MaxPoolOp, maxPool>(evaluators);
  add<graph::AvgPoolOp, avgPool>(evaluators);
  add<graph::AdaptiveAvgPoolOp, adaptiveAvgPool>(evaluators);
  add<graph::AdaptiveMaxPoolOp, adaptiveMaxPool>(evaluators);
}
