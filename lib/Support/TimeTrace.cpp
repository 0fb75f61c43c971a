//===- TimeTrace.cpp - Stages and passes over time ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TimeTrace.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/Support/TimeProfiler.h"

using namespace mlir;
using namespace graphc;

/// Microseconds; what is shorter is not noted. LLVM's events are many.
static constexpr unsigned granularity = 20;
static constexpr char process[] = "graphc";

static bool isTracing = false;

/// LLVM's profiler is one per thread, and threads are those of the pool: each
/// gets its own with its first pass and hands it in when it ends.
static void joinTrace() {
  struct Membership {
    Membership() { llvm::timeTraceProfilerInitialize(granularity, process); }
    ~Membership() { llvm::timeTraceProfilerFinishThread(); }
  };
  if (!llvm::timeTraceProfilerEnabled())
    static thread_local Membership membership;
}

namespace {
struct TracePasses : PassInstrumentation {
  void runBeforePass(Pass *pass, Operation *op) override {
    joinTrace();
    // The adaptor around nested passes has no argument.
    StringRef name = pass->getArgument();
    llvm::timeTraceProfilerBegin(name.empty() ? "nested passes" : name,
                                 describeOp(op));
  }
  void runAfterPass(Pass *, Operation *) override {
    llvm::timeTraceProfilerEnd();
  }
  void runAfterPassFailed(Pass *, Operation *) override {
    llvm::timeTraceProfilerEnd();
  }
};
} // namespace

void graphc::startTimeTrace() {
  llvm::timeTraceProfilerInitialize(granularity, process);
  isTracing = true;
}

void graphc::traceTime(PassManager &pm) {
  if (isTracing)
    pm.addInstrumentation(std::make_unique<TracePasses>());
}

void graphc::writeTimeTrace(llvm::raw_pwrite_stream &os) {
  llvm::timeTraceProfilerWrite(os);
}

void graphc::endTimeTrace() {
  llvm::timeTraceProfilerCleanup();
  isTracing = false;
}
