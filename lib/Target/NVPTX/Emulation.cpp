//===- Emulation.cpp - Device code that runs on the CPU -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For tests on machines without a GPU. The image is a shared library that the
// emulator of the driver loads (see lib/Emulator).
//
//===----------------------------------------------------------------------===//

#include "../Artefact/Parts.h"
#include "EmulatedMemory.h"
#include "Images.h"
#include "TemporaryFile.h"
#include "graphc/Runtime/Runtime.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/OutputFiles.h"
#include "graphc/Target/Machine.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace graphc;

/// How C passes it: small vectors as the word that they fill.
static llvm::Value *toWord(llvm::IRBuilder<> &builder, llvm::Value *value) {
  if (!value->getType()->isVectorTy())
    return value;
  return builder.CreateBitCast(
      value, builder.getIntNTy(value->getType()->getPrimitiveSizeInBits()));
}

/// Calls `name` instead of an intrinsic with several results: C returns them
/// through a pointer, the first argument.
static void replaceResults(llvm::CallInst *call, llvm::StringRef name) {
  llvm::Function *function = call->getFunction();
  llvm::IRBuilder<> entry(&function->getEntryBlock(),
                          function->getEntryBlock().begin());
  llvm::IRBuilder<> builder(call);
  llvm::Value *results = entry.CreateAlloca(call->getType());
  llvm::SmallVector<llvm::Value *> arguments = {results};
  llvm::SmallVector<llvm::Type *> types = {results->getType()};
  for (llvm::Value *argument : call->args()) {
    arguments.push_back(toWord(builder, argument));
    types.push_back(arguments.back()->getType());
  }
  llvm::FunctionCallee emulate = function->getParent()->getOrInsertFunction(
      name, llvm::FunctionType::get(builder.getVoidTy(), types, false));
  builder.CreateCall(emulate, arguments);
  call->replaceAllUsesWith(builder.CreateLoad(call->getType(), results));
  call->eraseFromParent();
}

/// Every intrinsic of the device is a function of the emulator.
static void replaceIntrinsics(llvm::Module &module) {
  llvm::SmallVector<llvm::Function *> intrinsics;
  for (llvm::Function &function : module)
    if (function.getName().starts_with("llvm.nvvm."))
      intrinsics.push_back(&function);
  for (llvm::Function *intrinsic : intrinsics) {
    std::string name = "emulate_" + intrinsic->getName().drop_front(10).str();
    std::replace(name.begin(), name.end(), '.', '_');
    if (intrinsic->getReturnType()->isStructTy()) {
      for (llvm::User *user : llvm::make_early_inc_range(intrinsic->users()))
        replaceResults(llvm::cast<llvm::CallInst>(user), name);
      intrinsic->eraseFromParent();
      continue;
    }
    llvm::Function *function = llvm::Function::Create(
        intrinsic->getFunctionType(), llvm::GlobalValue::ExternalLinkage, name,
        module);
    for (llvm::User *user : intrinsic->users())
      if (auto *call = llvm::dyn_cast<llvm::CallInst>(user))
        call->setAttributes({});
    intrinsic->replaceAllUsesWith(function);
    intrinsic->eraseFromParent();
  }
}

/// What the processor may lack, or takes small numbers for zero in.
static void expandBfloat(llvm::Module &module) {
  llvm::SmallVector<llvm::CastInst *> casts;
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function))
      if ((llvm::isa<llvm::FPTruncInst>(instruction) &&
           instruction.getType()->getScalarType()->isBFloatTy()) ||
          (llvm::isa<llvm::FPExtInst>(instruction) &&
           instruction.getOperand(0)->getType()->getScalarType()->isBFloatTy()))
        casts.push_back(llvm::cast<llvm::CastInst>(&instruction));
  for (llvm::CastInst *cast : casts) {
    llvm::IRBuilder<> builder(cast);
    auto like = [&](llvm::Type *element) {
      return cast->getType()->getWithNewType(element);
    };
    llvm::Type *narrow = like(builder.getInt16Ty());
    llvm::Type *wide = like(builder.getInt32Ty());
    auto constant = [&](uint64_t value) {
      return llvm::ConstantInt::get(wide, value);
    };
    llvm::Value *value = cast->getOperand(0), *result;
    if (llvm::isa<llvm::FPExtInst>(cast)) {
      llvm::Value *bits =
          builder.CreateZExt(builder.CreateBitCast(value, narrow), wide);
      result = builder.CreateBitCast(builder.CreateShl(bits, 16),
                                     like(builder.getFloatTy()));
      result = builder.CreateFPCast(result, cast->getType());
    } else {
      value = builder.CreateFPCast(value, like(builder.getFloatTy()));
      llvm::Value *bits = builder.CreateBitCast(value, wide);
      llvm::Value *isUp =
          builder.CreateAnd(builder.CreateLShr(bits, 16), constant(1));
      llvm::Value *rounded =
          builder.CreateAdd(builder.CreateAdd(bits, constant(0x7fff)), isUp);
      rounded = builder.CreateSelect(builder.CreateFCmpUNO(value, value),
                                     builder.CreateOr(bits, constant(0x400000)),
                                     rounded);
      result = builder.CreateBitCast(
          builder.CreateTrunc(builder.CreateLShr(rounded, 16), narrow),
          cast->getType());
    }
    cast->replaceAllUsesWith(result);
    cast->eraseFromParent();
  }
}

