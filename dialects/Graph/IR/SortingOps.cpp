//===- SortingOps.cpp - Sort and topk -------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

LogicalResult SortOp::inferReturnTypes(MLIRContext *context,
                                       MaybeLocation location, Adaptor adaptor,
                                       InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input || failed(checkDim(location, adaptor.getDim(), input.getRank())))
    return failure();
  StridedTensorType values = input.withStrides(preservedStrides(input));
  types.push_back(values);
  types.push_back(values.withElementType(i64Type(context)));
  return success();
}

LogicalResult TopkOp::inferReturnTypes(MLIRContext *context,
                                       MaybeLocation location, Adaptor adaptor,
                                       InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  int64_t dim = adaptor.getDim();
  if (!input || failed(checkDim(location, dim, input.getRank())))
    return failure();
  Expr k = adaptor.getK();
  if ((input.getDim(dim) - k).getConstant().value_or(0) < 0 ||
      k.getConstant().value_or(0) < 0)
    return emitOptionalError(location, "cannot take ", k.str(),
                             " elements along dimension ", dim, " of ", input);
  Exprs shape(input.getShape());
  shape[dim] = k;
  if (failed(
          addResult(location, types, context, shape, input.getElementType())))
    return failure();
  return addResult(location, types, context, shape, i64Type(context));
}
