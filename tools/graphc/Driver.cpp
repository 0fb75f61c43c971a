//===- Driver.cpp - From a file to an artefact ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include "Compilation.h"
#include "WriteWeights.h"
#include "graphc/Numerics/ReferenceValues.h"
#include "graphc/Pipelines/Registration.h"
#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/Passes.h"
#include "graphc/Support/Pipeline.h"
#include "graphc/Support/Step.h"
#include "graphc/Target/CPU/Processor.h"
#include "graphc/Target/CPU/Translate.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/Path.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;
using namespace graphc;

LogicalResult Compilation::report(llvm::Error error) {
  if (!error)
    return success();
  session.reportError(std::move(error));
  return failure();
}

/// Where the values that a module holds itself go. Beside weights that come
/// from outside these are few.
static ArtefactOptions::Weights getPlace(DriverOptions::Weights weights) {
  switch (weights) {
  case DriverOptions::Weights::Auto:
    return ArtefactOptions::Weights::Auto;
  case DriverOptions::Weights::File:
    return ArtefactOptions::Weights::File;
  case DriverOptions::Weights::Embed:
  case DriverOptions::Weights::Extern:
    return ArtefactOptions::Weights::Embed;
  }
  llvm_unreachable("all cases handled");
}

LogicalResult Compilation::prepareTarget() {
  bool isForDevice = isNVPTXTarget(options.target);
  if (isForDevice) {
    llvm::Expected<std::vector<Chip>> chips = parseChips(options.target);
    if (!chips) {
      status = Unsupported;
      session.reportRefusal(chips.takeError());
      return failure();
    }
    device = {std::move(*chips), options.optLevel, options.emulateGPU};
    if (options.checkPasses) {
      status = Unsupported;
      session.reportRefusal(makeError("unsupported-target",
                                      "--check-passes is for CPUs, not for '" +
                                          options.target + "'"));
      return failure();
    }
  }
  // The host only launches; its code runs on any processor of the kind.
  llvm::Expected<MachineDescription> description =
      describeMachine(isForDevice ? "x86-64" : options.target);
  if (!description) {
    status = Unsupported;
    session.reportRefusal(description.takeError());
    return failure();
  }
  artefact.machine = *description;
  artefact.optLevel = options.optLevel;
  artefact.output = options.output;
  artefact.name = sanitizeName(llvm::sys::path::stem(
      options.output == "-" ? options.input : options.output));
  artefact.threads = options.threads != 1 && !isForDevice;
  artefact.weights = getPlace(options.weights);
  artefact.kind = options.emit == Emit::So
                      ? ArtefactOptions::Kind::SharedLibrary
                  : options.emit == Emit::Asm ? ArtefactOptions::Kind::Assembly
                                              : ArtefactOptions::Kind::Object;
  auto created = createTargetMachine(artefact.machine, artefact.optLevel);
  if (!created) {
    status = Unsupported;
    session.reportRefusal(created.takeError());
    return failure();
  }
  machine = std::move(*created);
  ProcessorTraits traits = getProcessorTraits(artefact.machine, *machine);
  CPUOptions &cpu = target.cpu;
  cpu.vectorBits = traits.vectorBits;
  cpu.registers = traits.registers;
  cpu.l1Bytes = traits.l1Bytes;
  cpu.l2Bytes = traits.l2Bytes;
  cpu.fused = traits.fused;
  cpu.dotBF16 = traits.dotBF16;
  cpu.rounding = hasFeature(*machine, "+sse4.1");
  cpu.half = hasFeature(*machine, "+f16c");
  cpu.parallel = artefact.threads;
  cpu.debugInfo = options.debugInfo;
  cpu.instrument = options.instrument;
  cpu.name = artefact.name;
  target.nvptx.name = artefact.name;
  if (isForDevice)
    target.nvptx.chips = llvm::join(
        llvm::map_range(device.chips,
                        [](const Chip &chip) { return chip.name.str(); }),
        ",");
  target.nvptx.instrument = options.instrument;
  target.nvptx.allowTF32 = options.allowTF32;
  return success();
}

