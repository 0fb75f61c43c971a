//===- OpenOffsets.h - Operands that begin anywhere in a buffer -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_OPENOFFSETS_H
#define GRAPHC_LIB_TARGET_NVPTX_OPENOFFSETS_H

#include "dialects/Kernel/IR/Kernel.h"

#include "../Codegen/LaneEmitter.h"

namespace graphc::nvptx {

/// Emits `region` by `emit`. Where the type of an operand does not tell where
/// in its buffer it begins, as of parts whose number a loop knows, the host
/// chooses between two: in the first one, operands begin at whole pieces.
mlir::LogicalResult
emitByOffsets(mlir::OpBuilder &builder, kernel::RegionOp region,
              llvm::function_ref<mlir::LogicalResult()> emit);

/// Makes `lanes` rely on it in the first one.
void assumeOffsets(codegen::LaneEmitter &lanes, kernel::RegionOp region);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_OPENOFFSETS_H
