//===- WarpgroupSplit.cpp - Tiles that several blocks share ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where there are fewer tiles than half of the blocks that a device holds, the
// depth of each is split into parts, one for each block of a cluster:
//
//   launch (tiles * parts), in clusters of `parts`:
//     leave the sums of this part in shared memory, where its steps were
//     wait for the cluster
//     for as many columns as each block gets:
//       add the sums of all parts in order
//     go on with those columns as with a tile
//     wait for the cluster, which reads what this block has left
//
//===----------------------------------------------------------------------===//

#include "WarpgroupProduct.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Sums of a thread in eight columns next to each other.
static constexpr int64_t blockSums = 4;

/// The part of `block`.
Unit WarpgroupProduct::findPart(Value block) {
  Value part = emit.rem(block, numParts), steps = getStepCount();
  auto getBegin = [&](Value part) {
    return emit.div(emit.mul(part, steps), numParts);
  };
  return {findTile(emit.div(block, numParts)), getBegin(part),
          getBegin(emit.add(part, 1)), part, Value()};
}

/// The sums of the columns that the part of this block is to finish: always
/// added in the same order, so that runs have the same bits.
SmallVector<Value> WarpgroupProduct::addParts(Value part, ValueRange sums) {
  auto type = VectorType::get({blockSums}, builder.getF32Type());
  int64_t threads = tile.consumers() * warpgroupThreads;
  int64_t bytesApart = threads * blockSums * sizeof(float);
  // What neighbours among the threads have lies side by side.
  Value inBlock = emit.sub(thread, emit.number(warpgroupThreads));
  Value left =
      emit.offset(shared, emit.mul(inBlock, blockSums * sizeof(float)));
  // Until all have multiplied there are operands.
  emit.synchronize(emit.number(tile.consumers() + 1), threads);
  int64_t numBlocks = sums.size() / blockSums;
  for (int64_t i = 0; i < numBlocks; ++i) {
    Value piece = vector::FromElementsOp::create(
        builder, loc(), type, sums.slice(i * blockSums, blockSums));
    LLVM::StoreOp::create(builder, loc(), piece,
                          emit.offset(left, i * bytesApart), accessBytes);
  }
  emit.arriveInCluster();
  emit.waitForCluster();
  int64_t numOwn = numBlocks / numParts;
  Value first = emit.offset(left, emit.mul(part, numOwn * bytesApart));
  SmallVector<Value> totals;
  for (int64_t each = 0; each < numParts; ++each) {
    Value from = emit.inCluster(first, emit.number(each));
    for (int64_t i = 0; i < numOwn; ++i) {
      Value piece = LLVM::LoadOp::create(
          builder, loc(), type, emit.offset(from, i * bytesApart), accessBytes);
      for (int64_t j = 0; j < blockSums; ++j) {
        Value sum = vector::ExtractOp::create(builder, loc(), piece, j);
        if (each == 0)
          totals.push_back(sum);
        else
          totals[i * blockSums + j] = arith::AddFOp::create(
              builder, loc(), totals[i * blockSums + j], sum);
      }
    }
  }
  emit.arriveInCluster();
  return totals;
}

void WarpgroupProduct::finishUnit(const Unit &unit, ValueRange sums) {
  if (numParts == 1)
    return storeTile(unit.place, sums);
  SmallVector<Value> totals = addParts(unit.part, sums);
  Place place = unit.place;
  place.column =
      emit.add(place.column, emit.mul(unit.part, tile.columns / numParts));
  storeTile(place, totals);
  emit.waitForCluster();
}
