//===- Pieces.cpp - Operands of products, piece by piece ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How a piece is best read is found by evaluating it. Where an aligned load of
// neighbours comes out, or a choice between one and zero (a padding), the piece
// can be copied, whatever views lie between: slices, windows of convolutions,
// packed weights. Anything else is evaluated by each thread.
//
//===----------------------------------------------------------------------===//

#include "Pieces.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

SmallVector<Value> nvptx::toWords(OpBuilder &builder, Location loc,
                                  Value vector) {
  auto type = cast<VectorType>(vector.getType());
  int64_t count = type.getNumElements() * type.getElementTypeBitWidth() / 32;
  Value words = vector::BitCastOp::create(
      builder, loc, VectorType::get({count}, builder.getI32Type()), vector);
  SmallVector<Value> result;
  for (int64_t i = 0; i < count; ++i)
    result.push_back(vector::ExtractOp::create(builder, loc, words, i));
  return result;
}

PieceReader::PieceReader(LaneEmitter &lanes, ProductLoops &loops,
                         const Product &product, bool isLeft, int64_t width)
    : lanes(lanes), loops(loops), product(product), builder(lanes.getBuilder()),
      i32(builder, loc()), isLeft_(isLeft), width(width) {
  linalg::LinalgOp op = product.op;
  operand = op.getDpsInputOperand(isLeft ? product.left : product.right);
  dims = isLeft ? product.rows : product.columns;
}

Type PieceReader::getElementType() const {
  return getElementTypeOrSelf(operand->get());
}

void PieceReader::begin(const ProductLoops::Indices &iteration, Value numLines,
                        Value numDepth, int64_t depthStep) {
  this->iteration = iteration;
  this->numLines = numLines;
  this->numDepth = numDepth;
  this->depthStep = depthStep;
}

bool PieceReader::mayBeOutside() {
  std::optional<int64_t> known = constantOf(numDepth);
  return !depthStep || !known || *known % depthStep != 0;
}

bool PieceReader::mayBeBehind() {
  std::optional<int64_t> known = constantOf(numLines);
  return !lineStep || !known || *known % lineStep != 0;
}

Value PieceReader::last(Value size) {
  return builder.createOrFold<arith::SubIOp>(loc(), size, constant(1));
}
Value PieceReader::select(Value condition, Value a, Value b) {
  return builder.createOrFold<arith::SelectOp>(loc(), condition, a, b);
}
Value PieceReader::isBelow(Value a, Value b) {
  return builder.createOrFold<arith::CmpIOp>(loc(), arith::CmpIPredicate::ult,
                                             a, b);
}
Value PieceReader::minimum(Value a, Value b) {
  return builder.createOrFold<arith::MinUIOp>(loc(), a, b);
}

//===----------------------------------------------------------------------===//
// How pieces are read
//===----------------------------------------------------------------------===//

namespace {
/// A piece that is in memory as it is, or zero.
struct Source {
  vector::LoadOp load;
  Value isThere; ///< Null: always.
};
} // namespace

static bool isZero(Value value) {
  if (auto broadcast = value.getDefiningOp<vector::BroadcastOp>())
    value = broadcast.getSource();
  return matchPattern(value, m_AnyZeroFloat());
}

static std::optional<Source> matchSource(Value piece) {
  Source source;
  if (auto choice = piece.getDefiningOp<arith::SelectOp>()) {
    if (!choice.getCondition().getType().isInteger(1) ||
        !isZero(choice.getFalseValue()))
      return std::nullopt;
    source.isThere = choice.getCondition();
    piece = choice.getTrueValue();
  }
  source.load = piece.getDefiningOp<vector::LoadOp>();
  if (!source.load)
    return std::nullopt;
  return source;
}

/// Bytes of the largest copy that the alignment of `load` allows.
static int64_t getCopyBytes(vector::LoadOp load, int64_t bytes) {
  int64_t alignment = load.getAlignment().value_or(0);
  return alignment >= 4 && bytes >= 4 ? std::min(alignment, bytes) : 0;
}

