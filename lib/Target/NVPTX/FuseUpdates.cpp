//===- FuseUpdates.cpp - Updates compute what they read -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where to and what a loop of updates adds is computed for each iteration, such
// as the bin of an element: done in the loop, it needs no memory and no launch.
//
//===----------------------------------------------------------------------===//

#include "Atomics.h"
#include "Conjunction.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Target/NVPTX/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXFUSEUPDATES
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using linalg::LinalgOp;

namespace {
/// Loops of updates, each the only thing in the one around it.
class UpdateLoops {
public:
  explicit UpdateLoops(scf::ForOp outer);

  /// Moves checks of all elements of what the loops read into them.
  void fuseChecks();
  /// Computes what they read of elementwise ops, from the last one to the
  /// first.
  void fuseProducers();

private:
  bool isInside(Operation *op) const { return loops[0]->isProperAncestor(op); }
  /// Whether `extract` reads another element in each iteration.
  bool isOnePerIteration(tensor::ExtractOp extract) const;
  /// Whether it then reads all elements.
  bool readsAll(tensor::ExtractOp extract) const;
  /// Whether all that is asked of the results of `op` are elements, here.
  bool isOnlyRead(Operation *op) const;
  bool canFuse(tensor::ExtractOp extract) const;
  void fuse(tensor::ExtractOp extract);
  /// An element, read in front of `user` unless it was before.
  Value read(OpBuilder &builder, Operation *user, Value tensor,
             ArrayRef<Value> indices);

  SmallVector<scf::ForOp> loops;
};
} // namespace

UpdateLoops::UpdateLoops(scf::ForOp outer) {
  for (scf::ForOp loop = outer; loop;) {
    loops.push_back(loop);
    auto inner = loop.getBody()->getOps<scf::ForOp>();
    loop = llvm::hasSingleElement(inner) &&
                   loop.getBody()->getOperations().size() == 2
               ? *inner.begin()
               : nullptr;
  }
}

bool UpdateLoops::isOnePerIteration(tensor::ExtractOp extract) const {
  return llvm::all_of(loops, [&](scf::ForOp loop) {
    return llvm::is_contained(extract.getIndices(), loop.getInductionVar());
  });
}

/// The size of a dimension, if it is known where the tensor is made.
static OpFoldResult getSize(Value tensor, int64_t dim) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim))
    return OpBuilder(tensor.getContext()).getIndexAttr(type.getDimSize(dim));
  if (auto op = tensor.getDefiningOp<LinalgOp>()) {
    unsigned result = cast<OpResult>(tensor).getResultNumber();
    return getSize(op.getDpsInitOperand(result)->get(), dim);
  }
  auto empty = tensor.getDefiningOp<tensor::EmptyOp>();
  return empty ? OpFoldResult(empty.getDynamicSize(dim)) : OpFoldResult();
}

bool UpdateLoops::readsAll(tensor::ExtractOp extract) const {
  if (extract.getIndices().size() != loops.size())
    return false;
  for (int64_t dim = 0; dim < static_cast<int64_t>(loops.size()); ++dim) {
    Value index = extract.getIndices()[dim];
    const auto *found = llvm::find_if(loops, [&](scf::ForOp loop) {
      return loop.getInductionVar() == index;
    });
    scf::ForOp loop = found == loops.end() ? nullptr : *found;
    if (!loop || !matchPattern(loop.getLowerBound(), m_Zero()) ||
        !matchPattern(loop.getStep(), m_One()))
      return false;
    OpFoldResult size = getSize(extract.getTensor(), dim);
    if (!size || !isEqualConstantIntOrValue(
                     size, getAsOpFoldResult(loop.getUpperBound())))
      return false;
  }
  return isOnePerIteration(extract);
}

