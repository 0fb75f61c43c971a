//===- HostAccesses.cpp - What the host reads and writes of the device ----===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostCalls.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace graphc;
using nvptx::HostCalls;

static Value getBytes(OpBuilder &builder, Location loc, MemRefType type) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getI64IntegerAttr(llvm::divideCeil(
                                       type.getElementTypeBitWidth(), 8u)));
}

static void lowerLoad(HostCalls &host, memref::LoadOp load) {
  OpBuilder builder(load);
  Location loc = load.getLoc();
  MemRefType type = load.getMemRefType();
  Value slot = host.makeSlot(load->getParentOfType<func::FuncOp>(), loc,
                             type.getElementType());
  host.call(
      builder, loc, "graphc_rt_gpu_read",
      {HostCalls::getContextOf(load),
       HostCalls::getAddress(builder, loc, load.getMemRef(), load.getIndices()),
       slot, getBytes(builder, loc, type)});
  load.replaceAllUsesWith(
      LLVM::LoadOp::create(builder, loc, type.getElementType(), slot)
          .getResult());
  load.erase();
}

static void lowerStore(HostCalls &host, memref::StoreOp store) {
  OpBuilder builder(store);
  Location loc = store.getLoc();
  MemRefType type = store.getMemRefType();
  Value slot = host.makeSlot(store->getParentOfType<func::FuncOp>(), loc,
                             type.getElementType());
  LLVM::StoreOp::create(builder, loc, store.getValueToStore(), slot);
  host.call(builder, loc, "graphc_rt_gpu_write",
            {HostCalls::getContextOf(store),
             HostCalls::getAddress(builder, loc, store.getMemRef(),
                                   store.getIndices()),
             slot, getBytes(builder, loc, type)});
  store.erase();
}

/// What a loop of the host reads, to memory of the host.
static void lowerCopy(HostCalls &host, memref::CopyOp copy) {
  OpBuilder builder(copy);
  Location loc = copy.getLoc();
  auto type = cast<MemRefType>(copy.getTarget().getType());
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  SmallVector<Value> first(type.getRank(), zero);
  Value to = LLVM::IntToPtrOp::create(
      builder, loc, LLVM::LLVMPointerType::get(copy.getContext()),
      HostCalls::getAddress(builder, loc, copy.getTarget(), first));
  Value bytes = arith::MulIOp::create(
      builder, loc, getBytes(builder, loc, type),
      arith::ConstantOp::create(
          builder, loc, builder.getI64IntegerAttr(type.getNumElements())));
  host.call(builder, loc, "graphc_rt_gpu_read",
            {HostCalls::getContextOf(copy),
             HostCalls::getAddress(builder, loc, copy.getSource(), first), to,
             bytes});
  copy.erase();
}

/// Memory of the device is what `main` takes, but for the symbols, its last
/// memref. Views are all that stands between an argument and its uses.
static bool isOnDevice(Value memref, func::FuncOp main) {
  while (Operation *op = memref.getDefiningOp()) {
    if (op->getNumOperands() == 0)
      return false;
    memref = op->getOperand(0);
  }
  auto arguments = llvm::reverse(main.getArguments());
  return memref != *llvm::find_if(arguments, [](BlockArgument argument) {
           return isa<MemRefType>(argument.getType());
         });
}

void nvptx::lowerAccesses(HostCalls &host, func::FuncOp main) {
  SmallVector<Operation *> accesses;
  main.walk([&](Operation *op) {
    Value memref;
    if (auto load = dyn_cast<memref::LoadOp>(op))
      memref = load.getMemRef();
    else if (auto store = dyn_cast<memref::StoreOp>(op))
      memref = store.getMemRef();
    else if (auto copy = dyn_cast<memref::CopyOp>(op))
      memref = copy.getSource();
    if (memref && isOnDevice(memref, main))
      accesses.push_back(op);
  });
  for (Operation *op : accesses) {
    if (auto load = dyn_cast<memref::LoadOp>(op))
      lowerLoad(host, load);
    else if (auto copy = dyn_cast<memref::CopyOp>(op))
      lowerCopy(host, copy);
    else
      lowerStore(host, cast<memref::StoreOp>(op));
  }
}
