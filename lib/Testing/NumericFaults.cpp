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
// Rewrites
//===----------------------------------------------------------------------===//

/// Applies `change` to the first op that `matches`.
template <Matcher matches, void (*change)(Operation *)>
static LogicalResult changeFirst(Operation *root) {
  if (Operation *op = findOp(root, matches))
    change(op);
  return success();
}

template <typename Op>
static bool isA(Operation *op) {
  return isa<Op>(op);
}

static void swapOperands(Operation *op) {
  Value first = op->getOperand(0);
  op->setOperand(0, op->getOperand(1));
  op->setOperand(1, first);
}

/// Another op on the same operands.
template <typename Op>
static void replaceBy(Operation *op) {
  OpBuilder builder(op);
  Operation *other = Op::create(builder, op->getLoc(), op->getResultTypes(),
                                op->getOperands());
  op->replaceAllUsesWith(other);
  op->erase();
}

/// What reads the result reads the first operand.
static void skip(Operation *op) {
  op->getResult(0).replaceAllUsesWith(op->getOperand(0));
  op->erase();
}

/// A constant of the arith dialect gets another value.
static void changeConstant(Operation *op) {
  auto constant = cast<arith::ConstantOp>(op);
  auto scale = [](const APFloat &value) {
    APFloat scaled = value;
    bool losesInfo;
    APFloat factor(1.25);
    factor.convert(value.getSemantics(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
    scaled.multiply(factor, APFloat::rmNearestTiesToEven);
    return scaled;
  };
  if (auto number = dyn_cast<FloatAttr>(constant.getValue()))
    constant.setValueAttr(
        FloatAttr::get(number.getType(), scale(number.getValue())));
  else if (auto splat = dyn_cast<SplatElementsAttr>(constant.getValue()))
    constant.setValueAttr(SplatElementsAttr::get(
        splat.getType(), scale(splat.getSplatValue<APFloat>())));
}

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

/// A kernel with two inputs of one type, as both parts of a sum have.
static bool isKernelOfTwins(Operation *op) {
  auto region = dyn_cast<kernel::RegionOp>(op);
  return region && region.getInputs().size() > 1 &&
         region.getInputs()[0].getType() == region.getInputs()[1].getType() &&
         region.getInputs()[0] != region.getInputs()[1];
}
static void repeatInput(Operation *op) { op->setOperand(1, op->getOperand(0)); }

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

/// The second of two views of one buffer.
static bool isLaterView(Operation *op) {
  auto view = dyn_cast<memref::ViewOp>(op);
  APInt shift;
  return view && matchPattern(view.getByteShift(), m_ConstantInt(&shift)) &&
         shift != 0;
}
static void moveView(Operation *op) {
  OpBuilder builder(op);
  Value zero = arith::ConstantIndexOp::create(builder, op->getLoc(), 0);
  cast<memref::ViewOp>(op).getByteShiftMutable().assign(zero);
}

/// A call of a kernel with two buffers of one type.
static bool isCallOfTwins(Operation *op) {
  return isa<func::CallOp>(op) && op->getNumOperands() > 2 &&
         op->getOperand(0).getType() == op->getOperand(1).getType() &&
         isa<MemRefType>(op->getOperand(0).getType()) &&
         op->getOperand(0) != op->getOperand(1);
}

/// The last call but one: what it makes, others read.
static bool isNeededCall(Operation *op) {
  return isa<func::CallOp>(op) &&
         isa_and_nonnull<func::CallOp>(op->getNextNode());
}
static void erase(Operation *op) { op->erase(); }

//===----------------------------------------------------------------------===//
// Loops and vectors
//===----------------------------------------------------------------------===//

static bool isSumOfLanes(Operation *op) {
  auto reduction = dyn_cast<vector::ReductionOp>(op);
  return reduction && reduction.getKind() == vector::CombiningKind::ADD &&
         isa<FloatType>(reduction.getType());
}
static void takeMaximum(Operation *op) {
  cast<vector::ReductionOp>(op).setKind(vector::CombiningKind::MAXIMUMF);
}

/// The loop over a reduction, which carries its sums.
static bool isSummingLoop(Operation *op) {
  auto loop = dyn_cast<scf::ForOp>(op);
  return loop && loop.getNumResults() > 0 &&
         isa<VectorType>(loop.getResult(0).getType());
}
static void startLate(Operation *op) {
  auto loop = cast<scf::ForOp>(op);
  OpBuilder builder(op);
  loop.getLowerBoundMutable().assign(arith::AddIOp::create(
      builder, op->getLoc(), loop.getLowerBound(), loop.getStep()));
}

static bool isMaskOfTail(Operation *op) {
  return isa<vector::CreateMaskOp, vector::ConstantMaskOp>(op);
}
static void maskAll(Operation *op) {
  OpBuilder builder(op);
  auto type = cast<VectorType>(op->getResult(0).getType());
  Value none = arith::ConstantOp::create(builder, op->getLoc(),
                                         DenseElementsAttr::get(type, false));
  op->getResult(0).replaceAllUsesWith(none);
  op->erase();
}

static bool isRootOfMany(Operation *op) {
  return isa<math::SqrtOp>(op) && op->getResult(0).hasOneUse();
}

static bool isCoefficient(Operation *op) {
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (!constant)
    return false;
  auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
  return splat && isa<VectorType>(splat.getType()) &&
         isa<FloatType>(splat.getElementType()) &&
         splat.getSplatValue<APFloat>().isFiniteNonZero() &&
         llvm::any_of(op->getUsers(),
                      [](Operation *user) { return isa<arith::MulFOp>(user); });
}

ArrayRef<Fault> graphc::numericFaults() {
  static constexpr auto wrong = Fault::Kind::WrongNumber;
  static constexpr Fault faults[] = {
      {"graph-swapped-sub", "graph-recognize", wrong,
       "a difference has its operands swapped",
       changeFirst<isDifference, swapOperands>},
      {"graph-lost-bias", "canonicalize", wrong, "a product loses its bias",
       changeFirst<isBiasOfProduct, skip>},
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
      {"buffers-overlap", "graphc-plan-memory", wrong,
       "a buffer lies where another one does",
       changeFirst<isLaterView, moveView>},
      {"buffers-swapped-arguments", "graphc-outline-kernels", wrong,
       "a kernel gets its inputs swapped",
       changeFirst<isCallOfTwins, swapOperands>},
      {"buffers-lost-kernel", "graphc-outline-kernels", wrong,
       "a kernel is not called", changeFirst<isNeededCall, erase>},
      {"scheduled-late-loop", "graphc-cpu-emit-kernels", wrong,
       "a sum leaves out its first terms",
       changeFirst<isSummingLoop, startLate>},
      {"scheduled-other-reduction", "graphc-cpu-emit-kernels", wrong,
       "lanes are not added up", changeFirst<isSumOfLanes, takeMaximum>},
      {"scheduled-lost-tail", "graphc-cpu-emit-kernels", wrong,
       "the tail of a row is left out", changeFirst<isMaskOfTail, maskAll>},
      {"scheduled-other-coefficient", "graphc-cpu-expand-math", wrong,
       "a coefficient is off", changeFirst<isCoefficient, changeConstant>},
      {"scheduled-lost-root", "graphc-cpu-expand-math", wrong,
       "a root is left out", changeFirst<isRootOfMany, skip>},
  };
  return faults;
}
