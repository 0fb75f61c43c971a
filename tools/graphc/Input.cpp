//===- Input.cpp - What a compilation reads -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compilation.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Import/ExternWeight.h"
#include "graphc/Import/Import.h"
#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/Passes.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace graphc;

/// Prints structured errors; only when all of them say so is the input merely
/// unsupported.
LogicalResult Compilation::refuse(ArrayRef<loader::Error> errors) {
  bool isUnsupported = true;
  for (loader::Error error : errors) {
    std::string help = std::exchange(error.help, "");
    std::string text =
        error.format() + "\n" + formatHelp(error.errorClass, help);
    llvm::errs() << text << '\n';
    recordRefusal(text);
    if (collector)
      collector->sawDiagnostic(DiagnosticSeverity::Error, text);
    isUnsupported &= error.isUnsupported();
  }
  status = isUnsupported ? Unsupported : CompilationFailed;
  return failure();
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

LogicalResult Compilation::load() {
  return session.runStage("load", nullptr, [&]() -> LogicalResult {
    auto result = loader::load(options.input, options.load);
    if (!result)
      return refuse(result.error());
    program = std::move(*result);
    for (const loader::Error &warning : program->warnings)
      llvm::errs() << warning.format("warning") << '\n';
    if (collector)
      collector->addProgram(*program);
    writeDumpFile("program.txt",
                  [&](raw_ostream &os) { os << loader::print(*program); });
    writeDumpFile("weights.txt", [&](raw_ostream &os) {
      os << loader::printWeights(*program);
    });
    return success();
  });
}

LogicalResult Compilation::import() {
  return session.runStage("import", nullptr, [&]() -> LogicalResult {
    ImportOptions how;
    how.externWeights = options.weights == DriverOptions::Weights::Extern;
    ImportResult result = importProgram(session.getContext(), *program, how);
    if (!result)
      return refuse(result.errors);
    module = std::move(result.module);
    if (collector)
      collector->addModule(*module);
    return success();
  });
}

/// Refuses constants without values, which would silently be something else.
static LogicalResult checkConstants(ModuleOp module) {
  bool isComplete = true;
  AttrTypeWalker walker;
  walker.addWalk([&](DenseResourceElementsAttr attr) {
    if (attr.getRawHandle().getBlob() || isExternal(attr))
      return;
    if (isComplete)
      withCode("module-values", emitError(module.getLoc()))
          << "the values of '" << attr.getRawHandle().getKey()
          << "' were left out when this file was written; write it with "
             "--keep-weights, or take zeros with --fill-elided";
    isComplete = false;
  });
  module->walk([&](Operation *op) { walker.walk(op->getAttrDictionary()); });
  return success(isComplete);
}

/// Opens a text as the loader opens its files; does not wait for what a pipe
/// may bring.
static std::optional<loader::Error> openText(StringRef path,
                                             llvm::SourceMgr &sources) {
  loader::Error error;
  error.errorClass = "input-open";
  error.file = path.str();
  llvm::sys::fs::file_status status;
  std::error_code code = llvm::sys::fs::status(path, status);
  if (!code && !llvm::sys::fs::is_regular_file(status)) {
    error.errorClass = "input-kind";
    error.message = llvm::sys::fs::is_directory(status)
                        ? "a directory, expected a file"
                        : "not a regular file";
    return error;
  }
  if (!code) {
    auto text = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
    if (text) {
      sources.AddNewSourceBuffer(std::move(*text), llvm::SMLoc());
      return std::nullopt;
    }
    code = text.getError();
  }
  error.message = "cannot open: " + code.message();
  return error;
}

LogicalResult Compilation::parse() {
  LogicalResult result =
      session.runStage("load", nullptr, [&]() -> LogicalResult {
        llvm::SourceMgr sources;
        if (std::optional<loader::Error> error =
                openText(options.input, sources))
          return refuse(*error);
        module = parseSourceFile<ModuleOp>(sources, &session.getContext());
        if (!module)
          recordRefusal("the text is no valid module");
        else
          dumpProgram(*module);
        if (module && collector)
          collector->addModule(*module);
        return success(bool(module));
      });
  if (failed(result))
    return failure();
  if (!options.fillElided)
    return checkConstants(*module);
  return session.runPipeline("fill", *module, [](OpPassManager &pm) {
    pm.addPass(createFillElidedConstants());
  });
}
