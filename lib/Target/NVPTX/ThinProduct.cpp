//===- ThinProduct.cpp - Products with few rows, at the speed of memory ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ThinProduct.h"

#include "Ring.h"
#include "graphc/Target/NVPTX/Device.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

//===----------------------------------------------------------------------===//
// Pieces and fragments
//===----------------------------------------------------------------------===//

SmallVector<Value> ThinProductEmitter::toWords(Value piece) {
  Values words = nvptx::toWords(builder, loc(), piece);
  if (type == MmaType::TF32)
    for (Value &word : words)
      word = roundToTF32(builder, loc(), word);
  return words;
}

ThinProductEmitter::Places ThinProductEmitter::getThinPlaces(Value at) {
  Value line = i32.div(lane, 4);
  Value step = i32.toIndex(i32.mul(i32.rem(lane, 4), thin->getWidth()));
  Places places;
  for (int64_t block = 0; block < thinBlocks; ++block)
    places.push_back({i32.toIndex(i32.add(line, block * mmaColumns)),
                      fold<arith::AddIOp>(at, step)});
  return places;
}

/// The words with line `line` of the steps of this lane, two in each.
SmallVector<Value> ThinProductEmitter::pairSteps(ArrayRef<Value> steps,
                                                 int64_t line) {
  Values words;
  if (getElementBytes() == 4) {
    for (Value step : steps)
      words.push_back(toWords(step)[line]);
    return words;
  }
  auto pairType = VectorType::get(
      {2}, cast<VectorType>(steps[0].getType()).getElementType());
  for (unsigned first : {0, 2}) {
    Value pair = vector::ShuffleOp::create(
        builder, loc(), pairType, steps[first], steps[first + 1],
        ArrayRef<int64_t>{line, wide->getWidth() + line});
    words.push_back(toWords(pair).front());
  }
  return words;
}

ThinProductEmitter::Places ThinProductEmitter::getWidePlaces(Value at) {
  Value g = i32.div(lane, 4), t = i32.rem(lane, 4);
  auto depthAt = [&](Value step) {
    return fold<arith::AddIOp>(at, i32.toIndex(step));
  };
  Places places;
  for (int64_t group = 0; group < groups; ++group) {
    auto lineAt = [&](Value line) {
      Value ofWarp = i32.add(line, group * linesOfGroup());
      return fold<arith::AddIOp>(firstLine, i32.toIndex(ofWarp));
    };
    if (alongDepth()) {
      Value step = depthAt(i32.mul(t, wide->getWidth()));
      places.push_back({lineAt(g), step});
      places.push_back({lineAt(i32.add(g, 8)), step});
      continue;
    }
    Value line = lineAt(i32.mul(g, wide->getWidth()));
    for (int64_t i = 0; i < piecesOfGroup(); ++i)
      places.push_back(
          {line, depthAt(i32.add(i32.mul(t, piecesOfGroup()), i))});
  }
  return places;
}

SmallVector<SmallVector<Value>>
ThinProductEmitter::makeFragments(ArrayRef<Value> pieces) {
  SmallVector<Values> fragments;
  if (alongDepth()) {
    SmallVector<Value> low = toWords(pieces[0]), high = toWords(pieces[1]);
    for (unsigned i : {0, 2})
      fragments.push_back({low[i], high[i], low[i + 1], high[i + 1]});
    return fragments;
  }
  for (int64_t j = 0; j < wide->getWidth(); j += 2) {
    SmallVector<Value> even = pairSteps(pieces, j),
                       odd = pairSteps(pieces, j + 1);
    fragments.push_back({even[0], odd[0], even[1], odd[1]});
  }
  return fragments;
}

