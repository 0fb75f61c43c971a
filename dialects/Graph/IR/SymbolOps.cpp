//===- SymbolOps.cpp - Symbolic sizes as values, and the reverse ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

LogicalResult SizeToTensorOp::inferReturnTypes(MLIRContext *context,
                                               MaybeLocation location,
                                               Adaptor adaptor,
                                               InferredTypes &types) {
  if (adaptor.getValue().isInvalid())
    return emitOptionalError(location, "the size does not fit into 64 bits");
  return addResult(location, types, context, {}, i64Type(context));
}

LogicalResult ItemOp::verify() {
  if (getSymbol().empty())
    return emitOpError("needs a symbol's name");
  return checkRank(getLoc(), "input", getInput().getType(), 0, 0);
}

LogicalResult AssertTensorOp::verify() {
  return checkRank(getLoc(), "condition", getCondition().getType(), 0, 0);
}
