//===- ContractionOps.cpp - Matrix products -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

/// `type` without its last two dimensions.
static StridedTensorType getBatchType(StridedTensorType type) {
  return StridedTensorType::get(type.getContext(), type.getShape().drop_back(2),
                                type.getElementType());
}

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *context,
                                         MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypes &types) {
  StridedTensorType lhs = getTensorType(location, adaptor.getLhs());
  StridedTensorType rhs = getTensorType(location, adaptor.getRhs());
  if (!lhs || !rhs || failed(checkSameElementType(location, lhs, rhs)) ||
      failed(checkRank(location, "lhs", lhs, 2, INT64_MAX)) ||
      failed(checkRank(location, "rhs", rhs, lhs.getRank(), lhs.getRank())))
    return failure();
  int64_t rank = lhs.getRank();
  if (lhs.getDim(rank - 1) != rhs.getDim(rank - 2))
    return emitOptionalError(location, "inner sizes differ: ", lhs, " and ",
                             rhs);
  FailureOr<Exprs> shape =
      broadcast(location, {getBatchType(lhs), getBatchType(rhs)});
  if (failed(shape))
    return failure();
  shape->push_back(lhs.getDim(rank - 2));
  shape->push_back(rhs.getDim(rank - 1));
  return addResult(location, types, context, *shape, lhs.getElementType());
}

LogicalResult GroupedMatmulOp::inferReturnTypes(MLIRContext *context,
                                                MaybeLocation location,
                                                Adaptor adaptor,
                                                InferredTypes &types) {
  StridedTensorType lhs = getTensorType(location, adaptor.getLhs());
  StridedTensorType rhs = getTensorType(location, adaptor.getRhs());
  StridedTensorType ends = getTensorType(location, adaptor.getEnds());
  if (!lhs || !rhs || !ends ||
      failed(checkSameElementType(location, lhs, rhs)) ||
      failed(checkRank(location, "lhs", lhs, 2, 3)) ||
      failed(checkRank(location, "rhs", rhs, 2, 5 - lhs.getRank())) ||
      failed(checkRank(location, "ends", ends, 1, 1)))
    return failure();
  int64_t left = lhs.getRank(), right = rhs.getRank();
  if (lhs.getDim(left - 1) != rhs.getDim(right - 2))
    return emitOptionalError(location, "inner sizes differ: ", lhs, " and ",
                             rhs);
  for (StridedTensorType batched : {lhs, rhs})
    if (batched.getRank() == 3 && batched.getDim(0) != ends.getDim(0))
      return emitOptionalError(location, "there are not as many groups in ",
                               batched, " as in ", ends);
  Exprs shape;
  if (left == 2 && right == 2)
    shape.push_back(ends.getDim(0));
  shape.push_back(lhs.getDim(left - 2));
  shape.push_back(rhs.getDim(right - 1));
  return addResult(location, types, context, shape, lhs.getElementType());
}
