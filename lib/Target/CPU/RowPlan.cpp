//===- RowPlan.cpp - How a row kernel is to run ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"

#include "graphc/Support/ErrorCode.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using linalg::LinalgOp;

/// Bytes of the values of one row that are kept for later passes.
static constexpr int64_t maxStashBytes = 128 << 10;

LogicalResult RowEmitter::analyze() {
  auto dims = region->getAttrOfType<IntegerAttr>("row_dims");
  auto domain = region->getAttrOfType<IntegerAttr>("domain_rank");
  if (!dims || !domain)
    return withCode("kernel-form",
                    region.emitOpError("lacks its row dimensions"));
  rowDims = dims.getInt();
  rank = domain.getInt();
  sizes = getDomainSizes(lanes, rank);
  if (sizes.size() != rank)
    return failure();
  iteration.resize(rank);
  return success();
}

/// Scores every dimension by how many accesses are contiguous in it.
void RowEmitter::chooseLanes() {
  if (rank == 0 || !LaneEmitter::canVectorize(region))
    return;
  SmallVector<int64_t> score = scoreDimensions(region, rank);
  unsigned best = rank - 1;
  for (unsigned dim = 0; dim < rank; ++dim)
    if (score[dim] > score[best])
      best = dim;
  // A reduction along lanes needs a combiner that vectors know.
  unsigned bits = 32;
  for (Type type : region.getInits().getTypes()) {
    Type element = cast<ShapedType>(type).getElementType();
    bits = std::max(
        bits, element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 64u);
  }
  int64_t lanesWanted = processor.lanes(bits);
  if (std::optional<int64_t> size = constantOf(sizes[best]))
    while (lanesWanted > 1 && lanesWanted / 2 >= *size)
      lanesWanted /= 2;
  if (lanesWanted == 1)
    return;
  vectorDim = best;
  width = lanesWanted;
}

/// Reductions that do not need each other share a pass.
void RowEmitter::collectPasses() {
  passes = codegen::collectPasses(region);
  for (auto [i, pass] : llvm::enumerate(passes))
    for (LinalgOp op : pass)
      passOf[op] = i;
}

static bool isExpensive(Operation *op) {
  return op
      ->walk([](Operation *inner) {
        return isa<math::ExpOp, math::TanhOp, math::ErfOp, math::LogOp,
                   math::SinOp, math::CosOp, math::PowFOp, math::Exp2Op,
                   math::ExpM1Op, math::Log1pOp, arith::DivFOp>(inner)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// A costly value over the whole row that two passes need is kept.
void RowEmitter::chooseStashes() {
  if (passes.empty() || !isInnerVector())
    return;
  int64_t elements = 1;
  for (unsigned dim = rowDims; dim < rank; ++dim) {
    std::optional<int64_t> size = constantOf(sizes[dim]);
    if (!size)
      return;
    elements *= *size;
  }
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || linalgOp.getNumReductionLoops() ||
        linalgOp.getNumLoops() != rank || op.getNumResults() != 1 ||
        !getLoopMap(linalgOp).isIdentity() || !isExpensive(&op))
      continue;
    // The passes that read it, directly or through other pointwise ops.
    unsigned first = passes.size(), last = 0;
    SetVector<Operation *> users;
    ForwardSliceOptions options;
    options.filter = [&](Operation *user) {
      auto reduction = dyn_cast<LinalgOp>(user);
      if (reduction && reduction.getNumReductionLoops()) {
        first = std::min(first, passOf[user]);
        last = std::max(last, passOf[user]);
        return false;
      }
      if (isa<kernel::YieldOp>(user))
        last = passes.size();
      return true;
    };
    getForwardSlice(op.getResult(0), &users, options);
    int64_t bytes = elements *
                    (cast<RankedTensorType>(op.getResult(0).getType())
                         .getElementTypeBitWidth() +
                     7) /
                    8;
    if (first < last && bytes <= maxStashBytes)
      stashes.push_back({op.getResult(0), first, {}});
  }
}

/// Lanes along a row dimension leave inner loops with one vector per step, a
/// cache line of every page that a tall matrix has. Several at once read more
/// of each, and there are enough registers for their accumulators.
void RowEmitter::chooseCopies() {
  if (!vectorDim || isInnerVector() || passes.empty())
    return;
  unsigned accumulators = 0;
  for (ArrayRef<LinalgOp> pass : passes) {
    unsigned results = 0;
    for (LinalgOp op : pass)
      results += op->getNumResults();
    accumulators = std::max(accumulators, results);
  }
  std::optional<int64_t> size = constantOf(sizes[*vectorDim]);
  // Some units must be left for every thread.
  constexpr int64_t minUnits = 8;
  maxCopies = processor.vectorBits == 512 ? 16 : 8;
  while (maxCopies > 1 && (maxCopies * accumulators > 16 ||
                           (size && *size < width * maxCopies * minUnits)))
    maxCopies /= 2;
}

/// Finds operands that are contiguous along another dimension than the lanes.
void RowEmitter::chooseTiles() {
  if (!vectorDim || !isInnerVector() || !passes.empty() || width < 2 ||
      rank != rowDims + 1)
    return;
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || linalgOp.getNumLoops() != rank ||
        linalgOp.getNumReductionLoops())
      continue;
    for (OpOperand *input : linalgOp.getDpsInputOperands()) {
      auto argument = dyn_cast<BlockArgument>(input->get());
      AffineMap map = linalgOp.getMatchingIndexingMap(input);
      if (!argument || !argument.hasOneUse() || !map.isProjectedPermutation() ||
          !map.isFunctionOfDim(*vectorDim))
        continue;
      Value buffer = region.getOperand(argument.getArgNumber());
      auto type = cast<MemRefType>(buffer.getType());
      if (!type.getElementType().isIntOrFloat())
        continue;
      auto [strides, offset] = type.getStridesAndOffset();
      (void)offset;
      for (auto [expr, stride] : llvm::zip_equal(map.getResults(), strides)) {
        unsigned dim = cast<AffineDimExpr>(expr).getPosition();
        std::optional<int64_t> size = constantOf(sizes[dim]);
        if (stride != 1 || dim == *vectorDim || (tileDim && *tileDim != dim) ||
            (size && *size < width))
          continue;
        tileDim = dim;
        tiled.push_back({argument, map});
      }
    }
  }
  // Every position must be reached through one op whose loops are the domain.
  for (Operation &op : region.getBody().front())
    if (!isa<LinalgOp, tensor::EmptyOp, arith::ConstantOp, kernel::YieldOp>(op))
      tileDim.reset();
  if (!tileDim)
    tiled.clear();
}
