//===- ConstantOperand.cpp - Constants that kernels read ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/ConstantOperand.h"

using namespace mlir;
using namespace graphc;

/// Whether all that `slice` leaves out is other indices of the dimensions that
/// its result does not have.
static bool isAtIndices(tensor::ExtractSliceOp slice) {
  RankedTensorType source = slice.getSourceType();
  llvm::SmallBitVector dropped = slice.getDroppedDims();
  for (int64_t dim = 0; dim < source.getRank(); ++dim) {
    if (getConstantIntValue(slice.getMixedStrides()[dim]) != 1)
      return false;
    if (!dropped[dim] &&
        (getConstantIntValue(slice.getMixedOffsets()[dim]) != 0 ||
         slice.getStaticSizes()[dim] != source.getDimSize(dim)))
      return false;
  }
  return source.hasStaticShape();
}

ConstantOperand ConstantOperand::find(Value value) {
  ConstantOperand operand;
  operand.slice = value.getDefiningOp<tensor::ExtractSliceOp>();
  if (operand.slice) {
    if (!isAtIndices(operand.slice))
      return {};
    value = operand.slice.getSource();
  }
  // Views of a constant show the same values in row-major order.
  while (Operation *view = value.getDefiningOp()) {
    if (!isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(view))
      break;
    value = view->getOperand(0);
  }
  operand.constant = value.getDefiningOp<arith::ConstantOp>();
  return operand;
}
