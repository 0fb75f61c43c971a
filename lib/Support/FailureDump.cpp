//===- FailureDump.cpp - Keep account of stages and passes ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/FailureDump.h"

#include "AfterIR.h"
#include "BlackBox.h"
#include "Crash.h"
#include "DumpFolder.h"
#include "DumpIR.h"
#include "EventLog.h"
#include "PipelineText.h"
#include "TimeTrace.h"

#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/ErrorCode.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/raw_ostream.h"

#include <atomic>
#include <mutex>

#include <unistd.h>

using namespace mlir;
using namespace graphc;

//===----------------------------------------------------------------------===//
// The dump's files, written in the second run
//===----------------------------------------------------------------------===//

bool graphc::isReplaying() { return blackBox().replaying; }

void graphc::writeDumpFile(StringRef name,
                           llvm::function_ref<void(raw_ostream &)> write) {
  BlackBox &box = blackBox();
  if (isReplaying() && !writeDumpFile(box.folder.get(), name, write))
    box.isLost = true;
}

/// The IR before the failure is there. What came to no end will not do so
/// again, but shows where it got to.
static void noteWritten() {
  BlackBox &box = blackBox();
  box.isWritten = true;
  if (box.stopAtPlace)
    writeWatchedLater(box.goOnFor);
}

