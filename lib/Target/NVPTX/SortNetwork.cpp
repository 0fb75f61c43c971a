//===- SortNetwork.cpp - Sorting what threads hold ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Bitonic sorting with all comparisons in one direction: runs of length k/2 are
// merged by comparing i with its mirror image in the 2 runs, i ^ (k - 1), and
// then halves of halves, i ^ k/4, ..., i ^ 1.
//
//===----------------------------------------------------------------------===//

#include "SortNetwork.h"

#include "Exchange.h"
#include "SharedMemory.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

static constexpr int64_t warp = 32;

SortNetwork::SortNetwork(OpBuilder &builder, gpu::LaunchOp launch,
                         IntegerType word, int64_t registers, int64_t threads)
    : builder(builder), loc(launch.getLoc()), registers(registers),
      threads(threads), thread(launch.getThreadIds().x) {
  shared = addShared(builder, launch, (registers + 1) * threads, word);
}

Value SortNetwork::constant(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value SortNetwork::getPlace(Value index) {
  Value skipped =
      arith::DivUIOp::create(builder, loc, index, constant(registers));
  return arith::AddIOp::create(builder, loc, index, skipped);
}

//===----------------------------------------------------------------------===//
// In a thread
//===----------------------------------------------------------------------===//

void SortNetwork::compareExchange(Value &before, Value &after) {
  Value isWrong = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                        after, before);
  Value first = arith::SelectOp::create(builder, loc, isWrong, after, before);
  after = arith::SelectOp::create(builder, loc, isWrong, before, after);
  before = first;
}

void SortNetwork::mergeRegisters(Values &words) {
  for (int64_t stride = registers / 2; stride > 0; stride /= 2)
    for (int64_t i = 0; i < registers; ++i)
      if (!(i & stride))
        compareExchange(words[i], words[i + stride]);
}

void SortNetwork::sortRegisters(Values &words) {
  for (int64_t run = 2; run <= registers; run *= 2) {
    for (int64_t i = 0; i < registers; ++i)
      if (int64_t mirrored = i ^ (run - 1); i < mirrored)
        compareExchange(words[i], words[mirrored]);
    for (int64_t stride = run / 4; stride > 0; stride /= 2)
      for (int64_t i = 0; i < registers; ++i)
        if (!(i & stride))
          compareExchange(words[i], words[i + stride]);
  }
}

//===----------------------------------------------------------------------===//
// Between threads
//===----------------------------------------------------------------------===//

SmallVector<Value> SortNetwork::exchangeInWarp(ValueRange words, Value mask) {
  Value lanes =
      arith::IndexCastUIOp::create(builder, loc, builder.getI32Type(), mask);
  return llvm::map_to_vector(
      words, [&](Value word) { return shuffleXor(builder, loc, word, lanes); });
}

SmallVector<Value> SortNetwork::exchangeInBlock(ValueRange words,
                                                Value partner) {
  auto placeOf = [&](int64_t number, Value owner) -> Value {
    return arith::AddIOp::create(builder, loc, constant(number * threads),
                                 owner);
  };
  for (auto [i, word] : llvm::enumerate(words))
    memref::StoreOp::create(builder, loc, word, shared, placeOf(i, thread));
  gpu::BarrierOp::create(builder, loc);
  Values others;
  for (int64_t i = 0; i < registers; ++i)
    others.push_back(
        memref::LoadOp::create(builder, loc, shared, placeOf(i, partner)));
  // Before the next words are stored.
  gpu::BarrierOp::create(builder, loc);
  return others;
}

/// With the thread whose number differs in the bits of `mask`, of which `top`
/// is the highest: of each two words the one before them keeps the lesser.
SmallVector<Value> SortNetwork::exchange(ValueRange words, Value mask,
                                         Value top, bool mirrored) {
  Value partner = arith::XOrIOp::create(builder, loc, thread, mask);
  Value isNear = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                       mask, constant(warp));
  auto branch = scf::IfOp::create(
      builder, loc, isNear,
      [&](OpBuilder &, Location) {
        scf::YieldOp::create(builder, loc, exchangeInWarp(words, mask));
      },
      [&](OpBuilder &, Location) {
        scf::YieldOp::create(builder, loc, exchangeInBlock(words, partner));
      });
  Value bit = arith::AndIOp::create(builder, loc, thread, top);
  Value isBefore = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                         bit, constant(0));
  Values result;
  for (int64_t i = 0; i < registers; ++i) {
    Value other = branch.getResult(mirrored ? registers - 1 - i : i);
    Value isLess = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ult, other, words[i]);
    Value takes = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        isLess, isBefore);
    result.push_back(
        arith::SelectOp::create(builder, loc, takes, other, words[i]));
  }
  return result;
}

/// Exchanges at distances of 2^(count - 1) threads, ..., 2, 1.
SmallVector<Value> SortNetwork::halve(ValueRange words, Value count) {
  Value one = constant(1);
  auto loop = scf::ForOp::create(
      builder, loc, constant(0), count, one, words,
      [&](OpBuilder &, Location, Value step, ValueRange state) {
        Value left = arith::SubIOp::create(
            builder, loc, arith::SubIOp::create(builder, loc, count, one),
            step);
        Value distance = arith::ShLIOp::create(builder, loc, one, left);
        scf::YieldOp::create(builder, loc,
                             exchange(state, distance, distance, false));
      });
  return loop.getResults();
}

SmallVector<Value> SortNetwork::sort(ValueRange words, Value phases) {
  Values sorted(words);
  sortRegisters(sorted);
  Value one = constant(1);
  auto loop = scf::ForOp::create(
      builder, loc, constant(0), phases, one, sorted,
      [&](OpBuilder &, Location, Value phase, ValueRange state) {
        Value top = arith::ShLIOp::create(builder, loc, one, phase);
        Value twice = arith::AddIOp::create(builder, loc, top, top);
        Value mask = arith::SubIOp::create(builder, loc, twice, one);
        Values merged = halve(exchange(state, mask, top, true), phase);
        mergeRegisters(merged);
        scf::YieldOp::create(builder, loc, merged);
      });
  return loop.getResults();
}

SmallVector<Value> SortNetwork::merge(ValueRange words) {
  Values merged(words);
  mergeRegisters(merged);
  return halve(merged, constant(llvm::Log2_64(threads)));
}
