//===- ThinProduct.h - Products with few rows -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One operand (the thin one) has at most 16 rows or columns; the other (the
// wide one) is read once and is all that takes time. A warp computes few of its
// lines and a part of the depth; the warps of a block share the depth and add
// their sums up at the end, always in the same order.
//
// Tensor cores multiply what lanes loaded: a sum does not depend on the order
// of the depth, so that each lane's pieces are called the words that a fragment
// wants of it. Where pieces can be copied, they wait in shared memory, in a
// ring of its own for every warp, so that warps do not wait for one another and
// many pieces are on their way. There, neighbouring lanes copy what are
// neighbours in memory. The wide operand is the left one of the fragments,
// whichever it is of the product. Of a group of its lines
//
//  * along the depth, lane (g, t) loads a piece of 16 bytes of lines g and g+8.
//    Its four words make the fragments of two products.
//  * along the lines, it loads `width` lines from g * width on at the steps 4t
//    to 4t+3 of the depth (2t and 2t+1 of elements of four bytes). Steps are
//    paired up within registers to make words; line g * width + j is row g of
//    product j / 2, or row g+8 for odd j.
//
// Types that tensor cores do not multiply (f32 in full, f64, operands of two
// types) are multiplied by each lane: what it has of the wide operand, as above
// but for two to four steps across the depth, with the same steps of all thin
// lines, which lanes of all g read at once. The four lanes of a g then add up.
//
// All groups of a warp share the pieces of the thin operand, which every block
// reads: the more groups, the less of that.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_THINPRODUCT_H
#define GRAPHC_LIB_TARGET_NVPTX_THINPRODUCT_H

#include "MmaEmitter.h"

namespace graphc::nvptx {

class ThinProductEmitter : MmaEmitter {
public:
  ThinProductEmitter(mlir::OpBuilder &builder, kernel::RegionOp region,
                     const Product &product, std::int64_t multiprocessors,
                     std::int64_t sharedBytes, bool usesMma)
      : MmaEmitter(builder, region, product, multiprocessors),
        sharedBytes(sharedBytes) {
    if (!usesMma)
      type.reset();
  }

  void emit();

private:
  /// Of this lane, for each part of a step: the wide ones group by group.
  struct Pieces {
    llvm::SmallVector<Values> wide, thin;
  };
  /// In a stage, piece `number` of part `part` for lane (g, t); all i32.
  struct RingPiece {
    mlir::Value part, number, g, t;
  };
  using Places = llvm::SmallVector<std::pair<mlir::Value, mlir::Value>>;

  void plan();
  void planBlock(llvm::ArrayRef<Major> majors, std::int64_t width,
                 std::int64_t numGroups);
  bool isInCache();
  std::int64_t countBlocks();
  void planDepth();
  void fitShared();
  std::int64_t estimateTime();
  std::int64_t estimateLaneTime(std::int64_t mostBlocks);
  void emitThread(mlir::Value block);
  Values multiply();
  Values multiplyFromRing();
  void fetchStage(mlir::Value step, mlir::Value numSteps, mlir::Value offset);
  Pieces loadStage(mlir::Value offset);
  mlir::Value depthOf(mlir::Value step);
  /// Where a piece of this warp is in a stage: bytes, an i32.
  mlir::Value placeOf(bool isWide, const RingPiece &piece);
  /// The piece that is copied as that `number` of the warp, line by line or
  /// row by row as they are in memory, and its line and depth, i32, from where
  /// those of the warp begin.
  RingPiece findCopy(bool isWide, mlir::Value number, mlir::Value &line,
                     mlir::Value &depth);
  mlir::Value getSumPlace(mlir::Value ofWarp, mlir::Value thinLine,
                          mlir::Value line);
  void multiplyPart(llvm::MutableArrayRef<mlir::Value> sums,
                    llvm::ArrayRef<mlir::Value> pieces,
                    llvm::ArrayRef<mlir::Value> thinPieces);
  /// The same by this lane, `getThin` giving the piece of each thin line.
  void multiplyByLane(llvm::MutableArrayRef<mlir::Value> sums,
                      llvm::ArrayRef<mlir::Value> pieces,
                      llvm::function_ref<mlir::Value(std::int64_t)> getThin);
  /// The elements of a piece as factors of sums.
  Values toFactors(mlir::Value piece);
  /// This lane's pieces of all parts at `at`, or at the stage at `offset`.
  void multiplyStepByLane(llvm::MutableArrayRef<mlir::Value> sums,
                          mlir::Value at);
  void multiplyStageByLane(llvm::MutableArrayRef<mlir::Value> sums,
                           mlir::Value offset);
  mlir::Value loadPiece(bool isWide, mlir::Value stage, const RingPiece &piece);
  /// Adds up the sums of the lanes of each g. They share the work where there
  /// are enough: lane t then has every second or fourth of the sums.
  Values addLanes(llvm::ArrayRef<mlir::Value> sums);
  /// Where this lane's pieces of an operand are for part `at` of the depth:
  /// lines and depths.
  Places getThinPlaces(mlir::Value at);
  Places getWidePlaces(mlir::Value at);
  /// The fragments of the wide operand that the pieces of a group make.
  llvm::SmallVector<Values> makeFragments(llvm::ArrayRef<mlir::Value> pieces);
  Values pairSteps(llvm::ArrayRef<mlir::Value> steps, std::int64_t line);
  Values toWords(mlir::Value piece);
  void shareSums(llvm::ArrayRef<mlir::Value> sums);
  void shareSumsOfLanes(llvm::ArrayRef<mlir::Value> sums);
  void store();

