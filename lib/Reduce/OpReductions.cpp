//===- OpReductions.cpp - Drop ops ----------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;

/// From the last one to the first: users before what they use.
static SmallVector<Operation *> listOps(ModuleOp module) {
  SmallVector<Operation *> ops;
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op != module && !op->hasTrait<OpTrait::IsTerminator>())
      ops.push_back(op);
  });
  std::reverse(ops.begin(), ops.end());
  return ops;
}

static unsigned countAll(ModuleOp module) { return listOps(module).size(); }

/// Values that stand for the results of an op; empty: none can.
using Replacer = llvm::function_ref<SmallVector<Value>(Operation *)>;

static bool replaceOps(ModuleOp module, unsigned first, unsigned last,
                       Replacer replace) {
  SmallVector<Operation *> ops = listOps(module);
  last = std::min<unsigned>(last, ops.size());
  bool changed = false;
  for (Operation *op : ArrayRef(ops).slice(first, last - first)) {
    if (!op->use_empty()) {
      SmallVector<Value> values = replace(op);
      if (values.empty())
        continue;
      op->replaceAllUsesWith(values);
    }
    // What is inside comes first in the list.
    op->erase();
    changed = true;
  }
  return changed;
}

static bool replaceWithArguments(ModuleOp module, unsigned first,
                                 unsigned last) {
  return replaceOps(module, first, last, [](Operation *op) {
    SmallVector<Value> values;
    for (OpResult result : op->getResults())
      values.push_back(result.use_empty() ? Value(result)
                                          : makeValue(op, result.getType()));
    return values;
  });
}

static SmallVector<Value> operandsAsResults(Operation *op, bool fromTheBack) {
  SmallVector<Value> operands(op->getOperands());
  if (fromTheBack)
    std::reverse(operands.begin(), operands.end());
  SmallVector<Value> values;
  for (OpResult result : op->getResults()) {
    auto *match = llvm::find_if(operands, [&](Value operand) {
      return operand.getType() == result.getType();
    });
    if (match == operands.end() && !result.use_empty())
      return {};
    values.push_back(match == operands.end() ? Value(result) : *match);
  }
  return values;
}

static bool replaceWithFirstOperands(ModuleOp module, unsigned first,
                                     unsigned last) {
  return replaceOps(module, first, last, [](Operation *op) {
    return operandsAsResults(op, /*fromTheBack=*/false);
  });
}

static bool replaceWithLastOperands(ModuleOp module, unsigned first,
                                    unsigned last) {
  return replaceOps(module, first, last, [](Operation *op) {
    return operandsAsResults(op, /*fromTheBack=*/true);
  });
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// Operands that are results of ops, in order.
static SmallVector<OpOperand *> listOperands(ModuleOp module) {
  SmallVector<OpOperand *> operands;
  module.walk([&](Operation *op) {
    for (OpOperand &operand : op->getOpOperands())
      if (operand.get().getDefiningOp())
        operands.push_back(&operand);
  });
  return operands;
}

static unsigned countOperands(ModuleOp module) {
  return listOperands(module).size();
}

/// Cuts ops off from what makes their operands, one use at a time.
static bool cutOperands(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<OpOperand *> operands = listOperands(module);
  last = std::min<unsigned>(last, operands.size());
  for (OpOperand *operand : ArrayRef(operands).slice(first, last - first))
    operand->set(makeValue(operand->getOwner(), operand->get().getType()));
  return first < last;
}

/// Optional operands, as far as the generic form tells.
static bool dropOperands(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<OpOperand *> operands = listOperands(module);
  last = std::min<unsigned>(last, operands.size());
  if (last != first + 1)
    return false;
  OpOperand *operand = operands[first];
  Operation *op = operand->getOwner();
  unsigned index = operand->getOperandNumber();
  StringRef name =
      OpTrait::AttrSizedOperandSegments<void>::getOperandSegmentSizeAttr();
  if (auto sizes = dyn_cast_or_null<DenseI32ArrayAttr>(
          op->getInherentAttr(name).value_or(Attribute()))) {
    SmallVector<int32_t> left(sizes.asArrayRef());
    unsigned seen = 0;
    for (int32_t &size : left) {
      seen += size;
      if (index < seen) {
        --size;
        break;
      }
    }
    op->setInherentAttr(StringAttr::get(op->getContext(), name),
                        DenseI32ArrayAttr::get(op->getContext(), left));
  }
  op->eraseOperand(index);
  return true;
}

ArrayRef<Reduction> graphc::reduce::opReductions() {
  static constexpr Reduction reductions[] = {
      {"ops to arguments", countAll, replaceWithArguments},
      {"ops to first operands", countAll, replaceWithFirstOperands},
      {"ops to last operands", countAll, replaceWithLastOperands},
      {"operands to arguments", countOperands, cutOperands},
      {"fewer operands", countOperands, dropOperands},
  };
  return reductions;
}
