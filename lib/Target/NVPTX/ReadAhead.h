//===- ReadAhead.h - One copy for what a loop of the host reads -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_READAHEAD_H
#define GRAPHC_LIB_TARGET_NVPTX_READAHEAD_H

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace graphc::nvptx {

/// Copies vectors that a loop over groups (groupsAttrName) which stayed on the
/// host reads to memory of the host, before it.
void readAhead(mlir::scf::ForOp loop);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_READAHEAD_H
