//===- GroupLoops.h - Loops over groups whose sizes are data ----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CODEGEN_GROUPLOOPS_H
#define GRAPHC_LIB_TARGET_CODEGEN_GROUPLOOPS_H

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace graphc::codegen {

/// Of a loop over groups whose sizes are data: no iteration needs what another
/// one stores, nor writes what the loop itself reads.
inline constexpr llvm::StringLiteral groupsAttrName = "graphc.groups";

/// The loop over groups that `region` is in; null if it is in none.
inline mlir::scf::ForOp findGroups(kernel::RegionOp region) {
  auto loop = llvm::dyn_cast_or_null<mlir::scf::ForOp>(region->getParentOp());
  return loop && loop->hasAttr(groupsAttrName) ? loop : nullptr;
}

} // namespace graphc::codegen

#endif // GRAPHC_LIB_TARGET_CODEGEN_GROUPLOOPS_H
