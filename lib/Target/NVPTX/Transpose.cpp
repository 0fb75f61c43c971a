//===- Transpose.cpp - Pointwise kernels that read across their results ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Neighbours in the results are no neighbours in some inputs. A block takes a
// square of the domain, along what neighbours in the results and along what
// neighbours in those inputs, which it brings to shared memory in their own
// order. What is evaluated then, in the order of the results, finds them there.
//
//===----------------------------------------------------------------------===//

#include "../Codegen/LaneEmitter.h"
#include "Forms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// Elements of a side of a tile for each that a thread reads at once.
static constexpr int64_t side = 32;
/// Sides below this waste more of a tile than it saves.
static constexpr int64_t minSide = 16;
/// Inputs that go through shared memory.
static constexpr unsigned maxInputs = 4;

namespace {
/// An input that is read across, and how its dimensions follow the domain's.
struct Across {
  BlockArgument argument;
  AffineMap map;
  Value tile; ///< Shared memory, [across][along].
};

/// Dimensions of the domain that are one in memory, from inner to outer.
struct Side {
  SmallVector<unsigned> dims;
  Value size;        ///< In elements; an index.
  int64_t width = 1; ///< Elements that a thread has at once.
};

class TransposeEmitter {
public:
  TransposeEmitter(OpBuilder &builder, kernel::RegionOp region)
      : builder(builder), region(region), lanes(builder, region, 1) {}

  bool plan();
  void emit();

private:
  using Indices = SmallVector<LaneValue>;

  bool findAlong();
  bool collectReads();
  void chooseAcross();
  void extend(Side &of, ArrayRef<unsigned> taken,
              function_ref<std::optional<int64_t>(unsigned)> strideOf);
  void chooseWidths();
  bool isLarge(const Side &of) const;
  std::optional<int64_t> getStride(const Across &input, unsigned dim) const;
  std::optional<int64_t> getResultStride(unsigned result, unsigned dim) const;

  void setBlock(Value block);
  void setSide(const Side &of, Value position, int64_t width);
  void forEach(const Side &inner, const Side &outer, int64_t width,
               function_ref<void(Value, Value)> body);
  void fetch();
  void compute();

  MemRefType getResultType(unsigned result) const {
    return cast<MemRefType>(region->getOperand(numInputs + result).getType());
  }
  Location loc() { return region.getLoc(); }
  Value constant(int64_t value) { return lanes.constantIndex(value); }
  template <typename Op, typename... Args>
  Value fold(Args &&...args) {
    return builder.createOrFold<Op>(loc(), std::forward<Args>(args)...);
  }

  OpBuilder &builder;
  kernel::RegionOp region;
  LaneEmitter lanes;
  unsigned numInputs = 0, rank = 0;
  SmallVector<Value> sizes;
  SmallVector<Across> inputs;
  /// Neighbours in the results, and in the inputs.
  Side along, across;
  int64_t edge = side;

  gpu::LaunchOp launch;
  Indices iteration;
  Value firstAlong, firstAcross; ///< Of the tile.
};
} // namespace

//===----------------------------------------------------------------------===//
// Plan
//===----------------------------------------------------------------------===//

std::optional<int64_t> TransposeEmitter::getStride(const Across &input,
                                                   unsigned dim) const {
  auto type = cast<MemRefType>(
      region->getOperand(input.argument.getArgNumber()).getType());
  auto [strides, offset] = type.getStridesAndOffset();
  (void)offset;
  for (auto [expr, stride] : llvm::zip_equal(input.map.getResults(), strides))
    if (expr == getAffineDimExpr(dim, input.map.getContext()))
      return stride;
  return std::nullopt;
}

std::optional<int64_t> TransposeEmitter::getResultStride(unsigned result,
                                                         unsigned dim) const {
  return getResultType(result).getStridesAndOffset().first[dim];
}

/// Results of one shape with neighbours along one dimension.
bool TransposeEmitter::findAlong() {
  auto type = getResultType(0);
  rank = type.getRank();
  std::optional<unsigned> found;
  for (unsigned dim = 0; dim < rank; ++dim)
    if (type.getDimSize(dim) != 1 && getResultStride(0, dim) == 1)
      found = dim;
  if (!found)
    return false;
  for (unsigned result = 0; result < region.getInits().size(); ++result)
    if (getResultType(result).getShape() != type.getShape() ||
        getResultStride(result, *found) != 1 ||
        // Of dynamic sizes only the first result is known to have the domain's.
        (result > 0 && !type.hasStaticShape()))
      return false;
  along.dims.push_back(*found);
  return true;
}

