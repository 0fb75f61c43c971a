//===- Code.cpp - Code for the host, as a witness -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Code.h"

#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMIRToLLVMTranslation.h"
#include "mlir/Target/LLVMIR/Import.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/Transforms/Utils/Cloning.h"

#include <csignal>
#include <cstring>

#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using namespace graphc;
using interpreter::Array;

OwningOpRef<ModuleOp> graphc::importLLVM(const llvm::Module &module,
                                         ModuleOp like) {
  MLIRContext *context = like.getContext();
  DialectRegistry registry;
  registerLLVMDialectImport(registry);
  context->appendDialectRegistry(registry);
  // What it cannot keep of debug information does not matter.
  ScopedDiagnosticHandler quiet(context,
                                [](Diagnostic &) { return success(); });
  OwningOpRef<ModuleOp> imported = translateLLVMIRToModule(
      llvm::CloneModule(module), context, /*emitExpensiveWarnings=*/false);
  if (imported)
    for (StringRef name : {"kernel.arena_size", "graph.bounds"})
      if (Attribute value = like->getAttr(name))
        (*imported)->setAttr(name, value);
  return imported;
}

std::string graphc::whyNotOnHost(const llvm::TargetMachine &machine) {
  llvm::Triple host(llvm::sys::getProcessTriple());
  if (machine.getTargetTriple().getArch() != host.getArch())
    return "its code is for another processor";
  llvm::StringMap<bool> present = llvm::sys::getHostCPUFeatures();
  SmallVector<StringRef> features;
  machine.getTargetFeatureString().split(features, ',');
  for (StringRef feature : features)
    if (feature.consume_front("+")) {
      auto found = present.find(feature);
      if (found != present.end() && !found->second)
        return ("this processor has no " + feature).str();
    }
  return "";
}

//===----------------------------------------------------------------------===//
// Machine code
//===----------------------------------------------------------------------===//

namespace {
/// Functions of a module, callable with integers for arguments.
class MachineCode {
public:
  llvm::Error build(const llvm::Module &module,
                    const llvm::TargetMachine &machine);
  /// Nothing when there is no such function.
  std::optional<int64_t> call(StringRef name, ArrayRef<int64_t> arguments);

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
};
} // namespace

static bool isNumber(llvm::Type *type) {
  return type->isPointerTy() || type->isIntegerTy(64) || type->isIntegerTy(32);
}

static std::string thunkName(StringRef function) {
  return ("graphc_call_" + function).str();
}

/// `int64_t thunk(const int64_t *arguments)` for every function that takes
/// numbers and addresses only.
static void addThunks(llvm::Module &module) {
  llvm::LLVMContext &context = module.getContext();
  llvm::Type *i64 = llvm::Type::getInt64Ty(context);
  llvm::Type *pointer = llvm::PointerType::get(context, 0);
  std::vector<llvm::Function *> functions;
  for (llvm::Function &function : module)
    if (!function.isDeclaration() && !function.isVarArg() &&
        (function.getReturnType()->isVoidTy() ||
         function.getReturnType()->isIntegerTy(32)) &&
        llvm::all_of(function.args(), [](const llvm::Argument &argument) {
          return isNumber(argument.getType());
        }))
      functions.push_back(&function);
  for (llvm::Function *function : functions) {
    auto *thunk =
        llvm::Function::Create(llvm::FunctionType::get(i64, {pointer}, false),
                               llvm::Function::ExternalLinkage,
                               thunkName(function->getName()), module);
    llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", thunk));
    std::vector<llvm::Value *> arguments;
    for (auto [i, argument] : llvm::enumerate(function->args())) {
      llvm::Value *place = builder.CreateConstGEP1_64(i64, thunk->getArg(0), i);
      llvm::Value *value = builder.CreateLoad(i64, place);
      if (argument.getType()->isPointerTy())
        value = builder.CreateIntToPtr(value, pointer);
      else
        value = builder.CreateIntCast(value, argument.getType(), true);
      arguments.push_back(value);
    }
    llvm::Value *result = builder.CreateCall(function, arguments);
    builder.CreateRet(function->getReturnType()->isVoidTy()
                          ? builder.getInt64(0)
                          : builder.CreateIntCast(result, i64, true));
  }
}

/// Code with threads calls OpenMP, which lies beside LLVM.
static bool loadOpenMP(const llvm::Module &module) {
  bool isWanted = llvm::any_of(module, [](const llvm::Function &function) {
    return function.isDeclaration() &&
           (function.getName().starts_with("omp_") ||
            function.getName().starts_with("__kmpc_"));
  });
  if (!isWanted)
    return true;
  for (const char *path :
       {"libomp.so.5", GRAPHC_LLVM_LIBRARY_DIR "/libomp.so.5", "libomp.so"})
    if (dlopen(path, RTLD_NOW | RTLD_GLOBAL))
      return true;
  return false;
}

