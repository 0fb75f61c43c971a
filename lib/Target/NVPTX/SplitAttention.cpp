//===- SplitAttention.cpp - Attention split along its keys ----------------===//
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
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using arith::CmpIPredicate;

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

Value SplitAttention::compare(CmpIPredicate predicate, Value a, Value b) {
  return builder.createOrFold<arith::CmpIOp>(parts.loc(), predicate, a, b);
}

Value SplitAttention::minimum(Value a, Value b) {
  return builder.createOrFold<arith::MinSIOp>(parts.loc(), a, b);
}

SmallVector<Value>
SplitAttention::loop(Value begin, Value end, int64_t step, ValueRange initial,
                     function_ref<Values(Value, ValueRange)> body) {
  auto forOp = scf::ForOp::create(builder, parts.loc(), begin, end,
                                  i32.number(step), initial);
  OpBuilder::InsertionGuard guard(builder);
  if (initial.empty())
    builder.setInsertionPoint(forOp.getBody()->getTerminator());
  else
    builder.setInsertionPointToEnd(forOp.getBody());
  std::size_t mark = lanes.mark();
  Values results = body(forOp.getInductionVar(), forOp.getRegionIterArgs());
  lanes.forget(mark);
  if (!initial.empty())
    scf::YieldOp::create(builder, parts.loc(), results);
  return Values(forOp.getResults());
}

void SplitAttention::when(Value condition, function_ref<void()> body) {
  lanes.branch(condition, body);
}

SmallVector<Value> SplitAttention::flatten(const States &states) {
  Values values;
  for (const State &state : states) {
    values.append({state.max, state.sum});
    llvm::append_range(values, state.out);
  }
  return values;
}

SplitAttention::States SplitAttention::unflatten(ValueRange values) {
  States states;
  int64_t size = values.size() / members;
  for (int64_t i = 0; i < members; ++i) {
    ValueRange mine = values.slice(i * size, size);
    states.push_back({mine[0], mine[1], Values(mine.drop_front(2))});
  }
  return states;
}

//===----------------------------------------------------------------------===//
// Members
//===----------------------------------------------------------------------===//

void SplitAttention::setBlock(Value block) {
  Value tiles = i32.div(i32.add(numMembers, members - 1), members);
  firstMember = i32.mul(i32.rem(block, tiles), members);
  Value number = i32.div(block, tiles);
  parts.row.assign(parts.numRows, LaneValue());
  for (unsigned dim = parts.numRows; dim-- > 0;) {
    Value index = i32.number(0);
    if (dim != groupDim) {
      Value size = i32.toI32(parts.rowSizes[dim]);
      index = i32.rem(number, size);
      number = i32.div(number, size);
    }
    parts.row[dim] = LaneValue::uniform(i32.toIndex(index));
  }
}

Value SplitAttention::isMember(Value number) {
  return compare(CmpIPredicate::slt, i32.add(firstMember, number), numMembers);
}

/// The last one stands for those behind it.
LaneValue SplitAttention::useMember(Value number) {
  Value member = i32.add(firstMember, number);
  if (!allMembers || *allMembers % members)
    member = minimum(member, i32.sub(numMembers, i32.number(1)));
  if (!groupDim)
    return LaneValue::uniform(i32.toIndex(member));
  parts.row[*groupDim] =
      LaneValue::uniform(i32.toIndex(i32.div(member, numQueries)));
  return LaneValue::uniform(i32.toIndex(i32.rem(member, numQueries)));
}

//===----------------------------------------------------------------------===//
// A block
//===----------------------------------------------------------------------===//

SmallVector<Value> SplitAttention::widen(Value vector) {
  Values elements;
  for (int64_t i = 0; i < width; ++i) {
    Value element =
        width > 1 ? vector::ExtractOp::create(builder, parts.loc(), vector, i)
                        .getResult()
                  : vector;
    if (!element.getType().isF32())
      element = arith::ExtFOp::create(builder, parts.loc(),
                                      builder.getF32Type(), element);
    elements.push_back(element);
  }
  return elements;
}

