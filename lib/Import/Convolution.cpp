//===- Convolution.cpp - Convolutions and their gradients -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

namespace {
/// The numbers of a convolution, one list entry per spatial dimension.
struct Geometry {
  SmallVector<int64_t> stride, padding, dilation, outputPadding;
  bool transposed = false;
  int64_t groups = 1;
};
} // namespace

static Value emitConvolution(Emitter &e, Value input, Value weight, Value bias,
                             const Geometry &g) {
  return e.emit<graph::ConvolutionOp>(input, weight, bias, g.stride, g.padding,
                                      g.dilation, g.transposed, g.outputPadding,
                                      g.groups);
}

static Geometry readGeometry(Call &call, Value weight) {
  size_t rank = std::max<int64_t>(call.e.rank(weight) - 2, 0);
  Geometry g;
  g.stride = call.integers("stride", rank, 1);
  if (!call.get("padding").as<std::string>())
    g.padding = call.integers("padding", rank, 0);
  g.dilation = call.integers("dilation", rank, 1);
  g.outputPadding = call.integers("output_padding", rank, 0);
  g.transposed = call.flag("transposed");
  g.groups = call.integer("groups", 1);
  return g;
}

/// An input without a batch gains one for the time of the convolution.
static void emitBatched(Call &call, Value input, Value weight, Value bias,
                        const Geometry &g) {
  Emitter &e = call.e;
  bool isBatched = e.rank(input) == e.rank(weight);
  Value x = isBatched ? input : e.unsqueeze(input, 0);
  Value y = emitConvolution(e, x, weight, bias, g);
  call.result(isBatched ? y : e.squeeze(y, 0));
}

static void importConvolution(Call &call) {
  Value weight = call.tensor("weight");
  emitBatched(call, call.tensor(call.schema->parameters[0].name), weight,
              call.optionalTensor("bias"), readGeometry(call, weight));
}

static void importConvTranspose(Call &call) {
  Value weight = call.tensor("weight");
  Geometry g = readGeometry(call, weight);
  g.transposed = true;
  emitBatched(call, call.tensor("input"), weight, call.optionalTensor("bias"),
              g);
}