llvm::Error MachineCode::build(const llvm::Module &module,
                               const llvm::TargetMachine &machine) {
  if (!loadOpenMP(module))
    return llvm::createStringError("cannot find libomp.so.5");
  auto copy = llvm::CloneModule(module);
  addThunks(*copy);
  llvm::SmallVector<char> bitcode;
  llvm::raw_svector_ostream stream(bitcode);
  llvm::WriteBitcodeToFile(*copy, stream);
  auto context = std::make_unique<llvm::LLVMContext>();
  auto parsed = llvm::parseBitcodeFile(
      llvm::MemoryBufferRef(StringRef(bitcode.data(), bitcode.size()), "code"),
      *context);
  if (!parsed)
    return parsed.takeError();
  llvm::orc::JITTargetMachineBuilder target(machine.getTargetTriple());
  target.setCPU(machine.getTargetCPU().str());
  llvm::SmallVector<StringRef> features;
  machine.getTargetFeatureString().split(features, ',', -1, false);
  for (StringRef feature : features)
    target.getFeatures().AddFeature(feature);
  target.getOptions() = machine.Options;
  target.setCodeGenOptLevel(machine.getOptLevel());
  auto made =
      llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(target).create();
  if (!made)
    return made.takeError();
  jit = std::move(*made);
  (*parsed)->setDataLayout(jit->getDataLayout());
  return jit->addIRModule(
      llvm::orc::ThreadSafeModule(std::move(*parsed), std::move(context)));
}

std::optional<int64_t> MachineCode::call(StringRef name,
                                         ArrayRef<int64_t> arguments) {
  auto found = jit->lookup(thunkName(name));
  if (!found) {
    llvm::consumeError(found.takeError());
    return std::nullopt;
  }
  return found->toPtr<int64_t (*)(const int64_t *)>()(arguments.data());
}

//===----------------------------------------------------------------------===//
// Another process
//===----------------------------------------------------------------------===//

namespace {
/// What the process that runs the code tells: at the start of memory that it
/// shares, before the outputs.
struct Story {
  enum Kind { Died, Done, Failed, NoCode } kind;
  char message[1000];
};
} // namespace

static void runInChild(const llvm::Module &module,
                       const llvm::TargetMachine &machine, ModuleOp imported,
                       const ProgramInputs &inputs, ArrayRef<Array> expected,
                       StringRef compiled, Story *story) {
  auto tell = [&](Story::Kind kind, StringRef message) {
    size_t size = std::min(message.size(), sizeof(story->message) - 1);
    std::memcpy(story->message, message.data(), size);
    story->kind = kind;
  };
  MachineCode code;
  if (llvm::Error error = code.build(module, machine))
    return tell(Story::NoCode, llvm::toString(std::move(error)));
  ProgramResult result =
      runProgram(imported, inputs, nullptr,
                 [&](StringRef name,
                     ArrayRef<int64_t> arguments) -> std::optional<int64_t> {
                   return compiled.empty() || compiled == name
                              ? code.call(name, arguments)
                              : std::nullopt;
                 });
  if (result.error)
    return tell(result.error->isUnsupported ? Story::NoCode : Story::Failed,
                result.error->message);
  char *to = reinterpret_cast<char *>(story + 1);
  for (auto [output, wanted] : llvm::zip_equal(result.outputs, expected)) {
    if (output.shape != wanted.shape)
      return tell(Story::Failed, "an output has another shape");
    size_t bytes = output.size() * output.element.bytes;
    std::memcpy(to, output.clone().memory->data(), bytes);
    to += bytes;
  }
  tell(Story::Done, "");
}

static ProgramResult fail(StringRef message, bool isUnsupported) {
  ProgramResult result;
  result.error = interpreter::Error{nullptr, message.str(), isUnsupported};
  return result;
}

ProgramResult graphc::runCompiled(const llvm::Module &module,
                                  const llvm::TargetMachine &machine,
                                  ModuleOp imported,
                                  const ProgramInputs &inputs,
                                  ArrayRef<Array> expected,
                                  StringRef compiled) {
  size_t size = sizeof(Story);
  for (const Array &output : expected)
    size += output.size() * output.element.bytes;
  void *shared = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED)
    return fail("there is no memory for its outputs", true);
  auto *story = static_cast<Story *>(shared);
  llvm::scope_exit release([&] { munmap(shared, size); });
  constexpr unsigned mostSeconds = 120;
  pid_t child = fork();
  if (child < 0)
    return fail("no process can be started for it", true);
  if (child == 0) {
    // A crash is the parent's to tell, not that of handlers of this tool.
    for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT})
      std::signal(signal, SIG_DFL);
    alarm(mostSeconds);
    runInChild(module, machine, imported, inputs, expected, compiled, story);
    _exit(0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  if (WIFSIGNALED(status))
    return fail(WTERMSIG(status) == SIGALRM
                    ? "its code does not end"
                    : std::string("its code crashes (SIG") +
                          sigabbrev_np(WTERMSIG(status)) + ")",
                false);
  if (story->kind == Story::Done) {
    ProgramResult result;
    const char *from = reinterpret_cast<const char *>(story + 1);
    for (const Array &output : expected) {
      Array copy(output.shape, output.element);
      size_t bytes = output.size() * output.element.bytes;
      std::memcpy(copy.memory->data(), from, bytes);
      from += bytes;
      result.outputs.push_back(std::move(copy));
    }
    return result;
  }
  return fail(story->message, story->kind != Story::Failed);
}
