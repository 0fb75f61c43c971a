//===- PoolingOps.cpp - Pooling and resampling ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

/// The input of a pooling op over `spatialRank` dimensions, or null. One with
/// channels last is given as if they were first.
static StridedTensorType getPoolInput(MaybeLocation location, Value value,
                                      int64_t spatialRank, bool channelsLast) {
  StridedTensorType input = getTensorType(location, value);
  if (!input)
    return {};
  if (spatialRank < 1 || spatialRank > 3) {
    (void)emitOptionalError(
        location, "expected 1 to 3 spatial dimensions, got ", spatialRank);
    return {};
  }
  if (failed(checkRank(location, "input", input,
                       spatialRank + (channelsLast ? 2 : 1), spatialRank + 2)))
    return {};
  if (!channelsLast)
    return input;
  Exprs shape(input.getShape());
  std::rotate(shape.begin() + 1, shape.end() - 1, shape.end());
  return StridedTensorType::get(input.getContext(), shape,
                                input.getElementType(),
                                contiguousStrides(input.getContext(), shape));
}

namespace {
struct Window {
  int64_t kernel, stride, padding, dilation;
  bool ceilMode;
};
} // namespace

/// How many windows fit over `size`. In ceil mode a last, partial window
/// counts unless it starts in the padding after the input.
static Expr countWindows(Expr size, const Window &w) {
  Expr room = size + 2 * w.padding - w.dilation * (w.kernel - 1) - 1;
  if (!w.ceilMode)
    return room.floorDiv(w.stride) + 1;
  Expr count = room.ceilDiv(w.stride) + 1;
  Expr startsOutside = (size + w.padding).le((count - 1) * w.stride);
  return count - startsOutside;
}

/// Results have the input's shape with spatial sizes `spatial`. They have its
/// memory format, too, up to `formattedRank` spatial dimensions.
static LogicalResult addPoolResult(MaybeLocation location,
                                   StridedTensorType input,
                                   ArrayRef<Expr> spatial, Type elementType,
                                   InferredTypes &types, bool channelsLast,
                                   size_t formattedRank = 3) {
  Exprs shape(input.getShape().drop_back(spatial.size()));
  llvm::append_range(shape, spatial);
  for (Expr size : spatial)
    if (size.getConstant().value_or(1) < 1)
      return emitOptionalError(location, "no window fits into input ", input);
  MLIRContext *context = input.getContext();
  if (channelsLast) {
    std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
    return addResult(location, types, context, shape, elementType);
  }
  bool isFormatted =
      shape.size() == spatial.size() + 2 && spatial.size() <= formattedRank;
  return addResult(location, types, context, shape, elementType,
                   isFormatted ? suggestedStrides(input, shape)
                               : contiguousStrides(context, shape));
}

/// Spatial sizes of a pooling with windows; empty after an error.
template <typename Adaptor>
static Exprs inferWindows(MaybeLocation location, Adaptor adaptor,
                          ArrayRef<int64_t> dilation, StridedTensorType input) {
  int64_t rank = adaptor.getKernel().size();
  Exprs spatial;
  if (failed(checkList(location, "kernel", adaptor.getKernel(), rank, 1)) ||
      failed(checkList(location, "stride", adaptor.getStride(), rank, 1)) ||
      failed(checkList(location, "padding", adaptor.getPadding(), rank, 0)) ||
      failed(checkList(location, "dilation", dilation, rank, 1)))
    return spatial;
  for (int64_t i = 0; i != rank; ++i) {
    int64_t kernel = adaptor.getKernel()[i], padding = adaptor.getPadding()[i];
    if (padding > ((kernel - 1) * dilation[i] + 1) / 2) {
      (void)emitOptionalError(location, "padding ", padding,
                              " exceeds half of the kernel ", kernel);
      return {};
    }
    spatial.push_back(countWindows(input.getDim(input.getRank() - rank + i),
                                   {kernel, adaptor.getStride()[i], padding,
                                    dilation[i], adaptor.getCeilMode()}));
  }
  return spatial;
}

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *context,
                                          MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  StridedTensorType input =
      getPoolInput(location, adaptor.getInput(), adaptor.getKernel().size(),
                   adaptor.getChannelsLast());
  if (!input)
    return failure();
  Exprs spatial = inferWindows(location, adaptor, adaptor.getDilation(), input);
  if (spatial.empty() ||
      failed(addPoolResult(location, input, spatial, input.getElementType(),
                           types, adaptor.getChannelsLast())))
    return failure();
  return addPoolResult(location, input, spatial, i64Type(context), types,
                       adaptor.getChannelsLast());
}

LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  StridedTensorType input =
      getPoolInput(location, adaptor.getInput(), adaptor.getKernel().size(),
                   adaptor.getChannelsLast());
  if (!input)
    return failure();
  if (adaptor.getDivisorOverride() == 0)
    return emitOptionalError(location, "divisor_override must not be 0");
  SmallVector<int64_t> dilation(adaptor.getKernel().size(), 1);
  Exprs spatial = inferWindows(location, adaptor, dilation, input);
  if (spatial.empty())
    return failure();
  return addPoolResult(location, input, spatial, input.getElementType(), types,
                       adaptor.getChannelsLast(), 2);
}

LogicalResult AdaptiveAvgPoolOp::inferReturnTypes(MLIRContext *,
                                                  MaybeLocation location,
                                                  Adaptor adaptor,
                                                  InferredTypes &types) {
  StridedTensorType input =
      getPoolInput(location, adaptor.getInput(), adaptor.getOutput().size(),
                   adaptor.getChannelsLast());
  if (!input)
    return failure();
  return addPoolResult(location, input, adaptor.getOutput(),
                       input.getElementType(), types, adaptor.getChannelsLast(),
                       2);
}

LogicalResult AdaptiveMaxPoolOp::inferReturnTypes(MLIRContext *context,
                                                  MaybeLocation location,
                                                  Adaptor adaptor,
                                                  InferredTypes &types) {
  StridedTensorType input =
      getPoolInput(location, adaptor.getInput(), adaptor.getOutput().size(),
                   adaptor.getChannelsLast());
  if (!input || failed(addPoolResult(location, input, adaptor.getOutput(),
                                     input.getElementType(), types,
                                     adaptor.getChannelsLast(), 2)))
    return failure();
  return addPoolResult(location, input, adaptor.getOutput(), i64Type(context),
                       types, adaptor.getChannelsLast(), 2);
}

LogicalResult ResizeOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypes &types) {
  StridedTensorType input =
      getPoolInput(location, adaptor.getInput(), adaptor.getOutput().size(),
                   adaptor.getChannelsLast());
  if (!input)
    return failure();
  std::optional<ArrayRef<double>> scales = adaptor.getScales();
  if (scales && scales->size() != adaptor.getOutput().size())
    return emitOptionalError(location, "scales needs ",
                             adaptor.getOutput().size(), " entries, got ",
                             scales->size());
  if (adaptor.getMode() == ResizeMode::Cubic && adaptor.getOutput().size() != 2)
    return emitOptionalError(location,
                             "'cubic' resizes two spatial dimensions, got ",
                             adaptor.getOutput().size());
  return addPoolResult(location, input, adaptor.getOutput(),
                       input.getElementType(), types,
                       adaptor.getChannelsLast());
}
