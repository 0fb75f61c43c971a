//===- Artefact.cpp - Object, header and weights of a module --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/Artefact.h"

#include "Parts.h"

#include "graphc/Runtime/Functions.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/OutputFiles.h"
#include "graphc/Support/Step.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace graphc;
using namespace graphc::artefact;

/// Beyond this, addresses no longer fit the small code model.
static constexpr uint64_t embeddingMaximum = uint64_t(1) << 30;

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

static llvm::Error linkRuntime(llvm::Module &module) {
  llvm::Expected<std::unique_ptr<llvm::Module>> runtime =
      llvm::parseBitcodeFile(
          llvm::MemoryBufferRef(getRuntimeBitcode(), "runtime"),
          module.getContext());
  if (!runtime)
    return runtime.takeError();
  (*runtime)->setTargetTriple(module.getTargetTriple());
  (*runtime)->setDataLayout(module.getDataLayout());
  if (llvm::Linker::linkModules(module, std::move(*runtime)))
    return makeError("internal", "the runtime does not fit the module");
  return llvm::Error::success();
}

namespace {
/// A function of the API and what it forwards to.
struct ApiFunction {
  llvm::StringLiteral name, runtime;
  /// What modules for a device take instead, if that differs.
  llvm::StringLiteral gpu = "";

  llvm::StringRef get(bool isForDevice) const {
    return isForDevice && !gpu.empty() ? gpu : runtime;
  }
};
} // namespace

/// In the order of graphc_api.
static constexpr ApiFunction apiFunctions[] = {
    {"create", "graphc_rt_create_context", "graphc_rt_gpu_create_context"},
    {"destroy", "graphc_rt_destroy_context", "graphc_rt_gpu_destroy_context"},
    {"reset", "graphc_rt_reset_context", "graphc_rt_gpu_reset_context"},
    {"workspace_size", "graphc_rt_workspace_size"},
    {"output_shape", "graphc_rt_output_shape"},
    {"run", "graphc_rt_run", "graphc_rt_gpu_run"},
    {"state", "graphc_rt_state"},
    {"last_error", "graphc_rt_last_error"},
    {"observe", "graphc_rt_set_observer"},
    {"time", "graphc_rt_set_timer", "graphc_rt_gpu_set_timer"},
    {"copied_bytes", "graphc_rt_copied_bytes", "graphc_rt_gpu_copied_bytes"},
    {"synchronize", "graphc_rt_synchronize", "graphc_rt_gpu_synchronize"},
};

/// Declares <name>_<function> with the runtime function's type; `create` lacks
/// its first parameter, the description.
static llvm::Function *declareApi(llvm::Module &module, llvm::StringRef prefix,
                                  const ApiFunction &api, bool isForDevice) {
  llvm::FunctionType *type =
      module.getFunction(api.get(isForDevice))->getFunctionType();
  if (api.name == "create")
    type = llvm::FunctionType::get(type->getReturnType(),
                                   type->params().drop_front(), false);
  return llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                                prefix + "_" + api.name, module);
}

