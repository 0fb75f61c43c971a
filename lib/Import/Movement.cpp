//===- Movement.cpp - Operators that rearrange elements -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The half of the view family whose results own their memory: copies,
// conversions, concatenation, padding, and writes into slices.
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Pointwise.h"
#include "Views.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

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
                (!hasFormat || e.type(self).getStrides() == ArrayRef(strides));
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
// Concatenation
//===----------------------------------------------------------------------===//

/// Tensors of one promoted type. Legacy: 1-d empty tensors do not count.
static SmallVector<Value> promoteList(Call &call, StringRef name,
                                      bool skipEmpty) {
  Emitter &e = call.e;
  SmallVector<Value> tensors = call.tensors(name);
  SmallVector<Operand> operands(tensors.begin(), tensors.end());
  Type type = checkPromotion(call, getResultType(operands, e.getContext()));
  SmallVector<Value> result;
  for (Value tensor : tensors) {
    bool isLegacyEmpty = e.rank(tensor) == 1 && e.size(tensor, 0) == 0;
    if (!skipEmpty || !isLegacyEmpty || tensors.size() == 1)
      result.push_back(e.cast(tensor, type));
  }
  if (result.empty() && !tensors.empty())
    result.push_back(e.cast(tensors.front(), type));
  return result;
}

static void importCat(Call &call) {
  Emitter &e = call.e;
  auto tensors = promoteList(call, "tensors", true);
  if (tensors.empty())
    return (void)e.fail("op-argument", "no tensors");
  Value value =
      e.cat(tensors, e.wrapDim(call.integer("dim"), e.rank(tensors.front())));
  // What is skipped takes part in the choice of a memory format.
  bool isComplete = tensors.size() == call.tensors("tensors").size();
  call.result(isComplete ? value : e.contiguous(value));
}

static void importStack(Call &call) {
  Emitter &e = call.e;
  auto tensors = promoteList(call, "tensors", false);
  if (tensors.empty())
    return (void)e.fail("op-argument", "no tensors");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(tensors.front()) + 1);
  for (Value &tensor : tensors)
    tensor = e.unsqueeze(tensor, dim);
  call.result(e.contiguous(e.cat(tensors, dim)));
}

/// hstack (axis 1, or 0 for vectors), vstack, dstack, column_stack: tensors
/// lifted to a rank, then concatenated.
template <int64_t minRank, int64_t axis>
static void importStackAlong(Call &call) {
  Emitter &e = call.e;
  auto tensors = promoteList(call, "tensors", false);
  if (tensors.empty())
    return (void)e.fail("op-argument", "no tensors");
  bool isColumn = call.schema->name == "aten.column_stack.default";
  for (Value &tensor : tensors) {
    SmallVector<Expr> shape = e.shape(tensor);
    if (isColumn && shape.size() < 2)
      shape = {e.numElements(tensor), e.expr(1)};
    while (static_cast<int64_t>(shape.size()) < minRank)
      if (minRank == 3 && shape.size() == 2)
        shape.push_back(e.expr(1));
      else
        shape.insert(shape.begin(), e.expr(1));
    tensor = e.reshape(tensor, shape);
  }
  int64_t dim = axis < e.rank(tensors.front()) ? axis : 0;
  call.result(e.cat(tensors, dim));
}

static void importBlockDiag(Call &call) {
  Emitter &e = call.e;
  auto blocks = promoteList(call, "tensors", false);
  Expr rows = e.expr(0), columns = e.expr(0);
  for (Value &block : blocks) {
    SmallVector<Expr> shape = e.shape(block);
    while (shape.size() < 2)
      shape.insert(shape.begin(), e.expr(1));
    block = e.reshape(block, shape);
    columns = columns + shape[1];
  }
  SmallVector<Value> padded;
  for (Value block : blocks) {
    Expr width = e.size(block, 1);
    padded.push_back(e.pad(block, {e.expr(0), rows},
                           {e.expr(0), columns - rows - width}, Item(0.0)));
    rows = rows + width;
  }
  call.result(e.cat(padded, 0));
}

