//===- Indexing.cpp - Gathering -------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IndexBounds.h"
#include "IndexLoops.h"
#include "Patterns.h"

#include "dialects/Graph/IR/IndexSigns.h"

using namespace mlir;
using namespace graphc;

using arith::CmpIPredicate;
using graph::Expr;

//===----------------------------------------------------------------------===//
// IndexLoops
//===----------------------------------------------------------------------===//

Value graphc::buildPlace(ScalarBuilder &at, LinalgBuilder &b, Value index,
                         Expr size, bool wraps) {
  Type i64 = at.getI64Type();
  Value extent = b.number(at, size, i64);
  if (wraps) {
    Value isNegative = at.cmp(CmpIPredicate::slt, index, at.integer(i64, 0));
    index = at.select(isNegative, at.add(index, extent), index);
  }
  // What is still negative is a large unsigned number.
  index = at.op<arith::MinUIOp>(index, at.sub(extent, at.integer(i64, 1)));
  return at.op<arith::IndexCastOp>(at.getIndexType(), index);
}

/// lower <= index < size, where lower is -size or 0, in one comparison: what is
/// below is a large unsigned number.
static Value buildInRange(ScalarBuilder &at, LinalgBuilder &b, Value index,
                          Expr size, bool wraps) {
  Type i64 = at.getI64Type();
  Value extent = b.number(at, size, i64);
  if (wraps)
    return at.cmp(CmpIPredicate::ult, at.add(index, extent),
                  at.add(extent, extent));
  return at.cmp(CmpIPredicate::ult, index, extent);
}

/// No index is in a dimension without elements. Known before anything runs, so
/// that a gather whose own check is read later has something to read.
static void checkHasElements(LinalgBuilder &b, ArrayRef<Expr> shape,
                             Expr size) {
  if (std::optional<int64_t> known = size.getConstant(); known && *known > 0)
    return;
  ScalarBuilder at(b.getLoc(), b);
  auto compare = [&](CmpIPredicate predicate, Expr expr) {
    return at.cmp(predicate, b.index(expr), b.index(0));
  };
  Value holds = compare(CmpIPredicate::ne, size);
  for (Expr count : shape)
    holds = at.op<arith::OrIOp>(holds, compare(CmpIPredicate::eq, count));
  b.check(holds, "index out of range");
}

void graphc::checkIndex(LinalgBuilder &b, Value index, ArrayRef<Expr> shape,
                        Expr size, bool wraps) {
  checkHasElements(b, shape, size);
  if (isInRange(index, size))
    return;
  b.checkAll(shape, b.read(index, shape), "index out of range",
             [&](ScalarBuilder &at, ArrayRef<Value> args) {
               return buildInRange(at, b, args[0], size, wraps);
             });
}

IndexLoops::IndexLoops(LinalgBuilder &b, Value input, ValueRange indices,
                       ArrayRef<int64_t> dims, bool wraps)
    : wraps(wraps), dims(dims) {
  inputShape = llvm::to_vector(
      cast<graph::StridedTensorType>(input.getType()).getShape());
  // The broadcast shape: the greatest rank, and of each size the one that is
  // not 1.
  for (Value index : indices) {
    ArrayRef<Expr> shape =
        cast<graph::StridedTensorType>(index.getType()).getShape();
    if (shape.size() > block.size())
      block.insert(block.begin(), shape.size() - block.size(), b.expr(1));
    unsigned offset = block.size() - shape.size();
    for (auto [i, size] : llvm::enumerate(shape))
      if (block[offset + i] == 1)
        block[offset + i] = size;
  }
  bool isAdjacent = true;
  for (unsigned i = 1; i < dims.size(); ++i)
    isAdjacent &= dims[i] == dims[i - 1] + 1;
  blockStart = isAdjacent && !dims.empty() ? dims.front() : 0;

  SmallVector<int64_t> others = getOtherDims(inputShape.size(), dims);
  for (int64_t dim : others)
    shape.push_back(inputShape[dim]);
  shape.insert(shape.begin() + blockStart, block.begin(), block.end());

  SmallVector<int64_t> blockDims = llvm::to_vector(
      llvm::seq<int64_t>(blockStart, blockStart + block.size()));
  AffineMap toBlock = b.select(shape.size(), blockDims);
  for (Value index : indices)
    operands.push_back(LinalgBuilder::through(b.read(index, block), toBlock));
  for (auto [index, dim] : llvm::zip_equal(indices, dims))
    checkIndex(b, index, block, inputShape[dim], wraps);
}

SmallVector<Value> IndexLoops::getPlaces(ScalarBuilder &at, LinalgBuilder &b,
                                         ArrayRef<Value> loops,
                                         ArrayRef<Value> indices) const {
  SmallVector<Value> places;
  for (int64_t dim = 0, e = inputShape.size(), next = 0, other = 0; dim < e;
       ++dim) {
    if (llvm::is_contained(dims, dim)) {
      places.push_back(
          buildPlace(at, b, indices[next++], inputShape[dim], wraps));
      continue;
    }
    int64_t blockRank = block.size();
    places.push_back(loops[other < blockStart ? other : other + blockRank]);
    ++other;
  }
  return places;
}

SmallVector<Value> graphc::getLoopIndices(ScalarBuilder &at, int64_t rank) {
  SmallVector<Value> indices;
  for (int64_t dim = 0; dim < rank; ++dim)
    indices.push_back(at.op<linalg::IndexOp>(dim));
  return indices;
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {

/// out[loops] = input[loops with index at dim].
struct GatherConversion : GraphPattern<graph::GatherOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::GatherOp op, LinalgBuilder &b) const override {
    Tensor input = b.tensor(op.getInput());
    auto type = cast<graph::StridedTensorType>(op.getType());
    int64_t rank = type.getRank(), dim = op.getDim();
    // A 0-d tensor counts as one of a single element.
    Expr size = input.shape.empty() ? b.expr(1) : input.shape[dim];
    checkIndex(b, op.getIndex(), type.getShape(), size, /*wraps=*/false);
    Tensor result = b.pointwise(
        type.getShape(), b.read(op.getIndex()), type.getElementType(),
        [&](ScalarBuilder &at, ArrayRef<Value> args) {
          SmallVector<Value> places = getLoopIndices(at, rank);
          if (input.shape.empty())
            places.clear();
          else if (rank == 0)
            places = {buildPlace(at, b, args[0], size, false)};
          else
            places[dim] = buildPlace(at, b, args[0], size, false);
          return loadElement(at, input, places);
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }
};

struct IndexConversion : GraphPattern<graph::IndexOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::IndexOp op, LinalgBuilder &b) const override {
    Tensor input = b.tensor(op.getInput());
    IndexLoops loops(b, op.getInput(), op.getIndices(), op.getDims(),
                     graph::allowsNegativeIndices(op));
    Tensor result = b.pointwise(
        loops.shape, loops.operands, input.elementType,
        [&](ScalarBuilder &at, ArrayRef<Value> args) {
          SmallVector<Value> indices = getLoopIndices(at, loops.shape.size());
          return loadElement(at, input, loops.getPlaces(at, b, indices, args));
        });
    auto type = cast<graph::StridedTensorType>(op.getType());
    b.rewriter.replaceOp(op, b.retype(result, type.getShape()).value);
    return success();
  }
};

} // namespace

void graphc::populateIndexingPatterns(const TypeConverter &converter,
                                      SymbolValues &symbols,
                                      RewritePatternSet &patterns) {
  patterns.add<GatherConversion, IndexConversion>(
      converter, patterns.getContext(), symbols);
}
