//===- MmaOperand.cpp - Panels of operands in shared memory ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MmaOperand.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

static int64_t getElementBytes(const Product &product) {
  linalg::LinalgOp op = product.op;
  Type type = getElementTypeOrSelf(op.getDpsInputOperand(0)->get());
  return type.getIntOrFloatBitWidth() / 8;
}

MmaOperand::MmaOperand(LaneEmitter &lanes, ProductLoops &loops,
                       const Product &product, bool isLeft, int64_t lines,
                       int64_t depth)
    : PiecePanel(lanes, loops, product, isLeft, getElementBytes(product), lines,
                 depth) {
  // ldmatrix transposes elements of two bytes; those of four are words.
  if (elementBytes > 1)
    reader.chooseAccess({Major::Depth, Major::Lines});
  else
    reader.chooseAccess(Major::Depth);
  splitDepth(lanes);
}

//===----------------------------------------------------------------------===//
// To shared memory
//===----------------------------------------------------------------------===//

void MmaOperand::fetchSplit(Value panel, Value from) {
  // Along the depth, all pieces of a thread are at the same step.
  bool isSame = alongDepth() && threads % (depth / width) == 0;
  std::optional<SplitCopies::Step> step;
  for (int64_t i = 0; i < getPieces(); ++i) {
    auto [line, at] = getPlace(i);
    if (!step || !isSame)
      step = split->getStep(from, isSame ? getPlace(0).second : at);
    split->copy(advance(builder, loc, panel, getOffset(line, at)),
                splitLines[i], *step);
  }
}

std::pair<Value, Value> MmaOperand::getPlaceAlongDepth(Value number) {
  int64_t perLine = depth / width;
  return {i32.div(number, perLine), i32.mul(i32.rem(number, perLine), width)};
}

Value MmaOperand::permute(Value row, Value piece) {
  int64_t perRow = (alongDepth() ? depth : lines) / width;
  int64_t cycle = std::min<int64_t>(perRow, 8);
  // Words of two neighbouring pieces of four rows are read at once.
  if (elementBytes == 4 && !alongDepth()) {
    Value key = i32.rem(i32.div(row, 8 / cycle), cycle / 2);
    return i32.add(i32.mul(row, perRow * pieceBytes),
                   i32.mul(i32.bitXor(piece, i32.mul(key, 2)), pieceBytes));
  }
  // Eight rows of a matrix are to lie in eight different groups of banks.
  Value key =
      cycle == 8 ? i32.rem(row, 8) : i32.rem(i32.div(row, 8 / cycle), cycle);
  return i32.add(i32.mul(row, perRow * pieceBytes),
                 i32.mul(i32.bitXor(piece, key), pieceBytes));
}

Value MmaOperand::getOffset(Value line, Value at) {
  return alongDepth() ? permute(line, i32.div(at, width))
                      : permute(at, i32.div(line, width));
}

SmallVector<Type> MmaOperand::getPendingTypes() {
  return getAccess().copyBytes ? SmallVector<Type>() : getPieceTypes();
}

SmallVector<Value> MmaOperand::fetch(Value panel, Value from) {
  SmallVector<Value> pending;
  if (split) {
    fetchSplit(panel, from);
    return pending;
  }
  for (int64_t i = 0; i < getPieces(); ++i) {
    auto [line, at] = getPlace(i);
    auto [row, step] = getSource(i, from);
    if (getAccess().copyBytes)
      reader.copy(advance(builder, loc, panel, getOffset(line, at)), row, step);
    else
      pending.push_back(reader.read(row, step));
  }
  return pending;
}

void MmaOperand::finish(Value panel, ValueRange pieces) {
  for (auto [i, piece] : llvm::enumerate(pieces)) {
    auto [line, at] = getPlace(i);
    LLVM::StoreOp::create(builder, loc, piece,
                          advance(builder, loc, panel, getOffset(line, at)),
                          pieceBytes);
  }
}

//===----------------------------------------------------------------------===//
// From shared memory
//===----------------------------------------------------------------------===//

Value MmaOperand::loadWord(Value panel, Value lane, Value line, int64_t depth) {
  Value of = i32.add(line, i32.div(lane, 4));
  Value at = i32.add(i32.rem(lane, 4), depth);
  Value offset = i32.add(permute(at, i32.div(of, width)),
                         i32.mul(i32.rem(of, width), elementBytes));
  return LLVM::LoadOp::create(builder, loc, builder.getI32Type(),
                              advance(builder, loc, panel, offset),
                              elementBytes);
}

SmallVector<Value> MmaOperand::loadFragments(Value panel, Value lane,
                                             Value line, int64_t step) {
  // The four matrices are (first lines, second lines) x (piece 0, piece 1) of
  // the depth; a left operand counts along the lines first. Transposed ones are
  // stored along the other dimension.
  Value low = i32.rem(lane, 8), middle = i32.rem(i32.div(lane, 8), 2),
        high = i32.div(lane, 16);
  Value ofLine = reader.isLeft() ? middle : high,
        ofPiece = reader.isLeft() ? high : middle;
  int64_t first = step * 2 * width; // Elements of the depth.
  SmallVector<Value> words;
  if (alongDepth()) {
    Value offset = permute(i32.add(line, i32.add(low, i32.mul(ofLine, 8))),
                           i32.add(ofPiece, first / width));
    words = loadMatrices(builder, loc, advance(builder, loc, panel, offset), 4,
                         /*isTransposed=*/false);
  } else if (elementBytes == 2) {
    Value offset = permute(i32.add(i32.add(low, i32.mul(ofPiece, 8)), first),
                           i32.add(i32.div(line, 8), ofLine));
    words = loadMatrices(builder, loc, advance(builder, loc, panel, offset), 4,
                         /*isTransposed=*/true);
  } else {
    for (int64_t i = 0; i < 4; ++i) {
      int64_t half = reader.isLeft() ? i % 2 : i / 2,
              piece = i / 2 + i % 2 - half;
      words.push_back(loadWord(panel, lane, i32.add(line, half * 8),
                               first + piece * width));
    }
  }
  if (elementBytes == 4)
    for (Value &word : words)
      word = roundToTF32(builder, loc, word);
  return words;
}
