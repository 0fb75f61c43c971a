//===- Elements.cpp - A thread for each element of a result ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Right for every kernel. Fast for pointwise ones, whose neighbours along the
// last dimension share a thread as far as one access reaches, so that a warp
// reads whole lines. Reductions run in one thread each.
//
//===----------------------------------------------------------------------===//

#include "../Codegen/LaneEmitter.h"
#include "../Codegen/Reductions.h"
#include "Forms.h"
#include "OpenShapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Rows that a thread computes of what it can access only in small parts, at
/// most, and ops of a body of which so many copies are worth it.
static constexpr int64_t maxRows = 8, maxRepeatedOps = 64;
/// Threads that fill a large device.
static constexpr int64_t manyThreads = 1 << 19;

void nvptx::emitIf(OpBuilder &builder, Location loc, Value condition,
                   function_ref<void()> body) {
  auto branch = scf::IfOp::create(builder, loc, condition);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  body();
}

void nvptx::emitGrid(OpBuilder &builder, Location loc, Value total,
                     function_ref<void(Value)> body) {
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value threads = constant(blockThreads), one = constant(1);
  Value blocks = builder.createOrFold<arith::CeilDivUIOp>(loc, total, threads);
  auto launch =
      gpu::LaunchOp::create(builder, loc, blocks, one, one, threads, one, one);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  Value first =
      arith::MulIOp::create(builder, loc, launch.getBlockIds().x, threads);
  Value linear =
      arith::AddIOp::create(builder, loc, first, launch.getThreadIds().x);
  std::optional<int64_t> known = constantOf(total);
  if (!known || *known % blockThreads) {
    Value isInside = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ult, linear, total);
    auto branch = scf::IfOp::create(builder, loc, isInside);
    gpu::TerminatorOp::create(builder, loc);
    builder.setInsertionPoint(branch.thenBlock()->getTerminator());
    return body(linear);
  }
  body(linear);
  gpu::TerminatorOp::create(builder, loc);
}

namespace {
/// The results of one shape, computed by the same threads.
class ElementEmitter {
public:
  ElementEmitter(LaneEmitter &lanes, ArrayRef<unsigned> results)
      : builder(lanes.getBuilder()), region(lanes.getRegion()),
        results(results), lanes(lanes) {}

  void emit();

private:
  int64_t chooseWidth();
  int64_t chooseRows(int64_t width);
  /// Emits the launch, of vectors of `width`; `isShort` as of IndexMath.
  void emitThreads(int64_t width, bool isShort);
  Value getResult(unsigned result) {
    return region.getOperand(region.getInputs().size() + result);
  }

  OpBuilder &builder;
  kernel::RegionOp region;
  ArrayRef<unsigned> results;
  LaneEmitter &lanes;
  SmallVector<Value> sizes; ///< Of the results.
};
} // namespace

/// True when elements of the region's results are loops.
static bool hasReductions(LaneEmitter &lanes) {
  return llvm::any_of(lanes.getRegion().getBody().front(), [&](Operation &op) {
    auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
    return linalgOp && linalgOp.getNumReductionLoops() &&
           !lanes.isRedirected(linalgOp->getResult(0));
  });
}

/// How many neighbours along the last dimension one thread computes, where open
/// sizes and strides are multiples of it.
int64_t ElementEmitter::chooseWidth() {
  if (hasReductions(lanes) || !LaneEmitter::canVectorize(region))
    return 1;
  int64_t width = accessBytes;
  for (unsigned result : results) {
    auto type = cast<MemRefType>(getResult(result).getType());
    auto [strides, offset] = type.getStridesAndOffset();
    (void)offset;
    if (type.getRank() == 0 || strides.back() != 1 ||
        !type.getElementType().isIntOrFloat())
      return 1;
    int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8u);
    width = std::min(width, accessBytes / bytes);
    // Every vector then starts at a multiple of its size.
    while (!ShapedType::isDynamic(type.getShape().back()) &&
           type.getShape().back() % width)
      width /= 2;
    for (int64_t stride : ArrayRef(strides).drop_back())
      if (!ShapedType::isDynamic(stride) && stride % width)
        return 1;
  }
  return width;
}

