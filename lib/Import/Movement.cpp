//===- Movement.cpp - Operators that rearrange elements -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The half of the view family whose results own their memory.
//
//===----------------------------------------------------------------------===//

#include "Call.h"

#include "dialects/Graph/IR/Layout.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

//===----------------------------------------------------------------------===//
// Copies and conversions
//===----------------------------------------------------------------------===//

/// Strides in the requested memory format.
static SmallVector<Expr> requestedStrides(Call &call, Value self,
                                          StringRef fallback) {
  Emitter &e = call.e;
  std::string format = call.memoryFormat(fallback);
  if (format == "preserve_format")
    return e.preservedStrides(self);
  return e.formatStrides(e.shape(self), format);
}

static void importClone(Call &call) {
  Value self = call.tensor("self");
  call.result(
      call.e.restride(self, requestedStrides(call, self, "preserve_format")));
}

static void importToCopy(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<Expr> strides = requestedStrides(call, self, "preserve_format");
  call.result(e.restride(e.cast(self, call.dtype("dtype", e.elementType(self))),
                         strides));
}

/// Whether torch suggests this memory format for `self`: all that `to` asks of
/// an argument that it gives back, whose strides may be others.
static bool suggestsFormat(Emitter &e, Value self, StringRef format) {
  if (e.hasFailed() || !graph::isChannelsLast(e.type(self)))
    return format == "contiguous_format";
  return format == (e.rank(self) == 4 ? "channels_last" : "channels_last_3d");
}

/// Tensor.to: the argument itself when nothing changes.
static void emitTo(Call &call, Type dtype) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (!dtype)
    dtype = e.elementType(self);
  bool hasFormat = call.get("memory_format").as<MemoryFormat>() &&
                   call.memoryFormat("") != "preserve_format";
  SmallVector<Expr> strides = requestedStrides(call, self, "preserve_format");
  bool isSame = self && dtype == e.elementType(self) &&
                (!hasFormat || suggestsFormat(e, self, call.memoryFormat("")));
  if (isSame && !call.flag("copy"))
    return call.resultAlias("self");
  call.result(e.restride(e.cast(self, dtype), strides));
}

static void importTo(Call &call) { emitTo(call, call.dtype("dtype")); }
static void importToOther(Call &call) {
  emitTo(call, call.e.elementType(call.tensor("other")));
}

/// copy and copy_: the source in the type of self.
static void importCopy(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value source = e.cast(call.tensor("src"), e.elementType(self));
  call.result(e.withLayoutOf(e.expand(source, e.shape(self)), self));
}

static void importCopyStrided(Call &call) {
  call.result(call.e.restride(call.tensor("a"), call.sizes("stride")));
}

//===----------------------------------------------------------------------===//
// Repetition
//===----------------------------------------------------------------------===//

static void emitRepeat(Call &call, SmallVector<Expr> repeats) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<Expr> shape = e.shape(self);
  if (repeats.size() < shape.size())
    return (void)e.fail("op-argument", "fewer repeats than dimensions");
  shape.insert(shape.begin(), repeats.size() - shape.size(), e.expr(1));
  // [r0, n0, r1, n1, ..] merged pairwise.
  SmallVector<Expr> lifted, expanded, merged;
  for (auto [count, size] : llvm::zip(repeats, shape)) {
    lifted.append({e.expr(1), size});
    expanded.append({count, size});
    merged.push_back(count * size);
  }
  Value value = e.expand(e.reshape(self, lifted), expanded);
  call.result(e.contiguous(e.reshape(value, merged)));
}

static void importRepeat(Call &call) {
  emitRepeat(call, call.sizes("repeats"));
}

static void importTile(Call &call) {
  SmallVector<Expr> dims = call.sizes("dims");
  size_t rank = call.e.rank(call.tensor("self"));
  while (dims.size() < rank)
    dims.insert(dims.begin(), call.e.expr(1));
  emitRepeat(call, dims);
}

static void importRepeatInterleave(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (call.isNone("dim"))
    self = e.reshape(self, {e.numElements(self)});
  int64_t dim = e.wrapDim(call.integer("dim", 0), e.rank(self));
  Expr repeats = call.size("repeats");
  SmallVector<Expr> shape = e.shape(self), expanded;
  Value value = e.unsqueeze(self, dim + 1);
  expanded = e.shape(value);
  if (e.hasFailed())
    return;
  expanded[dim + 1] = repeats;
  shape[dim] = shape[dim] * repeats;
  call.result(e.contiguous(e.reshape(e.expand(value, expanded), shape)));
}

static void importFlip(Call &call) {
  Emitter &e = call.e;
  StringRef name = call.schema->parameters[0].name;
  Value self = call.tensor(name);
  SmallVector<int64_t> dims;
  if (call.schema->parameters.size() == 1)
    dims = {call.schema->name == "aten.fliplr.default" ? 1 : 0};
  else
    dims = call.integers("dims");
  SmallVector<int64_t> wrapped;
  for (int64_t dim : dims)
    wrapped.push_back(e.wrapDim(dim, e.rank(self)));
  llvm::sort(wrapped);
  if (wrapped.empty() || e.rank(self) == 0)
    return call.result(self);
  call.result(e.emit<graph::FlipOp>(self, wrapped));
}

static void importRot90(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<int64_t> dims = call.integers("dims");
  if (dims.size() != 2)
    return (void)e.fail("op-argument", "expected two dimensions");
  int64_t a = e.wrapDim(dims[0], e.rank(self));
  int64_t b = e.wrapDim(dims[1], e.rank(self));
  int64_t turns = ((call.integer("k") % 4) + 4) % 4;
  if (turns == 2) {
    SmallVector<int64_t> both = {std::min(a, b), std::max(a, b)};
    return call.result(e.emit<graph::FlipOp>(self, both));
  }
  if (turns == 0)
    return call.result(e.contiguous(self));
  Value flipped =
      e.emit<graph::FlipOp>(self, ArrayRef<int64_t>{turns == 1 ? b : a});
  call.result(e.transpose(flipped, a, b));
}