/// Accesses of this lane along `size` elements of a depth. Those behind the
/// end read what is before it.
SmallVector<Value> SplitAttention::load(function_ref<LaneValue(LaneValue)> read,
                                        int64_t size, int64_t chunks,
                                        bool isPadded) {
  Values vectors;
  lanes.setLanes(width);
  for (int64_t chunk = 0; chunk < chunks; ++chunk) {
    Value depth = i32.mul(i32.add(lane, chunk * streamLanes), width);
    bool mayEnd = (chunk + 1) * streamLanes * width > size;
    Value inside = mayEnd ? minimum(depth, i32.number(size - width)) : depth;
    Value vector =
        lanes.materialize(read({i32.toIndex(inside), width > 1, {}, width}));
    if (mayEnd && isPadded) {
      Value isInside = compare(CmpIPredicate::slt, depth, i32.number(size));
      Value zero = arith::ConstantOp::create(
          builder, parts.loc(), builder.getZeroAttr(vector.getType()));
      vector = select(isInside, vector, zero);
    }
    vectors.push_back(vector);
  }
  return vectors;
}

/// Of all members, one behind the other.
SmallVector<Value> SplitAttention::loadQueries() {
  Values elements;
  for (int64_t i = 0; i < members; ++i) {
    LaneValue query = useMember(i32.number(i));
    for (Value vector :
         load([&](LaneValue at) { return parts.loadQuery(query, at); },
              parts.depth, keyChunks, /*isPadded=*/true))
      llvm::append_range(elements, widen(vector));
  }
  return elements;
}

/// What the kernel makes of a product.
Value SplitAttention::computeScore(Value member, Value key, Value product) {
  lanes.setLanes(1);
  LaneValue query = useMember(member);
  parts.row.append({query, LaneValue::uniform(i32.toIndex(key))});
  std::size_t mark = lanes.mark();
  lanes.override(parts.products->getResult(0), LaneValue::uniform(product));
  Value score = lanes.materialize(lanes.evaluate(parts.scores, parts.row));
  lanes.clearOverrides();
  lanes.forget(mark);
  parts.row.resize(parts.numRows);
  return score;
}

void SplitAttention::update(State &state, ArrayRef<Value> scores,
                            ArrayRef<Values> values) {
  Value max = state.max;
  for (Value score : scores)
    max = larger(max, score);
  Value base = finite(max);
  Value factor = exponential(state.max, base);
  Value sum = multiply(state.sum, factor);
  for (Value &out : state.out)
    out = multiply(out, factor);
  for (auto [score, value] : llvm::zip_equal(scores, values)) {
    Value weight = exponential(score, base);
    sum = add(sum, weight);
    for (auto [out, element] : llvm::zip_equal(state.out, value))
      out = fma(weight, element, out);
  }
  state.max = max;
  state.sum = sum;
}

/// The keys of every stream from `first` on, as many as a stream takes.
SplitAttention::States SplitAttention::takeKeys(Value first, Value end,
                                                const States &states,
                                                ArrayRef<Value> queries) {
  Location loc = parts.loc();
  Value last = i32.sub(end, i32.number(1));
  Values keys, inside;
  SmallVector<Values> loadedKeys, loadedValues;
  for (int64_t j = 0; j < batch; ++j) {
    Value key = i32.add(first, j * streams());
    keys.push_back(minimum(key, last));
    inside.push_back(compare(CmpIPredicate::slt, key, end));
    LaneValue at = LaneValue::uniform(i32.toIndex(keys.back()));
    loadedKeys.push_back(
        load([&](LaneValue depth) { return parts.loadKey(at, depth); },
             parts.depth, keyChunks, /*isPadded=*/false));
  }
  for (Value key : keys) {
    LaneValue at = LaneValue::uniform(i32.toIndex(key));
    loadedValues.push_back(
        load([&](LaneValue depth) { return parts.loadValue(at, depth); },
             parts.valueDepth, valueChunks, /*isPadded=*/false));
  }
  SmallVector<Values> scores(members);
  for (int64_t j = 0; j < batch; ++j) {
    Values elements;
    for (Value vector : loadedKeys[j])
      llvm::append_range(elements, widen(vector));
    for (int64_t i = 0; i < members; ++i) {
      Value product = real(0);
      for (auto [key, query] : llvm::zip_equal(
               elements, queries.slice(i * elements.size(), elements.size())))
        product = fma(key, query, product);
      scores[i].push_back(product);
    }
  }
  for (int64_t mask = streamLanes / 2; mask > 0; mask /= 2)
    for (Values &row : scores)
      for (Value &score : row)
        score = add(score, shuffleXor(builder, loc, score, mask));
  States next = states;
  SmallVector<Values> values;
  for (Values &vectors : loadedValues) {
    values.emplace_back();
    for (Value vector : vectors)
      llvm::append_range(values.back(), widen(vector));
  }
  for (int64_t i = 0; i < members; ++i) {
    for (auto [j, score] : llvm::enumerate(scores[i])) {
      score = computeScore(i32.number(i), keys[j], score);
      score = select(inside[j], score, real(-INFINITY));
    }
    update(next[i], scores[i], values);
  }
  return next;
}

