//===- Histogram.cpp - Loops that count -----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Updates of the same element of global memory wait for each other. So each
// block counts by itself:
//
//   each thread   shared[bin][copy] += 1, for every vector of its own
//   the block     counters[bin] += the sum of shared[bin], if it is not zero
//
// Lanes of a warp that hit the same bin at once have different copies of it,
// which lie in different banks. Sums of integers are the same in any order.
//
//===----------------------------------------------------------------------===//

#include "Histogram.h"

#include "Forms.h"
#include "IndexMath.h"
#include "SharedMemory.h"

#include "../Codegen/LaneEmitter.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

/// Counters that a block has at most, of 48 KiB that every chip gives without
/// asking; where their number shows at run time; and with their copies.
static constexpr int64_t maxBins = 12288, maxOpenBins = 8192,
                         copiedWords = 4096;
/// Copies of a counter at most.
static constexpr int64_t maxCopies = 8;
/// Updates of a counter that are worth what it costs to clear it and to add it
/// up: of all blocks, and of each.
static constexpr int64_t minUpdates = 4, minBlockUpdates = 8;
/// Iterations from which on anything is worth it.
static constexpr int64_t minIterations = 256;
/// Neighbours that a thread reads at once.
static constexpr int64_t neighbours = 4;
/// Blocks that a large device runs at once.
static constexpr int64_t wantedBlocks = 1056;
/// What is added to a counter at once, and how often by one block, so that no
/// sum leaves 32 bits.
static constexpr int64_t maxIncrement = 255, maxBlockUpdates = 1 << 22;

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

/// The counters' number, or what is too large if their type leaves it open.
static int64_t getMostBins(MemRefType type) {
  return type.hasStaticShape() ? type.getNumElements() : maxOpenBins;
}

/// Whether `value` is from -255 to 255.
static bool isSmall(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.abs().ule(maxIncrement);
  Operation *op = value.getDefiningOp();
  return isa_and_nonnull<arith::ExtUIOp, arith::ExtSIOp>(op) &&
         op->getOperand(0).getType().getIntOrFloatBitWidth() <= 8;
}

/// Whether an iteration of a loop over all numbers below a bound is the index
/// of what `load` reads, of memory whose start is aligned.
static bool isWide(memref::LoadOp load, scf::ForOp loop) {
  MemRefType type = load.getMemRefType();
  Type element = type.getElementType();
  return type.getRank() == 1 && type.getLayout().isIdentity() &&
         element.isIntOrFloat() && element.getIntOrFloatBitWidth() >= 8 &&
         load.getIndices()[0] == loop.getInductionVar() &&
         matchPattern(loop.getLowerBound(), m_Zero()) &&
         matchPattern(loop.getStep(), m_One());
}

