//===- FuseAcross.cpp - What is reduced across its last dimension ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel's ops run over one domain, loops in one order. A reduction along
// other dimensions than the last ones has an order of its own, in which the ops
// before it do not run: they become part of its body.
//
//===----------------------------------------------------------------------===//

#include "KernelForms.h"

#include "mlir/Dialect/Linalg/Transforms/Transforms.h"

using namespace mlir;
using namespace graphc;
using linalg::GenericOp;

/// An input of a reduction that nobody else reads and that is computed element
/// by element, in another order.
static bool canFuse(OpOperand *input) {
  auto op = cast<GenericOp>(input->getOwner());
  auto producer = input->get().getDefiningOp<GenericOp>();
  AffineMap map = op.getMatchingIndexingMap(input);
  return producer && producer->hasOneUse() && isPointwise(producer) &&
         producer->getNumResults() == 1 && !isInitializer(producer) &&
         producer.getNumLoops() == op.getNumLoops() && map.isPermutation() &&
         !map.isIdentity() && linalg::areElementwiseOpsFusable(input);
}

/// A product that is summed up is multiplied by other means.
static bool isProduct(linalg::LinalgOp op) {
  return isContraction(op) || isConvolution(op) || isDepthwise(op);
}

/// The op that takes the place of `op`, if there is something to fuse.
static GenericOp fuseOne(GenericOp op, RewriterBase &rewriter) {
  for (OpOperand *input : op.getDpsInputOperands()) {
    if (!canFuse(input))
      continue;
    auto producer = input->get().getDefiningOp<GenericOp>();
    rewriter.setInsertionPoint(op);
    FailureOr<linalg::ElementwiseOpFusionResult> result =
        linalg::fuseElementwiseOps(rewriter, input);
    if (failed(result))
      continue;
    auto fused = cast<GenericOp>(result->fusedOp);
    if (isProduct(fused) || !isReduction(fused)) {
      rewriter.eraseOp(fused);
      continue;
    }
    fused->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    rewriter.replaceOp(op, fused.getResults().take_back(op->getNumResults()));
    rewriter.eraseOp(producer);
    return fused;
  }
  return nullptr;
}

void graphc::fuseAcross(Operation *root, RewriterBase &rewriter) {
  SmallVector<GenericOp> reductions;
  root->walk([&](GenericOp op) {
    if (isReduction(op) && !isProduct(op))
      reductions.push_back(op);
  });
  for (GenericOp op : reductions)
    while (op)
      op = fuseOne(op, rewriter);
}