static llvm::SmallVector<llvm::Type *> getResults(llvm::CallInst *call) {
  if (auto *type = llvm::dyn_cast<llvm::StructType>(call->getType()))
    return llvm::to_vector(type->elements());
  if (call->getType()->isVoidTy())
    return {};
  return {call->getType()};
}

/// The place for the results and operands of an instruction, in the order in
/// which its text numbers them.
static llvm::SmallVector<llvm::Value *> makeSlots(llvm::CallInst *call,
                                                  llvm::IRBuilder<> &entry,
                                                  llvm::IRBuilder<> &before) {
  llvm::SmallVector<llvm::Value *> slots;
  llvm::SmallVector<llvm::Type *> results = getResults(call);
  for (llvm::Type *type : results)
    slots.push_back(entry.CreateAlloca(type));
  for (llvm::Value *operand : call->args()) {
    slots.push_back(entry.CreateAlloca(operand->getType()));
    before.CreateStore(operand, slots.back());
  }
  // What goes in for a result stands in its place.
  auto *assembly = llvm::cast<llvm::InlineAsm>(call->getCalledOperand());
  std::size_t next = results.size();
  for (const llvm::InlineAsm::ConstraintInfo &info :
       assembly->ParseConstraints()) {
    if (info.Type != llvm::InlineAsm::isInput)
      continue;
    unsigned result = 0;
    if (!llvm::StringRef(info.Codes.front()).getAsInteger(10, result))
      before.CreateStore(call->getArgOperand(next - results.size()),
                         slots[result]);
    ++next;
  }
  return slots;
}

/// `emulate_ptx(text, slots, results)` instead of an instruction that is
/// spelled out.
static void replaceAssembly(llvm::CallInst *call) {
  llvm::Function *function = call->getFunction();
  llvm::Module &module = *function->getParent();
  llvm::IRBuilder<> entry(&function->getEntryBlock(),
                          function->getEntryBlock().begin());
  llvm::IRBuilder<> before(call);
  llvm::SmallVector<llvm::Value *> slots = makeSlots(call, entry, before);
  llvm::Type *pointer = before.getPtrTy();
  auto *tableType = llvm::ArrayType::get(pointer, slots.size());
  llvm::Value *table = entry.CreateAlloca(tableType);
  for (auto [i, slot] : llvm::enumerate(slots))
    before.CreateStore(slot, before.CreateConstGEP2_32(tableType, table, 0, i));
  auto *assembly = llvm::cast<llvm::InlineAsm>(call->getCalledOperand());
  llvm::FunctionCallee emulate = module.getOrInsertFunction(
      "emulate_ptx",
      llvm::FunctionType::get(before.getVoidTy(),
                              {pointer, pointer, before.getInt32Ty()}, false));
  before.CreateCall(emulate,
                    {before.CreateGlobalString(assembly->getAsmString()), table,
                     before.getInt32(getResults(call).size())});
  if (auto *type = llvm::dyn_cast<llvm::StructType>(call->getType())) {
    llvm::Value *result = llvm::PoisonValue::get(type);
    for (auto [i, element] : llvm::enumerate(type->elements()))
      result = before.CreateInsertValue(
          result, before.CreateLoad(element, slots[i]), i);
    call->replaceAllUsesWith(result);
  } else if (!call->getType()->isVoidTy()) {
    call->replaceAllUsesWith(before.CreateLoad(call->getType(), slots[0]));
  }
  call->eraseFromParent();
}

static void replaceAssembly(llvm::Module &module) {
  llvm::SmallVector<llvm::CallInst *> calls;
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function))
      if (auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction);
          call && call->isInlineAsm())
        calls.push_back(call);
  for (llvm::CallInst *call : calls)
    replaceAssembly(call);
}

/// True when threads do not wait for one another: all that a kernel asks for is
/// where they are.
static bool isPlain(const llvm::Function &kernel) {
  for (const llvm::BasicBlock &block : kernel)
    for (const llvm::Instruction &instruction : block)
      if (auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction))
        if (const llvm::Function *callee = call->getCalledFunction();
            !callee || (callee->getName().starts_with("emulate_") &&
                        !callee->getName().starts_with("emulate_read_")))
          return false;
  return true;
}

/// `int32_t emulate_parameters_<name>[]`: how many there are and the bytes of
/// each, for launches that are kept.
static void addParameterSizes(llvm::Module &module,
                              const llvm::Function &kernel) {
  llvm::SmallVector<uint32_t> sizes = {
      static_cast<uint32_t>(kernel.arg_size())};
  for (const llvm::Argument &argument : kernel.args()) {
    llvm::Type *type = argument.hasByValAttr() ? argument.getParamByValType()
                                               : argument.getType();
    sizes.push_back(module.getDataLayout().getTypeAllocSize(type));
  }
  llvm::Constant *values =
      llvm::ConstantDataArray::get(module.getContext(), sizes);
  new llvm::GlobalVariable(module, values->getType(), /*isConstant=*/true,
                           llvm::GlobalValue::ExternalLinkage, values,
                           "emulate_parameters_" + kernel.getName());
}

