//===- WarpgroupProduct.cpp - Matrix products of warpgroups ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Blocks stay for the whole kernel, one on each multiprocessor, and compute
// tile after tile of the result. The first warpgroup of a block only starts
// copies of the operands into a ring of buffers in shared memory; each of the
// others multiplies 64 rows of a tile, evaluates what the kernel computes of
// the sums in registers and stores it, while the ring is filled for the next
// tile.
//
//===----------------------------------------------------------------------===//

#include "WarpgroupProduct.h"
#include "RowEmitter.h"
#include "graphc/Target/NVPTX/Device.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// `buffer` as boxes. What no box spans is walked one by one: the batch, taps
/// and groups, which begin anywhere.
std::optional<BoxedTensor> WarpgroupProduct::matchBoxes(
    Value buffer, AffineMap map, ArrayRef<unsigned> along,
    ArrayRef<unsigned> across, BoxSpan alongSpan, BoxSpan acrossSpan) {
  SmallVector<unsigned> batch(product.batch);
  llvm::append_range(batch, taps);
  if (groups) {
    std::optional<GroupSlice> slice = matchGroupSlice(groups, buffer, map);
    if (!slice || !batch.empty())
      return std::nullopt;
    auto isOfGroup = [&](unsigned loop) { return slice->begins[loop]; };
    if (llvm::any_of(along, isOfGroup))
      alongSpan.step = 1;
    if (llvm::any_of(across, isOfGroup))
      acrossSpan.step = 1;
    batch.push_back(map.getNumDims());
    begins.resize(map.getNumDims());
    for (auto [known, begin] : llvm::zip_equal(begins, slice->begins))
      if (begin)
        known = begin;
    buffer = slice->buffer;
    map = slice->map;
  }
  return BoxedTensor::match(builder, loc(), buffer, map, along, across, batch,
                            alongSpan, acrossSpan);
}

/// Of a tile, that boxes along the depth have: the copy engine takes longer for
/// lines that there are not.
int64_t WarpgroupProduct::getLeftLines() const {
  std::optional<int64_t> rows = constantOf(numRows);
  if (!rows || groups)
    return tile.rows;
  return std::min<int64_t>(tile.rows,
                           llvm::alignTo(*rows, atomBytes / lineBytes));
}

std::optional<BoxedTensor> WarpgroupProduct::matchOperand(bool isLeft) {
  linalg::LinalgOp op = product.op;
  OpOperand *operand =
      op.getDpsInputOperand(isLeft ? product.left : product.right);
  auto argument = dyn_cast<BlockArgument>(operand->get());
  if (!argument || argument.getOwner() != &region.getBody().front())
    return std::nullopt;
  Value buffer = region.getOperand(argument.getArgNumber());
  AffineMap map = op.getMatchingIndexingMap(operand);
  ArrayRef<unsigned> lines = isLeft ? product.rows : product.columns;
  int64_t extent = isLeft ? tile.rows : tile.columns;
  BoxSpan step = {stepElements(), stepElements()},
          all = {isLeft ? getLeftLines() : extent, extent};
  BoxSpan block = {blockColumns, isLeft ? blockColumns : tile.blockStep()};
  Major &major = isLeft ? leftMajor : rightMajor;
  major = Major::Depth;
  if (auto tensor = matchBoxes(buffer, map, depth, lines, step, all))
    return tensor;
  // Other elements are multiplied along the depth only.
  if (elementType.getIntOrFloatBitWidth() != 16)
    return std::nullopt;
  major = Major::Lines;
  return matchBoxes(buffer, map, lines, depth, block, step);
}

bool WarpgroupProduct::isNarrow() {
  if (region.getInits().size() != 1)
    return false;
  Type type = getElementTypeOrSelf(region.getInits()[0].getType());
  return type.isIntOrFloat() && type.getIntOrFloatBitWidth() == 16;
}

/// The only result, where it can be stored box by box.
std::optional<BoxedTensor> WarpgroupProduct::matchResult() {
  linalg::LinalgOp op = product.op;
  if (!isNarrow())
    return std::nullopt;
  return matchBoxes(
      region.getInits()[0], op.getMatchingIndexingMap(op.getDpsInitOperand(0)),
      product.columns, product.rows, {blockColumns, tile.blockStep()},
      {warpgroupRows, warpgroupRows});
}

