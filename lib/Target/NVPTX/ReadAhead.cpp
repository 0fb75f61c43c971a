//===- ReadAhead.cpp - One copy for what a loop of the host reads ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host waits for the device wherever it reads its memory. Where a loop over
// groups could not become a launch, all that it reads of their sizes is copied
// before, and the loop puts launch behind launch.
//
//===----------------------------------------------------------------------===//

#include "ReadAhead.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;

/// What the host's stack has room for.
static constexpr int64_t mostBytes = 1 << 16;

/// `load` reads an element of a vector that the host has room for.
static bool isReadAhead(memref::LoadOp load, scf::ForOp loop) {
  MemRefType type = load.getMemRefType();
  if (!type.hasStaticShape() || type.getRank() != 1 || !type.isStrided() ||
      type.getStridesAndOffset().first.front() != 1 ||
      !type.getElementType().isIntOrIndexOrFloat())
    return false;
  int64_t bytes = llvm::divideCeil(
      type.getElementType().isIndex() ? 64 : type.getElementTypeBitWidth(), 8u);
  return loop.isDefinedOutsideOfLoop(load.getMemRef()) &&
         type.getNumElements() * bytes <= mostBytes;
}

void nvptx::readAhead(scf::ForOp loop) {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  DenseMap<Value, Value> copies;
  for (auto load : loop.getBody()->getOps<memref::LoadOp>()) {
    if (!isReadAhead(load, loop))
      continue;
    MemRefType type = load.getMemRefType();
    Value &copy = copies[load.getMemRef()];
    if (copy) {
      load.getMemrefMutable().assign(copy);
      continue;
    }
    // Once a call, whatever is around the loop.
    auto entry = OpBuilder::atBlockBegin(
        &loop->getParentOfType<func::FuncOp>().getBody().front());
    copy = memref::AllocaOp::create(
        entry, loc, MemRefType::get(type.getShape(), type.getElementType()));
    memref::CopyOp::create(builder, loc, load.getMemRef(), copy);
    load.getMemrefMutable().assign(copy);
  }
}
