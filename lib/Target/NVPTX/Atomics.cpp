//===- Atomics.cpp - Updates that threads may make at once ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Atomics.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace graphc;

namespace {
/// A store of what an element was, combined with `value`.
struct Update {
  memref::StoreOp store;
  memref::LoadOp load;
  LLVM::AtomicBinOp op;
  Value value;
};
} // namespace

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

static std::optional<Update> match(memref::StoreOp store) {
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
static Value getAddress(OpBuilder &builder, memref::StoreOp store) {
  constexpr unsigned globalSpace = 1;
  Location loc = store.getLoc();
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, store.getMemRef());
  Value place = metadata.getOffset();
  for (auto [index, stride] :
       llvm::zip_equal(store.getIndices(), metadata.getStrides()))
    place = arith::AddIOp::create(
        builder, loc, place,
        arith::MulIOp::create(builder, loc, index, stride));
  int64_t bytes = store.getValue().getType().getIntOrFloatBitWidth() / 8;
  place = arith::MulIOp::create(
      builder, loc, place, arith::ConstantIndexOp::create(builder, loc, bytes));
  Value base = memref::ExtractAlignedPointerAsIndexOp::create(
      builder, loc, store.getMemRef());
  Value address = arith::IndexCastOp::create(
      builder, loc, builder.getI64Type(),
      arith::AddIOp::create(builder, loc, base, place));
  return LLVM::IntToPtrOp::create(
      builder, loc,
      LLVM::LLVMPointerType::get(builder.getContext(), globalSpace), address);
}

bool nvptx::makeAtomic(Operation *op) {
  SmallVector<Update> updates;
  bool areAll = !op->walk([&](memref::StoreOp store) {
                     std::optional<Update> update = match(store);
                     if (!update)
                       return WalkResult::interrupt();
                     updates.push_back(*update);
                     return WalkResult::advance();
                   }).wasInterrupted();
  if (!areAll)
    return false;
  for (Update &update : updates) {
    OpBuilder builder(update.store);
    LLVM::AtomicRMWOp::create(builder, update.store.getLoc(), update.op,
                              getAddress(builder, update.store), update.value,
                              LLVM::AtomicOrdering::monotonic, "device");
    Operation *combined = update.store.getValue().getDefiningOp();
    update.store.erase();
    combined->erase();
    update.load.erase();
  }
  return true;
}
