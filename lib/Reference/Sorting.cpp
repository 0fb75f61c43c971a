//===- Sorting.cpp - Sorting ----------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

/// NaN is the greatest.
static bool isLess(const Tensor &x, int64_t a, int64_t b) {
  if (!x.isFloat())
    return x.ints[a] < x.ints[b];
  double left = x.floats[a], right = x.floats[b];
  return std::isnan(right) ? !std::isnan(left) : left < right;
}

static bool sort(graph::SortOp op, Operands operands,
                 MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0];
  if (x.shape.empty())
    return false;
  int64_t dim = op.getDim(), size = x.shape[dim], stride = 1;
  for (size_t i = dim + 1; i < x.shape.size(); ++i)
    stride *= x.shape[i];
  std::vector<int64_t> order(size);
  for (int64_t begin = 0, e = x.size(); begin < e; ++begin) {
    if (begin / stride % size != 0)
      continue;
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](int64_t a, int64_t b) {
      int64_t left = begin + a * stride, right = begin + b * stride;
      if (op.getDescending())
        std::swap(left, right);
      // Equal ones stay in order.
      return isLess(x, left, right) || (!isLess(x, right, left) && a < b);
    });
    for (auto [rank, from] : llvm::enumerate(order)) {
      int64_t to = begin + static_cast<int64_t>(rank) * stride;
      copyElement(results[0], to, x, begin + from * stride);
      results[1].set(to, from);
    }
  }
  return true;
}

/// The first `k` of a sorted row; equal ones stay in order.
static bool topk(graph::TopkOp op, Operands operands,
                 MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0];
  if (x.shape.empty() || x.size() == 0)
    return false;
  int64_t dim = op.getDim(), size = x.shape[dim], count = results[0].shape[dim],
          stride = 1;
  for (size_t i = dim + 1; i < x.shape.size(); ++i)
    stride *= x.shape[i];
  std::vector<int64_t> order(size);
  for (int64_t row = 0, rows = x.size() / size; row < rows; ++row) {
    int64_t begin = row / stride * stride * size + row % stride;
    int64_t to = row / stride * stride * count + row % stride;
    std::iota(order.begin(), order.end(), 0);
    llvm::stable_sort(order, [&](int64_t a, int64_t b) {
      int64_t left = begin + a * stride, right = begin + b * stride;
      return op.getLargest() ? isLess(x, right, left) : isLess(x, left, right);
    });
    for (int64_t rank = 0; rank < count; ++rank) {
      copyElement(results[0], to + rank * stride, x,
                  begin + order[rank] * stride);
      results[1].set(to + rank * stride, order[rank]);
    }
  }
  return true;
}

void graphc::reference::addSorting(Evaluators &evaluators) {
  add<graph::SortOp, sort>(evaluators);
  add<graph::TopkOp, topk>(evaluators);
}