bool WarpgroupProduct::prepare() {
  linalg::LinalgOp op = product.op;
  // They are written out for each of the 128 sums of a thread and more. ptxas
  // 13.0 takes minutes for erfinv and lgamma, six seconds for a tanh, a sigmoid
  // and a power of e; other kernels have fewer sums a thread.
  constexpr int64_t mostOps = 48;
  if (epilogue.floatOps > mostOps)
    return false;
  elementType = getElementTypeOrSelf(op->getOperand(0).getType());
  if (elementType != getElementTypeOrSelf(op->getOperand(1).getType()) ||
      !(elementType.isBF16() || elementType.isF16() ||
        isa<Float8E4M3FNType, Float8E5M2Type>(elementType) ||
        (elementType.isF32() && product.allowsTF32)))
    return false;
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  for (unsigned loop : product.batch)
    if (!map.isFunctionOfDim(loop))
      return false;
  numRows = loops.getSize(product.rows);
  numColumns = loops.getSize(product.columns);
  if (elementType.getIntOrFloatBitWidth() != 8)
    window = WindowTensor::match(region, product);
  if (window) {
    taps.assign(window->getTaps().begin(), window->getTaps().end());
    depth = {window->getChannels()};
  } else {
    depth = product.depth;
  }
  numTaps = loops.getSize(taps);
  numDepth = loops.getSize(depth);
  numBatch = loops.getSize(product.batch);
  // Few rows or columns are not worth a tile. Up to 16 rows are a form of their
  // own.
  std::optional<int64_t> rows = constantOf(numRows),
                         columns = constantOf(numColumns),
                         steps = constantOf(numDepth);
  constexpr int64_t least = 32, leastRows = 17;
  if (groups && getExpectedSize(region, least) < least)
    return false;
  if ((rows && *rows < leastRows) || (columns && *columns < least) ||
      (steps && *steps * constantOf(numTaps).value_or(1) < least))
    return false;
  chooseTile();
  if (!window)
    left = matchOperand(/*isLeft=*/true);
  right = left || window ? matchOperand(/*isLeft=*/false) : std::nullopt;
  if (!right)
    return false;
  // Behind the end of a group's depth is that of the next.
  if (groups && (!left || llvm::any_of(depth, [&](unsigned loop) {
        return begins[loop] != nullptr;
      })))
    return false;
  if (left)
    llvm::append_range(conditions, left->getConditions());
  llvm::append_range(conditions, right->getConditions());
  if (numParts == 1)
    result = matchResult();
  if (result)
    llvm::append_range(conditions, result->getConditions());
  if (!steps)
    conditions.push_back(
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ne,
                              numDepth, lanes.constantIndex(0)));
  return true;
}

void WarpgroupProduct::emitLaunch() {
  leftMap = window ? window->makeMap(builder, loc(), stepElements(), tile.rows)
                   : left->makeMap(builder, loc());
  rightMap = right->makeMap(builder, loc());
  if (result)
    resultMap = result->makeMap(builder, loc());
  if (elementType.isF32())
    for (Value map : {leftMap, rightMap})
      map.getDefiningOp()->setAttr(tf32AttrName, builder.getUnitAttr());
  auto ceilDiv = [&](Value size, int64_t extent) {
    return builder.createOrFold<arith::CeilDivUIOp>(
        loc(), size, lanes.constantIndex(extent));
  };
  Value tiles = numBatch;
  for (Value count :
       {ceilDiv(numRows, tile.rows), ceilDiv(numColumns, tile.columns)})
    tiles = builder.createOrFold<arith::MulIOp>(loc(), tiles, count);
  Value blocks = builder.createOrFold<arith::MinUIOp>(
      loc(),
      builder.createOrFold<arith::MulIOp>(loc(), tiles,
                                          lanes.constantIndex(numParts)),
      lanes.constantIndex(chip.multiprocessors));
  // The host does not know how many tiles there are.
  if (groups)
    blocks = lanes.constantIndex(chip.multiprocessors);
  Value one = lanes.constantIndex(1);
  auto launch = gpu::LaunchOp::create(builder, loc(), blocks, one, one,
                                      lanes.constantIndex(tile.threads()), one,
                                      one, emit.number(tile.sharedBytes()));
  launch->setAttr(requiresAttrName,
                  builder.getStrArrayAttr({kernel::stringifyChipFeature(
                      kernel::ChipFeature::Warpgroups)}));
  launch->setAttr("nvvm.minctasm", builder.getI32IntegerAttr(1));
  if (numParts > 1)
    launch->setAttr(
        NVVM::NVVMDialect::getClusterDimAttrName(),
        builder.getDenseI32ArrayAttr({static_cast<int32_t>(numParts), 1, 1}));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  thread = emit.toI32(launch.getThreadIds().x);
  emitBlock();
  gpu::TerminatorOp::create(builder, loc());
}

LogicalResult
nvptx::emitWarpgroupProduct(OpBuilder &builder, kernel::RegionOp region,
                            ArrayRef<Chip> chips,
                            llvm::function_ref<LogicalResult()> emitOther) {
  const Chip *chip = llvm::find_if(chips, [](const Chip &each) {
    return each.has(kernel::ChipFeature::Warpgroups);
  });
  std::optional<Product> product = matchProduct(region);
  if (chip == chips.end() || !product)
    return emitOther();
  WarpgroupProduct emitter(builder, region, *product, *chip);
  if (!emitter.prepare())
    return emitOther();
  SmallVector<Value> conditions(emitter.getConditions());
  if (!llvm::all_of(chips, [](const Chip &each) {
        return each.has(kernel::ChipFeature::Warpgroups);
      }))
    conditions.push_back(
        kernel::ChipHasOp::create(builder, region.getLoc(), builder.getI1Type(),
                                  kernel::ChipFeature::Warpgroups));
  if (conditions.empty()) {
    emitter.emitLaunch();
    return success();
  }
  Value all = conditions.front();
  for (Value condition : ArrayRef(conditions).drop_front())
    all = arith::AndIOp::create(builder, region.getLoc(), all, condition);
  auto branch = scf::IfOp::create(builder, region.getLoc(), all,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  emitter.emitLaunch();
  builder.setInsertionPoint(branch.elseBlock()->getTerminator());
  return emitOther();
}
