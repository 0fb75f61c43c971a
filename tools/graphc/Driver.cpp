//===- Driver.cpp - From a file to an artefact ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include "PrintDot.h"
#include "WriteReport.h"
#include "WriteWeights.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Import/ExternWeight.h"
#include "graphc/Import/Import.h"
#include "graphc/Loader/Weights.h"
#include "graphc/Numerics/Numerics.h"
#include "graphc/Numerics/ReferenceValues.h"
#include "graphc/Pipelines/Pipelines.h"
#include "graphc/Pipelines/Registration.h"
#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/Passes.h"
#include "graphc/Support/Pipeline.h"
#include "graphc/Support/Step.h"
#include "graphc/Target/Artefact.h"
#include "graphc/Target/CPU/Processor.h"
#include "graphc/Target/CPU/Translate.h"
#include "graphc/Target/NVPTX/Device.h"
#include "graphc/Testing/Faults.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;
using namespace graphc;

namespace {
/// What the stages of each target need to know.
struct TargetOptions {
  CPUOptions cpu;
  NVPTXOptions nvptx;
};

/// A stage between two forms of the IR that can be printed.
struct Stage {
  StringLiteral name;
  /// The form that the stage leaves.
  Emit result;
  void (*build)(OpPassManager &, const TargetOptions &);
};

/// One compilation: the stages are its methods, in order.
class Driver {
public:
  Driver(const DriverOptions &options, const DialectRegistry &registry)
      : options(options), numerics(checkOptions(options)),
        collector(makeCollector(options)),
        session(registry, watch(options.session)) {}

  ExitStatus run();
  bool finishTrace() { return succeeded(session.finishTrace()); }
  bool finishReport(bool isDone);

private:
  static NumericOptions checkOptions(const DriverOptions &options) {
    NumericOptions check;
    check.directory = options.checkInputs;
    check.passes = options.checkedPasses;
    if (!options.seededFault.empty())
      check.watchAgain = [](PassManager &pm) {
        seedFaults(pm, /*again=*/true);
      };
    return check;
  }
  /// The session's options, with the check of numbers if that is wanted.
  SessionOptions watch(SessionOptions session) {
    if (options.checkPasses)
      session.watch = [&](PassManager &pm) { numerics.watch(pm); };
    session.observer = collector.get();
    return session;
  }
  bool isModule() const { return StringRef(options.input).ends_with(".mlir"); }

  LogicalResult load();
  LogicalResult import();
  LogicalResult parse();
  LogicalResult prepareTarget();
  FailureOr<ArrayRef<Stage>> findStagesLeft();
  LogicalResult lower();
  LogicalResult evaluate();
  LogicalResult collect();
  LogicalResult translate();
  LogicalResult optimize();
  LogicalResult write();

  LogicalResult refuse(ArrayRef<loader::Error> errors);
  LogicalResult report(llvm::Error error);
  LogicalResult writeIR();
  LogicalResult writeLLVM();
  LogicalResult writePTX();
  LogicalResult writeArtefact();
  LogicalResult writeText(llvm::function_ref<void(raw_ostream &)> print);

