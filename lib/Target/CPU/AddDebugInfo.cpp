//===- AddDebugInfo.cpp - Lines of the model for debuggers ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/CPU/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/Path.h"

namespace graphc {
#define GEN_PASS_DEF_CPUADDDEBUGINFO
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;

/// The first line of a source that a location names.
static FileLineColLoc findLine(Location location) {
  FileLineColLoc found;
  location->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file || file.getLine() == 0)
      return WalkResult::advance();
    found = file;
    return WalkResult::interrupt();
  });
  return found;
}

namespace {
struct CPUAddDebugInfo : graphc::impl::CPUAddDebugInfoBase<CPUAddDebugInfo> {
  using Base::Base;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    source = name;
    if (auto loc = dyn_cast<FileLineColLoc>(getOperation().getLoc()))
      source = loc.getFilename();
    auto unit = LLVM::DICompileUnitAttr::get(
        makeId(), llvm::dwarf::DW_LANG_Python, getFile(source),
        StringAttr::get(context, "graphc"), /*isOptimized=*/true,
        LLVM::DIEmissionKind::LineTablesOnly, LLVM::DINameTableKind::None);
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>())
      if (!function.isExternal())
        describe(function, unit);
  }

private:
  /// The file that the module was made from.
  StringRef source;

  DistinctAttr makeId() {
    return DistinctAttr::create(UnitAttr::get(&getContext()));
  }

  /// The input goes without its folder: objects are the same wherever it lies.
  LLVM::DIFileAttr getFile(StringRef path) {
    return LLVM::DIFileAttr::get(
        &getContext(), llvm::sys::path::filename(path),
        path == source ? "" : llvm::sys::path::parent_path(path));
  }

  /// Gives `function` a scope and each of its operations one line: that of the
  /// function where it has none. A line of another file is in a scope of that
  /// file.
  void describe(LLVM::LLVMFuncOp function, LLVM::DICompileUnitAttr unit) {
    FileLineColLoc place = findLine(function.getLoc());
    function.walk([&](Operation *op) {
      if (!place)
        place = findLine(op->getLoc());
    });
    if (!place) {
      function.walk(
          [&](Operation *op) { op->setLoc(UnknownLoc::get(&getContext())); });
      return;
    }
    LLVM::DIFileAttr file = getFile(place.getFilename().getValue());
    auto type = LLVM::DISubroutineTypeAttr::get(&getContext(), {});
    StringAttr symbol = function.getSymNameAttr();
    auto scope = LLVM::DISubprogramAttr::get(
        &getContext(), makeId(), unit, file, symbol, symbol, file,
        place.getLine(), place.getLine(),
        LLVM::DISubprogramFlags::Definition |
            LLVM::DISubprogramFlags::Optimized,
        type, /*retainedNodes=*/{}, /*annotations=*/{});
    function.walk([&](Operation *op) {
      FileLineColLoc line = findLine(op->getLoc());
      if (op == function || !line)
        line = place;
      LLVM::DIScopeAttr inner = scope;
      if (op != function && line.getFilename() != place.getFilename())
        inner = LLVM::DILexicalBlockFileAttr::get(
            scope, getFile(line.getFilename().getValue()), /*discriminator=*/0);
      op->setLoc(FusedLoc::get({line}, inner, &getContext()));
    });
    for (Block &block : function)
      for (BlockArgument argument : block.getArguments())
        argument.setLoc(function.getLoc());
  }
};
} // namespace