/// How many neighbours along the last dimension but one a thread computes, so
/// that it knows their column once and has several accesses under way.
int64_t ElementEmitter::chooseRows(int64_t width) {
  auto type = cast<MemRefType>(getResult(results.front()).getType());
  if (!type.hasStaticShape() || type.getRank() < 2 || hasReductions(lanes) ||
      !LaneEmitter::canVectorize(region))
    return 1;
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8u) * width;
  int64_t ops = 0;
  region.getBody().walk([&](Operation *) { ++ops; });
  int64_t rows = 1, size = type.getDimSize(type.getRank() - 2);
  int64_t most = std::min(maxRows, type.getNumElements() / width / manyThreads);
  if (bytes * 2 > accessBytes || ops > maxRepeatedOps)
    return 1;
  // As few as have together what one access could.
  for (int64_t wanted = 2; wanted <= most && rows * bytes < accessBytes;
       ++wanted)
    if (size % wanted == 0)
      rows = wanted;
  return rows;
}

void ElementEmitter::emit() {
  Location loc = region.getLoc();
  Value result = getResult(results.front());
  auto type = cast<MemRefType>(result.getType());
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    sizes.push_back(
        type.isDynamicDim(dim)
            ? memref::DimOp::create(builder, loc, result, dim).getResult()
            : lanes.constantIndex(type.getDimSize(dim)));
  int64_t width = chooseWidth();
  if (width == 1)
    return emitThreads(1, /*isShort=*/false);
  AffineMap toDomain = inversePermutation(
      getDomainMap(region.getYieldedValues()[results.front()], sizes.size()));
  OpenShapes shapes(builder, region, sizes, sizes.size() - 1, toDomain);
  if (shapes.isCertain(width))
    return emitThreads(width, /*isShort=*/false);
  emitEither(
      builder, loc, shapes.emitCheck(width),
      [&] {
        shapes.assume(lanes, width);
        emitThreads(width, /*isShort=*/true);
        OpenShapes::forget(lanes);
      },
      [&] { emitThreads(1, /*isShort=*/false); });
}

void ElementEmitter::emitThreads(int64_t width, bool isShort) {
  std::size_t mark = lanes.mark();
  lanes.setLanes(width);
  lanes.setBufferAlignment(accessBytes);
  IndexMath math(builder, region.getLoc());
  SmallVector<Value> counts(sizes);
  auto divide = [&](unsigned dim, int64_t by) {
    if (by > 1)
      counts[dim] = math.fold<arith::DivUIOp>(counts[dim], math.constant(by));
  };
  unsigned rank = sizes.size();
  int64_t rows = chooseRows(width);
  divide(rank - 1, width);
  divide(rank - 2, rows);
  emitGrid(builder, region.getLoc(), math.multiply(counts), [&](Value linear) {
    SmallVector<LaneValue> indices;
    for (Value index : math.delinearize(linear, counts, isShort))
      indices.push_back(LaneValue::uniform(index));
    auto multiply = [&](unsigned dim, int64_t by) {
      return math.fold<arith::MulIOp>(indices[dim].scalar, math.constant(by));
    };
    if (width > 1)
      indices.back() = {multiply(rank - 1, width), 1, {}, width};
    Value firstRow = rows > 1 ? multiply(rank - 2, rows) : nullptr;
    for (int64_t row = 0; row < rows; ++row) {
      if (firstRow)
        indices[rank - 2] = LaneValue::uniform(
            math.fold<arith::AddIOp>(firstRow, math.constant(row)));
      for (unsigned result : results)
        lanes.store(lanes.evaluate(region.getYieldedValues()[result], indices),
                    getResult(result), indices);
    }
  });
  lanes.forget(mark);
}

void nvptx::emitElementsOf(LaneEmitter &lanes, ArrayRef<unsigned> results) {
  // Results of one static shape share threads, and what they are made of.
  kernel::RegionOp region = lanes.getRegion();
  SmallVector<SmallVector<unsigned>> groups;
  for (unsigned result : results) {
    auto type = cast<MemRefType>(region.getInits()[result].getType());
    auto *group = llvm::find_if(groups, [&](ArrayRef<unsigned> others) {
      auto other = cast<MemRefType>(region.getInits()[others[0]].getType());
      return type.hasStaticShape() && other.getShape() == type.getShape();
    });
    if (group == groups.end())
      groups.emplace_back().push_back(result);
    else
      group->push_back(result);
  }
  for (ArrayRef<unsigned> group : groups) {
    std::size_t mark = lanes.mark();
    ElementEmitter(lanes, group).emit();
    lanes.forget(mark);
  }
}

LogicalResult nvptx::emitElements(OpBuilder &builder, kernel::RegionOp region) {
  LaneEmitter lanes(builder, region, 1);
  emitElementsOf(
      lanes, llvm::to_vector(llvm::seq<unsigned>(region.getInits().size())));
  return success();
}