static void defineApi(llvm::Function *function, const ApiFunction &api,
                      bool isForDevice, llvm::Constant *description) {
  llvm::IRBuilder<> builder(
      llvm::BasicBlock::Create(function->getContext(), "", function));
  llvm::SmallVector<llvm::Value *> arguments;
  if (api.name == "create")
    arguments.push_back(description);
  for (llvm::Argument &argument : function->args())
    arguments.push_back(&argument);
  llvm::CallInst *call = builder.CreateCall(
      function->getParent()->getFunction(api.get(isForDevice)), arguments);
  call->setTailCall();
  if (call->getType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(call);
}

static llvm::Constant *addApiTable(llvm::Module &module,
                                   llvm::ArrayRef<llvm::Constant *> functions) {
  auto *value = llvm::ConstantStruct::getAnon(module.getContext(), functions);
  return new llvm::GlobalVariable(module, value->getType(), true,
                                  llvm::GlobalValue::PrivateLinkage, value,
                                  "api");
}

static void defineInfo(llvm::Module &module, llvm::StringRef prefix,
                       llvm::Constant *description) {
  auto *function = llvm::Function::Create(
      llvm::FunctionType::get(description->getType(), false),
      llvm::GlobalValue::ExternalLinkage, prefix + "_info", module);
  llvm::IRBuilder<> builder(
      llvm::BasicBlock::Create(module.getContext(), "", function));
  builder.CreateRet(description);
}

/// Leaves nothing external but the API, and removes what it does not need.
static void internalize(llvm::Module &module) {
  for (llvm::GlobalValue &value : module.global_values()) {
    // Lists of what LLVM must keep are none of the module's symbols.
    if (value.isDeclaration() || value.hasLocalLinkage() ||
        value.hasAppendingLinkage())
      continue;
    value.setLinkage(llvm::GlobalValue::InternalLinkage);
    value.setVisibility(llvm::GlobalValue::DefaultVisibility);
    value.setDSOLocal(true);
  }
}

static void removeUnused(llvm::Module &module) {
  llvm::ModuleAnalysisManager analyses;
  llvm::GlobalDCEPass().run(module, analyses);
}

static llvm::Error complete(llvm::Module &module, const Interface &interface,
                            llvm::ArrayRef<WeightEntry> weights,
                            const WeightsPlace &place,
                            llvm::ArrayRef<uint64_t> stateOffsets,
                            const ArtefactOptions &options,
                            const llvm::TargetMachine &machine) {
  llvm::Function *entry = module.getFunction(options.name + "_entry");
  if (!entry || entry->isDeclaration())
    return makeError("module-interface",
                     "the module does not define '" + options.name + "_entry'");
  llvm::Function *load = module.getFunction(options.name + "_load");
  if (interface.external && !interface.external->loaded.empty() &&
      (!load || load->isDeclaration()))
    return makeError("module-interface",
                     "the module does not define '" + options.name + "_load'");
  module.setModuleIdentifier(options.name);
  module.setSourceFileName(options.name);
  setMachine(module, machine);
  if (llvm::Error error = linkRuntime(module))
    return error;
  internalize(module);

  llvm::SmallVector<llvm::Function *> functions;
  for (const ApiFunction &api : apiFunctions)
    functions.push_back(
        declareApi(module, options.name, api, interface.device.has_value()));
  llvm::Constant *table =
      addApiTable(module, llvm::SmallVector<llvm::Constant *>(functions.begin(),
                                                              functions.end()));
  llvm::GlobalVariable *description =
      addDescription(module, interface, weights, place, stateOffsets, options,
                     entry, load, table);
  for (auto [function, api] : llvm::zip(functions, apiFunctions))
    defineApi(function, api, interface.device.has_value(), description);
  defineInfo(module, options.name, description);
  if (options.kind == ArtefactOptions::Kind::SharedLibrary)
    llvm::GlobalAlias::create(description->getValueType(), 0,
                              llvm::GlobalValue::ExternalLinkage,
                              "graphc_module", description, &module);
  setMachine(module, machine);
  removeUnused(module);

  std::string problem;
  llvm::raw_string_ostream stream(problem);
  if (llvm::verifyModule(module, &stream))
    return makeError("internal", "the completed module is invalid: " + problem);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

namespace {
/// All weights, states included, and where they go.
struct Weights {
  StateWeights states;
  std::vector<WeightEntry> entries;
  WeightsPlace place;
  std::string header; ///< Of the file.
};
} // namespace

static bool goesToFile(uint64_t size, const ArtefactOptions &options) {
  switch (options.weights) {
  case ArtefactOptions::Weights::Auto:
    return size > options.embedLimit;
  case ArtefactOptions::Weights::Embed:
    return false;
  case ArtefactOptions::Weights::File:
    return size > 0;
  }
  llvm_unreachable("all cases handled");
}

static std::string getWeightsPath(const ArtefactOptions &options) {
  llvm::SmallString<128> path(options.output);
  llvm::sys::path::replace_extension(path, ".safetensors");
  return path.str().str();
}

static llvm::Error prepareWeights(const Interface &interface,
                                  llvm::ArrayRef<WeightEntry> given,
                                  const ArtefactOptions &options,
                                  Weights &weights) {
  if (llvm::Error error = checkWeights(given))
    return error;
  if (llvm::Error error =
          placeStates(interface, getWeightsSize(given), weights.states))
    return error;
  weights.entries = given.vec();
  llvm::append_range(weights.entries, weights.states.entries);
  WeightsPlace &place = weights.place;
  place.externFile = llvm::sys::path::filename(getWeightsPath(options)).str();
  place.size = getWeightsSize(weights.entries);
  place.inFile = goesToFile(place.size, options);
  if (place.inFile && interface.external)
    return makeError("unsupported-target",
                     "a module whose weights come from outside holds its other "
                     "constants itself: take --weights=extern");
  if (!place.inFile) {
    if (place.size > embeddingMaximum)
      return makeError("unsupported-target",
                       "weights of " + llvm::Twine(place.size) +
                           " bytes are too large to embed");
    return llvm::Error::success();
  }
  if (options.output == "-")
    return makeError("unsupported-target",
                     "weights of " + llvm::Twine(place.size) +
                         " bytes go to a file beside the output: give -o");
  place.fileName = llvm::sys::path::filename(getWeightsPath(options)).str();
  weights.header = makeSafetensorsHeader(weights.entries);
  place.start = weights.header.size();
  graphc_rt_digest digest;
  graphc_rt_start_digest(&digest);
  writeValues(weights.entries, [&](llvm::ArrayRef<char> bytes) {
    graphc_rt_update_digest(&digest, bytes.data(), bytes.size());
  });
  place.digest = graphc_rt_finish_digest(&digest);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

namespace {
/// Keeps the first error of code generation, whose own way of reporting is to
/// exit.
struct FirstError : llvm::DiagnosticHandler {
  explicit FirstError(std::string &text) : text(text) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    if (info.getSeverity() == llvm::DS_Error && text.empty()) {
      llvm::raw_string_ostream os(text);
      llvm::DiagnosticPrinterRawOStream printer(os);
      info.print(printer);
    }
    return true;
  }

  std::string &text;
};
} // namespace

static llvm::Error generateCode(llvm::Module &module,
                                llvm::TargetMachine &machine,
                                llvm::CodeGenFileType fileType,
                                llvm::raw_pwrite_stream &stream) {
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, fileType))
    return makeError("unsupported-target",
                     "the target cannot emit this kind of file");
  llvm::LLVMContext &context = module.getContext();
  std::unique_ptr<llvm::DiagnosticHandler> kept =
      context.getDiagnosticHandler();
  std::string problem;
  context.setDiagnosticHandler(std::make_unique<FirstError>(problem));
  startCodegenTiming();
  passes.run(module);
  endCodegenTiming();
  context.setDiagnosticHandler(std::move(kept));
  return problem.empty() ? llvm::Error::success()
                         : makeError("internal", problem);
}