std::optional<Histogram>
Histogram::match(ArrayRef<scf::ForOp> loops,
                 function_ref<bool(memref::StoreOp)> isStatus) {
  if (loops.empty())
    return std::nullopt;
  scf::ForOp inner = loops.back();
  Block *body = inner.getBody();
  Histogram found;
  found.loops.assign(loops.begin(), loops.end());
  std::optional<Update> update;
  bool isCount =
      !body->walk([&](Operation *op) {
             auto store = dyn_cast<memref::StoreOp>(op);
             if (isa<LoopLikeOpInterface>(op))
               return WalkResult::interrupt();
             if (!store || isStatus(store))
               return WalkResult::advance();
             if (update || store->getBlock() != body)
               return WalkResult::interrupt();
             update = Update::match(store);
             return update ? WalkResult::advance() : WalkResult::interrupt();
           })
           .wasInterrupted();
  if (!isCount || !update || update->op != LLVM::AtomicBinOp::add ||
      getMostBins(update->store.getMemRefType()) > maxBins)
    return std::nullopt;
  found.update = *update;
  Value value = update->value;
  auto extended = value.getDefiningOp<arith::ExtUIOp>();
  if (extended && extended.getIn().getType().isInteger(1))
    found.condition = extended.getIn();
  found.addsOne = found.condition || matchPattern(value, m_One());
  if (!found.addsOne && !value.getType().isInteger(32) && !isSmall(value))
    return std::nullopt;
  for (Operation &op : *body)
    if (auto load = dyn_cast<memref::LoadOp>(op)) {
      if (load == update->load)
        continue;
      // Others would have to see what has been counted.
      if (load.getMemRef() == update->store.getMemRef())
        return std::nullopt;
      if (loops.size() == 1 && isWide(load, inner))
        found.wideLoads.push_back(load);
    }
  return found;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

namespace graphc::nvptx {
/// The code of one launch.
class HistogramEmitter : private IndexMath {
public:
  HistogramEmitter(OpBuilder &builder, const Histogram &histogram)
      : IndexMath(builder, Update(histogram.update).store.getLoc()),
        histogram(histogram), update(histogram.update),
        counters(update.store.getMemRef()),
        type(cast<MemRefType>(counters.getType())) {
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      sizes.push_back(type.isDynamicDim(dim)
                          ? fold<memref::DimOp>(counters, dim)
                          : constant(type.getDimSize(dim)));
    bins = multiply(sizes);
  }

  Value isWorthIt(Value total);
  void emit(Value total, function_ref<SmallVector<Value>(Value)> getIndices);

private:
  Value countCopies();
  Value countBlocks(Value total);
  void forEach(Value begin, Value end, Value step,
               function_ref<void(Value)> body);
  /// Makes the updates of the iterations from `first` on.
  void count(Value first, int64_t number,
             function_ref<SmallVector<Value>(Value)> getIndices);
  void addUp();

  const Histogram &histogram;
  Update update;
  Value counters;
  MemRefType type;
  SmallVector<Value> sizes;
  /// The number of counters, and of copies of each.
  Value bins, copies;

  // Of the thread that is emitted.
  Value shared, thread, copy;
};
} // namespace graphc::nvptx

Value HistogramEmitter::isWorthIt(Value total) {
  Value least = fold<arith::MaxUIOp>(
      fold<arith::MulIOp>(bins, constant(minUpdates)), constant(minIterations));
  Value areMany = fold<arith::CmpIOp>(arith::CmpIPredicate::uge, total, least);
  Value areFew = fold<arith::CmpIOp>(arith::CmpIPredicate::ule, bins,
                                     constant(getMostBins(type)));
  return fold<arith::AndIOp>(areMany, areFew);
}

Value HistogramEmitter::countCopies() {
  Value number = constant(1);
  for (int64_t more = 2; more <= maxCopies; more *= 2)
    number = fold<arith::SelectOp>(
        fold<arith::CmpIOp>(arith::CmpIPredicate::ule, bins,
                            constant(copiedWords / more)),
        constant(more), number);
  return number;
}

/// As many as fill a device, if each has enough to do.
Value HistogramEmitter::countBlocks(Value total) {
  int64_t width = histogram.wideLoads.empty() ? 1 : neighbours;
  Value each = fold<arith::MulIOp>(fold<arith::MaxUIOp>(bins, constant(1)),
                                   constant(minBlockUpdates));
  Value worth =
      fold<arith::MaxUIOp>(fold<arith::DivUIOp>(total, each), constant(1));
  Value most = fold<arith::MinUIOp>(worth, constant(wantedBlocks));
  Value busy = fold<arith::CeilDivUIOp>(total, constant(blockThreads * width));
  Value least = fold<arith::CeilDivUIOp>(total, constant(maxBlockUpdates));
  return fold<arith::MaxUIOp>(fold<arith::MinUIOp>(most, busy), least);
}

void HistogramEmitter::forEach(Value begin, Value end, Value step,
                               function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc(), begin, end, step);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(loop.getBody()->getTerminator());
  body(loop.getInductionVar());
}

void HistogramEmitter::count(
    Value first, int64_t number,
    function_ref<SmallVector<Value>(Value)> getIndices) {
  DenseMap<Operation *, Value> vectors;
  if (number > 1)
    for (memref::LoadOp load : histogram.wideLoads) {
      Type element = load.getMemRefType().getElementType();
      int64_t bytes = number * element.getIntOrFloatBitWidth() / 8;
      vectors[load] = vector::LoadOp::create(
          builder, loc(), VectorType::get({number}, element), load.getMemRef(),
          first, /*nontemporal=*/false,
          llvm::MaybeAlign(std::min(bytes, accessBytes)));
    }
  scf::ForOp inner = histogram.loops.back();
  for (int64_t i = 0; i < number; ++i) {
    IRMapping mapping;
    Value linear = fold<arith::AddIOp>(first, constant(i));
    for (auto [loop, index] :
         llvm::zip_equal(histogram.loops, getIndices(linear)))
      mapping.map(scf::ForOp(loop).getInductionVar(), index);
    Operation *combined = update.store.getValue().getDefiningOp();
    for (Operation &op : inner.getBody()->without_terminator()) {
      if (&op == update.load || &op == update.store || &op == combined)
        continue;
      if (Value vector = vectors.lookup(&op))
        mapping.map(
            op.getResult(0),
            vector::ExtractOp::create(builder, loc(), vector, i).getResult());
      else
        builder.clone(op, mapping);
    }
    Value bin = constant(0);
    for (auto [index, size] : llvm::zip_equal(update.store.getIndices(), sizes))
      bin = fold<arith::AddIOp>(fold<arith::MulIOp>(bin, size),
                                mapping.lookupOrDefault(index));
    Value place = fold<arith::AddIOp>(fold<arith::MulIOp>(bin, copies), copy);
    Type word = builder.getI32Type();
    auto add = [&](Value value) {
      addToShared(builder, loc(), shared, place, value);
    };
    // Of a known 1 the lanes of a warp that hit the same counter are counted.
    Value one = arith::ConstantIntOp::create(builder, loc(), word, 1);
    if (histogram.condition)
      emitIf(builder, loc(), mapping.lookupOrDefault(histogram.condition),
             [&] { add(one); });
    else if (histogram.addsOne)
      add(one);
    else if (Value value = mapping.lookupOrDefault(update.value);
             value.getType() == word)
      add(value);
    else
      add(fold<arith::TruncIOp>(word, value));
  }
}