  bool alongDepth() const { return wide->getAccess().major == Major::Depth; }
  /// Whether pieces go through the ring, each by one copy or several.
  bool hasRing() const {
    return wide->getAccess().copyBytes && thin->getAccess().copyBytes;
  }
  std::int64_t getSumBytes() const {
    return sumType.getIntOrFloatBitWidth() / 8;
  }
  std::int64_t threads() const { return 32 * warps; }
  /// Pieces of the wide operand that a lane needs of a group for one part of
  /// the depth, and of all groups.
  std::int64_t piecesOfGroup() const { return alongDepth() ? 2 : stepsOfLane; }
  std::int64_t piecesOfPart() const { return groups * piecesOfGroup(); }
  std::int64_t stageBytes() const {
    return threads() * unrolled *
           (piecesOfPart() * wide->getBytes() + thinBlocks * thin->getBytes());
  }
  std::int64_t sumBytes() const {
    return warps * thinBlocks * mmaColumns * sumPitch() * getSumBytes();
  }
  /// Sums take the place of the ring.
  std::int64_t sharedByteCount() const {
    return std::max(sumBytes(), hasRing() ? stages * stageBytes() : 0);
  }
  /// From the sums of one thin line to the next; lanes store to different
  /// banks.
  std::int64_t sumPitch() const {
    return linesOfWarp() + (alongDepth() ? 4 : 1);
  }
  /// Products that the fragments of one part of the depth make with those of 8
  /// thin lines.
  std::int64_t products() const {
    return alongDepth() ? 2 : wide->getWidth() / 2;
  }
  /// Sums of a lane for a group and 8 thin lines.
  std::int64_t sumsOfGroup() const {
    return 4 * (alongDepth() ? 1 : products());
  }
  /// Sums of a lane, of its groups and all thin lines.
  std::int64_t numSums() const {
    return type ? thinBlocks * groups * sumsOfGroup()
                : numThinLines * linesOfLane();
  }
  /// Lines of which a lane has pieces, across its groups.
  std::int64_t linesOfLane() const {
    return groups * (alongDepth() ? 2 : wide->getWidth());
  }
  std::int64_t linesOfGroup() const {
    return alongDepth() ? mmaRows : 8 * wide->getWidth();
  }
  std::int64_t linesOfWarp() const { return groups * linesOfGroup(); }
  /// Of the depth, what the warps read in a step.
  std::int64_t depthOfStep() const { return unrolled * warps * part; }

  std::int64_t sharedBytes; ///< That a block may have.
  bool isThinLeft = true;
  std::optional<PieceReader> wide, thin;
  std::int64_t numThinLines = 1;
  std::int64_t thinBlocks = 1;  ///< Of 8 lines of the thin operand.
  std::int64_t stepsOfLane = 1; ///< In a part across the depth.
  mlir::Type sumType;
  std::int64_t groups = 1; ///< Of lines of the wide one, in a warp.
  std::int64_t warps = 1, unrolled = 1, stages = 2;
  std::int64_t part = 0; ///< Of the depth, for which fragments are loaded.
  mlir::Value numThin, numWide, firstLine;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_THINPRODUCT_H
