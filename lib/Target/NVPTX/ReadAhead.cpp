//===- ReadAhead.cpp - One copy for what a loop of the host reads ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host waits for the device wherever it reads its memory. Where a loop says
// that it does not write what it reads by its index, all of that is copied
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

/// `load` reads the element of a vector that has the number of the iteration.
static bool isReadByIndex(memref::LoadOp load, scf::ForOp loop) {
  MemRefType type = load.getMemRefType();
  if (!type.hasStaticShape() || type.getRank() != 1 || !type.isStrided() ||
      type.getStridesAndOffset().first.front() != 1 ||
      !type.getElementType().isIntOrIndexOrFloat())
    return false;
  int64_t bytes = llvm::divideCeil(
      type.getElementType().isIndex() ? 64 : type.getElementTypeBitWidth(), 8u);
  return load.getIndices().front() == loop.getInductionVar() &&
         loop.isDefinedOutsideOfLoop(load.getMemRef()) &&
         type.getNumElements() * bytes <= mostBytes;
}

void nvptx::readAhead(scf::ForOp loop) {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  for (auto load : loop.getBody()->getOps<memref::LoadOp>()) {
    if (!isReadByIndex(load, loop))
      continue;
    MemRefType type = load.getMemRefType();
    // Once a call, whatever is around the loop.
    auto entry = OpBuilder::atBlockBegin(
        &loop->getParentOfType<func::FuncOp>().getBody().front());
    Value copy = memref::AllocaOp::create(
        entry, loc, MemRefType::get(type.getShape(), type.getElementType()));
    memref::CopyOp::create(builder, loc, load.getMemRef(), copy);
    load.getMemrefMutable().assign(copy);
  }
}
