//===- SplitAttentionTiles.cpp - Few queries, by tensor cores -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A warp takes tiles of 16 keys. With the names of Mma.h, lane l being number t
// of group g:
//
//   S = Q K^T        row g is member g (the rows from 8 on are zero), columns
//                    are keys: this lane has those of columns 2t and 2t+1
//   O^T = V^T P^T    column g is member g: its weights of the keys 2t and 2t+1
//                    are what this lane has, as they are
//
// So weights need no exchange. In a product, the order of the depth is free as
// long as both operands have the same: of the keys g and g+8 a lane reads every
// fourth piece, of which two words are the depth of one product; of the values
// piece g of the keys 2t, 2t+1, 2t+8 and 2t+9, whose elements are paired in
// registers. Each warp brings whole lines of memory through a ring of its own,
// and waits for no other.
//
//===----------------------------------------------------------------------===//

#include "SplitAttention.h"

#include "Exchange.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using arith::CmpIPredicate;

/// Elements of 16 bits of a piece, and of what four and eight lanes read.
static constexpr int64_t pieceElements = 8, partElements = 4 * pieceElements,
                         blockElements = 8 * pieceElements;
static constexpr int64_t wordsOfPiece = 4, fragmentSums = 4;
/// Products for a block of the values' columns.
static constexpr int64_t productsOfBlock = 4;
/// Keys of the tile, from 2t on, whose weights and values a lane has.
static constexpr std::array<int64_t, 4> keysOfTile = {0, 1, 8, 9};
/// Depths whose sums and queries registers hold.
static constexpr int64_t maxDepth = 256;
/// Up to that many elements of a key and its value in shared memory, every chip
/// has two stages of four warps.
static constexpr int64_t maxElementsOfFour = 256;
static constexpr int64_t maxStages = 5;
/// Of shared memory, for each block.
static constexpr int64_t reservedBytes = 1024;

//===----------------------------------------------------------------------===//
// Plan
//===----------------------------------------------------------------------===//

int64_t SplitAttention::keyParts() const {
  return llvm::divideCeil(parts.depth, partElements);
}
int64_t SplitAttention::valueBlocks() const {
  return llvm::divideCeil(parts.valueDepth, blockElements);
}
int64_t SplitAttention::linePieces(bool isKey) const {
  int64_t depth = isKey ? parts.depth : parts.valueDepth;
  return llvm::alignTo(depth, blockElements) / pieceElements;
}

bool SplitAttention::planTiles() {
  Type type = getElementTypeOrSelf(parts.getKey()->get().getType());
  for (OpOperand *operand : {parts.getQuery(), parts.getValue()})
    if (getElementTypeOrSelf(operand->get().getType()) != type)
      return false;
  int64_t most = std::max(parts.depth, parts.valueDepth);
  if (!(type.isF16() || type.isBF16()) || most > maxDepth ||
      parts.depth % pieceElements || parts.valueDepth % pieceElements)
    return false;
  scoresProduct = describeBatched(parts.products, parts.numRows);
  valuesProduct = describeBatched(parts.weighted, parts.numRows);
  scoresLoops.emplace(lanes, scoresProduct);
  valuesLoops.emplace(lanes, valuesProduct);
  keyReader.emplace(lanes, *scoresLoops, scoresProduct, /*isLeft=*/false,
                    pieceElements);
  keyReader->chooseAccess(Major::Depth);
  valueReader.emplace(lanes, *valuesLoops, valuesProduct, /*isLeft=*/false,
                      pieceElements);
  valueReader->chooseAccess(Major::Lines);
  for (PieceReader *reader : {&*keyReader, &*valueReader}) {
    if (reader->getAccess().copyBytes != pieceBytes)
      return false;
    // What is behind the last key counts as nothing: a weight of zero would
    // not hide that it is infinite.
    reader->setZeroLines();
    reader->setStreamed();
  }
  members = std::clamp<int64_t>(allMembers.value_or(maxMembers), 1, maxMembers);
  bool isNarrow = (linePieces(true) + linePieces(false)) * pieceElements <=
                  maxElementsOfFour;
  threads = (isNarrow ? 4 : 2) * warpLanes;
  return true;
}

