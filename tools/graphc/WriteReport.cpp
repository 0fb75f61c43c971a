//===- WriteReport.cpp - The page about a compilation ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WriteReport.h"

#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/FailureDump.h"
#include "graphc/Support/OutputFiles.h"
#include "graphc/Support/Version.h"
#include "graphc/Target/CPU/Processor.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace graphc;
using llvm::StringRef;

std::unique_ptr<report::Collector>
graphc::makeCollector(const DriverOptions &options) {
  if (options.report.empty() || isReplaying())
    return nullptr;
  return std::make_unique<report::Collector>();
}

bool graphc::checkProfile(const DriverOptions &options) {
  if (options.reportProfile.empty())
    return true;
  report::Report nothing;
  llvm::Error error = report::readProfile(options.reportProfile, nothing);
  if (!error)
    return true;
  llvm::handleAllErrors(std::move(error), [](const CodedError &coded) {
    llvm::errs() << "graphc: error[" << coded.code << "]: " << coded.message()
                 << '\n'
                 << formatHelp(coded.code) << '\n';
  });
  return false;
}

void graphc::addCode(report::Collector &collector, const llvm::Module &module,
                     const ArtefactOptions &artefact) {
  collector.addLLVM(module);
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream os(text);
  if (llvm::Error error = printAssembly(module, artefact, os)) {
    // The stage that emits the artefact says the same, as its own error.
    llvm::consumeError(std::move(error));
    return;
  }
  collector.addAssembly(text);
}

/// What --emit is spelled for.
static StringRef spell(Emit emit) {
  constexpr StringRef names[] = {"program", "graph",     "linalg", "kernel",
                                 "buffers", "scheduled", "llvm",   "asm",
                                 "obj",     "so"};
  return names[unsigned(emit)];
}

/// Bytes and operations in a second of one core, to begin with: the reader of
/// the page sets those of the machine.
static void assumeMachine(report::Report &report,
                          const ArtefactOptions &artefact) {
  constexpr double gigahertz = 3, unitsPerCore = 2;
  report.assumedGBPerSecond = 10;
  auto machine = createTargetMachine(artefact.machine, artefact.optLevel);
  if (!machine)
    return llvm::consumeError(machine.takeError());
  ProcessorTraits traits = getProcessorTraits(artefact.machine, **machine);
  double lanes = traits.vectorBits / 32.0;
  report.assumedGFlopPerSecond =
      gigahertz * unitsPerCore * lanes * (traits.fused ? 2 : 1);
}

llvm::Error graphc::writeReport(report::Collector &collector,
                                const DriverOptions &options,
                                const ArtefactOptions &artefact, bool isDone) {
  report::Report &report = collector.get();
  report.input = options.input;
  report.output = options.output;
  report.graphcVersion = version;
  report.target = artefact.machine.triple + " " + artefact.machine.cpu;
  if (!isDone && report.failedStage.empty())
    report.failedStage =
        report.stages.empty() ? "start" : report.stages.back().name;
  report.options = {{"emit", spell(options.emit).str()},
                    {"target", options.target},
                    {"threads", std::to_string(options.threads)},
                    {"-O", std::to_string(options.optLevel)},
                    {"debug-info", options.debugInfo ? "1" : "0"}};
  assumeMachine(report, artefact);
  if (!options.reportProfile.empty())
    if (llvm::Error error = readProfile(options.reportProfile, report))
      return error;
  if (std::error_code code = llvm::sys::fs::create_directories(
          options.report, /*IgnoreExisting=*/true, llvm::sys::fs::all_all))
    return makeError("output-write",
                     "cannot make '" + options.report + "': " + code.message(),
                     code);
  llvm::SmallString<256> path(options.report);
  llvm::sys::path::append(path, "index.html");
  OutputFiles files;
  if (llvm::Error error =
          files.write(path, [&](llvm::raw_pwrite_stream &stream) {
            stream << makePage(report);
            return llvm::Error::success();
          }))
    return error;
  if (llvm::Error error = files.commit())
    return error;
  if (!isDone)
    llvm::errs() << "graphc: note: what was done up to the failure is in "
                 << path << '\n';
  return llvm::Error::success();
}
