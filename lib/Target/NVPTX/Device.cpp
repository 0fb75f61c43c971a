//===- Device.cpp - Images of device modules ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/NVPTX/Device.h"

#include "DeviceParts.h"
#include "Images.h"
#include "graphc/Runtime/Runtime.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/FailureDump.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;
using namespace graphc;

/// The version of PTX for `module`: products of fp8 are the only thing that
/// needs a later one than its chip.
static llvm::StringRef choosePTX(const llvm::Module &module, const Chip &chip) {
  bool hasFloat8 = llvm::any_of(module, [](const llvm::Function &function) {
    llvm::StringRef name = function.getName();
    return name.starts_with("llvm.nvvm.mma.") &&
           (name.contains("e4m3") || name.contains("e5m2"));
  });
  return hasFloat8 && chip.capability < 100 ? "+ptx84" : chip.ptxFeature;
}

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createMachine(const llvm::Module &module, const Chip &chip, unsigned optLevel) {
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::string problem;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, problem);
  if (!target)
    return makeError("unsupported-target", problem);
  llvm::TargetOptions options;
  // As every compiler for GPUs does; what would be hurt says fma itself.
  options.AllowFPOpFusion = llvm::FPOpFusion::Fast;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, chip.name, choosePTX(module, chip), options, std::nullopt,
      std::nullopt,
      optLevel == 0 ? llvm::CodeGenOptLevel::None
                    : llvm::CodeGenOptLevel::Aggressive));
}

void nvptx::optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     unsigned optLevel) {
  llvm::PassBuilder builder(&machine);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes =
      optLevel == 0
          ? builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0)
          : builder.buildPerModuleDefaultPipeline(
                optLevel == 1 ? llvm::OptimizationLevel::O1
                              : llvm::OptimizationLevel::O3);
  passes.run(module, modules);
}

llvm::Error nvptx::generate(llvm::Module &module, llvm::TargetMachine &machine,
                            llvm::CodeGenFileType kind, std::string &bytes) {
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream stream(buffer);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, kind))
    return makeError("unsupported-target",
                     "the target cannot emit this kind of file");
  passes.run(module);
  bytes.assign(buffer.begin(), buffer.end());
  return llvm::Error::success();
}

/// What threads must not do at the same time, ahead of them.
static void initialize(MLIRContext *context) {
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTargetMC();
  LLVMInitializeNVPTXAsmPrinter();
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
  context->appendDialectRegistry(registry);
}

static llvm::Expected<std::unique_ptr<llvm::Module>>
translate(gpu::GPUModuleOp device, llvm::LLVMContext &context) {
  std::unique_ptr<llvm::Module> module =
      translateModuleToLLVMIR(device, context, "device");
  if (!module)
    return makeError("internal",
                     "the device module cannot be translated to LLVM IR");
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (llvm::verifyModule(*module, &stream))
    return makeError("internal",
                     "LLVM's verifier refuses the device module: " + message);
  return module;
}

bool nvptx::canRun(Operation *kernel, const Chip &chip) {
  auto needed = kernel->getAttrOfType<ArrayAttr>(requiresAttrName);
  return !needed || llvm::all_of(needed, [&](Attribute name) {
    auto feature =
        kernel::symbolizeChipFeature(cast<StringAttr>(name).getValue());
    return feature && chip.has(*feature);
  });
}

/// Of a part of the device module: large enough that its kernels outweigh what
/// every module takes.
static constexpr int64_t partOperations = 4000;

namespace {
/// Compiles a device module for all chips.
class DeviceCompiler {
public:
  DeviceCompiler(gpu::GPUModuleOp device, const DeviceOptions &options)
      : device(device), options(options), context(device->getContext()) {}

  llvm::Expected<DeviceCode> compile();

private:
  /// Runs `body` for each number below `count` in threads; the error is the
  /// first in their order.
  llvm::Error forEach(size_t count,
                      llvm::function_ref<llvm::Error(size_t)> body);
  /// Fills `texts`, of each chip the PTX of each part.
  llvm::Error makeTexts();
  llvm::Error makeTexts(gpu::GPUModuleOp part, size_t number);
  llvm::Error makeText(gpu::GPUModuleOp part, const Chip &chip,
                       llvm::Module &module, std::string &text);
  /// What comes of chip `number`, the best first.
  llvm::Expected<std::vector<DeviceImage>> makeImages(size_t number);
  llvm::Expected<DeviceImage> emulate(llvm::Module &module);

  gpu::GPUModuleOp device;
  const DeviceOptions &options;
  MLIRContext *context;
  std::vector<std::string> kernels;
  std::vector<std::vector<std::string>> texts;
};
} // namespace

llvm::Error
DeviceCompiler::forEach(size_t count,
                        llvm::function_ref<llvm::Error(size_t)> body) {
  std::vector<std::optional<llvm::Error>> errors(count);
  parallelFor(context, 0, count, [&](size_t i) { errors[i] = body(i); });
  llvm::Error first = llvm::Error::success();
  for (std::optional<llvm::Error> &error : errors) {
    if (!first)
      first = std::move(*error);
    else
      llvm::consumeError(std::move(*error));
  }
  return first;
}

