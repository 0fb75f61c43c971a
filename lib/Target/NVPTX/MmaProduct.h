//===- MmaProduct.h - Products by tensor cores since sm_80 ------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_MMAPRODUCT_H
#define GRAPHC_LIB_TARGET_NVPTX_MMAPRODUCT_H

#include "Product.h"
#include "graphc/Target/NVPTX/Chip.h"

namespace graphc::nvptx {

/// Whether tensor cores of all of `chips` multiply the operands of `product` as
/// they are, by mma.sync.
bool canUseMma(const Product &product, llvm::ArrayRef<Chip> chips);

/// Emits a launch for such a product, with what the region makes of its result.
void emitMmaProduct(mlir::OpBuilder &builder, kernel::RegionOp region,
                    const Product &product, llvm::ArrayRef<Chip> chips);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_MMAPRODUCT_H
