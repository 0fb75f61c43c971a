//===- Translate.cpp - From the LLVM dialect to LLVM IR -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/CPU/Translate.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace graphc;

/// PyTorch's name of an element type as code generation stores it.
static std::string dtypeOf(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return complex.getElementType().isF64() ? "complex128" : "complex64";
  if (type.isBF16())
    return "bfloat16";
  if (isa<FloatType>(type) && type.getIntOrFloatBitWidth() >= 16)
    return "float" + std::to_string(type.getIntOrFloatBitWidth());
  if (isa<FloatType>(type)) {
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return "float8_" + StringRef(text).drop_front(2).lower();
  }
  unsigned bits = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
  return (type.isUnsignedInteger() ? "uint" : "int") + std::to_string(bits);
}

std::vector<WeightEntry>
graphc::collectWeights(ModuleOp module, std::vector<std::vector<char>> &owned) {
  std::vector<WeightEntry> entries;
  auto weights = module->getAttrOfType<ArrayAttr>("kernel.weights");
  if (!weights)
    return entries;
  for (Attribute attribute : weights) {
    auto fields = cast<DictionaryAttr>(attribute);
    auto value = cast<ElementsAttr>(fields.get("value"));
    auto type = cast<ShapedType>(value.getType());
    WeightEntry entry;
    entry.offset = cast<IntegerAttr>(fields.get("offset")).getInt();
    entry.name = cast<StringAttr>(fields.get("name")).str();
    entry.dtype = dtypeOf(type.getElementType());
    entry.shape.assign(type.getShape().begin(), type.getShape().end());
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
      entry.bytes = resource.getRawHandle().getBlob()->getData();
    } else {
      auto dense = cast<DenseElementsAttr>(value);
      ArrayRef<char> raw = dense.getRawData();
      entry.bytes = raw;
      if (dense.isSplat() && type.getNumElements() != 1) {
        std::vector<char> &bytes = owned.emplace_back();
        for (int64_t i = 0; i < type.getNumElements(); ++i)
          bytes.insert(bytes.end(), raw.begin(), raw.end());
        entry.bytes = bytes;
      }
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

int64_t graphc::getVectorBits(const llvm::TargetMachine &machine) {
  const llvm::Triple &triple = machine.getTargetTriple();
  if (!triple.isX86())
    return 128;
  const llvm::MCSubtargetInfo &subtarget = *machine.getMCSubtargetInfo();
  if (subtarget.checkFeatures("+avx512f,+avx512vl,+avx512bw,+avx512dq"))
    return 512;
  return subtarget.checkFeatures("+avx2,+fma") ? 256 : 128;
}

/// Loops are vectorized where they are made, so that LLVM's own vectorizers
/// only cost time.
static void optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     unsigned optLevel) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  tuning.LoopInterleaving = false;
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::OptimizationLevel level = optLevel == 0   ? llvm::OptimizationLevel::O0
                                  : optLevel == 1 ? llvm::OptimizationLevel::O1
                                                  : llvm::OptimizationLevel::O2;
  llvm::ModulePassManager passes =
      optLevel == 0 ? builder.buildO0DefaultPipeline(level)
                    : builder.buildPerModuleDefaultPipeline(level);
  passes.run(module, modules);
}

llvm::Expected<std::unique_ptr<llvm::Module>>
graphc::translateToLLVM(ModuleOp module, llvm::LLVMContext &context,
                        llvm::TargetMachine &machine, unsigned optLevel) {
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerOpenMPDialectTranslation(registry);
  module.getContext()->appendDialectRegistry(registry);
  std::unique_ptr<llvm::Module> translated =
      translateModuleToLLVMIR(module, context, "graphc");
  if (!translated)
    return llvm::createStringError("the module cannot be translated to LLVM IR");
  setMachine(*translated, machine);
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (llvm::verifyModule(*translated, &stream))
    return llvm::createStringError("LLVM's verifier refuses the module: " +
                                   message);
  optimize(*translated, machine, optLevel);
  return translated;
}
