//===- FunctionReductions.cpp - Drop arguments and results ----------------===//
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

ArrayRef<Reduction> graphc::reduce::functionReductions() {
  static constexpr Reduction reductions[] = {
      {"results", countResults, dropResults},
      {"bodies", countDefinitions, dropBodies},
      {"unused arguments", countArguments, dropUnusedArguments},
      {"arguments to others", countArguments, mergeArguments},
  };
  return reductions;
}
