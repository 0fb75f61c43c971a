//===- SplitAttentionPlan.cpp - How attention is split --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SplitAttention.h"

#include "graphc/Target/NVPTX/Chip.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <numeric>

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Elements of queries, and of what they come to, that a lane keeps.
static constexpr int64_t keptElements = 64;
/// Scores of a stream at a time.
static constexpr int64_t keptScores = 16;
static constexpr int64_t maxBatch = 8;
/// Queries of a head that still count as few.
static constexpr int64_t fewQueries = 8;
/// Blocks that fill a device: two for each multiprocessor.
static constexpr int64_t wantedBlocks = 264;
static constexpr int64_t laneBytes = 16;

/// The dimension that queries have and keys and values lack.
void SplitAttention::findGroup() {
  AffineMap keyMap = parts.products.getMatchingIndexingMap(parts.getKey());
  AffineMap valueMap = parts.weighted.getMatchingIndexingMap(parts.getValue());
  std::optional<int64_t> length = constantOf(parts.queries);
  allMembers = length;
  if (!length || *length > fewQueries)
    return;
  for (unsigned dim = 0; dim < parts.numRows; ++dim) {
    std::optional<int64_t> size = constantOf(parts.rowSizes[dim]);
    if (keyMap.isFunctionOfDim(dim) || valueMap.isFunctionOfDim(dim) || !size ||
        *size <= groupSize)
      continue;
    groupDim = dim;
    groupSize = *size;
  }
  allMembers = *length * groupSize;
}

bool SplitAttention::plan() {
  if (!parts.type.isF32())
    return false;
  lanes.setBufferAlignment(laneBytes);
  int64_t bytes = 1;
  for (OpOperand *operand :
       {parts.getQuery(), parts.getKey(), parts.getValue()}) {
    Type element = getElementTypeOrSelf(operand->get().getType());
    bytes = std::max<int64_t>(bytes, element.getIntOrFloatBitWidth() / 8);
  }
  findGroup();
  hasTiles = planTiles();
  if (hasTiles)
    return true;
  width = std::gcd(laneBytes / bytes, std::gcd(parts.depth, parts.valueDepth));
  int64_t most = std::max(parts.depth, parts.valueDepth);
  streamLanes = std::min<int64_t>(
      warpLanes, llvm::PowerOf2Ceil(llvm::divideCeil(most, width)));
  keyChunks = llvm::divideCeil(parts.depth, width * streamLanes);
  valueChunks = llvm::divideCeil(parts.valueDepth, width * streamLanes);
  int64_t kept = std::max(keyChunks, valueChunks) * width;
  int64_t stateBytes = stateSize() * static_cast<int64_t>(sizeof(float));
  // Warps leave their states in declared shared memory.
  int64_t fitting = std::clamp<int64_t>(
      declaredSharedBytes / (warps() * stateBytes), 1, maxMembers);
  members = std::clamp<int64_t>(keptElements / kept, 1, fitting);
  if (allMembers)
    members = std::clamp<int64_t>(*allMembers, 1, members);
  batch = std::clamp<int64_t>(keptScores / members, 1, maxBatch);
  // Loads that are on their way take registers, too.
  batch = std::clamp<int64_t>(keptElements / kept, 1, batch);
  return true;
}

int64_t SplitAttention::stepKeys() const {
  return hasTiles ? warps() * tileKeys : streams() * batch;
}

bool SplitAttention::hasFewQueries() {
  std::optional<int64_t> length = constantOf(parts.queries);
  return length && *length <= fewQueries;
}

std::optional<int64_t> SplitAttention::countKnownBlocks() {
  if (!allMembers)
    return std::nullopt;
  int64_t blocks = llvm::divideCeil(*allMembers, members);
  for (auto [dim, size] : llvm::enumerate(parts.rowSizes)) {
    std::optional<int64_t> known = constantOf(size);
    if (!known)
      return std::nullopt;
    if (dim != groupDim)
      blocks *= *known;
  }
  return blocks;
}

Value SplitAttention::countBlocks() {
  Location loc = parts.loc();
  Value all = parts.queries;
  if (groupDim)
    all = builder.createOrFold<arith::MulIOp>(loc, all,
                                              parts.constant(groupSize));
  Value blocks = builder.createOrFold<arith::CeilDivUIOp>(
      loc, all, parts.constant(members));
  for (auto [dim, size] : llvm::enumerate(parts.rowSizes))
    if (dim != groupDim)
      blocks = builder.createOrFold<arith::MulIOp>(loc, blocks, size);
  return blocks;
}

int64_t SplitAttention::chooseParts() {
  std::optional<int64_t> blocks = countKnownBlocks();
  if (!blocks || *blocks == 0 || !hasFewQueries())
    return 1;
  int64_t numParts = wantedBlocks / *blocks;
  if (std::optional<int64_t> keys = constantOf(parts.keys))
    numParts = std::min(numParts, *keys / (2 * stepKeys()));
  // They are combined in groups.
  constexpr int64_t group = 8;
  if (numParts > group)
    numParts = numParts / group * group;
  return std::max<int64_t>(numParts, 1);
}

int64_t SplitAttention::getWorkspaceBytes(int64_t numParts) {
  if (numParts == 1)
    return 0;
  return *countKnownBlocks() * numParts * members * stateSize() *
         static_cast<int64_t>(sizeof(float));
}

std::pair<int64_t, int64_t>
nvptx::planAttentionWorkspace(OpBuilder &builder, kernel::RegionOp region) {
  AttentionRegion parts(builder, region);
  ScopedDiagnosticHandler quiet(region.getContext(),
                                [](Diagnostic &) { return success(); });
  if (failed(parts.analyze()))
    return {0, 1};
  parts.assumeOneQuery();
  SplitAttention split(builder, parts);
  if (!split.plan())
    return {0, 1};
  int64_t numParts = split.chooseParts();
  return {split.getWorkspaceBytes(numParts), numParts};
}
