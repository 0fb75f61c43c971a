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
  types.push_back(input.asContiguous());
  return success();
}

//===----------------------------------------------------------------------===//
// Advanced indexing
//===----------------------------------------------------------------------===//

/// The operands of the TensorIterator that torch indexes with: the input with
/// the indexed dimensions collapsed to repeated ones of the result's `shape`,
/// and the indices where they start in it.
static SmallVector<StridedTensorType>
getIteratorOperands(StridedTensorType input,
                    ArrayRef<StridedTensorType> indices, ArrayRef<int64_t> dims,
                    ArrayRef<Expr> shape, int64_t indexStart,
                    ArrayRef<Expr> indexShape) {
  MLIRContext *context = input.getContext();
  Expr zero = Expr::constant(context, 0), one = Expr::constant(context, 1);
  Exprs strides;
  for (int64_t dim = 0; dim != input.getRank(); ++dim)
    if (!llvm::is_contained(dims, dim))
      strides.push_back(input.getStride(dim));
  strides.insert(strides.begin() + indexStart, indexShape.size(), zero);
  SmallVector<StridedTensorType> operands = {
      StridedTensorType::get(context, shape, input.getElementType(), strides)};
  int64_t trailing = shape.size() - indexStart - indexShape.size();
  for (StridedTensorType index : indices) {
    Exprs sizes(indexShape), steps(indexShape.size(), zero);
    int64_t offset = sizes.size() - index.getRank();
    for (int64_t dim = 0; dim != index.getRank(); ++dim)
      if (index.getDim(dim) == sizes[offset + dim])
        steps[offset + dim] = index.getStride(dim);
    sizes.append(trailing, one);
    steps.append(trailing, one);
    operands.push_back(
        StridedTensorType::get(context, sizes, index.getElementType(), steps));
  }
  return operands;
}

/// The type of `input[indices at dims]`: the indices' broadcast shape stands
/// where the indexed dimensions were if these are adjacent, else in front.
static FailureOr<StridedTensorType> inferIndexed(MaybeLocation location,
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
  FailureOr<Exprs> indexShape = broadcast(location, *indices);
  if (failed(indexShape))
    return failure();
  bool adjacent = dims.back() - dims.front() + 1 == int64_t(dims.size());
  int64_t indexStart = adjacent ? dims.front() : 0;
  Exprs shape = reduceShape(input.getShape(), dims, /*keepdim=*/false);
  shape.insert(shape.begin() + indexStart, indexShape->begin(),
               indexShape->end());
  SmallVector<StridedTensorType> operands = getIteratorOperands(
      input, *indices, dims, shape, indexStart, *indexShape);
  return operands.front().withStrides(elementwiseStrides(operands, shape));
}

LogicalResult IndexOp::inferReturnTypes(MLIRContext *context,
                                        MaybeLocation location, Adaptor adaptor,
                                        InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input)
    return failure();
  FailureOr<StridedTensorType> result =
      inferIndexed(location, input, adaptor.getIndices(), adaptor.getDims());
  if (failed(result))
    return failure();
  return addResult(location, types, context, result->getShape(),
                   input.getElementType(), result->getStrides());
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
  FailureOr<StridedTensorType> place =
      inferIndexed(location, input, adaptor.getIndices(), adaptor.getDims());
  if (failed(place) ||
      failed(checkBroadcastsTo(location, values, place->getShape())))
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
