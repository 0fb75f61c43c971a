//===- Reductions.cpp - What row kernels reduce ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"

#include "dialects/Kernel/IR/DomainOrder.h"
#include "graphc/Support/ErrorCode.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using linalg::LinalgOp;

static std::optional<vector::CombiningKind> combiningKind(Operation *op) {
  using Kind = vector::CombiningKind;
  return llvm::TypeSwitch<Operation *, std::optional<Kind>>(op)
      .Case<arith::AddFOp, arith::AddIOp>([](auto) { return Kind::ADD; })
      .Case<arith::MulFOp, arith::MulIOp>([](auto) { return Kind::MUL; })
      .Case([](arith::MaximumFOp) { return Kind::MAXIMUMF; })
      .Case([](arith::MinimumFOp) { return Kind::MINIMUMF; })
      .Case([](arith::MaxNumFOp) { return Kind::MAXNUMF; })
      .Case([](arith::MinNumFOp) { return Kind::MINNUMF; })
      .Case([](arith::MaxSIOp) { return Kind::MAXSI; })
      .Case([](arith::MinSIOp) { return Kind::MINSI; })
      .Case([](arith::MaxUIOp) { return Kind::MAXUI; })
      .Case([](arith::MinUIOp) { return Kind::MINUI; })
      .Case([](arith::AndIOp) { return Kind::AND; })
      .Case([](arith::OrIOp) { return Kind::OR; })
      .Case([](arith::XOrIOp) { return Kind::XOR; })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<Accumulator> codegen::matchAccumulator(LinalgOp op,
                                                     unsigned result) {
  Accumulator accumulator{op, result};
  Value argument = op.getMatchingBlockArgument(op.getDpsInitOperand(result));
  Value yielded = op.getBlock()->getTerminator()->getOperand(result);
  // Truth values are stored as bytes of 0 and 1, on which the combiner of bits
  // does the same.
  auto stored = yielded.getDefiningOp<arith::ExtUIOp>();
  if (stored && stored.getIn().getType().isInteger(1) && argument.hasOneUse())
    if (auto bit = dyn_cast<arith::TruncIOp>(*argument.user_begin())) {
      argument = bit.getOut();
      yielded = stored.getIn();
    }
  Operation *combiner = yielded.getDefiningOp();
  if (!combiner || yielded.getType() != argument.getType() ||
      !argument.hasOneUse() || *argument.user_begin() != combiner ||
      combiner->getNumOperands() != 2)
    return std::nullopt;
  if (stored && !isa<arith::AndIOp, arith::OrIOp, arith::XOrIOp>(combiner))
    return std::nullopt;
  std::optional<vector::CombiningKind> kind = combiningKind(combiner);
  if (!kind)
    return std::nullopt;
  accumulator.combiner = combiner;
  accumulator.kind = *kind;
  return accumulator;
}

static bool dependsOn(Operation *op, ArrayRef<LinalgOp> reductions) {
  SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = true;
  (void)getBackwardSlice(op, &slice, options);
  return llvm::any_of(reductions,
                      [&](LinalgOp r) { return slice.contains(r); });
}

/// Reductions that do not need each other share a pass.
ReductionPasses codegen::collectPasses(kernel::RegionOp region) {
  ReductionPasses passes;
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || linalgOp.getNumReductionLoops() == 0)
      continue;
    unsigned pass = 0;
    for (auto [i, earlier] : llvm::enumerate(passes))
      if (dependsOn(&op, earlier))
        pass = i + 1;
    if (pass == passes.size())
      passes.emplace_back();
    passes[pass].push_back(linalgOp);
  }
  return passes;
}

Value codegen::getNeutral(OpBuilder &builder, Location loc,
                          const Accumulator &accumulator) {
  LinalgOp op = accumulator.op;
  Type type = getElementTypeOrSelf(op->getResult(accumulator.result));
  std::optional<TypedAttr> neutral =
      arith::getNeutralElement(accumulator.combiner);
  if (neutral && neutral->getType() == type)
    return arith::ConstantOp::create(builder, loc, *neutral);
  if (neutral) // A bit that is stored as a byte.
    return arith::ConstantOp::create(
        builder, loc,
        builder.getIntegerAttr(
            type, cast<IntegerAttr>(*neutral).getValue().getZExtValue()));
  return arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
}

