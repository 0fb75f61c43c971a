//===- FormKernels.cpp - Group linalg ops into kernels --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ops are visited in program order. Each opens a group or joins that of a
// producer; a group becomes a region at the end. A group's domain is the
// iteration space of its ops: row dimensions first, inner (reduced) ones last.
// Groups that reduce the same elements become one (MergeGroups.cpp).
//
//===----------------------------------------------------------------------===//

#include "FormAttention.h"
#include "Former.h"
#include "KernelForms.h"
#include "graphc/Transforms/Passes.h"

#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graphc {
#define GEN_PASS_DEF_FORMKERNELS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using kernel::Form;
using linalg::GenericOp;
using linalg::LinalgOp;

std::optional<KernelGroup> Former::open(LinalgOp op) {
  if (isContraction(op))
    return Group{Form::Contraction, {}, op.getNumParallelLoops(), {}};
  if (isConvolution(op) || isDepthwise(op))
    return Group{Form::Convolution, {}, op.getNumParallelLoops(), {}};
  if (isPointwise(op))
    return Group{Form::Pointwise, {}, op.getNumLoops(), {}};
  if (isReduction(op))
    return Group{Form::Row, {}, op.getNumLoops(), op.getNumParallelLoops()};
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Joining a group
//===----------------------------------------------------------------------===//

bool graphc::haveSameExtent(LinalgOp a, unsigned loopA, LinalgOp b,
                            unsigned loopB) {
  int64_t sizeA = a.getStaticLoopRanges()[loopA],
          sizeB = b.getStaticLoopRanges()[loopB];
  if (!ShapedType::isDynamic(sizeA) || !ShapedType::isDynamic(sizeB))
    return sizeA == sizeB;
  // What says how many: dimensions of tensors, or what those were made with.
  auto sourcesOf = [&](LinalgOp op, unsigned loop) {
    SmallVector<std::pair<Value, int64_t>> sources;
    for (OpOperand &operand : op->getOpOperands())
      for (auto [dim, expr] :
           llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults())) {
        auto dimExpr = dyn_cast<AffineDimExpr>(expr);
        if (!dimExpr || dimExpr.getPosition() != loop)
          continue;
        Value source = operand.get();
        while (auto fill = source.getDefiningOp<linalg::FillOp>())
          source = fill.getOutputs()[0];
        auto empty = source.getDefiningOp<tensor::EmptyOp>();
        if (empty && empty.getType().isDynamicDim(dim))
          sources.emplace_back(empty.getDynamicSize(dim), -1);
        else
          sources.emplace_back(source, dim);
      }
    return sources;
  };
  auto known = sourcesOf(a, loopA);
  return llvm::any_of(sourcesOf(b, loopB), [&](auto source) {
    return llvm::is_contained(known, source);
  });
}

/// The order of the domain that `op` has its loops in, by what it reads.
std::optional<kernel::DomainOrder> Former::matchOrder(LinalgOp op,
                                                      Group &group) {
  auto isMember = [&](Operation *producer) {
    return groupOf.lookup(producer) == &group;
  };
  unsigned loops = op.getNumLoops();
  if (loops == group.rank)
    return group.orders->match(op, isMember);
  // Rows, in the order of the domain.
  for (OpOperand *input : op.getDpsInputOperands()) {
    Operation *producer = input->get().getDefiningOp();
    if (producer && isMember(producer) &&
        !op.getMatchingIndexingMap(input).isIdentity())
      return std::nullopt;
  }
  return kernel::getIdentityOrder(loops);
}

/// True when the group can have `op` with its loops in `order`.
bool Former::fitsOrder(LinalgOp op, Group &group, ArrayRef<unsigned> order) {
  unsigned loops = op.getNumLoops();
  if (loops != group.rank)
    return true;
  bool isMember = groupOf.lookup(op) == &group;
  if (!kernel::isIdentityOrder(order) && !isMember) {
    bool isWorth =
        op.getNumReductionLoops()
            ? !group.rowDims && isWorthReducing(op, group.ops)
            : group.rowDims && isWorthJoining(op, order, *group.orders,
                                              group.ops, *group.rowDims);
    if (!isWorth)
      return false;
  }
  bool readsWhole = llvm::any_of(op.getDpsInputs(), [&](Value input) {
    Operation *producer = input.getDefiningOp();
    return producer && groupOf.lookup(producer) == &group &&
           cast<RankedTensorType>(input.getType()).getRank() == loops;
  });
  if (readsWhole || !group.rowDims)
    return true;
  // Rows alone do not tell how long they are.
  for (auto [loop, dim] : llvm::enumerate(order))
    if (dim >= *group.rowDims &&
        llvm::none_of(group.ops, [&, loop = loop, dim = dim](LinalgOp member) {
          return member.getNumLoops() == loops &&
                 haveSameExtent(op, loop, member,
                                group.orders->getLoop(member, dim));
        }))
      return false;
  return true;
}

