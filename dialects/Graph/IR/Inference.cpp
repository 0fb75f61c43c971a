//===- Inference.cpp - Result types of ops --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

Type graphc::graph::getElementTypeOf(Type type) {
  auto tensor = dyn_cast_or_null<StridedTensorType>(type);
  return tensor ? tensor.getElementType() : type;
}

Type graphc::graph::realTypeOf(Type type) {
  Type element = getElementTypeOf(type);
  auto complex = dyn_cast_or_null<ComplexType>(element);
  return complex ? complex.getElementType() : element;
}

Type graphc::graph::complexTypeOf(Type type) {
  Type element = getElementTypeOf(type);
  return isa_and_nonnull<FloatType>(element) ? ComplexType::get(element)
                                             : element;
}

Type graphc::graph::boolType(MLIRContext *context) {
  return IntegerType::get(context, 1);
}

Type graphc::graph::i64Type(MLIRContext *context) {
  return IntegerType::get(context, 64);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

StridedTensorType graphc::graph::getTensorType(MaybeLocation location,
                                               Value value) {
  auto type = dyn_cast<StridedTensorType>(value.getType());
  if (!type)
    (void)emitOptionalError(location, "expected a graph tensor, got ",
                            value.getType());
  return type;
}

FailureOr<SmallVector<StridedTensorType>>
graphc::graph::getTensorTypes(MaybeLocation location, ValueRange values) {
  SmallVector<StridedTensorType> types;
  for (Value value : values) {
    types.push_back(getTensorType(location, value));
    if (!types.back())
      return failure();
  }
  return types;
}

LogicalResult graphc::graph::checkSameElementType(MaybeLocation location,
                                                  StridedTensorType lhs,
                                                  StridedTensorType rhs) {
  if (lhs.getElementType() == rhs.getElementType())
    return success();
  return emitOptionalError(location, "element types differ: ", lhs, " and ",
                           rhs);
}

LogicalResult graphc::graph::checkDim(MaybeLocation location, int64_t dim,
                                      int64_t rank) {
  if (dim >= 0 && dim < rank)
    return success();
  return emitOptionalError(location, "dimension ", dim,
                           " is out of range for rank ", rank);
}

LogicalResult graphc::graph::checkAscendingDims(MaybeLocation location,
                                                ArrayRef<int64_t> dims,
                                                int64_t rank) {
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (failed(checkDim(location, dim, rank)))
      return failure();
    if (i > 0 && dims[i - 1] >= dim)
      return emitOptionalError(location, "dimensions must ascend, got ", dim,
                               " after ", dims[i - 1]);
  }
  return success();
}

LogicalResult graphc::graph::checkRank(MaybeLocation location, StringRef what,
                                       StridedTensorType type, int64_t least,
                                       int64_t most) {
  if (type.getRank() >= least && type.getRank() <= most)
    return success();
  if (least == most)
    return emitOptionalError(location, what, " must have rank ", least,
                             ", got ", type);
  if (most == INT64_MAX)
    return emitOptionalError(location, what, " must have rank ", least,
                             " at least, got ", type);
  return emitOptionalError(location, what, " must have rank ", least, " to ",
                           most, ", got ", type);
}

LogicalResult graphc::graph::checkShape(MaybeLocation location, StringRef what,
                                        StridedTensorType type,
                                        ArrayRef<Expr> expected) {
  if (type.getShape() == expected)
    return success();
  return emitOptionalError(location, what, " must have shape ",
                           toString(expected), ", got ", type);
}

LogicalResult graphc::graph::checkList(MaybeLocation location, StringRef what,
                                       ArrayRef<int64_t> list, int64_t size,
                                       int64_t least) {
  if (int64_t(list.size()) != size)
    return emitOptionalError(location, what, " needs ", size, " entries, got ",
                             list.size());
  for (int64_t value : list)
    if (value < least)
      return emitOptionalError(location, what, " must not be below ", least,
                               ", got ", value);
  return success();
}

std::string graphc::graph::toString(ArrayRef<Expr> exprs) {
  std::string text = "[";
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(exprs, os);
  return text + "]";
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// Merges `type` into `shape`, both aligned at the last dimension.
static LogicalResult mergeShape(MaybeLocation location, Exprs &shape,
                                StridedTensorType type) {
  size_t offset = shape.size() - type.getRank();
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    Expr &merged = shape[offset + i];
    if (merged == size || size == 1)
      continue;
    if (merged != 1)
      return failure();
    merged = size;
  }
  return success();
}

FailureOr<Exprs>
graphc::graph::broadcast(MaybeLocation location,
                         ArrayRef<StridedTensorType> operands) {
  int64_t rank = 0;
  for (StridedTensorType type : operands)
    rank = std::max(rank, type.getRank());
  Exprs shape(rank, Expr::constant(operands.front().getContext(), 1));
  for (auto [i, type] : llvm::enumerate(operands)) {
    if (succeeded(mergeShape(location, shape, type)))
      continue;
    for (StridedTensorType other : operands.take_front(i)) {
      Exprs pair(rank, Expr::constant(type.getContext(), 1));
      if (failed(mergeShape(location, pair, other)) ||
          failed(mergeShape(location, pair, type)))
        return emitOptionalError(location, "shapes do not broadcast: ", other,
                                 " and ", type);
    }
    return emitOptionalError(location, "shape does not broadcast: ", type);
  }
  return shape;
}

LogicalResult graphc::graph::checkBroadcastsTo(MaybeLocation location,
                                               StridedTensorType type,
                                               ArrayRef<Expr> shape) {
  Exprs merged(shape);
  if (type.getRank() <= int64_t(shape.size()) &&
      succeeded(mergeShape(location, merged, type)) &&
      ArrayRef<Expr>(merged) == shape)
    return success();
  return emitOptionalError(location, type, " does not broadcast to shape ",
                           toString(shape));
}

Exprs graphc::graph::reduceShape(ArrayRef<Expr> shape, ArrayRef<int64_t> dims,
                                 bool keepdim) {
  Exprs result;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    if (!llvm::is_contained(dims, int64_t(dim)))
      result.push_back(size);
    else if (keepdim)
      result.push_back(Expr::constant(size.getContext(), 1));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

LogicalResult graphc::graph::addResult(MaybeLocation location,
                                       InferredTypes &types,
                                       MLIRContext *context,
                                       ArrayRef<Expr> shape, Type elementType,
                                       ArrayRef<Expr> strides) {
  Location at = location.value_or(UnknownLoc::get(context));
  auto emit = [&]() -> InFlightDiagnostic {
    return location ? emitError(at) : InFlightDiagnostic();
  };
  StridedTensorType type =
      StridedTensorType::getChecked(emit, context, shape, elementType, strides);
  if (!type)
    return failure();
  types.push_back(type);
  return success();
}

LogicalResult graphc::graph::addResult(MaybeLocation location,
                                       InferredTypes &types,
                                       MLIRContext *context,
                                       ArrayRef<Expr> shape, Type elementType) {
  return addResult(location, types, context, shape, elementType,
                   contiguousStrides(context, shape));
}
