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
#include "Forms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

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
  Value getResult(unsigned result) {
    return region.getOperand(region.getInputs().size() + result);
  }

  OpBuilder &builder;
  kernel::RegionOp region;
  ArrayRef<unsigned> results;
  LaneEmitter &lanes;
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

/// How many neighbours along the last dimension one thread computes.
int64_t ElementEmitter::chooseWidth() {
  if (hasReductions(lanes) || !LaneEmitter::canVectorize(region))
    return 1;
  int64_t width = accessBytes;
  for (unsigned result : results) {
    auto type = cast<MemRefType>(getResult(result).getType());
    auto [strides, offset] = type.getStridesAndOffset();
    (void)offset;
    if (type.getRank() == 0 || strides.back() != 1 ||
        ShapedType::isDynamic(type.getShape().back()) ||
        !type.getElementType().isIntOrFloat())
      return 1;
    int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8u);
    width = std::min(width, accessBytes / bytes);
    // Every vector then starts at a multiple of its size.
    while (type.getShape().back() % width)
      width /= 2;
    for (int64_t stride : ArrayRef(strides).drop_back())
      if (ShapedType::isDynamic(stride) || stride % width)
        return 1;
  }
  return width;
}

void ElementEmitter::emit() {
  Location loc = region.getLoc();
  int64_t width = chooseWidth();
  lanes.setLanes(width);
  lanes.setBufferAlignment(accessBytes);
  auto type = cast<MemRefType>(getResult(results.front()).getType());
  SmallVector<Value> counts;
  Value total = lanes.constantIndex(1);
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    bool isLast = dim + 1 == type.getRank();
    Value count =
        type.isDynamicDim(dim)
            ? memref::DimOp::create(builder, loc, getResult(results.front()),
                                    dim)
                  .getResult()
            : lanes.constantIndex(type.getDimSize(dim) / (isLast ? width : 1));
    counts.push_back(count);
    total = builder.createOrFold<arith::MulIOp>(loc, total, count);
  }
  emitGrid(builder, loc, total, [&](Value linear) {
    SmallVector<LaneValue> indices(counts.size());
    Value rest = linear;
    for (unsigned dim = counts.size(); dim-- > 0;) {
      Value index = rest;
      if (dim > 0) {
        index = builder.createOrFold<arith::RemUIOp>(loc, rest, counts[dim]);
        rest = builder.createOrFold<arith::DivUIOp>(loc, rest, counts[dim]);
      }
      indices[dim] = LaneValue::uniform(index);
      if (dim + 1 == counts.size() && width > 1)
        indices[dim] = {builder.createOrFold<arith::MulIOp>(
                            loc, index, lanes.constantIndex(width)),
                        1,
                        {},
                        width};
    }
    for (unsigned result : results)
      lanes.store(lanes.evaluate(region.getYieldedValues()[result], indices),
                  getResult(result), indices);
  });
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
