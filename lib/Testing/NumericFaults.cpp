//===- NumericFaults.cpp - Faults that compute wrong numbers -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "graphc/Testing/Faults.h"

#include "dialects/Graph/IR/Graph.h"
#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::testing;

//===----------------------------------------------------------------------===//
// Graph
//===----------------------------------------------------------------------===//

static bool isDifference(Operation *op) {
  return isa<graph::SubOp>(op) &&
         op->getOperand(0).getType() == op->getOperand(1).getType();
}

static bool isBiasOfProduct(Operation *op) {
  return isChain(op, "graph.add", "graph.matmul") &&
         op->getOperand(0).getType() == op->getResult(0).getType();
}

/// A fold that goes too far.
static LogicalResult loseBias(PatternRewriter &rewriter, Operation *op) {
  if (!isBiasOfProduct(op))
    return failure();
  rewriter.replaceOp(op, op->getOperand(0));
  return success();
}

static bool isNormalized(Operation *op) {
  return isa<graph::LayerNormOp, graph::RmsNormOp>(op);
}
static void dropEpsilon(Operation *op) {
  op->setAttr("eps", Builder(op->getContext()).getF64FloatAttr(1.0));
}

static bool isExactGelu(Operation *op) {
  auto gelu = dyn_cast<graph::GeluOp>(op);
  return gelu && gelu.getApproximate() == graph::GeluKind::None;
}
static void approximate(Operation *op) {
  cast<graph::GeluOp>(op).setApproximate(graph::GeluKind::Tanh);
}

static void changeScale(Operation *op) {
  auto attention = cast<graph::AttentionOp>(op);
  attention.setScaleAttr(
      Builder(op->getContext())
          .getF64FloatAttr(attention.getScale().convertToDouble() * 1.5));
}

static bool isActivation(Operation *op) {
  return isa<graph::GeluOp, graph::ReluOp, graph::SiluOp>(op) &&
         op->getOperand(0).getType() == op->getResult(0).getType();
}

static bool isSum(Operation *op) {
  return isa<graph::AddOp>(op) &&
         op->getOperand(0).getType() == op->getOperand(1).getType();
}

static bool isSoftmaxOfRows(Operation *op) {
  auto softmax = dyn_cast<graph::SoftmaxOp>(op);
  return softmax && softmax.getDim() != 0;
}
static void takeFirstDimension(Operation *op) {
  cast<graph::SoftmaxOp>(op).setDim(0);
}

//===----------------------------------------------------------------------===//
// Linalg and kernels
//===----------------------------------------------------------------------===//

static bool isNumber(Operation *op) {
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (!constant)
    return false;
  auto number = dyn_cast<FloatAttr>(constant.getValue());
  return number && number.getValue().isFiniteNonZero();
}

static bool isSquareMap(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic || generic.getNumReductionLoops() != 0)
    return false;
  auto type = dyn_cast<RankedTensorType>(generic->getOperand(0).getType());
  return type && type.getRank() == 2 && type.hasStaticShape() &&
         type.getDimSize(0) == type.getDimSize(1) && type.getDimSize(0) > 1 &&
         generic.getIndexingMapsArray()[0].isIdentity();
}
static void transposeMap(Operation *op) {
  auto generic = cast<linalg::GenericOp>(op);
  SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
  maps[0] =
      AffineMap::getPermutationMap(ArrayRef<unsigned>{1, 0}, op->getContext());
  generic.setIndexingMapsAttr(
      Builder(op->getContext()).getAffineMapArrayAttr(maps));
}

static bool isMaximumOfKernel(Operation *op) {
  return isa<arith::MaximumFOp>(op) && op->getParentOfType<linalg::GenericOp>();
}

/// A choice whose sides are mixed up when it is simplified.
static LogicalResult flipMaximum(PatternRewriter &rewriter, Operation *op) {
  if (!isMaximumOfKernel(op))
    return failure();
  rewriter.replaceOpWithNewOp<arith::MinimumFOp>(op, op->getOperand(0),
                                                 op->getOperand(1));
  return success();
}

/// Swaps once: what it has done is marked.
static LogicalResult swapDifference(PatternRewriter &rewriter, Operation *op) {
  if (!isa<arith::SubFOp>(op) || !op->getParentOfType<linalg::GenericOp>())
    return failure();
  rewriter.modifyOpInPlace(op, [&] {
    swapOperands(op);
    op->setAttr(doneAttrName, rewriter.getUnitAttr());
  });
  return success();
}

