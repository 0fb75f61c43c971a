//===- Reduction.cpp - Reductions and scans ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

/// The elements of `input` that each element of a reduction takes in, as places
/// in row-major order.
static std::vector<std::vector<int64_t>>
groupElements(const Tensor &input, ArrayRef<int64_t> dims, int64_t numGroups) {
  std::vector<std::vector<int64_t>> groups(numGroups);
  for (int64_t i = 0, e = input.size(); i < e; ++i) {
    Index index = delinearize(i, input.shape);
    int64_t group = 0;
    for (auto [dim, place] : llvm::enumerate(index))
      if (!llvm::is_contained(dims, static_cast<int64_t>(dim)))
        group = group * input.shape[dim] + place;
    groups[group].push_back(i);
  }
  return groups;
}

static bool isNanOf(const Tensor &tensor, int64_t place) {
  return tensor.isFloat() && std::isnan(tensor.floats[place]);
}

/// Whether the element at `a` comes before that at `b`; NaN before all.
static bool exceeds(const Tensor &tensor, int64_t a, int64_t b,
                    bool isMaximum) {
  if (isNanOf(tensor, a) || isNanOf(tensor, b))
    return isNanOf(tensor, a) && !isNanOf(tensor, b);
  if (!isMaximum)
    std::swap(a, b);
  return tensor.isFloat() ? tensor.floats[a] > tensor.floats[b]
                          : tensor.ints[a] > tensor.ints[b];
}

static std::optional<int64_t>
findExtremum(const Tensor &input, ArrayRef<int64_t> group, bool isMaximum) {
  if (group.empty())
    return std::nullopt;
  int64_t best = group.front();
  for (int64_t place : group.drop_front())
    if (exceeds(input, place, best, isMaximum))
      best = place;
  return best;
}

static void accumulate(graph::ReduceKind kind, const Tensor &input,
                       ArrayRef<int64_t> group, Tensor &result, int64_t i) {
  bool isProduct = kind == graph::ReduceKind::Prod;
  if (input.isFloat()) {
    double total = isProduct ? 1 : 0;
    for (int64_t place : group)
      total =
          isProduct ? total * input.floats[place] : total + input.floats[place];
    if (kind == graph::ReduceKind::Mean)
      total /= static_cast<double>(group.size());
    return result.set(i, total);
  }
  uint64_t total = isProduct ? 1 : 0;
  for (int64_t place : group)
    total = isProduct ? total * input.ints[place] : total + input.ints[place];
  result.set(i, static_cast<int64_t>(total));
}

static bool reduce(graph::ReduceOp op, Operands operands,
                   MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  Tensor &result = results[0];
  graph::ReduceKind kind = op.getKind();
  auto groups = groupElements(input, op.getDims(), result.size());
  for (auto [i, group] : llvm::enumerate(groups)) {
    switch (kind) {
    case graph::ReduceKind::Sum:
    case graph::ReduceKind::Prod:
    case graph::ReduceKind::Mean:
      accumulate(kind, input, group, result, i);
      break;
    case graph::ReduceKind::Max:
    case graph::ReduceKind::Min: {
      std::optional<int64_t> place =
          findExtremum(input, group, kind == graph::ReduceKind::Max);
      if (!place)
        return false;
      copyElement(result, i, input, *place);
      break;
    }
    case graph::ReduceKind::Any:
    case graph::ReduceKind::All: {
      auto isTrue = [&](int64_t place) { return input.ints[place] != 0; };
      bool holds = kind == graph::ReduceKind::Any ? llvm::any_of(group, isTrue)
                                                  : llvm::all_of(group, isTrue);
      result.set(i, int64_t(holds));
      break;
    }
    }
  }
  return true;
}