/// The inputs that are read at one place by every op, all over the domain.
bool TransposeEmitter::collectReads() {
  SmallVector<Across> reads;
  SmallPtrSet<Value, 4> elsewhere;
  for (Operation &op : region.getBody().front().without_terminator()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp) {
      elsewhere.insert(op.operand_begin(), op.operand_end());
      continue;
    }
    if (isa<linalg::FillOp>(op))
      continue;
    if (linalgOp.getNumReductionLoops() || linalgOp.getNumLoops() != rank)
      return false;
    op.walk([&](tensor::ExtractOp extract) {
      elsewhere.insert(extract.getTensor());
    });
    for (OpOperand &init : linalgOp.getDpsInitsMutable())
      if (!linalgOp.getMatchingIndexingMap(&init).isIdentity())
        return false;
    for (OpOperand *input : linalgOp.getDpsInputOperands()) {
      AffineMap map = linalgOp.getMatchingIndexingMap(input);
      auto argument = dyn_cast<BlockArgument>(input->get());
      if (!argument) {
        // What was computed may be read at one place only, too.
        if (isa<RankedTensorType>(input->get().getType()) && !map.isIdentity())
          return false;
        continue;
      }
      if (!isa<RankedTensorType>(argument.getType()))
        continue;
      auto *known = llvm::find_if(
          reads, [&](const Across &read) { return read.argument == argument; });
      if (known == reads.end())
        reads.push_back({argument, map, nullptr});
      else if (known->map != map)
        elsewhere.insert(argument);
    }
  }
  for (const Across &read : reads)
    if (!elsewhere.contains(read.argument) &&
        read.map.isProjectedPermutation() &&
        read.argument.getArgNumber() < numInputs)
      inputs.push_back(read);
  return true;
}

/// Leaves the inputs that have neighbours along one other dimension, the one
/// of the most bytes.
void TransposeEmitter::chooseAcross() {
  SmallVector<std::optional<unsigned>> unit;
  SmallVector<int64_t> bytes(rank, 0);
  for (const Across &input : inputs) {
    std::optional<unsigned> found;
    for (unsigned dim = 0; dim < rank; ++dim)
      if (getStride(input, dim) == 1 && constantOf(sizes[dim]) != 1)
        found = dim;
    // One that is the same for all neighbours in the results is read once.
    if (found && (*found == along.dims[0] || !getStride(input, along.dims[0])))
      found = std::nullopt;
    Type element = getElementTypeOrSelf(input.argument.getType());
    if (!element.isIntOrFloat() || element.getIntOrFloatBitWidth() % 8)
      found = std::nullopt;
    unit.push_back(found);
    if (found)
      bytes[*found] += element.getIntOrFloatBitWidth();
  }
  unsigned best = llvm::max_element(bytes) - bytes.begin();
  SmallVector<Across> chosen;
  for (auto [input, dim] : llvm::zip_equal(inputs, unit))
    if (dim == best && chosen.size() < maxInputs)
      chosen.push_back(input);
  inputs = std::move(chosen);
  across.dims.push_back(best);
}

/// Adds dimensions that continue the last one in memory.
void TransposeEmitter::extend(
    Side &of, ArrayRef<unsigned> taken,
    function_ref<std::optional<int64_t>(unsigned)> strideOf) {
  int64_t next = 1;
  for (bool found = true; found;) {
    found = false;
    std::optional<int64_t> size = constantOf(sizes[of.dims.back()]);
    if (!size)
      break;
    next *= *size;
    for (unsigned dim = 0; dim < rank && !found; ++dim)
      if (!llvm::is_contained(taken, dim) &&
          !llvm::is_contained(of.dims, dim) && constantOf(sizes[dim]) &&
          strideOf(dim) == next) {
        of.dims.push_back(dim);
        found = true;
      }
  }
  of.size = constant(1);
  for (unsigned dim : of.dims)
    of.size = fold<arith::MulIOp>(of.size, sizes[dim]);
}

