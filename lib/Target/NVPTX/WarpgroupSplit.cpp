//===- WarpgroupSplit.cpp - Tiles that several blocks share ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where there are fewer tiles than half of the blocks that a device holds, the
// depth of each is split into parts, one for each of some blocks in a row:
//
//   launch: lower all flags
//   launch (tiles * parts):
//     sums = product of this part
//     not the last part:  workspace.parts[block] = sums; raise the flag
//     the last part:      wait for the flags of the parts before,
//                         add them in order, go on as with a whole tile
//
// Blocks wait for earlier ones alone, which wait for nobody: it is enough that
// blocks start in order.
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"
#include "WarpgroupProduct.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Of the workspace, in front of the parts.
static constexpr int64_t flagBytes = 4096;
/// Sums of a thread that it stores at a time.
static constexpr int64_t sumsTogether = 4;

//===----------------------------------------------------------------------===//
// On the host
//===----------------------------------------------------------------------===//

namespace {
/// What is known of the time of a product. It is counted in products of a step
/// of the depth by the largest tile, of which one element is a unit; fitted to
/// measurements of products of 17 sizes on an H100.
struct TimeModel {
  int64_t blocks;   ///< That run at the same time.
  bool isUnaligned; ///< Lines of operands begin within lines of the cache.

  static constexpr double perMicrosecond = 52e3;

  double getTime(const Tile &tile, double speed, int64_t tiles, int64_t parts,
                 int64_t steps) const {
    constexpr double perTile = 1.8, perLaunch = 3;
    double area = tile.rows * tile.columns;
    int64_t rounds = llvm::divideCeil(tiles * parts, blocks);
    double step = std::max(area / speed,
                           getCopyTime(std::min(tiles * parts, blocks) *
                                       static_cast<double>(tile.stageBytes())));
    return rounds * (llvm::divideCeil(steps, parts) * step + perTile * area) +
           perLaunch * area + getSplitTime(tile, parts);
  }

private:
  /// From the cache. Where lines are not aligned twice as many are touched, and
  /// only then it is what blocks wait for.
  double getCopyTime(double bytes) const {
    constexpr double bytesPerMicrosecond = 5.8e6;
    return isUnaligned ? bytes / bytesPerMicrosecond * perMicrosecond : 0;
  }

