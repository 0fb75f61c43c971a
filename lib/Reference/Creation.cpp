//===- Creation.cpp - Constants and counting ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

static bool makeConstant(graph::ConstantOp op, Operands,
                         MutableArrayRef<Tensor> results) {
  std::optional<Tensor> value = fromElements(op.getValue());
  if (!value || value->shape != results[0].shape)
    return false;
  results[0] = std::move(*value);
  return true;
}

static bool makeFull(graph::FullOp, Operands operands,
                     MutableArrayRef<Tensor> results) {
  for (int64_t i = 0, e = results[0].size(); i < e; ++i)
    copyElement(results[0], i, *operands[0], 0);
  return true;
}

static bool makeIota(graph::IotaOp op, Operands,
                     MutableArrayRef<Tensor> results) {
  for (int64_t i = 0, e = results[0].size(); i < e; ++i)
    results[0].set(i, delinearize(i, results[0].shape)[op.getDim()]);
  return true;
}

void graphc::reference::addCreation(Evaluators &evaluators) {
  add<graph::ConstantOp, makeConstant>(evaluators);
  add<graph::FullOp, makeFull>(evaluators);
  add<graph::IotaOp, makeIota>(evaluators);
}
