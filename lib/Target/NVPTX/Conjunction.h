//===- Conjunction.h - Conditions on all elements ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_CONJUNCTION_H
#define GRAPHC_LIB_TARGET_NVPTX_CONJUNCTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace graphc::nvptx {

/// What `op` computes, in its body, of each element of its only input, to tell
/// whether it holds for all of them. Null for any other op.
mlir::Value matchConjunction(mlir::linalg::LinalgOp op);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_CONJUNCTION_H
