//===- Atomics.h - Updates that threads may make at once --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_ATOMICS_H
#define GRAPHC_LIB_TARGET_NVPTX_ATOMICS_H

#include "mlir/IR/Builders.h"

namespace graphc::nvptx {

/// Makes each store in `op` an update that other threads cannot get between.
/// False, with nothing changed, unless all store what the same element was and
/// something else, combined by an op of integers that memory knows.
bool makeAtomic(mlir::Operation *op);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_ATOMICS_H
