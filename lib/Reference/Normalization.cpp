//===- Normalization.cpp - Softmax and normalisations ---------------------===//
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

/// Calls `visit` with where each row along `dim` begins and its stride.
static void forEachRow(const Tensor &tensor, int64_t dim,
                       llvm::function_ref<void(int64_t, int64_t)> visit) {
  int64_t stride = 1, size = tensor.shape[dim];
  for (size_t i = dim + 1; i < tensor.shape.size(); ++i)
    stride *= tensor.shape[i];
  int64_t outer = size == 0 ? 0 : tensor.size() / (size * stride);
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t j = 0; j < stride; ++j)
      visit(i * size * stride + j, stride);
}

template <bool isLog>
static void takeSoftmax(const Tensor &x, int64_t dim, Tensor &result) {
  int64_t size = x.shape[dim];
  forEachRow(x, dim, [&](int64_t begin, int64_t stride) {
    double most = -std::numeric_limits<double>::infinity(), sum = 0;
    for (int64_t k = 0; k < size; ++k) {
      double value = x.floats[begin + k * stride];
      most = std::isnan(value) || value > most ? value : most;
      if (std::isnan(value))
        break;
    }
    for (int64_t k = 0; k < size; ++k)
      sum += std::exp(x.floats[begin + k * stride] - most);
    for (int64_t k = 0; k < size; ++k) {
      double shifted = x.floats[begin + k * stride] - most;
      result.set(begin + k * stride,
                 isLog ? shifted - std::log(sum) : std::exp(shifted) / sum);
    }
  });
}

static bool softmax(graph::SoftmaxOp op, Operands operands,
                    MutableArrayRef<Tensor> results) {
  if (operands[0]->shape.empty())
    return false;
  takeSoftmax<false>(*operands[0], op.getDim(), results[0]);
  return true;
}
static bool logSoftmax(graph::LogSoftmaxOp op, Operands operands,
                       MutableArrayRef<Tensor> results) {
  if (operands[0]->shape.empty())
    return false;
  takeSoftmax<true>(*operands[0], op.getDim(), results[0]);
  return true;
}

/// Operands that may be left out, in order.
static const Tensor *take(Operands operands, size_t &next, bool isThere) {
  return isThere ? operands[next++] : nullptr;
}

/// Mean and variance of `count` elements from `begin` on.
static std::array<double, 2> getMoments(const Tensor &x, int64_t begin,
                                        int64_t count) {
  double mean = 0, var = 0;
  for (int64_t k = 0; k < count; ++k)
    mean += x.floats[begin + k];
  mean /= static_cast<double>(count);
  for (int64_t k = 0; k < count; ++k) {
    double distance = x.floats[begin + k] - mean;
    var += distance * distance;
  }
  return {mean, var / static_cast<double>(count)};
}

static int64_t countLast(const Tensor &x, int64_t rank) {
  return llvm::product_of(ArrayRef(x.shape).take_back(rank), int64_t(1));
}

static bool layerNorm(graph::LayerNormOp op, Operands operands,
                      MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0];
  size_t next = 1;
  const Tensor *weight = take(operands, next, bool(op.getWeight())),
               *bias = take(operands, next, bool(op.getBias()));
  int64_t count = countLast(x, op.getNormalizedRank());
  double eps = op.getEps().convertToDouble();
  for (int64_t row = 0, e = results[1].size(); row < e && count > 0; ++row) {
    auto [mean, var] = getMoments(x, row * count, count);
    double rstd = 1 / std::sqrt(var + eps);
    results[1].set(row, mean);
    results[2].set(row, rstd);
    for (int64_t k = 0; k < count; ++k)
      results[0].set(row * count + k, (x.floats[row * count + k] - mean) *
                                              rstd *
                                              (weight ? weight->floats[k] : 1) +
                                          (bias ? bias->floats[k] : 0));
  }
  return true;
}

static bool rmsNorm(graph::RmsNormOp op, Operands operands,
                    MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0];
  const Tensor *weight = op.getWeight() ? operands[1] : nullptr;
  int64_t count = countLast(x, op.getNormalizedRank());
  double eps = op.getEps().convertToDouble();
  for (int64_t begin = 0; count > 0 && begin < x.size(); begin += count) {
    double sum = 0;
    for (int64_t k = 0; k < count; ++k)
      sum += x.floats[begin + k] * x.floats[begin + k];
    double scale = 1 / std::sqrt(sum / static_cast<double>(count) + eps);
    for (int64_t k = 0; k < count; ++k)
      results[0].set(begin + k, x.floats[begin + k] * scale *
                                    (weight ? weight->floats[k] : 1));
  }
  return true;
}

static bool batchNorm(graph::BatchNormOp op, Operands operands,
                      MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0], &mean = *operands[1], &var = *operands[2];
  size_t next = 3;
  const Tensor *weight = take(operands, next, bool(op.getWeight())),
               *bias = take(operands, next, bool(op.getBias()));
  double eps = op.getEps().convertToDouble();
  for (int64_t i = 0, e = x.size(); i < e; ++i) {
    int64_t c = delinearize(i, x.shape)[1];
    results[0].set(i, (x.floats[i] - mean.floats[c]) /
                              std::sqrt(var.floats[c] + eps) *
                              (weight ? weight->floats[c] : 1) +
                          (bias ? bias->floats[c] : 0));
  }
  return true;
}

static bool groupNorm(graph::GroupNormOp op, Operands operands,
                      MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0];
  size_t next = 1;
  const Tensor *weight = take(operands, next, bool(op.getWeight())),
               *bias = take(operands, next, bool(op.getBias()));
  double eps = op.getEps().convertToDouble();
  int64_t rows = results[1].size();
  int64_t count = rows == 0 ? 0 : x.size() / rows;
  for (int64_t row = 0; row < rows && count > 0; ++row) {
    auto [mean, var] = getMoments(x, row * count, count);
    double rstd = 1 / std::sqrt(var + eps);
    results[1].set(row, mean);
    results[2].set(row, rstd);
    for (int64_t i = row * count; i < (row + 1) * count; ++i) {
      int64_t c = delinearize(i, x.shape)[1];
      results[0].set(i, (x.floats[i] - mean) * rstd *
                                (weight ? weight->floats[c] : 1) +
                            (bias ? bias->floats[c] : 0));
    }
  }
  return true;
}

void graphc::reference::addNormalization(Evaluators &evaluators) {
  add<graph::SoftmaxOp, softmax>(evaluators);
  add<graph::LogSoftmaxOp, logSoftmax>(evaluators);
  add<graph::LayerNormOp, layerNorm>(evaluators);
  add<graph::RmsNormOp, rmsNorm>(evaluators);
  add<graph::BatchNormOp, batchNorm>(evaluators);
  add<graph::GroupNormOp, groupNorm>(evaluators);
}
