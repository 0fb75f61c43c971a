//===- ThinProductPlan.cpp - How a product with few rows is shared --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MmaProduct.h"
#include "ThinProduct.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Thin lines, by tensor cores and by lanes, which multiply as fast as memory
/// delivers so far.
static constexpr int64_t maxThin = 16, maxThinOfLanes = 32;
/// Registers for sums.
static constexpr int64_t maxSumRegisters = 128;
static constexpr int64_t maxWarps = 8; ///< Of a block.
/// Bytes of the wide operand that a lane has on their way to registers.
static constexpr int64_t bytesToRegisters = 128;
/// And to shared memory: in all stages but the one that is multiplied. Many
/// short stages hold what comes late up least, longer ones cost less where the
/// cache has it all; across the depth they are full rows of memory, so that
/// fewer fit.
static constexpr int64_t bytesToShared = 256, shortStageBytes = 32,
                         longStageBytes = 64, piecesOfStageAcross = 8;
static constexpr int64_t maxStagesAcross = 4;

// By what plans are compared; rounded figures of an H100. A multiprocessor's
// share of what memory and the cache deliver in a nanosecond where all read,
// and what one gets alone at most.
static constexpr int64_t memoryShare = 23, cacheShare = 42, ownBytes = 64;
/// Bytes that shared memory takes or gives in a nanosecond.
static constexpr int64_t sharedBandwidth = 218;
/// Nanoseconds in which a block that begins or ends does not read.
static constexpr int64_t blockTime = 1500;
/// The wide operand of the last call may still be in the cache.
static constexpr int64_t cacheBytes = 40 << 20;
/// Memory delivers rows that are shorter than this an eighth slower.
static constexpr int64_t rowBytes = 128;
/// Sizes that are only known at run time.
static constexpr int64_t assumedLines = 1 << 16, assumedDepth = 1 << 12;

static std::optional<int64_t> getStaticSize(const Product &product,
                                            ArrayRef<unsigned> dims) {
  linalg::LinalgOp op = product.op;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t size = 1;
  for (unsigned dim : dims) {
    if (ShapedType::isDynamic(ranges[dim]))
      return std::nullopt;
    size *= ranges[dim];
  }
  return size;
}

static bool isThin(const Product &product, ArrayRef<unsigned> dims,
                   int64_t most) {
  std::optional<int64_t> size = getStaticSize(product, dims);
  return size && *size <= most;
}

static Type getTypeOf(const Product &product, unsigned operand) {
  linalg::LinalgOp op = product.op;
  return getElementTypeOrSelf(op.getDpsInputOperand(operand)->get());
}

void ThinProductEmitter::plan() {
  linalg::LinalgOp op = product.op;
  sumType = getElementTypeOrSelf(op->getResult(0).getType());
  isThinLeft = isThin(product, product.rows, type ? maxThin : maxThinOfLanes);
  numThin = isThinLeft ? numRows : numColumns;
  numWide = isThinLeft ? numColumns : numRows;
  ArrayRef<unsigned> thinDims = isThinLeft ? product.rows : product.columns;
  numThinLines = *getStaticSize(product, thinDims);
  thinBlocks = llvm::divideCeil(numThinLines, mmaColumns);

  int64_t bytes = std::max(getTypeOf(product, 0).getIntOrFloatBitWidth(),
                           getTypeOf(product, 1).getIntOrFloatBitWidth()) /
                  8;
  int64_t width = pieceBytes / bytes;
  stepsOfLane = type ? std::max<int64_t>(1, 8 / bytes) : width;
  SmallVector<Major> majors = {Major::Depth};
  if (bytes > 1)
    majors.push_back(Major::Lines);
  planBlock(majors, width, 1);
  int64_t time = estimateTime();
  // More lines share what a block reads of the thin operand; fewer make more
  // blocks. Even narrower pieces are too many copies.
  majors = {wide->getAccess().major};
  int64_t otherWidth = alongDepth() ? width : width / 2;
  planBlock(majors, otherWidth, alongDepth() ? 2 : 1);
  int64_t sumRegisters = numSums() * getSumBytes() / 4;
  if (time <= estimateTime() || sumRegisters > maxSumRegisters)
    planBlock(majors, width, 1);
}

/// Plans blocks that read pieces of `width`, which run along one of `majors`.
void ThinProductEmitter::planBlock(ArrayRef<Major> majors, int64_t width,
                                   int64_t numGroups) {
  groups = numGroups;
  wide.emplace(lanes, loops, product, !isThinLeft, width);
  wide->chooseAccess(majors);
  if (!isInCache())
    wide->setStreamed();
  thin.emplace(lanes, loops, product, isThinLeft,
               alongDepth() ? width : piecesOfGroup());
  thin->chooseAccess(Major::Depth);
  // Lanes that all read one line would wait for one another.
  thin->setZeroLines();
  planDepth();
  fitShared();
}

/// Whether the wide operand may still be there from the last call.
bool ThinProductEmitter::isInCache() {
  int64_t bytes = constantOf(numWide).value_or(assumedLines) *
                  constantOf(numBatch).value_or(1) *
                  constantOf(numDepth).value_or(assumedDepth) *
                  wide->getElementBytes();
  return bytes <= cacheBytes;
}

int64_t ThinProductEmitter::countBlocks() {
  return llvm::divideCeil(constantOf(numWide).value_or(assumedLines),
                          linesOfWarp()) *
         constantOf(numBatch).value_or(1);
}

