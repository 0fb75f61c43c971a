//===- NumericCodeFaults.cpp - Wrong numbers from buffers to LLVM --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Testing/Faults.h"

#include "Patterns.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::testing;

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

/// The second of two views of one buffer.
static bool isLaterView(Operation *op) {
  auto view = dyn_cast<memref::ViewOp>(op);
  APInt shift;
  return view && matchPattern(view.getByteShift(), m_ConstantInt(&shift)) &&
         shift != 0;
}
static void moveView(Operation *op) {
  OpBuilder builder(op);
  Value zero = arith::ConstantIndexOp::create(builder, op->getLoc(), 0);
  cast<memref::ViewOp>(op).getByteShiftMutable().assign(zero);
}

/// A call of a kernel with two buffers of one type.
static bool isCallOfTwins(Operation *op) {
  return isa<func::CallOp>(op) && op->getNumOperands() > 2 &&
         op->getOperand(0).getType() == op->getOperand(1).getType() &&
         isa<MemRefType>(op->getOperand(0).getType()) &&
         op->getOperand(0) != op->getOperand(1);
}

/// The last call but one: what it makes, others read.
static bool isNeededCall(Operation *op) {
  return isa<func::CallOp>(op) &&
         isa_and_nonnull<func::CallOp>(op->getNextNode());
}
static void erase(Operation *op) { op->erase(); }

//===----------------------------------------------------------------------===//
// Loops and vectors
//===----------------------------------------------------------------------===//

static bool isSumOfLanes(Operation *op) {
  auto reduction = dyn_cast<vector::ReductionOp>(op);
  return reduction && reduction.getKind() == vector::CombiningKind::ADD &&
         isa<FloatType>(reduction.getType());
}
static void takeMaximum(Operation *op) {
  cast<vector::ReductionOp>(op).setKind(vector::CombiningKind::MAXIMUMF);
}

/// The loop over a reduction, which carries its sums.
static bool isSummingLoop(Operation *op) {
  auto loop = dyn_cast<scf::ForOp>(op);
  return loop && loop.getNumResults() > 0 &&
         isa<VectorType>(loop.getResult(0).getType());
}
static void startLate(Operation *op) {
  auto loop = cast<scf::ForOp>(op);
  OpBuilder builder(op);
  loop.getLowerBoundMutable().assign(arith::AddIOp::create(
      builder, op->getLoc(), loop.getLowerBound(), loop.getStep()));
}

static bool isMaskOfTail(Operation *op) {
  return isa<vector::CreateMaskOp, vector::ConstantMaskOp>(op);
}
static void maskAll(Operation *op) {
  OpBuilder builder(op);
  auto type = cast<VectorType>(op->getResult(0).getType());
  Value none = arith::ConstantOp::create(builder, op->getLoc(),
                                         DenseElementsAttr::get(type, false));
  op->getResult(0).replaceAllUsesWith(none);
  op->erase();
}

static bool isRootOfMany(Operation *op) {
  return isa<math::SqrtOp>(op) && op->getResult(0).hasOneUse();
}

static bool isCoefficient(Operation *op) {
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (!constant)
    return false;
  auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
  return splat && isa<VectorType>(splat.getType()) &&
         isa<FloatType>(splat.getElementType()) &&
         splat.getSplatValue<APFloat>().isFiniteNonZero() &&
         llvm::any_of(op->getUsers(),
                      [](Operation *user) { return isa<arith::MulFOp>(user); });
}

/// A product and sum whose factor and addend are mixed up.
template <typename Op>
static void swapAddend(Operation *op) {
  Value first = op->getOperand(0);
  op->setOperand(0, op->getOperand(2));
  op->setOperand(2, first);
}

//===----------------------------------------------------------------------===//
// Branches and the LLVM dialect
//===----------------------------------------------------------------------===//

/// `i < n` that a loop goes on by.
static bool isLoopTest(Operation *op) {
  auto compare = dyn_cast<arith::CmpIOp>(op);
  return compare && compare.getPredicate() == arith::CmpIPredicate::slt &&
         llvm::any_of(op->getUsers(), [](Operation *user) {
           return isa<cf::CondBranchOp>(user);
         });
}
static void endAtOnce(Operation *op) {
  cast<arith::CmpIOp>(op).setPredicate(arith::CmpIPredicate::sgt);
}

static bool isLoopTestOfLLVM(Operation *op) {
  auto compare = dyn_cast<LLVM::ICmpOp>(op);
  return compare && compare.getPredicate() == LLVM::ICmpPredicate::slt &&
         llvm::any_of(op->getUsers(), [](Operation *user) {
           return isa<LLVM::CondBrOp>(user);
         });
}
static void endAtOnceInLLVM(Operation *op) {
  cast<LLVM::ICmpOp>(op).setPredicate(LLVM::ICmpPredicate::sgt);
}

