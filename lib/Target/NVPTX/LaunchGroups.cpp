//===- LaunchGroups.cpp - One launch for all groups -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A loop over groups whose sizes are data launches what computes one group. The
// host would have to wait for the sizes. Instead, blocks that stay for the
// whole launch walk over the tiles of all groups:
//
//   first = number of the block
//   for each group:
//     sizes and places of the group, and from them how many tiles it has
//     for tile = first; tile < tiles; tile += blocks
//       what the launch for this group did in block `tile`
//     first = tile - tiles
//
//===----------------------------------------------------------------------===//

#include "ChipOption.h"
#include "Groups.h"
#include "IndexMath.h"
#include "graphc/Target/NVPTX/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXLAUNCHGROUPS
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using nvptx::IndexMath;

namespace {
/// A condition of the host that a launch is under.
struct Condition {
  Value value;
  bool isTrue;
};

class GroupLauncher {
public:
  GroupLauncher(scf::ForOp loop, ArrayRef<Chip> chips)
      : loop(loop), chips(chips) {}

  /// Replaces the loop; false, with nothing changed, where that cannot be done.
  bool run();

private:
  bool collect(Block &block);
  bool dependsOnGroup(Value value);
  bool isOfLoop(Value value) {
    return loop.getBodyRegion().isAncestor(value.getParentRegion());
  }
  /// `value` of the loop, computed at `builder` where `mapping` does not have
  /// it yet.
  Value cloneSlice(OpBuilder &builder, Value value, IRMapping &mapping);
  SmallVector<Condition> findConditions(gpu::LaunchOp launch);
  int64_t countBlocks(gpu::LaunchOp launch);
  bool emit(gpu::LaunchOp launch);
  void walkTiles(gpu::LaunchOp launch, Value tiles, int64_t blocks);
  void walkGroups(scf::ForOp tiles, ArrayRef<Value> conditions);
  void eraseUnused(gpu::LaunchOp launch);
  bool refersToLoop(Operation *op);

  scf::ForOp loop;
  ArrayRef<Chip> chips;
  SmallVector<gpu::LaunchOp> launches;
  DenseMap<Value, bool> known;
  SmallVector<Operation *> made;
};
} // namespace

/// Whether all that is in the loop beside launches can be computed anywhere.
bool GroupLauncher::collect(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (auto launch = dyn_cast<gpu::LaunchOp>(op)) {
      launches.push_back(launch);
      continue;
    }
    if (auto branch = dyn_cast<scf::IfOp>(op)) {
      if (branch.getNumResults() || !collect(*branch.thenBlock()) ||
          (branch.elseBlock() && !collect(*branch.elseBlock())))
        return false;
      continue;
    }
    if (op.getNumRegions() ||
        !(isMemoryEffectFree(&op) || isa<memref::LoadOp>(op)))
      return false;
    // The driver of the host makes them.
    if (isa<kernel::TensorMapOp, kernel::WindowMapOp>(op) &&
        dependsOnGroup(op.getResult(0)))
      return false;
  }
  return true;
}

bool GroupLauncher::dependsOnGroup(Value value) {
  if (value == loop.getInductionVar())
    return true;
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  auto found = known.find(value);
  if (found != known.end())
    return found->second;
  bool depends = llvm::any_of(op->getOperands(), [&](Value operand) {
    return dependsOnGroup(operand);
  });
  return known[value] = depends;
}

Value GroupLauncher::cloneSlice(OpBuilder &builder, Value value,
                                IRMapping &mapping) {
  if (Value clone = mapping.lookupOrNull(value))
    return clone;
  Operation *op = value.getDefiningOp();
  if (!op || !(isOfLoop(value) || dependsOnGroup(value)))
    return value;
  for (Value operand : op->getOperands())
    cloneSlice(builder, operand, mapping);
  builder.clone(*op, mapping);
  return mapping.lookup(value);
}

/// From outer to inner ones.
SmallVector<Condition> GroupLauncher::findConditions(gpu::LaunchOp launch) {
  SmallVector<Condition> conditions;
  Block *block = launch->getBlock();
  while (block != loop.getBody()) {
    auto branch = cast<scf::IfOp>(block->getParentOp());
    conditions.push_back({branch.getCondition(), block == branch.thenBlock()});
    block = branch->getBlock();
  }
  std::reverse(conditions.begin(), conditions.end());
  return conditions;
}

