//===- Convolution.cpp - Convolutions of all layouts ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

namespace {
/// Where elements of the three tensors lie.
struct Layout {
  /// Not const: ops have no const accessors.
  mutable graph::ConvolutionOp op;
  int64_t inputsPerGroup, outputsPerGroup;

  /// `[n, c, place..]` in the order of the tensor.
  Index arrange(int64_t n, int64_t c, ArrayRef<int64_t> place) const {
    Index index = {n};
    if (!op.getChannelsLast())
      index.push_back(c);
    index.append(place.begin(), place.end());
    if (op.getChannelsLast())
      index.push_back(c);
    return index;
  }
  /// The weight from input `c` of its group to output `o` of group `g`.
  Index weight(int64_t g, int64_t o, int64_t c, ArrayRef<int64_t> window,
               ArrayRef<int64_t> shape) const {
    Index index;
    if (op.getTransposed()) {
      index = {g * inputsPerGroup + c, o};
      index.append(window.begin(), window.end());
    } else if (!op.getChannelsLast()) {
      index = {g * outputsPerGroup + o, c};
      index.append(window.begin(), window.end());
    } else if (op.getOutChannels() == 0) {
      index.append(window.begin(), window.end());
      index.append({c, g * outputsPerGroup + o});
    } else {
      int64_t tile = shape.back();
      int64_t tiles = (outputsPerGroup + tile - 1) / tile;
      index = {g * tiles + o / tile};
      index.append(window.begin(), window.end());
      index.append({c, o % tile});
    }
    return index;
  }
};
} // namespace

/// Where position `out` of the result meets `window`, for one dimension of the
/// input; nothing if outside or, transposed, between two strides.
static std::optional<int64_t> meet(graph::ConvolutionOp op, int64_t dim,
                                   int64_t out, int64_t window, int64_t size) {
  int64_t stride = op.getStride()[dim], padding = op.getPadding()[dim],
          dilation = op.getDilation()[dim];
  int64_t place = 0;
  if (op.getTransposed()) {
    int64_t scaled = out + padding - window * dilation;
    if (scaled < 0 || scaled % stride != 0)
      return std::nullopt;
    place = scaled / stride;
  } else {
    place = out * stride - padding + window * dilation;
  }
  return place >= 0 && place < size ? std::optional(place) : std::nullopt;
}

static bool convolve(graph::ConvolutionOp op, Operands operands,
                     MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0], &weight = *operands[1];
  const Tensor *bias = op.getBias() ? operands[2] : nullptr;
  Tensor &result = results[0];
  int64_t spatial = op.getStride().size();
  bool isLast = op.getChannelsLast();
  // Without a batch the channel is first; no fixture of torch has that here.
  if (static_cast<int64_t>(input.shape.size()) != spatial + 2)
    return false;
  int64_t groups = op.getGroups();
  auto channels = [&](const Tensor &tensor) {
    return isLast ? tensor.shape.back() : tensor.shape[1];
  };
  Layout layout{op, channels(input) / groups, channels(result) / groups};
  ArrayRef<int64_t> window = isLast
                                 ? ArrayRef(weight.shape)
                                       .drop_front(op.getOutChannels() ? 1 : 0)
                                       .take_front(spatial)
                                 : ArrayRef(weight.shape).drop_front(2);
  int64_t windowSize = llvm::product_of(window, int64_t(1));
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    Index index = delinearize(i, result.shape);
    int64_t n = index[0], channel = isLast ? index.back() : index[1];
    int64_t g = channel / layout.outputsPerGroup,
            o = channel % layout.outputsPerGroup;
    ArrayRef<int64_t> out =
        ArrayRef(index).drop_front(isLast ? 1 : 2).take_front(spatial);
    double sum = bias && bias->isFloat() ? bias->floats[channel] : 0;
    uint64_t wrapped = bias && !bias->isFloat() ? bias->ints[channel] : 0;
    for (int64_t w = 0; w < windowSize; ++w) {
      Index at = delinearize(w, window), place;
      for (int64_t dim = 0; dim < spatial; ++dim) {
        auto met = meet(op, dim, out[dim], at[dim],
                        input.shape[dim + (isLast ? 1 : 2)]);
        if (!met)
          break;
        place.push_back(*met);
      }
      if (static_cast<int64_t>(place.size()) != spatial)
        continue;
      for (int64_t c = 0; c < layout.inputsPerGroup; ++c) {
        int64_t a =
            linearize(layout.arrange(n, g * layout.inputsPerGroup + c, place),
                      input.shape);
        int64_t b =
            linearize(layout.weight(g, o, c, at, weight.shape), weight.shape);
        if (result.isFloat())
          sum += input.floats[a] * weight.floats[b];
        else
          wrapped += static_cast<uint64_t>(input.ints[a]) * weight.ints[b];
      }
    }
    if (result.isFloat())
      result.set(i, sum);
    else
      result.set(i, static_cast<int64_t>(wrapped));
  }
  return true;
}

void graphc::reference::addConvolution(Evaluators &evaluators) {
  add<graph::ConvolutionOp, convolve>(evaluators);
}
