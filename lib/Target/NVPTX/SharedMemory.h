//===- SharedMemory.h - Memory of a block ------------------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_SHAREDMEMORY_H
#define GRAPHC_LIB_TARGET_NVPTX_SHAREDMEMORY_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Builders.h"

namespace graphc::nvptx {

/// A memref in the shared memory of the blocks of `launch`.
mlir::Value addShared(mlir::OpBuilder &builder, mlir::gpu::LaunchOp launch,
                      llvm::ArrayRef<int64_t> shape, mlir::Type element);

/// Adds `value` to the integer at `place` of a memref of one dimension in
/// shared memory, for all threads of the block that ask at the same time.
/// Returns what was there before. Orders nothing else.
mlir::Value addToShared(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value memory, mlir::Value place,
                        mlir::Value value);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_SHAREDMEMORY_H
