//===- Step.cpp - Parts of stages outside of passes -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/Step.h"

#include "StepTiming.h"

#include "graphc/Support/FailureDump.h"

#include "llvm/IR/PassInstrumentation.h"
#include "llvm/IR/PassTimingInfo.h"
#include "llvm/Pass.h"
#include "llvm/Passes/StandardInstrumentations.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/Timer.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace graphc;

/// Steps run on the thread of the session, one at a time.
static CompilationTimes *currentTimes = nullptr;
static TimingScope *currentStage = nullptr;
static TimingScope *currentStep = nullptr;

StepTiming::StepTiming(CompilationTimes *times, TimingScope &stage) {
  currentTimes = times;
  currentStage = &stage;
}

StepTiming::~StepTiming() {
  currentTimes = nullptr;
  currentStage = nullptr;
}

llvm::Error graphc::runStep(llvm::StringLiteral name,
                            llvm::function_ref<llvm::Error()> body) {
  TimingScope scope = currentStage ? currentStage->nest(name) : TimingScope();
  llvm::TimeTraceScope trace(name);
  currentStep = &scope;
  llvm::Error error = beginStep(name);
  if (!error)
    error = body();
  currentStep = nullptr;
  if (!error)
    endStep();
  return error;
}

//===----------------------------------------------------------------------===//
// LLVM's passes
//===----------------------------------------------------------------------===//

/// Managers of passes, whose time is that of the passes.
static bool isManager(StringRef pass) {
  return pass.contains("PassManager") || pass.contains("PassAdaptor") ||
         pass.contains("AnalysisManagerProxy") ||
         pass.starts_with("DevirtSCCRepeatedPass") ||
         pass.starts_with("ModuleInlinerWrapperPass");
}

void graphc::timeLLVMPasses(llvm::PassInstrumentationCallbacks &callbacks) {
  if (llvm::timeTraceProfilerEnabled()) {
    static llvm::TimeProfilingPassesHandler handler;
    handler.registerCallbacks(callbacks);
  }
  if (!currentTimes || !currentStep)
    return;
  currentTimes->summarizeChildren();
  auto stack = std::make_shared<std::vector<TimingScope>>();
  auto begin = [stack, step = currentStep](StringRef pass, llvm::Any) {
    if (!isManager(pass))
      stack->push_back((stack->empty() ? *step : stack->back()).nest(pass));
  };
  auto end = [stack](StringRef pass) {
    if (!isManager(pass) && !stack->empty())
      stack->pop_back();
  };
  callbacks.registerBeforeNonSkippedPassCallback(begin);
  callbacks.registerAfterPassCallback(
      [end](StringRef pass, llvm::Any, const llvm::PreservedAnalyses &) {
        end(pass);
      });
  callbacks.registerAfterPassInvalidatedCallback(
      [end](StringRef pass, const llvm::PreservedAnalyses &) { end(pass); });
}

void graphc::startCodegenTiming() {
  llvm::TimePassesIsEnabled = currentTimes && currentStep;
}

/// `"time.pass.isel.wall": 1.2e-03`: the name and the seconds.
static std::optional<std::pair<StringRef, double>> readTimer(StringRef line) {
  StringRef name = line.split("\"time.pass.").second;
  auto [timer, value] = name.split(".wall\":");
  double seconds;
  if (timer.empty() || value.trim(" \t\n,").getAsDouble(seconds))
    return std::nullopt;
  return std::pair(timer, seconds);
}

void graphc::endCodegenTiming() {
  if (!llvm::TimePassesIsEnabled)
    return;
  llvm::TimePassesIsEnabled = false;
  currentTimes->summarizeChildren();
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::TimerGroup::printAllJSONValues(os, "");
  SmallVector<StringRef> lines;
  StringRef(text).split(lines, '\n');
  for (StringRef line : lines)
    if (auto timer = readTimer(line))
      currentTimes->addRow(timer->first, timer->second);
  llvm::raw_null_ostream nowhere;
  llvm::reportAndResetTimings(&nowhere);
}
