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

void graphc::reference::addContraction(Evaluators &evaluators) {
  add<graph::MatmulOp, multiply>(evaluators);
}