  const DriverOptions &options;
  /// What a failure means for the caller.
  ExitStatus status = CompilationFailed;
  std::optional<loader::Program> program;
  NumericCheck numerics;
  /// For the report, if there is to be one.
  std::unique_ptr<report::Collector> collector;
  CompilationSession session;
  OwningOpRef<ModuleOp> module;

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
} // namespace

template <void (*build)(OpPassManager &)>
static void forAny(OpPassManager &pm, const TargetOptions &) {
  build(pm);
}
template <void (*build)(OpPassManager &, const CPUOptions &)>
static void forCPU(OpPassManager &pm, const TargetOptions &options) {
  build(pm, options.cpu);
}
template <void (*build)(OpPassManager &, const NVPTXOptions &)>
static void forNVPTX(OpPassManager &pm, const TargetOptions &options) {
  build(pm, options.nvptx);
}

static void optimizeGraph(OpPassManager &pm) {
  buildGraphOptimizationPipeline(pm);
}

static constexpr Stage cpuStages[] = {
    {"graph-optimization", Emit::Graph, forAny<optimizeGraph>},
    {"graph-to-linalg", Emit::Linalg, forAny<buildGraphToLinalgPipeline>},
    {"linalg-to-kernel", Emit::Kernel, forAny<buildLinalgToKernelPipeline>},
    {"cpu-pack", Emit::Kernel, forCPU<buildCPUPackPipeline>},
    {"kernel-to-buffers", Emit::Buffers, forAny<buildKernelToBuffersPipeline>},
    {"cpu-schedule", Emit::Scheduled, forCPU<buildCPUSchedulePipeline>},
    {"cpu-to-llvm", Emit::LLVM, forCPU<buildCPUToLLVMPipeline>},
};

static constexpr Stage nvptxStages[] = {
    {"graph-optimization", Emit::Graph,
     forAny<buildDeviceGraphOptimizationPipeline>},
    {"graph-to-linalg", Emit::Linalg, forAny<buildGraphToLinalgPipeline>},
    {"linalg-to-kernel", Emit::Kernel,
     forAny<buildLinalgToDeviceKernelPipeline>},
    {"kernel-to-buffers", Emit::Buffers,
     forAny<buildKernelToDeviceBuffersPipeline>},
    {"nvptx-schedule", Emit::Scheduled, forNVPTX<buildNVPTXSchedulePipeline>},
    {"nvptx-to-llvm", Emit::LLVM, forNVPTX<buildNVPTXToLLVMPipeline>},
};

static ArrayRef<Stage> getStages(StringRef target) {
  return isNVPTXTarget(target) ? ArrayRef(nvptxStages) : ArrayRef(cpuStages);
}

/// The module attribute that names the last stage behind a printed module, so
/// that compilation goes on from there.
static constexpr StringLiteral stageAttrName = "kernel.stage";

/// Prints structured errors; only when all of them say so is the input merely
/// unsupported.
LogicalResult Driver::refuse(ArrayRef<loader::Error> errors) {
  bool isUnsupported = true;
  for (loader::Error error : errors) {
    std::string help = std::exchange(error.help, "");
    std::string text =
        error.format() + "\n" + formatHelp(error.errorClass, help);
    llvm::errs() << text << '\n';
    recordRefusal(text);
    if (collector)
      collector->sawDiagnostic(DiagnosticSeverity::Error, text);
    isUnsupported &= error.isUnsupported();
  }
  status = isUnsupported ? Unsupported : CompilationFailed;
  return failure();
}

LogicalResult Driver::writeText(llvm::function_ref<void(raw_ostream &)> print) {
  if (llvm::Error error = session.writeOutput(options.output, print)) {
    session.reportError(std::move(error));
    return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

LogicalResult Driver::load() {
  return session.runStage("load", nullptr, [&]() -> LogicalResult {
    auto result = loader::load(options.input, options.load);
    if (!result)
      return refuse(result.error());
    program = std::move(*result);
    for (const loader::Error &warning : program->warnings)
      llvm::errs() << warning.format("warning") << '\n';
    if (collector)
      collector->addProgram(*program);
    writeDumpFile("program.txt",
                  [&](raw_ostream &os) { os << loader::print(*program); });
    writeDumpFile("weights.txt", [&](raw_ostream &os) {
      os << loader::printWeights(*program);
    });
    return success();
  });
}

LogicalResult Driver::import() {
  return session.runStage("import", nullptr, [&]() -> LogicalResult {
    ImportOptions how;
    how.externWeights = options.weights == DriverOptions::Weights::Extern;
    ImportResult result = importProgram(session.getContext(), *program, how);
    if (!result)
      return refuse(result.errors);
    module = std::move(result.module);
    if (collector)
      collector->addModule(*module);
    return success();
  });
}

/// Refuses constants without values, which would silently be something else.
static LogicalResult checkConstants(ModuleOp module) {
  bool isComplete = true;
  AttrTypeWalker walker;
  walker.addWalk([&](DenseResourceElementsAttr attr) {
    if (attr.getRawHandle().getBlob() || isExternal(attr))
      return;
    if (isComplete)
      withCode("module-values", emitError(module.getLoc()))
          << "the values of '" << attr.getRawHandle().getKey()
          << "' were left out when this file was written; write it with "
             "--keep-weights, or take zeros with --fill-elided";
    isComplete = false;
  });
  module->walk([&](Operation *op) { walker.walk(op->getAttrDictionary()); });
  return success(isComplete);
}

/// Opens a text as the loader opens its files; does not wait for what a pipe
/// may bring.
static std::optional<loader::Error> openText(StringRef path,
                                             llvm::SourceMgr &sources) {
  loader::Error error;
  error.errorClass = "input-open";
  error.file = path.str();
  llvm::sys::fs::file_status status;
  std::error_code code = llvm::sys::fs::status(path, status);
  if (!code && !llvm::sys::fs::is_regular_file(status)) {
    error.errorClass = "input-kind";
    error.message = llvm::sys::fs::is_directory(status)
                        ? "a directory, expected a file"
                        : "not a regular file";
    return error;
  }
  if (!code) {
    auto text = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
    if (text) {
      sources.AddNewSourceBuffer(std::move(*text), llvm::SMLoc());
      return std::nullopt;
    }
    code = text.getError();
  }
  error.message = "cannot open: " + code.message();
  return error;
}

LogicalResult Driver::parse() {
  LogicalResult result =
      session.runStage("load", nullptr, [&]() -> LogicalResult {
        llvm::SourceMgr sources;
        if (std::optional<loader::Error> error =
                openText(options.input, sources))
          return refuse(*error);
        module = parseSourceFile<ModuleOp>(sources, &session.getContext());
        if (!module)
          recordRefusal("the text is no valid module");
        else
          dumpProgram(*module);
        if (module && collector)
          collector->addModule(*module);
        return success(bool(module));
      });
  if (failed(result))
    return failure();
  if (!options.fillElided)
    return checkConstants(*module);
  return session.runPipeline("fill", *module, [](OpPassManager &pm) {
    pm.addPass(createFillElidedConstants());
  });
}

LogicalResult Driver::report(llvm::Error error) {
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

LogicalResult Driver::prepareTarget() {
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
  return success();
}

/// The stages behind the one that the module names as its last.
FailureOr<ArrayRef<Stage>> Driver::findStagesLeft() {
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
LogicalResult Driver::lower() {
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
LogicalResult Driver::evaluate() {
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
LogicalResult Driver::collect() {
  return session.runStage("collect", *module, [&]() -> LogicalResult {
    FailureOr<Interface> described = describeInterface(*module);
    if (failed(described))
      return failure();
    interface = std::move(*described);
    interface->source = llvm::sys::path::filename(options.input).str();
    return takeWeights(*module, weights);
  });
}

LogicalResult Driver::translate() {
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
LogicalResult Driver::optimize() {
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

LogicalResult Driver::writeIR() {
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

LogicalResult Driver::writeLLVM() {
  if (llvm::Error error =
          completeModule(*llvmModule, *interface, weights.entries, artefact))
    return report(std::move(error));
  return writeText([&](raw_ostream &os) { llvmModule->print(os, nullptr); });
}

LogicalResult Driver::writePTX() {
  for (const DeviceImage &image : interface->device->images)
    if (image.kind == GRAPHC_IMAGE_PTX)
      return writeText([&](raw_ostream &os) { os << image.bytes; });
  return writeText([](raw_ostream &) {});
}

LogicalResult Driver::writeArtefact() {
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

LogicalResult Driver::write() {
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

ExitStatus Driver::run() {
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

bool Driver::finishReport(bool isDone) {
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
  Driver driver(options, registry);
  ExitStatus status = driver.run();
  // Also of a compilation that failed.
  bool isTraced = driver.finishTrace();
  bool isReported = driver.finishReport(status == Done);
  bool isComplete = isTraced && isReported;
  return status == Done && !isComplete ? CompilationFailed : status;
}

ExitStatus graphc::printPasses(const DriverOptions &options) {
  for (const std::string &name : listPasses(options))
    llvm::outs() << name << '\n';
  return Done;
}
