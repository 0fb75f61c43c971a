//===- Attention.cpp - Scaled dot-product attention -----------------------===//
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

static bool attend(graph::AttentionOp op, Operands operands,
                   MutableArrayRef<Tensor> results) {
  const Tensor &query = *operands[0], &key = *operands[1],
               &value = *operands[2];
  const Tensor *mask = op.getMask() ? operands[3] : nullptr;
  size_t rank = query.shape.size();
  int64_t queries = query.shape[rank - 2], depth = query.shape[rank - 1],
          keys = key.shape[rank - 2], width = value.shape[rank - 1];
  double scale = op.getScale().convertToDouble();
  double infinity = std::numeric_limits<double>::infinity();
  double empty =
      op.getNanRows() && keys ? std::numeric_limits<double>::quiet_NaN() : 0.0;
  // Heads of the query that share one of the key are neighbours.
  int64_t group = rank < 3 || key.shape[rank - 3] == 0
                      ? 1
                      : query.shape[rank - 3] / key.shape[rank - 3];
  int64_t rows =
      llvm::product_of(ArrayRef(query.shape).drop_back(2), int64_t(1));
  std::vector<double> scores(keys);
  for (int64_t row = 0; row < rows; ++row) {
    Index lead = delinearize(row, ArrayRef(query.shape).drop_back(2));
    int64_t shared = row / std::max<int64_t>(group, 1);
    for (int64_t i = 0; i < queries; ++i) {
      double most = -infinity, sum = 0;
      for (int64_t j = 0; j < keys; ++j) {
        double score = 0;
        for (int64_t d = 0; d < depth; ++d)
          score += query.floats[(row * queries + i) * depth + d] *
                   key.floats[(shared * keys + j) * depth + d];
        score *= scale;
        if (op.getSoftcap()) {
          double softcap = op.getSoftcap()->convertToDouble();
          score = softcap * std::tanh(score / softcap);
        }
        if (mask) {
          Index place = lead;
          place.push_back(i);
          place.push_back(j);
          int64_t at = broadcastIndex(place, mask->shape);
          if (mask->isFloat())
            score += mask->floats[at];
          else if (!mask->ints[at])
            score = -infinity;
        }
        if (op.getCausal() && j > i)
          score = -infinity;
        scores[j] = score;
        most = std::isnan(most) || most > score ? most : score;
      }
      // A row without a key gives zeros, or what is asked for.
      double shift = std::isinf(most) && most < 0 ? 0 : most;
      for (double &score : scores) {
        score = std::exp(score - shift);
        sum += score;
      }
      for (int64_t d = 0; d < width; ++d) {
        double total = 0;
        for (int64_t j = 0; j < keys; ++j)
          total += scores[j] * value.floats[(shared * keys + j) * width + d];
        results[0].set((row * queries + i) * width + d,
                       sum == 0 ? empty : total / sum);
      }
      results[1].set(row * queries + i, shift + std::log(sum));
    }
  }
  return true;
}

void graphc::reference::addAttention(Evaluators &evaluators) {
  add<graph::AttentionOp, attend>(evaluators);
}