static void importMeshgrid(Call &call) {
  Emitter &e = call.e;
  SmallVector<Value> tensors = call.tensors("tensors");
  // "xy" swaps the first two dimensions.
  bool isXy = call.text("indexing") == "xy" && tensors.size() >= 2;
  SmallVector<Expr> shape;
  for (Value tensor : tensors)
    shape.push_back(e.numElements(tensor));
  SmallVector<Value> grids;
  for (auto [dim, tensor] : llvm::enumerate(tensors)) {
    size_t axis = isXy && dim < 2 ? 1 - dim : dim;
    SmallVector<Expr> target = shape, own(shape.size(), e.expr(1));
    if (isXy)
      std::swap(target[0], target[1]);
    own[axis] = shape[dim];
    grids.push_back(e.expand(e.reshape(tensor, own), target));
  }
  call.resultList(grids);
}

/// One row per combination, the last tensor running fastest.
static void importCartesianProd(Call &call) {
  Emitter &e = call.e;
  SmallVector<Value> tensors = promoteList(call, "tensors", false);
  if (tensors.size() == 1)
    return call.result(tensors.front());
  SmallVector<Expr> shape;
  for (Value tensor : tensors)
    shape.push_back(e.numElements(tensor));
  SmallVector<Value> columns;
  for (auto [dim, tensor] : llvm::enumerate(tensors)) {
    SmallVector<Expr> own(shape.size(), e.expr(1));
    own[dim] = shape[dim];
    Value grid = e.expand(e.reshape(tensor, own), shape);
    columns.push_back(
        e.reshape(grid, {graph::product(e.getContext(), shape), e.expr(1)}));
  }
  if (columns.empty())
    return (void)e.fail("op-argument", "no tensors");
  call.result(e.contiguous(e.cat(columns, 1)));
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
// Padding
//===----------------------------------------------------------------------===//

/// torch lists pads from the last dimension on, low before high.
static void emitConstantPad(Call &call, const Item &value) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<Expr> pads = call.sizes("pad");
  int64_t rank = e.rank(self);
  SmallVector<Expr> low(rank, e.expr(0)), high(rank, e.expr(0));
  if (pads.size() % 2 || static_cast<int64_t>(pads.size()) > 2 * rank)
    return (void)e.fail("op-argument", "pad does not fit the dimensions");
  for (size_t i = 0; i + 1 < pads.size(); i += 2) {
    low[rank - 1 - i / 2] = pads[i];
    high[rank - 1 - i / 2] = pads[i + 1];
  }
  call.result(e.pad(self, low, high, value));
}

static void importConstantPad(Call &call) {
  emitConstantPad(call, call.get("value"));
}

/// Padding by reading at other places along each dimension: an index that is
/// mirrored or clamped.
static void emitIndexPad(Call &call, ArrayRef<Expr> pads, StringRef mode) {
  Emitter &e = call.e;
  Value value = call.tensor("self");
  int64_t rank = e.rank(value);
  if (static_cast<int64_t>(pads.size()) > 2 * rank)
    return (void)e.fail("op-argument", "padding does not fit the dimensions");
  for (size_t i = 0; i + 1 < pads.size(); i += 2) {
    int64_t dim = rank - 1 - i / 2;
    Expr low = pads[i], high = pads[i + 1], extent = e.size(value, dim);
    if (low == 0 && high == 0)
      continue;
    if (mode == "circular") {
      // What negative pads cut off does not come back on the other side.
      Expr zero = e.expr(0);
      value = e.slice(value, dim, e.ranges.max(-low, zero),
                      extent + e.ranges.min(high, zero), e.expr(1));
      low = e.ranges.max(low, zero);
      high = e.ranges.max(high, zero);
      extent = e.size(value, dim);
    }
    Value place = e.sub(e.iota({extent + low + high}, 0), e.sizeToTensor(low));
    Value last = e.sizeToTensor(extent - 1);
    if (mode == "circular") {
      place = e.emit<graph::RemainderOp>(place, e.sizeToTensor(extent));
    } else if (mode == "replicate") {
      place = e.emit<graph::ClampOp>(place, e.number(0, e.i64()), last);
    } else {
      // n-1 - |n-1 - |x||
      place = e.emit<graph::AbsOp>(place);
      place = e.sub(last, e.emit<graph::AbsOp>(e.sub(last, place)));
    }
    SmallVector<Value> indices = {place};
    value = e.emit<graph::IndexOp>(value, ValueRange(indices),
                                   ArrayRef<int64_t>{dim});
  }
  call.result(e.contiguous(value));
}

