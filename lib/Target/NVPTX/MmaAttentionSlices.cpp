//===- MmaAttentionSlices.cpp - Attention of f32 by tensor cores ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MmaAttention.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

static constexpr int64_t stepDepth = mmaDepthBytes / 2;
/// Words of a left operand's 16 rows; sums for every eight columns, of which
/// the left operand of a step takes two fours.
static constexpr int64_t fragmentWords = 4, fragmentSums = 4;
using Slices = std::array<SmallVector<Value>, sliceCount>;

/// What was fastest on an H100. Many warps share keys and values, which are
/// then cut into slices less often, if there is work for all multiprocessors;
/// else two blocks and more share one. Large heads leave room for few rows.
bool MmaAttention::chooseSlicedPlan() {
  struct Tile {
    int64_t warps, keys;
  };
  auto countBytes = [&](Tile tile) {
    constexpr int64_t lineElements = lineBytes / 2;
    int64_t blocks = llvm::divideCeil(parts.depth, lineElements),
            valueBlocks = llvm::divideCeil(blockColumns, lineElements);
    int64_t lines =
        blocks * (tile.warps * mmaRows + tile.keys) + valueBlocks * tile.keys;
    return lines * lineBytes * static_cast<int64_t>(sliceCount);
  };
  // Every chip since sm_80 has room for one of these, and some for two.
  constexpr int64_t halfBytes = 96 << 10;
  constexpr Tile large = {manyWarps, 64};
  constexpr int64_t wantedTiles = 3; // of a multiprocessor
  Tile tile = {2, 16};
  if (countBytes(large) <= sharedBytes &&
      areRowsAtLeast(wantedTiles * multiprocessors * manyWarps * mmaRows)) {
    tile = large;
  } else {
    constexpr Tile small[] = {{4, 64}, {4, 32}, {4, 16}};
    const Tile *end = std::end(small);
    const Tile *found = end;
    for (int64_t bytes : {halfBytes, sharedBytes})
      if (found == end)
        found = llvm::find_if(
            small, [&](Tile tile) { return countBytes(tile) <= bytes; });
    if (found != end)
      tile = *found;
    if (std::max(parts.depth, parts.valueDepth) <= 64)
      minBlocks = 3;
  }
  keepsQueries = false;
  warps = tile.warps;
  blockKeys = tile.keys;
  blockQueries = warps * mmaRows;
  return countBytes(tile) <= sharedBytes;
}

/// Adds all products of slices to `sums`, or to `small` but for those of the
/// largest.
static void multiplySlices(OpBuilder &builder, Location loc, const Slices &left,
                           ArrayRef<Slices> right, MutableArrayRef<Value> small,
                           MutableArrayRef<Value> sums) {
  for (auto [l, r] : sliceProducts) {
    MutableArrayRef<Value> into = l == 0 && r == 0 ? sums : small;
    for (const Slices &columns : right)
      for (int64_t half = 0; half < 2; ++half) {
        MutableArrayRef<Value> sum = into.take_front(fragmentSums);
        llvm::copy(multiplyFragments(builder, loc, MmaType::BF16, left[l],
                                     ArrayRef(columns[r]).slice(2 * half, 2),
                                     sum),
                   sum.begin());
        into = into.drop_front(fragmentSums);
      }
  }
}

static Slices loadSlices(function_ref<SmallVector<Value>(unsigned)> load) {
  Slices slices;
  for (unsigned slice = 0; slice < sliceCount; ++slice)
    slices[slice] = load(slice);
  return slices;
}

SmallVector<Value> MmaAttention::multiplySlicedScores() {
  int64_t steps = llvm::divideCeil(parts.depth, stepDepth);
  SmallVector<Value> scores(blockKeys / mmaColumns * fragmentSums, real(0));
  SmallVector<Value> small = scores;
  for (int64_t step = 0; step < steps; ++step) {
    Slices left = loadSlices(
        [&](unsigned slice) { return query->loadRows(step, slice); });
    for (int64_t column = 0; column < blockKeys; column += 2 * mmaColumns) {
      Slices right = loadSlices([&](unsigned slice) {
        return key->loadColumns(column, step, slice);
      });
      auto of = [&](SmallVector<Value> &sums) {
        return MutableArrayRef(sums).slice(column / mmaColumns * fragmentSums,
                                           2 * fragmentSums);
      };
      multiplySlices(builder, parts.loc(), left, right, of(small), of(scores));
    }
  }
  for (auto [score, rest] : llvm::zip_equal(scores, small))
    score = add(score, rest);
  return scores;
}

/// The tile's products are added up by themselves, for sums over all keys are
/// too long to be cut off at each step.
void MmaAttention::multiplySlicedValues(State &state, ArrayRef<Value> weights,
                                        const std::array<Value, 2> &factors) {
  SmallVector<Slices> left;
  for (int64_t step = 0; step < blockKeys / stepDepth; ++step) {
    left.emplace_back();
    for (int64_t word = 0; word < fragmentWords; ++word) {
      ArrayRef<Value> pair =
          weights.slice(2 * (step * fragmentWords + word), 2);
      for (auto [slice, bits] : llvm::zip_equal(
               left.back(), slicePair(builder, parts.loc(), pair[0], pair[1])))
        slice.push_back(bits);
    }
  }
  constexpr int64_t columnSums = 2 * fragmentSums;
  for (int64_t column = 0; column < value->getColumns();
       column += 2 * mmaColumns) {
    SmallVector<Value> sums(columnSums, real(0)), small = sums;
    for (std::size_t step = 0; step < left.size(); ++step) {
      Slices right = loadSlices([&](unsigned slice) {
        return value->loadColumns(column, step, slice);
      });
      multiplySlices(builder, parts.loc(), left[step], right, small, sums);
    }
    auto into = MutableArrayRef(state.sums)
                    .slice(column / mmaColumns * fragmentSums, columnSums);
    for (auto [i, total] : llvm::enumerate(into))
      total = fma(total, factors[i % fragmentSums / 2], add(sums[i], small[i]));
  }
}
