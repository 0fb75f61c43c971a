//===- Indexing.cpp - Gathers and masks -----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Counting.h"
#include "ExpectSize.h"
#include "Importer.h"
#include "Pointwise.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;
using graph::ScatterReduce;

//===----------------------------------------------------------------------===//
// Data-dependent shapes
//===----------------------------------------------------------------------===//

static Value emitNonzero(Call &call, Value self) {
  Emitter &e = call.e;
  if (e.hasFailed())
    return {};
  // No more rows than elements.
  Ranges::Interval natural = {0, e.ranges.bounds(e.numElements(self)).max};
  std::string symbol = call.importer.defineSymbol(call.node, natural);
  Value places = e.emit<graph::NonzeroOp>(self, symbol);
  call.importer.assertRange(symbol, natural);
  return places;
}

static void importNonzero(Call &call) {
  call.result(emitNonzero(call, call.tensor("self")));
}

/// One index tensor per dimension.
static SmallVector<Value> emitNonzeroColumns(Call &call, Value mask) {
  Emitter &e = call.e;
  Value places = emitNonzero(call, mask);
  SmallVector<Value> columns;
  for (int64_t dim = 0; dim < e.rank(mask); ++dim)
    columns.push_back(e.select(places, 1, e.expr(dim)));
  return columns;
}

static void importNonzeroColumns(Call &call) {
  StringRef name = call.schema->parameters[0].name;
  call.resultList(emitNonzeroColumns(call, call.tensor(name)));
}

static void importMaskedSelect(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), mask = call.tensor("mask");
  auto shape = e.broadcastShapes(e.shape(self), e.shape(mask));
  if (e.hasFailed())
    return;
  Ranges::Interval natural = {
      0, e.ranges.bounds(graph::product(e.getContext(), shape)).max};
  std::string symbol = call.importer.defineSymbol(call.node, natural);
  call.result(e.emit<graph::MaskedSelectOp>(self, e.toBool(mask), symbol));
  call.importer.assertRange(symbol, natural);
}

/// The elements of `source` in order, where the mask holds.
static void importMaskedScatter(Call &call) {
  Emitter &e = call.e;
  Value source = call.tensor("source"), mask = e.toBool(call.tensor("mask"));
  auto shape = e.broadcastShapes(e.shape(call.tensor("self")), e.shape(mask));
  Value self = e.expand(call.tensor("self"), shape);
  mask = e.expand(mask, shape);
  Expr count = graph::product(e.getContext(), shape);
  Value places = emitRunningCount(e, e.reshape(mask, {count}));
  Expr available = e.numElements(source);
  // There is as much as the last place has counted.
  if (count != 0)
    assertAll(e,
              e.compare(ComparePredicate::Le,
                        e.cast(e.select(places, 0, count - 1), e.i64()),
                        e.sizeToTensor(available)),
              "masked_scatter of fewer elements than the mask has places");
  // Places before the first true one read anything.
  Value rank = e.sub(e.cast(places, e.i64()), 1);
  rank = e.emit<graph::MaximumOp>(rank, e.number(0, e.i64()));
  rank = e.emit<graph::MinimumOp>(rank, e.sizeToTensor(available - 1));
  SmallVector<Value> indices = {rank};
  Value picked =
      e.emit<graph::IndexOp>(e.reshape(source, {available}),
                             ValueRange(indices), ArrayRef<int64_t>{0});
  call.result(e.select(mask, e.reshape(picked, shape), self));
}

//===----------------------------------------------------------------------===//
// index and index_put
//===----------------------------------------------------------------------===//

namespace {
/// Index tensors with the dimensions that they index. Negative indices count
/// from the end when `wraps`.
struct Indices {
  SmallVector<Value> values;
  SmallVector<int64_t> dims;
  bool wraps = true;
};
} // namespace

/// Masks become their places, other dtypes int64.
static Indices readIndices(Call &call) {
  Emitter &e = call.e;
  Indices result;
  int64_t dim = 0;
  for (Value index : call.tensors("indices")) {
    if (!index) {
      ++dim;
      continue;
    }
    Type type = e.elementType(index);
    if (isBool(type) || type.isUnsignedInteger(8)) {
      for (Value column : emitNonzeroColumns(call, index)) {
        result.values.push_back(column);
        result.dims.push_back(dim++);
      }
      continue;
    }
    result.values.push_back(e.cast(index, e.i64()));
    result.dims.push_back(dim++);
  }
  return result;
}

static Value emitIndex(Emitter &e, Value self, const Indices &indices) {
  if (indices.values.empty())
    return self;
  Value picked =
      e.emit<graph::IndexOp>(self, ValueRange(indices.values), indices.dims);
  return indices.wraps ? picked : forbidNegative(picked);
}

/// The sizes of all indices together; what is not 1 counts, numbers first.
static SmallVector<Expr> findIndexShape(Emitter &e, const Indices &indices) {
  SmallVector<Expr> result;
  for (Value index : indices.values) {
    SmallVector<Expr> sizes = e.shape(index);
    if (sizes.size() > result.size())
      result.insert(result.begin(), sizes.size() - result.size(), e.expr(1));
    for (auto [size, found] :
         llvm::zip(llvm::reverse(sizes), llvm::reverse(result)))
      if (found == 1 || (size.isConstant() && size != 1))
        found = size;
  }
  return result;
}

