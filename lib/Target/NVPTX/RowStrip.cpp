//===- RowStrip.cpp - Rows across neighbours, kept in registers -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Softmax over channels: what lies together in memory is one element of each of
// many rows. A few threads along x take a whole line of that, `strip` vectors,
// and those along y share the rows:
//
//   x   vectors side by side, 128 bytes      y   every so many-th of the rows'
//   z   strips of a block, of small ones         elements
//
// so that a warp has some lines each of neighbouring elements. What a thread
// reads it keeps: all its vectors are named, as are those of short rows. The
// lanes of a warp exchange what they have, then warps through shared memory.
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"

#include "Exchange.h"

#include "graphc/Target/NVPTX/Chip.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// Bytes side by side that threads of a strip read at once, and at least where
/// rows would not fit in registers else.
static constexpr int64_t lineBytes = 128, narrowLineBytes = 64;
static constexpr int64_t warp = 32;
/// Threads that share a strip: as many as leave room for other blocks, or all.
static constexpr int64_t wantedThreads = 512, maxThreads = 1024;
static constexpr int64_t minThreads = 128;
/// As many as a block has along z.
static constexpr int64_t maxStrips = 64;
/// Registers of a thread for what it keeps: of few threads, of so many that
/// each has 64 of all, and where each vector may be behind the last.
static constexpr int64_t keptWords = 32, fewKeptWords = 24, openKeptWords = 16;
/// Elements and vectors that a thread should have at least.
static constexpr int64_t wantedElements = 8, wantedVectors = 2;

/// Of the widest elements that are read or stored.
int64_t RowEmitter::getElementBytes() {
  int64_t bytes = 1;
  for (Value operand : region.getOperands()) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (type && type.getElementType().isIntOrFloat() &&
        type.getRank() >= static_cast<int64_t>(rank))
      bytes = std::max<int64_t>(
          bytes, llvm::divideCeil(type.getElementTypeBitWidth(), 8u));
  }
  return bytes;
}

/// The elements side by side in memory until one of the same row comes; nothing
/// if that shows at run time.
std::optional<int64_t> RowEmitter::countNeighbours() {
  for (const Pass &pass : passes)
    for (const RowReduction &reduction : pass) {
      LinalgOp op = reduction.getOp();
      for (OpOperand *input : op.getDpsInputOperands()) {
        AffineMap map = op.getMatchingIndexingMap(input);
        if (!map.isPermutation())
          continue;
        int64_t number = 1;
        for (AffineExpr expr : llvm::reverse(map.getResults())) {
          unsigned dim = cast<AffineDimExpr>(expr).getPosition();
          if (dim >= rowDims)
            break;
          std::optional<int64_t> size = constantOf(sizes[dim]);
          if (!size)
            return std::nullopt;
          number *= *size;
        }
        return number;
      }
    }
  return std::nullopt;
}

/// Vectors of a strip that reads `bytes` side by side.
int64_t RowEmitter::getStrip(int64_t bytes) {
  int64_t strip =
      std::clamp<int64_t>(bytes / (layout.width * getElementBytes()), 1, warp);
  if (std::optional<int64_t> neighbours = countNeighbours())
    // Where there are none, nothing is launched.
    strip = std::min<int64_t>(
        strip, llvm::PowerOf2Ceil(std::max<int64_t>(
                   1, llvm::divideCeil(*neighbours, layout.width))));
  return strip;
}

/// Vectors of a row that one of `threads` keeps.
int64_t RowEmitter::getKept(int64_t threads) {
  int64_t most = threads > wantedThreads ? fewKeptWords : keptWords;
  if (open && open->stripThreads)
    most = openKeptWords;
  int64_t words = llvm::divideCeil(getElementBytes(), 4) * layout.width;
  return std::max<int64_t>(1, most / words);
}

