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
    : loops(loops), product(product), builder(lanes.getBuilder()),
      loc(lanes.getRegion().getLoc()), i32(builder, loc), sumType(sumType),
      elementBytes(sumType.getWidth() / 8), width(pieceBytes / elementBytes),
      reader(lanes, loops, product, isLeft, width), lines(lines), depth(depth) {
  reader.chooseAccess({Major::Lines, Major::Depth});
  const PieceAccess &access = reader.getAccess();
  if (!isCopied() && access.copyBytes == pieceBytes && access.isWhole &&
      product.depth.size() > 1)
    if (auto matched = SplitCopies::match(lanes, product, isLeft, depth))
      split.emplace(std::move(*matched));
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
  this->thread = thread;
  this->threads = threads;
  this->firstLine = firstLine;
  reader.setLineStep(lines);
  reader.begin(iteration, numLines, numDepth, depth);
  splitLines.clear();
  for (int64_t i = 0; split && i < getPieces(); ++i)
    splitLines.push_back(
        split->getLine(loops, reader.isLeft() ? product.rows : product.columns,
                       iteration, getSource(i, numDepth).first, numLines));
}

/// Of one thread; threads without any are possible.
int64_t FmaOperand::getPieces() const {
  return llvm::divideCeil(lines * depth / width, threads);
}

std::pair<Value, Value> FmaOperand::getPlace(int64_t i) {
  int64_t total = lines * depth / width;
  Value number = i32.add(thread, i * threads);
  // More threads than pieces: some bring the same piece.
  if (total < threads)
    number = i32.rem(number, total);
  if (!alongDepth()) {
    int64_t perStep = lines / width;
    return {i32.mul(i32.rem(number, perStep), width), i32.div(number, perStep)};
  }
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
  if (isCopied())
    return {};
  return SmallVector<Type>(getPieces(),
                           VectorType::get({width}, reader.getElementType()));
}

std::pair<Value, Value> FmaOperand::getSource(int64_t i, Value from) {
  auto [line, at] = getPlace(i);
  return {
      builder.createOrFold<arith::AddIOp>(loc, firstLine, i32.toIndex(line)),
      builder.createOrFold<arith::AddIOp>(loc, from, i32.toIndex(at))};
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