/// As many stages as fit where two blocks share a multiprocessor or, if those
/// are too few, where one has it; no more than a part has steps.
CopyRing SplitAttention::planRing(int64_t sharedBytes, int64_t numParts) const {
  CopyRing plan;
  plan.stageBytes = warps() * tileBytes();
  int64_t merged = warps() * members * stateSize() * sizeof(float);
  int64_t half = (sharedBytes + reservedBytes) / 2 - reservedBytes;
  int64_t stages = (half - merged) / plan.stageBytes;
  if (stages < 2)
    stages = (sharedBytes - merged) / plan.stageBytes;
  if (std::optional<int64_t> keys = constantOf(parts.keys))
    stages = std::min<int64_t>(stages,
                               llvm::divideCeil(*keys, numParts * stepKeys()));
  plan.stages = std::clamp<int64_t>(stages, 2, maxStages);
  return plan;
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

/// Places of the lines that a quarter of a warp reads at once differ in their
/// bits, so that it finds its pieces in different banks.
Value SplitAttention::getPlace(Value offset, bool isKey, Value line,
                               Value piece) {
  Value bits = isKey ? i32.mul(i32.rem(line, 2), 4)
                     : i32.mul(i32.rem(i32.div(line, 2), 4), 2);
  Value number =
      i32.add(i32.mul(line, linePieces(isKey)), i32.bitXor(piece, bits));
  int64_t first = isKey ? 0 : tileKeys * linePieces(/*isKey=*/true);
  Value place = i32.mul(i32.add(number, first), pieceBytes);
  Value ofWarp = i32.mul(i32.div(thread, warpLanes), tileBytes());
  return advance(builder, parts.loc(), ringStart,
                 i32.add(offset, i32.add(ofWarp, place)));
}

void SplitAttention::fetchTile(Value first, Value offset) {
  for (bool isKey : {true, false})
    for (int64_t i = 0; i < tileKeys * linePieces(isKey); i += warpLanes) {
      Value number = i32.add(lane, i);
      Value line = i32.div(number, linePieces(isKey)),
            piece = i32.rem(number, linePieces(isKey));
      Value to = getPlace(offset, isKey, line, piece);
      Value key = i32.toIndex(i32.add(first, line));
      Value element = i32.toIndex(i32.mul(piece, pieceElements));
      if (isKey)
        keyReader->copy(to, key, element);
      else
        valueReader->copy(to, element, key);
    }
}

Value SplitAttention::loadPiece(Value offset, bool isKey, Value line,
                                Value piece) {
  auto type = VectorType::get({pieceElements}, keyReader->getElementType());
  return LLVM::LoadOp::create(builder, parts.loc(), type,
                              getPlace(offset, isKey, line, piece), pieceBytes);
}

/// Of each part of the depth, the words of the piece that this lane has of the
/// keys.
SmallVector<Value> SplitAttention::loadQueryWords() {
  Value g = i32.div(lane, 4), t = i32.rem(lane, 4);
  LaneValue query = useMember(minimum(g, i32.number(members - 1)));
  Type type = keyReader->getElementType();
  Values words;
  lanes.setLanes(pieceElements);
  for (int64_t part = 0; part < keyParts(); ++part) {
    Value depth = i32.add(i32.mul(t, pieceElements), part * partElements);
    bool mayEnd = (part + 1) * partElements > parts.depth;
    Value inside = mayEnd
                       ? minimum(depth, i32.number(parts.depth - pieceElements))
                       : depth;
    Value piece = lanes.materialize(
        parts.loadQuery(query, {i32.toIndex(inside), true, {}, pieceElements}));
    if (mayEnd) // Keys are zero there, queries may be infinite.
      piece = select(
          compare(CmpIPredicate::slt, depth, i32.number(parts.depth)), piece,
          arith::ConstantOp::create(
              builder, parts.loc(),
              builder.getZeroAttr(VectorType::get({pieceElements}, type))));
    llvm::append_range(words, toWords(builder, parts.loc(), piece));
  }
  return words;
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// Of member g and the keys 2t, 2t+1, 2t+8 and 2t+9 of the tile.
SmallVector<Value> SplitAttention::multiplyKeys(Value full) {
  Value g = i32.div(lane, 4), t = i32.rem(lane, 4);
  MmaType type = *getMmaType(keyReader->getElementType(), /*allowsTF32=*/false);
  Value none = i32.number(0);
  Values scores;
  for (int64_t half = 0; half < 2; ++half) {
    Values sums(fragmentSums, real(0));
    for (int64_t part = 0; part < keyParts(); ++part) {
      Values keys =
          toWords(builder, parts.loc(),
                  loadPiece(full, /*isKey=*/true, i32.add(g, 8 * half),
                            i32.add(t, 4 * part)));
      auto query =
          ArrayRef(queryWords).slice(part * wordsOfPiece, wordsOfPiece);
      for (int64_t word = 0; word < wordsOfPiece; word += 2)
        sums = multiplyFragments(builder, parts.loc(), type,
                                 {query[word], none, query[word + 1], none},
                                 {keys[word], keys[word + 1]}, sums);
    }
    // Rows from 8 on are nobody's.
    scores.append({sums[0], sums[1]});
  }
  return scores;
}

/// Adds to `out`: four sums for each product, of the columns 8g+2j (twice) and
/// 8g+2j+1 of a block, and of the members 2t and 2t+1.
void SplitAttention::multiplyValues(State &state, ArrayRef<Value> weights,
                                    Value full) {
  Location loc = parts.loc();
  Value g = i32.div(lane, 4), t = i32.rem(lane, 4);
  Type element = keyReader->getElementType();
  MmaType type = *getMmaType(element, /*allowsTF32=*/false);
  auto pairType = VectorType::get({2}, element);
  for (int64_t block = 0; block < valueBlocks(); ++block) {
    Values keys;
    for (int64_t key : keysOfTile)
      keys.push_back(loadPiece(full, /*isKey=*/false,
                               i32.add(i32.mul(t, 2), key),
                               i32.add(g, 8 * block)));
    for (int64_t product = 0; product < productsOfBlock; ++product) {
      Values columns;
      for (unsigned first : {0, 2})
        for (int64_t column : {2 * product, 2 * product + 1})
          columns.push_back(
              toWords(builder, parts.loc(),
                      vector::ShuffleOp::create(
                          builder, loc, pairType, keys[first], keys[first + 1],
                          ArrayRef<int64_t>{column, pieceElements + column}))
                  .front());
      MutableArrayRef<Value> sums = MutableArrayRef(state.out).slice(
          (block * productsOfBlock + product) * fragmentSums, fragmentSums);
      llvm::copy(multiplyFragments(builder, loc, type, columns, weights, sums),
                 sums.begin());
    }
  }
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

SplitAttention::State SplitAttention::takeTile(Value first, Value end,
                                               const State &state, Value full) {
  Location loc = parts.loc();
  Value g = i32.div(lane, 4), t = i32.rem(lane, 4);
  Values scores = multiplyKeys(full);
  Value member = minimum(g, i32.number(members - 1));
  Value last = i32.sub(end, i32.number(1)), max = state.max;
  for (auto [score, place] : llvm::zip_equal(scores, keysOfTile)) {
    Value key = i32.add(i32.add(first, i32.mul(t, 2)), place);
    score = select(compare(CmpIPredicate::slt, key, end),
                   computeScore(member, minimum(key, last), score),
                   real(-INFINITY));
    max = larger(max, score);
  }
  for (int64_t mask : {1, 2})
    max = larger(max, shuffleXor(builder, loc, max, mask));
  Value base = finite(max), factor = exponential(state.max, base);
  State next = {max, multiply(state.sum, factor), {}};
  for (Value &score : scores) {
    score = exponential(score, base);
    next.sum = add(next.sum, score);
  }
  // Those of the members 2t and 2t+1, of which any lane of their group knows.
  std::array<Value, 2> factors;
  for (int64_t i : {0, 1})
    factors[i] = shuffleFrom(builder, loc, factor,
                             i32.mul(i32.add(i32.mul(t, 2), i), 4));
  for (auto [i, sum] : llvm::enumerate(state.out))
    next.out.push_back(multiply(sum, factors[i % 2]));
  Values weights;
  auto pairType = VectorType::get({2}, builder.getF32Type());
  auto narrow = VectorType::get({2}, keyReader->getElementType());
  for (unsigned pair : {0, 2}) {
    Value both = vector::FromElementsOp::create(
        builder, loc, pairType, ValueRange{scores[pair], scores[pair + 1]});
    both = arith::TruncFOp::create(builder, loc, narrow, both);
    weights.push_back(toWords(builder, parts.loc(), both).front());
  }
  multiplyValues(next, weights, full);
  return next;
}

SplitAttention::State SplitAttention::walkTiles(Value begin, Value end) {
  ringStart = i32.getShared();
  queryWords = loadQueryWords();
  ProductLoops::Indices iteration(parts.row.begin(), parts.row.end());
  iteration.resize(parts.numRows + 3, LaneValue::uniform(parts.constant(0)));
  keyReader->begin(iteration, i32.toIndex(end), parts.constant(parts.depth),
                   blockElements);
  // Tiles behind the last key are fetched, too.
  valueReader->begin(iteration, parts.constant(parts.valueDepth),
                     i32.toIndex(end), /*depthStep=*/0);
  valueReader->setLineStep(blockElements);
  Value warp = i32.div(thread, warpLanes);
  auto firstOf = [&](Value step) {
    Value tile = i32.add(i32.mul(step, warps()), warp);
    return i32.add(begin, i32.mul(tile, tileKeys));
  };
  Value count = builder.createOrFold<arith::MaxSIOp>(
      parts.loc(), i32.sub(end, begin), i32.number(0));
  Value numSteps = i32.div(i32.add(count, stepKeys() - 1), stepKeys());
  State start = {real(-INFINITY), real(0), {}};
  start.out.assign(valueBlocks() * productsOfBlock * fragmentSums, real(0));
  Values carried = {start.max, start.sum};
  llvm::append_range(carried, start.out);
  auto toState = [](ValueRange values) -> State {
    return {values[0], values[1], Values(values.drop_front(2))};
  };
  auto fetch = [&](Value step, Value offset) {
    fetchTile(firstOf(i32.toI32(step)), offset);
  };
  carried = ring.walk(
      lanes, i32.toIndex(numSteps), carried, fetch,
      [&](Value ahead, Value full, Value empty, ValueRange current) {
        // Other lanes brought pieces, and have read what is to be replaced.
        NVVM::SyncWarpOp::create(builder, parts.loc(), i32.number(-1));
        fetch(ahead, empty);
        commitCopies(builder, parts.loc());
        Value step = i32.sub(i32.toI32(ahead), i32.number(ring.stages - 1));
        State next = takeTile(firstOf(step), end, toState(current), full);
        Values values = {next.max, next.sum};
        llvm::append_range(values, next.out);
        return values;
      });
  return toState(carried);
}

/// To shared memory, as mergeWarps reads it.
void SplitAttention::storeTiles(State state) {
  Location loc = parts.loc();
  Value g = i32.div(lane, 4), t = i32.rem(lane, 4);
  for (int64_t mask : {1, 2})
    state.sum = add(state.sum, shuffleXor(builder, loc, state.sum, mask));
  Value warp = i32.div(thread, warpLanes);
  auto ifMember = [&](Value member, function_ref<void(Value place)> body) {
    when(compare(CmpIPredicate::slt, member, i32.number(members)),
         [&] { body(getStatePlace(warp, member)); });
  };
  auto ifColumn = [&](Value column, function_ref<void()> body) {
    when(compare(CmpIPredicate::slt, column, i32.number(parts.valueDepth)),
         body);
  };
  for (unsigned parity : {0, 1})
    ifMember(i32.add(i32.mul(t, 2), parity), [&](Value place) {
      for (int64_t block = 0; block < valueBlocks(); ++block) {
        Value column =
            i32.add(i32.mul(g, pieceElements), block * blockElements);
        ifColumn(column, [&] {
          for (int64_t i = 0; i < pieceElements; ++i) {
            int64_t product = block * productsOfBlock + i / 2;
            storeShared(state.out[product * fragmentSums + i % 2 * 2 + parity],
                        i32.add(i32.add(place, column), i));
          }
        });
      }
    });
  ifMember(g, [&](Value place) {
    when(i32.isEqual(t, 0), [&] {
      storeShared(state.max, i32.add(place, parts.valueDepth));
      storeShared(state.sum, i32.add(place, parts.valueDepth + 1));
    });
  });
}
