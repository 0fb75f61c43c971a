//===- Attention.cpp - Forms of attention ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forms.h"
#include "MmaAttention.h"
#include "MmaProduct.h"
#include "RowEmitter.h"
#include "SplitAttention.h"
#include "WarpgroupAttention.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Emits what computes many queries, for all of `chips`.
static void emitManyQueries(OpBuilder &builder, AttentionRegion &parts,
                            ArrayRef<Chip> chips) {
  auto has = [](const Chip &chip) {
    return chip.has(kernel::ChipFeature::Warpgroups);
  };
  Location loc = parts.loc();
  MmaAttention fragments(builder, parts, getMultiprocessors(chips),
                         getSharedBytes(chips));
  auto emitFragments = [&] {
    if (fragments.canEmit())
      return fragments.emit();
    SplitAttention split(builder, parts);
    split.plan();
    split.emit(/*numParts=*/1, /*workspace=*/{}, getSharedBytes(chips));
  };
  WarpgroupAttention warpgroups(builder, parts);
  if (!llvm::any_of(chips, has) || !warpgroups.canEmit())
    return emitFragments();
  SmallVector<Value> conditions = warpgroups.getConditions();
  if (!llvm::all_of(chips, has))
    conditions.push_back(kernel::ChipHasOp::create(
        builder, loc, builder.getI1Type(), kernel::ChipFeature::Warpgroups));
  std::optional<int64_t> known = constantOf(parts.keys);
  if (!known || *known == 0)
    conditions.push_back(arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ne, parts.keys, parts.constant(0)));
  if (conditions.empty())
    return warpgroups.emit();
  Value condition = conditions.front();
  for (Value other : ArrayRef(conditions).drop_front())
    condition = arith::AndIOp::create(builder, loc, condition, other);
  parts.lanes.branch(condition, [&] { warpgroups.emit(); }, emitFragments);
}

LogicalResult nvptx::emitAttention(OpBuilder &builder, kernel::RegionOp region,
                                   ArrayRef<Chip> chips) {
  AttentionRegion parts(builder, region);
  if (failed(parts.analyze()))
    return failure();
  // As many queries as there are or, of an unknown number, one: the step of
  // decoding of a model that takes prompts, too.
  AttentionRegion few(builder, region);
  if (failed(few.analyze()))
    return failure();
  few.assumeOneQuery();
  SplitAttention split(builder, few);
  if (!split.plan())
    return emitElements(builder, region);
  int64_t sharedBytes = getSharedBytes(chips);
  auto emitSplit = [&] {
    auto numParts = region->getAttrOfType<IntegerAttr>(partsAttrName);
    if (!numParts)
      return split.emit(/*numParts=*/1, /*workspace=*/{}, sharedBytes);
    auto operand = region->getAttrOfType<IntegerAttr>(workspaceAttrName);
    split.emit(numParts.getInt(), region.getOperand(operand.getInt()),
               sharedBytes);
  };
  auto emitMany = [&] { emitManyQueries(builder, parts, chips); };
  if (constantOf(parts.queries)) {
    if (split.hasFewQueries())
      emitSplit();
    else
      emitMany();
    return success();
  }
  Value isOne =
      arith::CmpIOp::create(builder, parts.loc(), arith::CmpIPredicate::eq,
                            parts.queries, parts.constant(1));
  parts.lanes.branch(isOne, emitSplit, emitMany);
  return success();
}