/// Does what was asked for. In the second run nothing hangs but what `isWanted`
/// there, which a timer ends.
static void misbehave(bool isHanging, bool isCrashing, bool isExhausting,
                      bool isWanted) {
  if (isHanging && (!isReplaying() || isWanted))
    hangOnPurpose();
  if (isExhausting)
    exhaustOnPurpose();
  if (isCrashing)
    crashOnPurpose();
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

/// In the second run: the stages so far, with their passes.
static std::vector<std::string> history;

static void writeHistory(StringRef last) {
  writeDumpFile("pipeline-before.txt", [&](raw_ostream &os) {
    for (StringRef stage : ArrayRef(history).drop_back())
      os << stage << '\n';
    if (!last.empty())
      os << last << '\n';
  });
}

/// Whether a stage or pass failed because it was asked to.
static std::atomic<bool> hasInjected = false;

void graphc::keepAfterFailure(StringRef name,
                              std::function<void(raw_ostream &)> print) {
  watchText(name, std::move(print));
}

llvm::Error graphc::beginStep(StringRef name) {
  BlackBox &box = blackBox();
  box.step.set(name);
  beginEvent(name, "");
  misbehave(box.hangAt.get() == name, box.crashAt.get() == name,
            box.exhaustAt.get() == name, box.isWritten);
  if (box.failAt.get() != name)
    return llvm::Error::success();
  hasInjected = true;
  return makeError("asked-failure", "step '" + name + "' failed as asked");
}

void graphc::endStep() {
  endEvent();
  blackBox().step.set("");
}

void graphc::endStage(bool isFailed) {
  endEvent();
  BlackBox &box = blackBox();
  if (!isReplaying() || box.isInPassWanted() ||
      box.wantedStage.get() != box.stage.get())
    return;
  if (isFailed)
    writeWatched();
  else
    box.after = BlackBox::AfterState::Again;
  watchNothing();
}

LogicalResult graphc::checkInjections(ArrayRef<StringRef> ahead) {
  BlackBox &box = blackBox();
  if (hasInjected || box.replaying)
    return success();
  std::pair<StringRef, StringRef> asked[] = {
      {"--fail-at-pass", box.failAt.get()},
      {"--crash-at-pass", box.crashAt.get()},
      {"--hang-at-pass", box.hangAt.get()},
      {"--exhaust-at-pass", box.exhaustAt.get()}};
  for (auto [option, name] : asked) {
    if (name.empty() || llvm::is_contained(ahead, name))
      continue;
    std::string text =
        (option + ": '" + name + "' did not run, so nothing happened").str();
    llvm::errs() << "graphc: error[asked-failure]: " << text << '\n'
                 << formatHelp("asked-failure") << '\n';
    recordRefusal(text);
    return failure();
  }
  return success();
}

LogicalResult graphc::beginStage(StringRef name, Operation *module,
                                 llvm::function_ref<void()> dump) {
  BlackBox &box = blackBox();
  box.stage.set(name);
  box.step.set("");
  box.stageSince = readClock();
  beginEvent(name, "");
  box.stageHasIR = module != nullptr;
  if (box.replaying)
    history.push_back(name.str());
  bool isWanted =
      box.replaying && !box.isInPassWanted() && box.wantedStage.get() == name;
  if (isWanted) {
    writeHistory("");
    if (module) {
      writeModule("before.mlir", module, "");
      watchIR(module);
    } else if (dump) {
      dump();
    }
    if (module || dump)
      noteWritten();
  }
  misbehave(box.hangAt.get() == name, box.crashAt.get() == name,
            box.exhaustAt.get() == name, isWanted && box.isWritten);
  if (box.failAt.get() != name)
    return success();
  hasInjected = true;
  std::string reason = ("stage '" + name + "' failed as asked").str();
  std::string text = "graphc: error[asked-failure]: " + reason + "\n";
  llvm::errs() << text << formatHelp("asked-failure") << '\n';
  recordDiagnostic(text);
  recordStageFailure(reason);
  return failure();
}

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

std::string graphc::describeOp(Operation *op) {
  std::string text = op->getName().getStringRef().str();
  SmallVector<StringRef> symbols;
  for (Operation *at = op; at; at = at->getParentOp())
    if (auto symbol = at->getAttrOfType<StringAttr>("sym_name"))
      symbols.push_back(symbol.getValue());
  for (StringRef symbol : llvm::reverse(symbols))
    text += (" @" + symbol).str();
  return text;
}

namespace {
class FailureDump : public PassInstrumentation {
public:
  explicit FailureDump(PassManager &pm) : pm(pm) {}

  void runBeforePass(Pass *pass, Operation *op) override {
    // The adaptor around nested passes has no argument; they report.
    if (pass->getArgument().empty())
      return;
    PassRun run = enter(pass, op);
    BlackBox &box = blackBox();
    if (box.replaying)
      noteHistory();
    if (box.replaying && run.isSame(box.wantedRun)) {
      wanted = pass;
      std::string pipeline = replayPipeline(pass, op);
      writeModule("before.mlir", op, pipeline);
      writeFunction(op, pipeline);
      writePipelines(pass);
      watchIR(op);
      noteWritten();
    }
    misbehave(box.hangAt.get() == run.pass.get(),
              box.crashAt.get() == run.pass.get(),
              box.exhaustAt.get() == run.pass.get(), wanted == pass);
    if (box.failAt.get() == run.pass.get()) {
      hasInjected = true;
      withCode("asked-failure", emitError(op->getLoc()))
          << "pass '" << pass->getArgument() << "' failed as asked";
      signalPassFailure(pass);
    }
  }

  void runAfterPass(Pass *pass, Operation *op) override {
    if (pass->getArgument().empty())
      return;
    leave();
    if (wanted == pass) {
      blackBox().after = BlackBox::AfterState::Again;
      _exit(0);
    }
  }

  void runAfterPassFailed(Pass *pass, Operation *op) override {
    if (pass->getArgument().empty())
      return;
    if (wanted == pass) {
      writeWatched();
      _exit(1);
    }
    recordPassFailure(op);
    // On another operation, before the wanted one: then this is what the dump
    // is to be about. The IR from here on is broken.
    BlackBox &box = blackBox();
    if (box.replaying && !box.isWritten &&
        box.culprit.pass.get() == box.wantedRun.pass.get())
      _exit(1);
    leave();
  }

private:
  PassRun enter(Pass *pass, Operation *op) {
    PassRun run;
    run.pass.set(pass->getArgument());
    run.op.set(describeOp(op));
    {
      std::lock_guard<std::mutex> lock(mutex);
      std::string key = (run.pass.get() + " " + run.op.get()).str();
      run.occurrence = runCounts()[key]++;
      noteOrder(pass);
    }
    ThreadRecord &thread = currentThread();
    if (thread.depth < ThreadRecord::maxDepth) {
      thread.runs[thread.depth] = run;
      thread.since[thread.depth] = readClock();
    }
    ++thread.depth;
    beginEvent(run.pass.get(), run.op.get());
    return run;
  }

  void leave() {
    endEvent();
    --currentThread().depth;
  }

  void recordPassFailure(Operation *op) {
    ThreadRecord &thread = currentThread();
    std::lock_guard<std::mutex> lock(boxMutex());
    BlackBox &box = blackBox();
    if (box.outcome != BlackBox::Outcome::None)
      return;
    box.outcome = BlackBox::Outcome::Failed;
    if (const PassRun *run = thread.innermost())
      box.culprit = *run;
    // Diagnostics of nested passes arrive later and give the reason.
  }

  /// Counts over all pass managers of the process, as the second run does.
  static llvm::StringMap<unsigned> &runCounts() {
    static llvm::StringMap<unsigned> counts;
    return counts;
  }

  static std::string textOf(Pass *pass) {
    std::string text;
    llvm::raw_string_ostream os(text);
    pass->printAsTextualPipeline(os);
    return text;
  }

  /// Pass objects stand in the order in which they first ran, which on one
  /// thread is the order of the pipeline's text.
  void noteOrder(Pass *pass) {
    if (isReplaying() && !llvm::is_contained(order, pass))
      order.push_back(pass);
  }

  /// The one pass, in the nest of operations that it ran in.
  std::string replayPipeline(Pass *pass, Operation *op) {
    std::string text = textOf(pass);
    for (Operation *at = op; at->getParentOp(); at = at->getParentOp())
      text = (at->getName().getStringRef() + "(" + text + ")").str();
    return "builtin.module(graphc-fill-elided-constants," + text + ")";
  }

  std::string textOfAll() {
    std::string all;
    llvm::raw_string_ostream os(all);
    pm.printAsTextualPipeline(os);
    return all;
  }

  void noteHistory() {
    if (!isNoted && !history.empty())
      history.back() += ": " + textOfAll();
    isNoted = true;
  }

  /// The passes from the failing one on, and what ran before it.
  void writePipelines(Pass *pass) {
    std::string all = textOfAll(), text = textOf(pass);
    unsigned earlier = 0;
    for (Pass *other : order)
      earlier += other != pass && textOf(other) == text;
    writeDumpFile("pipeline.txt", [&](raw_ostream &file) {
      file << dropPassesBefore(all, text, earlier) << '\n';
    });
    writeHistory(blackBox().stage.get().str() + ": " +
                 keepPassesBefore(all, text, earlier));
  }

  PassManager &pm;
  std::mutex mutex;
  std::vector<Pass *> order;
  /// The run that the dump is about is going on.
  Pass *wanted = nullptr;
  bool isNoted = false;
};
} // namespace

void graphc::recordPassFailure(Operation *op, StringRef reason) {
  if (isReplaying()) {
    writeModule("after.mlir", op, "");
    blackBox().after = BlackBox::AfterState::AsFailed;
    _exit(1);
  }
  ThreadRecord &thread = currentThread();
  std::lock_guard<std::mutex> lock(boxMutex());
  BlackBox &box = blackBox();
  if (box.outcome != BlackBox::Outcome::None)
    return;
  box.outcome = BlackBox::Outcome::Failed;
  if (thread.depth && thread.depth <= ThreadRecord::maxDepth)
    box.culprit = thread.runs[thread.depth - 1];
  if (box.reason.empty())
    box.reason.set(reason);
}

void graphc::enableFailureDump(PassManager &pm) {
  pm.addInstrumentation(std::make_unique<FailureDump>(pm));
}
