//===- ConvolutionOps.cpp - Convolutions ----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

/// Lists have one entry per spatial dimension, and groups divide channels.
static LogicalResult checkAttributes(MaybeLocation location,
                                     ConvolutionOp::Adaptor adaptor,
                                     int64_t spatialRank) {
  if (failed(
          checkList(location, "stride", adaptor.getStride(), spatialRank, 1)) ||
      failed(checkList(location, "padding", adaptor.getPadding(), spatialRank,
                       0)) ||
      failed(checkList(location, "dilation", adaptor.getDilation(), spatialRank,
                       1)) ||
      failed(checkList(location, "output_padding", adaptor.getOutputPadding(),
                       spatialRank, 0)))
    return failure();
  if (int64_t(adaptor.getGroups()) < 1)
    return emitOptionalError(location, "groups must be positive, got ",
                             int64_t(adaptor.getGroups()));
  return success();
}

static LogicalResult checkChannels(MaybeLocation location,
                                   StridedTensorType input,
                                   StridedTensorType weight, bool transposed,
                                   int64_t groups) {
  Expr expected = transposed ? weight.getDim(0) : weight.getDim(1) * groups;
  if (input.getDim(1) != expected)
    return emitOptionalError(location, "input ", input, " has ",
                             input.getDim(1).str(), " channels, weight ",
                             weight, " with ", groups, " groups needs ",
                             expected.str());
  std::optional<int64_t> leading = weight.getDim(0).getConstant();
  if (leading && *leading % groups != 0)
    return emitOptionalError(location, groups, " groups do not divide ",
                             *leading, " channels of weight ", weight);
  return success();
}

/// `type` of rank 3 as the rank 4 that torch convolves in.
static StridedTensorType insertHeight(StridedTensorType type) {
  Exprs shape(type.getShape()), strides(type.getStrides());
  shape.insert(shape.begin() + 2, Expr::constant(type.getContext(), 1));
  strides.insert(strides.begin() + 2, type.getDim(2) * type.getStride(2));
  return StridedTensorType::get(type.getContext(), shape, type.getElementType(),
                                strides);
}

/// Channels-last if the input or the weight suggests it. In one dimension torch
/// makes the input contiguous first: one that is keeps the strides of sizes 1,
/// by which it may suggest it, too.
static Exprs inferStrides(StridedTensorType input, StridedTensorType weight,
                          Exprs shape) {
  MLIRContext *context = input.getContext();
  bool isRank3 = shape.size() == 3;
  if (isRank3) {
    if (!isContiguous(input.getShape(), input.getStrides()))
      input = input.withStrides(contiguousStrides(context, input.getShape()));
    input = insertHeight(input);
    weight = insertHeight(weight);
    shape.insert(shape.begin() + 2, Expr::constant(context, 1));
  }
  bool channelsLast = isChannelsLast(input) || isChannelsLast(weight);
  Exprs strides = channelsLast ? channelsLastStrides(context, shape)
                               : contiguousStrides(context, shape);
  if (isRank3)
    strides.erase(strides.begin() + 2);
  return strides;
}

