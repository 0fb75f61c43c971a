//===- Reference.cpp - Interpreter of graph ops ---------------------------===//
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

static const Evaluators &getEvaluators() {
  static const Evaluators evaluators = [] {
    Evaluators all;
    addElementwise(all);
    addContraction(all);
    addCreation(all);
    addIndexing(all);
    addReduction(all);
    addView(all);
    return all;
  }();
  return evaluators;
}

/// Those whose work `countSteps` does not bound, or whose results are better
/// computed than stored.
static const Evaluators &getUnboundedEvaluators() {
  static const Evaluators evaluators = [] {
    Evaluators all;
    addAttention(all);
    addConvolution(all);
    addNormalization(all);
    addPooling(all);
    addRandom(all);
    addScatter(all);
    addSorting(all);
    addSpecialFunctions(all);
    addMemoryViews(all);
    return all;
  }();
  return evaluators;
}

bool graphc::reference::isSupported(Operation *op) {
  return getEvaluators().contains(op->getName().getStringRef());
}

bool graphc::reference::hasEvaluator(StringRef name) {
  return getEvaluators().contains(name) ||
         getUnboundedEvaluators().contains(name);
}

/// The result of `op` at `index`, zeros, or nothing if it cannot be held.
static std::optional<Tensor> makeResult(Operation *op, unsigned index) {
  auto type =
      dyn_cast<graph::StridedTensorType>(op->getResult(index).getType());
  if (!type || !isSupported(type.getElementType()))
    return std::nullopt;
  std::optional<SmallVector<int64_t>> shape = type.getStaticShape();
  if (!shape)
    return std::nullopt;
  return Tensor(*shape, type.getElementType());
}

std::optional<SmallVector<Tensor, 1>>
graphc::reference::evaluate(Operation *op, ArrayRef<const Tensor *> operands) {
  auto found = getEvaluators().find(op->getName().getStringRef());
  if (found == getEvaluators().end())
    found = getUnboundedEvaluators().find(op->getName().getStringRef());
  if (found == getUnboundedEvaluators().end() || !countSteps(op))
    return std::nullopt;
  SmallVector<Tensor, 1> results;
  for (unsigned i = 0; i < op->getNumResults(); ++i) {
    std::optional<Tensor> result = makeResult(op, i);
    if (!result)
      return std::nullopt;
    results.push_back(std::move(*result));
  }
  if (!found->second(op, operands, results))
    return std::nullopt;
  return results;
}

std::optional<int64_t> graphc::reference::countSteps(Operation *op) {
  // Far beyond what memory holds, far below overflow.
  constexpr int64_t most = int64_t(1) << 40;
  int64_t steps = 1;
  auto count = [&](Type type) -> std::optional<int64_t> {
    auto tensor = dyn_cast<graph::StridedTensorType>(type);
    if (!tensor)
      return std::nullopt;
    std::optional<int64_t> size = tensor.getNumElements().getConstant();
    return size && *size >= 0 && *size < most ? size : std::nullopt;
  };
  for (Type type :
       llvm::concat<const Type>(llvm::to_vector(op->getOperandTypes()),
                                llvm::to_vector(op->getResultTypes()))) {
    std::optional<int64_t> size = count(type);
    if (!size)
      return std::nullopt;
    steps += *size;
  }
  if (isa<graph::MatmulOp, graph::GroupedMatmulOp>(op)) {
    auto lhs = cast<graph::StridedTensorType>(op->getOperand(0).getType());
    std::optional<int64_t> depth = lhs.getDim(lhs.getRank() - 1).getConstant();
    if (!depth || *depth < 0 || steps > most / std::max<int64_t>(*depth, 1))
      return std::nullopt;
    steps *= std::max<int64_t>(*depth, 1);
  }
  return steps < most ? std::optional(steps) : std::nullopt;
}
