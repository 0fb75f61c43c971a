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

static constexpr int64_t maxThin = 16;
static constexpr int64_t maxWarps = 8; ///< Of a block.
/// Bytes of the wide operand that a lane has on their way at once: on their way
/// to registers, and to a ring of stages in shared memory.
static constexpr int64_t bytesOnTheirWay = 128;
static constexpr int64_t stageBytesOfLane = 64;
/// Two blocks fit a multiprocessor where pieces are narrow.
static constexpr int64_t maxStages = 5, maxStagesOfNarrow = 4;

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

static bool isThin(const Product &product, ArrayRef<unsigned> dims) {
  std::optional<int64_t> size = getStaticSize(product, dims);
  return size && *size <= maxThin;
}

void ThinProductEmitter::plan() {
  isThinLeft = isThin(product, product.rows);
  numThin = isThinLeft ? numRows : numColumns;
  numWide = isThinLeft ? numColumns : numRows;
  ArrayRef<unsigned> thinDims = isThinLeft ? product.rows : product.columns;
  thinBlocks = llvm::divideCeil(*getStaticSize(product, thinDims), mmaColumns);
  planLines();
  planGroups();
  planDepth();
  fitShared();
}

/// How the operands are read, and how many lines a warp computes.
void ThinProductEmitter::planLines() {
  int64_t width = pieceBytes / getElementBytes();
  wide.emplace(lanes, loops, product, !isThinLeft, width);
  if (getElementBytes() > 1)
    wide->chooseAccess({Major::Depth, Major::Lines});
  else
    wide->chooseAccess(Major::Depth);
  if (!alongDepth()) {
    // Fewer lines in a warp where there would be too few blocks.
    int64_t lines = constantOf(numWide).value_or(1 << 20);
    int64_t batch = constantOf(numBatch).value_or(1);
    auto blocks = [&]() -> int64_t {
      return llvm::divideCeil(lines, 8 * width) * batch;
    };
    while (width > 2 && blocks() * 10 < multiprocessors * 9)
      width /= 2;
    wide.emplace(lanes, loops, product, !isThinLeft, width);
    wide->chooseAccess(Major::Lines);
  }
  thin.emplace(lanes, loops, product, isThinLeft,
               alongDepth() ? width : piecesOfGroup());
  thin->chooseAccess(Major::Depth);
  // Lanes that all read one line would wait for one another.
  thin->setZeroLines();
}

/// A second group of lines halves what is read of the thin operand. It is worth
/// that where multiprocessors have less to read then, not where they wait for
/// the one that has most.
void ThinProductEmitter::planGroups() {
  std::optional<int64_t> lines = constantOf(numWide);
  if (!alongDepth() || !lines)
    return;
  int64_t batch = constantOf(numBatch).value_or(1);
  // Lines that the multiprocessor with most blocks reads.
  auto linesRead = [&](int64_t groups) {
    int64_t each = groups * linesOfGroup();
    int64_t blocks = llvm::divideCeil(*lines, each) * batch;
    return llvm::divideCeil(blocks, multiprocessors) *
           (each + *constantOf(numThin));
  };
  // Fewer lines at once suit memory better: it takes a tenth to outdo that.
  if (linesRead(2) * 10 <= linesRead(1) * 9)
    groups = 2;
}

/// How the depth is shared among warps.
void ThinProductEmitter::planDepth() {
  part = 4 * thin->getWidth();
  warps = maxWarps;
  stages = maxStages;
  int64_t wanted = hasRing() ? stageBytesOfLane : bytesOnTheirWay;
  unrolled = std::max<int64_t>(1, wanted / (piecesOfPart() * wide->getBytes()));
  if (hasRing() && !alongDepth())
    stages = maxStagesOfNarrow;
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
    if (hasRing() && stages > 2)
      --stages;
    else if (hasRing() && unrolled > 1)
      unrolled /= 2;
    else
      warps /= 2;
  }
}

bool nvptx::canUseThinMma(const Product &product, ArrayRef<Chip> chips) {
  return canUseMma(product, chips) &&
         (isThin(product, product.rows) || isThin(product, product.columns));
}

void nvptx::emitThinProduct(OpBuilder &builder, kernel::RegionOp region,
                            const Product &product, ArrayRef<Chip> chips) {
  int64_t sharedBytes = std::numeric_limits<int64_t>::max();
  for (const Chip &chip : chips)
    sharedBytes = std::min<int64_t>(sharedBytes, chip.sharedBytes);
  ThinProductEmitter(builder, region, product, getMultiprocessors(chips),
                     sharedBytes)
      .emit();
}
