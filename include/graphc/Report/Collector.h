//===- Collector.h - Fills a report while a program is compiled -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_REPORT_COLLECTOR_H
#define GRAPHC_REPORT_COLLECTOR_H

#include "graphc/Loader/Program.h"
#include "graphc/Report/Report.h"
#include "graphc/Support/CompilationObserver.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace graphc::report {

class Places;

/// Fills a report. As an observer it takes times, passes and messages by
/// itself; the driver shows it the IR between stages. What was seen before a
/// failure is in the report, too. Reads the IR, never changes it.
class Collector : public CompilationObserver {
public:
  Collector();
  ~Collector() override;

  /// Bytes of text for the IR behind single passes, each line counted once.
  /// What comes behind them has no text.
  static constexpr uint64_t maxPassBytes = uint64_t(24) << 20;
  /// Longer lines are cut, with a word about it.
  static constexpr size_t maxLineBytes = 4000;

  void beginStage(llvm::StringRef name) override;
  void endStage(llvm::StringRef name, bool isDone) override;
  void watchPasses(mlir::PassManager &pm) override;
  void sawDiagnostic(mlir::DiagnosticSeverity severity,
                     llvm::StringRef text) override;

  /// What the stage that ended last left.
  void addProgram(const loader::Program &program);
  void addModule(mlir::ModuleOp module);
  void addLLVM(const llvm::Module &module);
  /// As LLVM prints it.
  void addAssembly(llvm::StringRef text);

  Report &get() { return report; }

private:
  friend struct PassWatch;
  struct OpenPass;
  using Clock = std::chrono::steady_clock;

  void beginPass(llvm::StringRef name, mlir::Operation *op);
  void endPass(mlir::Operation *op, bool isFailed);
  /// The text of `op` in the report, or nothing when there are too many.
  int keepText(mlir::Operation *op, bool isValid, uint64_t &bytes);
  void noteOverhead(Clock::time_point start);

  /// Held by who changes what follows: passes run on several threads.
  std::mutex mutex;
  Report report;
  std::unique_ptr<Places> places;
  /// The texts behind passes of this stage are kept; else passes are counted.
  bool keepsPassTexts = false;
  Clock::time_point stageStart;
  std::thread::id stageThread;
  /// By the operation's name the number of its text, from where the next pass
  /// starts.
  llvm::StringMap<int> lastTexts;
  /// How often a pass ran on an operation, by both names.
  llvm::StringMap<unsigned> occurrences;
  std::map<std::thread::id, std::vector<OpenPass>> open;
  /// Seconds of this stage that went into looking, by who waited for it.
  double overhead = 0, threadOverhead = 0;
};

} // namespace graphc::report

#endif // GRAPHC_REPORT_COLLECTOR_H
