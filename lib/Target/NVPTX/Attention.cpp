//===- Attention.cpp - Forms of attention ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forms.h"
#include "RowEmitter.h"
#include "SplitAttention.h"
#include "WarpgroupAttention.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

LogicalResult nvptx::emitAttention(OpBuilder &builder, kernel::RegionOp region,
                                   ArrayRef<Chip> chips) {
  auto has = [](const Chip &chip) {
    return chip.has(kernel::ChipFeature::Warpgroups);
  };
  Location loc = region.getLoc();
  AttentionRegion parts(builder, region);
  if (failed(parts.analyze()))
    return failure();
  SplitAttention split(builder, parts);
  if (!split.plan())
    return emitElements(builder, region);
  int64_t numParts = 1;
  Value workspace;
  if (auto known = region->getAttrOfType<IntegerAttr>(partsAttrName)) {
    numParts = known.getInt();
    auto operand = region->getAttrOfType<IntegerAttr>(workspaceAttrName);
    workspace = region.getOperand(operand.getInt());
  }
  WarpgroupAttention warpgroups(builder, parts);
  if (split.hasFewQueries() || !llvm::any_of(chips, has) ||
      !warpgroups.canEmit()) {
    split.emit(numParts, workspace);
    return success();
  }
  Value condition;
  if (!llvm::all_of(chips, has))
    condition = kernel::ChipHasOp::create(builder, loc, builder.getI1Type(),
                                          kernel::ChipFeature::Warpgroups);
  std::optional<int64_t> known = constantOf(parts.keys);
  if (!known || *known == 0) {
    Value isSome = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                         parts.keys, parts.constant(0));
    condition =
        condition
            ? arith::AndIOp::create(builder, loc, condition, isSome).getResult()
            : isSome;
  }
  if (condition)
    parts.lanes.branch(
        condition, [&] { warpgroups.emit(); },
        [&] { split.emit(numParts, workspace); });
  else
    warpgroups.emit();
  return success();
}