static bool argReduce(graph::ArgReduceOp op, Operands operands,
                      MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  bool isMaximum = op.getKind() == graph::ExtremumKind::Max;
  std::optional<uint64_t> dim = op.getDim();
  SmallVector<int64_t> dims =
      dim ? SmallVector<int64_t>{static_cast<int64_t>(*dim)}
          : llvm::to_vector(llvm::seq<int64_t>(input.shape.size()));
  auto groups = groupElements(input, dims, results[0].size());
  for (auto [i, group] : llvm::enumerate(groups)) {
    std::optional<int64_t> place = findExtremum(input, group, isMaximum);
    if (!place)
      return false;
    results[0].set(i, dim ? delinearize(*place, input.shape)[*dim] : *place);
  }
  return true;
}

/// Two passes in double.
static bool varMean(graph::VarMeanOp op, Operands operands,
                    MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  double correction = op.getCorrection().convertToDouble();
  auto groups = groupElements(input, op.getDims(), results[0].size());
  for (auto [i, group] : llvm::enumerate(groups)) {
    auto count = static_cast<double>(group.size());
    double sum = 0, squares = 0;
    for (int64_t place : group)
      sum += input.floats[place];
    double mean = sum / count;
    for (int64_t place : group)
      squares += (input.floats[place] - mean) * (input.floats[place] - mean);
    results[0].set(i, squares / std::max(count - correction, 0.0));
    results[1].set(i, mean);
  }
  return true;
}

static bool scan(graph::ScanOp op, Operands operands,
                 MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  Tensor &result = results[0];
  graph::ScanKind kind = op.getKind();
  if (input.shape.empty()) {
    copyElement(result, 0, input, 0);
    return true;
  }
  if (kind == graph::ScanKind::Logsumexp)
    return false;
  int64_t dim = op.getDim();
  int64_t numRows = input.shape[dim] == 0 ? 0 : input.size() / input.shape[dim];
  bool isProduct = kind == graph::ScanKind::Prod;
  for (const std::vector<int64_t> &row : groupElements(input, dim, numRows)) {
    double total = isProduct ? 1 : 0;
    uint64_t wrapped = isProduct ? 1 : 0;
    int64_t best = row.empty() ? 0 : row.front();
    for (int64_t place : row) {
      if (kind == graph::ScanKind::Max || kind == graph::ScanKind::Min) {
        if (exceeds(input, place, best, kind == graph::ScanKind::Max))
          best = place;
        copyElement(result, place, input, best);
      } else if (input.isFloat()) {
        total = isProduct ? total * input.floats[place]
                          : total + input.floats[place];
        result.set(place, total);
      } else {
        wrapped = isProduct ? wrapped * input.ints[place]
                            : wrapped + input.ints[place];
        result.set(place, static_cast<int64_t>(wrapped));
      }
    }
  }
  return true;
}

/// Of equal elements the last one counts, and NaN is the extreme.
static bool scanExtremum(graph::ScanArgOp op, Operands operands,
                         MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  if (input.shape.empty()) {
    copyElement(results[0], 0, input, 0);
    return true;
  }
  bool isMax = op.getKind() == graph::ExtremumKind::Max;
  int64_t size = input.shape[op.getDim()];
  int64_t numRows = size == 0 ? 0 : input.size() / size;
  for (const std::vector<int64_t> &row :
       groupElements(input, op.getDim(), numRows)) {
    int64_t best = row.empty() ? 0 : row.front(), bestIndex = 0;
    for (auto [index, place] : llvm::enumerate(row)) {
      // Neither is beyond the other when they are equal, or both NaN.
      if (!exceeds(input, best, place, isMax)) {
        best = place;
        bestIndex = static_cast<int64_t>(index);
      }
      copyElement(results[0], place, input, best);
      results[1].set(place, bestIndex);
    }
  }
  return true;
}

void graphc::reference::addReduction(Evaluators &evaluators) {
  add<graph::ReduceOp, reduce>(evaluators);
  add<graph::ArgReduceOp, argReduce>(evaluators);
  add<graph::VarMeanOp, varMean>(evaluators);
  add<graph::ScanOp, scan>(evaluators);
  add<graph::ScanArgOp, scanExtremum>(evaluators);
}