static void importReflectionPad(Call &call) {
  emitIndexPad(call, call.sizes("padding"), "reflect");
}
static void importReplicationPad(Call &call) {
  emitIndexPad(call, call.sizes("padding"), "replicate");
}

static void importPad(Call &call) {
  std::string mode = call.text("mode");
  if (mode == "constant")
    return emitConstantPad(call, call.isNone("value") ? Item(0.0)
                                                      : call.get("value"));
  if (mode != "reflect" && mode != "replicate" && mode != "circular")
    return (void)call.e.fail("op-argument", "unknown mode '" + mode + "'");
  emitIndexPad(call, call.sizes("pad"), mode);
}

//===----------------------------------------------------------------------===//
// Triangles and diagonals
//===----------------------------------------------------------------------===//

Value graphc::aten::emitTriangleMask(Emitter &e, Expr rows, Expr columns,
                                     Expr diagonal, bool lower) {
  Value row = e.iota({rows, e.expr(1)}, 0);
  Value column = e.iota({e.expr(1), columns}, 1);
  Value distance = e.sub(column, row);
  return e.compare(lower ? ComparePredicate::Le : ComparePredicate::Ge,
                   distance, e.sizeToTensor(diagonal));
}

template <bool lower>
static void importTriangle(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (e.rank(self) < 2)
    return (void)e.fail("op-argument", "expected a matrix");
  Value mask = emitTriangleMask(e, e.size(self, -2), e.size(self, -1),
                                call.size("diagonal"), lower);
  Value zero = e.number(0, e.elementType(self));
  // Contiguous, whatever the strides of `self` are.
  call.result(e.contiguous(e.select(mask, self, zero)));
}

/// A tensor that is `values` on a diagonal of its last two dimensions and 0
/// elsewhere.
static Value emitDiagEmbed(Emitter &e, Value values, int64_t offset) {
  int64_t rank = e.rank(values);
  Expr length = e.size(values, -1);
  Expr extent = length + std::abs(offset);
  // One row per element, placed by comparing column and row.
  Value source = e.unsqueeze(values, rank);
  Value row = e.iota({extent, e.expr(1)}, 0);
  Value column = e.iota({e.expr(1), extent}, 1);
  Value onDiagonal = e.compare(ComparePredicate::Eq, e.sub(column, row),
                               static_cast<double>(offset));
  SmallVector<Expr> low(rank + 1, e.expr(0)), high = low;
  if (offset >= 0)
    high[rank - 1] = e.expr(offset);
  else
    low[rank - 1] = e.expr(-offset);
  return e.select(onDiagonal, e.pad(source, low, high, Item(0.0)),
                  e.number(0, e.elementType(values)));
}

static void importDiagEmbed(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t rank = e.rank(self) + 1;
  int64_t dim1 = e.wrapDim(call.integer("dim1"), rank);
  int64_t dim2 = e.wrapDim(call.integer("dim2"), rank);
  Value value = emitDiagEmbed(e, self, call.integer("offset"));
  SmallVector<int64_t> perm(rank, -1);
  if (e.hasFailed())
    return;
  perm[dim1] = rank - 2;
  perm[dim2] = rank - 1;
  int64_t next = 0;
  for (int64_t &dim : perm)
    if (dim < 0)
      dim = next++;
  call.result(e.contiguous(e.permute(value, perm)));
}

static void importDiagflat(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  call.result(emitDiagEmbed(e, e.reshape(self, {e.numElements(self)}),
                            call.integer("offset")));
}

static void importDiag(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t diagonal = call.integer("diagonal");
  if (e.rank(self) == 1)
    return call.result(emitDiagEmbed(e, self, diagonal));
  call.result(e.contiguous(
      e.emit<graph::DiagonalOp>(self, diagonal, int64_t(0), int64_t(1))));
}

//===----------------------------------------------------------------------===//
// Writes into slices
//===----------------------------------------------------------------------===//

/// The tensor that is copied for a write into it: strides stay, unless elements
/// share memory.
static Value writableSelf(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (!self)
    return self;
  bool overlaps = llvm::any_of(
      llvm::zip(e.type(self).getStrides(), e.type(self).getShape()),
      [](auto dim) { return std::get<0>(dim) == 0 && std::get<1>(dim) != 1; });
  return overlaps ? e.restride(self, e.preservedStrides(self)) : self;
}

