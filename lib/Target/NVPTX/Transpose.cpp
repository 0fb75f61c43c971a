//===- Transpose.cpp - Pointwise kernels that read across their results ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Transpose.h"

#include "Forms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Moves the indices of one side to `position`.
void TransposeEmitter::setSide(const Side &of, Value position, int64_t width) {
  SmallVector<Value> outerFirst;
  for (unsigned dim : llvm::reverse(of.dims))
    outerFirst.push_back(sizes[dim]);
  SmallVector<Value> indices = delinearize(position, outerFirst);
  for (auto [dim, index] : llvm::zip_equal(llvm::reverse(of.dims), indices))
    iteration[dim] = LaneValue::uniform(index);
  if (width > 1)
    iteration[of.dims[0]] = {indices.back(), 1, {}, width};
}

void TransposeEmitter::setBlock(Value block) {
  auto split = [&](Value count) {
    Value index = fold<arith::RemUIOp>(block, count);
    block = fold<arith::DivUIOp>(block, count);
    return index;
  };
  auto tiles = [&](const Side &of) {
    return fold<arith::CeilDivUIOp>(of.size, constant(edge));
  };
  iteration.assign(rank, LaneValue());
  firstAlong = fold<arith::MulIOp>(split(tiles(along)), constant(edge));
  firstAcross = fold<arith::MulIOp>(split(tiles(across)), constant(edge));
  for (unsigned dim = rank; dim-- > 0;)
    if (!llvm::is_contained(along.dims, dim) &&
        !llvm::is_contained(across.dims, dim))
      iteration[dim] = LaneValue::uniform(split(sizes[dim]));
}

/// Runs `body` for the positions in the tile of this thread, where threads that
/// follow each other have `width` elements each along `inner`.
void TransposeEmitter::forEach(const Side &inner, const Side &outer,
                               int64_t width,
                               function_ref<void(Value, Value)> body) {
  int64_t perRow = edge / width, rows = blockThreads / perRow;
  Value thread = launch.getThreadIds().x;
  Value x = fold<arith::MulIOp>(fold<arith::RemUIOp>(thread, constant(perRow)),
                                constant(width));
  Value y = fold<arith::DivUIOp>(thread, constant(perRow));
  bool isAlong = &inner == &along;
  Value firstInner = isAlong ? firstAlong : firstAcross;
  Value firstOuter = isAlong ? firstAcross : firstAlong;
  Value innerAt = fold<arith::AddIOp>(firstInner, x);
  auto isBelow = [&](Value position, const Side &of) -> Value {
    std::optional<int64_t> size = constantOf(of.size);
    if (size && *size % edge == 0)
      return nullptr;
    return arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ult,
                                 position, of.size);
  };
  Value isInside = isBelow(innerAt, inner);
  setSide(inner, innerAt, width);
  for (int64_t row = 0; row < edge; row += rows) {
    Value yRow = fold<arith::AddIOp>(y, constant(row));
    Value outerAt = fold<arith::AddIOp>(firstOuter, yRow);
    Value condition = isBelow(outerAt, outer);
    if (condition && isInside)
      condition = arith::AndIOp::create(builder, loc(), condition, isInside);
    else if (!condition)
      condition = isInside;
    OpBuilder::InsertionGuard insertion(builder);
    std::size_t mark = lanes.mark();
    if (condition) {
      auto branch = scf::IfOp::create(builder, loc(), condition);
      builder.setInsertionPoint(branch.thenBlock()->getTerminator());
    }
    setSide(outer, outerAt, 1);
    body(x, yRow);
    lanes.forget(mark);
  }
}

