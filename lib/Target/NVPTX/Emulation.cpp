//===- Emulation.cpp - Device code that runs on the CPU -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For tests on machines without a GPU. The image is a shared library that the
// emulator of the driver loads (see lib/Emulator). Shared memory is a variable
// of the thread that runs a block.
//
//===----------------------------------------------------------------------===//

#include "../Artefact/Parts.h"
#include "Images.h"
#include "graphc/Runtime/Runtime.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/OutputFiles.h"
#include "graphc/Target/Machine.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace graphc;

/// Every intrinsic of the device is a function of the emulator.
static void replaceIntrinsics(llvm::Module &module) {
  llvm::SmallVector<llvm::Function *> intrinsics;
  for (llvm::Function &function : module)
    if (function.getName().starts_with("llvm.nvvm."))
      intrinsics.push_back(&function);
  for (llvm::Function *intrinsic : intrinsics) {
    std::string name = "emulate_" + intrinsic->getName().drop_front(10).str();
    std::replace(name.begin(), name.end(), '.', '_');
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
  llvm::SmallVector<llvm::Value *> arguments;
  for (llvm::Argument &argument : kernel->args()) {
    llvm::Value *slot = builder.CreateLoad(
        pointer, builder.CreateConstGEP1_32(pointer, entry->getArg(0),
                                            argument.getArgNo()));
    // Structs are handed over by their address.
    arguments.push_back(argument.hasByValAttr()
                            ? slot
                            : builder.CreateLoad(argument.getType(), slot));
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
nvptx::makeEmulation(llvm::Module &module,
                     llvm::ArrayRef<std::string> kernels) {
  llvm::Expected<MachineDescription> host = describeMachine("native");
  if (!host)
    return host.takeError();
  auto machine = createTargetMachine(*host, /*optLevel=*/1);
  if (!machine)
    return machine.takeError();
  for (llvm::Function &function : module) {
    function.setCallingConv(llvm::CallingConv::C);
    for (llvm::Argument &argument : function.args())
      if (argument.hasByValAttr())
        argument.removeAttr(llvm::Attribute::ByVal);
  }
  for (llvm::GlobalVariable &variable : module.globals())
    if (variable.getAddressSpace() == 3)
      variable.setThreadLocal(true);
  setMachine(module, **machine);
  replaceIntrinsics(module);
  for (llvm::StringRef name : kernels)
    addEntry(module, module.getFunction(name));
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  if (llvm::verifyModule(module, &stream))
    return makeError("internal", "the emulated module is invalid: " + problem);
  optimize(module, **machine, /*optLevel=*/1);

  std::string object;
  if (llvm::Error error = generate(module, **machine,
                                   llvm::CodeGenFileType::ObjectFile, object))
    return error;
  llvm::SmallString<128> objectPath, libraryPath;
  if (std::error_code code = llvm::sys::fs::createTemporaryFile(
          "graphc-emulation", "o", objectPath))
    return makeError("output-write", "cannot make a file: " + code.message());
  llvm::FileRemover removeObject(objectPath);
  if (std::error_code code = llvm::sys::fs::createTemporaryFile(
          "graphc-emulation", "so", libraryPath))
    return makeError("output-write", "cannot make a file: " + code.message());
  llvm::FileRemover removeLibrary(libraryPath);
  {
    std::error_code code;
    llvm::raw_fd_ostream file(objectPath, code);
    file << object;
    file.close();
    if (file.has_error())
      return makeError("output-write", "cannot write '" +
                                           objectPath.str().str() +
                                           "': " + file.error().message());
  }
  ArtefactOptions options;
  options.machine = *host;
  options.output = libraryPath.str().str();
  if (llvm::Error error =
          artefact::linkSharedLibrary(objectPath, libraryPath, options))
    return error;
  auto bytes = llvm::MemoryBuffer::getFile(libraryPath);
  if (!bytes)
    return makeError("output-write", "cannot read '" + libraryPath.str().str() +
                                         "': " + bytes.getError().message());
  return DeviceImage{GRAPHC_IMAGE_EMULATION, 0, false, "emulation",
                     (*bytes)->getBuffer().str()};
}