Value PieceReader::evaluate(Value line, Value at) {
  linalg::LinalgOp op = product.op;
  std::size_t mark = lanes.mark();
  lanes.setLanes(width);
  ProductLoops::Indices indices = iteration;
  bool alongDepth = access.major == Major::Depth;
  loops.expand(dims, line, indices, alongDepth ? 1 : width);
  loops.expand(product.depth, at, indices, alongDepth ? width : 1);
  Value piece = lanes.materialize(
      lanes.evaluate(operand->get(),
                     lanes.apply(op.getMatchingIndexingMap(operand), indices)));
  lanes.forget(mark);
  if (!isa<VectorType>(piece.getType())) // one lane
    piece = vector::BroadcastOp::create(
        builder, loc(), VectorType::get({width}, piece.getType()), piece);
  return piece;
}

/// How well pieces along `major` can be read, less being better; none if they
/// cannot be evaluated all at once.
std::optional<int64_t> PieceReader::classify(Major major, PieceAccess &result) {
  ArrayRef<unsigned> along =
      major == Major::Depth ? ArrayRef<unsigned>(product.depth) : dims;
  bool isWhole = loops.areWhole(along, width);
  if ((!isWhole && along.size() > 1) ||
      !LaneEmitter::canVectorize(lanes.getRegion()))
    return std::nullopt;
  // Somewhere aside, at places of which nothing is known; who follows what is
  // created does not see it, as it is erased again.
  linalg::LinalgOp op = product.op;
  Block aside;
  OpBuilder::InsertionGuard guard(builder);
  OpBuilder::Listener *listener = builder.getListener();
  builder.setListener(nullptr);
  builder.setInsertionPointToEnd(&aside);
  auto unknown = [&] {
    return aside.addArgument(builder.getIndexType(), loc());
  };
  iteration.assign(op.getNumLoops(), {});
  for (unsigned dim : product.batch)
    iteration[dim] = LaneValue::uniform(unknown());
  access.major = major;
  Value line = unknown(), at = unknown();
  std::optional<Source> source = matchSource(evaluate(line, at));
  int64_t bytes = source ? getCopyBytes(source->load, getBytes()) : 0;
  int64_t loads = llvm::count_if(
      aside, [](Operation &op) { return isa<memref::LoadOp>(op); });
  while (!aside.empty())
    aside.back().erase();
  builder.setListener(listener);
  // Evaluated together, elements behind the end would be read.
  if (!bytes && !isWhole)
    return std::nullopt;
  result = {major, bytes, isWhole};
  return bytes ? getBytes() / bytes : 8 + loads;
}

