//===- ShortMath.h - Fewer instructions for the same numbers ----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_SHORTMATH_H
#define GRAPHC_LIB_TARGET_NVPTX_SHORTMATH_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace graphc::nvptx {

/// Chooses instructions for arithmetic of a device module that the backend has
/// longer ones for, or slower ones. Math functions are expanded already.
void shortenMath(mlir::gpu::GPUModuleOp module);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_SHORTMATH_H
