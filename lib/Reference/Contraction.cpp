//===- Contraction.cpp - Matrix products ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

/// Sums in double: exact products of narrow floats and f32, one rounding.
static bool multiply(graph::MatmulOp, Operands operands,
                     MutableArrayRef<Tensor> results) {
  const Tensor &lhs = *operands[0], &rhs = *operands[1];
  Tensor &result = results[0];
  int64_t rank = result.shape.size();
  int64_t depth = lhs.shape.back();
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    Index index = delinearize(i, result.shape);
    Index left = index, right = index;
    double sum = 0;
    uint64_t wrapped = 0;
    for (int64_t k = 0; k < depth; ++k) {
      left[rank - 1] = k;
      right[rank - 2] = k;
      int64_t a = broadcastIndex(left, lhs.shape);
      int64_t b = broadcastIndex(right, rhs.shape);
      if (result.isFloat())
        sum += lhs.floats[a] * rhs.floats[b];
      else
        wrapped += static_cast<uint64_t>(lhs.ints[a]) * rhs.ints[b];
    }
    if (result.isFloat())
      result.set(i, sum);
    else
      result.set(i, static_cast<int64_t>(wrapped));
  }
  return true;
}

/// False where groups do not lie one behind the other.
static bool multiplyGroups(graph::GroupedMatmulOp, Operands operands,
                           MutableArrayRef<Tensor> results) {
  const Tensor &lhs = *operands[0], &rhs = *operands[1], &ends = *operands[2];
  Tensor &result = results[0];
  bool hasLeft = lhs.shape.size() == 3, hasRight = rhs.shape.size() == 3;
  int64_t rows = lhs.shape[lhs.shape.size() - 2], depth = lhs.shape.back();
  int64_t columns = rhs.shape.back();
  int64_t size = hasRight ? rows : hasLeft ? columns : depth;
  for (int64_t i = 0, e = result.size(); i < e; ++i)
    if (result.isFloat())
      result.set(i, 0.0);
    else
      result.set(i, int64_t(0));
  for (int64_t group = 0, begin = 0; group < ends.shape[0]; ++group) {
    int64_t end = ends.ints[group];
    if (end < begin || end > size)
      return false;
    auto range = [&](bool isGrouped, int64_t all) {
      return isGrouped ? std::pair(begin, end) : std::pair(int64_t(0), all);
    };
    auto [firstRow, lastRow] = range(hasRight, rows);
    auto [firstColumn, lastColumn] = range(hasLeft, columns);
    auto [firstStep, lastStep] = range(!hasLeft && !hasRight, depth);
    for (int64_t row = firstRow; row < lastRow; ++row)
      for (int64_t column = firstColumn; column < lastColumn; ++column) {
        double sum = 0;
        uint64_t wrapped = 0;
        for (int64_t k = firstStep; k < lastStep; ++k) {
          int64_t a = (hasLeft ? group * rows + row : row) * depth + k;
          int64_t b = (hasRight ? group * depth + k : k) * columns + column;
          if (result.isFloat())
            sum += lhs.floats[a] * rhs.floats[b];
          else
            wrapped += static_cast<uint64_t>(lhs.ints[a]) * rhs.ints[b];
        }
        int64_t batch = hasLeft || hasRight ? 0 : group;
        int64_t at = (batch * rows + row) * columns + column;
        if (result.isFloat())
          result.set(at, sum);
        else
          result.set(at, static_cast<int64_t>(wrapped));
      }
    begin = end;
  }
  return true;
}

void graphc::reference::addContraction(Evaluators &evaluators) {
  add<graph::MatmulOp, multiply>(evaluators);
  add<graph::GroupedMatmulOp, multiplyGroups>(evaluators);
}