/// Rows of `most` elements at most, a strip of which `threads` at most share;
/// false if they do not hold them.
bool RowEmitter::tryStrip(int64_t strip, int64_t threads, int64_t most) {
  int64_t kept = getKept(threads);
  // No more than a warp, if that can hold them: it needs no shared memory.
  int64_t group = std::min<int64_t>(warp / strip, llvm::PowerOf2Ceil(most));
  int64_t wanted = std::min(
      kept, std::max<int64_t>(wantedVectors, wantedElements / layout.width));
  if (group * kept < most)
    while (group * strip < threads && group * wanted < most)
      group *= 2;
  if (group * kept < most)
    return false;
  int64_t rows =
      strip * std::clamp<int64_t>(minThreads / (strip * group), 1, maxStrips);
  int64_t warps = group * strip / warp, bytes = 0;
  for (const Pass &pass : passes)
    for (const RowReduction &reduction : pass)
      for (unsigned i = 0; i < reduction.getNumValues(); ++i)
        bytes += reduction.getElementType(i).getIntOrFloatBitWidth() / 8;
  if (warps > 1 && bytes * layout.width * rows * warps > declaredSharedBytes)
    return false;
  layout.strip = strip;
  layout.group = group;
  layout.rows = rows;
  named = llvm::divideCeil(most, group);
  return true;
}

/// Rows that would be read more than once.
bool RowEmitter::isStripWorthIt() {
  if (!layout.alongColumns)
    return false;
  SmallVector<Pass> apart = passes;
  (void)mergePasses();
  std::size_t reads = passes.size() + hasFullResults();
  passes = std::move(apart);
  return reads > 1;
}

bool RowEmitter::chooseStrip() {
  if ((open && open->isSplit) || !isStripWorthIt())
    return false;
  if (open && open->stripThreads) {
    int64_t strip = getStrip(lineBytes);
    int64_t group = std::max<int64_t>(1, open->stripThreads / strip);
    return tryStrip(strip, open->stripThreads,
                    group * getKept(open->stripThreads));
  }
  std::optional<int64_t> known = constantOf(count);
  if (!known || *known == 0)
    return false;
  // Math in f64 takes most registers of many threads for itself.
  int64_t most = getElementBytes() > 4 ? wantedThreads : maxThreads;
  return tryStrip(getStrip(lineBytes), wantedThreads, *known) ||
         tryStrip(getStrip(lineBytes), most, *known) ||
         tryStrip(getStrip(narrowLineBytes), most, *known);
}

/// Strips of as few of `threads` as hold rows whose length shows at run time,
/// or a loop over longer ones.
void RowEmitter::emitOpenStrips(bool isWhole, ArrayRef<int64_t> threads) {
  if (threads.empty() || constantOf(count) || !isStripWorthIt() ||
      (getElementBytes() > 4 && threads.front() > wantedThreads))
    return emitVariant({isWhole, std::nullopt, 0});
  RowEmitter strip(builder, region,
                   OpenRow{isWhole, std::nullopt, 0, false, threads.front()});
  (void)strip.plan();
  if (!strip.named)
    return emitVariant({isWhole, std::nullopt, 0});
  // Rows of nothing are none of these: there is no vector to read.
  Value last = fold<arith::SubIOp>(count, constant(1));
  Value isShort =
      fold<arith::CmpIOp>(arith::CmpIPredicate::ult, last,
                          constant(strip.layout.group * *strip.named));
  emitEither(
      builder, loc(), isShort, [&] { strip.emit(); },
      [&] { emitOpenStrips(isWhole, threads.drop_front()); });
}

SmallVector<Value> RowEmitter::combineStrip(const Pass &pass, ValueRange mine) {
  auto combiner = [&](ValueRange a, ValueRange b) {
    return combine(pass, a, b);
  };
  int64_t lines = std::min(layout.group, warp / layout.strip);
  Values values =
      combineLines(builder, loc(), layout.strip, lines, mine, combiner);
  if (lines == layout.group)
    return values;
  gpu::KernelDim3 ids = launch.getThreadIds();
  // Each lane takes what some of the warps have, and lanes exchange that again.
  int64_t warps = layout.group / lines, step = std::min(lines, warps);
  ColumnPlace place;
  place.column = fold<arith::AddIOp>(
      ids.x, fold<arith::MulIOp>(ids.z, constant(layout.strip)));
  place.member = fold<arith::DivUIOp>(ids.y, constant(lines));
  place.first = fold<arith::RemUIOp>(ids.y, constant(step));
  place.step = step;
  values = combineColumns(builder, launch, place, layout.rows, warps, values,
                          combiner);
  return combineLines(builder, loc(), layout.strip, step, values, combiner);
}