SplitAttention::States SplitAttention::walk(Value begin, Value end) {
  Values queries = loadQueries();
  States states(members);
  for (State &state : states) {
    state = {real(-INFINITY), real(0), {}};
    state.out.assign(valueChunks * width, real(0));
  }
  Value stream = i32.div(thread, streamLanes);
  return unflatten(loop(begin, end, streams() * batch, flatten(states),
                        [&](Value first, ValueRange carried) {
                          return flatten(takeKeys(i32.add(first, stream), end,
                                                  unflatten(carried), queries));
                        }));
}

void SplitAttention::emitBlock(gpu::LaunchOp launch, int64_t numParts,
                               Value workspace) {
  Location loc = parts.loc();
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  shared = launch.addWorkgroupAttribution(
      MemRefType::get({warps() * members * stateSize()}, builder.getF32Type(),
                      MemRefLayoutAttrInterface(), space),
      loc);
  thread = i32.toI32(launch.getThreadIds().x);
  lane = i32.rem(thread, i32.number(hasTiles ? warpLanes : streamLanes));
  Value block = i32.toI32(launch.getBlockIds().x);
  Value part = i32.toI32(launch.getBlockIds().y);
  setBlock(block);
  Value end = numKeys, begin = i32.number(0);
  if (numParts > 1) {
    Value size = i32.div(i32.add(numKeys, numParts - 1), numParts);
    begin = i32.mul(part, size);
    end = minimum(numKeys, i32.add(begin, size));
  }
  if (parts.causal && parts.scores == parts.causal->getResult(0) && !groupDim) {
    // Behind the last member nothing is visible.
    end = minimum(end, i32.add(firstMember, members));
  }
  if (hasTiles) {
    storeTiles(walkTiles(begin, end));
  } else {
    States states = walk(begin, end);
    mergeStreams(states);
    storeStates(states);
  }
  gpu::BarrierOp::create(builder, loc);
  mergeWarps(block, part, numParts, workspace);
}

void SplitAttention::countMembers() {
  numQueries = i32.toI32(parts.queries);
  numKeys = i32.toI32(parts.keys);
  numMembers = groupDim ? i32.mul(numQueries, groupSize) : numQueries;
}

void SplitAttention::emit(int64_t numParts, Value workspace,
                          int64_t sharedBytes) {
  Location loc = parts.loc();
  Value one = parts.constant(1), ringBytes;
  if (hasTiles) {
    ring = planRing(sharedBytes, numParts);
    ringBytes = i32.number(ring.getBytes());
  }
  Value view;
  if (numParts > 1) {
    int64_t blocks = *countKnownBlocks() * numParts;
    view = memref::ViewOp::create(
        builder, loc,
        MemRefType::get({blocks, members, stateSize()}, builder.getF32Type()),
        workspace, parts.constant(0), ValueRange());
  }
  {
    auto launch = gpu::LaunchOp::create(
        builder, loc, countBlocks(), parts.constant(numParts), one,
        parts.constant(threads), one, one, ringBytes);
    launch->setAttr(followedEarlyAttrName, builder.getUnitAttr());
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&launch.getBody().front());
    countMembers();
    emitBlock(launch, numParts, view);
    gpu::TerminatorOp::create(builder, loc);
  }
  if (numParts > 1)
    emitMerge(numParts, view);
}