/// The stages behind the one that the module names as its last.
FailureOr<ArrayRef<Stage>> Compilation::findStagesLeft() {
  auto last = (*module)->getAttrOfType<StringAttr>(stageAttrName);
  ArrayRef<Stage> stages = getStages(options.target);
  if (!last)
    return stages;
  const auto *done = llvm::find_if(stages, [&](const Stage &stage) {
    return stage.name == last.getValue();
  });
  if (done == stages.end()) {
    withCode("module-stage", (*module)->emitError("names an unknown stage: "))
        << last;
    return failure();
  }
  if (done->result > options.emit) {
    withCode(
        "module-stage",
        (*module)->emitError("is past the stage to print; its last one was "))
        << last;
    return failure();
  }
  return ArrayRef(done + 1, stages.end());
}

/// Runs the stages that are still to do, up to what is to be printed.
LogicalResult Compilation::lower() {
  session.getContext().loadDialect<kernel::KernelDialect>();
  FailureOr<ArrayRef<Stage>> left = findStagesLeft();
  if (failed(left))
    return failure();
  markFault(*module, options.seededFault);
  for (const Stage &stage : *left) {
    if (stage.result > std::min(options.emit, Emit::LLVM))
      return success();
    if (stage.result == Emit::LLVM && failed(collect()))
      return failure();
    if (failed(session.runPipeline(stage.name, *module,
                                   [&](PassManager &pm) {
                                     stage.build(pm, target);
                                     if (!options.seededFault.empty())
                                       seedFaults(pm);
                                   })) ||
        numerics.hasFailed())
      return failure();
    (*module)->setAttr(stageAttrName,
                       StringAttr::get(module->getContext(), stage.name));
    if (collector)
      collector->addModule(*module);
    if (failed(session.saveModule(stage.name, *module)))
      return failure();
  }
  return success();
}

/// Writes what the reference makes of the program as it was saved.
LogicalResult Compilation::evaluate() {
  session.getContext().loadDialect<kernel::KernelDialect>();
  return session.runStage("reference", *module, [&]() -> LogicalResult {
    // Graph ops are what the reference evaluates.
    if (failed(findStagesLeft()))
      return failure();
    llvm::Error error = writeReferenceValues(*module, options.checkInputs,
                                             options.referenceValues);
    if (!error)
      return success();
    // Whoever asked has to change something: nothing of graphc failed.
    session.reportRefusal(std::move(error));
    return failure();
  });
}

/// Takes from the module what is no code: its interface and its weights.
LogicalResult Compilation::collect() {
  return session.runStage("collect", *module, [&]() -> LogicalResult {
    FailureOr<Interface> described = describeInterface(*module);
    if (failed(described))
      return failure();
    interface = std::move(*described);
    interface->source = llvm::sys::path::filename(options.input).str();
    return takeWeights(*module, weights);
  });
}

LogicalResult Compilation::translate() {
  return session.runStage("translate", *module, [&]() -> LogicalResult {
    if (isNVPTXTarget(options.target)) {
      llvm::Expected<DeviceCode> code = compileDevice(*module, device);
      if (!code)
        return report(code.takeError());
      if (interface)
        interface->device = std::move(*code);
    }
    auto translated = translateToLLVM(*module, llvmContext, *machine);
    if (!translated)
      return report(translated.takeError());
    llvmModule = std::move(*translated);
    if (llvm::Error error =
            seedFault("translate", options.seededFault, *llvmModule))
      return report(std::move(error));
    if (failed(optimize()))
      return failure();
    // Nothing needs the code in the LLVM dialect any more; weights stay.
    (*module)->walk([](LLVM::LLVMFuncOp function) { function.erase(); });
    return success();
  });
}

/// Runs LLVM's passes on the module that was translated.
LogicalResult Compilation::optimize() {
  auto run = [&](llvm::Module &module) {
    optimizeLLVM(module, *machine, artefact.optLevel,
                 [&](llvm::PassInstrumentationCallbacks &callbacks) {
                   seedFault(callbacks, options.seededFault);
                 });
  };
  auto runAsStep = [&] {
    return report(runStep("optimize", [&] {
      run(*llvmModule);
      return llvm::Error::success();
    }));
  };
  if (!options.checkPasses)
    return runAsStep();
  std::unique_ptr<llvm::Module> before = llvm::CloneModule(*llvmModule);
  if (!numerics.checkTranslation(*module, *before) || failed(runAsStep()))
    return failure();
  return success(
      numerics.checkOptimization(*module, *before, *llvmModule, run));
}

