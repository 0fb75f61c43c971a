//===- ElementwiseOps.cpp - One element at a time -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

LogicalResult graphc::graph::inferElementwise(MaybeLocation location,
                                              TypeRange operands,
                                              Type elementType,
                                              InferredTypes &types) {
  SmallVector<StridedTensorType> tensors;
  for (Type operand : operands) {
    auto tensor = dyn_cast<StridedTensorType>(operand);
    if (!tensor)
      return emitOptionalError(location, "expected a graph tensor, got ",
                               operand);
    tensors.push_back(tensor);
  }
  // Of three operands the first may be a select's condition; its own constraint
  // says so.
  ArrayRef<StridedTensorType> values(tensors);
  if (values.size() == 3 && values[0].getElementType().isInteger(1))
    values = values.drop_front();
  for (StridedTensorType other : values.drop_front())
    if (failed(checkSameElementType(location, values.front(), other)))
      return failure();
  FailureOr<Exprs> shape = broadcast(location, tensors);
  if (failed(shape))
    return failure();
  return addResult(location, types, tensors.front().getContext(), *shape,
                   elementType, elementwiseStrides(tensors, *shape));
}

LogicalResult CompareOp::verify() {
  bool isOrdered = getPredicate() != ComparePredicate::Eq &&
                   getPredicate() != ComparePredicate::Ne;
  if (isOrdered && isa<ComplexType>(getLhs().getType().getElementType()))
    return emitOpError("cannot order complex numbers");
  return success();
}
