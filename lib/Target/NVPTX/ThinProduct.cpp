//===- ThinProduct.cpp - Products with few rows, at the speed of memory ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One operand (the thin one) has at most 16 rows or columns; the other (the
// wide one) is read once and is all that takes time. A warp computes few of its
// lines and a part of the depth; the warps of a block share the depth and add
// their sums up at the end, always in the same order.
//
// Tensor cores multiply what lanes loaded. Where pieces can be copied, they
// wait in shared memory, in a ring of its own for every lane, so that nobody
// waits for another and many are on their way. No piece changes lanes: a sum
// does not depend on the order of the depth, so that each lane's pieces are
// called the words that a fragment wants of it. The wide operand is the left
// one of the fragments, whichever it is of the product:
//
//  * Along the depth, lane (g, t) loads a piece of 16 bytes of lines g and g+8.
//    Its four words make the fragments of two products.
//  * Along the lines, it loads `width` lines from g * width on at the steps 4t
//  to
//    4t+3 of the depth. Steps are paired up within registers; line g * width +
//    j is row g of product j / 2, or row g+8 for odd j.
//
//===----------------------------------------------------------------------===//

#include "MmaProduct.h"

#include "Pieces.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

static constexpr int64_t maxThin = 16;
/// Of a block: more where lanes load less at once.
static constexpr int64_t maxWarps = 8, maxWarpsOfNarrow = 16;
/// Bytes of the wide operand that a lane has on their way at once: on their way
/// to registers, and to a ring of stages in shared memory.
static constexpr int64_t bytesOnTheirWay = 128;
static constexpr int64_t stageBytesOfLane = 64, maxStages = 5;

namespace {
class ThinProductEmitter {
public:
  ThinProductEmitter(OpBuilder &builder, kernel::RegionOp region,
                     const Product &product, int64_t multiprocessors)
      : builder(builder), region(region), product(product),
        lanes(builder, region, 1), loops(lanes, product),
        i32(builder, region.getLoc()), multiprocessors(multiprocessors) {
    lanes.setBufferAlignment(pieceBytes);
  }

  void emit();

private:
  using Indices = ProductLoops::Indices;
  /// Of this lane, for each part of a step.
  struct Pieces {
    SmallVector<SmallVector<Value>> wide, thin;
  };

  void plan();
  void planDepth();
  void emitThread();
  SmallVector<Value> multiply();
  SmallVector<Value> multiplyFromRing();
  void fetchStage(Value step, Value numSteps, Value offset);
  Pieces loadStage(Value offset);
  Value depthOf(Value step, int64_t i);
  Value getSumPlace(Value ofWarp, Value thinLine, Value line);
  void multiplyPart(MutableArrayRef<Value> sums, ArrayRef<Value> pieces,
                    ArrayRef<Value> thinPieces);
  SmallVector<Value> makeZeros();
  /// Where this lane's pieces of the thin operand are for part `at` of the
  /// depth: lines and depths, one for every 8 lines.
  SmallVector<std::pair<Value, Value>> getThinPlaces(Value at);
  /// Where this lane's pieces of the wide operand are for it: lines and depths.
  SmallVector<std::pair<Value, Value>> getPlaces(Value at);
  /// The fragments of the wide operand that those pieces make.
  SmallVector<SmallVector<Value>> makeFragments(ArrayRef<Value> pieces);
  SmallVector<Value> pairSteps(ArrayRef<Value> steps, int64_t line);
  SmallVector<Value> toWords(Value piece);
  void shareSums(ArrayRef<Value> sums);
  void store();

