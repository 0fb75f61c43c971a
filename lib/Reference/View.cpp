//===- View.cpp - Views and data movement ---===//
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

/// Fills the result with the elements that `source` names by place, each for a
/// place of the result.
static bool gatherElements(const Tensor &input, Tensor &result,
                           llvm::function_ref<int64_t(Index)> source) {
  for (int64_t i = 0, e = result.size(); i < e; ++i)
    copyElement(result, i, input, source(delinearize(i, result.shape)));
  return true;
}

static bool permute(graph::PermuteOp op, Operands operands,
                    MutableArrayRef<Tensor> results) {
  return gatherElements(*operands[0], results[0], [&](Index index) {
    Index place(index.size());
    for (auto [dim, from] : llvm::enumerate(op.getPerm()))
      place[from] = index[dim];
    return linearize(place, operands[0]->shape);
  });
}

/// Reshapes and copies: row-major order stays.
static bool keepOrder(Operands operands, MutableArrayRef<Tensor> results) {
  if (operands[0]->size() != results[0].size())
    return false;
  results[0].floats = operands[0]->floats;
  results[0].ints = operands[0]->ints;
  return true;
}
static bool reshape(graph::ReshapeOp, Operands operands,
                    MutableArrayRef<Tensor> results) {
  return keepOrder(operands, results);
}
static bool copy(graph::ContiguousOp, Operands operands,
                 MutableArrayRef<Tensor> results) {
  return keepOrder(operands, results);
}

static bool expand(graph::ExpandOp, Operands operands,
                   MutableArrayRef<Tensor> results) {
  return gatherElements(*operands[0], results[0], [&](Index index) {
    return broadcastIndex(index, operands[0]->shape);
  });
}

/// Where a slice lies in its dimension; nothing if that is symbolic or out of
/// range.
template <typename SliceOp>
static std::optional<std::array<int64_t, 2>>
getStartAndStep(SliceOp op, int64_t size, int64_t count) {
  std::optional<int64_t> start = op.getStart().getConstant(),
                         step = op.getStep().getConstant();
  if (!start || !step || *start < 0 || *step < 1 || *step > size + 1 ||
      *start > size || (count > 0 && *start + (count - 1) * *step >= size))
    return std::nullopt;
  return std::array<int64_t, 2>{*start, *step};
}

static bool slice(graph::SliceOp op, Operands operands,
                  MutableArrayRef<Tensor> results) {
  int64_t dim = op.getDim();
  auto range =
      getStartAndStep(op, operands[0]->shape[dim], results[0].shape[dim]);
  if (!range)
    return false;
  return gatherElements(*operands[0], results[0], [&](Index index) {
    index[dim] = (*range)[0] + index[dim] * (*range)[1];
    return linearize(index, operands[0]->shape);
  });
}

static bool sliceScatter(graph::SliceScatterOp op, Operands operands,
                         MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0], &source = *operands[1];
  int64_t dim = op.getDim();
  std::optional<int64_t> start = op.getStart().getConstant(),
                         end = op.getEnd().getConstant(),
                         step = op.getStep().getConstant();
  if (!start || !end || !step || *step < 1)
    return false;
  for (int64_t i = 0, e = results[0].size(); i < e; ++i) {
    Index index = delinearize(i, results[0].shape);
    int64_t place = index[dim];
    if (place < *start || place >= *end || (place - *start) % *step != 0) {
      copyElement(results[0], i, input, i);
      continue;
    }
    index[dim] = (place - *start) / *step;
    copyElement(results[0], i, source, broadcastIndex(index, source.shape));
  }
  return true;
}

static bool concatenate(graph::CatOp op, Operands operands,
                        MutableArrayRef<Tensor> results) {
  int64_t dim = op.getDim();
  int64_t offset = 0;
  for (const Tensor *operand : operands) {
    for (int64_t i = 0, e = operand->size(); i < e; ++i) {
      Index index = delinearize(i, operand->shape);
      index[dim] += offset;
      copyElement(results[0], linearize(index, results[0].shape), *operand, i);
    }
    offset += operand->shape[dim];
  }
  return true;
}

static bool pad(graph::PadOp op, Operands operands,
                MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  Tensor &result = results[0];
  auto floatValue = dyn_cast<FloatAttr>(op.getValue());
  auto intValue = dyn_cast<IntegerAttr>(op.getValue());
  if (result.isFloat() ? !floatValue : !intValue)
    return false;
  SmallVector<int64_t> low;
  for (graph::Expr count : op.getLow()) {
    std::optional<int64_t> constant = count.getConstant();
    if (!constant)
      return false;
    low.push_back(*constant);
  }
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    Index index = delinearize(i, result.shape);
    bool isInside = true;
    for (auto [dim, place] : llvm::enumerate(index)) {
      place -= low[dim];
      isInside &= place >= 0 && place < input.shape[dim];
    }
    if (isInside)
      copyElement(result, i, input, linearize(index, input.shape));
    else if (floatValue)
      result.set(i, floatValue.getValueAsDouble());
    else
      result.set(i, intValue.getValue().getSExtValue());
  }
  return true;
}

static bool flip(graph::FlipOp op, Operands operands,
                 MutableArrayRef<Tensor> results) {
  return gatherElements(*operands[0], results[0], [&](Index index) {
    for (int64_t dim : op.getDims())
      index[dim] = results[0].shape[dim] - 1 - index[dim];
    return linearize(index, results[0].shape);
  });
}

static bool takeDiagonal(graph::DiagonalOp op, Operands operands,
                         MutableArrayRef<Tensor> results) {
  int64_t dim1 = op.getDim1(), dim2 = op.getDim2();
  auto offset = static_cast<int64_t>(op.getOffset());
  return gatherElements(*operands[0], results[0], [&](Index index) {
    int64_t place = index.pop_back_val();
    Index source;
    size_t next = 0;
    for (int64_t dim = 0, e = operands[0]->shape.size(); dim < e; ++dim) {
      if (dim == dim1)
        source.push_back(place + std::max<int64_t>(-offset, 0));
      else if (dim == dim2)
        source.push_back(place + std::max<int64_t>(offset, 0));
      else
        source.push_back(index[next++]);
    }
    return linearize(source, operands[0]->shape);
  });
}

void graphc::reference::addView(Evaluators &evaluators) {
  add<graph::PermuteOp, permute>(evaluators);
  add<graph::ReshapeOp, reshape>(evaluators);
  add<graph::ContiguousOp, copy>(evaluators);
  add<graph::ExpandOp, expand>(evaluators);
  add<graph::SliceOp, slice>(evaluators);
  add<graph::SliceScatterOp, sliceScatter>(evaluators);
  add<graph::CatOp, concatenate>(evaluators);
  add<graph::PadOp, pad>(evaluators);
  add<graph::FlipOp, flip>(evaluators);
  add<graph::DiagonalOp, takeDiagonal>(evaluators);
}
