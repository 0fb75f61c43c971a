//===- Pooling.cpp - Pooling ----------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Resampling.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

Window graphc::aten::readWindow(Call &call, size_t rank) {
  Window w;
  w.kernel = call.integers("kernel_size", rank, 1);
  // Without a stride windows lie side by side.
  w.stride = call.integers("stride").empty() ? w.kernel
                                             : call.integers("stride", rank, 1);
  w.padding = call.integers("padding", rank, 0);
  w.dilation = call.integers("dilation", rank, 1);
  w.ceilMode = call.flag("ceil_mode");
  return w;
}

/// A size as a 0-d i64.
static Value sizeValue(Emitter &e, Expr size) {
  return e.number(Item(size), e.i64());
}

//===----------------------------------------------------------------------===//
// Maximum
//===----------------------------------------------------------------------===//

static std::array<Value, 2> emitMaxPool(Emitter &e, Value x, const Window &w) {
  return e.emitAll<graph::MaxPoolOp, 2>(x, w.kernel, w.stride, w.padding,
                                        w.dilation, w.ceilMode);
}

template <size_t rank, bool withIndices>
static void importMaxPool(Call &call) {
  auto values =
      emitMaxPool(call.e, call.tensor("self"), readWindow(call, rank));
  call.result(values[0]);
  if (withIndices)
    call.result(values[1]);
}

/// The coordinates of `flat`, a row-major place in a box of `sizes`.
static SmallVector<Value> unflatten(Emitter &e, Value flat,
                                    ArrayRef<Expr> sizes) {
  SmallVector<Value> coordinates(sizes.size());
  for (size_t i = sizes.size(); i-- > 0;) {
    if (i == 0) {
      coordinates[0] = flat;
      break;
    }
    Value size = sizeValue(e, sizes[i]);
    coordinates[i] = e.emit<graph::RemainderOp>(flat, size);
    flat = e.emit<graph::TruncDivOp>(flat, size);
  }
  return coordinates;
}

static Value flatten(Emitter &e, ArrayRef<Value> coordinates,
                     ArrayRef<Expr> sizes) {
  Value flat = coordinates.front();
  for (size_t i = 1; i < sizes.size(); ++i)
    flat = e.add(e.mul(flat, sizeValue(e, sizes[i])), coordinates[i]);
  return flat;
}

/// Where in the input the window of each output starts along spatial `i`;
/// broadcasts with `like`, a tensor of the output's shape.
static Value windowStart(Emitter &e, Value like, const Window &w, size_t i) {
  SmallVector<Expr> shape(e.rank(like), e.expr(1));
  size_t dim = shape.size() - w.getRank() + i;
  shape[dim] = e.size(like, dim);
  Value start = e.mul(e.iota(shape, dim), static_cast<double>(w.stride[i]));
  return e.sub(start, static_cast<double>(w.padding[i]));
}

/// Places within the kernel instead of places in the input, so that they fit a
/// byte.
static void importLowMemoryMaxPool(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Window w = readWindow(call, call.integers("kernel_size").size());
  auto [values, indices] = emitMaxPool(e, self, w);
  if (e.hasFailed())
    return;
  auto sizes = ArrayRef(e.type(self).getShape()).take_back(w.getRank());
  SmallVector<Value> places = unflatten(e, indices, sizes);
  for (auto [i, place] : llvm::enumerate(places))
    place = e.emit<graph::TruncDivOp>(
        e.sub(place, windowStart(e, indices, w, i)),
        e.number(static_cast<double>(w.dilation[i]), e.i64()));
  call.result(values);
  call.result(e.cast(flatten(e, places, e.exprs(w.kernel)),
                     e.builder.getIntegerType(8)));
}

