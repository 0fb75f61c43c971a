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

/// Of the chip that has the fewest: on it, waste weighs most.
std::int64_t getMultiprocessors(llvm::ArrayRef<Chip> chips);

/// Emits a launch for such a product, with what the region makes of its result.
void emitMmaProduct(mlir::OpBuilder &builder, kernel::RegionOp region,
                    const Product &product, llvm::ArrayRef<Chip> chips);

/// Emits a launch for any product, whose threads multiply and add in the type
/// of its sums.
void emitFmaProduct(mlir::OpBuilder &builder, kernel::RegionOp region,
                    const Product &product, llvm::ArrayRef<Chip> chips);

/// Whether one operand of `product` has so few rows or columns that reading the
/// other is all that counts, however they are multiplied.
bool canUseThinProduct(const Product &product, llvm::ArrayRef<Chip> chips);

/// Emits a launch for such a product that reads the other operand once, as fast
/// as memory gives it.
void emitThinProduct(mlir::OpBuilder &builder, kernel::RegionOp region,
                     const Product &product, llvm::ArrayRef<Chip> chips);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_MMAPRODUCT_H
