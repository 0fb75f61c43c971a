//===- CallReductions.cpp - Calls and the functions behind them -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;

/// The function that is called; null when it is not known, as in calls that
/// lost their attributes.
static FunctionOpInterface findCallee(CallOpInterface call) {
  auto name = dyn_cast_or_null<SymbolRefAttr>(call.getCallableForCallee());
  if (!name)
    return {};
  return dyn_cast_or_null<FunctionOpInterface>(
      SymbolTable::lookupNearestSymbolFrom(call, name));
}

/// Calls of functions of the module that have one block.
static SmallVector<CallOpInterface> listCalls(ModuleOp module) {
  SmallVector<CallOpInterface> calls;
  module.walk([&](CallOpInterface call) {
    FunctionOpInterface function = findCallee(call);
    if (function && function.getFunctionBody().hasOneBlock() &&
        !function->isAncestor(call))
      calls.push_back(call);
  });
  return calls;
}

static unsigned countCalls(ModuleOp module) { return listCalls(module).size(); }

/// The body of the function takes the place of the call; a function without
/// other users goes.
static bool inlineCall(CallOpInterface call) {
  FunctionOpInterface function = findCallee(call);
  Block &body = function.getFunctionBody().front();
  if (body.empty() || !body.back().hasTrait<OpTrait::ReturnLike>() ||
      call.getArgOperands().size() != body.getNumArguments())
    return false;
  OpBuilder builder(call);
  IRMapping mapping;
  mapping.map(body.getArguments(), call.getArgOperands());
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping);
  SmallVector<Value> results;
  for (Value value : body.back().getOperands())
    results.push_back(mapping.lookupOrDefault(value));
  if (results.size() != call->getNumResults())
    return false;
  call->replaceAllUsesWith(results);
  call->erase();
  auto uses = SymbolTable::getSymbolUses(function, function->getParentOp());
  if (uses && uses->empty())
    function->erase();
  return true;
}

static bool inlineCalls(ModuleOp module, unsigned first, unsigned last) {
  // One at a time: the list is another one afterwards.
  bool changed = false;
  for (unsigned i = first; i < last; ++i) {
    SmallVector<CallOpInterface> calls = listCalls(module);
    if (first >= calls.size())
      break;
    if (!inlineCall(calls[first]))
      return changed;
    changed = true;
  }
  return changed;
}

SmallVector<Operation *>
graphc::reduce::listCallers(FunctionOpInterface function) {
  SmallVector<Operation *> calls;
  Operation *around = function->getParentOp();
  auto uses = SymbolTable::getSymbolUses(function, around);
  if (!uses)
    return calls;
  for (const SymbolTable::SymbolUse &use : *uses)
    if (isa<CallOpInterface>(use.getUser()))
      calls.push_back(use.getUser());
  return calls;
}

bool graphc::reduce::eraseArgument(FunctionOpInterface function,
                                   unsigned index) {
  for (Operation *op : listCallers(function)) {
    auto call = cast<CallOpInterface>(op);
    if (index >= call.getArgOperands().size())
      return false;
    call.getArgOperandsMutable().slice(index, 1).erase(0);
  }
  return succeeded(function.eraseArgument(index));
}

/// The call without its result number `index`; users of that have a value from
/// nowhere.
static void eraseCallResult(Operation *call, unsigned index) {
  OperationState state(call->getLoc(), call->getName(), call->getOperands(), {},
                       call->getAttrs());
  for (OpResult result : call->getResults())
    if (result.getResultNumber() != index)
      state.addTypes(result.getType());
  OpBuilder builder(call);
  Operation *other = builder.create(state);
  unsigned next = 0;
  for (OpResult result : call->getResults()) {
    bool isErased = result.getResultNumber() == index;
    if (isErased && !result.use_empty())
      result.replaceAllUsesWith(makeValue(call, result.getType()));
    else if (!isErased)
      result.replaceAllUsesWith(other->getResult(next++));
  }
  call->erase();
}

bool graphc::reduce::eraseResult(FunctionOpInterface function, unsigned index) {
  for (Operation *call : listCallers(function)) {
    if (index >= call->getNumResults())
      return false;
    eraseCallResult(call, index);
  }
  llvm::BitVector dropped(function.getNumResults());
  dropped.set(index);
  return succeeded(function.eraseResults(dropped));
}

void graphc::reduce::renewCalls(ModuleOp module) {
  // A function that gets arguments may have callers in others, to which that
  // happens then.
  bool changed = true;
  for (unsigned round = 0; changed && round < 8; ++round) {
    changed = false;
    module.walk([&](CallOpInterface call) {
      FunctionOpInterface function = findCallee(call);
      if (!function)
        return;
      SmallVector<Value> operands(call.getArgOperands());
      ArrayRef<Type> types = function.getArgumentTypes();
      if (operands.size() >= types.size())
        return;
      for (Type type : types.drop_front(operands.size()))
        operands.push_back(makeValue(call, type));
      call.getArgOperandsMutable().assign(operands);
      changed = true;
    });
  }
}

ArrayRef<Reduction> graphc::reduce::callReductions() {
  static constexpr Reduction reductions[] = {
      {"calls to bodies", countCalls, inlineCalls},
  };
  return reductions;
}
