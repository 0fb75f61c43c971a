//===- RandomOps.cpp - Random bits ----------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Inference.h"

using namespace mlir;
using namespace graphc::graph;

LogicalResult PhiloxOp::inferReturnTypes(MLIRContext *context,
                                         MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypes &types) {
  StridedTensorType seed = getTensorType(location, adaptor.getSeed()),
                    call = getTensorType(location, adaptor.getCall());
  if (!seed || !call || failed(checkRank(location, "seed", seed, 0, 0)) ||
      failed(checkRank(location, "call", call, 0, 0)))
    return failure();
  return addResult(location, types, context, adaptor.getShape(),
                   i64Type(context));
}
