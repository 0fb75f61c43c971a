//===- ViewOps.cpp - Views and data movement ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

LogicalResult PermuteOp::inferReturnTypes(MLIRContext *context,
                                          MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input)
    return failure();
  ArrayRef<int64_t> perm = adaptor.getPerm();
  SmallVector<int64_t> sorted(perm);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, input.getRank())))
    return emitOptionalError(location,
                             "not a permutation of the dimensions of ", input);
  Exprs shape, strides;
  for (int64_t dim : perm) {
    shape.push_back(input.getDim(dim));
    strides.push_back(input.getStride(dim));
  }
  return addResult(location, types, context, shape, input.getElementType(),
                   strides);
}

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *context,
                                          MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input)
    return failure();
  ArrayRef<Expr> shape = adaptor.getShape();
  Expr count = product(context, shape);
  if (count != input.getNumElements())
    return emitOptionalError(
        location, "cannot reshape ", input, " to ", toString(shape), ": ",
        input.getNumElements().str(), " elements are not ", count.str());
  std::optional<Exprs> strides = viewStrides(input, shape);
  return addResult(location, types, context, shape, input.getElementType(),
                   strides ? *strides : contiguousStrides(context, shape));
}

LogicalResult ExpandOp::inferReturnTypes(MLIRContext *context,
                                         MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  ArrayRef<Expr> shape = adaptor.getShape();
  if (!input || failed(checkBroadcastsTo(location, input, shape)))
    return failure();
  // New dimensions that are not repeated have the stride of a fresh tensor, as
  // in torch's inferExpandGeometry.
  Exprs strides(shape.size());
  int64_t offset = shape.size() - input.getRank();
  for (int64_t dim = shape.size() - 1; dim >= 0; --dim) {
    bool isNew = dim < offset;
    bool isRepeated =
        isNew ? shape[dim] != 1 : input.getDim(dim - offset) != shape[dim];
    if (isRepeated)
      strides[dim] = Expr::constant(context, 0);
    else if (!isNew)
      strides[dim] = input.getStride(dim - offset);
    else
      strides[dim] = dim + 1 == int64_t(shape.size())
                         ? Expr::constant(context, 1)
                         : shape[dim + 1] * strides[dim + 1];
  }
  return addResult(location, types, context, shape, input.getElementType(),
                   strides);
}

/// What is known of `lhs - rhs` is not negative.
static bool mayExceed(Expr lhs, Expr rhs) {
  return (lhs - rhs).getConstant().value_or(0) >= 0;
}

/// The number of elements of a slice, or failure if what is constant breaks
/// 0 <= start <= end <= size or 1 <= step.
static FailureOr<Expr> inferSliceSize(MaybeLocation location,
                                      StridedTensorType input, int64_t dim,
                                      Expr start, Expr end, Expr step) {
  if (failed(checkDim(location, dim, input.getRank())))
    return failure();
  Expr zero = Expr::constant(input.getContext(), 0);
  if (!mayExceed(start, zero) || !mayExceed(end, start) ||
      !mayExceed(input.getDim(dim), end))
    return emitOptionalError(location, "slice from ", start.str(), " to ",
                             end.str(), " is out of range in dimension ", dim,
                             " of ", input);
  if (!mayExceed(step, zero + 1))
    return emitOptionalError(location, "slice step must be positive, got ",
                             step.str());
  return (end - start).ceilDiv(step);
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *context,
                                        MaybeLocation location, Adaptor adaptor,
                                        InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input)
    return failure();
  int64_t dim = adaptor.getDim();
  FailureOr<Expr> size =
      inferSliceSize(location, input, dim, adaptor.getStart(), adaptor.getEnd(),
                     adaptor.getStep());
  if (failed(size))
    return failure();
  Exprs shape(input.getShape()), strides(input.getStrides());
  shape[dim] = *size;
  strides[dim] = strides[dim] * adaptor.getStep();
  return addResult(location, types, context, shape, input.getElementType(),
                   strides);
}

LogicalResult SliceScatterOp::inferReturnTypes(MLIRContext *,
                                               MaybeLocation location,
                                               Adaptor adaptor,
                                               InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  StridedTensorType source = getTensorType(location, adaptor.getSource());
  if (!input || !source ||
      failed(checkSameElementType(location, input, source)))
    return failure();
  int64_t dim = adaptor.getDim();
  FailureOr<Expr> size =
      inferSliceSize(location, input, dim, adaptor.getStart(), adaptor.getEnd(),
                     adaptor.getStep());
  if (failed(size))
    return failure();
  Exprs shape(input.getShape());
  shape[dim] = *size;
  if (failed(checkBroadcastsTo(location, source, shape)))
    return failure();
  // torch clones the whole storage here, gaps included.
  bool overlaps = llvm::any_of(
      llvm::zip(input.getShape(), input.getStrides()), [](auto pair) {
        return std::get<0>(pair) != 1 && std::get<1>(pair) == 0;
      });
  types.push_back(overlaps ? input.withStrides(preservedStrides(input))
                           : input);
  return success();
}

LogicalResult AsStridedOp::inferReturnTypes(MLIRContext *context,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input)
    return failure();
  if (adaptor.getOffset().getConstant().value_or(0) < 0)
    return emitOptionalError(location, "offset must not be negative, got ",
                             adaptor.getOffset().str());
  return addResult(location, types, context, adaptor.getShape(),
                   input.getElementType(), adaptor.getStrides());
}