/// As many as run at the same time, if registers do not stop them.
int64_t GroupLauncher::countBlocks(gpu::LaunchOp launch) {
  constexpr int64_t threadsOfMultiprocessor = 1024, otherwise = 256;
  int64_t multiprocessors = std::numeric_limits<int64_t>::max();
  for (const Chip &chip : chips)
    multiprocessors = std::min<int64_t>(multiprocessors, chip.multiprocessors);
  int64_t threads =
      getConstantIntValue(launch.getBlockSizeX()).value_or(otherwise);
  int64_t each = threadsOfMultiprocessor / std::max<int64_t>(threads, 1);
  if (Value shared = launch.getDynamicSharedMemorySize())
    if (int64_t bytes = getConstantIntValue(shared).value_or(0))
      each = std::min(each, getSharedBytes(chips) / bytes);
  return multiprocessors * std::max<int64_t>(each, 1);
}

static bool hasBarrier(gpu::LaunchOp launch) {
  return launch->walk([](gpu::BarrierOp) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

/// What `launch` does in one of `tiles` blocks (an index) becomes what it does
/// for a tile of several.
void GroupLauncher::walkTiles(gpu::LaunchOp launch, Value tiles,
                              int64_t blocks) {
  Block &body = launch.getBody().front();
  Location loc = launch.getLoc();
  bool isShared = hasBarrier(launch);
  SmallVector<Operation *> inside;
  for (Operation &op : body.without_terminator())
    inside.push_back(&op);
  OpBuilder builder = OpBuilder::atBlockBegin(&body);
  Type word = builder.getI32Type();
  // Numbers of tiles are divided, which takes longer in 64 bits.
  auto toWord = [&](Value value) -> Value {
    return arith::IndexCastOp::create(builder, loc, word, value);
  };
  Value block = launch.getBlockIds().x;
  Value step = arith::ConstantIntOp::create(builder, loc, blocks, 32);
  Value begin = toWord(block), end = toWord(tiles);
  auto walk = scf::ForOp::create(builder, loc, begin, end, step);
  walk->setAttr(nvptx::tilesAttrName, builder.getUnitAttr());
  builder.setInsertionPointToStart(walk.getBody());
  Value tile = arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                          walk.getInductionVar());
  for (Operation *op : inside)
    op->moveBefore(walk.getBody()->getTerminator());
  block.replaceUsesWithIf(tile, [&](OpOperand &use) {
    return walk->isProperAncestor(use.getOwner());
  });
  // Shared memory is used anew for the next tile.
  if (isShared) {
    builder.setInsertionPoint(walk.getBody()->getTerminator());
    gpu::BarrierOp::create(builder, loc);
  }
}

/// Puts a loop over all groups around `tiles`, which has none where one of
/// `conditions` does not hold.
void GroupLauncher::walkGroups(scf::ForOp tiles, ArrayRef<Value> conditions) {
  OpBuilder builder(tiles);
  Location loc = tiles.getLoc();
  Value step = tiles.getStep();
  Type type = step.getType();
  SmallVector<Value> carried = {tiles.getLowerBound()};
  llvm::append_range(carried, tiles.getInitArgs());
  IRMapping outside;
  auto groups = scf::ForOp::create(
      builder, loc, cloneSlice(builder, loop.getLowerBound(), outside),
      cloneSlice(builder, loop.getUpperBound(), outside),
      cloneSlice(builder, loop.getStep(), outside), carried);
  builder.setInsertionPointToStart(groups.getBody());
  IRMapping mapping;
  mapping.map(loop.getInductionVar(), groups.getInductionVar());
  // Of the launch or still of the loop, which is not around it.
  llvm::SetVector<Value> used;
  tiles.getRegion().walk([&](Operation *op) {
    for (Value value : op->getOperands())
      if (!tiles.getRegion().isAncestor(value.getParentRegion()) &&
          dependsOnGroup(value))
        used.insert(value);
  });
  for (Value value : used)
    cloneSlice(builder, value, mapping);
  Value end = cloneSlice(builder, tiles.getUpperBound(), mapping);
  IndexMath math(builder, loc);
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getIntegerAttr(type, value));
  };
  Value zero = number(0), one = number(1);
  for (Value condition : conditions)
    end = math.fold<arith::SelectOp>(cloneSlice(builder, condition, mapping),
                                     end, zero);
  Value first = groups.getRegionIterArg(0);
  // As many tiles as are left for this block, and where that leaves it in the
  // next group.
  Value left =
      math.fold<arith::MaxSIOp>(math.fold<arith::SubIOp>(end, first), zero);
  Value count = math.fold<arith::DivUIOp>(
      math.fold<arith::AddIOp>(left, math.fold<arith::SubIOp>(step, one)),
      step);
  Value next = math.fold<arith::SubIOp>(
      math.fold<arith::AddIOp>(first, math.fold<arith::MulIOp>(count, step)),
      end);
  SmallVector<Value> results = {next};
  tiles->replaceAllUsesWith(groups.getResults().drop_front());
  tiles->moveBefore(groups.getBody(), builder.getInsertionPoint());
  tiles.getLowerBoundMutable().assign(first);
  tiles.getUpperBoundMutable().assign(end);
  tiles.getInitArgsMutable().assign(groups.getRegionIterArgs().drop_front());
  llvm::append_range(results, tiles.getResults());
  scf::YieldOp::create(builder, loc, results);
  tiles->removeAttr(nvptx::tilesAttrName);
  for (auto [from, to] : mapping.getValueMap())
    from.replaceUsesWithIf(to, [&](OpOperand &use) {
      return tiles->isProperAncestor(use.getOwner());
    });
}

