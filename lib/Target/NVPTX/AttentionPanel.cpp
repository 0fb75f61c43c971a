//===- AttentionPanel.cpp - Tiles of attention in shared memory -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionPanel.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Elements and pieces of a line in a block; elements of a piece.
static constexpr int64_t blockElements = 64, blockPieces = 8, width = 8;

AttentionPanel::AttentionPanel(LaneEmitter &lanes, ProductLoops &loops,
                               const Product &product, bool isLeft,
                               bool isValues, int64_t size, int64_t lines)
    : lanes(lanes), builder(lanes.getBuilder()),
      loc(lanes.getRegion().getLoc()), i32(builder, loc),
      reader(lanes, loops, product, isLeft, width), op(product.op),
      isLeft(isLeft), isValues(isValues), size(size), lines(lines) {
  operand = op.getDpsInputOperand(isLeft ? product.left : product.right);
  unsigned across = (isLeft ? product.rows : product.columns).front();
  positionDim = isValues ? product.depth.front() : across;
  elementDim = isValues ? across : product.depth.front();
  reader.chooseAccess(isValues ? Major::Lines : Major::Depth);
}

int64_t AttentionPanel::blocks() const {
  return llvm::divideCeil(size, blockElements);
}

/// Products read pairs of pieces.
int64_t AttentionPanel::piecesOf(int64_t block) const {
  int64_t left = size - block * blockElements;
  return std::min<int64_t>(
      blockPieces, llvm::PowerOf2Ceil(llvm::divideCeil(left, 2 * width) * 2));
}

Value AttentionPanel::isBelow(Value a, Value b) {
  return builder.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::ult, a,
                                             b);
}

//===----------------------------------------------------------------------===//
// To shared memory
//===----------------------------------------------------------------------===//

/// Whether pieces are whole copies and where they are is a sum of strides.
bool AttentionPanel::isStrided() {
  const PieceAccess &access = reader.getAccess();
  if (access.copyBytes != pieceBytes || !access.isWhole ||
      !isa<BlockArgument>(operand->get()))
    return false;
  AffineMap map = op.getMatchingIndexingMap(operand);
  int64_t found = 0;
  for (AffineExpr expr : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim &&
        (expr.isFunctionOfDim(positionDim) || expr.isFunctionOfDim(elementDim)))
      return false;
    found += dim && (dim.getPosition() == positionDim ||
                     dim.getPosition() == elementDim);
  }
  return found == 2;
}

Value AttentionPanel::getStride() {
  Value buffer = lanes.getRegion().getOperand(
      cast<BlockArgument>(operand->get()).getArgNumber());
  SmallVector<int64_t> strides =
      cast<MemRefType>(buffer.getType()).getStridesAndOffset().first;
  AffineMap map = op.getMatchingIndexingMap(operand);
  unsigned at = *map.getResultPosition(
      getAffineDimExpr(positionDim, builder.getContext()));
  Type number = builder.getI64Type();
  if (!ShapedType::isDynamic(strides[at]))
    return arith::ConstantIntOp::create(builder, loc, number, strides[at]);
  Value stride = memref::ExtractStridedMetadataOp::create(builder, loc, buffer)
                     .getStrides()[at];
  return arith::IndexCastOp::create(builder, loc, number, stride);
}

Value AttentionPanel::toElement(Value element) {
  return firstElement ? i32.add(firstElement, element) : element;
}

/// A pointer to an element of the operand, its numbers being i32.
Value AttentionPanel::getSource(Value position, Value element) {
  ProductLoops::Indices at = iteration;
  at[positionDim] = LaneValue::uniform(i32.toIndex(position));
  at[elementDim] = LaneValue::uniform(i32.toIndex(toElement(element)));
  SmallVector<Value> indices =
      llvm::map_to_vector(lanes.apply(op.getMatchingIndexingMap(operand), at),
                          [](const LaneValue &index) { return index.scalar; });
  Value buffer = lanes.getRegion().getOperand(
      cast<BlockArgument>(operand->get()).getArgNumber());
  return getPointer(builder, loc, buffer, indices);
}