static void importSliceScatter(Call &call) {
  Emitter &e = call.e;
  Value self = writableSelf(call);
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Expr start = call.isNone("start") ? e.expr(0) : call.size("start");
  Expr end = call.isNone("end") ? e.size(self, dim) : call.size("end");
  Value source = e.cast(call.tensor("src"), e.elementType(self));
  call.result(
      emitSliceScatter(e, self, source, dim, start, end, call.size("step")));
}

static void importSelectScatter(Call &call) {
  Emitter &e = call.e;
  Value self = writableSelf(call);
  Value source = e.cast(call.tensor("src"), e.elementType(self));
  call.result(emitSelectScatter(e, self, source,
                                e.wrapDim(call.integer("dim"), e.rank(self)),
                                call.size("index")));
}

static void importDiagonalScatter(Call &call) {
  Emitter &e = call.e;
  Value self = writableSelf(call);
  call.result(emitDiagonalScatter(
      e, self, e.cast(call.tensor("src"), e.elementType(self)),
      call.integer("offset"), e.wrapDim(call.integer("dim1"), e.rank(self)),
      e.wrapDim(call.integer("dim2"), e.rank(self))));
}

static Value zerosFor(Call &call, Value grad) {
  return call.e.full(call.sizes("input_sizes"),
                     call.e.number(0, call.e.elementType(grad)));
}

static void importSliceBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), zeros = zerosFor(call, grad);
  call.result(emitSliceScatter(
      e, zeros, grad, e.wrapDim(call.integer("dim"), e.rank(zeros)),
      call.size("start"), call.size("end"), call.size("step")));
}

static void importSelectBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), zeros = zerosFor(call, grad);
  call.result(emitSelectScatter(e, zeros, grad,
                                e.wrapDim(call.integer("dim"), e.rank(zeros)),
                                call.size("index")));
}

static void importDiagonalBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), zeros = zerosFor(call, grad);
  call.result(
      emitDiagonalScatter(e, zeros, grad, call.integer("offset"),
                          e.wrapDim(call.integer("dim1"), e.rank(zeros)),
                          e.wrapDim(call.integer("dim2"), e.rank(zeros))));
}

/// n-th difference along a dimension.
static void importDiff(Call &call) {
  Emitter &e = call.e;
  Value value = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(value));
  if (e.rank(value) == 0)
    return (void)e.fail("op-argument", "diff of a 0-d tensor");
  SmallVector<Value> parts;
  for (StringRef name : {"prepend", "self", "append"})
    if (!call.isNone(name))
      parts.push_back(call.tensor(name));
  if (parts.size() > 1)
    value = e.cat(parts, dim);
  for (int64_t i = 0, n = call.integer("n"); i < n; ++i) {
    Expr extent = e.size(value, dim);
    Value later = e.slice(value, dim, e.expr(1), extent, e.expr(1));
    Value earlier = e.slice(value, dim, e.expr(0),
                            e.ranges.max(extent - 1, e.expr(0)), e.expr(1));
    value = isBool(e.elementType(value))
                ? e.emit<graph::BitwiseXorOp>(later, earlier)
                : e.sub(later, earlier);
  }
  call.result(value);
}