void ThinProductEmitter::multiplyPart(MutableArrayRef<Value> sums,
                                      ArrayRef<Value> pieces,
                                      ArrayRef<Value> thinPieces) {
  Values thinWords;
  for (Value piece : thinPieces)
    llvm::append_range(thinWords, toWords(piece));
  int64_t wordsOfBlock = thinWords.size() / thinBlocks;
  for (int64_t group = 0; group < groups; ++group) {
    SmallVector<Values> fragments =
        makeFragments(pieces.slice(group * piecesOfGroup(), piecesOfGroup()));
    for (int64_t block = 0; block < thinBlocks; ++block)
      for (int64_t j = 0; j < products(); ++j) {
        // Along the depth all products go to the same sums.
        Value *sum = &sums[(block * groups + group) * sumsOfGroup() +
                           (alongDepth() ? 0 : 4 * j)];
        ArrayRef<Value> words = ArrayRef(thinWords).slice(
            block * wordsOfBlock + (alongDepth() ? 2 * j : 0), 2);
        llvm::copy(multiplyFragments(builder, loc(), *type, fragments[j], words,
                                     ArrayRef(sum, 4)),
                   sum);
      }
  }
}

//===----------------------------------------------------------------------===//
// Along the depth
//===----------------------------------------------------------------------===//

/// Where this warp's part of the depth begins in a step.
Value ThinProductEmitter::depthOf(Value step) {
  return fold<arith::AddIOp>(fold<arith::MulIOp>(step, constant(depthOfStep())),
                             i32.toIndex(i32.mul(warp, unrolled * part)));
}

/// The sums of this lane over its warp's part of the depth.
SmallVector<Value> ThinProductEmitter::multiply() {
  Value numSteps = fold<arith::CeilDivUIOp>(numDepth, constant(depthOfStep()));
  return lanes.loop(
      constant(0), numSteps, 1, makeZeros(numSums(), sumType),
      [&](Value step, ValueRange current) {
        Values next(current);
        if (!type) {
          multiplyStepByLane(next, depthOf(step));
          return next;
        }
        Pieces pieces;
        auto read = [](PieceReader &reader, const Places &places) {
          return llvm::map_to_vector(places, [&](auto place) {
            return reader.read(place.first, place.second);
          });
        };
        for (int64_t i = 0; i < unrolled; ++i) {
          Value at = fold<arith::AddIOp>(depthOf(step), constant(i * part));
          pieces.wide.push_back(read(*wide, getWidePlaces(at)));
          pieces.thin.push_back(read(*thin, getThinPlaces(at)));
        }
        for (int64_t i = 0; i < unrolled; ++i)
          multiplyPart(next, pieces.wide[i], pieces.thin[i]);
        return next;
      });
}

//===----------------------------------------------------------------------===//
// The ring
//===----------------------------------------------------------------------===//

Value ThinProductEmitter::placeOf(bool isWide, const RingPiece &piece) {
  int64_t bytes = (isWide ? *wide : *thin).getBytes();
  Value place;
  if (isWide && !alongDepth()) {
    Value row = bytes < pieceBytes
                    ? i32.bitXor(piece.t, i32.rem(piece.number, 2))
                    : piece.t;
    place = i32.add(i32.mul(row, 8), i32.bitXor(piece.g, i32.mul(piece.t, 2)));
  } else {
    place = i32.bitXor(i32.add(i32.mul(piece.g, 4), piece.t),
                       i32.mul(i32.rem(piece.part, 2), 64 / bytes));
  }
  Value row = i32.add(i32.mul(piece.part, isWide ? piecesOfPart() : thinBlocks),
                      piece.number);
  Value ofWarp = i32.add(i32.mul(row, warps), warp);
  Value at = i32.mul(i32.add(i32.mul(ofWarp, 32), place), bytes);
  int64_t first =
      isWide ? 0 : threads() * unrolled * piecesOfPart() * wide->getBytes();
  return i32.add(at, first);
}