/// Brings the tile of each input to shared memory.
void TransposeEmitter::fetch() {
  lanes.setLanes(across.width);
  for (Across &input : inputs)
    forEach(across, along, across.width, [&](Value x, Value y) {
      Value value = lanes.materialize(
          lanes.load(region->getOperand(input.argument.getArgNumber()),
                     lanes.apply(input.map, iteration)));
      for (int64_t lane = 0; lane < across.width; ++lane) {
        Value element =
            across.width == 1
                ? value
                : vector::ExtractOp::create(builder, loc(), value, lane)
                      .getResult();
        memref::StoreOp::create(
            builder, loc(), element, input.tile,
            ValueRange{fold<arith::AddIOp>(x, constant(lane)), y});
      }
    });
}

void TransposeEmitter::compute() {
  lanes.setLanes(along.width);
  forEach(along, across, along.width, [&](Value x, Value y) {
    for (const Across &input : inputs) {
      if (along.width == 1) {
        lanes.override(input.argument,
                       LaneValue::uniform(memref::LoadOp::create(
                           builder, loc(), input.tile, ValueRange{y, x})));
        continue;
      }
      auto type = VectorType::get(
          along.width, getElementTypeOrSelf(input.argument.getType()));
      lanes.override(input.argument,
                     {{},
                      0,
                      vector::LoadOp::create(builder, loc(), type, input.tile,
                                             ValueRange{y, x})});
    }
    for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
      lanes.store(lanes.evaluate(value, iteration),
                  region->getOperand(numInputs + i), iteration);
    lanes.clearOverrides();
  });
}

void TransposeEmitter::emit() {
  lanes.setBufferAlignment(accessBytes);
  if (isOpenWhole)
    for (const Side *of : {&along, &across})
      getShapes(*of).assume(lanes, of->width);
  Value blocks = constant(1);
  for (const Side *of : {&along, &across})
    blocks = fold<arith::MulIOp>(
        blocks, fold<arith::CeilDivUIOp>(of->size, constant(edge)));
  for (unsigned dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(along.dims, dim) &&
        !llvm::is_contained(across.dims, dim))
      blocks = fold<arith::MulIOp>(blocks, sizes[dim]);
  Value one = constant(1), threads = constant(blockThreads);
  launch = gpu::LaunchOp::create(builder, loc(), blocks, one, one, threads, one,
                                 one);
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  for (Across &input : inputs) {
    Type element = getElementTypeOrSelf(input.argument.getType());
    // Rows that begin in other banks than those before and after them.
    int64_t padding = edge / tileSide;
    input.tile = launch.addWorkgroupAttribution(
        MemRefType::get({edge, edge + padding}, element,
                        MemRefLayoutAttrInterface(), space),
        loc());
  }
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  setBlock(launch.getBlockIds().x);
  fetch();
  gpu::BarrierOp::create(builder, loc());
  compute();
  gpu::TerminatorOp::create(builder, loc());
}

OpenShapes TransposeEmitter::getShapes(const Side &of) {
  return OpenShapes(builder, region, sizes, of.dims[0]);
}

Value TransposeEmitter::emitCheck() {
  // Words are what threads read and write at once.
  int64_t width = edge / tileSide;
  if (width == 1 || (along.width == width && across.width == width))
    return nullptr;
  Value check;
  for (const Side *of : {&along, &across}) {
    // A size that is known not to be a multiple stays as it is; strides of one
    // that is may be open all the same.
    if (of->width != width && constantOf(sizes[of->dims[0]]))
      return nullptr;
    Value one = getShapes(*of).emitCheck(width);
    check = check ? fold<arith::AndIOp>(check, one) : one;
  }
  return check;
}

LogicalResult nvptx::emitPointwise(OpBuilder &builder,
                                   kernel::RegionOp region) {
  TransposeEmitter emitter(builder, region, /*isOpenWhole=*/false);
  if (!emitter.plan())
    return emitElements(builder, region);
  Value check = emitter.emitCheck();
  if (!check) {
    emitter.emit();
    return success();
  }
  emitEither(
      builder, region.getLoc(), check,
      [&] {
        TransposeEmitter whole(builder, region, /*isOpenWhole=*/true);
        (void)whole.plan();
        whole.emit();
      },
      [&] { emitter.emit(); });
  return success();
}
