//===- EmulatedMemory.cpp - Memory of emulated kernels --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatedMemory.h"

#include "graphc/Support/ErrorCode.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace graphc;

static constexpr unsigned sharedSpace = 3;

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

static bool isUsedIn(const llvm::Value &value, const llvm::Function &kernel) {
  return llvm::any_of(value.users(), [&](const llvm::User *user) {
    auto *instruction = llvm::dyn_cast<llvm::Instruction>(user);
    return instruction ? instruction->getFunction() == &kernel
                       : isUsedIn(*user, kernel);
  });
}

static void addNumbers(llvm::Module &module, const llvm::Twine &name,
                       llvm::ArrayRef<uint32_t> numbers) {
  llvm::Constant *values =
      llvm::ConstantDataArray::get(module.getContext(), numbers);
  new llvm::GlobalVariable(module, values->getType(), /*isConstant=*/true,
                           llvm::GlobalValue::ExternalLinkage, values, name);
}

namespace {
/// Where the variables of kernels lie in the emulator's memory.
class OwnMemory {
public:
  explicit OwnMemory(llvm::Module &module)
      : module(module), layout(module.getDataLayout()) {
    for (llvm::GlobalVariable &variable : module.globals())
      if (variable.getAddressSpace() == sharedSpace &&
          !variable.isDeclaration())
        variables.push_back(&variable);
  }

  /// False if there is no room.
  bool place(llvm::Function &kernel);
  /// Lets the variables be what was placed.
  void replace();

private:
  // As in lib/Emulator/Emulator.h.
  static constexpr uint64_t room = 96 << 10, gap = 32;

  uint64_t getSize(const llvm::GlobalVariable *variable) const {
    return layout.getTypeAllocSize(variable->getValueType());
  }

  llvm::Module &module;
  const llvm::DataLayout &layout;
  llvm::SmallVector<llvm::GlobalVariable *> variables;
  llvm::MapVector<llvm::GlobalVariable *, uint64_t> places;
};
} // namespace

bool OwnMemory::place(llvm::Function &kernel) {
  uint64_t size = 0, end = 0;
  llvm::SmallVector<uint32_t> parts = {0};
  for (llvm::GlobalVariable *variable : variables) {
    if (!isUsedIn(*variable, kernel))
      continue;
    uint64_t alignment = variable->getAlign().valueOrOne().value();
    size = llvm::alignTo(size, alignment) + getSize(variable);
    // No better aligned than it says.
    uint64_t place =
        llvm::alignTo(end + gap, 2 * alignment, /*Skew=*/alignment);
    auto [known, isNew] = places.insert({variable, place});
    if (!isNew && known->second < end + gap)
      return false;
    end = known->second + getSize(variable);
    parts.push_back(known->second);
    parts.push_back(getSize(variable));
    ++parts.front();
  }
  addNumbers(module, "emulate_shared_" + kernel.getName(), {uint32_t(size)});
  addNumbers(module, "emulate_parts_" + kernel.getName(), parts);
  return end + gap <= room;
}

void OwnMemory::replace() {
  if (variables.empty())
    return;
  llvm::Type *byte = llvm::Type::getInt8Ty(module.getContext());
  auto *memory = new llvm::GlobalVariable(
      module, llvm::ArrayType::get(byte, room), /*isConstant=*/false,
      llvm::GlobalValue::ExternalLinkage, nullptr, "emulator_own", nullptr,
      llvm::GlobalValue::GeneralDynamicTLSModel, sharedSpace);
  for (auto [variable, place] : places) {
    variable->replaceAllUsesWith(llvm::ConstantExpr::getGetElementPtr(
        byte, memory,
        llvm::ConstantInt::get(llvm::Type::getInt64Ty(module.getContext()),
                               place)));
    variable->eraseFromParent();
  }
}

llvm::Error nvptx::replaceSharedMemory(llvm::Module &module,
                                       llvm::ArrayRef<std::string> kernels,
                                       int64_t sharedBytes) {
  addNumbers(module, "emulate_block_shared", {uint32_t(sharedBytes)});
  OwnMemory own(module);
  for (llvm::StringRef name : kernels)
    if (!own.place(*module.getFunction(name)))
      return makeError("internal", "the emulator has no room for the shared "
                                   "memory of '" +
                                       name.str() + "'");
  own.replace();
  for (llvm::GlobalVariable &variable : module.globals())
    if (variable.getAddressSpace() == sharedSpace && variable.isDeclaration() &&
        !variable.isThreadLocal()) {
      variable.setThreadLocal(true);
      variable.setName("emulator_shared");
    }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Alignment
//===----------------------------------------------------------------------===//

namespace {
/// An access of a type that says how its address is aligned.
struct Access {
  llvm::Instruction *instruction;
  llvm::Value *pointer;
  uint64_t bytes; ///< In one piece.
};
} // namespace

static std::optional<Access> getAccess(llvm::Instruction &instruction,
                                       const llvm::DataLayout &layout) {
  const uint64_t fewest = 8, most = 16; // Of an instruction with vectors.
  llvm::Value *pointer = llvm::getLoadStorePointerOperand(&instruction);
  if (!pointer ||
      llvm::isa<llvm::AllocaInst>(llvm::getUnderlyingObject(pointer)))
    return std::nullopt;
  uint64_t size = layout.getTypeStoreSize(llvm::getLoadStoreType(&instruction));
  uint64_t bytes = std::min({llvm::getLoadStoreAlignment(&instruction).value(),
                             uint64_t(llvm::bit_floor(size)), most});
  if (bytes < fewest)
    return std::nullopt;
  return Access{&instruction, pointer, bytes};
}

void nvptx::checkAlignments(llvm::Module &module) {
  llvm::SmallVector<Access> accesses;
  for (llvm::Function &function : module) {
    // Nothing is to be taken for granted of what goes in.
    for (llvm::Argument &argument : function.args())
      if (!argument.hasByValAttr())
        argument.removeAttr(llvm::Attribute::Alignment);
    for (llvm::Instruction &instruction : llvm::instructions(function))
      if (std::optional<Access> access =
              getAccess(instruction, module.getDataLayout()))
        accesses.push_back(*access);
  }
  llvm::LLVMContext &context = module.getContext();
  llvm::MDNode *rarely = llvm::MDBuilder(context).createUnlikelyBranchWeights();
  for (const Access &access : accesses) {
    llvm::IRBuilder<> builder(access.instruction);
    llvm::Value *address =
        builder.CreatePtrToInt(access.pointer, builder.getInt64Ty());
    llvm::Value *rest = builder.CreateAnd(address, access.bytes - 1);
    llvm::Instruction *fails = llvm::SplitBlockAndInsertIfThen(
        builder.CreateIsNotNull(rest), access.instruction,
        /*Unreachable=*/true, rarely);
    builder.SetInsertPoint(fails);
    llvm::FunctionCallee misaligned = module.getOrInsertFunction(
        "emulator_misaligned",
        llvm::FunctionType::get(builder.getVoidTy(),
                                {builder.getPtrTy(), builder.getInt32Ty()},
                                false));
    llvm::cast<llvm::Function>(misaligned.getCallee())->setDoesNotReturn();
    builder.CreateCall(misaligned,
                       {builder.CreateIntToPtr(address, builder.getPtrTy()),
                        builder.getInt32(access.bytes)});
  }
}