ThinProductEmitter::RingPiece ThinProductEmitter::findCopy(bool isWide,
                                                           Value number,
                                                           Value &line,
                                                           Value &depth) {
  RingPiece piece;
  if (isWide && !alongDepth()) {
    Value inRow = i32.rem(number, 8 * groups),
          row = i32.div(number, 8 * groups);
    Value inPart = i32.rem(row, part), group = i32.div(inRow, 8);
    piece.part = i32.div(row, part);
    piece.g = i32.rem(inRow, 8);
    piece.t = i32.div(inPart, piecesOfGroup());
    piece.number = i32.add(i32.mul(group, piecesOfGroup()),
                           i32.rem(inPart, piecesOfGroup()));
    line = i32.mul(inRow, wide->getWidth());
    depth = row;
    return piece;
  }
  Value inLine = i32.rem(number, 4 * unrolled);
  line = i32.div(number, 4 * unrolled);
  piece.part = i32.div(inLine, 4);
  piece.t = i32.rem(inLine, 4);
  piece.g = i32.rem(line, 8);
  piece.number = i32.div(line, 8);
  depth = i32.mul(inLine, thin->getWidth());
  return piece;
}

/// Begins to bring this warp's pieces of step `step` to the stage at `offset`.
void ThinProductEmitter::fetchStage(Value step, Value numSteps, Value offset) {
  guard(isBelow(step, numSteps), [&] {
    Value stage = advance(builder, loc(), shared, offset),
          first = depthOf(step);
    for (bool isWide : {true, false}) {
      PieceReader &reader = isWide ? *wide : *thin;
      int64_t count = unrolled * (isWide ? piecesOfPart() : thinBlocks);
      for (int64_t i = 0; i < count; ++i) {
        Value line, depth;
        RingPiece piece = findCopy(isWide, i32.add(lane, i * 32), line, depth);
        Value at = i32.toIndex(line);
        reader.copy(advance(builder, loc(), stage, placeOf(isWide, piece)),
                    isWide ? fold<arith::AddIOp>(firstLine, at) : at,
                    fold<arith::AddIOp>(first, i32.toIndex(depth)));
      }
    }
  });
}

Value ThinProductEmitter::loadPiece(bool isWide, Value stage,
                                    const RingPiece &piece) {
  PieceReader &reader = isWide ? *wide : *thin;
  auto type = VectorType::get({reader.getWidth()}, reader.getElementType());
  return LLVM::LoadOp::create(
      builder, loc(), type,
      advance(builder, loc(), stage, placeOf(isWide, piece)),
      reader.getBytes());
}

/// The pieces that this lane multiplies, from the stage at `offset`.
ThinProductEmitter::Pieces ThinProductEmitter::loadStage(Value offset) {
  Value stage = advance(builder, loc(), shared, offset);
  Value g = i32.div(lane, 4), t = i32.rem(lane, 4);
  Pieces pieces;
  for (bool isWide : {true, false}) {
    for (int64_t i = 0; i < unrolled; ++i) {
      Values &ofPart = (isWide ? pieces.wide : pieces.thin).emplace_back();
      for (int64_t j = 0; j < (isWide ? piecesOfPart() : thinBlocks); ++j) {
        ofPart.push_back(
            loadPiece(isWide, stage, {i32.number(i), i32.number(j), g, t}));
      }
    }
  }
  return pieces;
}