  /// Another launch and a way through memory; then part after part is added.
  static double getSplitTime(const Tile &tile, int64_t parts) {
    constexpr double once = 3, perPart = 0.7, bytesPerMicrosecond = 30e3;
    double bytes = warpgroupRows * tile.columns * sizeof(float);
    return parts == 1
               ? 0
               : perMicrosecond *
                     (once +
                      (parts - 1) * (perPart + bytes / bytesPerMicrosecond));
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
  auto [strides, offset] = type.getStridesAndOffset();
  return llvm::any_of(strides, [&, &strides = strides](int64_t stride) {
    return !ShapedType::isDynamic(stride) && stride != 1 &&
           stride * type.getElementTypeBitWidth() / 8 % cacheLine;
  });
}

static int64_t getWorkspaceBytes(const Tile &tile, int64_t tiles,
                                 int64_t parts) {
  return parts == 1 ? 0
                    : flagBytes + tiles * parts * tile.rows * tile.columns *
                                      static_cast<int64_t>(sizeof(float));
}

/// The tile, and the parts of its depth, that are expected to take least time.
void WarpgroupProduct::chooseTile() {
  /// With speeds relative to the largest.
  struct Candidate {
    int64_t rows, columns;
    double speed;
  };
  static constexpr Candidate candidates[] = {
      {128, 256, 1.00}, {128, 192, 0.99}, {128, 128, 0.99}, {64, 256, 0.935},
      {64, 192, 0.835}, {64, 128, 0.81},  {128, 64, 0.565}, {64, 64, 0.52}};
  // Shorter parts are over before copies and products overlap.
  constexpr int64_t mostParts = 8, leastSteps = 8;
  // What is not known is taken to be much.
  auto getSize = [](Value size) { return constantOf(size).value_or(4096); };
  int64_t rows = getSize(numRows), columns = getSize(numColumns);
  int64_t steps = llvm::divideCeil(getSize(numDepth), stepElements()) *
                  constantOf(numTaps).value_or(1);
  bool isKnown =
      llvm::all_of(ArrayRef{numRows, numColumns, numDepth, numTaps, numBatch},
                   [](Value size) { return constantOf(size).has_value(); });
  TimeModel model{chip.multiprocessors,
                  isUnaligned(product.left) || isUnaligned(product.right)};
  double best = 0;
  for (const Candidate &candidate : candidates) {
    Tile each{candidate.rows, candidate.columns};
    int64_t tiles = llvm::divideCeil(rows, each.rows) *
                    llvm::divideCeil(columns, each.columns) *
                    constantOf(numBatch).value_or(1);
    int64_t most = 1;
    if (isKnown && tiles)
      most = std::clamp<int64_t>(
          std::min(model.blocks / tiles, steps / leastSteps), 1, mostParts);
    for (int64_t parts = 1; parts <= most; ++parts) {
      double time = model.getTime(each, candidate.speed, tiles, parts, steps);
      if ((best != 0 && time >= best) ||
          getWorkspaceBytes(each, tiles, parts) > roomForParts)
        continue;
      best = time;
      tile = each;
      numParts = parts;
      numTiles = tiles;
    }
  }
  int64_t left = chip.sharedBytes - tile.sharedBytes();
  tile.stages =
      std::min<int64_t>(8, left / (tile.stageBytes() + 2 * barrierBytes));
  isRagged = !constantOf(numRows) || !constantOf(numColumns) ||
             rows % tile.rows || columns % tile.columns;
}

std::pair<int64_t, int64_t>
nvptx::planProductWorkspace(OpBuilder &builder, kernel::RegionOp region) {
  const Chip *chip = llvm::find_if(getChips(), [](const Chip &each) {
    return each.has(kernel::ChipFeature::Warpgroups);
  });
  std::optional<Product> product = matchProduct(region);
  if (!product)
    return {0, 1};
  WarpgroupProduct emitter(builder, region, *product, *chip);
  emitter.allowParts(std::numeric_limits<int64_t>::max());
  if (!emitter.prepare())
    return {0, 1};
  int64_t parts = emitter.getNumParts();
  return {getWorkspaceBytes(emitter.getTile(), emitter.getNumTiles(), parts),
          parts};
}

/// Takes the workspace apart, and emits a launch that lowers all flags.
void WarpgroupProduct::lowerFlags() {
  if (numParts == 1)
    return;
  Value workspace = region.getOperand(
      region->getAttrOfType<IntegerAttr>(workspaceAttrName).getInt());
  auto view = [&](ArrayRef<int64_t> shape, Type type, int64_t at) -> Value {
    return memref::ViewOp::create(builder, loc(), MemRefType::get(shape, type),
                                  workspace, lanes.constantIndex(at),
                                  ValueRange());
  };
  int64_t blocks = numTiles * numParts, numFlags = blocks * tile.consumers();
  flags = view({numFlags}, builder.getI32Type(), 0);
  parts =
      view({blocks, tile.rows * tile.columns}, builder.getF32Type(), flagBytes);
  emitGrid(builder, loc(), lanes.constantIndex(numFlags), [&](Value flag) {
    memref::StoreOp::create(builder, loc(), emit.number(0), flags, flag);
  });
}

//===----------------------------------------------------------------------===//
// In the kernel
//===----------------------------------------------------------------------===//

/// The part of `block`.
Unit WarpgroupProduct::findPart(Value block) {
  Value part = emit.rem(block, numParts), steps = getStepCount();
  auto getBegin = [&](Value part) {
    return emit.div(emit.mul(part, steps), numParts);
  };
  return {findTile(emit.div(block, numParts)), getBegin(part),
          getBegin(emit.add(part, 1)), block};
}

/// The flag of the part of `block`, for this warpgroup.
Value WarpgroupProduct::getFlag(Value block) {
  Value start =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc(), flags);
  Value number = emit.add(emit.mul(block, tile.consumers()),
                          emit.sub(group, emit.number(1)));
  Value address = arith::AddIOp::create(
      builder, loc(), start, emit.toIndex(emit.mul(number, sizeof(int32_t))));
  Value bits =
      arith::IndexCastOp::create(builder, loc(), builder.getI64Type(), address);
  return LLVM::IntToPtrOp::create(
      builder, loc(), LLVM::LLVMPointerType::get(builder.getContext()), bits);
}

/// Once for the warpgroup.
void WarpgroupProduct::ifLeads(llvm::function_ref<void()> body) {
  auto leads = scf::IfOp::create(
      builder, loc(), emit.isEqual(emit.rem(thread, warpgroupThreads), 0));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(leads.thenBlock()->getTerminator());
  body();
}

/// Where the sums from number `first` on of this thread lie in the part of
/// `block`; what neighbours among the threads have lies side by side.
SmallVector<Value> WarpgroupProduct::locateSums(Value block, int64_t first) {
  Value inBlock = emit.sub(thread, emit.number(warpgroupThreads));
  return {emit.toIndex(block),
          emit.toIndex(emit.add(emit.mul(inBlock, sumsTogether),
                                first * tile.consumers() * warpgroupThreads))};
}

/// Leaves the sums for the block that has the last part of the tile.
void WarpgroupProduct::leavePart(Value block, ValueRange sums) {
  auto type = VectorType::get({sumsTogether}, builder.getF32Type());
  for (int64_t i = 0, e = sums.size(); i < e; i += sumsTogether) {
    Value piece = vector::FromElementsOp::create(builder, loc(), type,
                                                 sums.slice(i, sumsTogether));
    vector::StoreOp::create(builder, loc(), piece, parts, locateSums(block, i),
                            /*nontemporal=*/false,
                            llvm::MaybeAlign(accessBytes));
  }
  emit.synchronize(group, warpgroupThreads);
  ifLeads([&] {
    LLVM::StoreOp::create(builder, loc(), emit.number(1), getFlag(block),
                          /*alignment=*/sizeof(int32_t), /*isVolatile=*/false,
                          /*isNonTemporal=*/false, /*isInvariantGroup=*/false,
                          LLVM::AtomicOrdering::release, "device");
  });
}

/// Waits until the flag of `block` is raised; one thread of the warpgroup does.
void WarpgroupProduct::awaitFlag(Value block) {
  Value flag = getFlag(block);
  auto loop = scf::WhileOp::create(builder, loc(), TypeRange(), ValueRange());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&loop.getBefore());
  Value raised = LLVM::LoadOp::create(
      builder, loc(), builder.getI32Type(), flag,
      /*alignment=*/sizeof(int32_t), /*isVolatile=*/false,
      /*isNonTemporal=*/false, /*isInvariant=*/false,
      /*isInvariantGroup=*/false, LLVM::AtomicOrdering::acquire, "device");
  scf::ConditionOp::create(builder, loc(), emit.isEqual(raised, 0),
                           ValueRange());
  builder.createBlock(&loop.getAfter());
  scf::YieldOp::create(builder, loc());
}

