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
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// Shared memory of a block of such a chip, and what of it barriers take.
static constexpr int64_t maxSharedBytes = 227 << 10, reservedBytes = 256;
/// Multiprocessors of such a chip; each runs one block.
static constexpr int64_t maxBlocks = 132;
static constexpr int64_t maxMapRank = 5;
static constexpr int64_t barrierBytes = 8;

//===----------------------------------------------------------------------===//
// What this form computes
//===----------------------------------------------------------------------===//

bool WarpgroupAttention::canMap(LinalgOp op, OpOperand *operand,
                                unsigned sequenceDim, unsigned depthDim) {
  AffineMap map = op.getMatchingIndexingMap(operand);
  Value buffer = parts.region.getOperand(
      cast<BlockArgument>(operand->get()).getArgNumber());
  llvm::SmallDenseSet<unsigned> seen;
  std::optional<unsigned> depth;
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    if (isa<AffineConstantExpr>(expr))
      continue;
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || !seen.insert(dim.getPosition()).second)
      return false;
    if (dim.getPosition() == depthDim)
      depth = i;
  }
  return depth && seen.contains(sequenceDim) && seen.size() <= maxMapRank &&
         isAligned(cast<MemRefType>(buffer.getType()), *depth);
}

bool WarpgroupAttention::canEmit() {
  unsigned rows = parts.numRows;
  constexpr int64_t maxDepth = 256, depthStep = 8;
  return analyze() && parts.depth <= maxDepth && parts.valueDepth <= maxDepth &&
         parts.depth % depthStep == 0 && parts.valueDepth % depthStep == 0 &&
         canMap(parts.products, parts.getQuery(), rows, rows + 2) &&
         canMap(parts.products, parts.getKey(), rows + 1, rows + 2) &&
         canMap(parts.weighted, parts.getValue(), rows + 2, rows + 1) &&
         LaneEmitter::canVectorize(parts.region);
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

void WarpgroupAttention::addMap(Tensor &tensor, LinalgOp op, OpOperand *operand,
                                unsigned sequenceDim, unsigned depthDim,
                                int64_t lines) {
  Location loc = parts.loc();
  Value buffer = parts.region.getOperand(
      cast<BlockArgument>(operand->get()).getArgNumber());
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> staticStrides = type.getStridesAndOffset().first;
  memref::ExtractStridedMetadataOp metadata;
  if (!type.hasStaticShape() ||
      llvm::any_of(staticStrides, ShapedType::isDynamic))
    metadata = memref::ExtractStridedMetadataOp::create(builder, loc, buffer);
  AffineMap map = op.getMatchingIndexingMap(operand);
  SmallVector<Value> sizes, strides;
  SmallVector<int32_t> box;
  auto add = [&](unsigned loopDim, int64_t count) {
    for (unsigned i = 0; i < map.getNumResults(); ++i) {
      auto dim = dyn_cast<AffineDimExpr>(map.getResult(i));
      if (!dim || dim.getPosition() != loopDim)
        continue;
      sizes.push_back(type.isDynamicDim(i)
                          ? Value(metadata.getSizes()[i])
                          : parts.constant(type.getDimSize(i)));
      box.push_back(count);
      if (loopDim == depthDim)
        return true;
      strides.push_back(ShapedType::isDynamic(staticStrides[i])
                            ? Value(metadata.getStrides()[i])
                            : parts.constant(staticStrides[i]));
      // Nothing walks along it, but the copy engine wants to know.
      if (type.getDimSize(i) == 1)
        strides.back() = parts.constant(lineBytes);
      return true;
    }
    return false;
  };
  add(depthDim, lineBytes / 2);
  add(sequenceDim, lines);
  for (unsigned dim = parts.numRows; dim-- > 0;)
    if (add(dim, 1))
      tensor.rowDims.push_back(dim);
  tensor.map = kernel::TensorMapOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext()), buffer,
      parts.constant(0), sizes, strides, box, lineBytes);
}

//===----------------------------------------------------------------------===//
// The launch
//===----------------------------------------------------------------------===//

void WarpgroupAttention::emit() {
  Location loc = parts.loc();
  unsigned dims = parts.numRows;
  choosePlan();
  addMap(query, parts.products, parts.getQuery(), dims, dims + 2, blockQueries);
  addMap(key, parts.products, parts.getKey(), dims + 1, dims + 2, blockKeys);
  addMap(value, parts.weighted, parts.getValue(), dims + 2, dims + 1,
         blockKeys);
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
