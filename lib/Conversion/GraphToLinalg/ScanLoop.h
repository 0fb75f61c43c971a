//===- ScanLoop.h - Loops that carry prefixes -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCANLOOP_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCANLOOP_H

#include "LinalgBuilder.h"

namespace graphc {

/// LinalgBuilder::loop with `graphc.scan`, which says that what the loop
/// carries besides tensors is what an associative step makes of the elements so
/// far: targets may share it among threads.
llvm::SmallVector<mlir::Value>
buildScanLoop(ScalarBuilder &at, mlir::Value size, mlir::ValueRange inits,
              llvm::function_ref<llvm::SmallVector<mlir::Value>(
                  ScalarBuilder &, mlir::Value index, mlir::ValueRange carried)>
                  body);

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCANLOOP_H