/// Input `[N, spatial.., C]`, weight `[kernel.., C/groups, O]` or in tiles.
static LogicalResult
inferChannelsLast(MLIRContext *context, MaybeLocation location,
                  ConvolutionOp::Adaptor adaptor, StridedTensorType input,
                  StridedTensorType weight, InferredTypes &types) {
  int64_t spatialRank = input.getRank() - 2, groups = adaptor.getGroups();
  int64_t tiled = adaptor.getOutChannels();
  if (failed(checkRank(location, "weight", weight,
                       input.getRank() + (tiled ? 1 : 0),
                       input.getRank() + (tiled ? 1 : 0))))
    return failure();
  if (adaptor.getTransposed())
    return emitOptionalError(location,
                             "a transposed convolution is channels-first");
  ArrayRef<Expr> kernel =
      weight.getShape().drop_front(tiled ? 1 : 0).take_front(spatialRank);
  Expr inPerGroup = weight.getDim((tiled ? 1 : 0) + spatialRank);
  Expr channels = tiled ? Expr::constant(context, tiled)
                        : weight.getDim(weight.getRank() - 1);
  if (input.getDim(spatialRank + 1) != inPerGroup * groups)
    return emitOptionalError(location, "input ", input, " has ",
                             input.getDim(spatialRank + 1).str(),
                             " channels, weight ", weight, " with ", groups,
                             " groups needs ", (inPerGroup * groups).str());
  if (channels.getConstant().value_or(0) % groups != 0)
    return emitOptionalError(location, groups, " groups do not divide ",
                             channels.str(), " channels");
  if (tiled) {
    Expr tile = weight.getDim(weight.getRank() - 1);
    if (!tile.getConstant() || *tile.getConstant() < 1 || tiled < 1 ||
        weight.getDim(0) !=
            channels.floorDiv(groups).ceilDiv(*tile.getConstant()) * groups)
      return emitOptionalError(location, "weight ", weight,
                               " has not the tiles of ", tiled, " channels");
  }
  Exprs shape = {input.getDim(0)};
  for (int64_t i = 0; i != spatialRank; ++i) {
    Expr window = (kernel[i] - 1) * adaptor.getDilation()[i];
    shape.push_back(
        (input.getDim(i + 1) + adaptor.getPadding()[i] * 2 - window - 1)
            .floorDiv(adaptor.getStride()[i]) +
        1);
    if (shape.back().getConstant().value_or(1) < 1)
      return emitOptionalError(location, "kernel of weight ", weight,
                               " does not fit into input ", input);
  }
  shape.push_back(channels);
  if (Value bias = adaptor.getBias()) {
    StridedTensorType type = getTensorType(location, bias);
    if (!type || failed(checkSameElementType(location, input, type)) ||
        failed(checkShape(location, "bias", type, channels)))
      return failure();
  }
  return addResult(location, types, context, shape, input.getElementType());
}

LogicalResult ConvolutionOp::inferReturnTypes(MLIRContext *context,
                                              MaybeLocation location,
                                              Adaptor adaptor,
                                              InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  StridedTensorType weight = getTensorType(location, adaptor.getWeight());
  if (!input || !weight ||
      failed(checkSameElementType(location, input, weight)) ||
      failed(checkRank(location, "input", input, 3, 5)) ||
      failed(checkAttributes(location, adaptor, input.getRank() - 2)))
    return failure();
  if (adaptor.getChannelsLast())
    return inferChannelsLast(context, location, adaptor, input, weight, types);
  if (adaptor.getOutChannels())
    return emitOptionalError(location, "out_channels needs channels_last");
  if (failed(checkRank(location, "weight", weight, input.getRank(),
                       input.getRank())))
    return failure();
  bool transposed = adaptor.getTransposed();
  int64_t groups = adaptor.getGroups();
  if (failed(checkChannels(location, input, weight, transposed, groups)))
    return failure();

  Exprs shape = {input.getDim(0),
                 transposed ? weight.getDim(1) * groups : weight.getDim(0)};
  for (int64_t i = 0; i != input.getRank() - 2; ++i) {
    Expr size = input.getDim(i + 2);
    Expr window = (weight.getDim(i + 2) - 1) * adaptor.getDilation()[i];
    int64_t stride = adaptor.getStride()[i];
    int64_t padding = adaptor.getPadding()[i];
    shape.push_back(
        transposed ? (size - 1) * stride - padding * 2 + window +
                         adaptor.getOutputPadding()[i] + 1
                   : (size + padding * 2 - window - 1).floorDiv(stride) + 1);
    if (shape.back().getConstant().value_or(1) < 1)
      return emitOptionalError(location, "kernel of weight ", weight,
                               " does not fit into input ", input);
  }
  if (Value bias = adaptor.getBias()) {
    StridedTensorType type = getTensorType(location, bias);
    if (!type || failed(checkSameElementType(location, input, type)) ||
        failed(checkShape(location, "bias", type, shape[1])))
      return failure();
  }
  return addResult(location, types, context, shape, input.getElementType(),
                   inferStrides(input, weight, shape));
}
