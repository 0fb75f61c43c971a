//===- AddDebugInfo.cpp - Lines of the model for debuggers ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/CPU/Passes.h"

#include "graphc/Support/Provenance.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/Path.h"

namespace graphc {
#define GEN_PASS_DEF_CPUADDDEBUGINFO
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// What debuggers and profilers call a function: "encoder.layer.0: linear,
/// gelu". A kernel that several places of the model share has the name of the
/// first one and says how many more there are.
static std::string nameForPeople(LLVM::LLVMFuncOp function, unsigned numCalls) {
  Provenance place = getProvenance(function.getLoc());
  if (place.nodes.empty())
    return function.getSymName().str();
  std::string name = place.modulePath;
  name += name.empty() ? "" : ": ";
  // A fused kernel may have dozens.
  constexpr size_t most = 6;
  size_t shown = std::min(place.nodes.size(), most);
  name += llvm::join(ArrayRef(place.nodes).take_front(shown), ", ");
  if (shown < place.nodes.size())
    name += ", ...";
  if (numCalls > 1)
    name += " (and " + std::to_string(numCalls - 1) + " more)";
  return name;
}

/// The line of `function`: its own, or the first of its operations.
static FileLineColLoc findLine(LLVM::LLVMFuncOp function) {
  FileLineColLoc line = getProvenance(function.getLoc()).line;
  function.walk([&](Operation *op) {
    if (!line)
      line = getProvenance(op->getLoc()).line;
  });
  return line;
}

namespace {
struct CPUAddDebugInfo : graphc::impl::CPUAddDebugInfoBase<CPUAddDebugInfo> {
  using Base::Base;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    source = name;
    numCalls.clear();
    if (auto loc = dyn_cast<FileLineColLoc>(getOperation().getLoc()))
      source = loc.getFilename();
    auto unit = LLVM::DICompileUnitAttr::get(
        makeId(), llvm::dwarf::DW_LANG_Python, getFile(source),
        StringAttr::get(context, "graphc"), /*isOptimized=*/true,
        LLVM::DIEmissionKind::Full, LLVM::DINameTableKind::None);
    getOperation().walk([&](LLVM::CallOp call) {
      if (std::optional<StringRef> callee = call.getCallee())
        ++numCalls[*callee];
    });
    llvm::MapVector<LLVM::LLVMFuncOp, FileLineColLoc> lines;
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>())
      if (!function.isExternal())
        lines[function] = findLine(function);
    // Inlined lines are kept in functions that have one. The entry is made of
    // nothing in the model.
    for (auto &[function, line] : lines)
      function.walk([&, &line = line](LLVM::CallOp call) {
        std::optional<StringRef> callee = call.getCallee();
        auto called =
            callee ? getOperation().lookupSymbol<LLVM::LLVMFuncOp>(*callee)
                   : LLVM::LLVMFuncOp();
        if (!line && called && called.isAlwaysInline())
          line = lines.lookup(called);
      });
    for (auto [function, line] : lines)
      describe(function, line, unit);
  }

private:
  /// The file that the module was made from.
  StringRef source;
  llvm::StringMap<unsigned> numCalls;

  DistinctAttr makeId() {
    return DistinctAttr::create(UnitAttr::get(&getContext()));
  }

  /// The input goes without its folder: objects are the same wherever it lies.
  LLVM::DIFileAttr getFile(StringRef path) {
    return LLVM::DIFileAttr::get(
        &getContext(), llvm::sys::path::filename(path),
        path == source ? "" : llvm::sys::path::parent_path(path));
  }

  /// Gives `function`, of line `place`, a scope and each of its operations one
  /// line: that of the function where it has none. A line of another file is in
  /// a scope of that file.
  void describe(LLVM::LLVMFuncOp function, FileLineColLoc place,
                LLVM::DICompileUnitAttr unit) {
    if (!place) {
      function.walk(
          [&](Operation *op) { op->setLoc(UnknownLoc::get(&getContext())); });
      return;
    }
    LLVM::DIFileAttr file = getFile(place.getFilename().getValue());
    auto type = LLVM::DISubroutineTypeAttr::get(&getContext(), {});
    StringAttr symbol = function.getSymNameAttr();
    StringAttr name = StringAttr::get(
        &getContext(),
        nameForPeople(function, numCalls.lookup(symbol.getValue())));
    auto scope = LLVM::DISubprogramAttr::get(
        &getContext(), makeId(), unit, file, name, symbol, file,
        place.getLine(), place.getLine(),
        LLVM::DISubprogramFlags::Definition |
            LLVM::DISubprogramFlags::Optimized,
        type, /*retainedNodes=*/{}, /*annotations=*/{});
    function.walk([&](Operation *op) {
      FileLineColLoc line = getProvenance(op->getLoc()).line;
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
