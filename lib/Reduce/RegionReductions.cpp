//===- RegionReductions.cpp - Drop regions, blocks and branches -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

/// Ops with regions, inner ones first; one place for each region.
static SmallVector<Region *> listRegions(ModuleOp module) {
  SmallVector<Region *> regions;
  module.walk([&](Operation *op) {
    if (isa<ModuleOp, FunctionOpInterface>(op))
      return;
    for (Region &region : op->getRegions())
      if (region.hasOneBlock() && !region.front().empty())
        regions.push_back(&region);
  });
  return regions;
}

static unsigned countRegions(ModuleOp module) {
  return listRegions(module).size();
}

/// What `argument` is in the first iteration of the loop `op`; null when that
/// is not known or `op` is no loop.
static Value valueInLoop(Operation *op, BlockArgument argument) {
  auto loop = dyn_cast<LoopLikeOpInterface>(op);
  if (!loop)
    return {};
  auto variables = loop.getLoopInductionVars();
  auto bounds = loop.getLoopLowerBounds();
  if (variables && bounds)
    for (auto [variable, bound] : llvm::zip(*variables, *bounds))
      if (auto value = dyn_cast<Value>(bound); value && variable == argument)
        return value;
  if (OpOperand *init = loop.getTiedLoopInit(argument))
    return init->get();
  return {};
}

/// What stands for an argument of a block of `op`: its first value in a loop;
/// the operand at its place, counted from the end, since conditions and bounds
/// come first; one of its type; or a value from nowhere.
static Value valueForArgument(Operation *op, BlockArgument argument) {
  if (Value value = valueInLoop(op, argument))
    return value;
  Type type = argument.getType();
  unsigned left =
      argument.getOwner()->getNumArguments() - argument.getArgNumber();
  unsigned total = op->getNumOperands();
  if (left <= total && op->getOperand(total - left).getType() == type)
    return op->getOperand(total - left);
  for (Value operand : op->getOperands())
    if (operand.getType() == type)
      return operand;
  return makeValue(op, type);
}

/// The ops of a region take the place of the op around it.
static bool inlineRegion(Region *region) {
  Operation *op = region->getParentOp();
  Block &block = region->front();
  Operation *terminator =
      block.back().hasTrait<OpTrait::IsTerminator>() ? &block.back() : nullptr;
  for (BlockArgument argument : block.getArguments())
    argument.replaceAllUsesWith(valueForArgument(op, argument));
  SmallVector<Value> results;
  for (OpResult result : op->getResults()) {
    if (result.use_empty()) {
      results.push_back(result);
      continue;
    }
    unsigned index = result.getResultNumber();
    bool isYielded =
        terminator && index < terminator->getNumOperands() &&
        terminator->getOperand(index).getType() == result.getType();
    results.push_back(isYielded ? terminator->getOperand(index)
                                : makeValue(op, result.getType()));
  }
  if (terminator)
    terminator->erase();
  op->getBlock()->getOperations().splice(Block::iterator(op),
                                         block.getOperations());
  op->replaceAllUsesWith(results);
  op->erase();
  return true;
}

