//===- Compilation.h - One compilation --------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_COMPILATION_H
#define GRAPHC_TOOLS_GRAPHC_COMPILATION_H

#include "Stages.h"
#include "WriteReport.h"
#include "graphc/Loader/Weights.h"
#include "graphc/Numerics/Numerics.h"
#include "graphc/Target/Artefact.h"
#include "graphc/Target/NVPTX/Device.h"
#include "graphc/Testing/Faults.h"

namespace graphc {

/// One compilation: the stages are its methods, in order.
class Compilation {
public:
  Compilation(const DriverOptions &options,
              const mlir::DialectRegistry &registry)
      : options(options), numerics(checkOptions(options)),
        collector(makeCollector(options)),
        session(registry, watch(options.session)) {}

  ExitStatus run();
  bool finishTrace() { return mlir::succeeded(session.finishTrace()); }
  bool finishReport(bool isDone);

private:
  static NumericOptions checkOptions(const DriverOptions &options) {
    NumericOptions check;
    check.directory = options.checkInputs;
    check.passes = options.checkedPasses;
    if (!options.seededFault.empty())
      check.watchAgain = [](mlir::PassManager &pm) {
        seedFaults(pm, /*again=*/true);
      };
    return check;
  }
  /// The session's options, with the check of numbers if that is wanted.
  SessionOptions watch(SessionOptions session) {
    if (options.checkPasses)
      session.watch = [&](mlir::PassManager &pm) { numerics.watch(pm); };
    session.observer = collector.get();
    return session;
  }
  bool isModule() const {
    return llvm::StringRef(options.input).ends_with(".mlir");
  }

  mlir::LogicalResult load();
  mlir::LogicalResult import();
  mlir::LogicalResult parse();
  mlir::LogicalResult prepareTarget();
  mlir::FailureOr<llvm::ArrayRef<Stage>> findStagesLeft();
  mlir::LogicalResult lower();
  mlir::LogicalResult evaluate();
  mlir::LogicalResult collect();
  mlir::LogicalResult translate();
  mlir::LogicalResult optimize();
  mlir::LogicalResult write();

  mlir::LogicalResult refuse(llvm::ArrayRef<loader::Error> errors);
  mlir::LogicalResult report(llvm::Error error);
  mlir::LogicalResult writeIR();
  mlir::LogicalResult writeLLVM();
  mlir::LogicalResult writePTX();
  mlir::LogicalResult writeArtefact();
  mlir::LogicalResult
  writeText(llvm::function_ref<void(llvm::raw_ostream &)> print);

  const DriverOptions &options;
  /// What a failure means for the caller.
  ExitStatus status = CompilationFailed;
  std::optional<loader::Program> program;
  NumericCheck numerics;
  /// For the report, if there is to be one.
  std::unique_ptr<report::Collector> collector;
  CompilationSession session;
  mlir::OwningOpRef<mlir::ModuleOp> module;

  ArtefactOptions artefact;
  std::unique_ptr<llvm::TargetMachine> machine;
  TargetOptions target;
  DeviceOptions device;
  /// What `collect` takes from the module before it becomes LLVM.
  std::optional<Interface> interface;
  ModuleWeights weights;
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> llvmModule;
};

} // namespace graphc

#endif // GRAPHC_TOOLS_GRAPHC_COMPILATION_H
