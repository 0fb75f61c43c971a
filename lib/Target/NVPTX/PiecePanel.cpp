//===- PiecePanel.cpp - Panels that come in pieces of 16 bytes ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PiecePanel.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

PiecePanel::PiecePanel(LaneEmitter &lanes, ProductLoops &loops,
                       const Product &product, bool isLeft,
                       int64_t elementBytes, int64_t lines, int64_t depth)
    : loops(loops), product(product), builder(lanes.getBuilder()),
      loc(lanes.getRegion().getLoc()), i32(builder, loc),
      elementBytes(elementBytes), width(pieceBytes / elementBytes),
      reader(lanes, loops, product, isLeft, width), lines(lines), depth(depth) {
}

void PiecePanel::splitDepth(LaneEmitter &lanes) {
  const PieceAccess &access = getAccess();
  // A depth of one loop needs nothing more than that the compiler moves what
  // does not change out of the loop.
  if (access.copyBytes != pieceBytes || !access.isWhole ||
      product.depth.size() <= 1)
    return;
  if (auto matched = SplitCopies::match(lanes, product, reader.isLeft(), depth))
    split.emplace(std::move(*matched));
}

void PiecePanel::begin(Value thread, int64_t threads,
                       const ProductLoops::Indices &iteration, Value firstLine,
                       Value numLines, Value numDepth) {
  this->thread = thread;
  this->threads = threads;
  this->firstLine = firstLine;
  reader.begin(iteration, numLines, numDepth, depth);
  splitLines.clear();
  if (!split)
    return;
  ArrayRef<unsigned> dims = reader.isLeft() ? product.rows : product.columns;
  for (int64_t i = 0; i < getPieces(); ++i)
    splitLines.push_back(split->getLine(loops, dims, iteration,
                                        getLine(getPlace(i).first), numLines));
}

int64_t PiecePanel::getPieces() const {
  return llvm::divideCeil(lines * depth / width, threads);
}

SmallVector<Type> PiecePanel::getPieceTypes() const {
  return SmallVector<Type>(getPieces(),
                           VectorType::get({width}, reader.getElementType()));
}

std::pair<Value, Value> PiecePanel::getPlace(int64_t i) {
  int64_t total = lines * depth / width;
  Value number = i32.add(thread, i * threads);
  // More threads than pieces: some bring the same piece.
  if (total < threads)
    number = i32.rem(number, total);
  if (alongDepth())
    return getPlaceAlongDepth(number);
  int64_t perStep = lines / width;
  return {i32.mul(i32.rem(number, perStep), width), i32.div(number, perStep)};
}

Value PiecePanel::getLine(Value line) {
  return builder.createOrFold<arith::AddIOp>(loc, firstLine, i32.toIndex(line));
}

std::pair<Value, Value> PiecePanel::getSource(int64_t i, Value from) {
  auto [line, at] = getPlace(i);
  Value row = getLine(line);
  return {row, builder.createOrFold<arith::AddIOp>(loc, from, i32.toIndex(at))};
}
