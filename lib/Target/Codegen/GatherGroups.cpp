//===- GatherGroups.cpp - Loops over groups become part of kernels --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GroupLoops.h"
#include "graphc/Target/Codegen/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

namespace graphc {
#define GEN_PASS_DEF_GATHERGROUPS
#include "graphc/Target/Codegen/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// The only kernel that `loop` calls, if all else only reads.
static func::CallOp findCall(scf::ForOp loop) {
  func::CallOp found;
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (auto call = dyn_cast<func::CallOp>(op)) {
      if (found)
        return nullptr;
      found = call;
    } else if (op.getNumRegions() || isa<memref::ViewOp>(op) ||
               !(isMemoryEffectFree(&op) || isa<memref::LoadOp>(op))) {
      return nullptr;
    }
  }
  return found;
}

/// `loop` as a function of what it takes from outside, with the kernel that it
/// calls in it.
static func::FuncOp makeFunction(scf::ForOp loop, func::CallOp call,
                                 func::FuncOp kernel,
                                 ArrayRef<Value> captured) {
  OpBuilder builder(loop.getContext());
  Location loc = loop.getLoc();
  auto types = llvm::map_to_vector(captured,
                                   [](Value value) { return value.getType(); });
  auto function =
      func::FuncOp::create(loc, (kernel.getName() + "_of_groups").str(),
                           builder.getFunctionType(types, {}));
  function.setPrivate();
  builder.setInsertionPointToStart(function.addEntryBlock());
  IRMapping mapping;
  mapping.map(captured, function.getArguments());
  llvm::SetVector<Value> used(loop->operand_begin(), loop->operand_end());
  getUsedValuesDefinedAbove(loop.getRegion(), used);
  for (Value value : used)
    if (!mapping.contains(value))
      builder.clone(*value.getDefiningOp(), mapping);
  auto copy = cast<scf::ForOp>(builder.clone(*loop, mapping));
  func::ReturnOp::create(builder, loc);
  auto inside = *copy.getBody()->getOps<func::CallOp>().begin();
  builder.setInsertionPoint(inside);
  IRMapping arguments;
  arguments.map(kernel.getArguments(), inside.getOperands());
  for (Operation &op : kernel.getBody().front().without_terminator())
    builder.clone(op, arguments);
  inside.erase();
  return function;
}

static std::string print(func::FuncOp function) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << function.getFunctionType();
  AsmState state(function, OpPrintingFlags().useLocalScope());
  for (Operation &op : function.getBody().front())
    op.print(stream, state);
  return text;
}

namespace {
struct GatherGroups : graphc::impl::GatherGroupsBase<GatherGroups> {
  void runOnOperation() override {
    SmallVector<scf::ForOp> loops;
    getOperation()->walk([&](scf::ForOp loop) {
      if (loop->hasAttr(codegen::groupsAttrName) && loop.use_empty())
        loops.push_back(loop);
    });
    SymbolTable symbols(getOperation());
    llvm::StringMap<func::FuncOp> known;
    for (scf::ForOp loop : loops)
      gather(loop, symbols, known);
  }

  void gather(scf::ForOp loop, SymbolTable &symbols,
              llvm::StringMap<func::FuncOp> &known) {
    func::CallOp call = findCall(loop);
    auto kernel =
        call ? symbols.lookup<func::FuncOp>(call.getCallee()) : func::FuncOp();
    if (!kernel || kernel.isExternal() || !kernel.getBody().hasOneBlock() ||
        !llvm::hasSingleElement(kernel.getOps<kernel::RegionOp>()))
      return;
    llvm::SetVector<Value> used(loop->operand_begin(), loop->operand_end());
    getUsedValuesDefinedAbove(loop.getRegion(), used);
    SmallVector<Value> captured =
        llvm::filter_to_vector(used.getArrayRef(), [](Value value) {
          return !matchPattern(value, m_Constant());
        });
    func::FuncOp function = makeFunction(loop, call, kernel, captured);
    func::FuncOp &same = known[print(function)];
    if (same)
      function.erase();
    else
      symbols.insert(same = function);
    OpBuilder builder(loop);
    func::CallOp::create(builder, loop.getLoc(), same, captured);
    loop.erase();
    if (kernel.symbolKnownUseEmpty(getOperation()))
      symbols.erase(kernel);
  }
};
} // namespace
