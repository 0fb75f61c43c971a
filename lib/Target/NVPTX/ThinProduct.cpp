//===- ThinProduct.cpp - Products with few rows, at the speed of memory ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ThinProduct.h"

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
  auto vector = cast<VectorType>(piece.getType());
  int64_t count =
      vector.getNumElements() * vector.getElementTypeBitWidth() / 32;
  Value words = vector::BitCastOp::create(
      builder, loc(), VectorType::get({count}, builder.getI32Type()), piece);
  Values result;
  for (int64_t i = 0; i < count; ++i) {
    Value word = vector::ExtractOp::create(builder, loc(), words, i);
    result.push_back(type == MmaType::TF32 ? roundToTF32(builder, loc(), word)
                                           : word);
  }
  return result;
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
        llvm::copy(multiplyFragments(builder, loc(), type, fragments[j], words,
                                     ArrayRef(sum, 4)),
                   sum);
      }
  }
}

//===----------------------------------------------------------------------===//
// Along the depth
//===----------------------------------------------------------------------===//

Value ThinProductEmitter::depthOf(Value step, int64_t i) {
  Value first = fold<arith::MulIOp>(step, constant(depthOfStep()));
  return fold<arith::AddIOp>(
      fold<arith::AddIOp>(first, i32.toIndex(i32.mul(warp, part))),
      constant(i * warps * part));
}

/// The sums of this lane over its warp's part of the depth.
SmallVector<Value> ThinProductEmitter::multiply() {
  Value numSteps = fold<arith::CeilDivUIOp>(numDepth, constant(depthOfStep()));
  return lanes.loop(
      constant(0), numSteps, 1, makeZeros(thinBlocks * groups * sumsOfGroup()),
      [&](Value step, ValueRange current) {
        Values next(current);
        Pieces pieces;
        auto read = [](PieceReader &reader, const Places &places) {
          return llvm::map_to_vector(places, [&](auto place) {
            return reader.read(place.first, place.second);
          });
        };
        for (int64_t i = 0; i < unrolled; ++i) {
          Value at = depthOf(step, i);
          pieces.wide.push_back(read(*wide, getWidePlaces(at)));
          pieces.thin.push_back(read(*thin, getThinPlaces(at)));
        }
        for (int64_t i = 0; i < unrolled; ++i)
          multiplyPart(next, pieces.wide[i], pieces.thin[i]);
        return next;
      });
}

/// Begins to bring all pieces of step `step` to the stage at `offset`: those of
/// the wide operand, then those of the thin one, piece by piece of all threads.
void ThinProductEmitter::fetchStage(Value step, Value numSteps, Value offset) {
  guard(isBelow(step, numSteps), [&] {
    Value stage = advance(builder, loc(), shared, offset);
    int64_t behind = 0;
    for (bool isWide : {true, false}) {
      PieceReader &reader = isWide ? *wide : *thin;
      Value own = i32.mul(thread, reader.getBytes());
      for (int64_t i = 0; i < unrolled; ++i) {
        Value at = depthOf(step, i);
        for (auto [line, depth] :
             isWide ? getWidePlaces(at) : getThinPlaces(at)) {
          reader.copy(advance(builder, loc(), stage, i32.add(own, behind)),
                      line, depth);
          behind += threads() * reader.getBytes();
        }
      }
    }
  });
}

/// The same pieces from the stage at `offset`.
ThinProductEmitter::Pieces ThinProductEmitter::loadStage(Value offset) {
  Value stage = advance(builder, loc(), shared, offset);
  Pieces pieces;
  int64_t behind = 0;
  for (bool isWide : {true, false}) {
    PieceReader &reader = isWide ? *wide : *thin;
    auto type = VectorType::get({reader.getWidth()}, reader.getElementType());
    Value own = i32.mul(thread, reader.getBytes());
    for (int64_t i = 0; i < unrolled; ++i) {
      auto &part = (isWide ? pieces.wide : pieces.thin).emplace_back();
      for (int64_t j = 0; j < (isWide ? piecesOfPart() : thinBlocks); ++j) {
        part.push_back(LLVM::LoadOp::create(
            builder, loc(), type,
            advance(builder, loc(), stage, i32.add(own, behind)),
            reader.getBytes()));
        behind += threads() * reader.getBytes();
      }
    }
  }
  return pieces;
}

/// The same, through this lane's ring in shared memory.
SmallVector<Value> ThinProductEmitter::multiplyFromRing() {
  Value numSteps = fold<arith::CeilDivUIOp>(numDepth, constant(depthOfStep()));
  return walkRing(
      stages, stageBytes(), numSteps,
      makeZeros(thinBlocks * groups * sumsOfGroup()),
      [&](Value step, Value offset) { fetchStage(step, numSteps, offset); },
      [&](Value step, Value full, Value empty, ValueRange sums) {
        // Nobody else reads or writes this ring.
        Pieces pieces = loadStage(full);
        fetchStage(step, numSteps, empty);
        commitCopies(builder, loc());
        Values next(sums);
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
  Value number = i32.add(i32.mul(row, linesOfWarp()), line);
  return advance(builder, loc(), shared, i32.mul(number, 4));
}

void ThinProductEmitter::shareSums(ArrayRef<Value> sums) {
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
          builder, loc(), builder.getF32Type(),
          getSumPlace(i32.number(i), i32.toI32(thinLine), i32.toI32(line)), 4);
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
  emitLaunch(blocks, threads(), sharedByteCount(),
             [&](Value block) { emitThread(block); });
}