  /// Whether pieces go through the ring. Wide ones across the depth fill
  /// registers fast enough.
  bool hasRing() const {
    return (alongDepth() || wide->getBytes() < pieceBytes) &&
           wide->getAccess().copyBytes == wide->getBytes() &&
           thin->getAccess().copyBytes == thin->getBytes();
  }
  int64_t threads() const { return 32 * warps; }
  /// Pieces of the wide operand that a lane needs for one part of the depth.
  int64_t piecesOfPart() const { return alongDepth() ? 2 : 4; }
  int64_t stageBytes() const {
    return threads() * unrolled *
           (piecesOfPart() * wide->getBytes() + thinBlocks * thin->getBytes());
  }
  int64_t sumBytes() const {
    return warps * thinBlocks * mmaColumns * linesOfWarp() * 4;
  }
  bool alongDepth() const { return wide->getAccess().major == Major::Depth; }
  /// Products that the fragments of one part of the depth make with those of 8
  /// thin lines.
  int64_t products() const { return alongDepth() ? 2 : wide->getWidth() / 2; }
  /// Sums of a lane for 8 thin lines.
  int64_t sumsOfLane() const { return 4 * (alongDepth() ? 1 : products()); }
  int64_t linesOfWarp() const {
    return alongDepth() ? mmaRows : 8 * wide->getWidth();
  }

  Location loc() { return region.getLoc(); }
  Value constant(int64_t value) { return lanes.constantIndex(value); }
  template <typename Op, typename... Args>
  Value fold(Args &&...args) {
    return builder.createOrFold<Op>(loc(), std::forward<Args>(args)...);
  }

  OpBuilder &builder;
  kernel::RegionOp region;
  const Product &product;
  LaneEmitter lanes;
  ProductLoops loops;
  WarpgroupEmitter i32;
  int64_t multiprocessors;
  gpu::LaunchOp launch;

  MmaType type = MmaType::F16;
  bool isThinLeft = true;
  std::optional<PieceReader> wide, thin;
  int64_t thinBlocks = 1; ///< Of 8 lines of the thin operand.
  int64_t warps = maxWarps, unrolled = 1, stages = maxStages;
  int64_t part = 0; ///< Of the depth, for which fragments are loaded.
  Value numThin, numWide, numDepth, numBatch;
  Value thread, warp, lane, firstLine, shared;
  Indices iteration;
};
} // namespace

static std::optional<int64_t> getStaticSize(const Product &product,
                                            ArrayRef<unsigned> dims) {
  linalg::LinalgOp op = product.op;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t size = 1;
  for (unsigned dim : dims) {
    if (ShapedType::isDynamic(ranges[dim]))
      return std::nullopt;
    size *= ranges[dim];
  }
  return size;
}

static bool isThin(const Product &product, ArrayRef<unsigned> dims) {
  std::optional<int64_t> size = getStaticSize(product, dims);
  return size && *size <= maxThin;
}

void ThinProductEmitter::plan() {
  linalg::LinalgOp op = product.op;
  isThinLeft = isThin(product, product.rows);
  ArrayRef<unsigned> thinDims = isThinLeft ? product.rows : product.columns,
                     wideDims = isThinLeft ? product.columns : product.rows;
  numThin = loops.getSize(thinDims);
  numWide = loops.getSize(wideDims);
  numDepth = loops.getSize(product.depth);
  numBatch = loops.getSize(product.batch);
  thinBlocks = llvm::divideCeil(*getStaticSize(product, thinDims), mmaColumns);
  Type element = getElementTypeOrSelf(op.getDpsInputOperand(0)->get());
  type = *getMmaType(element);
  int64_t bytes = element.getIntOrFloatBitWidth() / 8;
  int64_t width = pieceBytes / bytes;
  wide.emplace(lanes, loops, product, !isThinLeft, width);
  if (bytes == 2)
    wide->chooseAccess({Major::Depth, Major::Lines});
  else
    wide->chooseAccess(Major::Depth);
  if (!alongDepth()) {
    // Fewer lines in a warp where there would be too few blocks.
    int64_t lines = constantOf(numWide).value_or(1 << 20);
    int64_t batch = constantOf(numBatch).value_or(1);
    auto blocks = [&]() -> int64_t {
      return llvm::divideCeil(lines, 8 * width) * batch;
    };
    while (width > 2 && blocks() * 10 < multiprocessors * 9)
      width /= 2;
    wide.emplace(lanes, loops, product, !isThinLeft, width);
    wide->chooseAccess(Major::Lines);
  }
  thin.emplace(lanes, loops, product, isThinLeft, alongDepth() ? width : 4);
  thin->chooseAccess(Major::Depth);
  // Lanes that all read one line would wait for one another.
  thin->setZeroLines();
  planDepth();
}