/// Areas between neighbours along a dimension, summed: with `dx` or with the
/// places in `x`, one for all when it has a single dimension. Integers stay
/// such up to their sum.
static void importTrapezoid(Call &call) {
  Emitter &e = call.e;
  Value y = call.tensor("y");
  int64_t rank = e.rank(y), dim = e.wrapDim(call.integer("dim"), rank);
  if (rank == 0)
    return (void)e.fail("op-argument", "trapezoid of a 0-d tensor");
  auto neighbours = [&](Value v, int64_t along) {
    Expr extent = e.size(v, along);
    return std::pair(e.slice(v, along, e.expr(1), extent, e.expr(1)),
                     e.slice(v, along, e.expr(0), extent - 1, e.expr(1)));
  };
  auto [later, earlier] = neighbours(y, dim);
  Value areas = e.add(later, earlier);
  double factor = 0.5;
  if (call.isNone("x")) {
    factor *= call.number("dx");
  } else {
    Value x = call.tensor("x");
    if (e.rank(x) == 1) {
      SmallVector<Expr> shape(rank, e.expr(1));
      shape[dim] = e.numElements(x);
      x = e.reshape(x, shape);
    }
    if (e.rank(x) != rank || e.size(x, dim) != e.size(y, dim))
      return (void)e.unsupported("places of another shape than the values");
    auto [right, left] = neighbours(x, dim);
    Value widths = e.sub(right, left);
    Type type = checkPromotion(
        call, promoteTypes(e.elementType(areas), e.elementType(widths)));
    areas = e.mul(e.cast(areas, type), e.cast(widths, type));
  }
  bool isInteger = isa<IntegerType>(e.elementType(areas));
  Value sum = e.sum(isInteger ? e.cast(areas, e.i64()) : areas, {dim}, false);
  call.result(e.mul(isInteger ? e.cast(sum, e.f32()) : sum, factor));
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
    {"aten.block_diag.default", importBlockDiag},
    {"aten.cartesian_prod.default", importCartesianProd},
    {"aten.cat.default", importCat},
    {"aten.channel_shuffle.default", importChannelShuffle},
    {"aten.clone.default", importClone},
    {"aten.column_stack.default", importStackAlong<2, 1>},
    {"aten.concat.default", importCat},
    {"aten.concatenate.default", importCat},
    {"aten.constant_pad_nd.default", importConstantPad},
    {"aten.copy.default", importCopy},
    {"aten.diag.default", importDiag},
    {"aten.diag_embed.default", importDiagEmbed},
    {"aten.diagflat.default", importDiagflat},
    {"aten.diagonal_backward.default", importDiagonalBackward},
    {"aten.diagonal_scatter.default", importDiagonalScatter},
    {"aten.diff.default", importDiff},
    {"aten.dstack.default", importStackAlong<3, 2>},
    {"aten.fft_fftshift.default", importFftShift<false>},
    {"aten.fft_ifftshift.default", importFftShift<true>},
    {"aten.flip.default", importFlip},
    {"aten.fliplr.default", importFlip},
    {"aten.flipud.default", importFlip},
    {"aten.hstack.default", importStackAlong<1, 1>},
    {"aten.meshgrid.default", importMeshgrid},
    {"aten.meshgrid.indexing", importMeshgrid},
    {"aten.pad.default", importPad},
    {"aten.pixel_shuffle.default", importPixelShuffle},
    {"aten.pixel_unshuffle.default", importPixelUnshuffle},
    {"aten.reflection_pad1d.default", importReflectionPad},
    {"aten.reflection_pad2d.default", importReflectionPad},
    {"aten.reflection_pad3d.default", importReflectionPad},
    {"aten.repeat.default", importRepeat},
    {"aten.repeat_interleave.self_int", importRepeatInterleave},
    {"aten.replication_pad1d.default", importReplicationPad},
    {"aten.replication_pad2d.default", importReplicationPad},
    {"aten.replication_pad3d.default", importReplicationPad},
    {"aten.roll.default", importRoll},
    {"aten.rot90.default", importRot90},
    {"aten.row_stack.default", importStackAlong<2, 0>},
    {"aten.select_backward.default", importSelectBackward},
    {"aten.select_scatter.default", importSelectScatter},
    {"aten.slice_backward.default", importSliceBackward},
    {"aten.slice_scatter.default", importSliceScatter},
    {"aten.stack.default", importStack},
    {"aten.tile.default", importTile},
    {"aten.to.device", importTo},
    {"aten.to.dtype", importTo},
    {"aten.to.dtype_layout", importTo},
    {"aten.to.other", importToOther},
    {"aten.trapezoid.dx", importTrapezoid},
    {"aten.trapezoid.x", importTrapezoid},
    {"aten.trapz.dx", importTrapezoid},
    {"aten.trapz.x", importTrapezoid},
    {"aten.tril.default", importTriangle<true>},
    {"aten.triu.default", importTriangle<false>},
    {"aten.type_as.default", importToOther},
    {"aten.vstack.default", importStackAlong<2, 0>},
    {"prims.cat.default", importCat},
    {"prims.clone.default", importClone},
    {"prims.copy_strided.default", importCopyStrided},
    {"prims.rev.default", importFlip},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::movementOverloads() { return table; }
