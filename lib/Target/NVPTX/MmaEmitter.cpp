//===- MmaEmitter.cpp - What products by mma.sync share -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MmaEmitter.h"

#include "MmaProduct.h"
#include "OpenOffsets.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

static Type getOperandType(const Product &product) {
  linalg::LinalgOp op = product.op;
  return getElementTypeOrSelf(op.getDpsInputOperand(0)->get());
}

MmaEmitter::MmaEmitter(OpBuilder &builder, kernel::RegionOp region,
                       const Product &product, int64_t multiprocessors)
    : builder(builder), region(region), product(product),
      lanes(builder, region, 1), loops(lanes, product),
      i32(builder, region.getLoc()), multiprocessors(multiprocessors),
      elementType(getOperandType(product)),
      type(getMmaType(elementType, product.allowsTF32)) {
  lanes.setBufferAlignment(pieceBytes);
  assumeOffsets(lanes, region);
  numRows = loops.getSize(product.rows);
  numColumns = loops.getSize(product.columns);
  numDepth = loops.getSize(product.depth);
  numBatch = loops.getSize(product.batch);
}

gpu::LaunchOp MmaEmitter::emitLaunch(Value blocks, int64_t threads,
                                     int64_t sharedBytes,
                                     function_ref<void(Value)> emitThread) {
  Value one = constant(1);
  auto launch =
      gpu::LaunchOp::create(builder, loc(), blocks, one, one, constant(threads),
                            one, one, i32.number(sharedBytes));
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  thread = i32.toI32(launch.getThreadIds().x);
  warp = i32.uniform(i32.div(thread, 32));
  lane = i32.rem(thread, 32);
  shared = i32.getShared();
  emitThread(launch.getBlockIds().x);
  gpu::TerminatorOp::create(builder, loc());
  return launch;
}

void MmaEmitter::enterBatch(Value number) {
  linalg::LinalgOp op = product.op;
  iteration.resize(op.getNumLoops());
  loops.expand(product.batch, number, iteration);
}

void MmaEmitter::guard(Value condition, function_ref<void()> body) {
  lanes.branch(condition, body);
}

MmaEmitter::Values MmaEmitter::makeZeros(int64_t count, Type type) {
  Value zero = arith::ConstantOp::create(
      builder, loc(), builder.getZeroAttr(type ? type : builder.getF32Type()));
  return Values(count, zero);
}

bool nvptx::canUseMma(const Product &product, ArrayRef<Chip> chips) {
  linalg::LinalgOp op = product.op;
  Type type = getOperandType(product);
  std::optional<MmaType> known = getMmaType(type, product.allowsTF32);
  if (!known || getElementTypeOrSelf(op.getDpsInputOperand(1)->get()) != type)
    return false;
  bool isFloat8 = *known == MmaType::E4M3 || *known == MmaType::E5M2;
  return !isFloat8 || llvm::all_of(chips, [](const Chip &chip) {
    return chip.has(kernel::ChipFeature::Float8);
  });
}

int64_t nvptx::getMultiprocessors(ArrayRef<Chip> chips) {
  int64_t fewest = 132;
  for (const Chip &chip : chips)
    fewest = std::min<int64_t>(fewest, chip.multiprocessors);
  return fewest;
}
