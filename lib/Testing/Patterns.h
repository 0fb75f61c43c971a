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

} // namespace graphc::testing

#endif // GRAPHC_LIB_TESTING_PATTERNS_H
