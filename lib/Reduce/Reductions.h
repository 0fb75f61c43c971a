//===- Reductions.h - Ways to make a module smaller ----------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_REDUCTIONS_H
#define GRAPHC_LIB_REDUCE_REDUCTIONS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace graphc::reduce {

/// One way to make a module smaller, at numbered places. Whether the result is
/// valid and still fails is the caller's question.
struct Reduction {
  llvm::StringLiteral name;
  unsigned (*count)(mlir::ModuleOp module);
  /// Does it at the places from `first` to before `last`; false when nothing
  /// changed.
  bool (*apply)(mlir::ModuleOp module, unsigned first, unsigned last);
};

/// By file; in the order in which they are tried.
llvm::ArrayRef<Reduction> opReductions();
llvm::ArrayRef<Reduction> functionReductions();
llvm::ArrayRef<Reduction> callReductions();
llvm::ArrayRef<Reduction> returnReductions();
llvm::ArrayRef<Reduction> regionReductions();
llvm::ArrayRef<Reduction> attributeReductions();
llvm::ArrayRef<Reduction> typeReductions();
llvm::ArrayRef<Reduction> symbolReductions();

/// Ops that do something: no modules, functions, terminators.
unsigned countOps(mlir::ModuleOp module);

/// A value of `type` for users in `op` and its block, from nowhere: a new
/// argument of the function; where that is out of reach an argument of the
/// region around, or a constant.
mlir::Value makeValue(mlir::Operation *op, mlir::Type type);

/// Functions with a body.
llvm::SmallVector<mlir::FunctionOpInterface> definitions(mlir::ModuleOp module);

/// Calls of a function, wherever they are.
llvm::SmallVector<mlir::Operation *>
listCallers(mlir::FunctionOpInterface function);
/// Erases an argument or a result, and what calls give for it or take of it.
bool eraseArgument(mlir::FunctionOpInterface function, unsigned index);
bool eraseResult(mlir::FunctionOpInterface function, unsigned index);
/// Calls of functions that have got new arguments, which are the last ones,
/// give them values from nowhere.
void renewCalls(mlir::ModuleOp module);

/// Gives `function` the result types of its return.
void renewResultTypes(mlir::FunctionOpInterface function);
/// Infers the result types of all ops again that can; false when one cannot.
bool renewInferredTypes(mlir::ModuleOp module);
/// Makes `graph.signature` that of the function, whose arguments and results
/// may be other ones.
void renewSignature(mlir::ModuleOp module);

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_REDUCTIONS_H
