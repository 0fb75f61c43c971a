//===- Atomics.cpp - Updates that threads may make at once ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Atomics.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace graphc;
using nvptx::Update;

static std::optional<LLVM::AtomicBinOp> getAtomic(Operation *op) {
  using Result = std::optional<LLVM::AtomicBinOp>;
  if (!op)
    return std::nullopt;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([](arith::AddIOp) { return LLVM::AtomicBinOp::add; })
      .Case([](arith::MaxSIOp) { return LLVM::AtomicBinOp::max; })
      .Case([](arith::MinSIOp) { return LLVM::AtomicBinOp::min; })
      .Case([](arith::MaxUIOp) { return LLVM::AtomicBinOp::umax; })
      .Case([](arith::MinUIOp) { return LLVM::AtomicBinOp::umin; })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<Update> Update::match(memref::StoreOp store) {
  Type type = store.getValue().getType();
  Operation *combined = store.getValue().getDefiningOp();
  std::optional<LLVM::AtomicBinOp> op = getAtomic(combined);
  if (!op || !(type.isInteger(32) || type.isInteger(64)) ||
      !combined->hasOneUse())
    return std::nullopt;
  for (unsigned side : {0, 1}) {
    auto load = combined->getOperand(side).getDefiningOp<memref::LoadOp>();
    if (load && load->hasOneUse() && load->getBlock() == store->getBlock() &&
        load.getMemRef() == store.getMemRef() &&
        load.getIndices() == store.getIndices())
      return Update{store, load, *op, combined->getOperand(1 - side)};
  }
  return std::nullopt;
}

/// Where the element is, in global memory.
static Value getAddress(OpBuilder &builder, Location loc, Value memory,
                        ValueRange indices) {
  constexpr unsigned globalSpace = 1;
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, memory);
  Value place = metadata.getOffset();
  for (auto [index, stride] : llvm::zip_equal(indices, metadata.getStrides()))
    place = arith::AddIOp::create(
        builder, loc, place,
        arith::MulIOp::create(builder, loc, index, stride));
  int64_t bytes =
      cast<MemRefType>(memory.getType()).getElementTypeBitWidth() / 8;
  place = arith::MulIOp::create(
      builder, loc, place, arith::ConstantIndexOp::create(builder, loc, bytes));
  Value base =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memory);
  Value address = arith::IndexCastOp::create(
      builder, loc, builder.getI64Type(),
      arith::AddIOp::create(builder, loc, base, place));
  return LLVM::IntToPtrOp::create(
      builder, loc,
      LLVM::LLVMPointerType::get(builder.getContext(), globalSpace), address);
}

void nvptx::emitAtomic(OpBuilder &builder, Location loc, LLVM::AtomicBinOp op,
                       Value value, Value memory, ValueRange indices) {
  LLVM::AtomicRMWOp::create(builder, loc, op,
                            getAddress(builder, loc, memory, indices), value,
                            LLVM::AtomicOrdering::monotonic, "device");
}

bool nvptx::makeAtomic(Operation *op,
                       function_ref<bool(memref::StoreOp)> isStatus) {
  SmallVector<Update> updates;
  bool areAll = !op->walk([&](memref::StoreOp store) {
                     if (isStatus(store))
                       return WalkResult::advance();
                     std::optional<Update> update = Update::match(store);
                     if (!update)
                       return WalkResult::interrupt();
                     updates.push_back(*update);
                     return WalkResult::advance();
                   }).wasInterrupted();
  if (!areAll)
    return false;
  for (Update &update : updates) {
    OpBuilder builder(update.store);
    emitAtomic(builder, update.store.getLoc(), update.op, update.value,
               update.store.getMemRef(), update.store.getIndices());
    Operation *combined = update.store.getValue().getDefiningOp();
    update.store.erase();
    combined->erase();
    update.load.erase();
  }
  return true;
}
