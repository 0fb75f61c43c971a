//===- MmaOperand.cpp - Panels of operands in shared memory ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How a piece is best read is found by evaluating it. Where an aligned load of
// neighbours comes out, or a choice between one and zero (a padding), the piece
// is copied asynchronously, whatever views lie between: slices, windows of
// convolutions, packed weights. Anything else is evaluated by each thread.
//
//===----------------------------------------------------------------------===//

#include "MmaOperand.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

MmaOperand::MmaOperand(LaneEmitter &lanes, ProductLoops &loops,
                       const Product &product, bool isLeft, int64_t lines,
                       int64_t depth)
    : lanes(lanes), loops(loops), product(product), builder(lanes.getBuilder()),
      i32(builder, loc()), isLeft(isLeft), lines(lines), depth(depth) {
  linalg::LinalgOp op = product.op;
  operand = op.getDpsInputOperand(isLeft ? product.left : product.right);
  dims = isLeft ? product.rows : product.columns;
  elementBytes =
      getElementTypeOrSelf(operand->get()).getIntOrFloatBitWidth() / 8;
  width = pieceBytes / elementBytes;
  access = chooseAccess();
}

Value MmaOperand::select(Value condition, Value a, Value b) {
  return builder.createOrFold<arith::SelectOp>(loc(), condition, a, b);
}
Value MmaOperand::isBelow(Value a, Value b) {
  return builder.createOrFold<arith::CmpIOp>(loc(), arith::CmpIPredicate::ult,
                                             a, b);
}
Value MmaOperand::minimum(Value a, Value b) {
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

static std::optional<Source> matchSource(Value piece) {
  Source source;
  if (auto choice = piece.getDefiningOp<arith::SelectOp>()) {
    if (!choice.getCondition().getType().isInteger(1) ||
        !matchPattern(choice.getFalseValue(), m_AnyZeroFloat()))
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
static int64_t getCopyBytes(vector::LoadOp load) {
  int64_t alignment = load.getAlignment().value_or(0);
  return alignment >= 4 ? std::min(alignment, pieceBytes) : 0;
}

Value MmaOperand::evaluate(Value line, Value at) {
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
  return piece;
}

/// How well pieces along `major` can be read, less being better; none if they
/// cannot be evaluated all at once.
std::optional<int64_t> MmaOperand::classify(Major major, PieceAccess &result) {
  ArrayRef<unsigned> along =
      major == Major::Depth ? ArrayRef<unsigned>(product.depth) : dims;
  bool isWhole = loops.areWhole(along, width);
  if ((!isWhole && along.size() > 1) ||
      !LaneEmitter::canVectorize(lanes.getRegion()))
    return std::nullopt;
  // Somewhere aside, at places of which nothing is known.
  linalg::LinalgOp op = product.op;
  Block aside;
  OpBuilder::InsertionGuard guard(builder);
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
  int64_t bytes = source ? getCopyBytes(source->load) : 0;
  int64_t loads = llvm::count_if(
      aside, [](Operation &op) { return isa<memref::LoadOp>(op); });
  while (!aside.empty())
    aside.back().erase();
  // Evaluated together, elements behind the end would be read.
  if (!bytes && !isWhole)
    return std::nullopt;
  result = {major, bytes, isWhole};
  return bytes ? pieceBytes / bytes : 8 + loads;
}

PieceAccess MmaOperand::chooseAccess() {
  PieceAccess best;
  std::optional<int64_t> cost;
  for (Major major : {Major::Depth, Major::Lines}) {
    if (major == Major::Lines && elementBytes != 2)
      continue;
    PieceAccess found;
    std::optional<int64_t> next = classify(major, found);
    if (next && (!cost || *next < *cost)) {
      cost = next;
      best = found;
    }
  }
  if (cost)
    return best;
  // One by one, neighbours in memory in one thread where they are known.
  linalg::LinalgOp op = product.op;
  AffineMap map = op.getMatchingIndexingMap(operand);
  if (elementBytes == 2 && map.getNumResults() &&
      map.getResults().back().isFunctionOfDim(dims.back()) &&
      !map.getResults().back().isFunctionOfDim(product.depth.back()))
    best.major = Major::Lines;
  return best;
}

//===----------------------------------------------------------------------===//
// To shared memory
//===----------------------------------------------------------------------===//

void MmaOperand::begin(Value thread, int64_t threads,
                       const ProductLoops::Indices &iteration, Value firstLine,
                       Value numLines, Value numDepth) {
  this->thread = thread;
  this->threads = threads;
  this->iteration = iteration;
  this->firstLine = firstLine;
  this->numLines = numLines;
  this->numDepth = numDepth;
}

/// Of one thread; threads without any are possible.
int64_t MmaOperand::getPieces() const {
  return llvm::divideCeil(getBytes() / pieceBytes, threads);
}

std::pair<Value, Value> MmaOperand::getPlace(int64_t i) {
  int64_t total = getBytes() / pieceBytes;
  Value number = i32.add(thread, i * threads);
  // More threads than pieces: some bring the same piece.
  if (total < threads)
    number = i32.rem(number, total);
  if (access.major == Major::Depth) {
    int64_t perLine = depth / width;
    return {i32.div(number, perLine), i32.mul(i32.rem(number, perLine), width)};
  }
  int64_t perLine = lines / width;
  return {i32.mul(i32.rem(number, perLine), width), i32.div(number, perLine)};
}

Value MmaOperand::permute(Value row, Value piece) {
  int64_t perRow = (access.major == Major::Depth ? depth : lines) / width;
  // Eight rows of a matrix are to lie in eight different groups of banks.
  int64_t cycle = std::min<int64_t>(perRow, 8);
  Value key =
      cycle == 8 ? i32.rem(row, 8) : i32.rem(i32.div(row, 8 / cycle), cycle);
  return i32.add(i32.mul(row, perRow * pieceBytes),
                 i32.mul(i32.bitXor(piece, key), pieceBytes));
}

Value MmaOperand::getOffset(Value line, Value at) {
  return access.major == Major::Depth ? permute(line, i32.div(at, width))
                                      : permute(at, i32.div(line, width));
}

/// Whether a panel can reach beyond the end of the depth.
bool MmaOperand::mayBeOutside() {
  std::optional<int64_t> known = constantOf(numDepth);
  return !known || *known % depth != 0;
}

/// Rows and columns that are not there read what is at the beginning, for what
/// comes of them is not stored; a depth that is not there must read as zero.
bool MmaOperand::copy(Value to, Value line, Value at) {
  bool alongDepth = access.major == Major::Depth;
  Value lineIsThere = isBelow(line, numLines);
  Value depthIsThere = isBelow(at, numDepth);
  Value zero = constant(0);
  Value source = select(lineIsThere, line, zero);
  bool isGuarded = mayBeOutside();
  Value from = isGuarded ? select(depthIsThere, at, zero) : at;
  Value piece = evaluate(source, from);
  std::optional<Source> found = matchSource(piece);
  if (!found || getCopyBytes(found->load) < access.copyBytes)
    return false;
  // Bytes that are read.
  Value valid;
  auto bytesUntil = [&](Value end, Value begin) {
    Value left = builder.createOrFold<arith::SubIOp>(loc(), end, begin);
    Value bytes =
        i32.mul(i32.toI32(minimum(left, constant(width))), elementBytes);
    return bytes;
  };
  Value whole = i32.number(pieceBytes), none = i32.number(0);
  if (!(access.isVector)) // Pieces may cross the end.
    valid =
        alongDepth ? bytesUntil(numDepth, from) : bytesUntil(numLines, source);
  if (isGuarded)
    valid = select(depthIsThere, valid ? valid : whole, none);
  if (found->isThere)
    valid = select(found->isThere, valid ? valid : whole, none);
  Value pointer = getPointer(builder, loc(), found->load.getBase(),
                             found->load.getIndices());
  for (int64_t part = 0; part < pieceBytes; part += access.copyBytes) {
    Value partly;
    if (valid && access.copyBytes == pieceBytes)
      partly = valid;
    else if (valid)
      partly = arith::MaxSIOp::create(
          builder, loc(), none,
          arith::MinSIOp::create(builder, loc(),
                                 i32.sub(valid, i32.number(part)),
                                 i32.number(access.copyBytes)));
    copyAsync(builder, loc(), advance(builder, loc(), to, i32.number(part)),
              advance(builder, loc(), pointer, i32.number(part)),
              access.copyBytes, partly);
  }
  return true;
}

Value MmaOperand::evaluateSlowly(Value line, Value at) {
  linalg::LinalgOp op = product.op;
  bool alongDepth = access.major == Major::Depth;
  lanes.setLanes(1);
  Type type = getElementTypeOrSelf(operand->get());
  Value zero =
      arith::ConstantOp::create(builder, loc(), builder.getZeroAttr(type));
  Value one = constant(1);
  Value lastLine = builder.createOrFold<arith::SubIOp>(loc(), numLines, one);
  Value lastDepth = builder.createOrFold<arith::SubIOp>(loc(), numDepth, one);
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

SmallVector<Type> MmaOperand::getPendingTypes() {
  if (access.copyBytes)
    return {};
  return SmallVector<Type>(
      getPieces(),
      VectorType::get({width}, getElementTypeOrSelf(operand->get())));
}

SmallVector<Value> MmaOperand::fetch(Value panel, Value from) {
  SmallVector<Value> pending;
  for (int64_t i = 0; i < getPieces(); ++i) {
    auto [line, at] = getPlace(i);
    Value row = builder.createOrFold<arith::AddIOp>(loc(), firstLine,
                                                    i32.toIndex(line));
    Value step =
        builder.createOrFold<arith::AddIOp>(loc(), from, i32.toIndex(at));
    if (access.copyBytes) {
      [[maybe_unused]] bool isCopied =
          copy(advance(builder, loc(), panel, getOffset(line, at)), row, step);
      assert(isCopied && "a piece that was a copy when it was chosen");
      continue;
    }
    if (!access.isVector) {
      pending.push_back(evaluateSlowly(row, step));
      continue;
    }
    // Pieces do not cross an end, so that the last one is inside.
    auto last = [&](Value size) {
      return builder.createOrFold<arith::SubIOp>(loc(), size, constant(1));
    };
    Value zero = constant(0);
    Value inside = isBelow(step, numDepth);
    Value within = mayBeOutside() ? (access.major == Major::Depth
                                         ? select(inside, step, zero)
                                         : minimum(step, last(numDepth)))
                                  : step;
    Value piece = evaluate(select(isBelow(row, numLines), row, zero), within);
    if (mayBeOutside())
      piece = select(inside, piece,
                     arith::ConstantOp::create(
                         builder, loc(), builder.getZeroAttr(piece.getType())));
    pending.push_back(piece);
  }
  return pending;
}

void MmaOperand::finish(Value panel, ValueRange pieces) {
  for (auto [i, piece] : llvm::enumerate(pieces)) {
    auto [line, at] = getPlace(i);
    LLVM::StoreOp::create(builder, loc(), piece,
                          advance(builder, loc(), panel, getOffset(line, at)),
                          pieceBytes);
  }
}

//===----------------------------------------------------------------------===//
// From shared memory
//===----------------------------------------------------------------------===//

SmallVector<Value> MmaOperand::loadFragments(Value panel, Value lane,
                                             Value line, int64_t step) {
  bool alongDepth = access.major == Major::Depth;
  // The four matrices are (first lines, second lines) x (piece 0, piece 1) of
  // the depth; a left operand counts along the lines first. Transposed ones are
  // stored along the other dimension.
  Value low = i32.rem(lane, 8), middle = i32.rem(i32.div(lane, 8), 2),
        high = i32.div(lane, 16);
  Value ofLine = isLeft ? middle : high, ofPiece = isLeft ? high : middle;
  int64_t first = step * 2 * width; // Elements of the depth.
  Value offset;
  if (alongDepth)
    offset = permute(i32.add(line, i32.add(low, i32.mul(ofLine, 8))),
                     i32.add(ofPiece, first / width));
  else
    offset = permute(i32.add(i32.add(low, i32.mul(ofPiece, 8)), first),
                     i32.add(i32.div(line, 8), ofLine));
  return loadMatrices(builder, loc(), advance(builder, loc(), panel, offset), 4,
                      !alongDepth);
}
