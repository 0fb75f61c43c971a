//===- Unpool.cpp - Maxima back in their places ---------------------------===//
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

/// Indices count row-major places in an image of the output.
static void importMaxUnpool(Call &call) {
  Emitter &e = call.e;
  Value x = call.tensor("self"), indices = call.tensor("indices");
  SmallVector<Expr> size = call.sizes("output_size"), shape = e.shape(x);
  if (shape.size() <= size.size() || size.empty())
    return (void)e.fail("op-argument", "the output has too many dimensions");
  shape.resize(shape.size() - size.size());
  Expr images = graph::product(e.getContext(), shape);
  Expr places = graph::product(e.getContext(), size);
  shape.append(size);
  SmallVector<Expr> rows = {images, e.numElements(x).floorDiv(images)};
  Value zeros = e.full({images, places}, e.number(0, e.elementType(x)));
  Value result = e.emit<graph::ScatterOp>(graph::ScatterReduce::None, zeros,
                                          e.reshape(indices, rows),
                                          e.reshape(x, rows), int64_t(1), true);
  call.result(e.contiguous(e.reshape(result, shape)));
}

static constexpr Overload table[] = {
    {"aten.max_unpool2d.default", importMaxUnpool},
    {"aten.max_unpool3d.default", importMaxUnpool},
};

ArrayRef<Overload> graphc::aten::unpoolOverloads() { return table; }
