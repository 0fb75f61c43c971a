//===- Layout.cpp - Which strides torch gives a result --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Layout.h"

#include "llvm/ADT/STLExtras.h"

#include <numeric>

using namespace mlir;
using namespace graphc::graph;

/// Shifts symbols so that what they range over starts at 0.
static Expr shiftSymbols(Expr expr) {
  return expr.substitute([&](StringRef name) {
    return Expr::symbol(expr.getContext(), name) + 2;
  });
}

/// Whether no term of `expr` can be negative: a sufficient condition.
static bool isNeverNegative(Expr expr) {
  switch (expr.kind()) {
  case ExprKind::Constant:
    return *expr.getConstant() >= 0;
  case ExprKind::Symbol:
  case ExprKind::Eq:
  case ExprKind::Le:
    return true;
  case ExprKind::Max:
    return llvm::any_of(expr.operands(), isNeverNegative);
  case ExprKind::Invalid:
    return false;
  default:
    return llvm::all_of(expr.operands(), isNeverNegative);
  }
}

std::optional<int> graphc::graph::compareSizes(Expr lhs, Expr rhs) {
  if (lhs == rhs)
    return 0;
  Expr difference = shiftSymbols(lhs - rhs);
  if (isNeverNegative(difference - 1))
    return 1;
  if (isNeverNegative(-difference - 1))
    return -1;
  return std::nullopt;
}

static bool isLess(Expr lhs, Expr rhs) { return compareSizes(lhs, rhs) == -1; }

/// Sizes of 0 and 1 take as much room as 1.
static Expr extent(Expr size) {
  return size == 0 ? Expr::constant(size.getContext(), 1) : size;
}

/// Packs the dimensions `order`, innermost first.
static Exprs packedStrides(MLIRContext *context, ArrayRef<Expr> shape,
                           ArrayRef<int64_t> order) {
  Exprs strides(shape.size());
  Expr next = Expr::constant(context, 1);
  for (int64_t dim : order) {
    strides[dim] = next;
    next = next * extent(shape[dim]);
  }
  return strides;
}

static SmallVector<int64_t> rowMajorOrder(size_t rank) {
  SmallVector<int64_t> order(rank);
  std::iota(order.rbegin(), order.rend(), 0);
  return order;
}

static SmallVector<int64_t> channelsLastOrder(size_t rank) {
  SmallVector<int64_t> order = {1};
  for (int64_t dim = rank - 1; dim >= 2; --dim)
    order.push_back(dim);
  order.push_back(0);
  return order;
}

Exprs graphc::graph::contiguousStrides(MLIRContext *context,
                                       ArrayRef<Expr> shape) {
  return packedStrides(context, shape, rowMajorOrder(shape.size()));
}

Exprs graphc::graph::channelsLastStrides(MLIRContext *context,
                                         ArrayRef<Expr> shape) {
  return packedStrides(context, shape, channelsLastOrder(shape.size()));
}

/// Whether the dimensions `order`, innermost first, are packed.
static bool isPacked(ArrayRef<Expr> shape, ArrayRef<Expr> strides,
                     ArrayRef<int64_t> order) {
  Expr expected;
  for (int64_t dim : order) {
    if (!expected)
      expected = Expr::constant(shape[dim].getContext(), 1);
    if (shape[dim] == 1)
      continue;
    if (strides[dim] != expected)
      return false;
    expected = expected * shape[dim];
  }
  return true;
}

bool graphc::graph::isContiguous(ArrayRef<Expr> shape, ArrayRef<Expr> strides) {
  return llvm::any_of(shape, [](Expr size) { return size == 0; }) ||
         isPacked(shape, strides, rowMajorOrder(shape.size()));
}

bool graphc::graph::isChannelsLastContiguous(ArrayRef<Expr> shape,
                                             ArrayRef<Expr> strides) {
  return (shape.size() == 4 || shape.size() == 5) &&
         isPacked(shape, strides, channelsLastOrder(shape.size()));
}

