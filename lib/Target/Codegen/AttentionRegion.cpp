//===- AttentionRegion.cpp - What an attention kernel is made of ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionRegion.h"

#include "graphc/Support/ErrorCode.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using linalg::LinalgOp;

LogicalResult AttentionRegion::analyze() {
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp)
      continue;
    if (op.hasAttr("graphc.causal"))
      causal = linalgOp;
    if (op.hasAttr("graphc.attention"))
      products = linalgOp;
    else if (linalgOp.getNumReductionLoops() == 0)
      continue;
    else if (linalgOp.getNumDpsInputs() == 2)
      weighted = linalgOp;
    else if (isa<arith::MaximumFOp>(linalgOp.getBlock()->front()))
      max = op.getResult(0), scores = op.getOperand(0);
    else
      sum = op.getResult(0);
  }
  if (!products || !weighted || !max || !sum || products.getNumLoops() < 3 ||
      weighted.getNumLoops() != products.getNumLoops())
    return withCode("kernel-form",
                    region.emitOpError("is not a whole attention"));
  for (OpOperand *operand : {getQuery(), getKey(), getValue()})
    if (!isa<BlockArgument>(operand->get()))
      return withCode("kernel-form",
                      region.emitOpError("computes what it multiplies"));
  numRows = products.getNumLoops() - 3;
  type = getElementTypeOrSelf(products->getResult(0).getType());

  Value result = products->getResult(0);
  for (unsigned dim = 0; dim < numRows; ++dim)
    rowSizes.push_back(lanes.getSize(result, dim));
  queries = lanes.getSize(result, numRows);
  keys = lanes.getSize(result, numRows + 1);
  depth = products.getStaticLoopRanges()[numRows + 2];
  valueDepth = weighted.getStaticLoopRanges()[numRows + 1];
  if (ShapedType::isDynamic(depth) || ShapedType::isDynamic(valueDepth))
    return withCode("kernel-form",
                    region.emitOpError("has heads of unknown size"));
  return success();
}

void AttentionRegion::assumeOneQuery() {
  if (!constantOf(queries))
    queries = constant(1);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

LaneValue AttentionRegion::loadOperand(LinalgOp op, OpOperand *operand,
                                       ArrayRef<LaneValue> iteration) {
  Value buffer =
      region.getOperand(cast<BlockArgument>(operand->get()).getArgNumber());
  return lanes.load(buffer,
                    lanes.apply(op.getMatchingIndexingMap(operand), iteration));
}

LaneValue AttentionRegion::loadQuery(LaneValue query, LaneValue depth) {
  Indices at(row);
  at.append({query, LaneValue::uniform(constant(0)), depth});
  return loadOperand(products, getQuery(), at);
}

LaneValue AttentionRegion::loadKey(LaneValue key, LaneValue depth) {
  Indices at(row);
  at.append({LaneValue::uniform(constant(0)), key, depth});
  return loadOperand(products, getKey(), at);
}

LaneValue AttentionRegion::loadValue(LaneValue key, LaneValue depth) {
  Indices at(row);
  at.append({LaneValue::uniform(constant(0)), depth, key});
  return loadOperand(weighted, getValue(), at);
}

bool AttentionRegion::isDirect(OpOperand *operand) {
  return getElementTypeOrSelf(operand->get().getType()) == type &&
         isContiguous(operand);
}

bool AttentionRegion::isContiguous(OpOperand *operand) {
  auto buffer = cast<MemRefType>(
      region.getOperand(cast<BlockArgument>(operand->get()).getArgNumber())
          .getType());
  auto [strides, offset] = buffer.getStridesAndOffset();
  (void)offset;
  LinalgOp op = operand == getValue() ? weighted : products;
  unsigned depthDim = operand == getValue() ? numRows + 1 : numRows + 2;
  for (auto [expr, stride] : llvm::zip_equal(
           op.getMatchingIndexingMap(operand).getResults(), strides))
    if (expr.isFunctionOfDim(depthDim))
      return stride == 1;
  return false;
}

void AttentionRegion::setRow(Value linear) {
  row.assign(numRows, LaneValue());
  for (unsigned dim = numRows; dim-- > 0;) {
    Value index = linear;
    if (dim > 0) {
      index =
          builder.createOrFold<arith::RemUIOp>(loc(), linear, rowSizes[dim]);
      linear =
          builder.createOrFold<arith::DivUIOp>(loc(), linear, rowSizes[dim]);
    }
    row[dim] = LaneValue::uniform(index);
  }
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool AttentionRegion::isPerDepth(Value yielded) {
  SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = true;
  options.inclusive = true;
  (void)getBackwardSlice(yielded, &slice, options);
  return slice.contains(weighted);
}

AttentionRegion::Indices AttentionRegion::positionIn(Value yielded,
                                                     ArrayRef<LaneValue> at) {
  auto op = dyn_cast_or_null<LinalgOp>(yielded.getDefiningOp());
  if (!op || op == weighted || op.getNumReductionLoops())
    return Indices(at);
  // Only the permutation at the end has one input; it reads what came before.
  if (op.getNumDpsInputs() != 1)
    return Indices(at);
  OpOperand *input = op.getDpsInputOperand(0);
  Indices source = positionIn(input->get(), at);
  AffineMap map = op.getMatchingIndexingMap(input);
  if (!map.isPermutation())
    return Indices(at);
  Indices position(op.getNumLoops());
  for (auto [i, expr] : llvm::enumerate(map.getResults()))
    position[cast<AffineDimExpr>(expr).getPosition()] = source[i];
  return position;
}

void AttentionRegion::storeWeighted(LaneValue query, LaneValue depth) {
  Indices at(row);
  at.append({query, depth});
  unsigned firstInit = region.getInputs().size();
  for (auto [i, yielded] : llvm::enumerate(region.getYieldedValues())) {
    if (!isPerDepth(yielded))
      continue;
    Indices position = positionIn(yielded, at);
    lanes.store(lanes.evaluate(yielded, position),
                region.getOperand(firstInit + i), position);
  }
}

void AttentionRegion::storeRows(LaneValue query) {
  Indices at(row);
  at.push_back(query);
  unsigned firstInit = region.getInputs().size();
  for (auto [i, yielded] : llvm::enumerate(region.getYieldedValues())) {
    if (isPerDepth(yielded))
      continue;
    lanes.store(lanes.evaluate(yielded, at), region.getOperand(firstInit + i),
                at);
  }
}