/// The check that all elements of the input of `all` are as its body says, in
/// `block`.
static kernel::CheckOp findCheck(LinalgOp all, Block *block) {
  auto getOnlyUser = [](Operation *op) {
    return op && op->hasOneUse() ? *op->user_begin() : nullptr;
  };
  auto extract = dyn_cast_if_present<tensor::ExtractOp>(getOnlyUser(all));
  auto bit = extract
                 ? dyn_cast_if_present<arith::TruncIOp>(getOnlyUser(extract))
                 : nullptr;
  auto check =
      bit ? dyn_cast_if_present<kernel::CheckOp>(getOnlyUser(bit)) : nullptr;
  return check && check->getBlock() == block ? check : nullptr;
}

/// Whether `condition` is made of the element and of what is known outside, by
/// ops of the body of `all` that may be computed anywhere.
static bool isOfElement(LinalgOp all, Value condition) {
  if (condition.getParentBlock() != all.getBlock())
    return true;
  if (auto argument = dyn_cast<BlockArgument>(condition))
    return argument.getArgNumber() == 0;
  Operation *op = condition.getDefiningOp();
  return isPure(op) && !op->getNumRegions() && !isa<linalg::IndexOp>(op) &&
         llvm::all_of(op->getOperands(),
                      [&](Value operand) { return isOfElement(all, operand); });
}

/// `value` of the body of `all`, computed by `builder`.
static Value cloneOut(OpBuilder &builder, LinalgOp all, Value value,
                      IRMapping &mapping) {
  if (value.getParentBlock() != all.getBlock() || mapping.contains(value))
    return mapping.lookupOrDefault(value);
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    (void)cloneOut(builder, all, operand, mapping);
  builder.clone(*op, mapping);
  return mapping.lookup(value);
}

void UpdateLoops::fuseChecks() {
  Block *around = loops[0]->getBlock();
  SmallVector<tensor::ExtractOp> extracts(
      loops.back().getBody()->getOps<tensor::ExtractOp>());
  for (tensor::ExtractOp extract : extracts) {
    if (!readsAll(extract))
      continue;
    OpBuilder builder(extract->getContext());
    builder.setInsertionPointAfter(extract);
    for (Operation *user :
         llvm::make_early_inc_range(extract.getTensor().getUsers())) {
      auto all = dyn_cast<LinalgOp>(user);
      Value condition = all ? nvptx::matchConjunction(all) : nullptr;
      kernel::CheckOp check = condition ? findCheck(all, around) : nullptr;
      if (!check || !check->isBeforeInBlock(loops[0]) ||
          !isOfElement(all, condition))
        continue;
      IRMapping mapping;
      mapping.map(all.getBlock()->getArgument(0), extract.getResult());
      Value holds = cloneOut(builder, all, condition, mapping);
      kernel::CheckOp::create(builder, check.getLoc(), holds,
                              check.getMessage(), /*moved=*/true);
      Operation *bit = check.getCondition().getDefiningOp();
      Operation *read = bit->getOperand(0).getDefiningOp();
      for (Operation *op : {check.getOperation(), bit, read, user})
        op->erase();
    }
  }
}

bool UpdateLoops::isOnlyRead(Operation *op) const {
  return llvm::all_of(op->getUsers(), [&](Operation *user) {
    return isa<tensor::ExtractOp>(user) && isInside(user);
  });
}

bool UpdateLoops::canFuse(tensor::ExtractOp extract) const {
  auto op = extract.getTensor().getDefiningOp<LinalgOp>();
  if (!op || op->getBlock() != loops[0]->getBlock() ||
      op.getNumReductionLoops() || op.hasPureBufferSemantics() ||
      !isa<linalg::GenericOp>(op))
    return false;
  OpOperand *init = op.getDpsInitOperand(
      cast<OpResult>(extract.getTensor()).getResultNumber());
  if (!op.getMatchingIndexingMap(init).isPermutation() ||
      llvm::any_of(op.getDpsInitsMutable(), [&](OpOperand &other) {
        return op.payloadUsesValueFromOperand(&other);
      }))
    return false;
  bool areMapped = llvm::all_of(op.getDpsInputOperands(), [&](OpOperand *in) {
    return llvm::all_of(op.getMatchingIndexingMap(in).getResults(),
                        [](AffineExpr expr) {
                          return isa<AffineDimExpr, AffineConstantExpr>(expr);
                        });
  });
  bool isFlat = !op.getBlock()
                     ->walk([&](linalg::IndexOp index) {
                       return index->getBlock() == op.getBlock()
                                  ? WalkResult::advance()
                                  : WalkResult::interrupt();
                     })
                     .wasInterrupted();
  // Nothing is computed more often than before.
  bool isScalar = op.getNumLoops() == 0;
  return areMapped && isFlat && isOnlyRead(op) &&
         (isScalar || isOnePerIteration(extract));
}