/// Indices and values whose sizes fit: of the shape of `self` alone, which is
/// the result's, export learns nothing about them.
static Value matchShapes(Emitter &e, Value self, Indices &indices,
                         Value values) {
  SmallVector<Expr> shape = findIndexShape(e, indices);
  for (Value &index : indices.values)
    index = expectShape(e, index, shape, "an index");
  Value places = emitIndex(e, self, indices);
  return e.hasFailed() ? values
                       : expectShape(e, values, e.shape(places), "what is put");
}

static Value emitIndexPut(Emitter &e, Value self, Indices indices, Value values,
                          bool accumulate) {
  values = e.cast(values, e.elementType(self));
  if (indices.values.empty())
    return e.withLayoutOf(
        e.expand(accumulate ? e.add(self, values) : values, e.shape(self)),
        self);
  values = matchShapes(e, self, indices, values);
  Value result = e.emit<graph::IndexPutOp>(self, ValueRange(indices.values),
                                           values, indices.dims, accumulate);
  return indices.wraps ? result : forbidNegative(result);
}

static void importIndex(Call &call) {
  Value self = call.tensor("self");
  call.result(emitIndex(call.e, self, readIndices(call)));
}

/// A leading mask and one value need no places.
static Value emitMaskFill(Call &call, Value self, Value values) {
  Emitter &e = call.e;
  SmallVector<Value> indices = call.tensors("indices");
  if (call.flag("accumulate") || indices.size() != 1 || !indices[0] ||
      !isBool(e.elementType(indices[0])) || e.numElements(values) != 1)
    return {};
  SmallVector<Expr> shape = e.shape(indices[0]);
  shape.resize(std::max<size_t>(shape.size(), e.rank(self)), e.expr(1));
  Value mask = e.reshape(indices[0], shape);
  Value fill = e.cast(e.reshape(values, {}), e.elementType(self));
  return e.withLayoutOf(e.select(mask, fill, self), self);
}

static void importIndexPut(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), values = call.tensor("values");
  if (Value filled = emitMaskFill(call, self, values))
    return call.result(filled);
  Indices indices = readIndices(call);
  call.result(emitIndexPut(e, self, indices, values, call.flag("accumulate")));
}

/// The gradient's helpers of masked windows: indices count only where the mask
/// holds, and are in range there.
static Indices clampIndices(Call &call, Value self) {
  Emitter &e = call.e;
  Indices indices = readIndices(call);
  for (auto [value, dim] : llvm::zip(indices.values, indices.dims))
    value = e.emit<graph::ClampOp>(value, e.number(0, e.i64()),
                                   e.sizeToTensor(e.size(self, dim) - 1));
  return indices;
}

static void importMaskedIndex(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value picked = emitIndex(e, self, clampIndices(call, self));
  Value fill = e.operand(call.operand("fill"), e.elementType(self));
  call.result(e.select(call.tensor("mask"), picked, fill));
}

static void importMaskedIndexPut(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), values = call.tensor("values");
  Value masked =
      e.select(call.tensor("mask"), values, e.number(0, e.elementType(values)));
  call.result(emitIndexPut(e, self, clampIndices(call, self), masked, true));
}

//===----------------------------------------------------------------------===//
// Along one dimension
//===----------------------------------------------------------------------===//

/// One index vector at one dimension; a 0-d index is a vector of one.
static Indices readVector(Call &call, int64_t dim, bool wraps) {
  Emitter &e = call.e;
  Value index = e.cast(call.tensor("index"), e.i64());
  if (e.rank(index) == 0)
    index = e.reshape(index, {e.expr(1)});
  return {{index}, {dim}, wraps};
}

static void importIndexSelect(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Value picked =
      emitIndex(e, e.atLeast1d(self), readVector(call, dim, /*wraps=*/false));
  call.result(e.rank(self) == 0 ? e.reshape(picked, {}) : e.contiguous(picked));
}

static void importIndexAdd(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), source = call.tensor("source");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  if (call.number("alpha", 1) != 1)
    source = e.mul(source, e.number(call.get("alpha"), e.elementType(source)));
  Value sum =
      emitIndexPut(e, e.atLeast1d(self), readVector(call, dim, /*wraps=*/false),
                   e.atLeast1d(source), true);
  call.result(e.reshape(sum, e.shape(self)));
}

static void importIndexCopy(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Value copied =
      emitIndexPut(e, e.atLeast1d(self), readVector(call, dim, /*wraps=*/false),
                   e.atLeast1d(call.tensor("source")), false);
  call.result(e.reshape(copied, e.shape(self)));
}

static void importIndexFill(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Value value = e.operand(call.operand("value"), e.elementType(self));
  if (e.rank(value) != 0)
    value = e.reshape(value, {});
  Value filled =
      emitIndexPut(e, e.atLeast1d(self), readVector(call, dim, /*wraps=*/true),
                   value, false);
  call.result(e.reshape(filled, e.shape(self)));
}