/// What was computed of a group outside of the loop over all of them.
void GroupLauncher::eraseUnused(gpu::LaunchOp launch) {
  SmallVector<Operation *> ops;
  launch->walk<WalkOrder::PreOrder>([&](Operation *op) { ops.push_back(op); });
  for (Operation *op : llvm::reverse(ops))
    if (isOpTriviallyDead(op)) {
      for (Value result : op->getResults())
        known.erase(result);
      op->erase();
    }
}

bool GroupLauncher::refersToLoop(Operation *op) {
  return op
      ->walk([&](Operation *inner) {
        return llvm::any_of(inner->getOperands(),
                            [&](Value operand) { return isOfLoop(operand); })
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// One launch in the place of those that `launch` is in all groups.
bool GroupLauncher::emit(gpu::LaunchOp launch) {
  OpBuilder builder(loop);
  Location loc = launch.getLoc();
  IRMapping host;
  SmallVector<Value> ofGroup;
  for (auto [value, isTrue] : findConditions(launch)) {
    if (dependsOnGroup(value)) {
      if (!isTrue) {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPoint(loop.getBody()->getTerminator());
        builder.setInsertionPointAfterValue(value);
        value = arith::XOrIOp::create(
            builder, loc, value,
            arith::ConstantIntOp::create(builder, loc, 1, 1));
      }
      ofGroup.push_back(value);
      continue;
    }
    auto branch = scf::IfOp::create(
        builder, loc, cloneSlice(builder, value, host), /*withElse=*/!isTrue);
    if (builder.getInsertionBlock() == loop->getBlock())
      made.push_back(branch);
    builder.setInsertionPoint(
        (isTrue ? branch.thenBlock() : branch.elseBlock())->getTerminator());
  }
  // What no group decides is for the host.
  llvm::SetVector<Value> used(launch->operand_begin(), launch->operand_end());
  getUsedValuesDefinedAbove(launch.getBody(), used);
  for (Value value : used)
    if (isOfLoop(value) && !dependsOnGroup(value))
      cloneSlice(builder, value, host);
  auto copy = cast<gpu::LaunchOp>(builder.clone(*launch, host));
  if (builder.getInsertionBlock() == loop->getBlock())
    made.push_back(copy);
  SmallVector<scf::ForOp> walks;
  auto findWalks = [&] {
    copy->walk([&](scf::ForOp inner) {
      if (inner->hasAttr(nvptx::tilesAttrName))
        walks.push_back(inner);
    });
  };
  findWalks();
  if (walks.empty()) {
    int64_t blocks = countBlocks(copy);
    walkTiles(copy, copy.getGridSizeX(), blocks);
    builder.setInsertionPoint(copy);
    copy.getGridSizeXMutable().assign(
        arith::ConstantIndexOp::create(builder, loc, blocks));
    findWalks();
  }
  for (scf::ForOp walk : walks)
    walkGroups(walk, ofGroup);
  eraseUnused(copy);
  return !refersToLoop(copy);
}

bool GroupLauncher::run() {
  if (!collect(*loop.getBody()) || launches.empty())
    return false;
  bool isDone = llvm::all_of(
      launches, [&](gpu::LaunchOp launch) { return emit(launch); });
  if (!isDone) {
    for (Operation *op : llvm::reverse(made))
      op->erase();
    return false;
  }
  loop.erase();
  return true;
}

namespace {
struct NVPTXLaunchGroups
    : graphc::impl::NVPTXLaunchGroupsBase<NVPTXLaunchGroups> {
  using NVPTXLaunchGroupsBase::NVPTXLaunchGroupsBase;

  void runOnOperation() override {
    FailureOr<std::vector<Chip>> parsed =
        nvptx::readChips(getOperation(), chips);
    if (failed(parsed))
      return signalPassFailure();
    SmallVector<scf::ForOp> loops;
    getOperation()->walk([&](scf::ForOp loop) {
      if (loop->hasAttr(nvptx::groupsAttrName))
        loops.push_back(loop);
    });
    for (scf::ForOp loop : loops)
      if (GroupLauncher(loop, *parsed).run())
        ++numLoops;
  }
};
} // namespace
