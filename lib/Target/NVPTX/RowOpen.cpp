//===- RowOpen.cpp - Rows whose size shows at run time --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   if vectors are whole and aligned:
//     launch by vectors:  a few threads, a warp, several warps for a row, all
//                         of it in registers; or a loop over a longer one;
//                         or several blocks for each of few long ones
//   else:
//     the same by single elements
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"

#include "Forms.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Elements of a row that a thread keeps in registers, in vectors and one by
/// one, of which a large block has no more than 64 for each thread.
static constexpr int64_t shortElements = 16, shortSingles = 8;
static constexpr int64_t maxThreads = 1024, fewRows = 64;
/// Threads that share a strip, from the shortest rows to the longest.
static constexpr int64_t stripThreads[] = {32, 512, 1024};

bool RowEmitter::isOpen() {
  return !constantOf(sizes[vectorDim]) || getAttr(partsAttrName) == openParts ||
         (!constantOf(count) && (!layout.alongColumns || isStripWorthIt()));
}

void RowEmitter::emitVariant(const OpenRow &variant) {
  RowEmitter emitter(builder, region, variant);
  (void)emitter.plan();
  emitter.emit();
}

/// Of vectors of `width` elements.
void RowEmitter::emitShort(bool isWhole, int64_t width) {
  if (getAttr(partsAttrName) != openParts)
    return emitUnsplit(isWhole, width);
  RowEmitter split(builder, region,
                   OpenRow{isWhole, std::nullopt, 0, /*isSplit=*/true});
  (void)split.plan();
  Value parts = split.countParts();
  Value isLong = fold<arith::CmpIOp>(arith::CmpIPredicate::uge, parts,
                                     constant(getLeastParts()));
  emitEither(
      builder, loc(), isLong, [&] { split.emitSplit(parts); },
      [&] { emitUnsplit(isWhole, width); });
}

void RowEmitter::emitUnsplit(bool isWhole, int64_t width) {
  if (layout.alongColumns)
    return emitOpenStrips(isWhole, stripThreads);
  int64_t elements = width > 1 ? shortElements / width : shortSingles;
  elements = std::max<int64_t>(1, elements / shortLive);
  // From the shortest rows to the longest: a few threads, a warp, as many warps
  // as it takes, then as many that have twice as much each. Of single elements
  // neighbours read neighbours.
  SmallVector<OpenRow> variants;
  // Of a few rows none needs to be as fast as a few threads can be.
  std::optional<int64_t> rows = constantOf(getUnits(layout));
  if (!rows || *rows > fewRows) {
    variants.push_back({isWhole, width > 1 ? 2 : 4, elements});
    if (width > 1)
      variants.push_back({isWhole, 8, elements});
    variants.push_back({isWhole, 32, elements});
  }
  variants.push_back({isWhole, 0, elements});
  // More of narrow ones than registers hold.
  if (width <= 4)
    variants.push_back({isWhole, 0, 2 * elements});
  Value number = getCount(width);
  std::function<void(ArrayRef<OpenRow>)> emitFrom =
      [&](ArrayRef<OpenRow> left) {
        if (left.empty())
          return emitVariant({isWhole, std::nullopt, 0});
        const OpenRow &variant = left.front();
        int64_t threads = *variant.group ? *variant.group : maxThreads;
        // Rows of nothing are none of these: there is no vector to read.
        Value last = fold<arith::SubIOp>(number, constant(1));
        Value isShort = fold<arith::CmpIOp>(arith::CmpIPredicate::ult, last,
                                            constant(threads * variant.named));
        emitEither(
            builder, loc(), isShort, [&] { emitVariant(variant); },
            [&] { emitFrom(left.drop_front()); });
      };
  emitFrom(variants);
}

void RowEmitter::emitOpen() {
  // What vectors would be.
  RowEmitter whole(builder, region, OpenRow{/*isWhole=*/true, std::nullopt, 0});
  (void)whole.plan();
  int64_t width = whole.layout.width;
  OpenShapes shapes(builder, region, sizes, vectorDim);
  // Some variants have wider vectors than others.
  if (shapes.isCertain(whole.widest))
    return emitShort(/*isWhole=*/false, layout.width);
  emitEither(
      builder, loc(), shapes.emitCheck(whole.widest),
      [&] { emitShort(/*isWhole=*/true, width); },
      [&] { emitShort(/*isWhole=*/false, layout.width); });
}