static void importRoll(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<Expr> shape = e.shape(self);
  SmallVector<int64_t> dims = call.integers("dims");
  SmallVector<Expr> shifts = call.sizes("shifts");
  Value value = self;
  if (dims.empty()) {
    value = e.reshape(self, {e.numElements(self)});
    dims = {0};
  }
  for (auto [dim, shift] : llvm::zip(dims, shifts)) {
    int64_t axis = e.wrapDim(dim, e.rank(value));
    Expr extent = e.size(value, axis);
    if (extent == 0)
      continue;
    // The last `shift` elements come first.
    Expr split = extent - shift.mod(extent);
    if (split == extent)
      continue;
    Value head = e.emit<graph::SliceOp>(value, axis, split, extent, e.expr(1));
    Value tail =
        e.emit<graph::SliceOp>(value, axis, e.expr(0), split, e.expr(1));
    value = e.cat({head, tail}, axis);
  }
  call.result(e.contiguous(e.reshape(value, shape)));
}

/// Moves the first element to the middle, or back.
template <bool isInverse>
static void importFftShift(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Item::List dims, shifts;
  for (int64_t dim : e.wrapDims(call.integers("dim"), e.rank(self))) {
    dims.push_back(e.expr(dim));
    Expr extent = e.size(self, dim);
    shifts.push_back(isInverse ? (extent + 1).floorDiv(2) : extent.floorDiv(2));
  }
  call.result(call.invokeValue(
      "aten.roll.default",
      {{"self", call.get("self")}, {"shifts", shifts}, {"dims", dims}}));
}

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

/// Splits, permutes and merges: the shape of pixel_shuffle and its kind.
static Value emitRearrange(Emitter &e, Value x, ArrayRef<Expr> split,
                           ArrayRef<int64_t> perm, ArrayRef<Expr> merged) {
  return e.contiguous(e.reshape(e.permute(e.reshape(x, split), perm), merged));
}

static void importPixelShuffle(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t factor = call.integer("upscale_factor"), rank = e.rank(self);
  if (rank < 3 || factor < 1)
    return (void)e.fail("op-argument", "expected channels and two dimensions");
  SmallVector<Expr> shape = e.shape(self), split, merged;
  Expr channels = shape[rank - 3].floorDiv(factor * factor);
  split.append(shape.begin(), shape.end() - 3);
  merged = split;
  split.append({channels, e.expr(factor), e.expr(factor), shape[rank - 2],
                shape[rank - 1]});
  merged.append({channels, shape[rank - 2] * factor, shape[rank - 1] * factor});
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, rank - 3));
  int64_t b = rank - 3;
  perm.append({b, b + 3, b + 1, b + 4, b + 2});
  call.result(emitRearrange(e, self, split, perm, merged));
}

static void importPixelUnshuffle(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t factor = call.integer("downscale_factor"), rank = e.rank(self);
  if (rank < 3 || factor < 1)
    return (void)e.fail("op-argument", "expected channels and two dimensions");
  SmallVector<Expr> shape = e.shape(self), split, merged;
  Expr height = shape[rank - 2].floorDiv(factor);
  Expr width = shape[rank - 1].floorDiv(factor);
  split.append(shape.begin(), shape.end() - 3);
  merged = split;
  split.append(
      {shape[rank - 3], height, e.expr(factor), width, e.expr(factor)});
  merged.append({shape[rank - 3] * (factor * factor), height, width});
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, rank - 3));
  int64_t b = rank - 3;
  perm.append({b, b + 2, b + 4, b + 1, b + 3});
  call.result(emitRearrange(e, self, split, perm, merged));
}

static void importChannelShuffle(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<Expr> shape = e.shape(self), split;
  if (shape.size() < 3)
    return (void)e.fail("op-argument", "expected batch and channels");
  int64_t groups = call.integer("groups");
  split = {shape[0], e.expr(groups),
           shape[1].floorDiv(std::max<int64_t>(groups, 1))};
  split.append(shape.begin() + 2, shape.end());
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, split.size()));
  std::swap(perm[1], perm[2]);
  call.result(emitRearrange(e, self, split, perm, shape));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._to_copy.default", importToCopy},
    {"aten.channel_shuffle.default", importChannelShuffle},
    {"aten.clone.default", importClone},
    {"aten.copy.default", importCopy},
    {"aten.fft_fftshift.default", importFftShift<false>},
    {"aten.fft_ifftshift.default", importFftShift<true>},
    {"aten.flip.default", importFlip},
    {"aten.fliplr.default", importFlip},
    {"aten.flipud.default", importFlip},
    {"aten.pixel_shuffle.default", importPixelShuffle},
    {"aten.pixel_unshuffle.default", importPixelUnshuffle},
    {"aten.repeat.default", importRepeat},
    {"aten.repeat_interleave.self_int", importRepeatInterleave},
    {"aten.roll.default", importRoll},
    {"aten.rot90.default", importRot90},
    {"aten.tile.default", importTile},
    {"aten.to.device", importTo},
    {"aten.to.dtype", importTo},
    {"aten.to.dtype_layout", importTo},
    {"aten.to.other", importToOther},
    {"aten.type_as.default", importToOther},
    {"prims.clone.default", importClone},
    {"prims.copy_strided.default", importCopyStrided},
    {"prims.rev.default", importFlip},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::movementOverloads() { return table; }
