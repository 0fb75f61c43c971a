//===- WarpgroupAttentionPlan.cpp - Tiles and tensors of attention --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpgroupAttention.h"

#include "graphc/Target/NVPTX/Device.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// Shared memory of a block of such a chip, and what of it barriers take.
static constexpr int64_t maxSharedBytes = 227 << 10, reservedBytes = 256;
/// Multiprocessors of such a chip; each runs one block.
static constexpr int64_t maxBlocks = 132;
static constexpr int64_t barrierBytes = 8;

//===----------------------------------------------------------------------===//
// What this form computes
//===----------------------------------------------------------------------===//

/// Finds how the copy engine walks along an operand, which must have the
/// sequence and the depth.
bool WarpgroupAttention::match(Tensor &tensor, LinalgOp op, OpOperand *operand,
                               unsigned sequenceDim, unsigned depthDim,
                               int64_t lines) {
  AffineMap map = op.getMatchingIndexingMap(operand);
  if (!map.isFunctionOfDim(sequenceDim) || !map.isFunctionOfDim(depthDim))
    return false;
  for (unsigned dim = 0; dim < parts.numRows; ++dim)
    if (map.isFunctionOfDim(dim))
      tensor.rowDims.push_back(dim);
  Value buffer = parts.region.getOperand(
      cast<BlockArgument>(operand->get()).getArgNumber());
  tensor.boxed = BoxedTensor::match(
      builder, parts.loc(), buffer, map, depthDim, sequenceDim, tensor.rowDims,
      {lineBytes / 2, lineBytes / 2}, {lines, lines});
  return tensor.boxed.has_value();
}

bool WarpgroupAttention::canEmit() {
  unsigned rows = parts.numRows;
  constexpr int64_t maxDepth = 256, depthStep = 8;
  if (!analyze() || isSliced() || parts.depth > maxDepth ||
      parts.valueDepth > maxDepth || parts.depth % depthStep ||
      parts.valueDepth % depthStep || !LaneEmitter::canVectorize(parts.region))
    return false;
  choosePlan();
  return match(query, parts.products, parts.getQuery(), rows, rows + 2,
               blockQueries) &&
         match(key, parts.products, parts.getKey(), rows + 1, rows + 2,
               blockKeys) &&
         match(value, parts.weighted, parts.getValue(), rows + 2, rows + 1,
               blockKeys);
}

SmallVector<Value> WarpgroupAttention::getConditions() const {
  SmallVector<Value> conditions;
  for (const Tensor *tensor : {&query, &key, &value})
    llvm::append_range(conditions, tensor->boxed->getConditions());
  return conditions;
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

void WarpgroupAttention::choosePlan() {
  constexpr int64_t lineElements = lineBytes / 2;
  int64_t depth = std::max(parts.depth, parts.valueDepth);
  // Sums of a consumer, scores and what changes them share its registers.
  // Short tiles fit the diagonal better.
  bool fitsLong = depth > 64 && scale && !isCausal;
  blockKeys = depth <= 128   ? (fitsLong ? 176 : 128)
              : depth <= 192 ? (!scale     ? 96
                                : isCausal ? 80
                                           : 112)
                             : 80;
  // Three consumers share keys and values, if not too many rows are computed
  // for nothing; they have registers for small heads only.
  std::optional<int64_t> known = constantOf(parts.queries);
  if (depth <= 64 && known) {
    auto computed = [&](int64_t rows) {
      return static_cast<double>(llvm::alignTo(*known, rows));
    };
    constexpr double accepted = 1.04;
    if (computed(3 * warpgroupRows) <= accepted * computed(2 * warpgroupRows))
      consumers = 3;
  }
  blockQueries = consumers * warpgroupRows;
  auto place = [&](Tensor &tensor, int64_t size, int64_t lines, int64_t count) {
    tensor.blocks = llvm::divideCeil(size, lineElements);
    tensor.blockBytes = lines * lineBytes;
    tensor.start = sharedBytes;
    sharedBytes += tensor.bytes() * count;
  };
  place(key, parts.depth, blockKeys, stages);
  place(value, parts.valueDepth, blockKeys, stages);
  // Queries of the next tile come before this one is done, if there is room.
  int64_t queryBytes =
      llvm::divideCeil(parts.depth, lineElements) * lineBytes * blockQueries;
  if (sharedBytes + 2 * queryBytes + reservedBytes <= maxSharedBytes)
    queryStages = 2;
  place(query, parts.depth, blockQueries, queryStages);
  for (Tensor *tensor : {&query, &key, &value}) {
    int64_t count = stagesOf(*tensor);
    tensor->full = sharedBytes;
    tensor->empty = sharedBytes + count * barrierBytes;
    sharedBytes += 2 * count * barrierBytes;
  }
}

//===----------------------------------------------------------------------===//
// The launch
//===----------------------------------------------------------------------===//

void WarpgroupAttention::emit() {
  Location loc = parts.loc();
  for (Tensor *tensor : {&query, &key, &value})
    tensor->map = tensor->boxed->makeMap(builder, loc);
  lanes.setBufferAlignment(copyAlignment);
  Value blocks = builder.createOrFold<arith::MinUIOp>(
      loc, countTiles(), parts.constant(maxBlocks));
  Value one = parts.constant(1);
  auto launch =
      gpu::LaunchOp::create(builder, loc, blocks, one, one,
                            parts.constant((consumers + 1) * warpgroupThreads),
                            one, one, wg.number(sharedBytes));
  launch->setAttr(requiresAttrName, builder.getStrArrayAttr({"warpgroups"}));
  // Without it ptxas does not know how many registers a thread starts with.
  launch->setAttr("nvvm.minctasm", builder.getI32IntegerAttr(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  emitBlock(launch);
  gpu::TerminatorOp::create(builder, loc);
}