LogicalResult DiagonalOp::inferReturnTypes(MLIRContext *context,
                                           MaybeLocation location,
                                           Adaptor adaptor,
                                           InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  int64_t dim1 = adaptor.getDim1(), dim2 = adaptor.getDim2();
  if (!input || failed(checkDim(location, dim1, input.getRank())) ||
      failed(checkDim(location, dim2, input.getRank())))
    return failure();
  if (dim1 == dim2)
    return emitOptionalError(location, "a diagonal needs two dimensions, got ",
                             dim1, " twice");
  int64_t offset = adaptor.getOffset();
  Expr rows = input.getDim(dim1), columns = input.getDim(dim2);
  Expr size =
      offset >= 0 ? rows.min(columns - offset) : (rows + offset).min(columns);
  Exprs shape, strides;
  for (int64_t dim = 0; dim != input.getRank(); ++dim) {
    if (dim == dim1 || dim == dim2)
      continue;
    shape.push_back(input.getDim(dim));
    strides.push_back(input.getStride(dim));
  }
  shape.push_back(size.max(Expr::constant(context, 0)));
  strides.push_back(input.getStride(dim1) + input.getStride(dim2));
  return addResult(location, types, context, shape, input.getElementType(),
                   strides);
}

/// Channels-last if all inputs are, as torch's
/// cat_compute_output_memory_format.
static Exprs catStrides(ArrayRef<StridedTensorType> inputs,
                        ArrayRef<Expr> shape) {
  MLIRContext *context = inputs.front().getContext();
  return llvm::all_of(inputs, isChannelsLast)
             ? channelsLastStrides(context, shape)
             : contiguousStrides(context, shape);
}

LogicalResult CatOp::inferReturnTypes(MLIRContext *context,
                                      MaybeLocation location, Adaptor adaptor,
                                      InferredTypes &types) {
  auto inputs = getTensorTypes(location, adaptor.getInputs());
  if (failed(inputs))
    return failure();
  if (inputs->empty())
    return emitOptionalError(location, "expected one operand at least");
  StridedTensorType first = inputs->front();
  int64_t dim = adaptor.getDim();
  if (failed(checkDim(location, dim, first.getRank())))
    return failure();
  Exprs shape(first.getShape());
  for (StridedTensorType other : ArrayRef(*inputs).drop_front()) {
    if (failed(checkSameElementType(location, first, other)))
      return failure();
    bool matches = other.getRank() == first.getRank();
    for (int64_t i = 0; matches && i != first.getRank(); ++i)
      matches &= i == dim || first.getDim(i) == other.getDim(i);
    if (!matches)
      return emitOptionalError(location, "cannot concatenate ", first, " and ",
                               other, " along dimension ", dim);
    shape[dim] = shape[dim] + other.getDim(dim);
  }
  return addResult(location, types, context, shape, first.getElementType(),
                   catStrides(*inputs, shape));
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *context,
                                      MaybeLocation location, Adaptor adaptor,
                                      InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input)
    return failure();
  ArrayRef<Expr> low = adaptor.getLow(), high = adaptor.getHigh();
  if (int64_t(low.size()) != input.getRank() || low.size() != high.size())
    return emitOptionalError(location, "expected one low and high count per ",
                             "dimension of ", input, ", got ", low.size(),
                             " and ", high.size());
  if (adaptor.getValue().getType() != realTypeOf(input))
    return emitOptionalError(location, "padding value must be of type ",
                             realTypeOf(input), ", got ", adaptor.getValue());
  Exprs shape;
  for (auto [size, before, after] : llvm::zip(input.getShape(), low, high))
    shape.push_back(size + before + after);
  return addResult(location, types, context, shape, input.getElementType(),
                   suggestedStrides(input, shape));
}

LogicalResult FlipOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                       Adaptor adaptor, InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input ||
      failed(checkAscendingDims(location, adaptor.getDims(), input.getRank())))
    return failure();
  types.push_back(input.withStrides(preservedStrides(input)));
  return success();
}

LogicalResult ContiguousOp::inferReturnTypes(MLIRContext *context,
                                             MaybeLocation location,
                                             Adaptor adaptor,
                                             InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input)
    return failure();
  return addResult(location, types, context, input.getShape(),
                   input.getElementType(), adaptor.getStrides());
}

LogicalResult BitcastOp::inferReturnTypes(MLIRContext *context,
                                          MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input)
    return failure();
  Type from = input.getElementType(), to = adaptor.getTo();
  Exprs shape(input.getShape()), strides(input.getStrides());
  auto fail = [&] {
    return emitOptionalError(location, "cannot see ", input, " as ", to);
  };
  if (isa<ComplexType>(from) && realTypeOf(from) == to) {
    for (Expr &stride : strides)
      stride = stride * 2;
    shape.push_back(Expr::constant(context, 2));
    strides.push_back(Expr::constant(context, 1));
  } else if (isa<ComplexType>(to) && realTypeOf(to) == from) {
    if (shape.empty() || shape.back() != 2)
      return fail();
    shape.pop_back();
    strides.pop_back();
    for (Expr &stride : strides)
      stride = stride.floorDiv(2);
  } else if (!from.isIntOrFloat() || !to.isIntOrFloat() ||
             from.getIntOrFloatBitWidth() != to.getIntOrFloatBitWidth()) {
    return fail();
  }
  return addResult(location, types, context, shape, to, strides);
}
