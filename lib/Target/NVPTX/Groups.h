//===- Groups.h - Loops over groups that become launches --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_GROUPS_H
#define GRAPHC_LIB_TARGET_NVPTX_GROUPS_H

#include "../Codegen/GroupLoops.h"

namespace graphc::nvptx {

using codegen::findGroups;
using codegen::groupsAttrName;

/// Of a loop in a launch: it walks over the tiles of a group, from the number
/// of the block on in steps that no group decides.
inline constexpr llvm::StringLiteral tilesAttrName = "graphc.tiles";

/// A part of a buffer for each group, as the buffer that it is a part of.
struct GroupSlice {
  mlir::Value buffer;
  /// From loops and, behind them, the number of the group to its dimensions.
  mlir::AffineMap map;
  /// Where the group begins along each loop; null: at zero.
  llvm::SmallVector<mlir::Value> begins;
};

/// What `buffer`, whose dimensions `map` names as loops, is a part of. Nothing
/// if it is none, or one that neither begins somewhere along a loop nor lies at
/// the number of the group.
std::optional<GroupSlice> matchGroupSlice(mlir::scf::ForOp groups,
                                          mlir::Value buffer,
                                          mlir::AffineMap map);

/// How many groups those are; 1 if that is not known, or `region` is in no such
/// loop.
int64_t countGroups(kernel::RegionOp region);

/// How many elements along a dimension a group is expected to have, where the
/// number depends on data: the same for all. `otherwise` if that is not known
/// either, or `region` is not of groups.
int64_t getExpectedSize(kernel::RegionOp region, int64_t otherwise);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_GROUPS_H