void PieceReader::chooseAccess(ArrayRef<Major> candidates) {
  PieceAccess best;
  best.major = candidates.front();
  std::optional<int64_t> cost;
  for (Major major : candidates) {
    PieceAccess found;
    std::optional<int64_t> next = classify(major, found);
    if (next && (!cost || *next < *cost)) {
      cost = next;
      best = found;
    }
  }
  if (cost) {
    access = best;
    return;
  }
  // One by one, neighbours in memory in one thread where they are known.
  linalg::LinalgOp op = product.op;
  AffineMap map = op.getMatchingIndexingMap(operand);
  if (candidates.size() > 1 && map.getNumResults() &&
      map.getResults().back().isFunctionOfDim(dims.back()) &&
      !map.getResults().back().isFunctionOfDim(product.depth.back()))
    best.major = Major::Lines;
  access = best;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

Value PieceReader::readOneByOne(Value line, Value at) {
  linalg::LinalgOp op = product.op;
  bool alongDepth = access.major == Major::Depth;
  lanes.setLanes(1);
  Type type = getElementTypeOrSelf(operand->get());
  Value zero =
      arith::ConstantOp::create(builder, loc(), builder.getZeroAttr(type));
  Value lastLine = last(numLines), lastDepth = last(numDepth);
  SmallVector<Value> elements;
  for (int64_t i = 0; i < width; ++i) {
    auto behind = [&](Value start, bool isAlong) {
      return isAlong ? builder.createOrFold<arith::AddIOp>(loc(), start,
                                                           constant(i))
                     : start;
    };
    Value row = minimum(behind(line, !alongDepth), lastLine);
    Value step = behind(at, alongDepth), within = minimum(step, lastDepth);
    std::size_t mark = lanes.mark();
    ProductLoops::Indices indices = iteration;
    loops.expand(dims, row, indices);
    loops.expand(product.depth, within, indices);
    Value element = lanes.materialize(lanes.evaluate(
        operand->get(),
        lanes.apply(op.getMatchingIndexingMap(operand), indices)));
    lanes.forget(mark);
    if (mayBeOutside())
      element = select(isBelow(step, numDepth), element, zero);
    elements.push_back(element);
  }
  return vector::FromElementsOp::create(
      builder, loc(), VectorType::get({width}, type), elements);
}

Value PieceReader::read(Value line, Value at) {
  if (!access.isWhole)
    return readOneByOne(line, at);
  Value zero = constant(0);
  Value inside = isBelow(at, numDepth);
  Value within = mayBeOutside() ? select(inside, at, zero) : at;
  if (mayBeBehind())
    line = select(isBelow(line, numLines), line, zero);
  Value piece = evaluate(line, within);
  if (!mayBeOutside())
    return piece;
  return select(inside, piece,
                arith::ConstantOp::create(
                    builder, loc(), builder.getZeroAttr(piece.getType())));
}

/// Rows and columns that are not there read what is at the beginning, for what
/// comes of them is not stored; a depth that is not there must read as zero.
void PieceReader::copyParts(int64_t partBytes, Value line, Value at,
                            llvm::function_ref<Value(int64_t)> to) {
  bool alongDepth = access.major == Major::Depth;
  Value lineIsThere = isBelow(line, numLines);
  Value depthIsThere = isBelow(at, numDepth);
  Value zero = constant(0);
  Value source = mayBeBehind() ? select(lineIsThere, line, zero) : line;
  bool isGuarded = mayBeOutside();
  Value from = isGuarded ? select(depthIsThere, at, zero) : at;
  Value piece = evaluate(source, from);
  std::optional<Source> found = matchSource(piece);
  assert(found && getCopyBytes(found->load, getBytes()) >= partBytes &&
         "a piece that was a copy when it was chosen");
  // Bytes that are read.
  Value valid;
  auto bytesUntil = [&](Value end, Value begin) {
    Value left = builder.createOrFold<arith::SubIOp>(loc(), end, begin);
    Value bytes =
        i32.mul(i32.toI32(minimum(left, constant(width))), getElementBytes());
    return bytes;
  };
  Value whole = i32.number(getBytes()), none = i32.number(0);
  if (!access.isWhole) // Pieces may cross the end.
    valid =
        alongDepth ? bytesUntil(numDepth, from) : bytesUntil(numLines, source);
  if (isGuarded)
    valid = select(depthIsThere, valid ? valid : whole, none);
  if (hasZeroLines)
    valid = select(lineIsThere, valid ? valid : whole, none);
  if (found->isThere)
    valid = select(found->isThere, valid ? valid : whole, none);
  Value pointer = getPointer(builder, loc(), found->load.getBase(),
                             found->load.getIndices());
  for (int64_t part = 0; part < getBytes(); part += partBytes) {
    Value partly;
    if (valid && partBytes == getBytes())
      partly = valid;
    else if (valid)
      partly = arith::MaxSIOp::create(
          builder, loc(), none,
          arith::MinSIOp::create(builder, loc(),
                                 i32.sub(valid, i32.number(part)),
                                 i32.number(partBytes)));
    Value source = advance(builder, loc(), pointer, i32.number(part));
    if (isStreamed && partBytes == pieceBytes)
      copyLineAsync(builder, loc(), to(part), source, partly);
    else
      copyAsync(builder, loc(), to(part), source, partBytes, partly);
  }
}

void PieceReader::copy(Value to, Value line, Value at) {
  copyParts(access.copyBytes, line, at, [&](int64_t part) {
    return advance(builder, loc(), to, i32.number(part));
  });
}
