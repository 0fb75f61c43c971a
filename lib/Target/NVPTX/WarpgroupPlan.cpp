//===- WarpgroupPlan.cpp - Which tiles warpgroups multiply ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpgroupProduct.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

namespace {
/// What is known of the time of a product. It is counted in products of a step
/// of the depth by the largest tile, of which one element is a unit; fitted to
/// measurements of products of 22 sizes on an H100, and of clusters and few
/// rows of 20 on an H200.
struct TimeModel {
  int64_t blocks;   ///< That run at the same time.
  bool isUnaligned; ///< Lines of operands begin within lines of the cache.
  double epilogue;  ///< For an element, beside storing its sum.
  double operandBytes;

  static constexpr double perMicrosecond = 52e3, largestArea = 128 * 256;

  double getTime(const Tile &tile, double speed, int64_t tiles, int64_t parts,
                 int64_t steps) const {
    constexpr double perTile = 1.8, perLaunch = 3;
    double area = tile.rows * tile.columns;
    int64_t rounds = llvm::divideCeil(tiles * parts, getBlocks(parts));
    int64_t active = std::min(tiles * parts, blocks);
    // What slows small tiles down is how much all blocks copy together.
    double reached = std::min(1.0, speed * blocks / active);
    double step = std::max(area / reached,
                           getCopyTime(active * tile.stageBytes(), parts));
    double products = llvm::divideCeil(steps, parts) * step;
    double rest = (perTile + epilogue) * area / parts;
    double time = perLaunch * largestArea + getSplitTime(tile, parts);
    // In turns, the rest of all but the last is hidden behind products, if
    // those of one tile take longer than the rest of one.
    return tile.takesTurns
               ? time + rounds * std::max(products, (products + rest) / 2) +
                     rest
               : time + rounds * (products + rest);
  }

  /// At least, where few blocks are active: one can neither copy nor wait for a
  /// product faster; nor do they read operands faster that the cache does not
  /// hold. What neighbours share is copied once for both, but blocks of a
  /// cluster copy from different depths.
  double getLeastTime(const Tile &tile, int64_t tiles, int64_t parts,
                      int64_t steps) const {
    constexpr double once = 2, cacheBytes = 45e6;
    constexpr double read = 3.8e6, readByBlock = 53e3; // Bytes a microsecond.
    double copied = parts == 1 ? 200e3 : 140e3;
    double perStep = parts == 1 ? 0.12 : 0.15;
    double time = llvm::divideCeil(tiles * parts, getBlocks(parts)) *
                  llvm::divideCeil(steps, parts) *
                  std::max(tile.stageBytes() / copied, perStep);
    double active = std::min(tiles * parts, blocks);
    if (operandBytes > cacheBytes)
      time =
          std::max(time, operandBytes / std::min(read, active * readByBlock));
    return perMicrosecond * (once + time) + getSplitTime(tile, parts);
  }

private:
  /// That run at the same time: clusters lie within parts of the chip of 16 or
  /// 18 multiprocessors, some of which are switched off. Counted on H200s: 66,
  /// 30 and 15 of 2, 4 and 8; other chips may have fewer.
  int64_t getBlocks(int64_t parts) const {
    constexpr int64_t unused = 20, unusedOfEight = 28;
    return parts <= 2 ? blocks : blocks - (parts <= 4 ? unused : unusedOfEight);
  }

  /// All copies of a step, from the cache. Where lines are not aligned twice as
  /// many are touched.
  double getCopyTime(int64_t bytes, int64_t parts) const {
    constexpr double unaligned = 5.8e6, apart = 8.5e6, nearby = 12e6;
    if (isUnaligned)
      return bytes / unaligned * perMicrosecond;
    return parts == 1 ? 0
                      : bytes / (parts == 2 ? nearby : apart) * perMicrosecond;
  }

  /// Blocks of a cluster read all other's sums of a part of the tile.
  static double getSplitTime(const Tile &tile, int64_t parts) {
    constexpr double bytesPerMicrosecond = 25e3;
    double bytes = tile.rows * tile.columns * sizeof(float);
    return perMicrosecond * bytes * (parts - 1) / parts / bytesPerMicrosecond;
  }
};
} // namespace

/// Whether lines of an operand begin within lines of the cache, as far as that
/// is known.
bool WarpgroupProduct::isUnaligned(int64_t operand) {
  constexpr int64_t cacheLine = 128;
  linalg::LinalgOp op = product.op;
  OpOperand *of = op.getDpsInputOperand(operand);
  auto argument = dyn_cast<BlockArgument>(of->get());
  if (!argument || argument.getOwner() != &region.getBody().front())
    return false;
  auto type = dyn_cast<MemRefType>(
      region.getOperand(argument.getArgNumber()).getType());
  if (!type || !type.isStrided())
    return false;
  SmallVector<int64_t> strides = type.getStridesAndOffset().first;
  return llvm::any_of(strides, [&](int64_t stride) {
    return !ShapedType::isDynamic(stride) && stride != 1 &&
           stride * type.getElementTypeBitWidth() / 8 % cacheLine;
  });
}

/// Whether the registers that wide tiles in turns leave, 40 with 192 columns,
/// do for what the kernel makes of the sums.
static bool fitsBesideSums(const EpilogueCost &epilogue) {
  return epilogue.readsInOrder && epilogue.matrixReads <= 1;
}

namespace {
/// With a speed relative to the largest tile.
struct Candidate {
  Tile tile;
  double speed;
};
} // namespace