Value UpdateLoops::read(OpBuilder &builder, Operation *user, Value tensor,
                        ArrayRef<Value> indices) {
  if (!isa<RankedTensorType>(tensor.getType()))
    return tensor;
  for (Operation *other : tensor.getUsers())
    if (auto known = dyn_cast<tensor::ExtractOp>(other))
      if (known->getBlock() == user->getBlock() &&
          known->isBeforeInBlock(user) &&
          llvm::equal(known.getIndices(), indices))
        return known;
  return tensor::ExtractOp::create(builder, user->getLoc(), tensor, indices);
}

void UpdateLoops::fuse(tensor::ExtractOp extract) {
  auto op = extract.getTensor().getDefiningOp<LinalgOp>();
  unsigned number = cast<OpResult>(extract.getTensor()).getResultNumber();
  OpBuilder builder(extract);
  SmallVector<Value> iteration(op.getNumLoops());
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(number));
  for (auto [expr, index] :
       llvm::zip_equal(map.getResults(), extract.getIndices()))
    iteration[cast<AffineDimExpr>(expr).getPosition()] = index;
  IRMapping mapping;
  for (OpOperand *input : op.getDpsInputOperands()) {
    SmallVector<Value> indices;
    for (AffineExpr expr : op.getMatchingIndexingMap(input).getResults()) {
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        indices.push_back(iteration[dim.getPosition()]);
      else
        indices.push_back(arith::ConstantIndexOp::create(
            builder, extract.getLoc(),
            cast<AffineConstantExpr>(expr).getValue()));
    }
    BlockArgument argument = op.getMatchingBlockArgument(input);
    if (!argument.use_empty())
      mapping.map(argument, read(builder, extract, input->get(), indices));
  }
  op.getBlock()->walk([&](linalg::IndexOp index) {
    mapping.map(index.getResult(), iteration[index.getDim()]);
  });
  for (Operation &inner : op.getBlock()->without_terminator())
    if (!isa<linalg::IndexOp>(inner))
      builder.clone(inner, mapping);
  Value yielded = op.getBlock()->getTerminator()->getOperand(number);
  extract.replaceAllUsesWith(mapping.lookupOrDefault(yielded));
  extract.erase();
  if (op->use_empty())
    op->erase();
}

void UpdateLoops::fuseProducers() {
  bool isChanged = true;
  while (isChanged) {
    isChanged = false;
    for (auto extract : llvm::make_early_inc_range(
             loops.back().getBody()->getOps<tensor::ExtractOp>()))
      if (canFuse(extract)) {
        fuse(extract);
        isChanged = true;
      }
  }
}

namespace {
struct NVPTXFuseUpdates : graphc::impl::NVPTXFuseUpdatesBase<NVPTXFuseUpdates> {
  void runOnOperation() override {
    SmallVector<scf::ForOp> found;
    getOperation()->walk([&](scf::ForOp loop) {
      if (loop->hasAttr(nvptx::atomicAttrName))
        found.push_back(loop);
    });
    for (scf::ForOp loop : found) {
      UpdateLoops loops(loop);
      loops.fuseChecks();
      loops.fuseProducers();
    }
  }
};
} // namespace
