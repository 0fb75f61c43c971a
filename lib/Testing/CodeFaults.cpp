//===- CodeFaults.cpp - Faults in loops, LLVM and emission ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Testing/Faults.h"

#include "Patterns.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::testing;

//===----------------------------------------------------------------------===//
// Loops over vectors
//===----------------------------------------------------------------------===//

static bool isCarriedVector(Operation *op) {
  auto loop = dyn_cast<scf::ForOp>(op);
  return loop && llvm::any_of(loop.getInitArgs(), [](Value value) {
           return isa<VectorType>(value.getType());
         });
}

static bool isNest(Operation *op) {
  return isa<scf::ForOp>(op) && isa<scf::ForOp>(op->getParentOp());
}

static bool isFmaOfLoad(Operation *op) {
  return isChain(op, "vector.fma", "vector.load");
}

static bool isMaskedLoad(Operation *op) {
  // One kind of op: of several functions on threads, any may come first.
  return isa<vector::MaskedLoadOp>(op);
}

static bool isWrittenScratch(Operation *op) {
  return isa<memref::AllocaOp>(op) &&
         llvm::any_of(op->getUsers(), [](Operation *user) {
           return is(user, "vector.store") || is(user, "memref.store");
         });
}

static bool isSelectOfCompare(Operation *op) {
  return isChain(op, "arith.select", "arith.cmpf");
}

static bool isEntryCall(Operation *op) {
  return is(op, "func.call") && isa<BlockArgument>(op->getOperand(0));
}

static bool isScaledIndex(Operation *op) {
  return isChain(op, "arith.addi", "arith.muli");
}

//===----------------------------------------------------------------------===//
// LLVM dialect
//===----------------------------------------------------------------------===//

static bool isLoopBranch(Operation *op) {
  return is(op, "cf.cond_br") && op->getNumSuccessors() == 2;
}

static bool isVectorAdd(Operation *op) {
  return isa<LLVM::FAddOp>(op) && isa<VectorType>(op->getResult(0).getType());
}

static bool isLoadOfAddress(Operation *op) {
  return isChain(op, "llvm.load", "llvm.getelementptr");
}

static bool isVectorStore(Operation *op) {
  auto store = dyn_cast<LLVM::StoreOp>(op);
  return store && isa<VectorType>(store.getValue().getType());
}

static bool isNestedAggregate(Operation *op) {
  return isChain(op, "llvm.insertvalue", "llvm.insertvalue");
}

//===----------------------------------------------------------------------===//
// LLVM IR
//===----------------------------------------------------------------------===//

using InstructionMatcher = bool (*)(const llvm::Instruction &);

static const llvm::Instruction *findInstruction(const llvm::Module &module,
                                                InstructionMatcher matches) {
  for (const llvm::Function &function : module)
    for (const llvm::Instruction &instruction : llvm::instructions(function))
      if (matches(instruction))
        return &instruction;
  return nullptr;
}

template <InstructionMatcher matches>
static llvm::Error failAtInstruction(llvm::Module &module) {
  const llvm::Instruction *found = findInstruction(module, matches);
  if (!found)
    return llvm::Error::success();
  return llvm::createStringError("seeded fault: cannot select '%s'",
                                 found->getOpcodeName());
}

template <InstructionMatcher matches>
static llvm::Error crashAtInstruction(llvm::Module &module) {
  if (findInstruction(module, matches))
    *static_cast<volatile int *>(nullptr) = 0;
  return llvm::Error::success();
}

template <InstructionMatcher matches>
static llvm::Error giveUpAtInstruction(llvm::Module &module) {
  if (const llvm::Instruction *found = findInstruction(module, matches))
    llvm::report_fatal_error(llvm::Twine("Cannot select: ") +
                             found->getOpcodeName());
  return llvm::Error::success();
}

