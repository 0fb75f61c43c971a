//===- Output.cpp - What a compilation writes -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compilation.h"
#include "PrintDot.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/Step.h"

using namespace mlir;
using namespace graphc;

LogicalResult
Compilation::writeText(llvm::function_ref<void(raw_ostream &)> print) {
  if (llvm::Error error = session.writeOutput(options.output, print)) {
    session.reportError(std::move(error));
    return failure();
  }
  return success();
}

LogicalResult Compilation::writeIR() {
  using Format = DriverOptions::Format;
  if (options.format != Format::Text) {
    std::string text;
    llvm::raw_string_ostream os(text);
    printDot(*module, os);
    if (options.format == Format::Svg) {
      llvm::Expected<std::string> drawn = drawDot(text);
      if (!drawn) {
        session.reportRefusal(drawn.takeError());
        return failure();
      }
      text = std::move(*drawn);
    }
    return writeText([&](raw_ostream &os) { os << text; });
  }
  return writeText([&](raw_ostream &os) {
    OpPrintingFlags flags;
    flags.enableDebugInfo(options.locations);
    if (!options.keepWeights)
      flags.elideLargeElementsAttrs(1024).elideLargeResourceString(4096);
    module->print(os, flags);
    os << '\n';
  });
}

LogicalResult Compilation::writeLLVM() {
  if (llvm::Error error =
          completeModule(*llvmModule, *interface, weights.entries, artefact))
    return report(std::move(error));
  return writeText([&](raw_ostream &os) { llvmModule->print(os, nullptr); });
}

LogicalResult Compilation::writePTX() {
  for (const DeviceImage &image : interface->device->images)
    if (image.kind == GRAPHC_IMAGE_PTX)
      return writeText([&](raw_ostream &os) { os << image.bytes; });
  return writeText([](raw_ostream &) {});
}

LogicalResult Compilation::writeArtefact() {
  return report(
      emitArtefact(*llvmModule, *interface, weights.entries, artefact));
}

/// The stages, and steps of them, that follow the IR.
static std::vector<StringRef> listStagesAhead(Emit emit) {
  if (emit < Emit::LLVM)
    return {};
  std::vector<StringRef> ahead = {"translate", "emit", "export", "optimize",
                                  "complete"};
  if (emit >= Emit::Asm)
    ahead.push_back("codegen");
  if (emit >= Emit::Obj)
    llvm::append_range(ahead, ArrayRef<StringRef>{"header", "weights"});
  if (emit == Emit::So)
    ahead.push_back("link");
  return ahead;
}

LogicalResult Compilation::write() {
  bool isIR = options.emit < Emit::LLVM;
  if (failed(checkInjections(listStagesAhead(options.emit))))
    return failure();
  if (isIR)
    return writeIR();
  if (failed(translate()))
    return failure();
  if (collector)
    addCode(*collector, *llvmModule, artefact);
  if (!interface) {
    withCode("module-stage",
             (*module)->emitError(
                 "has neither interface nor weights any more, so no file "
                 "can be made of it; go on from an earlier stage"));
    return failure();
  }
  auto print = [this](raw_ostream &os) { llvmModule->print(os, nullptr); };
  auto dump = [&] {
    writeDumpFile("before.ll", print);
    keepAfterFailure("after.ll", print);
  };
  auto emit = [&] {
    if (llvm::Error error = seedFault("emit", options.seededFault, *llvmModule))
      return report(std::move(error));
    if (options.emit == Emit::Ptx)
      return writePTX();
    if (options.checkPasses && options.emit >= Emit::Asm &&
        !numerics.checkCode(*module, *llvmModule, *machine))
      return failure();
    return options.emit == Emit::LLVM ? writeLLVM() : writeArtefact();
  };
  if (failed(session.runStage("emit", nullptr, emit, dump)))
    return failure();
  // Whether weights go to a file is known only now.
  return checkInjections();
}
