//===- AttentionOps.cpp - Attention ---------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

/// Leading dimensions of `other` are the query's, but its heads (the last of
/// them) may divide the query's.
static LogicalResult checkLeading(MaybeLocation location,
                                  StridedTensorType query,
                                  StridedTensorType other) {
  int64_t heads = query.getRank() - 3;
  for (int64_t dim = 0; dim <= heads; ++dim) {
    Expr expected = query.getDim(dim), size = other.getDim(dim);
    bool divides = dim == heads && size != 0 && expected.divideExactly(size);
    if (size != expected && !divides)
      return emitOptionalError(location, "leading sizes do not fit: ", query,
                               " and ", other);
  }
  return success();
}

static LogicalResult checkMask(MaybeLocation location, Value value,
                               StridedTensorType query, ArrayRef<Expr> scores) {
  StridedTensorType mask = getTensorType(location, value);
  if (!mask)
    return failure();
  Type element = mask.getElementType();
  bool isAdded = element == query.getElementType() ||
                 (element.isF32() && !query.getElementType().isF64());
  if (!element.isInteger(1) && !isAdded)
    return emitOptionalError(
        location, "mask must hold bool, f32 or the query's element type, got ",
        mask);
  return checkBroadcastsTo(location, mask, scores);
}

/// Of rank 4 and equal head sizes this is torch's fused kernel, which keeps the
/// query's layout; else results are contiguous. An importer that knows of
/// another kernel puts a graph.contiguous behind.
static LogicalResult addResults(MaybeLocation location, InferredTypes &types,
                                StridedTensorType query, ArrayRef<Expr> shape,
                                ArrayRef<Expr> rows, Type wide) {
  MLIRContext *context = query.getContext();
  Type element = query.getElementType();
  if (query.getRank() != 4 || query.getShape() != shape)
    return success(
        succeeded(addResult(location, types, context, shape, element)) &&
        succeeded(addResult(location, types, context, rows, wide)));
  types.push_back(query.withStrides(preservedStrides(query)));
  Expr one = Expr::constant(context, 1);
  return addResult(location, types, context, rows, wide,
                   {rows[1] * rows[2], one, rows[1]});
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *context,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypes &types) {
  StridedTensorType query = getTensorType(location, adaptor.getQuery());
  StridedTensorType key = getTensorType(location, adaptor.getKey());
  StridedTensorType value = getTensorType(location, adaptor.getValue());
  if (!query || !key || !value ||
      failed(checkSameElementType(location, query, key)) ||
      failed(checkSameElementType(location, query, value)) ||
      failed(checkRank(location, "query", query, 2, INT64_MAX)))
    return failure();
  int64_t rank = query.getRank();
  if (failed(checkRank(location, "key", key, rank, rank)) ||
      failed(checkRank(location, "value", value, rank, rank)) ||
      failed(checkLeading(location, query, key)) ||
      failed(checkLeading(location, query, value)))
    return failure();
  if (rank > 2 && key.getDim(rank - 3) != value.getDim(rank - 3))
    return emitOptionalError(location, "heads of key and value differ: ", key,
                             " and ", value);
  if (query.getDim(rank - 1) != key.getDim(rank - 1))
    return emitOptionalError(location, "last sizes differ: ", query, " and ",
                             key);
  if (key.getDim(rank - 2) != value.getDim(rank - 2))
    return emitOptionalError(location, "lengths of key and value differ: ", key,
                             " and ", value);
  Exprs rows(query.getShape().drop_back());
  Exprs scores = rows, shape = rows;
  scores.push_back(key.getDim(rank - 2));
  shape.push_back(value.getDim(rank - 1));
  if (Value mask = adaptor.getMask())
    if (failed(checkMask(location, mask, query, scores)))
      return failure();
  Type element = query.getElementType();
  Type wide = element.isF64() ? element : Float32Type::get(context);
  return addResults(location, types, query, shape, rows, wide);
}