/// An address that depends on a loop.
static bool isIndexedAddress(Operation *op) {
  auto address = dyn_cast<LLVM::GEPOp>(op);
  return address && !address.getDynamicIndices().empty() &&
         !matchPattern(address.getDynamicIndices()[0], m_Constant()) &&
         llvm::any_of(op->getUsers(),
                      [](Operation *user) { return isa<LLVM::LoadOp>(user); });
}
static void takeFirstAddress(Operation *op) {
  auto address = cast<LLVM::GEPOp>(op);
  OpBuilder builder(op);
  Value index = address.getDynamicIndices()[0];
  Value zero = LLVM::ConstantOp::create(builder, op->getLoc(), index.getType(),
                                        builder.getI64IntegerAttr(0));
  address.getDynamicIndicesMutable()[0].assign(zero);
}

//===----------------------------------------------------------------------===//
// LLVM IR
//===----------------------------------------------------------------------===//

/// The first `from` becomes a `to` on the same operands.
template <llvm::Instruction::BinaryOps from, llvm::Instruction::BinaryOps to>
static bool changeInstruction(llvm::Function &function) {
  for (llvm::Instruction &instruction : llvm::instructions(function)) {
    if (instruction.getOpcode() != from)
      continue;
    auto *other = llvm::BinaryOperator::Create(to, instruction.getOperand(0),
                                               instruction.getOperand(1));
    llvm::ReplaceInstWithInst(&instruction, other);
    return true;
  }
  return false;
}

static constexpr Fault inLLVM(llvm::StringLiteral name,
                              llvm::StringLiteral pass,
                              llvm::StringLiteral description,
                              bool (*change)(llvm::Function &)) {
  return {name,        pass,    Fault::Kind::WrongNumber,
          description, nullptr, nullptr,
          nullptr,     change};
}