/// A kernel with two inputs of one type, as both parts of a sum have.
static bool isKernelOfTwins(Operation *op) {
  auto region = dyn_cast<kernel::RegionOp>(op);
  return region && region.getInputs().size() > 1 &&
         region.getInputs()[0].getType() == region.getInputs()[1].getType() &&
         region.getInputs()[0] != region.getInputs()[1];
}
static void repeatInput(Operation *op) { op->setOperand(1, op->getOperand(0)); }

static constexpr Fault
inPattern(llvm::StringLiteral name, llvm::StringLiteral description,
          LogicalResult (*rewrite)(PatternRewriter &, Operation *)) {
  return {name,        "canonicalize", Fault::Kind::WrongNumber,
          description, nullptr,        nullptr,
          rewrite};
}

ArrayRef<Fault> graphc::numericFaults() {
  static constexpr auto wrong = Fault::Kind::WrongNumber;
  static constexpr Fault faults[] = {
      inPattern("graph-lost-bias", "a product loses its bias", loseBias),
      inPattern("linalg-flipped-maximum", "a maximum becomes a minimum",
                flipMaximum),
      inPattern("linalg-swapped-difference",
                "a difference has its operands swapped", swapDifference),
      {"graph-sum-of-signs", "graph-simplify-indexing", wrong,
       "a sum is a difference", changeFirst<isSum, replaceBy<graph::SubOp>>},
      {"graph-other-dimension", "graph-bound-symbols", wrong,
       "a softmax is over another dimension",
       changeFirst<isSoftmaxOfRows, takeFirstDimension>},
      {"graph-swapped-sub", "graph-recognize", wrong,
       "a difference has its operands swapped",
       changeFirst<isDifference, swapOperands>},
      {"graph-large-epsilon", "cse", wrong,
       "a normalisation has an epsilon of 1",
       changeFirst<isNormalized, dropEpsilon>},
      {"graph-other-gelu", "graph-choose-layouts", wrong,
       "gelu is approximated", changeFirst<isExactGelu, approximate>},
      {"graph-other-scale", "graph-recognize", wrong,
       "an attention has another scale",
       changeFirst<isA<graph::AttentionOp>, changeScale>},
      {"graph-lost-activation", "graphc-fold-constants", wrong,
       "an activation is left out", changeFirst<isActivation, skip>},
      {"linalg-other-constant", "convert-graph-to-linalg", wrong,
       "a constant has another value", changeFirst<isNumber, changeConstant>},
      {"linalg-transposed-operand", "convert-graph-to-linalg", wrong,
       "a square operand is read transposed",
       changeFirst<isSquareMap, transposeMap>},
      {"linalg-minimum-for-maximum", "convert-graph-to-linalg", wrong,
       "a maximum is a minimum",
       changeFirst<isMaximumOfKernel, replaceBy<arith::MinimumFOp>>},
      {"kernel-other-division", "graphc-form-kernels", wrong,
       "a division is a product",
       changeFirst<isA<arith::DivFOp>, replaceBy<arith::MulFOp>>},
      {"kernel-repeated-input", "graphc-form-kernels", wrong,
       "a kernel reads one input twice",
       changeFirst<isKernelOfTwins, repeatInput>},
      {"kernel-lost-negation", "graphc-cpu-schedule-contractions", wrong,
       "a difference is a sum",
       changeFirst<isA<arith::SubFOp>, replaceBy<arith::AddFOp>>},
      {"linalg-sum-for-product", "graphc-align-domains", wrong,
       "a product is a sum",
       changeFirst<isA<arith::MulFOp>, replaceBy<arith::AddFOp>>},
      {"kernel-product-for-difference", "graphc-pack-constants", wrong,
       "a difference is a product",
       changeFirst<isA<arith::SubFOp>, replaceBy<arith::MulFOp>>},
      {"kernel-difference-for-sum", "graphc-bind-boundary", wrong,
       "a sum is a difference",
       changeFirst<isA<arith::AddFOp>, replaceBy<arith::SubFOp>>},
      {"kernel-swapped-quotient", "graphc-eliminate-empty-tensors", wrong,
       "a quotient has its operands swapped",
       changeFirst<isA<arith::DivFOp>, swapOperands>},
  };
  return faults;
}