/// Adds to `module` all that an artefact holds; `weights` are what it takes
/// from elsewhere.
static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
completeWith(llvm::Module &module, const Interface &interface,
             llvm::ArrayRef<WeightEntry> given, const ArtefactOptions &options,
             Weights &weights) {
  auto machine = createTargetMachine(options.machine, options.optLevel);
  if (!machine)
    return machine.takeError();
  if (llvm::Error error = prepareWeights(interface, given, options, weights))
    return error;
  if (llvm::Error error = runStep("complete", [&] {
        return complete(module, interface, weights.entries, weights.place,
                        weights.states.offsets, options, **machine);
      }))
    return error;
  return machine;
}

llvm::Error graphc::completeModule(llvm::Module &module,
                                   const Interface &interface,
                                   llvm::ArrayRef<WeightEntry> given,
                                   const ArtefactOptions &options) {
  Weights weights;
  return completeWith(module, interface, given, options, weights).takeError();
}

llvm::Error graphc::printAssembly(const llvm::Module &module,
                                  const ArtefactOptions &options,
                                  llvm::raw_pwrite_stream &stream) {
  auto machine = createTargetMachine(options.machine, options.optLevel);
  if (!machine)
    return machine.takeError();
  // Code generation changes what it reads.
  std::unique_ptr<llvm::Module> copy = llvm::CloneModule(module);
  return generateCode(*copy, **machine, llvm::CodeGenFileType::AssemblyFile,
                      stream);
}

llvm::Error graphc::emitArtefact(llvm::Module &module,
                                 const Interface &interface,
                                 llvm::ArrayRef<WeightEntry> given,
                                 const ArtefactOptions &options) {
  using Kind = ArtefactOptions::Kind;
  Weights weights;
  auto machine = completeWith(module, interface, given, options, weights);
  if (!machine)
    return machine.takeError();

  OutputFiles files;
  auto emitCode = [&](llvm::raw_pwrite_stream &stream) {
    return runStep("codegen", [&] {
      return generateCode(module, **machine,
                          options.kind == Kind::Assembly
                              ? llvm::CodeGenFileType::AssemblyFile
                              : llvm::CodeGenFileType::ObjectFile,
                          stream);
    });
  };
  if (options.kind == Kind::SharedLibrary) {
    OutputFiles scratch; // never committed, so removed
    std::string object = options.output + ".o";
    if (!options.scratchFolder.empty())
      object = options.scratchFolder + "/" + options.name + ".o";
    if (llvm::Error error = scratch.write(object, emitCode))
      return error;
    llvm::Expected<std::string> library = files.reserve(options.output);
    if (!library)
      return library.takeError();
    if (llvm::Error error = runStep("link", [&] {
          return linkSharedLibrary(scratch.getTemporary(0), *library, options);
        }))
      return error;
  } else if (llvm::Error error = files.write(options.output, emitCode)) {
    return error;
  }

  if (options.kind != Kind::Assembly) {
    llvm::SmallString<128> path(options.output);
    llvm::sys::path::replace_extension(path, ".h");
    auto writeIt = [&](llvm::raw_pwrite_stream &stream) {
      stream << writeHeader(interface, options);
      return llvm::Error::success();
    };
    if (llvm::Error error =
            runStep("header", [&] { return files.write(path, writeIt); }))
      return error;
  }
  if (weights.place.inFile) {
    auto writeThem = [&](llvm::raw_pwrite_stream &stream) {
      stream << weights.header;
      writeValues(weights.entries, [&](llvm::ArrayRef<char> bytes) {
        stream.write(bytes.data(), bytes.size());
      });
      return llvm::Error::success();
    };
    if (llvm::Error error = runStep("weights", [&] {
          return files.write(getWeightsPath(options), writeThem);
        }))
      return error;
  }
  return files.commit();
}
