//===- Atomics.h - Updates that threads may make at once --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_ATOMICS_H
#define GRAPHC_LIB_TARGET_NVPTX_ATOMICS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"

namespace graphc::nvptx {

/// Set by the lowering of graph ops on loops of which several iterations may
/// combine something with the same element of memory, in any order.
inline constexpr llvm::StringLiteral atomicAttrName = "graphc.atomic";

/// A store of what an element was, combined with `value`.
struct Update {
  mlir::memref::StoreOp store;
  mlir::memref::LoadOp load;
  mlir::LLVM::AtomicBinOp op;
  mlir::Value value;

  /// Nothing unless an op of integers that memory knows combines the two.
  static std::optional<Update> match(mlir::memref::StoreOp store);
};

/// Combines `value` with the element of global memory at `indices`.
void emitAtomic(mlir::OpBuilder &builder, mlir::Location loc,
                mlir::LLVM::AtomicBinOp op, mlir::Value value,
                mlir::Value memory, mlir::ValueRange indices);

/// Makes each store in `op` an update that other threads cannot get between,
/// but for those that `isStatus` names. False, with nothing changed, unless all
/// are updates.
bool makeAtomic(mlir::Operation *op,
                llvm::function_ref<bool(mlir::memref::StoreOp)> isStatus);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_ATOMICS_H