/// The same, through this warp's ring in shared memory.
SmallVector<Value> ThinProductEmitter::multiplyFromRing() {
  Value numSteps = fold<arith::CeilDivUIOp>(numDepth, constant(depthOfStep()));
  return CopyRing{stages, stageBytes()}.walk(
      lanes, numSteps, makeZeros(numSums(), sumType),
      [&](Value step, Value offset) { fetchStage(step, numSteps, offset); },
      [&](Value step, Value full, Value empty, ValueRange sums) {
        // Other lanes brought pieces, and have read what is to be replaced.
        NVVM::SyncWarpOp::create(builder, loc(), i32.number(-1));
        Values next(sums);
        Pieces pieces;
        if (type)
          pieces = loadStage(full);
        fetchStage(step, numSteps, empty);
        commitCopies(builder, loc());
        if (!type) {
          multiplyStageByLane(next, full);
          return next;
        }
        for (int64_t i = 0; i < unrolled; ++i)
          multiplyPart(next, pieces.wide[i], pieces.thin[i]);
        return next;
      });
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Where the sum of a warp is in shared memory.
Value ThinProductEmitter::getSumPlace(Value ofWarp, Value thinLine,
                                      Value line) {
  Value row = i32.add(i32.mul(ofWarp, thinBlocks * mmaColumns), thinLine);
  Value number = i32.add(i32.mul(row, sumPitch()), line);
  return advance(builder, loc(), shared, i32.mul(number, getSumBytes()));
}

void ThinProductEmitter::shareSums(ArrayRef<Value> sums) {
  if (!type)
    return shareSumsOfLanes(sums);
  Value g = i32.div(lane, 4), t = i32.mul(i32.rem(lane, 4), 2);
  for (auto [i, sum] : llvm::enumerate(sums)) {
    int64_t number = i / sumsOfGroup(), product = i % sumsOfGroup() / 4;
    int64_t block = number / groups, group = number % groups;
    Value thinLine = i32.add(t, block * mmaColumns + i % 2);
    bool isUpper = i % 4 >= 2;
    Value line = alongDepth() ? i32.add(g, isUpper ? 8 : 0)
                              : i32.add(i32.mul(g, wide->getWidth()),
                                        2 * product + (isUpper ? 1 : 0));
    line = i32.add(line, group * linesOfGroup());
    LLVM::StoreOp::create(builder, loc(), sum,
                          getSumPlace(warp, thinLine, line), 4);
  }
  gpu::BarrierOp::create(builder, loc());
}

void ThinProductEmitter::store() {
  lanes.setLanes(1);
  Value lines = constant(linesOfWarp());
  auto loop = scf::ForOp::create(builder, loc(), i32.toIndex(thread),
                                 fold<arith::MulIOp>(numThin, lines),
                                 constant(threads()));
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPoint(loop.getBody()->getTerminator());
  Value number = loop.getInductionVar();
  Value thinLine = fold<arith::DivUIOp>(number, lines);
  Value line = fold<arith::RemUIOp>(number, lines);
  Value at = fold<arith::AddIOp>(firstLine, line);
  guard(isBelow(at, numWide), [&] {
    Value sum;
    for (int64_t i = 0; i < warps; ++i) {
      Value next = LLVM::LoadOp::create(
          builder, loc(), sumType,
          getSumPlace(i32.number(i), i32.toI32(thinLine), i32.toI32(line)),
          getSumBytes());
      sum = sum ? arith::AddFOp::create(builder, loc(), sum, next) : next;
    }
    loops.store(iteration, isThinLeft ? thinLine : at,
                isThinLeft ? at : thinLine, sum);
  });
}

void ThinProductEmitter::emitThread(Value block) {
  Value tiles = fold<arith::CeilDivUIOp>(numWide, constant(linesOfWarp()));
  firstLine = fold<arith::MulIOp>(fold<arith::RemUIOp>(block, tiles),
                                  constant(linesOfWarp()));
  enterBatch(fold<arith::DivUIOp>(block, tiles));
  wide->begin(iteration, numWide, numDepth, depthOfStep());
  thin->begin(iteration, numThin, numDepth, depthOfStep());
  shareSums(hasRing() ? multiplyFromRing() : multiply());
  store();
}

void ThinProductEmitter::emit() {
  plan();
  Value blocks = fold<arith::MulIOp>(
      fold<arith::CeilDivUIOp>(numWide, constant(linesOfWarp())), numBatch);
  gpu::LaunchOp launch = emitLaunch(blocks, threads(), sharedByteCount(),
                                    [&](Value block) { emitThread(block); });
  launch->setAttr(followedEarlyAttrName, builder.getUnitAttr());
}
