//===- Collector.cpp - Fills a report while a program is compiled ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Report/Collector.h"

#include "Places.h"

#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/ADT/ScopeExit.h"

#include <sys/resource.h>

using namespace mlir;
using namespace graphc;
using namespace graphc::report;

struct Collector::OpenPass {
  PassRun run;
  Clock::time_point start;
};

static double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

static double readPeakMiB() {
  rusage usage;
  return getrusage(RUSAGE_SELF, &usage) ? 0 : usage.ru_maxrss / 1024.0;
}

static uint64_t countOps(Operation *op) {
  uint64_t count = 0;
  op->walk([&](Operation *) { ++count; });
  return count;
}

/// `func.func @main`
static std::string nameOf(Operation *op) {
  std::string name = op->getName().getStringRef().str();
  if (auto symbol = op->getAttrOfType<StringAttr>("sym_name"))
    name += (" @" + symbol.getValue()).str();
  return name;
}

Collector::Collector() : places(std::make_unique<Places>(report)) {}
Collector::~Collector() = default;

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

/// The code of the LLVM dialect is long, and read per kernel as LLVM IR.
static bool isShown(StringRef stage) { return stage != "cpu-to-llvm"; }

void Collector::beginStage(StringRef name) {
  std::lock_guard<std::mutex> lock(mutex);
  Stage &stage = report.stages.emplace_back();
  stage.name = name.str();
  keepsPassTexts = isShown(name);
  overhead = threadOverhead = 0;
  occurrences.clear();
  open.clear();
  stageThread = std::this_thread::get_id();
  stageStart = Clock::now();
}

void Collector::endStage(StringRef name, bool isDone) {
  std::lock_guard<std::mutex> lock(mutex);
  Stage &stage = report.stages.back();
  // Others waited for those threads, as far as there are processors for them.
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  stage.seconds = std::max(0.0, secondsSince(stageStart) - overhead -
                                    threadOverhead / threads);
  stage.isDone = isDone;
  if (!isDone)
    report.failedStage = stage.name;
}

void Collector::noteOverhead(Clock::time_point start) {
  (std::this_thread::get_id() == stageThread ? overhead : threadOverhead) +=
      secondsSince(start);
}

void Collector::sawDiagnostic(DiagnosticSeverity severity, StringRef text) {
  std::lock_guard<std::mutex> lock(mutex);
  StringRef name = severity == DiagnosticSeverity::Error     ? "error"
                   : severity == DiagnosticSeverity::Warning ? "warning"
                                                             : "remark";
  report.messages.push_back({name.str(), text.rtrim().str()});
}

void Collector::addModule(ModuleOp module) {
  std::lock_guard<std::mutex> lock(mutex);
  Stage &stage = report.stages.back();
  stage.ops = countOps(module);
  if (stage.name == "import" || report.stages.size() <= 2)
    addSignature(report, module);
  if (!isShown(stage.name))
    return;
  PrintedIR printed = printIR(module, /*isValid=*/true);
  Text text = makeText(report, *places, printed, module);
  listRanges(printed, text, module, *places, stage);
  // Behind it, data flows through memory.
  bool hasTensors =
      stage.name != "kernel-to-buffers" && stage.name != "cpu-schedule";
  if (hasTensors)
    addGraphs(printed, module, *places, stage);
  stage.text = report.texts.size();
  report.texts.push_back(std::move(text));
  lastTexts.clear();
  lastTexts[nameOf(module)] = stage.text;
  if (stage.name == "kernel-to-buffers") {
    addKernels(report, module, *places);
    addMemory(report, module, *places);
  }
}

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

int Collector::keepText(Operation *op, bool isValid, uint64_t &bytes) {
  PrintedIR printed = printIR(op, isValid);
  bytes = printed.text.size();
  std::lock_guard<std::mutex> lock(mutex);
  if (report.lines.getBytes() > maxPassBytes) {
    ++report.droppedTexts;
    return -1;
  }
  Text text = makeText(report, *places, printed, op);
  auto last = lastTexts.find(nameOf(op));
  if (last != lastTexts.end() && last->second >= 0 &&
      report.texts[last->second].lines == text.lines)
    return last->second;
  report.texts.push_back(std::move(text));
  return report.texts.size() - 1;
}

void Collector::beginPass(StringRef name, Operation *op) {
  Clock::time_point start = Clock::now();
  OpenPass pass;
  pass.run.name = name.str();
  pass.run.op = nameOf(op);
  pass.run.opsBefore = countOps(op);
  bool isNew;
  {
    std::lock_guard<std::mutex> lock(mutex);
    pass.run.stage = report.stages.size() - 1;
    pass.run.occurrence = occurrences[pass.run.name + " " + pass.run.op]++;
    auto last = lastTexts.find(pass.run.op);
    isNew = keepsPassTexts && last == lastTexts.end();
    pass.run.before = last == lastTexts.end() ? -1 : last->second;
  }
  if (isNew) {
    uint64_t bytes;
    pass.run.before = keepText(op, /*isValid=*/true, bytes);
  }
  std::lock_guard<std::mutex> lock(mutex);
  if (keepsPassTexts)
    lastTexts[pass.run.op] = pass.run.before;
  noteOverhead(start);
  pass.start = Clock::now();
  open[std::this_thread::get_id()].push_back(std::move(pass));
}

void Collector::endPass(Operation *op, bool isFailed) {
  Clock::time_point start = Clock::now();
  OpenPass pass;
  {
    std::lock_guard<std::mutex> lock(mutex);
    std::vector<OpenPass> &mine = open[std::this_thread::get_id()];
    if (mine.empty())
      return;
    pass = std::move(mine.back());
    mine.pop_back();
  }
  PassRun &run = pass.run;
  run.seconds = std::chrono::duration<double>(start - pass.start).count();
  run.peakMiB = readPeakMiB();
  run.isFailed = isFailed;
  run.opsAfter = countOps(op);
  if (keepsPassTexts) {
    uint64_t bytes;
    run.after = keepText(op, /*isValid=*/!isFailed, bytes);
    run.bytes = bytes;
  }
  std::lock_guard<std::mutex> lock(mutex);
  run.isChanged = keepsPassTexts ? run.after < 0 || run.after != run.before
                                 : run.opsBefore != run.opsAfter;
  if (keepsPassTexts && run.isChanged) {
    // What is around it, or in it, is no longer what it was.
    if (isa<ModuleOp>(op))
      lastTexts.clear();
    else
      lastTexts.erase(nameOf(op->getParentOp()));
    lastTexts[run.op] = run.after;
  }
  report.passes.push_back(run);
  noteOverhead(start);
}

namespace graphc::report {
struct PassWatch : PassInstrumentation {
  explicit PassWatch(Collector &collector) : collector(collector) {}

  // The adaptor around nested passes has no argument.
  void runBeforePass(Pass *pass, Operation *op) override {
    if (!pass->getArgument().empty())
      collector.beginPass(pass->getArgument(), op);
  }
  void runAfterPass(Pass *pass, Operation *op) override {
    if (!pass->getArgument().empty())
      collector.endPass(op, /*isFailed=*/false);
  }
  void runAfterPassFailed(Pass *pass, Operation *op) override {
    if (!pass->getArgument().empty())
      collector.endPass(op, /*isFailed=*/true);
  }

  Collector &collector;
};
} // namespace graphc::report

void Collector::watchPasses(PassManager &pm) {
  pm.addInstrumentation(std::make_unique<PassWatch>(*this));
}
