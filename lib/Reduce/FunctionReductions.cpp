//===- FunctionReductions.cpp - Drop arguments and results ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;

namespace {
/// An argument or a result, by its number.
struct Place {
  FunctionOpInterface function;
  unsigned index;
};
} // namespace

template <typename Count>
static SmallVector<Place> listPlaces(ModuleOp module, Count count) {
  SmallVector<Place> places;
  for (FunctionOpInterface function : definitions(module))
    for (unsigned i = 0, end = count(function); i < end; ++i)
      places.push_back({function, i});
  return places;
}

static SmallVector<Place> listResults(ModuleOp module) {
  return listPlaces(module, [](FunctionOpInterface function) {
    return function.getNumResults();
  });
}

static SmallVector<Place> listArguments(ModuleOp module) {
  return listPlaces(module, [](FunctionOpInterface function) {
    return function.getNumArguments();
  });
}

static unsigned countResults(ModuleOp module) {
  return listResults(module).size();
}

static unsigned countArguments(ModuleOp module) {
  return listArguments(module).size();
}

static bool dropResults(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<Place> places = listResults(module);
  last = std::min<unsigned>(last, places.size());
  // From the back, so that the numbers of the others stay.
  for (unsigned i = last; i-- > first;) {
    auto [function, index] = places[i];
    for (Block &block : function.getFunctionBody()) {
      if (block.empty())
        return false;
      Operation &end = block.back();
      if (!end.hasTrait<OpTrait::ReturnLike>())
        continue;
      if (index >= end.getNumOperands())
        return false;
      end.eraseOperand(index);
    }
    if (!eraseResult(function, index))
      return false;
  }
  return first < last;
}

static bool dropUnusedArguments(ModuleOp module, unsigned first,
                                unsigned last) {
  SmallVector<Place> places = listArguments(module);
  last = std::min<unsigned>(last, places.size());
  bool changed = false;
  for (unsigned i = last; i-- > first;) {
    auto [function, index] = places[i];
    if (!function.getArgument(index).use_empty())
      continue;
    if (!eraseArgument(function, index))
      return false;
    changed = true;
  }
  return changed;
}

/// Users of an argument take an earlier one of its type.
static bool mergeArguments(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<Place> places = listArguments(module);
  last = std::min<unsigned>(last, places.size());
  bool changed = false;
  for (unsigned i = last; i-- > first;) {
    auto [function, index] = places[i];
    BlockArgument argument = function.getArgument(index);
    for (BlockArgument other : function.getArguments().take_front(index)) {
      if (other.getType() != argument.getType() || argument.use_empty())
        continue;
      argument.replaceAllUsesWith(other);
      changed = true;
      break;
    }
  }
  return changed;
}

/// Functions that somebody calls become declarations.
static unsigned countDefinitions(ModuleOp module) {
  return definitions(module).size();
}

static bool dropBodies(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<FunctionOpInterface> functions = definitions(module);
  last = std::min<unsigned>(last, functions.size());
  for (unsigned i = first; i < last; ++i) {
    functions[i].getFunctionBody().dropAllReferences();
    functions[i].getFunctionBody().getBlocks().clear();
    SymbolTable::setSymbolVisibility(functions[i],
                                     SymbolTable::Visibility::Private);
  }
  return first < last;
}

//===----------------------------------------------------------------------===//
// Returned values
//===----------------------------------------------------------------------===//

/// Ops of functions of one block that nobody calls; the last ones first.
static SmallVector<Operation *> listReturnable(ModuleOp module) {
  SmallVector<Operation *> ops;
  for (FunctionOpInterface function : definitions(module)) {
    Region &body = function.getFunctionBody();
    if (!body.hasOneBlock() || body.front().empty() ||
        !body.front().back().hasTrait<OpTrait::ReturnLike>() ||
        !listCallers(function).empty())
      continue;
    for (Operation &op : llvm::reverse(body.front().without_terminator()))
      if (op.getNumResults() == 1)
        ops.push_back(&op);
  }
  return ops;
}

static unsigned countReturnable(ModuleOp module) {
  return listReturnable(module).size();
}

/// The function returns what an op makes and does nothing else: what is stored
/// to be seen needs no stores.
static bool returnValues(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<Operation *> ops = listReturnable(module);
  if (last != first + 1 || first >= ops.size())
    return false;
  Operation *op = ops[first];
  Block *block = op->getBlock();
  SetVector<Operation *> needed;
  needed.insert(op);
  for (unsigned i = 0; i < needed.size(); ++i)
    needed[i]->walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        if (Operation *maker = operand.getDefiningOp())
          if (Operation *around = block->findAncestorOpInBlock(*maker))
            needed.insert(around);
    });
  Operation &end = block->back();
  if (end.getNumOperands() == 1 && end.getOperand(0) == op->getResult(0) &&
      needed.size() + 1 == block->getOperations().size())
    return false;
  end.setOperands(op->getResults());
  SmallVector<Operation *> others;
  for (Operation &other : block->without_terminator())
    if (!needed.contains(&other))
      others.push_back(&other);
  for (Operation *other : llvm::reverse(others)) {
    other->dropAllUses();
    other->erase();
  }
  renewResultTypes(cast<FunctionOpInterface>(block->getParentOp()));
  return true;
}

ArrayRef<Reduction> graphc::reduce::returnReductions() {
  static constexpr Reduction reductions[] = {
      {"values to results", countReturnable, returnValues},
  };
  return reductions;
}

ArrayRef<Reduction> graphc::reduce::functionReductions() {
  static constexpr Reduction reductions[] = {
      {"results", countResults, dropResults},
      {"bodies", countDefinitions, dropBodies},
      {"unused arguments", countArguments, dropUnusedArguments},
      {"arguments to others", countArguments, mergeArguments},
  };
  return reductions;
}