/// The sums of the tile whose last part `block` has: always in the same order,
/// so that runs have the same bits.
SmallVector<Value> WarpgroupProduct::collectParts(Value block,
                                                  ValueRange sums) {
  SmallVector<Value> others;
  for (int64_t i = 1; i < numParts; ++i)
    others.push_back(emit.sub(block, emit.number(i)));
  ifLeads([&] {
    for (Value other : others)
      awaitFlag(other);
  });
  emit.synchronize(group, warpgroupThreads);
  SmallVector<Value> totals(sums);
  auto type = VectorType::get({sumsTogether}, builder.getF32Type());
  for (Value other : others)
    for (int64_t first = 0, e = sums.size(); first < e; first += sumsTogether) {
      Value piece = vector::LoadOp::create(
          builder, loc(), type, parts, locateSums(other, first),
          /*nontemporal=*/false, llvm::MaybeAlign(accessBytes));
      for (int64_t i = 0; i < sumsTogether; ++i) {
        Value sum = vector::ExtractOp::create(builder, loc(), piece, i);
        Value &total = totals[first + i];
        total = arith::AddFOp::create(builder, loc(), total, sum);
      }
    }
  return totals;
}

void WarpgroupProduct::finishUnit(const Unit &unit, ValueRange sums) {
  if (numParts == 1)
    return storeTile(unit.place, sums);
  Value isLast = arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::eq,
                                       unit.end, getStepCount());
  auto branch =
      scf::IfOp::create(builder, loc(), isLast, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(branch.elseBlock()->getTerminator());
  leavePart(unit.block, sums);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  storeTile(unit.place, collectParts(unit.block, sums));
}
