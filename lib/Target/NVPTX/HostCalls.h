//===- HostCalls.h - Calls of the runtime by the host -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_HOSTCALLS_H
#define GRAPHC_LIB_TARGET_NVPTX_HOSTCALLS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"

namespace graphc::nvptx {

/// Makes calls of the runtime's functions in `module`, and what they take.
class HostCalls {
public:
  explicit HostCalls(mlir::ModuleOp module) : module(module) {}

  /// A call of a function of the runtime that returns nothing.
  mlir::func::CallOp call(mlir::OpBuilder &builder, mlir::Location loc,
                          llvm::StringRef name, mlir::ValueRange arguments);
  /// Memory of the host's stack, made once per call of `function`.
  mlir::Value makeSlot(mlir::func::FuncOp function, mlir::Location loc,
                       mlir::Type type, int64_t count = 1);
  /// The address of an element, an i64.
  static mlir::Value getAddress(mlir::OpBuilder &builder, mlir::Location loc,
                                mlir::Value memref, mlir::ValueRange indices);
  /// The context that the function around `op` is called with.
  static mlir::Value getContextOf(mlir::Operation *op) {
    return op->getParentOfType<mlir::func::FuncOp>().getArgument(0);
  }

private:
  mlir::ModuleOp module;
};

/// Lowers where `main` looks at memory of the device.
void lowerAccesses(HostCalls &host, mlir::func::FuncOp main);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_HOSTCALLS_H