llvm::Error DeviceCompiler::makeText(gpu::GPUModuleOp part, const Chip &chip,
                                     llvm::Module &module, std::string &text) {
  auto machine = createMachine(module, chip, options.optLevel);
  if (!machine)
    return machine.takeError();
  // The host launches others there.
  for (auto kernel : part.getOps<LLVM::LLVMFuncOp>())
    if (!nvptx::canRun(kernel, chip))
      module.getFunction(kernel.getName())->eraseFromParent();
  module.setTargetTriple((*machine)->getTargetTriple());
  module.setDataLayout((*machine)->createDataLayout());
  nvptx::optimize(module, **machine, options.optLevel);
  if (part != device)
    nvptx::renameAdded(module, part);
  if (chip.has(kernel::ChipFeature::DependentLaunch))
    nvptx::addDependentLaunches(module, [&](llvm::StringRef name) {
      auto kernel = part.lookupSymbol<LLVM::LLVMFuncOp>(name);
      return kernel && kernel->hasAttr(followedEarlyAttrName);
    });
  // The backend aborts on what it cannot select.
  writeDumpFile(("device-" + chip.name + ".ll").str(),
                [&](raw_ostream &os) { module.print(os, nullptr); });
  return nvptx::generate(module, **machine, llvm::CodeGenFileType::AssemblyFile,
                         text);
}

llvm::Error DeviceCompiler::makeTexts(gpu::GPUModuleOp part, size_t number) {
  llvm::LLVMContext llvmContext;
  auto module = translate(part, llvmContext);
  if (!module)
    return module.takeError();
  for (auto [chip, text] : llvm::zip_equal(options.chips, texts)) {
    std::unique_ptr<llvm::Module> copy = llvm::CloneModule(**module);
    if (llvm::Error error = makeText(part, chip, *copy, text[number]))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error DeviceCompiler::makeTexts() {
  // A dump has all of the code that the backend was given.
  int64_t operations = partOperations;
  device->walk([&](Operation *) { --operations; });
  bool isWhole = operations >= 0 || isReplaying();
  std::vector<nvptx::DevicePart> parts;
  if (!isWhole)
    parts = nvptx::divide(device, partOperations);
  size_t count = isWhole ? 1 : parts.size();
  texts.assign(options.chips.size(), std::vector<std::string>(count));
  return forEach(count, [&](size_t i) {
    return makeTexts(isWhole ? device : *parts[i], i);
  });
}

llvm::Expected<std::vector<DeviceImage>>
DeviceCompiler::makeImages(size_t number) {
  const Chip &chip = options.chips[number];
  DeviceImage image{GRAPHC_IMAGE_PTX, chip.capability, chip.isExact,
                    chip.features,    chip.name.str(), ""};
  image.bytes = nvptx::joinPTX(texts[number]);
  writeDumpFile(("device-" + chip.name + ".ptx").str(),
                [&](raw_ostream &os) { os << image.bytes; });
  llvm::Expected<std::optional<DeviceImage>> assembled =
      nvptx::assemble(image, options.optLevel);
  if (!assembled)
    return assembled.takeError();
  std::vector<DeviceImage> images;
  if (*assembled)
    images.push_back(std::move(**assembled));
  images.push_back(std::move(image));
  return images;
}

llvm::Expected<DeviceImage> DeviceCompiler::emulate(llvm::Module &module) {
  uint32_t features = 0;
  int64_t sharedBytes = 0;
  for (const Chip &chip : options.chips) {
    features |= chip.features;
    sharedBytes = std::max(sharedBytes, getSharedBytes(chip));
  }
  if (features & GRAPHC_FEATURE_DEPENDENT_LAUNCH)
    nvptx::addDependentLaunches(module, [](llvm::StringRef) { return false; });
  auto image = nvptx::makeEmulation(module, kernels, sharedBytes);
  if (image)
    image->features = features;
  return image;
}

llvm::Expected<DeviceCode> DeviceCompiler::compile() {
  for (auto kernel : device.getOps<LLVM::LLVMFuncOp>())
    if (kernel->hasAttr(gpu::GPUDialect::getKernelFuncAttrName()))
      kernels.push_back(kernel.getName().str());
  initialize(context);
  // The parts take the kernels with them.
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> whole;
  if (options.emulate) {
    auto translated = translate(device, llvmContext);
    if (!translated)
      return translated.takeError();
    whole = std::move(*translated);
  }
  if (llvm::Error error = makeTexts())
    return error;
  // Those of the chips, then that of the emulator.
  size_t chips = options.chips.size();
  std::vector<std::vector<DeviceImage>> images(chips + options.emulate);
  llvm::Error error = forEach(images.size(), [&](size_t i) -> llvm::Error {
    if (i == chips) {
      auto image = emulate(*whole);
      if (!image)
        return image.takeError();
      images[i].push_back(std::move(*image));
      return llvm::Error::success();
    }
    auto made = makeImages(i);
    if (!made)
      return made.takeError();
    images[i] = std::move(*made);
    return llvm::Error::success();
  });
  if (error)
    return error;
  DeviceCode code;
  code.kernels = std::move(kernels);
  for (std::vector<DeviceImage> &some : images)
    llvm::append_range(code.images,
                       llvm::make_range(std::make_move_iterator(some.begin()),
                                        std::make_move_iterator(some.end())));
  return code;
}

llvm::Expected<DeviceCode> graphc::compileDevice(ModuleOp module,
                                                 const DeviceOptions &options) {
  auto devices = module.getOps<gpu::GPUModuleOp>();
  if (devices.empty())
    return DeviceCode();
  gpu::GPUModuleOp device = *devices.begin();
  auto code = DeviceCompiler(device, options).compile();
  if (code)
    device.erase();
  return code;
}
