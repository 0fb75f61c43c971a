//===- DumpIR.cpp - The IR in a failure's directory -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DumpIR.h"

#include "BlackBox.h"

#include "graphc/Support/FailureDump.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace graphc;

void graphc::writeModule(StringRef name, Operation *op, StringRef pipeline) {
  writeDumpFile(name, [&](raw_ostream &os) {
    Operation *root = op;
    while (Operation *parent = root->getParentOp())
      root = parent;
    OpPrintingFlags flags;
    flags.printGenericOpForm().enableDebugInfo();
    // The limit is for the pipeline too, which is a resource.
    if (!blackBox().dumpWeights)
      flags.elideLargeElementsAttrs(1024).elideLargeResourceString(
          std::max<int64_t>(64, 2 * pipeline.size() + 2));
    AsmState state(root, flags);
    if (!pipeline.empty())
      state.attachResourcePrinter(
          "mlir_reproducer", [&](Operation *, AsmResourceBuilder &builder) {
            builder.buildString("pipeline", pipeline);
            builder.buildBool("disable_threading", true);
            builder.buildBool("verify_each", true);
          });
    root->print(os, state);
    os << '\n';
  });
}

/// A copy of `symbol` for others to refer to: of a function its declaration.
static Operation *copyReferred(Operation *symbol) {
  auto function = dyn_cast<FunctionOpInterface>(symbol);
  if (!function || function.isExternal())
    return symbol->clone();
  Operation *copy = symbol->cloneWithoutRegions();
  SymbolTable::setSymbolVisibility(copy, SymbolTable::Visibility::Private);
  return copy;
}

void graphc::writeFunction(Operation *op, StringRef pipeline) {
  auto module = op->getParentOfType<ModuleOp>();
  if (!module || module->getParentOp())
    return;
  while (op->getParentOp() != module)
    op = op->getParentOp();
  OwningOpRef<ModuleOp> alone = ModuleOp::create(module.getLoc());
  (*alone)->setAttrs(module->getAttrs());
  // What is referred to may refer to more.
  SetVector<Operation *> needed;
  needed.insert(op);
  for (size_t i = 0; i < needed.size(); ++i) {
    bool isWhole = i == 0 || !isa<FunctionOpInterface>(needed[i]);
    auto uses = isWhole ? SymbolTable::getSymbolUses(needed[i]) : std::nullopt;
    if (!uses)
      continue;
    for (SymbolTable::SymbolUse use : *uses)
      if (Operation *symbol = SymbolTable::lookupSymbolIn(
              module, use.getSymbolRef().getRootReference()))
        needed.insert(symbol);
  }
  for (Operation *symbol : needed)
    alone->push_back(symbol == op ? op->clone() : copyReferred(symbol));
  writeModule("function.mlir", *alone, pipeline);
}
