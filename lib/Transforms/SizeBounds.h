//===- SizeBounds.h - How large sizes can get -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TRANSFORMS_SIZEBOUNDS_H
#define GRAPHC_LIB_TRANSFORMS_SIZEBOUNDS_H

#include "dialects/Graph/IR/Graph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"

#include <string>

namespace graphc {

/// Index values of `@main` as expressions over its symbols.
class SizeBounds {
public:
  /// `symbols` names the leading arguments of `main`.
  SizeBounds(mlir::ModuleOp module, mlir::func::FuncOp main,
             llvm::ArrayRef<std::string> symbols);

  /// What `value` is, or, when it depends on data, an upper bound of it.
  mlir::FailureOr<graph::Expr> getUpperBound(mlir::Value value);
  /// Of dimension `dim` of a memref, by what it views or where it comes from,
  /// or of a tensor that is an argument.
  mlir::FailureOr<graph::Expr> getUpperBound(mlir::Value buffer, unsigned dim);

private:
  /// An upper bound, or, if it is exact, the value itself.
  struct Bound {
    graph::Expr expr;
    bool isExact;
  };
  bool dependsOnData(mlir::Value value);
  mlir::FailureOr<Bound> getBound(mlir::Value value);
  mlir::FailureOr<Bound> getBound(mlir::AffineExpr expr, unsigned numDims,
                                  mlir::ValueRange operands);
  static mlir::FailureOr<graph::Expr> multiply(const Bound &a, const Bound &b);
  mlir::FailureOr<graph::Expr> getUpperBound(mlir::OpFoldResult size);

  mlir::func::FuncOp main;
  llvm::ArrayRef<std::string> symbols;
  /// What the signature promises of the arguments behind those of symbols:
  /// inputs and then results.
  llvm::SmallVector<mlir::Type> arguments;
  /// The bounds of `kernel.define_symbol`, by the value that is the size.
  llvm::DenseMap<mlir::Value, graph::Expr> bounds;
};

} // namespace graphc

#endif // GRAPHC_LIB_TRANSFORMS_SIZEBOUNDS_H