ArrayRef<Fault> graphc::numericCodeFaults() {
  static constexpr auto wrong = Fault::Kind::WrongNumber;
  using llvm::Instruction;
  static constexpr Fault faults[] = {
      {"buffers-overlap", "graphc-plan-memory", wrong,
       "a buffer lies where another one does",
       changeFirst<isLaterView, moveView>},
      {"buffers-swapped-arguments", "graphc-outline-kernels", wrong,
       "a kernel gets its inputs swapped",
       changeFirst<isCallOfTwins, swapOperands>},
      {"buffers-lost-kernel", "graphc-outline-kernels", wrong,
       "a kernel is not called", changeFirst<isNeededCall, erase>},
      {"scheduled-late-loop", "graphc-cpu-emit-kernels", wrong,
       "a sum leaves out its first terms",
       changeFirst<isSummingLoop, startLate>},
      {"scheduled-other-reduction", "graphc-cpu-emit-kernels", wrong,
       "lanes are not added up", changeFirst<isSumOfLanes, takeMaximum>},
      {"scheduled-lost-tail", "graphc-cpu-emit-kernels", wrong,
       "the tail of a row is left out", changeFirst<isMaskOfTail, maskAll>},
      {"scheduled-other-coefficient", "graphc-expand-math", wrong,
       "a coefficient is off", changeFirst<isCoefficient, changeConstant>},
      {"scheduled-lost-root", "graphc-expand-math", wrong, "a root is left out",
       changeFirst<isRootOfMany, skip>},
      {"buffers-product-for-quotient", "graphc-bufferize", wrong,
       "a quotient is a product",
       changeFirst<isA<arith::DivFOp>, replaceBy<arith::MulFOp>>},
      {"buffers-sum-for-product", "graphc-lower-copies", wrong,
       "a product is a sum",
       changeFirst<isA<arith::MulFOp>, replaceBy<arith::AddFOp>>},
      {"scheduled-sum-for-difference", "graphc-cpu-declare-runtime", wrong,
       "a difference is a sum",
       changeFirst<isA<arith::SubFOp>, replaceBy<arith::AddFOp>>},
      {"scheduled-swapped-addend", "graphc-cpu-share-loops", wrong,
       "a factor and an addend are swapped",
       changeFirst<isA<vector::FMAOp>, swapAddend<vector::FMAOp>>},
      {"scheduled-lost-terms", "convert-linalg-to-loops", wrong,
       "a sum leaves out its first terms",
       changeFirst<isSummingLoop, startLate>},
      {"scheduled-hoisted-tail", "loop-invariant-code-motion", wrong,
       "the tail of a row is left out", changeFirst<isMaskOfTail, maskAll>},
      {"scheduled-sum-for-product", "graphc-cpu-lower-parallel", wrong,
       "a product is a sum",
       changeFirst<isA<arith::MulFOp>, replaceBy<arith::AddFOp>>},
      {"entry-swapped-arguments", "graphc-make-entry", wrong,
       "a kernel gets its inputs swapped",
       changeFirst<isCallOfTwins, swapOperands>},
      {"code-swapped-addend", "arith-expand", wrong,
       "a factor and an addend are swapped",
       changeFirst<isA<vector::FMAOp>, swapAddend<vector::FMAOp>>},
      {"code-difference-for-sum", "graphc-lower-views", wrong,
       "a sum is a difference",
       changeFirst<isA<arith::AddFOp>, replaceBy<arith::SubFOp>>},
      {"code-sum-for-product", "expand-strided-metadata", wrong,
       "a product is a sum",
       changeFirst<isA<arith::MulFOp>, replaceBy<arith::AddFOp>>},
      {"code-late-loop", "lower-affine", wrong,
       "a sum leaves out its first terms",
       changeFirst<isSummingLoop, startLate>},
      {"cf-lost-loop", "convert-scf-to-cf", wrong, "a loop does not run",
       changeFirst<isLoopTest, endAtOnce>},
      {"llvm-swapped-addend", "convert-vector-to-llvm", wrong,
       "a factor and an addend are swapped",
       changeFirst<isA<LLVM::FMulAddOp>, swapAddend<LLVM::FMulAddOp>>},
      {"llvm-product-for-difference", "convert-complex-to-llvm", wrong,
       "a difference is a product",
       changeFirst<isA<arith::SubFOp>, replaceBy<arith::MulFOp>>},
      {"llvm-product-for-quotient", "convert-math-to-llvm", wrong,
       "a quotient is a product",
       changeFirst<isA<arith::DivFOp>, replaceBy<arith::MulFOp>>},
      {"llvm-sum-for-product", "convert-math-to-libm", wrong,
       "a product is a sum",
       changeFirst<isA<arith::MulFOp>, replaceBy<arith::AddFOp>>},
      {"llvm-first-address", "finalize-memref-to-llvm", wrong,
       "memory is read at another place",
       changeFirst<isIndexedAddress, takeFirstAddress>},
      {"llvm-difference-for-sum", "convert-func-to-llvm", wrong,
       "a sum is a difference",
       changeFirst<isA<arith::AddFOp>, replaceBy<arith::SubFOp>>},
      {"llvm-difference-for-product", "convert-openmp-to-llvm", wrong,
       "a product is a difference",
       changeFirst<isA<LLVM::FMulOp>, replaceBy<LLVM::FSubOp>>},
      {"llvm-lost-product", "convert-arith-to-llvm", wrong,
       "a product is its first factor", changeFirst<isA<LLVM::FMulOp>, skip>},
      {"llvm-swapped-quotient", "convert-index-to-llvm", wrong,
       "a quotient has its operands swapped",
       changeFirst<isA<LLVM::FDivOp>, swapOperands>},
      {"llvm-lost-loop", "convert-cf-to-llvm", wrong, "a loop does not run",
       changeFirst<isLoopTestOfLLVM, endAtOnceInLLVM>},
      {"llvm-lost-difference", "convert-ub-to-llvm", wrong,
       "a difference is its first operand",
       changeFirst<isA<LLVM::FSubOp>, skip>},
      {"llvm-sum-of-factors", "reconcile-unrealized-casts", wrong,
       "a product is a sum",
       changeFirst<isA<LLVM::FMulOp>, replaceBy<LLVM::FAddOp>>},
      {"llvm-difference-of-terms", "graphc-cpu-add-debug-info", wrong,
       "a sum is a difference",
       changeFirst<isA<LLVM::FAddOp>, replaceBy<LLVM::FSubOp>>},
      inLLVM("ir-sum-for-product", "translate", "a product is a sum",
             changeInstruction<Instruction::FMul, Instruction::FAdd>),
      inLLVM("ir-combined-quotient", "llvm:instcombine",
             "a quotient is a product",
             changeInstruction<Instruction::FDiv, Instruction::FMul>),
      inLLVM("ir-combined-difference", "llvm:gvn", "a difference is a sum",
             changeInstruction<Instruction::FSub, Instruction::FAdd>),
      inLLVM("ir-hoisted-product", "llvm:licm", "a product is a difference",
             changeInstruction<Instruction::FMul, Instruction::FSub>),
      inLLVM("emit-sum-for-product", "emit", "a product is a sum",
             changeInstruction<Instruction::FMul, Instruction::FAdd>),
  };
  return faults;
}
