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

/// Sums of a thread that it stores at a time.
static constexpr int64_t sumsTogether = 4;

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
          getBegin(emit.add(part, 1)), block, Value()};
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