static bool isVectorDivision(const llvm::Instruction &op) {
  return op.getOpcode() == llvm::Instruction::FDiv &&
         op.getType()->isVectorTy();
}

static bool isFma(const llvm::Instruction &op) {
  const auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&op);
  return call && (call->getIntrinsicID() == llvm::Intrinsic::fma ||
                  call->getIntrinsicID() == llvm::Intrinsic::fmuladd);
}

static bool isFloatCompare(const llvm::Instruction &op) {
  return op.getOpcode() == llvm::Instruction::FCmp;
}

static bool isFloatProduct(const llvm::Instruction &op) {
  return op.getOpcode() == llvm::Instruction::FMul;
}

static bool isVectorSum(const llvm::Instruction &op) {
  return op.getOpcode() == llvm::Instruction::FAdd &&
         op.getType()->isVectorTy();
}

static constexpr Fault inLLVM(llvm::StringLiteral name,
                              llvm::StringLiteral stage, Fault::Kind kind,
                              llvm::StringLiteral description,
                              llvm::Error (*apply)(llvm::Module &)) {
  return {name, stage, kind, description, nullptr, apply};
}

ArrayRef<Fault> graphc::codeFaults() {
  using Kind = Fault::Kind;
  static constexpr Fault faults[] = {
      {"scheduled-carried-vector", "graphc-cpu-emit-kernels", Kind::Failure,
       "a loop carries a vector", failWhere<isCarriedVector>},
      {"scheduled-fma-of-load", "graphc-cpu-emit-kernels", Kind::Crash,
       "a fused product reads memory", crashWhere<isFmaOfLoad>},
      {"scheduled-nest", "convert-linalg-to-loops", Kind::Failure,
       "a loop stands in a loop", failWhere<isNest>},
      {"scheduled-mask", "loop-invariant-code-motion", Kind::Crash,
       "memory is read under a mask", giveUpWhere<isMaskedLoad>},
      {"scheduled-scratch", "graphc-expand-math", Kind::Failure,
       "memory on the stack is written", failWhere<isWrittenScratch>},
      {"scheduled-select", "graphc-cpu-lower-parallel", Kind::Failure,
       "a choice follows a comparison", failWhere<isSelectOfCompare>},
      {"entry-call", "graphc-make-entry", Kind::Failure,
       "a call passes an argument on", failWhere<isEntryCall>},
      {"index-scaled", "lower-affine", Kind::Crash,
       "an index is a product and a sum", abortWhere<isScaledIndex>},
      {"cf-loop-branch", "convert-scf-to-cf", Kind::Failure,
       "a branch is conditional", failWhere<isLoopBranch>},
      {"llvm-vector-add", "convert-arith-to-llvm", Kind::Failure,
       "vectors are added", failWhere<isVectorAdd>},
      {"llvm-load-address", "finalize-memref-to-llvm", Kind::Crash,
       "memory is read at a computed address", crashWhere<isLoadOfAddress>},
      {"llvm-vector-store", "convert-func-to-llvm", Kind::Failure,
       "a vector is written", failWhere<isVectorStore>},
      {"llvm-aggregate", "reconcile-unrealized-casts", Kind::Crash,
       "an aggregate is made in two steps", abortWhere<isNestedAggregate>},
      inLLVM("ir-vector-division", "translate", Kind::Failure,
             "vectors are divided", failAtInstruction<isVectorDivision>),
      inLLVM("ir-compare", "translate", Kind::Crash, "floats are compared",
             crashAtInstruction<isFloatCompare>),
      inLLVM("emit-fma", "emit", Kind::Crash, "a product is fused with a sum",
             giveUpAtInstruction<isFma>),
      inLLVM("emit-product", "emit", Kind::Failure, "floats are multiplied",
             failAtInstruction<isFloatProduct>),
      inLLVM("emit-vector-sum", "emit", Kind::Crash, "vectors are added",
             crashAtInstruction<isVectorSum>),
  };
  return faults;
}