/// True when `op` reads results of `group` in a way that its form allows.
bool Former::fits(LinalgOp op, Group &group) {
  bool pointwise = isPointwise(op);
  if (!pointwise && !isReduction(op))
    return false;
  if (isContraction(op) || isConvolution(op) || isDepthwise(op) ||
      group.form == Form::Attention)
    return false;
  std::optional<unsigned> rowDims = group.rowDims;
  unsigned loops = op.getNumLoops();
  if (!pointwise) {
    if (group.isProduct() || loops != group.rank)
      return false;
    if (rowDims && *rowDims != op.getNumParallelLoops())
      return false;
    rowDims = op.getNumParallelLoops();
  } else if (loops != group.rank && !(rowDims && loops == *rowDims)) {
    return false;
  }
  std::optional<kernel::DomainOrder> order = matchOrder(op, group);
  if (!order || !fitsOrder(op, group, *order))
    return false;
  for (OpOperand &init : op.getDpsInitsMutable())
    if (op.payloadUsesValueFromOperand(&init) &&
        !isInitializer(init.get().getDefiningOp()))
      return false;
  // tensor.extract in the body must not read what the group computes.
  WalkResult result = op->walk([&](tensor::ExtractOp extract) {
    Operation *producer = extract.getTensor().getDefiningOp();
    return producer && groupOf.lookup(producer) == &group
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  return !result.wasInterrupted();
}

bool Former::join(LinalgOp op, Group &group) {
  // One row runs on one thread: what follows is better shared among all.
  if (isPointwise(op) && group.rowDims == 0u && op.getNumLoops() != 0)
    return false;
  if (!fits(op, group) || hasDetour(group.ops, op))
    return false;
  group.orders->add(op, *matchOrder(op, group), group.ops);
  if (op.getNumReductionLoops()) {
    group.form = Form::Row;
    group.rowDims = op.getNumParallelLoops();
  }
  group.ops.push_back(op);
  groupOf[op] = &group;
  ++numFused;
  return true;
}

void Former::run() {
  for (AttentionGroup &attention : findAttentions(block)) {
    groups.push_back(std::make_unique<Group>(
        Group{Form::Attention, attention.ops, attention.rank, {}}));
    groups.back()->orders.emplace(attention.rank, std::nullopt);
    for (LinalgOp op : attention.ops)
      groupOf[op] = groups.back().get();
    numFused += attention.ops.size() - 1;
  }
  for (Operation &op : block) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || isInitializer(&op) || !linalgOp.hasPureTensorSemantics() ||
        groupOf.count(&op))
      continue;
    // The latest producer first: it is the one whose values are still warm.
    SmallVector<Operation *> producers;
    for (OpOperand *input : linalgOp.getDpsInputOperands())
      if (Operation *producer = input->get().getDefiningOp())
        if (groupOf.count(producer))
          producers.push_back(producer);
    llvm::sort(producers, [](Operation *a, Operation *b) {
      return b->isBeforeInBlock(a);
    });
    bool joined = false;
    for (Operation *producer : producers)
      if ((joined = join(linalgOp, *groupOf[producer])))
        break;
    if (joined)
      continue;
    std::optional<Group> group = open(linalgOp);
    if (!group) {
      ++numGeneric;
      continue;
    }
    group->orders.emplace(group->rank, group->rowDims);
    groups.push_back(std::make_unique<Group>(*group));
    groups.back()->ops.push_back(linalgOp);
    groupOf[&op] = groups.back().get();
  }
  mergeGroups();
  for (std::unique_ptr<Group> &group : groups)
    build(*group);
  sortTopologically(&block);
}

/// Brings loops into the order that the forms expect: parallel ones in the
/// order of the results, then reductions.
static void normalizeLoops(GenericOp op, RewriterBase &rewriter) {
  SmallVector<unsigned> order;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!result.isProjectedPermutation())
    return;
  for (AffineExpr expr : result.getResults())
    order.push_back(cast<AffineDimExpr>(expr).getPosition());
  for (auto [i, type] : llvm::enumerate(op.getIteratorTypesArray()))
    if (!llvm::is_contained(order, i))
      order.push_back(i);
  if (llvm::is_sorted(order))
    return;
  rewriter.setInsertionPoint(op);
  (void)linalg::interchangeGenericOp(rewriter, op, order);
}

namespace {
struct FormKernels : graphc::impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](LinalgOp op) {
      if (isInitializer(op) || isa<GenericOp>(op))
        return;
      rewriter.setInsertionPoint(op);
      (void)linalg::generalizeNamedOp(rewriter, op);
    });
    getOperation()->walk([&](GenericOp op) { normalizeLoops(op, rewriter); });
    fuseAcross(getOperation(), rewriter);
    SmallVector<Block *> blocks;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<LinalgOp, kernel::RegionOp>(op))
        return WalkResult::skip();
      for (Region &region : op->getRegions())
        for (Block &block : region)
          blocks.push_back(&block);
      return WalkResult::advance();
    });
    for (Block *block : blocks) {
      Former former(*block, rewriter);
      former.run();
      numKernels += former.numKernels;
      numFused += former.numFused;
      numMerged += former.numMerged;
      numGeneric += former.numGeneric;
    }
  }
};
} // namespace