/// `int32_t emulate_cluster_<name>`: how many blocks a cluster has, side by
/// side, if the kernel says so.
static void addClusterSize(llvm::Module &module, const llvm::Function &kernel) {
  llvm::Attribute attribute = kernel.getFnAttribute("nvvm.cluster_dim");
  uint32_t size = 0;
  if (!attribute.isValid() ||
      attribute.getValueAsString().split(',').first.getAsInteger(10, size))
    return;
  auto *type = llvm::Type::getInt32Ty(module.getContext());
  new llvm::GlobalVariable(module, type, /*isConstant=*/true,
                           llvm::GlobalValue::ExternalLinkage,
                           llvm::ConstantInt::get(type, size),
                           "emulate_cluster_" + kernel.getName());
}

/// `void emulate_kernel_<name>(void **parameters)`, as the driver's launch has
/// them.
static void addEntry(llvm::Module &module, llvm::Function *kernel) {
  llvm::LLVMContext &context = module.getContext();
  auto *pointer = llvm::PointerType::getUnqual(context);
  auto *entry = llvm::Function::Create(
      llvm::FunctionType::get(llvm::Type::getVoidTy(context), {pointer}, false),
      llvm::GlobalValue::ExternalLinkage, "emulate_kernel_" + kernel->getName(),
      module);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", entry));
  llvm::FunctionCallee memory = module.getOrInsertFunction(
      "emulate_memory", llvm::FunctionType::get(pointer, {pointer}, false));
  llvm::SmallVector<llvm::Value *> arguments;
  for (llvm::Argument &argument : kernel->args()) {
    llvm::Value *slot = builder.CreateLoad(
        pointer, builder.CreateConstGEP1_32(pointer, entry->getArg(0),
                                            argument.getArgNo()));
    // Structs are handed over by their address.
    llvm::Value *value = slot;
    if (!argument.hasByValAttr())
      value = builder.CreateLoad(argument.getType(), slot);
    // Addresses on a device are none of the host.
    if (!argument.hasByValAttr() && argument.getType()->isPointerTy())
      value = builder.CreateCall(memory, {value});
    arguments.push_back(value);
  }
  builder.CreateCall(kernel, arguments);
  builder.CreateRetVoid();
  if (isPlain(*kernel))
    new llvm::GlobalVariable(module, builder.getInt8Ty(), /*isConstant=*/true,
                             llvm::GlobalValue::ExternalLinkage,
                             builder.getInt8(1),
                             "emulate_plain_" + kernel->getName());
}

llvm::Expected<DeviceImage>
nvptx::makeEmulation(llvm::Module &module, llvm::ArrayRef<std::string> kernels,
                     int64_t sharedBytes) {
  llvm::Expected<MachineDescription> host = describeMachine("native");
  if (!host)
    return host.takeError();
  auto machine = createTargetMachine(*host, /*optLevel=*/1);
  if (!machine)
    return machine.takeError();
  for (llvm::Function &function : module)
    function.setCallingConv(llvm::CallingConv::C);
  if (llvm::Error error = replaceSharedMemory(module, kernels, sharedBytes))
    return error;
  defineBfloatRounding(module, **machine);
  setMachine(module, **machine);
  checkAlignments(module);
  replaceIntrinsics(module);
  replaceAssembly(module);
  expandBfloat(module);
  for (llvm::StringRef name : kernels) {
    llvm::Function *kernel = module.getFunction(name);
    addParameterSizes(module, *kernel);
    addClusterSize(module, *kernel);
    addEntry(module, kernel);
    for (llvm::Argument &argument : kernel->args())
      if (argument.hasByValAttr())
        argument.removeAttr(llvm::Attribute::ByVal);
  }
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  if (llvm::verifyModule(module, &stream))
    return makeError("internal", "the emulated module is invalid: " + problem);
  optimize(module, **machine, /*optLevel=*/1);

  std::string object;
  if (llvm::Error error = generate(module, **machine,
                                   llvm::CodeGenFileType::ObjectFile, object))
    return error;
  auto objectFile = TemporaryFile::make("o", object);
  auto library = TemporaryFile::make("so");
  for (auto *file : {&objectFile, &library})
    if (!*file)
      return file->takeError();
  ArtefactOptions options;
  options.machine = *host;
  options.output = library->getPath().str();
  if (llvm::Error error = artefact::linkSharedLibrary(
          objectFile->getPath(), library->getPath(), options))
    return error;
  auto bytes = llvm::MemoryBuffer::getFile(library->getPath());
  if (!bytes)
    return makeError("output-write", "cannot read '" +
                                         library->getPath().str() +
                                         "': " + bytes.getError().message());
  return DeviceImage{GRAPHC_IMAGE_EMULATION,     0, false, 0, "emulation",
                     (*bytes)->getBuffer().str()};
}
