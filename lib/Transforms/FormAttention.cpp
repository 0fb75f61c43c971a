//===- FormAttention.cpp - Attention as one kernel ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whoever emits an attention kernel computes the softmax in another order than
// the ops say. So they are only taken as one kernel while they say exactly what
// the lowering of graph.attention wrote.
//
//===----------------------------------------------------------------------===//

#include "FormAttention.h"
#include "KernelForms.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace graphc;
using linalg::LinalgOp;

/// Tiles of a query and a value are kept for all of the depth.
static constexpr int64_t maxDepth = 512;

static bool isInGroup(Operation *op, const AttentionGroup &group) {
  return op && llvm::is_contained(group.ops, op);
}

/// acc + a * b, the factors possibly widened first.
static bool isProduct(LinalgOp op) {
  if (op.getNumReductionLoops() != 1 || op.getNumDpsInputs() != 2 ||
      op.getNumLoops() < 3)
    return false;
  unsigned products = 0, sums = 0;
  for (Operation &inner : op.getBlock()->without_terminator()) {
    products += isa<arith::MulFOp>(inner);
    sums += isa<arith::AddFOp>(inner);
    if (!isa<arith::MulFOp, arith::AddFOp, arith::ExtFOp>(inner))
      return false;
  }
  // Not by a number.
  bool readsBoth =
      llvm::all_of(op.getDpsInputOperands(), [&](OpOperand *input) {
        return !op.getMatchingBlockArgument(input).use_empty();
      });
  return products == 1 && sums == 1 && readsBoth &&
         llvm::all_of(op.getIndexingMapsArray(), kernel::isProjection);
}

/// One reduction of the last loop by a single op of type `Combiner`.
template <typename Combiner>
static bool isRowReduction(LinalgOp op) {
  Block *body = op.getBlock();
  return op.getNumReductionLoops() == 1 && op.getNumDpsInputs() == 1 &&
         llvm::hasSingleElement(body->without_terminator()) &&
         isa<Combiner>(body->front());
}

static std::optional<int64_t> getLoopSize(LinalgOp op, unsigned loop) {
  int64_t size = op.getStaticLoopRanges()[loop];
  return ShapedType::isDynamic(size) ? std::nullopt : std::optional(size);
}

static bool isWhole(AttentionGroup &group) {
  LinalgOp products, max, sum, weighted;
  unsigned exponentials = 0;
  for (LinalgOp op : group.ops) {
    if (op->hasAttr("graphc.attention"))
      products = op;
    else if (op.getNumReductionLoops() == 0)
      op->walk([&](math::ExpOp) { ++exponentials; });
    else if (isRowReduction<arith::MaximumFOp>(op) && !max)
      max = op;
    else if (isRowReduction<arith::AddFOp>(op) && !sum)
      sum = op;
    else if (!weighted)
      weighted = op;
    else
      return false;
  }
  if (!products || !max || !sum || !weighted || exponentials != 1 ||
      !isProduct(products) || !isProduct(weighted))
    return false;
  // What is multiplied comes from outside, but for the weights.
  auto isOutside = [&](LinalgOp op, unsigned input) {
    Value value = op.getDpsInputOperand(input)->get();
    return !isInGroup(value.getDefiningOp(), group) && !isMadeInside(value);
  };
  if (!isOutside(products, 0) || !isOutside(products, 1) ||
      isOutside(weighted, 0) || !isOutside(weighted, 1))
    return false;
  // The weights and their sum have one origin.
  if (sum.getDpsInputOperand(0)->get() != weighted.getDpsInputOperand(0)->get())
    return false;
  std::optional<int64_t> depth =
      getLoopSize(products, products.getNumLoops() - 1);
  std::optional<int64_t> valueDepth =
      getLoopSize(weighted, weighted.getNumLoops() - 2);
  if (!depth || !valueDepth || *depth == 0 || *valueDepth == 0 ||
      std::max(*depth, *valueDepth) > maxDepth)
    return false;
  Type sumType = getElementTypeOrSelf(products->getResult(0).getType());
  if (!sumType.isF32() && !sumType.isF64())
    return false;
  group.rank = products.getNumLoops() - 1;
  // Scores and weights stay inside.
  return llvm::all_of(group.ops, [&](LinalgOp op) {
    bool isInner =
        op == products || op == max || op == weighted ||
        (op.getNumReductionLoops() == 0 && op.getNumLoops() == group.rank &&
         llvm::any_of(op->getUsers(), [&](Operation *user) {
           return user == max || user == sum || user == weighted;
         }));
    return !isInner || llvm::all_of(op->getUsers(), [&](Operation *user) {
      return isInGroup(user, group);
    });
  });
}

/// Adds the op that permutes the result when nothing else reads it.
static void addPermutation(AttentionGroup &group, Block &block) {
  LinalgOp weighted;
  for (LinalgOp op : group.ops)
    if (op.getNumReductionLoops() && isProduct(op))
      weighted = op;
  // The division, and whatever else stands on the weighted values.
  Operation *last = weighted;
  while (last->hasOneUse() && isInGroup(*last->user_begin(), group))
    last = *last->user_begin();
  if (!last->hasOneUse())
    return;
  auto next = dyn_cast<linalg::GenericOp>(*last->user_begin());
  if (!next || next->getBlock() != &block || next.getNumReductionLoops() ||
      next.getNumDpsInputs() != 1 || next.getNumDpsInits() != 1 ||
      !next.getIndexingMapsArray()[0].isPermutation() ||
      !next.getIndexingMapsArray()[1].isIdentity() ||
      next.payloadUsesValueFromOperand(next.getDpsInitOperand(0)) ||
      next->hasAttr("graphc.group"))
    return;
  bool isPlain = true;
  next->walk([&](Operation *inner) {
    isPlain &= inner == next || isa<linalg::YieldOp, arith::TruncFOp>(inner);
  });
  if (isPlain)
    group.ops.push_back(cast<LinalgOp>(next.getOperation()));
}

SmallVector<AttentionGroup> graphc::findAttentions(Block &block) {
  llvm::MapVector<Attribute, AttentionGroup> groups;
  for (Operation &op : block) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    Attribute number = op.getAttr("graphc.group");
    if (linalgOp && number && !isa<linalg::FillOp>(op) &&
        linalgOp.hasPureTensorSemantics())
      groups[number].ops.push_back(linalgOp);
  }
  SmallVector<AttentionGroup> found;
  for (auto &[number, group] : groups) {
    if (llvm::none_of(group.ops, [](LinalgOp op) {
          return op->hasAttr("graphc.attention");
        }))
      continue;
    if (!isWhole(group))
      continue;
    addPermutation(group, block);
    found.push_back(group);
  }
  return found;
}