/// Words of 4 bytes at once, as far as they are all there.
void TransposeEmitter::chooseWidths() {
  int64_t bytes = 8;
  for (const Across &input : inputs)
    bytes = std::min<int64_t>(
        bytes,
        getElementTypeOrSelf(input.argument.getType()).getIntOrFloatBitWidth() /
            8);
  int64_t width = bytes < 4 && LaneEmitter::canVectorize(region) ? 2 : 1;
  edge = side * width;
  auto divides = [&](const Side &of) {
    std::optional<int64_t> size = constantOf(sizes[of.dims[0]]);
    return size && *size % width == 0;
  };
  if (divides(across))
    across.width = width;
  if (divides(along))
    along.width = width;
}

bool TransposeEmitter::isLarge(const Side &of) const {
  std::optional<int64_t> size = constantOf(of.size);
  return !size || *size >= minSide;
}

bool TransposeEmitter::plan() {
  numInputs = region.getInputs().size();
  if (region.getInits().empty() || !findAlong() || !collectReads() ||
      inputs.empty())
    return false;
  Value result = region->getOperand(numInputs);
  for (unsigned dim = 0; dim < rank; ++dim)
    sizes.push_back(getResultType(0).isDynamicDim(dim)
                        ? fold<memref::DimOp>(result, dim)
                        : constant(getResultType(0).getDimSize(dim)));
  chooseAcross();
  if (inputs.empty())
    return false;
  extend(across, along.dims, [&](unsigned dim) -> std::optional<int64_t> {
    std::optional<int64_t> stride = getStride(inputs[0], dim);
    for (const Across &input : inputs)
      if (getStride(input, dim) != stride)
        return std::nullopt;
    return stride;
  });
  extend(along, across.dims, [&](unsigned dim) -> std::optional<int64_t> {
    std::optional<int64_t> stride = getResultStride(0, dim);
    for (unsigned i = 0; i < region.getInits().size(); ++i)
      if (getResultStride(i, dim) != stride)
        return std::nullopt;
    return stride;
  });
  chooseWidths();
  return isLarge(along) && isLarge(across);
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

/// Moves the indices of one side to `position`.
void TransposeEmitter::setSide(const Side &of, Value position, int64_t width) {
  Value rest = position;
  for (unsigned i = 0; i < of.dims.size(); ++i) {
    bool isLast = i + 1 == of.dims.size();
    Value size = sizes[of.dims[i]];
    Value index = isLast ? rest : fold<arith::RemUIOp>(rest, size);
    if (!isLast)
      rest = fold<arith::DivUIOp>(rest, size);
    iteration[of.dims[i]] = i == 0 && width > 1 ? LaneValue{index, 1, {}, width}
                                                : LaneValue::uniform(index);
  }
}

void TransposeEmitter::setBlock(Value block) {
  auto split = [&](Value count) {
    Value index = fold<arith::RemUIOp>(block, count);
    block = fold<arith::DivUIOp>(block, count);
    return index;
  };
  auto tiles = [&](const Side &of) {
    return fold<arith::CeilDivUIOp>(of.size, constant(edge));
  };
  iteration.assign(rank, LaneValue());
  firstAlong = fold<arith::MulIOp>(split(tiles(along)), constant(edge));
  firstAcross = fold<arith::MulIOp>(split(tiles(across)), constant(edge));
  for (unsigned dim = rank; dim-- > 0;)
    if (!llvm::is_contained(along.dims, dim) &&
        !llvm::is_contained(across.dims, dim))
      iteration[dim] = LaneValue::uniform(split(sizes[dim]));
}

/// Runs `body` for the positions in the tile of this thread, where threads that
/// follow each other have `width` elements each along `inner`.
void TransposeEmitter::forEach(const Side &inner, const Side &outer,
                               int64_t width,
                               function_ref<void(Value, Value)> body) {
  int64_t perRow = edge / width, rows = blockThreads / perRow;
  Value thread = launch.getThreadIds().x;
  Value x = fold<arith::MulIOp>(fold<arith::RemUIOp>(thread, constant(perRow)),
                                constant(width));
  Value y = fold<arith::DivUIOp>(thread, constant(perRow));
  bool isAlong = &inner == &along;
  Value firstInner = isAlong ? firstAlong : firstAcross;
  Value firstOuter = isAlong ? firstAcross : firstAlong;
  Value innerAt = fold<arith::AddIOp>(firstInner, x);
  auto isBelow = [&](Value position, const Side &of) -> Value {
    std::optional<int64_t> size = constantOf(of.size);
    if (size && *size % edge == 0)
      return nullptr;
    return arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ult,
                                 position, of.size);
  };
  Value isInside = isBelow(innerAt, inner);
  setSide(inner, innerAt, width);
  for (int64_t row = 0; row < edge; row += rows) {
    Value yRow = fold<arith::AddIOp>(y, constant(row));
    Value outerAt = fold<arith::AddIOp>(firstOuter, yRow);
    Value condition = isBelow(outerAt, outer);
    if (condition && isInside)
      condition = arith::AndIOp::create(builder, loc(), condition, isInside);
    else if (!condition)
      condition = isInside;
    OpBuilder::InsertionGuard insertion(builder);
    std::size_t mark = lanes.mark();
    if (condition) {
      auto branch = scf::IfOp::create(builder, loc(), condition);
      builder.setInsertionPoint(branch.thenBlock()->getTerminator());
    }
    setSide(outer, outerAt, 1);
    body(x, yRow);
    lanes.forget(mark);
  }
}

