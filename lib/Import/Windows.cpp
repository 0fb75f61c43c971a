//===- Windows.cpp - Windows of images as columns, and back ---------------===//
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
/// The windows over an image [N, C, H, W] of known `extent` H, W: index
/// tensors into the padded image, which broadcast to [kh, kw, oh, ow].
struct Windows {
  Windows(Call &call, ArrayRef<Expr> extent);

  SmallVector<Value> indices;
  SmallVector<Expr> counts, padded;
  SmallVector<int64_t> kernel, padding;
};
} // namespace

Windows::Windows(Call &call, ArrayRef<Expr> extent)
    : kernel(call.integers("kernel_size", 2, 1)),
      padding(call.integers("padding", 2, 0)) {
  Emitter &e = call.e;
  SmallVector<int64_t> dilation = call.integers("dilation", 2, 1),
                       stride = call.integers("stride", 2, 1);
  for (size_t dim = 0; dim < 2; ++dim) {
    if (kernel[dim] < 1 || stride[dim] < 1 || dilation[dim] < 1 ||
        padding[dim] < 0) {
      e.fail("op-argument", "sizes of windows must be positive");
      return;
    }
    padded.push_back(extent[dim] + 2 * padding[dim]);
    counts.push_back((padded[dim] - dilation[dim] * (kernel[dim] - 1) - 1)
                         .floorDiv(stride[dim]) +
                     1);
    SmallVector<Expr> inside(4, e.expr(1)), across(4, e.expr(1));
    inside[dim] = e.expr(kernel[dim]);
    across[dim + 2] = counts[dim];
    indices.push_back(e.add(
        e.mul(e.iota(inside, dim), static_cast<double>(dilation[dim])),
        e.mul(e.iota(across, dim + 2), static_cast<double>(stride[dim]))));
  }
}

/// An image or columns with a batch dimension, which may be missing.
static Value withBatch(Emitter &e, Value x, int64_t rank) {
  if (e.rank(x) == rank - 1)
    x = e.unsqueeze(x, 0);
  if (!e.hasFailed() && e.rank(x) != rank)
    e.fail("shape-mismatch", "expected " + Twine(rank) +
                                 " dimensions, or one "
                                 "less");
  return x;
}

static void resultOf(Call &call, Value value, bool isBatched) {
  Emitter &e = call.e;
  call.result(e.contiguous(isBatched ? value : e.squeeze(value, {0})));
}

static void importIm2col(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  bool isBatched = e.rank(self) == 4;
  Value x = withBatch(e, self, 4);
  if (e.hasFailed())
    return;
  Windows w(call, ArrayRef(e.shape(x)).drop_front(2));
  if (e.hasFailed())
    return;
  SmallVector<Expr> shape{e.size(x, 0),
                          e.size(x, 1) * w.kernel[0] * w.kernel[1],
                          w.counts[0] * w.counts[1]};
  if (llvm::is_contained(shape, e.expr(0)))
    return resultOf(call, e.full(shape, e.number(0, e.elementType(x))),
                    isBatched);
  SmallVector<Expr> around(4, e.expr(0));
  around[2] = e.expr(w.padding[0]);
  around[3] = e.expr(w.padding[1]);
  x = e.pad(x, around, around, Item(0.0));
  Value windows =
      e.emit<graph::IndexOp>(x, ValueRange(w.indices), ArrayRef<int64_t>{2, 3});
  resultOf(call, e.reshape(windows, shape), isBatched);
}

/// Windows added up where they overlap.
static void importCol2im(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  bool isBatched = e.rank(self) == 3;
  Value columns = withBatch(e, self, 3);
  SmallVector<Expr> extent = call.sizes("output_size");
  if (e.hasFailed())
    return;
  if (extent.size() != 2)
    return (void)e.fail("op-argument", "output_size has two entries");
  Windows w(call, extent);
  if (e.hasFailed())
    return;
  int64_t area = w.kernel[0] * w.kernel[1];
  Expr batch = e.size(columns, 0), channels = e.size(columns, 1).floorDiv(area);
  Value values =
      e.reshape(columns, {batch, channels, e.expr(w.kernel[0]),
                          e.expr(w.kernel[1]), w.counts[0], w.counts[1]});
  Value image = e.full({batch, channels, w.padded[0], w.padded[1]},
                       e.number(0, e.elementType(columns)));
  image = e.emit<graph::IndexPutOp>(image, ValueRange(w.indices), values,
                                    ArrayRef<int64_t>{2, 3},
                                    /*accumulate=*/true);
  for (int64_t dim : {0, 1})
    image = e.slice(image, dim + 2, w.padding[dim],
                    e.expr(w.padding[dim]) + extent[dim]);
  resultOf(call, image, isBatched);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.col2im.default", importCol2im},
    {"aten.im2col.default", importIm2col},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::windowOverloads() { return table; }