static bool inlineRegions(ModuleOp module, unsigned first, unsigned last) {
  // One at a time: the list is another one afterwards.
  bool changed = false;
  for (unsigned i = first; i < last; ++i) {
    SmallVector<Region *> regions = listRegions(module);
    if (first >= regions.size())
      break;
    changed |= inlineRegion(regions[first]);
  }
  return changed;
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

/// A branch and the one of its successors that stays.
static SmallVector<std::pair<Operation *, unsigned>>
listSuccessors(ModuleOp module) {
  SmallVector<std::pair<Operation *, unsigned>> places;
  module.walk([&](BranchOpInterface branch) {
    if (branch->getNumSuccessors() > 1)
      for (unsigned i = 0; i < branch->getNumSuccessors(); ++i)
        places.push_back({branch, i});
  });
  return places;
}

static unsigned countSuccessors(ModuleOp module) {
  return listSuccessors(module).size();
}

static void simplifyBlocks(ModuleOp module) {
  IRRewriter rewriter(module.getContext());
  for (FunctionOpInterface function : definitions(module))
    (void)eraseUnreachableBlocks(rewriter, function->getRegions());
}

/// The unconditional branch of the dialect that `op` belongs to.
static std::string plainBranch(Operation *op) {
  return (op->getName().getDialectNamespace() + ".br").str();
}

static bool chooseSuccessors(ModuleOp module, unsigned first, unsigned last) {
  auto places = listSuccessors(module);
  last = std::min<unsigned>(last, places.size());
  bool changed = false;
  Operation *done = nullptr;
  for (unsigned i = first; i < last; ++i) {
    auto [op, index] = places[i];
    if (op == done)
      continue;
    done = op;
    OpBuilder builder(op);
    OperationState state(op->getLoc(), plainBranch(op));
    if (!state.name.isRegistered())
      return false;
    auto operands = cast<BranchOpInterface>(op).getSuccessorOperands(index);
    if (operands.getProducedOperandCount())
      return false;
    state.addOperands(operands.getForwardedOperands());
    state.addSuccessors(op->getSuccessor(index));
    builder.create(state);
    op->erase();
    changed = true;
  }
  if (changed)
    simplifyBlocks(module);
  return changed;
}

/// Blocks that end in a branch.
static SmallVector<Block *> listBlocks(ModuleOp module) {
  SmallVector<Block *> blocks;
  for (FunctionOpInterface function : definitions(module))
    for (Block &block : function.getFunctionBody())
      if (!block.empty() && !block.back().hasTrait<OpTrait::ReturnLike>() &&
          block.back().getNumSuccessors())
        blocks.push_back(&block);
  return blocks;
}

static unsigned countBlocks(ModuleOp module) {
  return listBlocks(module).size();
}

/// The function returns at the end of a block.
static bool endFunctions(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<Block *> blocks = listBlocks(module);
  last = std::min<unsigned>(last, blocks.size());
  bool changed = false;
  for (Block *block : ArrayRef(blocks).slice(first, last - first)) {
    auto function = cast<FunctionOpInterface>(block->getParentOp());
    Operation &end = block->back();
    OpBuilder builder(&end);
    OperationState state(
        end.getLoc(),
        (function->getName().getDialectNamespace() + ".return").str());
    if (!state.name.isRegistered())
      return false;
    for (Type type : function.getResultTypes())
      state.addOperands(makeValue(&end, type));
    builder.create(state);
    end.erase();
    changed = true;
  }
  if (changed)
    simplifyBlocks(module);
  return changed;
}

static bool mergeBlocks(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<Block *> blocks = listBlocks(module);
  last = std::min<unsigned>(last, blocks.size());
  SmallPtrSet<Block *, 4> merged;
  for (unsigned i = last; i-- > first;) {
    Block *block = blocks[i];
    if (merged.contains(block))
      continue;
    auto branch = dyn_cast<BranchOpInterface>(block->back());
    if (!branch || branch->getNumSuccessors() != 1)
      continue;
    Block *next = branch->getSuccessor(0);
    if (next->getSinglePredecessor() != block || next == block)
      continue;
    SuccessorOperands operands = branch.getSuccessorOperands(0);
    if (operands.getProducedOperandCount())
      continue;
    for (auto [argument, value] :
         llvm::zip(next->getArguments(), operands.getForwardedOperands()))
      argument.replaceAllUsesWith(value);
    branch->erase();
    block->getOperations().splice(block->end(), next->getOperations());
    next->erase();
    merged.insert(next);
  }
  return !merged.empty();
}

/// Arguments of blocks within functions take a value from nowhere.
static SmallVector<BlockArgument> listBlockArguments(ModuleOp module) {
  SmallVector<BlockArgument> arguments;
  for (FunctionOpInterface function : definitions(module))
    for (Block &block : llvm::drop_begin(function.getFunctionBody()))
      llvm::append_range(arguments, block.getArguments());
  return arguments;
}

static unsigned countBlockArguments(ModuleOp module) {
  return listBlockArguments(module).size();
}

static bool dropBlockArguments(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<BlockArgument> arguments = listBlockArguments(module);
  last = std::min<unsigned>(last, arguments.size());
  for (unsigned i = last; i-- > first;) {
    BlockArgument argument = arguments[i];
    Block *block = argument.getOwner();
    unsigned index = argument.getArgNumber();
    for (auto it = block->pred_begin(); it != block->pred_end(); ++it) {
      auto branch = dyn_cast<BranchOpInterface>((*it)->getTerminator());
      if (!branch)
        return false;
      SuccessorOperands operands =
          branch.getSuccessorOperands(it.getSuccessorIndex());
      if (operands.isOperandProduced(index))
        return false;
      operands.erase(index);
    }
    if (!argument.use_empty())
      argument.replaceAllUsesWith(
          makeValue(&block->front(), argument.getType()));
    block->eraseArgument(index);
  }
  return first < last;
}

ArrayRef<Reduction> graphc::reduce::regionReductions() {
  static constexpr Reduction reductions[] = {
      {"regions", countRegions, inlineRegions},
      {"ends of functions", countBlocks, endFunctions},
      {"branches", countSuccessors, chooseSuccessors},
      {"arguments of blocks", countBlockArguments, dropBlockArguments},
      {"blocks", countBlocks, mergeBlocks},
  };
  return reductions;
}
