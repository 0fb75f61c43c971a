//===- Indexing.cpp - Gather and advanced indexing ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

#include "dialects/Graph/IR/IndexSigns.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

static bool gather(graph::GatherOp op, Operands operands,
                   MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0], &indices = *operands[1];
  int64_t dim = op.getDim();
  for (int64_t i = 0, e = results[0].size(); i < e; ++i) {
    Index index = delinearize(i, results[0].shape);
    int64_t place = indices.ints[i];
    if (place < 0 || place >= input.shape[dim])
      return false;
    index[dim] = place;
    copyElement(results[0], i, input, linearize(index, input.shape));
  }
  return true;
}

/// The dimensions of the indices come where the indexed ones were, but in front
/// when those are not adjacent.
static int64_t getIndexedFront(ArrayRef<int64_t> dims) {
  bool isAdjacent = true;
  for (size_t i = 1; i < dims.size(); ++i)
    isAdjacent &= dims[i] == dims[i - 1] + 1;
  return isAdjacent && !dims.empty() ? dims.front() : 0;
}

std::optional<SmallVector<int64_t>>
graphc::reference::getIndexedShape(ArrayRef<int64_t> dims, Operands indices,
                                   ArrayRef<int64_t> inputShape) {
  SmallVector<int64_t> shape, broadcast;
  for (const Tensor *index : indices) {
    size_t rank = std::max(broadcast.size(), index->shape.size());
    broadcast.insert(broadcast.begin(), rank - broadcast.size(), 1);
    for (size_t i = 0; i < index->shape.size(); ++i) {
      int64_t &size = broadcast[rank - index->shape.size() + i];
      if (size != index->shape[i] && size != 1 && index->shape[i] != 1)
        return std::nullopt;
      size = size == 1 ? index->shape[i] : size;
    }
  }
  for (auto [dim, size] : llvm::enumerate(inputShape))
    if (!llvm::is_contained(dims, static_cast<int64_t>(dim)))
      shape.push_back(size);
  shape.insert(shape.begin() + getIndexedFront(dims), broadcast.begin(),
               broadcast.end());
  return shape;
}

namespace {
/// Maps places of an indexed result to places of the input.
class Indexing {
public:
  Indexing(ArrayRef<int64_t> dims, Operands indices, bool wraps,
           ArrayRef<int64_t> inputShape, int64_t resultRank)
      : dims(dims), indices(indices), wraps(wraps), inputShape(inputShape) {
    int64_t numOthers = inputShape.size() - dims.size();
    broadcastRank = resultRank - numOthers;
    front = getIndexedFront(dims);
  }

  /// Nothing if an index is out of range.
  std::optional<int64_t> locate(ArrayRef<int64_t> result) const {
    ArrayRef<int64_t> broadcast = result.slice(front, broadcastRank);
    SmallVector<int64_t> others(result.take_front(front));
    llvm::append_range(others, result.drop_front(front + broadcastRank));
    Index place;
    size_t next = 0;
    for (int64_t dim = 0, e = inputShape.size(); dim < e; ++dim) {
      const int64_t *found = llvm::find(dims, dim);
      if (found == dims.end()) {
        place.push_back(others[next++]);
        continue;
      }
      const Tensor &tensor = *indices[found - dims.begin()];
      int64_t index = tensor.ints[broadcastIndex(broadcast, tensor.shape)];
      index += wraps && index < 0 ? inputShape[dim] : 0;
      if (index < 0 || index >= inputShape[dim])
        return std::nullopt;
      place.push_back(index);
    }
    return linearize(place, inputShape);
  }

private:
  ArrayRef<int64_t> dims;
  Operands indices;
  bool wraps;
  ArrayRef<int64_t> inputShape;
  int64_t broadcastRank, front;
};
} // namespace

static bool takeIndexed(graph::IndexOp op, Operands operands,
                        MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  Indexing indexing(op.getDims(), operands.drop_front(),
                    graph::allowsNegativeIndices(op), input.shape,
                    results[0].shape.size());
  for (int64_t i = 0, e = results[0].size(); i < e; ++i) {
    std::optional<int64_t> place =
        indexing.locate(delinearize(i, results[0].shape));
    if (!place)
      return false;
    copyElement(results[0], i, input, *place);
  }
  return true;
}

std::optional<int64_t>
graphc::reference::locateIndexed(ArrayRef<int64_t> dims, Operands indices,
                                 bool wraps, ArrayRef<int64_t> inputShape,
                                 ArrayRef<int64_t> result) {
  return Indexing(dims, indices, wraps, inputShape, result.size())
      .locate(result);
}

void graphc::reference::addIndexing(Evaluators &evaluators) {
  add<graph::GatherOp, gather>(evaluators);
  add<graph::IndexOp, takeIndexed>(evaluators);
}