/// How the depth is shared among warps.
void ThinProductEmitter::planDepth() {
  part = 4 * thin->getWidth();
  warps = maxWarps;
  int64_t stageBytesOfLane = bytesToRegisters;
  bool isShort = type && (!isInCache() || 2 * countBlocks() <= multiprocessors);
  if (hasRing())
    stageBytesOfLane = alongDepth() ? isShort ? shortStageBytes : longStageBytes
                                    : piecesOfStageAcross * wide->getBytes();
  stages = 1 + bytesToShared / stageBytesOfLane;
  if (!alongDepth())
    stages = std::min(stages, maxStagesAcross);
  unrolled = std::max<int64_t>(1, stageBytesOfLane /
                                      (piecesOfPart() * wide->getBytes()));
  std::optional<int64_t> depth = constantOf(numDepth);
  if (!depth)
    return;
  int64_t parts = std::max<int64_t>(1, llvm::divideCeil(*depth, part));
  while (warps > 1 && parts < warps)
    warps /= 2;
  unrolled = std::min<int64_t>(unrolled, llvm::divideCeil(parts, warps));
  stages =
      std::clamp<int64_t>(llvm::divideCeil(parts, warps * unrolled), 2, stages);
}

/// Gives up what costs least until a block has the shared memory.
void ThinProductEmitter::fitShared() {
  while (warps > 1 && sharedByteCount() > sharedBytes) {
    if (hasRing() && stages > 3) {
      --stages;
    } else if (hasRing() && unrolled > 1) {
      // As many bytes on their way.
      unrolled /= 2;
      stages = 2 * stages - 1;
    } else if (hasRing() && stages > 2) {
      --stages;
    } else {
      warps /= 2;
    }
  }
}

/// Nanoseconds in which shared memory gives the lanes of a multiprocessor what
/// they multiply. Each of its accesses of 16 bytes takes a quarter of a warp,
/// even where many lanes read the same.
int64_t ThinProductEmitter::estimateLaneTime(int64_t mostBlocks) {
  int64_t depth = constantOf(numDepth).value_or(assumedDepth);
  int64_t wideBytes = 32 * piecesOfPart() * wide->getBytes();
  int64_t thinBytes = 32 * numThinLines * thin->getBytes();
  // Written and read; eight lanes read the same piece of a thin line.
  int64_t bytes = 2 * wideBytes + thinBytes + thinBytes / 8;
  return mostBlocks * llvm::divideCeil(depth, part) * bytes / sharedBandwidth;
}

/// Nanoseconds that the planned blocks may take, to compare plans. Where they
/// all wait for memory, it does not matter how much of the thin operand they
/// read, nor how many follow one another.
int64_t ThinProductEmitter::estimateTime() {
  int64_t lines = constantOf(numWide).value_or(assumedLines);
  int64_t batch = constantOf(numBatch).value_or(1);
  int64_t depth = constantOf(numDepth).value_or(assumedDepth);
  int64_t lineBytes = depth * wide->getElementBytes();
  int64_t blocks = countBlocks();
  int64_t blockBytes = linesOfWarp() * lineBytes +
                       numThinLines * depth * thin->getElementBytes();

  // Of the multiprocessor with most blocks; each block also takes a KB.
  int64_t most = llvm::divideCeil(blocks, multiprocessors);
  int64_t fitting = std::min((sharedBytes + 1024) / (sharedByteCount() + 1024),
                             2 * 32 * maxWarps / threads());
  int64_t rounds = llvm::divideCeil(most, std::max<int64_t>(fitting, 1));
  int64_t time = std::max(blocks * blockBytes / (multiprocessors * cacheShare),
                          most * blockBytes / ownBytes) +
                 rounds * blockTime;

  if (!isInCache()) {
    int64_t memoryTime =
        lines * batch * lineBytes / (multiprocessors * memoryShare);
    if (!alongDepth() && linesOfGroup() * wide->getElementBytes() < rowBytes)
      memoryTime += memoryTime / 8;
    time = std::max(time, memoryTime);
  }
  if (!type)
    time = std::max(time, estimateLaneTime(most));
  // Elements are computed one by one.
  return hasRing() ? time : 2 * time;
}

/// Whether lanes multiply and add up the operands.
static bool canMultiplyByLanes(const Product &product) {
  auto isKnown = [](Type type) {
    return type.isF16() || type.isBF16() || type.isF32() || type.isF64();
  };
  auto region = product.op->getParentOfType<kernel::RegionOp>();
  return region.getForm() == kernel::Form::Contraction &&
         isKnown(getTypeOf(product, 0)) && isKnown(getTypeOf(product, 1));
}

/// Both operands have a type that tensor cores add up in f32.
static bool usesMma(const Product &product, ArrayRef<Chip> chips) {
  linalg::LinalgOp op = product.op;
  return getElementTypeOrSelf(op->getResult(0).getType()).isF32() &&
         canUseMma(product, chips);
}

bool nvptx::canUseThinProduct(const Product &product, ArrayRef<Chip> chips) {
  bool usesMma = ::usesMma(product, chips);
  if (!usesMma && !canMultiplyByLanes(product))
    return false;
  int64_t most = usesMma ? maxThin : maxThinOfLanes;
  return isThin(product, product.rows, most) ||
         isThin(product, product.columns, most);
}

void nvptx::emitThinProduct(OpBuilder &builder, kernel::RegionOp region,
                            const Product &product, ArrayRef<Chip> chips) {
  ThinProductEmitter(builder, region, product, getMultiprocessors(chips),
                     getSharedBytes(chips), usesMma(product, chips))
      .emit();
}