/// Brings the tile of each input to shared memory.
void TransposeEmitter::fetch() {
  lanes.setLanes(across.width);
  for (Across &input : inputs)
    forEach(across, along, across.width, [&](Value x, Value y) {
      Value value = lanes.materialize(
          lanes.load(region->getOperand(input.argument.getArgNumber()),
                     lanes.apply(input.map, iteration)));
      for (int64_t lane = 0; lane < across.width; ++lane) {
        Value element =
            across.width == 1
                ? value
                : vector::ExtractOp::create(builder, loc(), value, lane)
                      .getResult();
        memref::StoreOp::create(
            builder, loc(), element, input.tile,
            ValueRange{fold<arith::AddIOp>(x, constant(lane)), y});
      }
    });
}

void TransposeEmitter::compute() {
  lanes.setLanes(along.width);
  forEach(along, across, along.width, [&](Value x, Value y) {
    for (const Across &input : inputs) {
      if (along.width == 1) {
        lanes.override(input.argument,
                       LaneValue::uniform(memref::LoadOp::create(
                           builder, loc(), input.tile, ValueRange{y, x})));
        continue;
      }
      auto type = VectorType::get(
          along.width, getElementTypeOrSelf(input.argument.getType()));
      lanes.override(input.argument,
                     {{},
                      0,
                      vector::LoadOp::create(builder, loc(), type, input.tile,
                                             ValueRange{y, x})});
    }
    for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
      lanes.store(lanes.evaluate(value, iteration),
                  region->getOperand(numInputs + i), iteration);
    lanes.clearOverrides();
  });
}

void TransposeEmitter::emit() {
  lanes.setBufferAlignment(accessBytes);
  Value blocks = constant(1);
  for (const Side *of : {&along, &across})
    blocks = fold<arith::MulIOp>(
        blocks, fold<arith::CeilDivUIOp>(of->size, constant(edge)));
  for (unsigned dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(along.dims, dim) &&
        !llvm::is_contained(across.dims, dim))
      blocks = fold<arith::MulIOp>(blocks, sizes[dim]);
  Value one = constant(1), threads = constant(blockThreads);
  launch = gpu::LaunchOp::create(builder, loc(), blocks, one, one, threads, one,
                                 one);
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  for (Across &input : inputs) {
    Type element = getElementTypeOrSelf(input.argument.getType());
    // Rows that begin in other banks than those before and after them.
    int64_t padding = edge / side;
    input.tile = launch.addWorkgroupAttribution(
        MemRefType::get({edge, edge + padding}, element,
                        MemRefLayoutAttrInterface(), space),
        loc());
  }
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  setBlock(launch.getBlockIds().x);
  fetch();
  gpu::BarrierOp::create(builder, loc());
  compute();
  gpu::TerminatorOp::create(builder, loc());
}

LogicalResult nvptx::emitPointwise(OpBuilder &builder,
                                   kernel::RegionOp region) {
  TransposeEmitter emitter(builder, region);
  if (!emitter.plan())
    return emitElements(builder, region);
  emitter.emit();
  return success();
}
