//===- Product.cpp - Sums of products and their dimensions ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Product.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// `argument`, or what it is widened to.
static bool isOperand(Value value, BlockArgument argument) {
  if (auto widened = value.getDefiningOp<arith::ExtFOp>())
    value = widened.getIn();
  return value == argument;
}

/// The body is out + in0 * in1 in f32 or f64.
static bool isMultiplyAdd(LinalgOp op) {
  Block *body = op.getBlock();
  auto sum =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  if (!sum || !(sum.getType().isF32() || sum.getType().isF64()))
    return false;
  Value total = body->getArgument(2);
  Value other = sum.getLhs() == total   ? sum.getRhs()
                : sum.getRhs() == total ? sum.getLhs()
                                        : Value();
  auto product = other ? other.getDefiningOp<arith::MulFOp>() : nullptr;
  return product && product.getLhs() != product.getRhs() &&
         isOperand(product.getLhs(), body->getArgument(0)) &&
         isOperand(product.getRhs(), body->getArgument(1));
}

/// The only reduction of `region`, if it is a sum of products.
static std::optional<Product> matchSum(kernel::RegionOp region) {
  Product product;
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || !linalgOp.getNumReductionLoops())
      continue;
    if (product.op)
      return std::nullopt;
    product.op = linalgOp;
  }
  LinalgOp op = product.op;
  if (!op || op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      !isMultiplyAdd(op))
    return std::nullopt;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!result.isProjectedPermutation())
    return std::nullopt;
  AffineMap maps[] = {op.getMatchingIndexingMap(op.getDpsInputOperand(0)),
                      op.getMatchingIndexingMap(op.getDpsInputOperand(1))};
  SmallVector<unsigned> depth;
  op.getReductionDims(depth);
  product.depth = depth;
  product.allowsTF32 = region->hasAttr(allowTF32AttrName);
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(op->getResult(0).getType()).getShape();
  // In the order of the result, so that neighbours stay neighbours. A size of
  // one that neither walks along is as good as a row.
  for (auto [i, expr] : llvm::enumerate(result.getResults())) {
    unsigned dim = cast<AffineDimExpr>(expr).getPosition();
    bool inRight = maps[1].isFunctionOfDim(dim);
    bool inLeft = maps[0].isFunctionOfDim(dim) || (!inRight && shape[i] == 1);
    (inLeft == inRight ? product.batch
     : inLeft          ? product.rows
                       : product.columns)
        .push_back(dim);
  }
  unsigned last =
      result.getNumResults()
          ? cast<AffineDimExpr>(result.getResults().back()).getPosition()
          : 0;
  if (llvm::is_contained(product.rows, last)) {
    std::swap(product.rows, product.columns);
    std::swap(product.left, product.right);
  }
  return product;
}

/// Whether sums are what tensor cores make.
static bool isInF32(std::optional<Product> product) {
  return product &&
         getElementTypeOrSelf(product->op->getResult(0).getType()).isF32();
}

Product nvptx::describeBatched(LinalgOp op, unsigned numBatch) {
  Product product;
  product.op = op;
  product.batch = llvm::to_vector(llvm::seq(0u, numBatch));
  product.rows = {numBatch};
  product.columns = {numBatch + 1};
  product.depth = {numBatch + 2};
  return product;
}

std::optional<Product> nvptx::matchAnyProduct(kernel::RegionOp region) {
  std::optional<Product> product = matchSum(region);
  // What both walk along, or neither, has nothing to share.
  if (product && product->columns.empty())
    return std::nullopt;
  return product;
}

std::optional<Product> nvptx::matchProductOrVector(kernel::RegionOp region) {
  std::optional<Product> product = matchAnyProduct(region);
  return isInF32(product) ? product : std::nullopt;
}

std::optional<Product> nvptx::matchDepthwise(kernel::RegionOp region) {
  std::optional<Product> product = matchSum(region);
  if (!isInF32(product) || !product->columns.empty())
    return std::nullopt;
  return product;
}

std::optional<Product> nvptx::matchProduct(kernel::RegionOp region) {
  std::optional<Product> product = matchProductOrVector(region);
  if (product && product->rows.empty())
    return std::nullopt;
  return product;
}

Value ProductLoops::getLoopSize(unsigned dim) {
  LinalgOp op = product.op;
  for (OpOperand &operand : op->getOpOperands())
    for (auto [position, expr] :
         llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults()))
      if (auto of = dyn_cast<AffineDimExpr>(expr))
        if (of.getPosition() == dim)
          return lanes.getSize(operand.get(), position);
  llvm_unreachable("a loop that no operand walks along");
}

Value ProductLoops::getSize(ArrayRef<unsigned> dims) {
  Value size = lanes.constantIndex(1);
  for (unsigned dim : dims)
    size = lanes.getBuilder().createOrFold<arith::MulIOp>(
        lanes.getRegion().getLoc(), size, getLoopSize(dim));
  return size;
}

void ProductLoops::expand(ArrayRef<unsigned> dims, Value linear,
                          Indices &indices, int64_t lanesAlong) {
  OpBuilder &builder = lanes.getBuilder();
  Location loc = lanes.getRegion().getLoc();
  Value rest = linear;
  for (unsigned dim : llvm::reverse(dims)) {
    Value index = rest;
    if (dim != dims.front()) {
      Value size = getLoopSize(dim);
      index = builder.createOrFold<arith::RemUIOp>(loc, rest, size);
      rest = builder.createOrFold<arith::DivUIOp>(loc, rest, size);
    }
    indices[dim] = LaneValue::uniform(index);
    if (lanesAlong > 1 && dim == dims.back())
      indices[dim] = {index, 1, {}, lanesAlong};
  }
}

bool ProductLoops::areWhole(ArrayRef<unsigned> dims, int64_t count) {
  std::optional<int64_t> size = constantOf(getLoopSize(dims.back()));
  return size && *size % count == 0;
}

void ProductLoops::store(Indices iteration, Value row, Value column,
                         Value value) {
  LinalgOp op = product.op;
  OpOperand *init = op.getDpsInitOperand(0);
  expand(product.rows, row, iteration);
  expand(product.columns, column, iteration, lanes.getLanes());
  Indices at = lanes.apply(op.getMatchingIndexingMap(init), iteration);
  Value start = lanes.materialize(lanes.evaluate(init->get(), at));
  lanes.storeYields(op,
                    arith::AddFOp::create(lanes.getBuilder(),
                                          lanes.getRegion().getLoc(), start,
                                          value),
                    at);
}
