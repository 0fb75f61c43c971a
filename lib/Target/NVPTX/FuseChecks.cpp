//===- FuseChecks.cpp - Indices are checked where they are used -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Conjunction.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Target/NVPTX/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXFUSECHECKS
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using linalg::LinalgOp;

namespace {
/// A check that holds when `condition`, in the body of `all`, holds for every
/// element of one input.
struct CheckOfAll {
  kernel::CheckOp check;
  tensor::ExtractOp extract;
  kernel::RegionOp region;
  LinalgOp all;
  Value condition;

  /// The operand of the region that `all` reads.
  Value getChecked() const {
    auto argument = cast<BlockArgument>(all->getOperand(0));
    return kernel::RegionOp(region).getOperand(argument.getArgNumber());
  }
};
} // namespace

static std::optional<CheckOfAll> match(kernel::CheckOp check) {
  auto bit = check.getCondition().getDefiningOp<arith::TruncIOp>();
  auto extract = bit ? bit.getIn().getDefiningOp<tensor::ExtractOp>() : nullptr;
  if (!extract || !extract.getIndices().empty() || !bit->hasOneUse() ||
      !extract->hasOneUse())
    return std::nullopt;
  auto region = extract.getTensor().getDefiningOp<kernel::RegionOp>();
  if (!region || region->getNumResults() != 1 || !region->hasOneUse())
    return std::nullopt;
  auto all = region.getYieldedValues()[0].getDefiningOp<LinalgOp>();
  Value condition = all ? nvptx::matchConjunction(all) : nullptr;
  if (!condition || !isa<BlockArgument>(all->getOperand(0)))
    return std::nullopt;
  return CheckOfAll{check, extract, region, all, condition};
}

/// True when a region evaluates all elements of `tensor` for what it yields.
static bool isEvaluatedEverywhere(Value tensor) {
  return llvm::any_of(tensor.getUses(), [](OpOperand &use) {
    Operation *user = use.getOwner();
    if (isa<kernel::YieldOp>(user))
      return true;
    if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(user))
      return isEvaluatedEverywhere(user->getResult(0));
    auto linalgOp = dyn_cast<LinalgOp>(user);
    return linalgOp && linalgOp.isDpsInput(&use) &&
           linalgOp.payloadUsesValueFromOperand(&use) &&
           linalgOp.getMatchingIndexingMap(&use).isPermutation() &&
           llvm::any_of(user->getResults(), isEvaluatedEverywhere);
  });
}

/// The operand of an op in `region` that reads all elements of `checked`, where
/// it is known that the op is computed for each of them.
static OpOperand *findReader(kernel::RegionOp region, Value checked) {
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || linalgOp.getNumReductionLoops() ||
        !llvm::any_of(op.getResults(), isEvaluatedEverywhere))
      continue;
    for (OpOperand *input : linalgOp.getDpsInputOperands()) {
      auto argument = dyn_cast<BlockArgument>(input->get());
      if (argument && region.getOperand(argument.getArgNumber()) == checked &&
          linalgOp.getMatchingIndexingMap(input).isProjectedPermutation())
        return input;
    }
  }
  return nullptr;
}

namespace {
/// Computes the condition of a check again in the body of another op.
class Mover {
public:
  Mover(const CheckOfAll &from, OpOperand &reader)
      : from(from), op(cast<LinalgOp>(reader.getOwner())),
        region(op->getParentOfType<kernel::RegionOp>()),
        builder(OpBuilder::atBlockBegin(op.getBlock())) {
    LinalgOp all = from.all;
    mapping.map(all.getBlock()->getArgument(0),
                op.getMatchingBlockArgument(&reader));
  }

  bool canMove(Value value) const {
    LinalgOp all = from.all;
    if (auto argument = dyn_cast<BlockArgument>(value))
      return argument == all.getBlock()->getArgument(0) ||
             !isa<RankedTensorType>(argument.getType());
    Operation *producer = value.getDefiningOp();
    return producer->getNumResults() == 1 && isPure(producer) &&
           !producer->getNumRegions() && !isa<linalg::IndexOp>(producer) &&
           llvm::all_of(producer->getOperands(),
                        [&](Value operand) { return canMove(operand); });
  }

  Value move(Value value) {
    if (Value known = mapping.lookupOrNull(value))
      return known;
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      mapping.map(value, getScalar(argument));
      return mapping.lookup(value);
    }
    Operation *producer = value.getDefiningOp();
    for (Value operand : producer->getOperands())
      (void)move(operand);
    builder.clone(*producer, mapping);
    return mapping.lookup(value);
  }

  void moveCheck() {
    kernel::CheckOp check = from.check;
    Value condition = move(from.condition);
    kernel::CheckOp::create(builder, check.getLoc(), condition,
                            check.getMessage());
  }

private:
  /// An input of the region that is no tensor.
  Value getScalar(BlockArgument argument) {
    kernel::RegionOp other = from.region;
    unsigned position = region.getInputs().size();
    region.getInputsMutable().append(other.getOperand(argument.getArgNumber()));
    return region.getBody().insertArgument(position, argument.getType(),
                                           argument.getLoc());
  }

  const CheckOfAll &from;
  LinalgOp op;
  kernel::RegionOp region;
  OpBuilder builder;
  IRMapping mapping;
};
} // namespace

static void fuse(const CheckOfAll &found) {
  for (Operation *user : found.getChecked().getUsers()) {
    auto region = dyn_cast<kernel::RegionOp>(user);
    if (!region || region->getBlock() != found.check->getBlock() ||
        region == found.region || !found.region->isBeforeInBlock(region))
      continue;
    // The emitters of others evaluate elements more than once.
    if (region.getForm() != kernel::Form::Pointwise &&
        region.getForm() != kernel::Form::Row)
      continue;
    OpOperand *reader = findReader(region, found.getChecked());
    if (!reader)
      continue;
    Mover mover(found, *reader);
    if (!mover.canMove(found.condition))
      continue;
    mover.moveCheck();
    Operation *bit = CheckOfAll(found).check.getCondition().getDefiningOp();
    for (Operation *op : std::initializer_list<Operation *>{
             found.check, bit, found.extract, found.region})
      op->erase();
    return;
  }
}

namespace {
struct NVPTXFuseChecks : graphc::impl::NVPTXFuseChecksBase<NVPTXFuseChecks> {
  void runOnOperation() override {
    SmallVector<kernel::CheckOp> checks(
        getOperation().getOps<kernel::CheckOp>());
    for (kernel::CheckOp check : checks)
      if (std::optional<CheckOfAll> found = match(check))
        fuse(*found);
  }
};
} // namespace
