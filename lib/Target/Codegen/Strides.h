//===- Strides.h - What types tell of open strides --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CODEGEN_STRIDES_H
#define GRAPHC_LIB_TARGET_CODEGEN_STRIDES_H

#include "mlir/IR/BuiltinTypes.h"

namespace graphc::codegen {

/// For each dimension a number that its stride is a multiple of: the stride
/// itself where the type tells it, 1 where it tells nothing.
llvm::SmallVector<int64_t> getStrideFactors(mlir::MemRefType type);

} // namespace graphc::codegen

#endif // GRAPHC_LIB_TARGET_CODEGEN_STRIDES_H
