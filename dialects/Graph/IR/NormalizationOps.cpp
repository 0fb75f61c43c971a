//===- NormalizationOps.cpp - Softmax and normalisations ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

static LogicalResult inferSoftmax(MaybeLocation location, Value value,
                                  int64_t dim, InferredTypes &types) {
  StridedTensorType input = getTensorType(location, value);
  if (!input || failed(checkDim(location, dim, input.getRank())))
    return failure();
  types.push_back(input.asContiguous());
  return success();
}

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  return inferSoftmax(location, adaptor.getInput(), adaptor.getDim(), types);
}

LogicalResult LogSoftmaxOp::inferReturnTypes(MLIRContext *,
                                             MaybeLocation location,
                                             Adaptor adaptor,
                                             InferredTypes &types) {
  return inferSoftmax(location, adaptor.getInput(), adaptor.getDim(), types);
}

/// An optional parameter has exactly the shape `expected`.
static LogicalResult checkParameter(MaybeLocation location, StringRef what,
                                    Value value, StridedTensorType input,
                                    ArrayRef<Expr> expected) {
  if (!value)
    return success();
  StridedTensorType type = getTensorType(location, value);
  if (!type)
    return failure();
  return checkShape(location, what, type, expected);
}

static LogicalResult checkNormalizedRank(MaybeLocation location, int64_t rank,
                                         StridedTensorType input) {
  if (rank >= 1 && rank <= input.getRank())
    return success();
  return emitOptionalError(location, "cannot normalise over ", rank,
                           " dimensions of ", input);
}

LogicalResult LayerNormOp::inferReturnTypes(MLIRContext *context,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  int64_t normalized = adaptor.getNormalizedRank();
  if (!input || failed(checkNormalizedRank(location, normalized, input)))
    return failure();
  ArrayRef<Expr> inner = input.getShape().take_back(normalized);
  if (failed(checkParameter(location, "weight", adaptor.getWeight(), input,
                            inner)) ||
      failed(checkParameter(location, "bias", adaptor.getBias(), input, inner)))
    return failure();
  Exprs outer(input.getShape().drop_back(normalized));
  outer.resize(input.getRank(), Expr::constant(context, 1));
  Type element = input.getElementType();
  types.push_back(input.asContiguous());
  types.append(2, StridedTensorType::get(context, outer, element));
  return success();
}

LogicalResult RmsNormOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  int64_t normalized = adaptor.getNormalizedRank();
  if (!input || failed(checkNormalizedRank(location, normalized, input)) ||
      failed(checkParameter(location, "weight", adaptor.getWeight(), input,
                            input.getShape().take_back(normalized))))
    return failure();
  types.push_back(input.asContiguous());
  return success();
}

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *context,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input || failed(checkRank(location, "input", input, 2, INT64_MAX)))
    return failure();
  Expr channels = input.getDim(1);
  std::pair<StringRef, Value> parameters[] = {{"mean", adaptor.getMean()},
                                              {"var", adaptor.getVar()},
                                              {"weight", adaptor.getWeight()},
                                              {"bias", adaptor.getBias()}};
  for (auto [name, value] : parameters)
    if (failed(checkParameter(location, name, value, input, channels)))
      return failure();
  ArrayRef<Expr> shape = input.getShape();
  bool isPackedChannelsLast =
      !input.isContiguous() &&
      isChannelsLastContiguous(shape, input.getStrides());
  types.push_back(input.withStrides(isPackedChannelsLast
                                        ? channelsLastStrides(context, shape)
                                        : suggestedStrides(input, shape)));
  return success();
}

LogicalResult GroupNormOp::inferReturnTypes(MLIRContext *context,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input || failed(checkRank(location, "input", input, 2, INT64_MAX)))
    return failure();
  int64_t groups = adaptor.getGroups();
  Expr channels = input.getDim(1);
  if (groups < 1 || channels.mod(groups) != 0)
    return emitOptionalError(location, groups, " groups do not divide ",
                             channels.str(), " channels of ", input);
  if (failed(checkParameter(location, "weight", adaptor.getWeight(), input,
                            channels)) ||
      failed(
          checkParameter(location, "bias", adaptor.getBias(), input, channels)))
    return failure();
  Exprs outer = {input.getDim(0), Expr::constant(context, groups)};
  Type element = input.getElementType();
  types.push_back(input.withStrides(suggestedStrides(input, input.getShape())));
  types.append(2, StridedTensorType::get(context, outer, element));
  return success();
}
