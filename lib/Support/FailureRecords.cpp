//===- FailureRecords.cpp - What the black box is told --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/FailureDump.h"

#include "BlackBox.h"
#include "DiagnosticPrinter.h"
#include "EventLog.h"
#include "Legalization.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <mutex>

using namespace mlir;
using namespace graphc;

void graphc::chooseDumpDirectory(FailureOptions &options, bool given,
                                 StringRef value, StringRef fallback) {
  if (!given) {
    if (auto variable = llvm::sys::Process::GetEnv("GRAPHC_DUMP_DIR")) {
      options.dumpDirectory = *variable;
      options.dumpRefusals = !variable->empty();
      return;
    }
    options.dumpDirectory = fallback.str();
    return;
  }
  options.dumpDirectory = value.str();
  options.dumpRefusals = !value.empty();
}

bool graphc::isTimeLimit(double seconds) {
  return seconds >= 0 && seconds <= 1e6; // Not NaN either.
}

void graphc::configureFailures(const FailureOptions &options) {
  BlackBox &box = blackBox();
  box.dumpRoot.set(options.dumpDirectory);
  box.dumpEnabled = !options.dumpDirectory.empty();
  box.dumpRefusals = options.dumpRefusals;
  box.dumpWeights = options.dumpWeights;
  box.failAt.set(options.failAt);
  box.crashAt.set(options.crashAt);
  box.hangAt.set(options.hangAt);
  box.exhaustAt.set(options.exhaustAt);
  box.timeLimit = static_cast<std::uint64_t>(options.timeLimit * 1000);
  box.showsProgress = options.showsProgress;
  box.report.set(options.report);
  box.input.set(options.input);
  box.output.set(options.output);
  box.target.set(options.target);
}

void graphc::reportTimesOfDeath(bool shows, StringRef tracePath) {
  BlackBox &box = blackBox();
  box.showsTimes = shows;
  box.tracePath.set(tracePath);
  if ((shows || !tracePath.empty()) && !isReplaying())
    startEventLog();
}

void graphc::recordDiagnostic(StringRef text) {
  std::lock_guard<std::mutex> lock(boxMutex());
  BlackBox &box = blackBox();
  std::size_t room = sizeof(box.diagnostics) - box.diagnosticsSize;
  std::size_t size = std::min(room, text.size());
  std::memcpy(box.diagnostics + box.diagnosticsSize, text.data(), size);
  box.diagnosticsSize += size;
}

void graphc::recordStageFailure(StringRef reason) {
  std::lock_guard<std::mutex> lock(boxMutex());
  BlackBox &box = blackBox();
  if (box.outcome != BlackBox::Outcome::None)
    return;
  box.outcome = BlackBox::Outcome::Failed;
  if (box.reason.empty())
    box.reason.set(reason);
}

void graphc::recordWrongNumber(const WrongNumber &wrong) {
  std::lock_guard<std::mutex> lock(boxMutex());
  BlackBox &box = blackBox();
  if (box.outcome != BlackBox::Outcome::None)
    return;
  box.isWrongNumber = true;
  box.wrongFunction.set(wrong.function);
  box.wrongOp.set(wrong.op);
  box.wrongNode.set(wrong.node);
  box.difference.set(wrong.difference);
}

void graphc::recordRefusal(StringRef message) {
  recordDiagnostic((message + "\n").str());
  std::lock_guard<std::mutex> lock(boxMutex());
  BlackBox &box = blackBox();
  if (box.outcome != BlackBox::Outcome::None)
    return;
  box.outcome = BlackBox::Outcome::Refused;
  box.reason.set(message.split('\n').first);
}

void graphc::recordDiagnostics(MLIRContext &context) {
  context.getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
    explainLegalization(diagnostic);
    std::string text;
    llvm::raw_string_ostream os(text);
    bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
    if (isError) {
      std::lock_guard<std::mutex> lock(boxMutex());
      if (blackBox().reason.empty())
        blackBox().reason.set(diagnostic.str());
    }
    printDiagnostic(diagnostic, "internal", os);
    recordDiagnostic(text);
    return failure(); // The next handler reports it.
  });
}

void graphc::removeOnFailure(StringRef path) {
  std::lock_guard<std::mutex> lock(boxMutex());
  BlackBox &box = blackBox();
  for (auto &slot : box.scratch)
    if (slot.empty())
      return slot.set(path);
}

void graphc::forgetFile(StringRef path) {
  std::lock_guard<std::mutex> lock(boxMutex());
  for (auto &slot : blackBox().scratch)
    if (slot.get() == path)
      slot.set("");
}