/// How the depth is shared among warps.
void ThinProductEmitter::planDepth() {
  part = alongDepth() ? 4 * wide->getWidth() : 16;
  int64_t wanted = hasRing() ? stageBytesOfLane : bytesOnTheirWay;
  unrolled = std::max<int64_t>(1, wanted / (piecesOfPart() * wide->getBytes()));
  if (hasRing() && !alongDepth())
    warps = maxWarpsOfNarrow;
  std::optional<int64_t> depth = constantOf(numDepth);
  if (!depth)
    return;
  int64_t parts = std::max<int64_t>(1, llvm::divideCeil(*depth, part));
  while (warps > 1 && parts < warps)
    warps /= 2;
  unrolled = std::min<int64_t>(unrolled, llvm::divideCeil(parts, warps));
  stages = std::clamp<int64_t>(llvm::divideCeil(parts, warps * unrolled), 2,
                               maxStages);
}

SmallVector<Value> ThinProductEmitter::toWords(Value piece) {
  auto vector = cast<VectorType>(piece.getType());
  int64_t count =
      vector.getNumElements() * vector.getElementTypeBitWidth() / 32;
  Value words = vector::BitCastOp::create(
      builder, loc(), VectorType::get({count}, builder.getI32Type()), piece);
  SmallVector<Value> result;
  for (int64_t i = 0; i < count; ++i)
    result.push_back(vector::ExtractOp::create(builder, loc(), words, i));
  return result;
}

SmallVector<std::pair<Value, Value>>
ThinProductEmitter::getThinPlaces(Value at) {
  Value line = i32.div(lane, 4);
  Value step = i32.toIndex(i32.mul(i32.rem(lane, 4), thin->getWidth()));
  SmallVector<std::pair<Value, Value>> places;
  for (int64_t block = 0; block < thinBlocks; ++block)
    places.push_back({i32.toIndex(i32.add(line, block * mmaColumns)),
                      fold<arith::AddIOp>(at, step)});
  return places;
}