static void importOffsetsToIndices(Call &call) {
  Emitter &e = call.e;
  Value offsets = e.cast(call.tensor("self"), e.i64());
  Window w = readWindow(call, call.integers("kernel_size").size());
  SmallVector<Expr> sizes = call.sizes("input_size");
  if (sizes.size() != w.getRank())
    return (void)e.fail("op-argument", "'input_size' needs " +
                                           Twine(w.getRank()) + " entries");
  SmallVector<Value> places = unflatten(e, offsets, e.exprs(w.kernel));
  for (auto [i, place] : llvm::enumerate(places))
    place = e.add(e.mul(place, static_cast<double>(w.dilation[i])),
                  windowStart(e, offsets, w, i));
  call.result(flatten(e, places, sizes));
}

//===----------------------------------------------------------------------===//
// Mean
//===----------------------------------------------------------------------===//

static IntegerAttr readDivisor(Call &call) {
  if (call.isNone("divisor_override"))
    return {};
  return call.e.builder.getI64IntegerAttr(call.integer("divisor_override"));
}

template <size_t rank>
static void importAvgPool(Call &call) {
  Window w = readWindow(call, rank);
  call.result(call.e.emit<graph::AvgPoolOp>(
      call.tensor("self"), w.kernel, w.stride, w.padding, w.ceilMode,
      call.flag("count_include_pad"), readDivisor(call)));
}

//===----------------------------------------------------------------------===//
// Windows that fit the output
//===----------------------------------------------------------------------===//

static SmallVector<Expr> readOutputSize(Call &call, size_t rank) {
  SmallVector<Expr> sizes = call.sizes("output_size");
  if (sizes.size() == 1)
    sizes.resize(rank, sizes.front());
  if (sizes.size() != rank)
    call.e.fail("op-argument",
                "'output_size' needs " + Twine(rank) + " entries");
  return sizes;
}

template <size_t rank>
static void importAdaptiveAvgPool(Call &call) {
  SmallVector<Expr> output = readOutputSize(call, rank);
  call.result(call.e.emit<graph::AdaptiveAvgPoolOp>(call.tensor("self"),
                                                    ArrayRef(output)));
}

template <size_t rank>
static void importAdaptiveMaxPool(Call &call) {
  SmallVector<Expr> output = readOutputSize(call, rank);
  for (Value value : call.e.emitAll<graph::AdaptiveMaxPoolOp, 2>(
           call.tensor("self"), ArrayRef(output)))
    call.result(value);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._adaptive_avg_pool2d.default", importAdaptiveAvgPool<2>},
    {"aten._adaptive_avg_pool3d.default", importAdaptiveAvgPool<3>},
    {"aten.adaptive_avg_pool1d.default", importAdaptiveAvgPool<1>},
    {"aten.adaptive_avg_pool2d.default", importAdaptiveAvgPool<2>},
    {"aten.adaptive_avg_pool3d.default", importAdaptiveAvgPool<3>},
    {"aten.adaptive_max_pool1d.default", importAdaptiveMaxPool<1>},
    {"aten.adaptive_max_pool2d.default", importAdaptiveMaxPool<2>},
    {"aten.adaptive_max_pool3d.default", importAdaptiveMaxPool<3>},
    {"aten.avg_pool1d.default", importAvgPool<1>},
    {"aten.avg_pool2d.default", importAvgPool<2>},
    {"aten.avg_pool3d.default", importAvgPool<3>},
    {"aten.max_pool1d.default", importMaxPool<1, false>},
    {"aten.max_pool1d_with_indices.default", importMaxPool<1, true>},
    {"aten.max_pool2d.default", importMaxPool<2, false>},
    {"aten.max_pool2d_with_indices.default", importMaxPool<2, true>},
    {"aten.max_pool3d.default", importMaxPool<3, false>},
    {"aten.max_pool3d_with_indices.default", importMaxPool<3, true>},
    {"prims._low_memory_max_pool_offsets_to_indices.default", importOffsetsToIndices},
    {"prims._low_memory_max_pool_with_offsets.default", importLowMemoryMaxPool},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::poolingOverloads() { return table; }
