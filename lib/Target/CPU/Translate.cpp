//===- Translate.cpp - From the LLVM dialect to LLVM IR -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/CPU/Translate.h"

#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/Step.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Target/LLVMIR/LLVMTranslationInterface.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/StandardInstrumentations.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace graphc;

int64_t graphc::getVectorBits(const llvm::TargetMachine &machine) {
  const llvm::Triple &triple = machine.getTargetTriple();
  if (!triple.isX86())
    return 128;
  const llvm::MCSubtargetInfo &subtarget = *machine.getMCSubtargetInfo();
  if (subtarget.checkFeatures("+avx512f,+avx512vl,+avx512bw,+avx512dq"))
    return 512;
  return subtarget.checkFeatures("+avx2,+fma") ? 256 : 128;
}

bool graphc::hasFeature(const llvm::TargetMachine &machine,
                        llvm::StringRef feature) {
  return !machine.getTargetTriple().isX86() ||
         machine.getMCSubtargetInfo()->checkFeatures(feature.str());
}

/// Loops are vectorized where they are made, so that LLVM's own vectorizers
/// only cost time.
void graphc::optimizeLLVM(
    llvm::Module &module, llvm::TargetMachine &machine, unsigned optLevel,
    llvm::function_ref<void(llvm::PassInstrumentationCallbacks &)> watch) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  tuning.LoopInterleaving = false;
  llvm::PassInstrumentationCallbacks callbacks;
  timeLLVMPasses(callbacks);
  // Lets the context's gate skip passes.
  llvm::OptPassGateInstrumentation gate(module.getContext());
  gate.registerCallbacks(callbacks);
  if (watch)
    watch(callbacks);
  llvm::PassBuilder builder(&machine, tuning, std::nullopt, &callbacks);
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

static bool isTranslated(Operation *op) {
  Dialect *dialect = op->getDialect();
  return dialect &&
         dialect->getRegisteredInterface<LLVMTranslationDialectInterface>();
}

/// Whether a cast changes nothing to LLVM: it stands there for the types of an
/// operation beside it that is left.
static bool isConsequence(UnrealizedConversionCastOp cast,
                          const LLVMTypeConverter &converter) {
  auto isLeft = [](Operation *op) { return op && !isTranslated(op); };
  if (cast.getNumOperands() != 1 || cast.getNumResults() != 1 ||
      converter.convertType(cast.getOperand(0).getType()) !=
          converter.convertType(cast.getResult(0).getType()))
    return false;
  return isLeft(cast.getOperand(0).getDefiningOp()) ||
         llvm::any_of(cast->getUsers(), isLeft);
}

/// Reports every operation that conversion has left, all together.
static bool isLowered(ModuleOp module) {
  bool isComplete = true;
  LLVMTypeConverter converter(module.getContext());
  module.walk([&](Operation *op) {
    auto cast = dyn_cast<UnrealizedConversionCastOp>(op);
    if (cast ? isConsequence(cast, converter) : isTranslated(op))
      return;
    isComplete = false;
    InFlightDiagnostic error =
        withCode("unsupported-lowering", emitError(op->getLoc()));
    if (cast)
      error << "a value of type " << op->getOperandTypes() << " has no code as "
            << op->getResultTypes();
    else
      error << "'" << op->getName() << "' on (" << op->getOperandTypes()
            << ") has no code for the target";
  });
  return isComplete;
}

llvm::Expected<std::unique_ptr<llvm::Module>>
graphc::translateToLLVM(ModuleOp module, llvm::LLVMContext &context,
                        llvm::TargetMachine &machine) {
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerOpenMPDialectTranslation(registry);
  module.getContext()->appendDialectRegistry(registry);
  if (!isLowered(module))
    return makeError("unsupported-lowering",
                     "the module is not lowered to LLVM");
  std::unique_ptr<llvm::Module> translated;
  auto exportModule = [&]() -> llvm::Error {
    translated = translateModuleToLLVMIR(module, context, "graphc");
    if (!translated)
      return makeError("internal",
                       "the module cannot be translated to LLVM IR");
    defineBfloatRounding(*translated, machine);
    setMachine(*translated, machine);
    std::string message;
    llvm::raw_string_ostream stream(message);
    if (llvm::verifyModule(*translated, &stream))
      return makeError("internal",
                       "LLVM's verifier refuses the module: " + message);
    return llvm::Error::success();
  };
  if (llvm::Error error = runStep("export", exportModule))
    return error;
  return translated;
}
