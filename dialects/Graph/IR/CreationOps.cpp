//===- CreationOps.cpp - Constants and other sources ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *context,
                                           MaybeLocation location,
                                           Adaptor adaptor,
                                           InferredTypes &types) {
  auto type = dyn_cast<RankedTensorType>(adaptor.getValue().getType());
  if (!type || !type.hasStaticShape())
    return emitOptionalError(location, "a constant is a ranked tensor, got ",
                             adaptor.getValue().getType());
  return addResult(location, types, context,
                   constants(context, type.getShape()), type.getElementType());
}

LogicalResult FullOp::inferReturnTypes(MLIRContext *context,
                                       MaybeLocation location, Adaptor adaptor,
                                       InferredTypes &types) {
  StridedTensorType value = getTensorType(location, adaptor.getValue());
  if (!value || failed(checkRank(location, "value", value, 0, 0)))
    return failure();
  return addResult(location, types, context, adaptor.getShape(),
                   value.getElementType());
}

LogicalResult IotaOp::inferReturnTypes(MLIRContext *context,
                                       MaybeLocation location, Adaptor adaptor,
                                       InferredTypes &types) {
  if (failed(checkDim(location, adaptor.getDim(), adaptor.getShape().size())))
    return failure();
  return addResult(location, types, context, adaptor.getShape(),
                   i64Type(context));
}