ExitStatus Compilation::run() {
  if (failed(prepareTarget()))
    return status;
  if (isModule() ? failed(parse()) : failed(load()))
    return status;
  if (options.emit == Emit::Program && program) {
    auto print = [&](raw_ostream &os) { os << loader::print(*program); };
    bool isDone = succeeded(checkInjections()) && succeeded(writeText(print));
    return isDone ? Done : status;
  }
  if (!isModule() && failed(import()))
    return status;
  if (!options.referenceValues.empty())
    return succeeded(evaluate()) ? Done : status;
  bool succeededToLower = succeeded(lower());
  bool isDone =
      succeededToLower && succeeded(write()) &&
      (options.writeWeights.empty() ||
       succeeded(report(writeWeights(*program, options.writeWeights))));
  // After a failure elsewhere the account is of use, too.
  if (options.checkPasses && !numerics.hasFailed())
    llvm::errs() << "graphc: " << numerics.summarize() << '\n';
  if (isDone)
    return Done;
  return session.sawOnlyUnsupported() ? Unsupported : status;
}

bool Compilation::finishReport(bool isDone) {
  if (!collector)
    return true;
  llvm::Error error = writeReport(*collector, options, artefact, isDone);
  if (!error)
    return true;
  session.reportError(std::move(error));
  return false;
}

static std::vector<std::string> listPasses(const DriverOptions &options) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  PassManager pm(&context, ModuleOp::getOperationName());
  TargetOptions target;
  target.cpu.parallel = options.threads != 1;
  for (const Stage &stage : getStages(options.target))
    stage.build(pm, target);
  return listPassArguments(pm);
}

/// What is wrong with the passes and stages that are to fail or to crash.
static std::optional<std::string>
findUnknownName(const DriverOptions &options) {
  const FailureOptions &failures = options.session.failures;
  if (failures.failAt.empty() && failures.crashAt.empty() &&
      failures.hangAt.empty() && failures.exhaustAt.empty() &&
      options.checkedPasses.empty())
    return std::nullopt;
  registerPasses();
  std::vector<std::string> known = listPasses(options);
  for (StringRef name :
       {"load", "import", "fill", "collect", "translate", "emit"})
    known.push_back(name.str());
  for (const Stage &stage : getStages(options.target))
    known.push_back(stage.name.str());
  for (StringRef step : stepNames)
    known.push_back(step.str());
  std::vector<std::pair<StringRef, StringRef>> asked = {
      {"--fail-at-pass", failures.failAt},
      {"--crash-at-pass", failures.crashAt},
      {"--hang-at-pass", failures.hangAt},
      {"--exhaust-at-pass", failures.exhaustAt}};
  for (const std::string &pass : options.checkedPasses)
    asked.emplace_back("--check-passes", pass);
  for (auto [option, name] : asked)
    if (!name.empty() && !llvm::is_contained(known, name) &&
        !PassInfo::lookup(name))
      return (option + ": no pass or stage is named '" + name + "'" +
              suggestNames(name, known))
          .str();
  return std::nullopt;
}

ExitStatus graphc::compile(const DriverOptions &options) {
  if (std::optional<std::string> problem = findUnknownName(options))
    return usageError(*problem);
  if (std::string problem = checkFaultName(options.seededFault);
      !problem.empty())
    return usageError("--seed-fault: " + problem);
  // Seeding and the search for a rewrite read pipelines again.
  if (!options.seededFault.empty() || options.checkPasses)
    registerPasses();
  if (!checkProfile(options))
    return CompilationFailed;
  DialectRegistry registry;
  registerDialects(registry);
  Compilation compilation(options, registry);
  ExitStatus status = compilation.run();
  // Also of a compilation that failed.
  bool isTraced = compilation.finishTrace();
  bool isReported = compilation.finishReport(status == Done);
  bool isComplete = isTraced && isReported;
  return status == Done && !isComplete ? CompilationFailed : status;
}

ExitStatus graphc::printPasses(const DriverOptions &options) {
  for (const std::string &name : listPasses(options))
    llvm::outs() << name << '\n';
  return Done;
}