/// Tiles of all widths of which the last blocks of 64 columns may be narrower
/// if `anyWidth`, in turns up to `widestInTurns`. Speeds between those measured
/// are on a line.
static SmallVector<Candidate> getCandidates(bool anyWidth,
                                            int64_t widestInTurns) {
  struct Point {
    int64_t rows, columns;
    double together, inTurns; ///< Speeds; zero: no candidate.
  };
  static constexpr Point points[] = {
      {128, 256, 1.00, 0},     {128, 192, 0.99, 0.99}, {128, 128, 0.99, 0.975},
      {128, 64, 0.565, 0.555}, {64, 256, 0.935, 0},    {64, 192, 0.835, 0},
      {64, 128, 0.81, 0},      {64, 64, 0.52, 0}};
  // Widths between are no better than whole ones if they win less than this.
  constexpr double odd = 0.97;
  constexpr int64_t widthUnit = 8;
  SmallVector<Candidate> candidates;
  auto add = [&](int64_t rows, int64_t columns, double together, double turns) {
    candidates.push_back({{rows, columns}, together});
    if (turns != 0 && columns <= widestInTurns)
      candidates.push_back({{rows, columns, /*takesTurns=*/true}, turns});
  };
  for (const Point &point : points)
    add(point.rows, point.columns, point.together, point.inTurns);
  for (std::size_t i = 0; anyWidth && i + 1 < std::size(points); ++i) {
    const Point &wide = points[i], &narrow = points[i + 1];
    for (int64_t columns = wide.columns - widthUnit;
         wide.rows == narrow.rows && columns > narrow.columns;
         columns -= widthUnit) {
      double part = static_cast<double>(columns - narrow.columns) /
                    (wide.columns - narrow.columns);
      auto between = [&](double narrow, double wide) {
        return narrow * wide == 0 ? 0 : odd * (narrow + part * (wide - narrow));
      };
      add(wide.rows, columns, between(narrow.together, wide.together),
          between(narrow.inTurns, wide.inTurns));
    }
  }
  return candidates;
}

/// Whether `loops` are one dimension of every operand that they walk along, so
/// that boxes of 64 lines may begin anywhere. Of panels, such as packed weights
/// are, `BoxedTensor` takes none that do not begin at a multiple of 64.
static bool isOneDimension(linalg::LinalgOp op, ArrayRef<unsigned> loops) {
  if (loops.size() != 1)
    return false;
  return llvm::all_of(op.getIndexingMapsArray(), [&](AffineMap map) {
    return llvm::all_of(map.getResults(), [&](AffineExpr expr) {
      return isa<AffineDimExpr>(expr) || !expr.isFunctionOfDim(loops.front());
    });
  });
}

/// Zero where windows read elements more than once.
double WarpgroupProduct::getOperandBytes(int64_t rows, int64_t columns,
                                         int64_t steps) {
  return window ? 0
                : static_cast<double>(rows + columns) * steps * lineBytes *
                      constantOf(numBatch).value_or(1);
}

/// The tile, and the parts of its depth, that are expected to take least time.
void WarpgroupProduct::chooseTile() {
  // Shorter parts are over before copies and products overlap.
  constexpr int64_t mostParts = 8, leastSteps = 8;
  // What is not known is taken to be much.
  int64_t unknown = getExpectedSize(region, 4096);
  auto getSize = [&](Value size) { return constantOf(size).value_or(unknown); };
  int64_t rows = getSize(numRows), columns = getSize(numColumns);
  int64_t steps = llvm::divideCeil(getSize(numDepth), stepElements()) *
                  constantOf(numTaps).value_or(1);
  bool isKnown =
      llvm::all_of(ArrayRef{numRows, numColumns, numDepth, numTaps, numBatch},
                   [](Value size) { return constantOf(size).has_value(); });
  TimeModel model{chip.multiprocessors,
                  isUnaligned(product.left) || isUnaligned(product.right),
                  epilogue.time, getOperandBytes(rows, columns, steps)};
  bool anyWidth = isKnown && isOneDimension(product.op, product.columns);
  // Of other elements turns were not measured; they are those of a loop over
  // tiles, which groups interrupt.
  bool inTurns = elementType.getIntOrFloatBitWidth() == 16 && !groups;
  int64_t widestInTurns = 0;
  if (inTurns)
    widestInTurns = fitsBesideSums(epilogue)
                        ? std::numeric_limits<int64_t>::max()
                        : widestWithRoom;
  SmallVector<Candidate> candidates = getCandidates(anyWidth, widestInTurns);
  auto countTiles = [&](const Tile &each) {
    return llvm::divideCeil(rows, each.rows) *
           llvm::divideCeil(columns, each.columns) *
           constantOf(numBatch).value_or(1) * countGroups(region);
  };
  double best = 0;
  for (const auto &[each, speed] : candidates) {
    double time = model.getTime(each, speed, countTiles(each), 1, steps);
    if (best != 0 && time >= best)
      continue;
    best = time;
    tile = each;
  }
  best = std::max(best, model.getLeastTime(tile, countTiles(tile), 1, steps));
  for (const auto &[each, speed] : candidates) {
    int64_t tiles = countTiles(each);
    // Of the widths between, none was faster.
    if (!isKnown || !tiles || each.takesTurns ||
        !llvm::isPowerOf2_64(each.columns))
      continue;
    int64_t most =
        std::min({model.blocks / tiles, steps / leastSteps, mostParts});
    for (int64_t parts = 2; parts <= most; parts *= 2) {
      double time = std::max(model.getTime(each, speed, tiles, parts, steps),
                             model.getLeastTime(each, tiles, parts, steps));
      if (time >= best)
        continue;
      best = time;
      tile = each;
      numParts = parts;
    }
  }
  int64_t left = chip.sharedBytes - tile.sharedBytes();
  tile.stages =
      std::min<int64_t>(8, left / (tile.stageBytes() + 2 * barrierBytes));
  isRagged = !constantOf(numRows) || !constantOf(numColumns) ||
             rows % tile.rows || columns % tile.columns;
}