/// The words with line `line` of the steps of this lane, two in each.
SmallVector<Value> ThinProductEmitter::pairSteps(ArrayRef<Value> steps,
                                                 int64_t line) {
  SmallVector<Value> words;
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

SmallVector<std::pair<Value, Value>> ThinProductEmitter::getPlaces(Value at) {
  Value g = i32.div(lane, 4), t = i32.rem(lane, 4);
  auto lineAt = [&](Value line) {
    return fold<arith::AddIOp>(firstLine, i32.toIndex(line));
  };
  auto depthAt = [&](Value step) {
    return fold<arith::AddIOp>(at, i32.toIndex(step));
  };
  SmallVector<std::pair<Value, Value>> places;
  if (alongDepth()) {
    Value step = depthAt(i32.mul(t, wide->getWidth()));
    return {{lineAt(g), step}, {lineAt(i32.add(g, 8)), step}};
  }
  Value line = lineAt(i32.mul(g, wide->getWidth()));
  for (int64_t i = 0; i < 4; ++i)
    places.push_back({line, depthAt(i32.add(i32.mul(t, 4), i))});
  return places;
}

SmallVector<SmallVector<Value>>
ThinProductEmitter::makeFragments(ArrayRef<Value> pieces) {
  SmallVector<SmallVector<Value>> fragments;
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
  SmallVector<SmallVector<Value>> fragments = makeFragments(pieces);
  for (auto [block, piece] : llvm::enumerate(thinPieces)) {
    SmallVector<Value> words = toWords(piece);
    for (int64_t j = 0; j < products(); ++j) {
      // Along the depth all products go to the same sums.
      Value *sum = &sums[block * sumsOfLane() + (alongDepth() ? 0 : 4 * j)];
      llvm::copy(
          multiplyFragments(builder, loc(), type, fragments[j],
                            ArrayRef(words).slice(alongDepth() ? 2 * j : 0, 2),
                            ArrayRef(sum, 4)),
          sum);
    }
  }
}

SmallVector<Value> ThinProductEmitter::makeZeros() {
  Value zero =
      arith::ConstantOp::create(builder, loc(), builder.getF32FloatAttr(0));
  return SmallVector<Value>(thinBlocks * sumsOfLane(), zero);
}

/// The sums of this lane over its warp's part of the depth.
SmallVector<Value> ThinProductEmitter::multiply() {
  Value mine = i32.toIndex(i32.mul(warp, part));
  return lanes.loop(constant(0), numDepth, unrolled * warps * part, makeZeros(),
                    [&](Value depth, ValueRange current) {
                      SmallVector<Value> next(current);
                      SmallVector<SmallVector<Value>> wides, thins;
                      auto read = [](PieceReader &reader, auto places) {
                        return llvm::map_to_vector(places, [&](auto place) {
                          return reader.read(place.first, place.second);
                        });
                      };
                      for (int64_t i = 0; i < unrolled; ++i) {
                        Value at = fold<arith::AddIOp>(
                            fold<arith::AddIOp>(depth, mine),
                            constant(i * warps * part));
                        wides.push_back(read(*wide, getPlaces(at)));
                        thins.push_back(read(*thin, getThinPlaces(at)));
                      }
                      for (int64_t i = 0; i < unrolled; ++i)
                        multiplyPart(next, wides[i], thins[i]);
                      return next;
                    });
}

/// Begins to bring all pieces of step `step` to the stage at `offset`: those of
/// the wide operand, then those of the thin one, piece by piece of all threads.
void ThinProductEmitter::fetchStage(Value step, Value numSteps, Value offset) {
  auto branch = scf::IfOp::create(
      builder, loc(),
      arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ult, step,
                            numSteps));
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  std::size_t mark = lanes.mark();
  Value stage = advance(builder, loc(), shared, offset);
  int64_t behind = 0;
  for (bool isWide : {true, false}) {
    PieceReader &reader = isWide ? *wide : *thin;
    Value own = i32.mul(thread, reader.getBytes());
    for (int64_t i = 0; i < unrolled; ++i) {
      Value at = depthOf(step, i);
      for (auto [line, depth] : isWide ? getPlaces(at) : getThinPlaces(at)) {
        reader.copy(advance(builder, loc(), stage, i32.add(own, behind)), line,
                    depth);
        behind += threads() * reader.getBytes();
      }
    }
  }
  lanes.forget(mark);
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

Value ThinProductEmitter::depthOf(Value step, int64_t i) {
  int64_t together = warps * part;
  Value first = fold<arith::MulIOp>(step, constant(unrolled * together));
  return fold<arith::AddIOp>(
      fold<arith::AddIOp>(first, i32.toIndex(i32.mul(warp, part))),
      constant(i * together));
}

/// The same, through this lane's ring in shared memory.
SmallVector<Value> ThinProductEmitter::multiplyFromRing() {
  Value numSteps =
      fold<arith::CeilDivUIOp>(numDepth, constant(unrolled * warps * part));
  for (int64_t stage = 0; stage + 1 < stages; ++stage) {
    fetchStage(constant(stage), numSteps, i32.number(stage * stageBytes()));
    commitCopies(builder, loc());
  }
  SmallVector<Value> carried = makeZeros();
  // Where the next stages to multiply and to fill are.
  carried.push_back(i32.number(0));
  carried.push_back(i32.number((stages - 1) * stageBytes()));
  auto following = [&](Value offset) -> Value {
    Value next = i32.add(offset, stageBytes());
    return arith::SelectOp::create(builder, loc(),
                                   i32.isEqual(next, stages * stageBytes()),
                                   i32.number(0), next);
  };
  carried = lanes.loop(
      constant(0), numSteps, 1, carried, [&](Value step, ValueRange current) {
        SmallVector<Value> next(current.drop_back(2));
        Value full = current[next.size()], empty = current.back();
        // Nobody else reads or writes this ring.
        waitForCopies(builder, loc(), stages - 2);
        Pieces pieces = loadStage(full);
        fetchStage(fold<arith::AddIOp>(step, constant(stages - 1)), numSteps,
                   empty);
        commitCopies(builder, loc());
        for (int64_t i = 0; i < unrolled; ++i)
          multiplyPart(next, pieces.wide[i], pieces.thin[i]);
        next.push_back(following(full));
        next.push_back(following(empty));
        return next;
      });
  carried.truncate(carried.size() - 2);
  // Sums take the place of the rings.
  waitForCopies(builder, loc(), 0);
  gpu::BarrierOp::create(builder, loc());
  return carried;
}

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
    int64_t block = i / sumsOfLane(), product = i % sumsOfLane() / 4;
    Value thinLine = i32.add(t, block * mmaColumns + i % 2);
    bool isUpper = i % 4 >= 2;
    Value line = alongDepth() ? i32.add(g, isUpper ? 8 : 0)
                              : i32.add(i32.mul(g, wide->getWidth()),
                                        2 * product + (isUpper ? 1 : 0));
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
  auto branch = scf::IfOp::create(
      builder, loc(),
      arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ult, at,
                            numWide));
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  Value sum;
  for (int64_t i = 0; i < warps; ++i) {
    Value next = LLVM::LoadOp::create(
        builder, loc(), builder.getF32Type(),
        getSumPlace(i32.number(i), i32.toI32(thinLine), i32.toI32(line)), 4);
    sum = sum ? arith::AddFOp::create(builder, loc(), sum, next) : next;
  }
  std::size_t mark = lanes.mark();
  loops.store(iteration, isThinLeft ? thinLine : at, isThinLeft ? at : thinLine,
              sum);
  lanes.forget(mark);
}

