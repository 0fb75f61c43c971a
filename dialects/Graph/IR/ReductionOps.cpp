//===- ReductionOps.cpp - Reductions and scans ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

/// What `kind` asks of the element type and of reduced sizes.
static LogicalResult checkReduceKind(MaybeLocation location, ReduceKind kind,
                                     StridedTensorType input,
                                     ArrayRef<int64_t> dims) {
  Type element = input.getElementType();
  StringRef name = stringifyReduceKind(kind);
  switch (kind) {
  case ReduceKind::Any:
  case ReduceKind::All:
    if (!element.isInteger(1))
      return emitOptionalError(location, "'", name, "' reduces bool, got ",
                               input);
    return success();
  case ReduceKind::Mean:
    if (!isa<FloatType, ComplexType>(element))
      return emitOptionalError(
          location, "'mean' reduces floats or complex numbers, got ", input);
    return success();
  case ReduceKind::Max:
  case ReduceKind::Min:
    if (isa<ComplexType>(element))
      return emitOptionalError(location, "cannot order complex numbers");
    for (int64_t dim : dims)
      if (input.getDim(dim) == 0)
        return emitOptionalError(location, "'", name,
                                 "' has no value over dimension ", dim,
                                 " of size 0");
    return success();
  default:
    return success();
  }
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *context,
                                         MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input ||
      failed(
          checkAscendingDims(location, adaptor.getDims(), input.getRank())) ||
      failed(checkReduceKind(location, adaptor.getKind(), input,
                             adaptor.getDims())))
    return failure();
  return addResult(
      location, types, context,
      reduceShape(input.getShape(), adaptor.getDims(), adaptor.getKeepdim()),
      input.getElementType());
}

LogicalResult ArgReduceOp::inferReturnTypes(MLIRContext *context,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input)
    return failure();
  SmallVector<int64_t> dims;
  if (std::optional<uint64_t> dim = adaptor.getDim())
    dims.push_back(*dim);
  else
    llvm::append_range(dims, llvm::seq<int64_t>(0, input.getRank()));
  if (failed(checkAscendingDims(location, dims, input.getRank())))
    return failure();
  for (int64_t dim : dims)
    if (input.getDim(dim) == 0)
      return emitOptionalError(location, "no extremum over dimension ", dim,
                               " of size 0");
  return addResult(location, types, context,
                   reduceShape(input.getShape(), dims, adaptor.getKeepdim()),
                   i64Type(context));
}

LogicalResult VarMeanOp::inferReturnTypes(MLIRContext *context,
                                          MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input ||
      failed(checkAscendingDims(location, adaptor.getDims(), input.getRank())))
    return failure();
  Exprs shape =
      reduceShape(input.getShape(), adaptor.getDims(), adaptor.getKeepdim());
  for (int i = 0; i != 2; ++i)
    if (failed(
            addResult(location, types, context, shape, input.getElementType())))
      return failure();
  return success();
}

LogicalResult ScanOp::inferReturnTypes(MLIRContext *context,
                                       MaybeLocation location, Adaptor adaptor,
                                       InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input || failed(checkDim(location, adaptor.getDim(), input.getRank())))
    return failure();
  if (adaptor.getKind() == ScanKind::Logsumexp &&
      !isa<FloatType, ComplexType>(input.getElementType()))
    return emitOptionalError(location, "'logsumexp' scans floats, got ", input);
  return addResult(location, types, context, input.getShape(),
                   input.getElementType());
}

LogicalResult ScanArgOp::inferReturnTypes(MLIRContext *context,
                                          MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypes &types) {
  StridedTensorType input = getTensorType(location, adaptor.getInput());
  if (!input || failed(checkDim(location, adaptor.getDim(), input.getRank())))
    return failure();
  return success(succeeded(addResult(location, types, context, input.getShape(),
                                     input.getElementType())) &&
                 succeeded(addResult(location, types, context, input.getShape(),
                                     i64Type(context))));
}
