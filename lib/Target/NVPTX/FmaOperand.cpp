//===- FmaOperand.cpp - Panels that threads multiply ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FmaOperand.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

FmaOperand::FmaOperand(LaneEmitter &lanes, ProductLoops &loops,
                       const Product &product, bool isLeft, FloatType sumType,
                       int64_t lines, int64_t depth)
    : PiecePanel(lanes, loops, product, isLeft, sumType.getWidth() / 8, lines,
                 depth),
      sumType(sumType) {
  reader.chooseAccess({Major::Lines, Major::Depth});
  if (!isCopied())
    splitDepth(lanes);
}

bool FmaOperand::isCopied() const {
  const PieceAccess &access = reader.getAccess();
  if (!access.copyBytes || reader.getElementType() != sumType)
    return false;
  // Pieces that may cross the end cannot be read at once.
  return !alongDepth() || !access.isWhole;
}

void FmaOperand::begin(Value thread, int64_t threads,
                       const ProductLoops::Indices &iteration, Value firstLine,
                       Value numLines, Value numDepth) {
  reader.setLineStep(lines);
  PiecePanel::begin(thread, threads, iteration, firstLine, numLines, numDepth);
}

std::pair<Value, Value> FmaOperand::getPlaceAlongDepth(Value number) {
  // A warp has two pieces of each of 16 lines: what it reads fills sectors of
  // memory, what it writes falls to different banks.
  Value pair = i32.div(number, 2 * lines);
  return {i32.rem(i32.div(number, 2), lines),
          i32.mul(i32.add(i32.mul(pair, 2), i32.rem(number, 2)), width)};
}

Value FmaOperand::locate(Value panel, Value line, Value at, int64_t i) {
  Value start = advance(builder, loc, panel, getOffset(line, at));
  return i32.offset(start, i * (alongDepth() ? pitch() : elementBytes));
}

SmallVector<Type> FmaOperand::getPendingTypes() {
  return isCopied() ? SmallVector<Type>() : getPieceTypes();
}

SmallVector<Value> FmaOperand::read(Value from) {
  SmallVector<Value> pending;
  for (int64_t i = 0, e = getPendingTypes().size(); i < e; ++i) {
    auto [row, step] = getSource(i, from);
    pending.push_back(
        split ? split->read(splitLines[i],
                            split->getStep(from, getPlace(i).second),
                            VectorType::get({width}, sumType))
              : reader.read(row, step));
  }
  return pending;
}

void FmaOperand::copy(Value panel, Value from, int64_t i) {
  auto [line, at] = getPlace(i);
  auto [row, step] = getSource(i, from);
  int64_t bytes = alongDepth() ? elementBytes : reader.getAccess().copyBytes;
  reader.copyParts(bytes, row, step, [&, line = line, at = at](int64_t byte) {
    return locate(panel, line, at, byte / elementBytes);
  });
}

SmallVector<Value> FmaOperand::fetch(Value panel, Value from) {
  for (int64_t i = 0; i < getCopies(); ++i)
    copy(panel, from, i);
  return read(from);
}

void FmaOperand::finish(Value panel, ValueRange pieces) {
  for (auto [i, piece] : llvm::enumerate(pieces)) {
    auto [line, at] = getPlace(i);
    if (reader.getElementType() != sumType)
      piece = arith::ExtFOp::create(builder, loc,
                                    VectorType::get({width}, sumType), piece);
    if (!alongDepth()) {
      LLVM::StoreOp::create(builder, loc, piece, locate(panel, line, at, 0),
                            pieceBytes);
      continue;
    }
    for (int64_t j = 0; j < width; ++j)
      LLVM::StoreOp::create(builder, loc,
                            vector::ExtractOp::create(builder, loc, piece, j),
                            locate(panel, line, at, j), elementBytes);
  }
}

Value FmaOperand::getOffset(Value line, Value step) {
  return i32.add(i32.mul(step, pitch()), i32.mul(line, elementBytes));
}

Value FmaOperand::load(Value start, int64_t line, int64_t step) {
  return LLVM::LoadOp::create(
      builder, loc, VectorType::get({width}, sumType),
      i32.offset(start, step * pitch() + line * elementBytes), pieceBytes);
}
