//===- Patterns.h - What faults look for ----------------------- -*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TESTING_PATTERNS_H
#define GRAPHC_LIB_TESTING_PATTERNS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "llvm/Support/ErrorHandling.h"

namespace graphc::testing {

using Matcher = bool (*)(mlir::Operation *);

/// The first op in `root` that matches, or null.
inline mlir::Operation *findOp(mlir::Operation *root, Matcher matches) {
  mlir::Operation *found = nullptr;
  root->walk<mlir::WalkOrder::PreOrder>([&](mlir::Operation *op) {
    if (!matches(op))
      return mlir::WalkResult::advance();
    found = op;
    return mlir::WalkResult::interrupt();
  });
  return found;
}

inline bool is(mlir::Operation *op, llvm::StringRef name) {
  return op && op->getName().getStringRef() == name;
}

/// Whether `op` is a `name` one of whose operands is made by a `producer`.
inline bool isChain(mlir::Operation *op, llvm::StringRef name,
                    llvm::StringRef producer) {
  return is(op, name) && llvm::any_of(op->getOperands(), [&](mlir::Value v) {
           return is(v.getDefiningOp(), producer);
         });
}

/// Fails at the first op that matches, with the types in the diagnostic.
template <Matcher matches>
llvm::LogicalResult failWhere(mlir::Operation *root) {
  mlir::Operation *op = findOp(root, matches);
  if (!op)
    return llvm::success();
  return op->emitOpError("meets a seeded fault with operands of ")
         << op->getOperandTypes();
}

/// Dereferences a null pointer there.
template <Matcher matches>
llvm::LogicalResult crashWhere(mlir::Operation *root) {
  if (findOp(root, matches))
    *static_cast<volatile int *>(nullptr) = 0;
  return llvm::success();
}

template <Matcher matches>
llvm::LogicalResult abortWhere(mlir::Operation *root) {
  if (findOp(root, matches))
    std::abort();
  return llvm::success();
}

/// As LLVM gives up.
template <Matcher matches>
llvm::LogicalResult giveUpWhere(mlir::Operation *root) {
  if (mlir::Operation *op = findOp(root, matches))
    llvm::report_fatal_error(llvm::Twine("cannot select ") +
                             op->getName().getStringRef());
  return llvm::success();
}

//===----------------------------------------------------------------------===//
// Wrong code
//===----------------------------------------------------------------------===//

/// On an op that a seeded pattern has changed, so that it does so once.
inline constexpr llvm::StringLiteral doneAttrName = "kernel.seeded_fault_done";

/// Applies `change` to the first op that `matches`.
template <Matcher matches, void (*change)(mlir::Operation *)>
llvm::LogicalResult changeFirst(mlir::Operation *root) {
  if (mlir::Operation *op = findOp(root, matches))
    change(op);
  return llvm::success();
}

template <typename Op>
bool isA(mlir::Operation *op) {
  return llvm::isa<Op>(op);
}

inline void swapOperands(mlir::Operation *op) {
  mlir::Value first = op->getOperand(0);
  op->setOperand(0, op->getOperand(1));
  op->setOperand(1, first);
}

/// Another op on the same operands.
template <typename Op>
void replaceBy(mlir::Operation *op) {
  mlir::OpBuilder builder(op);
  mlir::Operation *other = Op::create(builder, op->getLoc(),
                                      op->getResultTypes(), op->getOperands());
  op->replaceAllUsesWith(other);
  op->erase();
}

/// What reads the result reads the first operand.
inline void skip(mlir::Operation *op) {
  op->getResult(0).replaceAllUsesWith(op->getOperand(0));
  op->erase();
}

/// A constant of the arith dialect gets another value.
inline void changeConstant(mlir::Operation *op) {
  auto constant = llvm::cast<mlir::arith::ConstantOp>(op);
  auto scale = [](const llvm::APFloat &value) {
    llvm::APFloat scaled = value;
    bool losesInfo;
    llvm::APFloat factor(1.25);
    factor.convert(value.getSemantics(), llvm::APFloat::rmNearestTiesToEven,
                   &losesInfo);
    scaled.multiply(factor, llvm::APFloat::rmNearestTiesToEven);
    return scaled;
  };
  if (auto number = llvm::dyn_cast<mlir::FloatAttr>(constant.getValue()))
    constant.setValueAttr(
        mlir::FloatAttr::get(number.getType(), scale(number.getValue())));
  else if (auto splat =
               llvm::dyn_cast<mlir::SplatElementsAttr>(constant.getValue()))
    constant.setValueAttr(mlir::SplatElementsAttr::get(
        splat.getType(), scale(splat.getSplatValue<llvm::APFloat>())));
}

} // namespace graphc::testing

#endif // GRAPHC_LIB_TESTING_PATTERNS_H