AttentionPanel::Share AttentionPanel::getShare(int64_t pieces) {
  Share share;
  share.pieces = pieces;
  // Where threads are more than pieces, some bring the same one.
  share.linesOfPass = std::min(threads / pieces, lines);
  share.line = i32.rem(i32.div(thread, pieces), lines);
  share.piece = i32.rem(thread, pieces);
  share.target = getPlace(share.line, share.piece);
  if (!isStrided())
    return share;
  share.source = getSource(share.line, i32.mul(share.piece, width));
  if (isSliced())
    base = getSource(i32.number(0), i32.number(0));
  return share;
}

void AttentionPanel::begin(Value panel, Value thread, int64_t threads,
                           const ProductLoops::Indices &iteration, Value count,
                           Value firstRow, Value firstElement) {
  this->panel = panel;
  this->firstElement = firstElement;
  this->thread = thread;
  this->threads = threads;
  this->iteration = iteration;
  this->count = count;
  Value end = i32.toIndex(toElement(i32.number(size)));
  int64_t copied =
      (blocks() - 1) * blockElements + piecesOf(blocks() - 1) * width;
  if (isValues)
    reader.begin(iteration, end, count, lines);
  else
    reader.begin(iteration, count, end, copied);
  if (size >= blockElements)
    whole = getShare(blockPieces);
  if (piecesOf(blocks() - 1) < blockPieces || size < blockElements)
    last = getShare(piecesOf(blocks() - 1));
  placeFragments(firstRow);
}

/// Of a piece of the first block.
Value AttentionPanel::getPlace(Value line, Value piece) {
  Value permuted = i32.bitXor(piece, i32.rem(line, 8));
  return advance(
      builder, loc, panel,
      i32.add(i32.mul(line, lineBytes), i32.mul(permuted, pieceBytes)));
}

Value AttentionPanel::further(Value place, int64_t count) {
  return advance(builder, loc, place, i32.number(count * lineBytes));
}

void AttentionPanel::copyBlock(const Share &share, int64_t block, Value first,
                               bool areWhole) {
  Type number = builder.getI64Type();
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(builder, loc, number, value);
  };
  auto multiply = [&](Value a, Value b) {
    return builder.createOrFold<arith::MulIOp>(loc, a, b);
  };
  Value bytes = multiply(getStride(), constant(reader.getElementBytes()));
  Value start =
      advance(builder, loc, share.source,
              multiply(builder.createOrFold<arith::ExtUIOp>(loc, number, first),
                       bytes));
  Value isElement;
  if (block * blockElements + share.pieces * width > size)
    isElement = isBelow(i32.mul(share.piece, width),
                        i32.number(size - block * blockElements));
  for (int64_t pass = 0; pass * share.linesOfPass < lines; ++pass) {
    int64_t line = pass * share.linesOfPass;
    Value isThere = isElement;
    if (!areWhole) {
      isThere =
          isBelow(i32.add(i32.add(first, share.line), line), i32.toI32(count));
      if (isElement)
        isThere = arith::AndIOp::create(builder, loc, isThere, isElement);
    }
    Value from = advance(builder, loc, start, multiply(bytes, constant(line)));
    from =
        advance(builder, loc, from,
                i32.number(block * blockElements * reader.getElementBytes()));
    Value to = further(share.target, block * lines + line);
    if (isSliced()) {
      fetched.push_back({readPiece(from, isThere), to});
      continue;
    }
    // Of zero bytes nothing is read.
    Value valid;
    if (isThere)
      valid = arith::SelectOp::create(builder, loc, isThere,
                                      i32.number(pieceBytes), i32.number(0));
    copyAsync(builder, loc, to, from, pieceBytes, valid);
  }
}

/// Eight f32 at the pointer `from`, or zero. What is not there is not read.
Value AttentionPanel::readPiece(Value from, Value isThere) {
  auto half = VectorType::get({width / 2}, builder.getF32Type());
  auto whole = VectorType::get({width}, builder.getF32Type());
  // The first position is there.
  if (isThere)
    from = arith::SelectOp::create(builder, loc, isThere, from, base);
  Value global = LLVM::AddrSpaceCastOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext(), 1), from);
  SmallVector<Value> elements;
  for (int64_t part = 0; part < 2; ++part) {
    Value loaded = LLVM::LoadOp::create(
        builder, loc, half,
        advance(builder, loc, global, i32.number(part * pieceBytes)),
        pieceBytes);
    for (int64_t i = 0; i < width / 2; ++i)
      elements.push_back(vector::ExtractOp::create(builder, loc, loaded, i));
  }
  Value piece = vector::FromElementsOp::create(builder, loc, whole, elements);
  if (!isThere)
    return piece;
  return arith::SelectOp::create(
      builder, loc, isThere, piece,
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(whole)));
}

