//===- Device.cpp - Images of device modules ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/NVPTX/Device.h"

#include "Images.h"
#include "graphc/Runtime/Runtime.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/FailureDump.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
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
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTargetMC();
  LLVMInitializeNVPTXAsmPrinter();
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

static llvm::Expected<std::unique_ptr<llvm::Module>>
translate(gpu::GPUModuleOp device, llvm::LLVMContext &context) {
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
  device->getContext()->appendDialectRegistry(registry);
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

/// PTX for one chip.
static llvm::Expected<DeviceImage>
compile(gpu::GPUModuleOp device, const Chip &chip, unsigned optLevel) {
  llvm::LLVMContext context;
  auto module = translate(device, context);
  if (!module)
    return module.takeError();
  auto machine = createMachine(**module, chip, optLevel);
  if (!machine)
    return machine.takeError();
  // The host launches others there.
  for (auto kernel : device.getOps<LLVM::LLVMFuncOp>())
    if (!nvptx::canRun(kernel, chip))
      (*module)->getFunction(kernel.getName())->eraseFromParent();
  (*module)->setTargetTriple((*machine)->getTargetTriple());
  (*module)->setDataLayout((*machine)->createDataLayout());
  nvptx::optimize(**module, **machine, optLevel);
  // The backend aborts on what it cannot select.
  writeDumpFile(("device-" + chip.name + ".ll").str(),
                [&](raw_ostream &os) { (*module)->print(os, nullptr); });
  DeviceImage image{GRAPHC_IMAGE_PTX, chip.capability, chip.isExact,
                    chip.features,    chip.name.str(), ""};
  if (llvm::Error error =
          nvptx::generate(**module, **machine,
                          llvm::CodeGenFileType::AssemblyFile, image.bytes))
    return error;
  return image;
}

llvm::Expected<DeviceCode> graphc::compileDevice(ModuleOp module,
                                                 const DeviceOptions &options) {
  DeviceCode code;
  auto devices = module.getOps<gpu::GPUModuleOp>();
  if (devices.empty())
    return code;
  gpu::GPUModuleOp device = *devices.begin();
  for (auto kernel : device.getOps<LLVM::LLVMFuncOp>())
    if (kernel->hasAttr(gpu::GPUDialect::getKernelFuncAttrName()))
      code.kernels.push_back(kernel.getName().str());
  for (const Chip &chip : options.chips) {
    llvm::Expected<DeviceImage> image = compile(device, chip, options.optLevel);
    if (!image)
      return image.takeError();
    writeDumpFile(("device-" + chip.name + ".ptx").str(),
                  [&](raw_ostream &os) { os << image->bytes; });
    llvm::Expected<std::optional<DeviceImage>> assembled =
        nvptx::assemble(*image, options.optLevel);
    if (!assembled)
      return assembled.takeError();
    if (*assembled)
      code.images.push_back(std::move(**assembled));
    code.images.push_back(std::move(*image));
  }
  if (options.emulate) {
    llvm::LLVMContext context;
    auto translated = translate(device, context);
    if (!translated)
      return translated.takeError();
    auto image = nvptx::makeEmulation(**translated, code.kernels);
    if (!image)
      return image.takeError();
    for (const Chip &chip : options.chips)
      image->features |= chip.features;
    code.images.push_back(std::move(*image));
  }
  device.erase();
  return code;
}
