//===- Driver.cpp - From a file to an artefact ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include "graphc/Import/Import.h"
#include "graphc/Pipelines/Registration.h"
#include "graphc/Support/Passes.h"
#include "graphc/Support/Pipeline.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace graphc;

namespace {
/// One compilation: the stages are its methods, in order.
class Driver {
public:
  Driver(const DriverOptions &options, const DialectRegistry &registry)
      : options(options), session(registry, options.session) {}

  ExitStatus run();

private:
  bool isModule() const { return StringRef(options.input).ends_with(".mlir"); }

  LogicalResult load();
  LogicalResult import();
  LogicalResult parse();
  LogicalResult lower();
  LogicalResult write();

  LogicalResult refuse(ArrayRef<loader::Error> errors);
  LogicalResult writeText(llvm::function_ref<void(raw_ostream &)> print);

  const DriverOptions &options;
  /// What a failure means for the caller.
  ExitStatus status = CompilationFailed;
  std::optional<loader::Program> program;
  CompilationSession session;
  OwningOpRef<ModuleOp> module;
};
} // namespace

/// Prints structured errors; only when all of them say so is the input merely
/// unsupported.
LogicalResult Driver::refuse(ArrayRef<loader::Error> errors) {
  bool isUnsupported = true;
  for (const loader::Error &error : errors) {
    std::string text = error.format();
    llvm::errs() << text << '\n';
    recordRefusal(text);
    isUnsupported &= error.isUnsupported();
  }
  status = isUnsupported ? Unsupported : CompilationFailed;
  return failure();
}

LogicalResult Driver::writeText(llvm::function_ref<void(raw_ostream &)> print) {
  if (llvm::Error error = session.writeOutput(options.output, print)) {
    session.reportError(std::move(error));
    return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

LogicalResult Driver::load() {
  return session.runStage("load", nullptr, [&]() -> LogicalResult {
    auto result = loader::load(options.input, options.load);
    if (!result)
      return refuse(result.error());
    program = std::move(*result);
    for (const loader::Error &warning : program->warnings)
      llvm::errs() << warning.format() << '\n';
    writeDumpFile("program.txt",
                  [&](raw_ostream &os) { os << loader::print(*program); });
    return success();
  });
}

LogicalResult Driver::import() {
  return session.runStage("import", nullptr, [&]() -> LogicalResult {
    ImportResult result = importProgram(session.getContext(), *program);
    if (!result)
      return refuse(result.errors);
    module = std::move(result.module);
    return success();
  });
}

/// Refuses constants without values, which would silently be something else.
static LogicalResult checkConstants(ModuleOp module) {
  bool isComplete = true;
  AttrTypeWalker walker;
  walker.addWalk([&](DenseResourceElementsAttr attr) {
    if (attr.getRawHandle().getBlob())
      return;
    if (isComplete)
      emitError(module.getLoc())
          << "the values of '" << attr.getRawHandle().getKey()
          << "' were left out when this file was written; write it with "
             "--keep-weights, or take zeros with --fill-elided";
    isComplete = false;
  });
  module->walk([&](Operation *op) { walker.walk(op->getAttrDictionary()); });
  return success(isComplete);
}

LogicalResult Driver::parse() {
  LogicalResult result =
      session.runStage("load", nullptr, [&]() -> LogicalResult {
        llvm::SourceMgr sources;
        module = parseSourceFile<ModuleOp>(options.input, sources,
                                           &session.getContext());
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

LogicalResult Driver::lower() { return success(); }

LogicalResult Driver::write() {
  return writeText([&](raw_ostream &os) {
    OpPrintingFlags flags;
    if (!options.keepWeights)
      flags.elideLargeElementsAttrs(1024).elideLargeResourceString(4096);
    module->print(os, flags);
    os << '\n';
  });
}

ExitStatus Driver::run() {
  if (isModule() ? failed(parse()) : failed(load()))
    return status;
  if (options.emit == Emit::Program && program) {
    auto print = [&](raw_ostream &os) { os << loader::print(*program); };
    return succeeded(writeText(print)) ? Done : status;
  }
  if (!isModule() && failed(import()))
    return status;
  if (failed(lower()) || failed(write()))
    return status;
  return Done;
}

ExitStatus graphc::compile(const DriverOptions &options) {
  DialectRegistry registry;
  registerDialects(registry);
  return Driver(options, registry).run();
}

ExitStatus graphc::printPasses(const DriverOptions &options) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  PassManager pm(&context);
  for (const std::string &name : listPassArguments(pm))
    llvm::outs() << name << '\n';
  return Done;
}