/// padding='same' or 'valid'. An odd total pads one more on the right.
static void importConvPadding(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input"), weight = call.tensor("weight");
  Geometry g = readGeometry(call, weight);
  size_t rank = g.stride.size();
  g.padding.assign(rank, 0);
  std::string mode = call.text("padding");
  if (mode != "same" && mode != "valid")
    return (void)e.fail("op-argument", "unknown padding '" + mode + "'");
  if (mode == "same") {
    SmallVector<Expr> low(e.rank(input), e.expr(0)), high = low;
    bool isUneven = false;
    for (size_t i = 0; i < rank; ++i) {
      int64_t kernel = e.constantOf(e.size(weight, i + 2), "weight");
      int64_t total = g.dilation[i] * (kernel - 1);
      g.padding[i] = total / 2;
      if (total % 2) {
        high[e.rank(input) - rank + i] = e.expr(1);
        isUneven = true;
      }
    }
    if (isUneven)
      input = e.pad(input, low, high, Item(0.0));
  }
  emitBatched(call, input, weight, call.optionalTensor("bias"), g);
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

/// The gradient of a convolution's input is the other kind of convolution of
/// the output's gradient with the same weight.
static Value emitInputGradient(Emitter &e, Value grad, Value input,
                               Value weight, Geometry g) {
  g.transposed = !g.transposed;
  g.outputPadding.assign(g.stride.size(), 0);
  SmallVector<int64_t> open;
  if (g.transposed) {
    // What the strides left over at the end; if open sizes do not tell, the
    // most that it can be.
    for (size_t i = 0; i < g.stride.size(); ++i) {
      Expr reached = (e.size(grad, i + 2) - 1) * g.stride[i] -
                     e.expr(2 * g.padding[i]) +
                     (e.size(weight, i + 2) - 1) * g.dilation[i] + 1;
      Expr left = e.size(input, i + 2) - reached;
      g.outputPadding[i] = left.getConstant().value_or(g.stride[i] - 1);
      if (!left.isConstant())
        open.push_back(i + 2);
    }
  }
  Value result = emitConvolution(e, grad, weight, Value(), g);
  if (e.hasFailed() || open.empty())
    return result;
  for (int64_t dim : open)
    result = e.emit<graph::SliceOp>(result, dim, e.expr(0), e.size(input, dim),
                                    e.expr(1));
  return e.restride(result, e.preservedStrides(result));
}

/// The gradient of the weight correlates input and output gradient over batch
/// and space: with channels as batch, batch as channels, and stride and
/// dilation swapped it is a convolution again. Groups stay groups:
///   input [N, g*C, ..] -> [C, g*N, ..],  grad [N, g*O, ..] -> [g*O, N, ..].
static Value emitWeightGradient(Emitter &e, Value grad, Value input,
                                Value weight, Geometry g) {
  if (g.transposed)
    std::swap(grad, input);
  Expr batch = e.size(input, 0);
  Expr channels = e.size(input, 1).floorDiv(g.groups);
  SmallVector<Expr> split = e.shape(input);
  split[1] = channels;
  split.insert(split.begin() + 1, e.expr(g.groups));
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, split.size()));
  perm[0] = 2;
  perm[1] = 1;
  perm[2] = 0;
  SmallVector<Expr> merged = e.shape(input);
  merged[0] = channels;
  merged[1] = batch * g.groups;
  Value x = e.reshape(e.permute(e.reshape(input, split), perm), merged);
  Value w = e.transpose(grad, 0, 1);
  Geometry h = g;
  std::swap(h.stride, h.dilation);
  h.transposed = false;
  h.outputPadding.assign(g.stride.size(), 0);
  Value y = e.transpose(emitConvolution(e, x, w, Value(), h), 0, 1);
  // Input that no window reached makes the result too large.
  for (size_t i = 0; i < g.stride.size(); ++i)
    if (!e.hasFailed() && e.size(y, i + 2) != e.size(weight, i + 2))
      y = e.emit<graph::SliceOp>(y, i + 2, e.expr(0), e.size(weight, i + 2),
                                 e.expr(1));
  return e.contiguous(y);
}

static void importConvolutionBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), input = call.tensor("input"),
        weight = call.tensor("weight");
  Geometry g = readGeometry(call, weight);
  SmallVector<bool> wanted;
  if (const auto *mask = call.get("output_mask").as<Item::List>())
    for (const Item &item : *mask)
      wanted.push_back(item.getConstant().value_or(0) != 0);
  wanted.resize(3, true);
  if (e.hasFailed())
    return;
  call.result(wanted[0] ? emitInputGradient(e, grad, input, weight, g)
                        : Value());
  call.result(wanted[1] ? emitWeightGradient(e, grad, input, weight, g)
                        : Value());
  SmallVector<int64_t> dims = {0};
  for (int64_t dim = 2; dim < e.rank(grad); ++dim)
    dims.push_back(dim);
  call.result(wanted[2] ? e.sum(grad, dims, false) : Value());
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._convolution.default", importConvolution},
    {"aten._convolution.deprecated", importConvolution},
    {"aten.conv1d.default", importConvolution},
    {"aten.conv1d.padding", importConvPadding},
    {"aten.conv2d.default", importConvolution},
    {"aten.conv2d.padding", importConvPadding},
    {"aten.conv3d.default", importConvolution},
    {"aten.conv3d.padding", importConvPadding},
    {"aten.conv_transpose1d.default", importConvTranspose},
    {"aten.conv_transpose2d.input", importConvTranspose},
    {"aten.conv_transpose3d.input", importConvTranspose},
    {"aten.convolution.default", importConvolution},
    {"aten.convolution_backward.default", importConvolutionBackward},
    {"aten.convolution_overrideable.default", importConvolution},
    {"aten.mkldnn_convolution.default", importConvolution},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::convolutionOverloads() { return table; }
