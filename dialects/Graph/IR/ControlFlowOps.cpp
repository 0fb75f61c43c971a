//===- ControlFlowOps.cpp - Structured control flow -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

void YieldOp::build(OpBuilder &, OperationState &) {}

/// The region yields values that may stand for `expected`.
static LogicalResult checkYields(Operation *op, Region &region, StringRef name,
                                 TypeRange expected) {
  Operation *yield = region.front().getTerminator();
  if (areCompatible(expected, yield->getOperandTypes()))
    return success();
  return op->emitOpError() << "yields (" << yield->getOperandTypes()
                           << ") from " << name << ", expected (" << expected
                           << ")";
}

/// The region takes the carried values.
static LogicalResult checkArguments(Operation *op, Region &region,
                                    StringRef name, TypeRange expected) {
  if (areCompatible(expected, region.getArgumentTypes()))
    return success();
  return op->emitOpError() << name << " takes (" << region.getArgumentTypes()
                           << "), expected (" << expected << ")";
}

LogicalResult CondOp::verifyRegions() {
  if (failed(checkRank(getLoc(), "predicate", getPredicate().getType(), 0, 0)))
    return failure();
  TypeRange types = getResultTypes();
  for (auto [region, name] : {std::pair(&getThenRegion(), "'then'"),
                              std::pair(&getElseRegion(), "'else'")}) {
    if (failed(checkArguments(*this, *region, name, {})) ||
        failed(checkYields(*this, *region, name, types)))
      return failure();
  }
  return success();
}

LogicalResult WhileOp::verifyRegions() {
  TypeRange carried = getInits().getTypes();
  if (!areCompatible(carried, getResultTypes()))
    return emitOpError() << "results (" << getResultTypes()
                         << ") are not the carried (" << carried << ")";
  if (failed(checkArguments(*this, getCondRegion(), "'cond'", carried)) ||
      failed(checkArguments(*this, getBodyRegion(), "'body'", carried)))
    return failure();
  Type boolean = StridedTensorType::get(getContext(), ArrayRef<Expr>(),
                                        boolType(getContext()));
  if (failed(checkYields(*this, getCondRegion(), "'cond'", boolean)))
    return failure();
  return checkYields(*this, getBodyRegion(), "'body'", carried);
}