bool graphc::graph::isChannelsLast(StridedTensorType type) {
  ArrayRef<Expr> shape = type.getShape(), strides = type.getStrides();
  if ((shape.size() != 4 && shape.size() != 5) || strides[1] == 0)
    return false;
  Expr least = Expr::constant(type.getContext(), 0);
  for (int64_t dim : channelsLastOrder(shape.size())) {
    if (shape[dim] == 0 || isLess(strides[dim], least))
      return false;
    // N111 and sliced N11W are ambiguous; torch takes them as contiguous.
    if (dim == 0 && least == strides[1])
      return false;
    least = strides[dim] * extent(shape[dim]);
  }
  return true;
}

bool graphc::graph::isNonOverlappingAndDense(ArrayRef<Expr> shape,
                                             ArrayRef<Expr> strides) {
  if (shape.size() == 1)
    return isLess(shape[0], Expr::constant(shape[0].getContext(), 2)) ||
           strides[0] == 1;
  SmallVector<int64_t> rest;
  for (auto [dim, size] : llvm::enumerate(shape))
    if (size != 0 && size != 1)
      rest.push_back(dim);
  Expr expected;
  while (!rest.empty()) {
    if (!expected)
      expected = Expr::constant(shape[0].getContext(), 1);
    auto next = llvm::find_if(
        rest, [&](int64_t dim) { return strides[dim] == expected; });
    if (next == rest.end())
      return false;
    expected = expected * shape[*next];
    rest.erase(next);
  }
  return true;
}

//===----------------------------------------------------------------------===//
// TensorIterator
//===----------------------------------------------------------------------===//

/// Which of two strides is larger. Where symbols leave that open it is as for
/// large sizes, which tracing, too, takes for granted or leaves a guard for.
static int compareStrides(Expr a, Expr b) {
  if (std::optional<int> order = compareSizes(a, b))
    return *order;
  auto sample = [](Expr stride) {
    return stride.evaluate([](StringRef) { return std::optional(1009); });
  };
  std::optional<int64_t> left = sample(a), right = sample(b);
  if (!left || !right || *left == *right)
    return 0;
  return *left < *right ? -1 : 1;
}

/// Whether dimension `a` belongs outside `b` (1), inside (-1), or either way.
static int shouldSwap(ArrayRef<Exprs> operandStrides, ArrayRef<Expr> shape,
                      int64_t a, int64_t b) {
  for (const Exprs &strides : operandStrides) {
    if (strides[a] == 0 || strides[b] == 0)
      continue;
    int order = compareStrides(strides[a], strides[b]);
    if (order != 0)
      return order;
    if (isLess(shape[b], shape[a]))
      return 1;
  }
  return 0;
}

/// The order of dimensions, innermost first, that suits all operands. An
/// insertion sort, since comparisons may be ambiguous.
static SmallVector<int64_t> iterationOrder(ArrayRef<Exprs> operandStrides,
                                           ArrayRef<Expr> shape) {
  SmallVector<int64_t> order = rowMajorOrder(shape.size());
  for (int64_t i = 1, rank = shape.size(); i < rank; ++i) {
    int64_t current = i;
    for (int64_t other = i - 1; other >= 0; --other) {
      int swap =
          shouldSwap(operandStrides, shape, order[other], order[current]);
      if (swap < 0)
        break;
      if (swap > 0) {
        std::swap(order[other], order[current]);
        current = other;
      }
    }
  }
  return order;
}

/// Strides of `type` broadcast to `shape`: 0 where it is repeated.
static Exprs broadcastStrides(StridedTensorType type, ArrayRef<Expr> shape) {
  Exprs strides(shape.size(), Expr::constant(type.getContext(), 0));
  size_t offset = shape.size() - type.getRank();
  for (int64_t dim = 0; dim != type.getRank(); ++dim)
    if (type.getDim(dim) != 1 || shape[offset + dim] == 1)
      strides[offset + dim] = type.getStride(dim);
  return strides;
}

Exprs graphc::graph::preservedStrides(StridedTensorType type) {
  ArrayRef<Expr> shape = type.getShape(), strides = type.getStrides();
  if (isNonOverlappingAndDense(shape, strides))
    return Exprs(strides);
  Exprs own(strides);
  return packedStrides(type.getContext(), shape, iterationOrder(own, shape));
}

