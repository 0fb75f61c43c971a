//===- Machine.cpp - The machine that code is made for --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/Machine.h"

#include "graphc/Support/ErrorCode.h"

#include "Parts.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

#include <mutex>
#include <unistd.h>

using namespace graphc;

namespace {
struct KnownTarget {
  llvm::StringLiteral name;
  llvm::StringLiteral triple, cpu;
};
} // namespace

static constexpr KnownTarget knownTargets[] = {
    {"aarch64-linux-gnu", "aarch64-unknown-linux-gnu", "generic"},
    {"x86-64", "x86_64-unknown-linux-gnu", "x86-64"},
    {"x86-64-v2", "x86_64-unknown-linux-gnu", "x86-64-v2"},
    {"x86-64-v3", "x86_64-unknown-linux-gnu", "x86-64-v3"},
    {"x86-64-v4", "x86_64-unknown-linux-gnu", "x86-64-v4"},
    {"haswell", "x86_64-unknown-linux-gnu", "haswell"},
    {"skylake-avx512", "x86_64-unknown-linux-gnu", "skylake-avx512"},
    {"icelake-server", "x86_64-unknown-linux-gnu", "icelake-server"},
    {"sapphirerapids", "x86_64-unknown-linux-gnu", "sapphirerapids"},
    {"znver3", "x86_64-unknown-linux-gnu", "znver3"},
    {"znver4", "x86_64-unknown-linux-gnu", "znver4"},
    {"znver5", "x86_64-unknown-linux-gnu", "znver5"},
};

static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
  });
}

/// A virtual machine may hide features of its CPU, so all are listed.
static MachineDescription describeHost() {
  MachineDescription machine;
  machine.triple = llvm::sys::getDefaultTargetTriple();
  machine.cpu = llvm::sys::getHostCPUName().str();
  std::vector<std::string> features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features.push_back((feature.getValue() ? "+" : "-") +
                       feature.getKey().str());
  llvm::sort(features);
  machine.features = llvm::join(features, ",");
#ifdef _SC_LEVEL2_CACHE_SIZE
  machine.l1Bytes = std::max(0l, sysconf(_SC_LEVEL1_DCACHE_SIZE));
  machine.l2Bytes = std::max(0l, sysconf(_SC_LEVEL2_CACHE_SIZE));
#endif
  return machine;
}

llvm::Expected<MachineDescription>
graphc::describeMachine(llvm::StringRef target) {
  if (target.empty() || target == "native")
    return describeHost();
  for (const KnownTarget &known : knownTargets)
    if (known.name == target)
      return MachineDescription{known.triple.str(), known.cpu.str(), "", 0, 0};
  std::string names = "native";
  for (const KnownTarget &known : knownTargets)
    names += ", " + known.name.str();
  return makeError("unsupported-target",
                   "unknown target '" + target + "'; known are: " + names);
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
graphc::createTargetMachine(const MachineDescription &machine,
                            unsigned optLevel) {
  initializeTargets();
  std::string problem;
  llvm::Triple triple(machine.triple);
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, problem);
  if (!target)
    return makeError("unsupported-target", "no code generator for '" +
                                               machine.triple +
                                               "': " + problem);
  llvm::TargetOptions options;
  auto level = llvm::CodeGenOpt::getLevel(static_cast<int>(optLevel));
  std::unique_ptr<llvm::TargetMachine> created(target->createTargetMachine(
      triple, machine.cpu, machine.features, options, llvm::Reloc::PIC_,
      std::nullopt, level.value_or(llvm::CodeGenOptLevel::Aggressive)));
  if (!created)
    return makeError("unsupported-target", "no code generator for '" +
                                               machine.triple + "' and CPU '" +
                                               machine.cpu + "'");
  return created;
}

void graphc::setMachine(llvm::Module &module,
                        const llvm::TargetMachine &machine) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  for (llvm::Function &function : module) {
    function.removeFnAttr("tune-cpu");
    function.removeFnAttr("target-features");
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    if (!machine.getTargetFeatureString().empty())
      function.addFnAttr("target-features", machine.getTargetFeatureString());
  }
}

static bool hasBfloats(const llvm::Module &module) {
  auto isBfloat = [](const llvm::Value *value) {
    return value->getType()->getScalarType()->isBFloatTy();
  };
  for (const llvm::Function &function : module)
    for (const llvm::Instruction &instruction : llvm::instructions(function))
      if (isBfloat(&instruction) ||
          llvm::any_of(instruction.operand_values(), isBfloat))
        return true;
  return false;
}

void graphc::defineBfloatRounding(llvm::Module &module,
                                  const llvm::TargetMachine &machine) {
  static constexpr llvm::StringLiteral name = "__truncsfbf2";
  if (!machine.getTargetTriple().isX86() ||
      machine.getMCSubtargetInfo()->checkFeatures("+avx512bf16") ||
      module.getFunction(name) || !hasBfloats(module))
    return;
  llvm::LLVMContext &context = module.getContext();
  auto *function = llvm::Function::Create(
      llvm::FunctionType::get(llvm::Type::getBFloatTy(context),
                              {llvm::Type::getFloatTy(context)}, false),
      llvm::GlobalValue::LinkOnceODRLinkage, name, module);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDoesNotThrow();
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", function));
  llvm::Value *value = function->getArg(0);
  llvm::Value *bits = builder.CreateBitCast(value, builder.getInt32Ty());
  // To the nearest, and of two to the even one; what is no number stays none.
  llvm::Value *isOdd = builder.CreateAnd(builder.CreateLShr(bits, 16), 1);
  llvm::Value *rounded = builder.CreateAdd(
      builder.CreateAdd(bits, builder.getInt32(0x7fff)), isOdd);
  rounded = builder.CreateSelect(builder.CreateFCmpUNO(value, value),
                                 builder.CreateOr(bits, 0x400000), rounded);
  llvm::Value *high = builder.CreateTrunc(builder.CreateLShr(rounded, 16),
                                          builder.getInt16Ty());
  builder.CreateRet(builder.CreateBitCast(high, builder.getBFloatTy()));
  llvm::appendToCompilerUsed(module, {function});
}
