//===- MaterializeExpr.h - Symbolic sizes as index code ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TRANSFORMS_MATERIALIZEEXPR_H
#define GRAPHC_TRANSFORMS_MATERIALIZEEXPR_H

#include "dialects/Graph/IR/Graph.h"
#include "mlir/IR/Builders.h"

namespace graphc {

/// Index arithmetic that computes `expr`; `lookup` gives the value of each
/// symbol that occurs in it.
mlir::Value
materializeExpr(mlir::OpBuilder &builder, mlir::Location loc, graph::Expr expr,
                llvm::function_ref<mlir::Value(llvm::StringRef)> lookup);

} // namespace graphc

#endif // GRAPHC_TRANSFORMS_MATERIALIZEEXPR_H