Exprs graphc::graph::suggestedStrides(StridedTensorType like,
                                      ArrayRef<Expr> shape) {
  return isChannelsLast(like) ? channelsLastStrides(like.getContext(), shape)
                              : contiguousStrides(like.getContext(), shape);
}

Exprs graphc::graph::elementwiseStrides(ArrayRef<StridedTensorType> operands,
                                        ArrayRef<Expr> shape) {
  MLIRContext *context = operands.front().getContext();
  bool sameShape = llvm::all_of(
      operands, [&](StridedTensorType t) { return t.getShape() == shape; });
  auto all = [&](auto predicate) {
    return sameShape && llvm::all_of(operands, [&](StridedTensorType t) {
             return predicate(t.getShape(), t.getStrides());
           });
  };
  if (all(isContiguous))
    return contiguousStrides(context, shape);
  if (shape.size() == 4 && all(isChannelsLastContiguous))
    return channelsLastStrides(context, shape);
  ArrayRef<Expr> first = operands.front().getStrides();
  if (all(isNonOverlappingAndDense) &&
      llvm::all_of(operands, [&](auto t) { return t.getStrides() == first; }))
    return Exprs(first);
  SmallVector<Exprs> strides =
      llvm::map_to_vector(operands, [&](StridedTensorType t) {
        return broadcastStrides(t, shape);
      });
  SmallVector<int64_t> order = iterationOrder(strides, shape);
  if (order == rowMajorOrder(shape.size()))
    return contiguousStrides(context, shape);
  Exprs result(shape.size());
  Expr next = Expr::constant(context, 1);
  for (int64_t dim : order) {
    result[dim] = next;
    next = next * shape[dim];
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

/// torch's unsqueeze, if `shape` is that of `type` with sizes of one inserted.
static std::optional<Exprs> unsqueezedStrides(StridedTensorType type,
                                              ArrayRef<Expr> shape) {
  Exprs strides;
  int64_t dim = 0;
  for (Expr size : shape) {
    if (dim < type.getRank() && size == type.getDim(dim))
      strides.push_back(type.getStride(dim++));
    else if (size != 1)
      return std::nullopt;
    else
      strides.push_back(dim < type.getRank()
                            ? type.getDim(dim) * type.getStride(dim)
                            : Expr::constant(type.getContext(), 1));
  }
  if (dim != type.getRank())
    return std::nullopt;
  return strides;
}

/// torch's computeStride: merges dimensions of the input into chunks that are
/// evenly strided and splits each chunk into dimensions of the result.
std::optional<Exprs> graphc::graph::viewStrides(StridedTensorType type,
                                                ArrayRef<Expr> shape) {
  MLIRContext *context = type.getContext();
  ArrayRef<Expr> oldShape = type.getShape(), oldStrides = type.getStrides();
  Expr one = Expr::constant(context, 1);
  if (oldShape.empty())
    return Exprs(shape.size(), one);
  if (oldShape == shape)
    return Exprs(oldStrides);
  if (type.getNumElements() == 0)
    return contiguousStrides(context, shape);
  // The importer spells unsqueeze as a reshape; it differs from computeStride
  // in strides of sizes of one.
  if (std::optional<Exprs> strides = unsqueezedStrides(type, shape))
    return strides;

  Exprs result(shape.size());
  int64_t viewDim = shape.size() - 1;
  Expr base = oldStrides.back(), oldCount = one, viewCount = one;
  for (int64_t dim = oldShape.size() - 1; dim >= 0; --dim) {
    oldCount = oldCount * oldShape[dim];
    bool endsChunk = dim == 0 || (oldShape[dim - 1] != 1 &&
                                  oldStrides[dim - 1] != oldCount * base);
    if (!endsChunk)
      continue;
    while (viewDim >= 0 &&
           (shape[viewDim] == 1 ||
            (viewCount != oldCount && !isLess(oldCount, viewCount)))) {
      result[viewDim] = viewCount * base;
      viewCount = viewCount * shape[viewDim];
      --viewDim;
    }
    if (viewCount != oldCount)
      return std::nullopt;
    if (dim > 0) {
      base = oldStrides[dim - 1];
      oldCount = viewCount = one;
    }
  }
  if (viewDim != -1)
    return std::nullopt;
  return result;
}
