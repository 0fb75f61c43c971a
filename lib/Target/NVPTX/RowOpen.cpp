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
//     of
//                         it in registers; or a loop over a longer one
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
/// Groups of threads that rows up to so long are shared by.
static constexpr int64_t shortGroups[] = {8, 32};
static constexpr int64_t maxThreads = 1024;

bool RowEmitter::isOpen() {
  bool isSplit = region->hasAttr(partsAttrName);
  return !constantOf(sizes[vectorDim]) ||
         (!layout.alongColumns && !isSplit && !constantOf(count));
}

void RowEmitter::emitVariant(const OpenRow &variant) {
  RowEmitter emitter(builder, region, variant);
  (void)emitter.plan();
  emitter.emit();
}

/// Of vectors of `width` elements.
void RowEmitter::emitShort(bool isWhole, int64_t width) {
  if (layout.alongColumns || region->hasAttr(partsAttrName))
    return emitVariant({isWhole, std::nullopt, 0});
  int64_t named = width > 1 ? shortElements / width : shortSingles;
  Value number = getCount(width);
  // From the longest rows to the shortest.
  std::function<void(ArrayRef<int64_t>)> emitGroups =
      [&](ArrayRef<int64_t> groups) {
        if (groups.empty())
          return emitVariant({isWhole, std::nullopt, 0});
        int64_t most = (groups.front() ? groups.front() : maxThreads) * named;
        // Rows of nothing are none of these: there is no vector to read.
        Value last = fold<arith::SubIOp>(number, constant(1));
        Value isShort = fold<arith::CmpIOp>(arith::CmpIPredicate::ult, last,
                                            constant(most));
        emitEither(
            builder, loc(), isShort,
            [&] { emitVariant({isWhole, groups.front(), named}); },
            [&] { emitGroups(groups.drop_front()); });
      };
  SmallVector<int64_t> groups(std::begin(shortGroups), std::end(shortGroups));
  // Neighbours read neighbours.
  if (width == 1)
    groups.erase(groups.begin());
  groups.push_back(0);
  emitGroups(groups);
}

void RowEmitter::emitOpen() {
  // What vectors would be.
  RowEmitter whole(builder, region, OpenRow{/*isWhole=*/true, std::nullopt, 0});
  (void)whole.plan();
  int64_t width = whole.layout.width;
  OpenShapes shapes(builder, region, sizes, vectorDim);
  if (shapes.isCertain(width))
    return emitShort(/*isWhole=*/false, layout.width);
  emitEither(
      builder, loc(), shapes.emitCheck(width),
      [&] { emitShort(/*isWhole=*/true, width); },
      [&] { emitShort(/*isWhole=*/false, layout.width); });
}