/// Adds what the block has counted to what all have.
void HistogramEmitter::addUp() {
  Type element = type.getElementType();
  Value zero =
      arith::ConstantIntOp::create(builder, loc(), builder.getI32Type(), 0);
  forEach(thread, bins, constant(blockThreads), [&](Value bin) {
    Value first = fold<arith::MulIOp>(bin, copies);
    auto loop = scf::ForOp::create(builder, loc(), constant(0), copies,
                                   constant(1), zero);
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToEnd(loop.getBody());
      Value place = fold<arith::AddIOp>(first, loop.getInductionVar());
      Value value = memref::LoadOp::create(builder, loc(), shared, place);
      Value sum = fold<arith::AddIOp>(loop.getRegionIterArg(0), value);
      scf::YieldOp::create(builder, loc(), sum);
    }
    Value sum = loop.getResult(0);
    Value isHit = fold<arith::CmpIOp>(arith::CmpIPredicate::ne, sum, zero);
    emitIf(builder, loc(), isHit, [&] {
      if (element != sum.getType())
        sum = arith::ExtSIOp::create(builder, loc(), element, sum);
      emitAtomic(builder, loc(), update.op, sum, counters,
                 delinearize(bin, sizes));
    });
  });
}

void HistogramEmitter::emit(
    Value total, function_ref<SmallVector<Value>(Value)> getIndices) {
  Value one = constant(1), threads = constant(blockThreads);
  copies = countCopies();
  Value words = fold<arith::MulIOp>(bins, copies);
  auto launch = gpu::LaunchOp::create(builder, loc(), countBlocks(total), one,
                                      one, threads, one, one);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  gpu::TerminatorOp::create(builder, loc());
  builder.setInsertionPointToStart(&launch.getBody().front());
  Type word = builder.getI32Type();
  shared = addShared(
      builder, launch,
      codegen::constantOf(words).value_or(std::max(maxOpenBins, copiedWords)),
      word);
  thread = launch.getThreadIds().x;
  Value zero = arith::ConstantIntOp::create(builder, loc(), word, 0);
  forEach(thread, words, threads, [&](Value place) {
    memref::StoreOp::create(builder, loc(), zero, shared, place);
  });
  gpu::BarrierOp::create(builder, loc());
  // Copies are a power of 2.
  copy = fold<arith::AndIOp>(thread, fold<arith::SubIOp>(copies, one));
  Value first = fold<arith::AddIOp>(
      fold<arith::MulIOp>(launch.getBlockIds().x, threads), thread);
  Value step = fold<arith::MulIOp>(launch.getGridSize().x, threads);
  int64_t width = histogram.wideLoads.empty() ? 1 : neighbours;
  Value vectors = fold<arith::DivUIOp>(total, constant(width));
  forEach(first, vectors, step, [&](Value vector) {
    count(fold<arith::MulIOp>(vector, constant(width)), width, getIndices);
  });
  Value done = fold<arith::MulIOp>(vectors, constant(width));
  Value rest = fold<arith::SubIOp>(total, done);
  if (codegen::constantOf(rest) != 0)
    emitIf(builder, loc(),
           fold<arith::CmpIOp>(arith::CmpIPredicate::ult, first, rest),
           [&] { count(fold<arith::AddIOp>(done, first), 1, getIndices); });
  gpu::BarrierOp::create(builder, loc());
  addUp();
}

Value Histogram::isWorthIt(OpBuilder &builder, Value total) const {
  return HistogramEmitter(builder, *this).isWorthIt(total);
}

void Histogram::launch(
    OpBuilder &builder, Value total,
    function_ref<SmallVector<Value>(Value)> getIndices) const {
  HistogramEmitter(builder, *this).emit(total, getIndices);
}
