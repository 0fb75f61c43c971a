//===- IndexingOps.cpp - Gathering and scattering -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

/// Ranks agree and `index` exceeds `bound` in no constant dimension, `dim`
/// apart.
static LogicalResult checkIndexFits(MaybeLocation location,
                                    StridedTensorType index,
                                    StridedTensorType bound, int64_t dim) {
  if (failed(checkRank(location, "index", index, bound.getRank(),
                       bound.getRank())))
    return failure();
  for (int64_t i = 0; i != bound.getRank(); ++i) {
    std::optional<int64_t> excess =
        (index.getDim(i) - bound.getDim(i)).getConstant();
    if (i != dim && excess && *excess > 0)
      return emitOptionalError(location, "index ", index,
                               " is larger in dimension ", i, " than ", bound);
  }
  return success();
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *context,
                                         MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  StridedTensorType index = getTensorType(location, adaptor.getIndex());
  int64_t dim = adaptor.getDim();
  if (!input || !index || failed(checkDim(location, dim, input.getRank())) ||
      failed(checkIndexFits(location, index, input, dim)))
    return failure();
  return addResult(location, types, context, index.getShape(),
                   input.getElementType());
}

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  StridedTensorType index = getTensorType(location, adaptor.getIndex());
  StridedTensorType source = getTensorType(location, adaptor.getSource());
  int64_t dim = adaptor.getDim();
  if (!input || !index || !source ||
      failed(checkSameElementType(location, input, source)) ||
      failed(checkDim(location, dim, input.getRank())) ||
      failed(checkIndexFits(location, index, input, dim)) ||
      failed(checkIndexFits(location, index, source, -1)))
    return failure();
  types.push_back(input.withStrides(preservedStrides(input)));
  return success();
}

//===----------------------------------------------------------------------===//
// Advanced indexing
//===----------------------------------------------------------------------===//

namespace {
struct IndexedType {
  Exprs shape, strides;
};
} // namespace

/// The type of `input[indices at dims]`: the indices' broadcast shape stands
/// where the indexed dimensions were if these are adjacent, else in front.
static FailureOr<IndexedType> inferIndexed(MaybeLocation location,
                                           StridedTensorType input,
                                           ValueRange indexValues,
                                           ArrayRef<int64_t> dims) {
  auto indices = getTensorTypes(location, indexValues);
  if (failed(indices) ||
      failed(checkAscendingDims(location, dims, input.getRank())))
    return failure();
  if (dims.empty() || dims.size() != indices->size())
    return emitOptionalError(location, "expected one index per dimension in ",
                             "dims, got ", indices->size(), " for ",
                             dims.size());
  FailureOr<Exprs> broadcastShape = broadcast(location, *indices);
  if (failed(broadcastShape))
    return failure();
  bool adjacent = dims.back() - dims.front() + 1 == int64_t(dims.size());
  IndexedType result;
  if (!adjacent)
    result.shape = *broadcastShape;
  for (auto [dim, size] : llvm::enumerate(input.getShape())) {
    if (adjacent && int64_t(dim) == dims.front())
      llvm::append_range(result.shape, *broadcastShape);
    if (!llvm::is_contained(dims, int64_t(dim)))
      result.shape.push_back(size);
  }
  result.strides = contiguousStrides(input.getContext(), result.shape);
  return result;
}

LogicalResult IndexOp::inferReturnTypes(MLIRContext *context,
                                        MaybeLocation location, Adaptor adaptor,
                                        InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input)
    return failure();
  FailureOr<IndexedType> result =
      inferIndexed(location, input, adaptor.getIndices(), adaptor.getDims());
  if (failed(result))
    return failure();
  return addResult(location, types, context, result->shape,
                   input.getElementType(), result->strides);
}

LogicalResult IndexPutOp::inferReturnTypes(MLIRContext *,
                                           MaybeLocation location,
                                           Adaptor adaptor,
                                           InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  StridedTensorType values = getTensorType(location, adaptor.getValues());
  if (!input || !values ||
      failed(checkSameElementType(location, input, values)))
    return failure();
  FailureOr<IndexedType> place =
      inferIndexed(location, input, adaptor.getIndices(), adaptor.getDims());
  if (failed(place) ||
      failed(checkBroadcastsTo(location, values, place->shape)))
    return failure();
  types.push_back(input.withStrides(preservedStrides(input)));
  return success();
}

//===----------------------------------------------------------------------===//
// Data-dependent sizes
//===----------------------------------------------------------------------===//

static LogicalResult checkSymbol(MaybeLocation location, StringRef symbol) {
  if (!symbol.empty())
    return success();
  return emitOptionalError(location, "expected a symbol's name");
}

LogicalResult NonzeroOp::inferReturnTypes(MLIRContext *context,
                                          MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input || failed(checkSymbol(location, adaptor.getSymbol())))
    return failure();
  Expr count = Expr::symbol(context, adaptor.getSymbol());
  Expr rank = Expr::constant(context, input.getRank());
  // torch fills columns and hands out the transpose.
  return addResult(location, types, context, {count, rank}, i64Type(context),
                   {Expr::constant(context, 1), count});
}

LogicalResult MaskedSelectOp::inferReturnTypes(MLIRContext *context,
                                               MaybeLocation location,
                                               Adaptor adaptor,
                                               InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  StridedTensorType mask = getTensorType(location, adaptor.getMask());
  if (!input || !mask || failed(checkSymbol(location, adaptor.getSymbol())) ||
      failed(broadcast(location, {input, mask})))
    return failure();
  return addResult(location, types, context,
                   Expr::symbol(context, adaptor.getSymbol()),
                   input.getElementType());
}
