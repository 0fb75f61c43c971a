//===- OutlineKernels.cpp - Kernels become functions ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/ExpectBuffers.h"
#include "graphc/Transforms/Passes.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringMap.h"

namespace graphc {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// The region as text without name and locations: equal text, equal code.
static std::string fingerprint(kernel::RegionOp region, OpBuilder &builder) {
  StringAttr name = region.getKernelNameAttr();
  region.setKernelNameAttr(builder.getStringAttr(""));
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (Type type : region->getOperandTypes())
    stream << type << ' ';
  // Constants among the operands matter to the emitted code only as values.
  stream << region->getDiscardableAttrDictionary();
  stream << kernel::stringifyForm(region.getForm());
  if (DictionaryAttr schedule = region.getScheduleAttr())
    stream << schedule;
  AsmState state(region, OpPrintingFlags().useLocalScope());
  // The body refers to nothing outside, so that its text is the whole of it.
  for (Operation &op : region.getBody().front())
    op.print(stream, state);
  region.setKernelNameAttr(name);
  return text;
}

namespace {
struct OutlineKernels : graphc::impl::OutlineKernelsBase<OutlineKernels> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    OpBuilder builder(&getContext());
    SymbolTable symbols(module);
    llvm::StringMap<func::FuncOp> known;
    SmallVector<kernel::RegionOp> regions;
    module.walk([&](kernel::RegionOp region) { regions.push_back(region); });
    for (kernel::RegionOp region : regions)
      if (failed(expectBuffers(region, "gives", region.getResultTypes())))
        return signalPassFailure();
    for (kernel::RegionOp region : regions) {
      builder.setInsertionPoint(region);
      func::FuncOp &function = known[fingerprint(region, builder)];
      if (function)
        ++numShared;
      else
        function = outline(region, symbols);
      builder.setInsertionPoint(region);
      func::CallOp::create(builder, region.getLoc(), function,
                           region.getOperands());
      region.erase();
    }
  }

  func::FuncOp outline(kernel::RegionOp region, SymbolTable &symbols) {
    OpBuilder builder(&getContext());
    auto type = builder.getFunctionType(region->getOperandTypes(), {});
    auto function = func::FuncOp::create(
        region.getLoc(), ("kernel_" + region.getKernelName()).str(), type);
    function.setPrivate();
    symbols.insert(function);
    Block *entry = function.addEntryBlock();
    builder.setInsertionPointToStart(entry);
    // By position: a buffer that is given twice here may be two elsewhere.
    builder.clone(*region)->setOperands(entry->getArguments());
    func::ReturnOp::create(builder, region.getLoc());
    return function;
  }
};
} // namespace
