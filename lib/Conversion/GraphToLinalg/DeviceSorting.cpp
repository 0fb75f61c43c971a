//===- DeviceSorting.cpp - Sort and topk for devices ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "SortedRows.h"

#include "dialects/Kernel/IR/Kernel.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

/// Sorts the rows of a matrix.
static SortedRows sortMatrix(LinalgBuilder &b, const Tensor &matrix, Expr count,
                             bool descending) {
  // Of elements of 32 bits and their places words of 64 are made.
  Expr size = matrix.shape[1];
  if (!size.getConstant() && matrix.elementType.getIntOrFloatBitWidth() == 32)
    b.check(arith::CmpIOp::create(b, arith::CmpIPredicate::ult, b.index(size),
                                  b.index(int64_t(UINT32_MAX))),
            "rows of 2^32 - 1 elements or more are not sorted");
  SmallVector<Expr> shape = {matrix.shape[0], count};
  SortedRows result = {b.empty(shape, matrix.elementType),
                       b.empty(shape, b.getI64Type())};
  auto sort = kernel::SortOp::create(
      b,
      TypeRange{result.values.value.getType(), result.indices.value.getType()},
      matrix.value, result.values.value, result.indices.value, Value(),
      descending, isUnsigned(matrix.elementType));
  result.values.value = sort.getResult(0);
  result.indices.value = sort.getResult(1);
  return result;
}

/// `operand` as a tensor of `shape`, moved only if it lies otherwise.
static Tensor materialize(LinalgBuilder &b, const Operand &operand,
                          ArrayRef<Expr> shape) {
  auto type = operand.tensor
                  ? dyn_cast<RankedTensorType>(operand.tensor.getType())
                  : nullptr;
  if (type && operand.map.isIdentity() &&
      type.getElementType() == getStoredType(operand.elementType))
    return {operand.tensor, llvm::to_vector(shape), operand.elementType};
  return b.pointwise(
      shape, operand, operand.elementType,
      [](ScalarBuilder &, ArrayRef<Value> args) { return args[0]; });
}

SortedRows SortedRows::build(LinalgBuilder &b, const Operand &input,
                             ArrayRef<Expr> shape, int64_t dim, Expr count,
                             bool descending) {
  if (shape[dim] == 1 && count == 1)
    return {materialize(b, input, shape),
            b.filled(shape, b.getI64Type(), b.getI64IntegerAttr(0))};
  // The dimension goes to the end; unless those behind it are of size 1, by
  // moving elements.
  int64_t rank = shape.size(), last = rank - 1;
  while (last > dim && shape[last] == 1)
    --last;
  SmallVector<int64_t> order = getOtherDims(rank, dim);
  order.insert(order.begin() + last, dim);
  SmallVector<int64_t> inverse(rank);
  SmallVector<Expr> moved;
  Expr rows = b.expr(1);
  for (auto [to, from] : llvm::enumerate(order)) {
    inverse[from] = to;
    moved.push_back(shape[from]);
    if (from != dim)
      rows = rows * shape[from];
  }
  Tensor lines = materialize(
      b, LinalgBuilder::through(input, b.select(rank, inverse)), moved);
  SortedRows sorted =
      sortMatrix(b, b.reshape(lines, {rows, shape[dim]}), count, descending);
  moved[last] = count;
  SmallVector<Expr> resultShape(shape);
  resultShape[dim] = count;
  auto moveBack = [&](Tensor tensor) {
    Operand operand = b.read(b.reshape(tensor, moved));
    return materialize(
        b, LinalgBuilder::through(operand, b.select(rank, order)), resultShape);
  };
  return {moveBack(sorted.values), moveBack(sorted.indices)};
}

/// Replaces a sort or topk of `input`.
static void replaceBySorted(LinalgBuilder &b, Operation *op, Value input,
                            int64_t dim, bool descending) {
  auto type = cast<graph::StridedTensorType>(op->getResult(0).getType());
  if (type.getRank() == 0) {
    b.rewriter.replaceOp(op, buildSortedScalar(b, input));
    return;
  }
  SortedRows sorted = SortedRows::build(b, b.read(input), getShape(input), dim,
                                        type.getDim(dim), descending);
  // Floats that were narrow before are sorted as such.
  sorted.values = b.cast(sorted.values, type.getElementType());
  b.rewriter.replaceOp(op, {b.retype(sorted.values, type.getShape()).value,
                            b.retype(sorted.indices, type.getShape()).value});
}

namespace {

struct DeviceSortConversion : GraphPattern<graph::SortOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::SortOp op, LinalgBuilder &b) const override {
    replaceBySorted(b, op, op.getInput(), op.getDim(), op.getDescending());
    return success();
  }
};

struct DeviceTopkConversion : GraphPattern<graph::TopkOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::TopkOp op, LinalgBuilder &b) const override {
    checkCount(b, op);
    replaceBySorted(b, op, op.getInput(), op.getDim(), op.getLargest());
    return success();
  }
};

} // namespace

void graphc::populateDeviceSortingPatterns(const TypeConverter &converter,
                                           SymbolValues &symbols,
                                           RewritePatternSet &patterns) {
  patterns.add<DeviceSortConversion, DeviceTopkConversion>(
      converter, patterns.getContext(), symbols);
}
