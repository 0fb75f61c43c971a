//===- SplitAttentionMerge.cpp - Softmax of parts of the keys -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SplitAttention.h"

#include "Exchange.h"
#include "graphc/Target/NVPTX/Device.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using arith::CmpIPredicate;

/// The streams of a warp become one.
void SplitAttention::mergeStreams(States &states) {
  Location loc = parts.loc();
  for (int64_t mask = streamLanes; mask < warpLanes; mask *= 2)
    for (State &state : states) {
      Value max = shuffleXor(builder, loc, state.max, mask);
      Value sum = shuffleXor(builder, loc, state.sum, mask);
      Value both = larger(state.max, max), base = finite(both);
      Value mine = exponential(state.max, base), other = exponential(max, base);
      state.max = both;
      state.sum = fma(state.sum, mine, multiply(sum, other));
      for (Value &out : state.out)
        out = fma(out, mine,
                  multiply(shuffleXor(builder, loc, out, mask), other));
    }
}

/// One state of `count` contributions, several at a time: their loads do not
/// wait for one another.
SplitAttention::State SplitAttention::combine(int64_t count, Reader read) {
  int64_t group = 8;
  while (count % group)
    group /= 2;
  Values initial = {real(-INFINITY), real(0), real(0)};
  Values total = loop(i32.number(0), i32.number(count), group, initial,
                      [&](Value first, ValueRange carried) -> Values {
                        States states;
                        for (int64_t i = 0; i < group; ++i)
                          states.push_back(read(i32.add(first, i)));
                        Value max = carried[0];
                        for (const State &state : states)
                          max = larger(max, state.max);
                        Value base = finite(max),
                              factor = exponential(carried[0], base);
                        Value sum = multiply(carried[1], factor);
                        Value out = multiply(carried[2], factor);
                        for (const State &state : states) {
                          factor = exponential(state.max, base);
                          sum = fma(state.sum, factor, sum);
                          out = fma(state.out.front(), factor, out);
                        }
                        return {max, sum, out};
                      });
  return {total[0], total[1], {total[2]}};
}

void SplitAttention::storeMember(Value member, Value depth,
                                 const State &state) {
  lanes.setLanes(1);
  LaneValue query = useMember(member);
  lanes.override(parts.max, LaneValue::uniform(state.max));
  lanes.override(parts.sum, LaneValue::uniform(state.sum));
  lanes.override(parts.weighted->getResult(0),
                 LaneValue::uniform(state.out.front()));
  std::size_t mark = lanes.mark();
  parts.storeWeighted(query, LaneValue::uniform(i32.toIndex(depth)));
  lanes.forget(mark);
  if (llvm::any_of(parts.region.getYieldedValues(),
                   [&](Value value) { return !parts.isPerDepth(value); }))
    when(i32.isEqual(depth, 0), [&] { parts.storeRows(query); });
  lanes.clearOverrides();
}

Value SplitAttention::getStatePlace(Value warp, Value member) {
  return i32.mul(i32.add(i32.mul(warp, members), member), stateSize());
}

void SplitAttention::storeShared(Value value, Value at) {
  memref::StoreOp::create(builder, parts.loc(), value, shared,
                          ValueRange{i32.toIndex(at)});
}

void SplitAttention::storeStates(const States &states) {
  Value warp = i32.div(thread, warpLanes);
  Value isFirst =
      compare(CmpIPredicate::slt, i32.rem(thread, i32.number(warpLanes)),
              i32.number(streamLanes));
  when(isFirst, [&] {
    for (int64_t i = 0; i < members; ++i) {
      const State &state = states[i];
      Value place = getStatePlace(warp, i32.number(i));
      for (int64_t chunk = 0; chunk < valueChunks; ++chunk) {
        Value depth = i32.mul(i32.add(lane, chunk * streamLanes), width);
        when(compare(CmpIPredicate::slt, depth, i32.number(parts.valueDepth)),
             [&] {
               for (int64_t e = 0; e < width; ++e)
                 storeShared(state.out[chunk * width + e],
                             i32.add(i32.add(place, depth), e));
             });
      }
      when(i32.isEqual(lane, 0), [&] {
        storeShared(state.max, i32.add(place, parts.valueDepth));
        storeShared(state.sum, i32.add(place, parts.valueDepth + 1));
      });
    }
  });
}

/// The warps of a block become one, whose state is stored as a part or as what
/// there is.
void SplitAttention::mergeWarps(Value block, Value part, int64_t numParts,
                                Value workspace) {
  Location loc = parts.loc();
  auto read = [&](Value at) -> Value {
    return memref::LoadOp::create(builder, loc, shared,
                                  ValueRange{i32.toIndex(at)});
  };
  loop(thread, i32.number(members * parts.valueDepth), threads, {},
       [&](Value number, ValueRange) -> Values {
         Value member = i32.div(number, parts.valueDepth);
         Value depth = i32.rem(number, i32.number(parts.valueDepth));
         State total = combine(warps(), [&](Value warp) -> State {
           Value place = getStatePlace(warp, member);
           return {read(i32.add(place, parts.valueDepth)),
                   read(i32.add(place, parts.valueDepth + 1)),
                   {read(i32.add(place, depth))}};
         });
         if (numParts == 1) {
           when(isMember(member), [&] { storeMember(member, depth, total); });
           return {};
         }
         Value first = i32.add(i32.mul(block, numParts), part);
         auto store = [&](Value value, Value at) {
           memref::StoreOp::create(builder, loc, value, workspace,
                                   ValueRange{i32.toIndex(first),
                                              i32.toIndex(member),
                                              i32.toIndex(at)});
         };
         store(total.out.front(), depth);
         when(i32.isEqual(depth, 0), [&] {
           store(total.max, i32.number(parts.valueDepth));
           store(total.sum, i32.number(parts.valueDepth + 1));
         });
         return {};
       });
}

/// A second launch, a block for each member, which combines the parts.
void SplitAttention::emitMerge(int64_t numParts, Value workspace) {
  Location loc = parts.loc();
  Value one = parts.constant(1);
  constexpr int64_t mergeThreads = 128;
  auto launch = gpu::LaunchOp::create(builder, loc, countBlocks(),
                                      parts.constant(members), one,
                                      parts.constant(mergeThreads), one, one);
  launch->setAttr(followedEarlyAttrName, builder.getUnitAttr());
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  thread = i32.toI32(launch.getThreadIds().x);
  Value block = i32.toI32(launch.getBlockIds().x);
  Value member = i32.toI32(launch.getBlockIds().y);
  countMembers();
  setBlock(block);
  Value first = i32.mul(block, numParts);
  loop(thread, i32.number(parts.valueDepth), mergeThreads, {},
       [&](Value depth, ValueRange) -> Values {
         State total = combine(numParts, [&](Value part) -> State {
           auto read = [&](Value at) -> Value {
             return memref::LoadOp::create(
                 builder, loc, workspace,
                 ValueRange{i32.toIndex(i32.add(first, part)),
                            i32.toIndex(member), i32.toIndex(at)});
           };
           return {read(i32.number(parts.valueDepth)),
                   read(i32.number(parts.valueDepth + 1)),
                   {read(depth)}};
         });
         when(isMember(member), [&] { storeMember(member, depth, total); });
         return {};
       });
  gpu::TerminatorOp::create(builder, loc);
}