static void importGather(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value index = e.cast(call.tensor("index"), e.i64());
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  // An index without elements may be of any rank.
  if (e.numElements(index) == 0)
    return call.result(
        e.full(e.shape(index), e.number(0, e.elementType(self))));
  Value picked =
      e.emit<graph::GatherOp>(e.atLeast1d(self), e.atLeast1d(index), dim);
  call.result(e.reshape(picked, e.shape(index)));
}

static void importTakeAlongDim(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value index = e.cast(call.tensor("indices"), e.i64());
  if (call.isNone("dim")) {
    Value flat = e.reshape(self, {e.numElements(self)});
    return call.result(e.emit<graph::GatherOp>(
        flat, e.reshape(index, {e.numElements(index)}), int64_t(0)));
  }
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  SmallVector<Expr> shapeSelf = e.shape(self), shapeIndex = e.shape(index);
  if (shapeSelf.size() != shapeIndex.size() || shapeSelf.empty())
    return (void)e.fail("shape-mismatch", "the ranks differ");
  Expr along = shapeSelf[dim], count = shapeIndex[dim];
  shapeSelf[dim] = shapeIndex[dim] = e.expr(1);
  SmallVector<Expr> shape = e.broadcastShapes(shapeSelf, shapeIndex);
  shape[dim] = along;
  self = e.expand(self, shape);
  shape[dim] = count;
  // Any index is taken modulo the size, unlike in gather and without `dim`.
  index = e.emit<graph::RemainderOp>(index, e.sizeToTensor(along));
  call.result(e.emit<graph::GatherOp>(self, e.expand(index, shape), dim));
}

static void importTake(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value index = e.cast(call.tensor("index"), e.i64());
  call.result(
      emitIndex(e, e.reshape(self, {e.numElements(self)}), {{index}, {0}}));
}

static void importPut(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), source = call.tensor("source");
  Value index = e.cast(call.tensor("index"), e.i64());
  Value flat = emitIndexPut(e, e.reshape(self, {e.numElements(self)}),
                            {{e.reshape(index, {e.numElements(index)})}, {0}},
                            e.reshape(source, {e.numElements(source)}),
                            call.flag("accumulate"));
  call.result(e.reshape(flat, e.shape(self)));
}

//===----------------------------------------------------------------------===//
// Embeddings
//===----------------------------------------------------------------------===//

static void importEmbedding(Call &call) {
  Emitter &e = call.e;
  Value indices = e.cast(call.tensor("indices"), e.i64());
  call.result(
      emitIndex(e, call.tensor("weight"), {{indices}, {0}, /*wraps=*/false}));
}

static void importEmbeddingBackward(Call &call) {
  Emitter &e = call.e;
  StringRef gradName = call.schema->parameters[0].name;
  Value grad = call.tensor(gradName);
  Value indices = e.cast(call.tensor("indices"), e.i64());
  if (call.flag("scale_grad_by_freq") || call.flag("sparse"))
    return (void)e.unsupported("scale_grad_by_freq and sparse gradients");
  Expr width = e.size(grad, -1);
  int64_t padding = call.integer("padding_idx");
  if (padding >= 0) {
    Value isPadding =
        e.compare(ComparePredicate::Eq, e.unsqueeze(indices, e.rank(indices)),
                  static_cast<double>(padding));
    grad = e.select(isPadding, e.number(0, e.elementType(grad)), grad);
  }
  Value zeros = e.full({call.size("num_weights"), width},
                       e.number(0, e.elementType(grad)));
  call.result(
      emitIndexPut(e, zeros, {{indices}, {0}, /*wraps=*/false}, grad, true));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._index_put_impl.default", importIndexPut},
    {"aten._unsafe_index.Tensor", importIndex},
    {"aten._unsafe_index_put.default", importIndexPut},
    {"aten._unsafe_masked_index.default", importMaskedIndex},
    {"aten._unsafe_masked_index_put_accumulate.default", importMaskedIndexPut},
    {"aten.argwhere.default", importNonzero},
    {"aten.embedding.default", importEmbedding},
    {"aten.embedding_backward.default", importEmbeddingBackward},
    {"aten.embedding_dense_backward.default", importEmbeddingBackward},
    {"aten.gather.default", importGather},
    {"aten.index.Tensor", importIndex},
    {"aten.index_add.default", importIndexAdd},
    {"aten.index_copy.default", importIndexCopy},
    {"aten.index_fill.int_Scalar", importIndexFill},
    {"aten.index_fill.int_Tensor", importIndexFill},
    {"aten.index_put.default", importIndexPut},
    {"aten.index_select.default", importIndexSelect},
    {"aten.masked_scatter.default", importMaskedScatter},
    {"aten.masked_select.default", importMaskedSelect},
    {"aten.nonzero.default", importNonzero},
    {"aten.nonzero_numpy.default", importNonzeroColumns},
    {"aten.put.default", importPut},
    {"aten.take.default", importTake},
    {"aten.take_along_dim.default", importTakeAlongDim},
    {"aten.where.default", importNonzeroColumns},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::indexingOverloads() { return table; }