void AttentionPanel::readBlock(const Share &share, int64_t block, Value first) {
  Value element = i32.toIndex(
      toElement(i32.add(i32.mul(share.piece, width), block * blockElements)));
  for (int64_t pass = 0; pass * share.linesOfPass < lines; ++pass) {
    Value position = i32.toIndex(
        i32.add(i32.add(first, share.line), pass * share.linesOfPass));
    Value line = isValues ? element : position;
    Value depth = isValues ? position : element;
    Value target =
        further(share.target, block * lines + pass * share.linesOfPass);
    if (isSliced())
      fetched.push_back({reader.read(line, depth), target});
    else if (reader.getAccess().copyBytes)
      reader.copy(target, line, depth);
    else
      LLVM::StoreOp::create(builder, loc, reader.read(line, depth), target,
                            pieceBytes);
  }
}

void AttentionPanel::bring(Value first, bool areWhole) {
  bool isCopied = isStrided();
  for (int64_t block = 0; block < blocks(); ++block) {
    const Share &share = block == blocks() - 1 && last.line ? last : whole;
    if (isCopied)
      copyBlock(share, block, first, areWhole);
    else
      readBlock(share, block, first);
  }
}

void AttentionPanel::deliver() {
  auto words = VectorType::get({width / 2}, builder.getI32Type());
  for (const Fetched &piece : fetched) {
    SmallVector<Value> slices[sliceCount];
    for (int64_t i = 0; i < width; i += 2) {
      auto element = [&](int64_t at) -> Value {
        return vector::ExtractOp::create(builder, loc, piece.elements, at);
      };
      for (auto [slice, word] : llvm::zip_equal(
               slices, slicePair(builder, loc, element(i), element(i + 1))))
        slice.push_back(word);
    }
    for (auto [number, slice] : llvm::enumerate(slices))
      LLVM::StoreOp::create(
          builder, loc,
          vector::FromElementsOp::create(builder, loc, words, slice),
          advance(builder, loc, piece.target,
                  i32.number(number * sliceBytes())),
          pieceBytes);
  }
  fetched.clear();
}

void AttentionPanel::bringNow(Value first, bool areWhole) {
  bring(first, areWhole);
  deliver();
}

//===----------------------------------------------------------------------===//
// From shared memory
//===----------------------------------------------------------------------===//

// The four matrices of a left operand are (first rows, second rows) of piece 0,
// then of piece 1; of a right one, both pieces of the first columns, then of
// the second. A permutation changes the lowest bits of a piece alone.

void AttentionPanel::placeFragments(Value firstRow) {
  Value lane = i32.rem(thread, 32), low = i32.rem(lane, 8);
  Value middle = i32.rem(i32.div(lane, 8), 2), high = i32.div(lane, 16);
  bool isMiddleLine = isLeft || isValues;
  Value line = i32.add(low, i32.mul(isMiddleLine ? middle : high, 8));
  if (isLeft)
    line = i32.add(line, firstRow);
  fragments.clear();
  for (int64_t piece = 0; piece < blockPieces; piece += 2)
    fragments.push_back(
        getPlace(line, i32.add(isMiddleLine ? high : middle, piece)));
}

SmallVector<Value> AttentionPanel::load(int64_t line, int64_t piece,
                                        unsigned slice) {
  Value pointer =
      further(fragments[piece % blockPieces / 2],
              (slice * blocks() + piece / blockPieces) * lines + line);
  return loadMatrices(builder, loc, pointer, 4, isValues);
}

SmallVector<Value> AttentionPanel::loadRows(int64_t step, unsigned slice) {
  return load(0, 2 * step, slice);
}

SmallVector<Value> AttentionPanel::loadColumns(int64_t column, int64_t step,
                                               unsigned slice) {
  return isValues ? load(step * 2 * width, column / width, slice)
                  : load(column, 2 * step, slice);
}