void ThinProductEmitter::emitThread() {
  thread = i32.toI32(launch.getThreadIds().x);
  warp = i32.uniform(i32.div(thread, 32));
  lane = i32.rem(thread, 32);
  shared = i32.getShared();
  Value tiles = fold<arith::CeilDivUIOp>(numWide, constant(linesOfWarp()));
  Value block = launch.getBlockIds().x;
  firstLine = fold<arith::MulIOp>(fold<arith::RemUIOp>(block, tiles),
                                  constant(linesOfWarp()));
  linalg::LinalgOp op = product.op;
  iteration.resize(op.getNumLoops());
  loops.expand(product.batch, fold<arith::DivUIOp>(block, tiles), iteration);
  int64_t depthStep = unrolled * warps * part;
  wide->begin(iteration, numWide, numDepth, depthStep);
  thin->begin(iteration, numThin, numDepth, depthStep);
  shareSums(hasRing() ? multiplyFromRing() : multiply());
  store();
}

void ThinProductEmitter::emit() {
  plan();
  Value blocks = fold<arith::MulIOp>(
      fold<arith::CeilDivUIOp>(numWide, constant(linesOfWarp())), numBatch);
  Value one = constant(1);
  int64_t bytes =
      std::max(sumBytes(), hasRing() ? stages * stageBytes() : int64_t(0));
  launch =
      gpu::LaunchOp::create(builder, loc(), blocks, one, one,
                            constant(threads()), one, one, i32.number(bytes));
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  emitThread();
  gpu::TerminatorOp::create(builder, loc());
}

bool nvptx::canUseThinMma(const Product &product, ArrayRef<Chip> chips) {
  return canUseMma(product, chips) &&
         (isThin(product, product.rows) || isThin(product, product.columns));
}

void nvptx::emitThinProduct(OpBuilder &builder, kernel::RegionOp region,
                            const Product &product, ArrayRef<Chip> chips) {
  ThinProductEmitter(builder, region, product, getMultiprocessors(chips))
      .emit();
}