Value codegen::combineValues(OpBuilder &builder, Location loc,
                             const Accumulator &accumulator, Value a, Value b) {
  return vector::makeArithReduction(builder, loc, accumulator.kind, a, b);
}

static AffineMap getOrderMap(Operation *op, unsigned rank,
                             MLIRContext *context) {
  SmallVector<AffineExpr> dims;
  for (unsigned dim : kernel::getDomainOrder(op, rank))
    dims.push_back(getAffineDimExpr(dim, context));
  return AffineMap::get(rank, 0, dims, context);
}

AffineMap codegen::getLoopMap(LinalgOp op) {
  return getOrderMap(op, op.getNumLoops(), op.getContext());
}

AffineMap codegen::getDomainMap(Value value, unsigned rank) {
  return getOrderMap(value.getDefiningOp(), rank, value.getContext());
}

static bool hasRank(Value tensor, unsigned rank) {
  return cast<RankedTensorType>(tensor.getType()).getRank() ==
         static_cast<int64_t>(rank);
}

SmallVector<Value> codegen::getDomainSizes(LaneEmitter &lanes, unsigned rank) {
  kernel::RegionOp region = lanes.getRegion();
  // Sizes come from any value over the whole domain.
  SmallVector<Value> sizes(rank);
  auto take = [&](Value tensor, AffineMap map) {
    for (auto [i, expr] : llvm::enumerate(map.getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        if (!sizes[dim.getPosition()])
          sizes[dim.getPosition()] = lanes.getSize(tensor, i);
  };
  for (Value value : region.getYieldedValues())
    if (hasRank(value, rank))
      take(value, getDomainMap(value, rank));
  for (Operation &op : region.getBody().front())
    if (auto linalgOp = dyn_cast<LinalgOp>(op))
      if (linalgOp.getNumLoops() == rank && linalgOp.getNumReductionLoops())
        for (OpOperand &operand : op.getOpOperands())
          if (isa<RankedTensorType>(operand.get().getType()))
            take(operand.get(), linalgOp.getMatchingIndexingMap(&operand));
  if (!llvm::is_contained(sizes, Value()))
    return sizes;
  withCode("kernel-form",
           region.emitOpError("has a dimension of unknown size"));
  return {};
}

SmallVector<int64_t> codegen::scoreDimensions(kernel::RegionOp region,
                                              unsigned rank) {
  SmallVector<int64_t> score(rank, 0);
  auto account = [&](Type type, AffineMap map, int64_t weight) {
    auto memref = dyn_cast<MemRefType>(type);
    if (!memref)
      return;
    auto [strides, offset] = memref.getStridesAndOffset();
    (void)offset;
    for (unsigned dim = 0; dim < rank; ++dim) {
      for (auto [expr, stride] : llvm::zip_equal(map.getResults(), strides)) {
        if (!expr.isFunctionOfDim(dim))
          continue;
        bool isUnit = stride == 1 && isa<AffineDimExpr>(expr);
        score[dim] += isUnit ? weight : -weight;
      }
    }
  };
  unsigned firstInit = region.getInputs().size();
  for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
    if (hasRank(value, rank))
      account(region.getOperand(firstInit + i).getType(),
              getDomainMap(value, rank), 3);
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || linalgOp.getNumLoops() != rank)
      continue;
    AffineMap loops = getLoopMap(linalgOp);
    for (OpOperand *input : linalgOp.getDpsInputOperands()) {
      Value read = input->get();
      // Padding moves elements, and keeps their order.
      while (auto pad = read.getDefiningOp<tensor::PadOp>())
        read = pad.getSource();
      if (auto argument = dyn_cast<BlockArgument>(read))
        account(region.getOperand(argument.getArgNumber()).getType(),
                linalgOp.getMatchingIndexingMap(input).compose(loops), 2);
    }
  }
  return score;
}
