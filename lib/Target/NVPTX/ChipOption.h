//===- ChipOption.h - The chips that a pass is for --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_CHIPOPTION_H
#define GRAPHC_LIB_TARGET_NVPTX_CHIPOPTION_H

#include "graphc/Target/NVPTX/Chip.h"

#include "mlir/IR/Operation.h"

namespace graphc::nvptx {

/// The chips that a pass over `op` is told by its option, "sm_80,sm_90a"; an
/// error at `op` when one is not known.
mlir::FailureOr<std::vector<Chip>> readChips(mlir::Operation *op,
                                             llvm::StringRef option);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_CHIPOPTION_H
