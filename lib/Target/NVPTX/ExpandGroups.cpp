//===- ExpandGroups.cpp - Consumers of convolutions in groups -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A convolution in groups has a loop for groups and one for the channels of a
// group, what follows it in the model one loop for all channels. Its kernel
// ends there unless what follows has both loops, too:
//
//   collapse_shape(convolution) -> pointwise
//   convolution -> pointwise -> collapse_shape
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/NVPTX/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXEXPANDGROUPS
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

static bool isPointwise(linalg::GenericOp op) {
  return op.getNumReductionLoops() == 0 &&
         llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) {
           return map.isProjectedPermutation();
         });
}

/// A sum over two operands that both walk along the last dimension but one of
/// the result, the groups, and of which one walks along the last.
static bool isInGroups(linalg::GenericOp op) {
  if (!op.getNumReductionLoops() || op.getNumDpsInputs() != 2 ||
      op.getNumDpsInits() != 1)
    return false;
  AffineMap left = op.getIndexingMapsArray()[0],
            right = op.getIndexingMapsArray()[1],
            result = op.getIndexingMapsArray()[2];
  unsigned rank = result.getNumResults();
  if (rank < 2 || !result.isProjectedPermutation())
    return false;
  unsigned groups = result.getDimPosition(rank - 2),
           columns = result.getDimPosition(rank - 1);
  return left.isFunctionOfDim(groups) && right.isFunctionOfDim(groups) &&
         left.isFunctionOfDim(columns) != right.isFunctionOfDim(columns);
}

/// Whether `value` is on the domain of a convolution in groups.
static bool followsGroups(Value value) {
  SmallVector<Value> work = {value};
  SmallPtrSet<Value, 8> seen;
  while (!work.empty()) {
    Value next = work.pop_back_val();
    auto op = next.getDefiningOp<linalg::GenericOp>();
    if (!op || !seen.insert(next).second)
      continue;
    if (isInGroups(op))
      return true;
    if (isPointwise(op))
      llvm::append_range(work, op.getDpsInputs());
  }
  return false;
}

/// Whether `op` only brings its input into another order, which becomes no part
/// of the convolution anyway, and none at all where the caller's strides are in
/// that order.
static bool isCopy(linalg::GenericOp op) {
  return isa<BlockArgument>(op.getBody()->getTerminator()->getOperand(0));
}

namespace {
struct NVPTXExpandGroups
    : graphc::impl::NVPTXExpandGroupsBase<NVPTXExpandGroups> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    linalg::populateFoldReshapeOpsByExpansionPatterns(
        patterns, [](OpOperand *operand) {
          auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
          auto collapse =
              operand->get().getDefiningOp<tensor::CollapseShapeOp>();
          return consumer && collapse && isPointwise(consumer) &&
                 !isCopy(consumer) && followsGroups(collapse.getSrc());
        });
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
