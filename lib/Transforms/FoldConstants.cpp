//===- FoldConstants.cpp - Evaluate what is known at compile time ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Reference/Reference.h"
#include "graphc/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace graphc {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// Bytes that never matter, neither as weights copied nor in the object.
static constexpr int64_t fewBytes = int64_t(64) << 10;

static std::optional<int64_t> countElements(Type type) {
  auto tensor = dyn_cast<graph::StridedTensorType>(type);
  if (!tensor || !reference::isSupported(tensor.getElementType()))
    return std::nullopt;
  std::optional<int64_t> size = tensor.getNumElements().getConstant();
  // Nothing is gained where there is nothing.
  return size && *size > 0 ? size : std::nullopt;
}

static int64_t countBytes(Type type) {
  auto tensor = cast<graph::StridedTensorType>(type);
  unsigned width = tensor.getElementType().getIntOrFloatBitWidth();
  return countElements(type).value_or(0) * std::max(1u, width / 8);
}

/// Ops that leave elements as they are, some of them, in some order.
static bool isMove(Operation *op) {
  return isa<graph::PermuteOp, graph::ReshapeOp, graph::ExpandOp,
             graph::ContiguousOp, graph::SliceOp, graph::FlipOp>(op);
}

/// Whether `op` makes floats wider and nothing else.
static bool isWidening(Operation *op) {
  auto cast = dyn_cast<graph::CastOp>(op);
  if (!cast)
    return false;
  auto getFloat = [](Value value) {
    return dyn_cast<FloatType>(
        mlir::cast<graph::StridedTensorType>(value.getType()).getElementType());
  };
  FloatType from = getFloat(op->getOperand(0)), to = getFloat(op->getResult(0));
  return from && to && from.getWidth() < to.getWidth();
}

/// Whether a sum of products reads `value`, moved at most.
static bool feedsProduct(Value value) {
  SmallVector<Value> values{value};
  while (!values.empty())
    for (Operation *user : values.pop_back_val().getUsers()) {
      if (isa<graph::MatmulOp, graph::GroupedMatmulOp, graph::ConvolutionOp,
              graph::AttentionOp>(user))
        return true;
      if (isMove(user))
        values.push_back(user->getResult(0));
    }
  return false;
}

namespace {
/// What is known of a value that constants alone decide.
struct Origin {
  /// Of the constants stored in a file.
  int64_t storedBytes = 0;
  /// It is such a constant, or a part of one in some order.
  bool isMoved = false;
  /// It is that with elements of a wider type.
  bool isWidened = false;
  /// It is made by counting and filling, which costs less than reading.
  bool isGenerated = false;
};

struct FoldConstants : graphc::impl::FoldConstantsBase<FoldConstants> {
  using Base::Base;

  void runOnOperation() override {
    origins.clear();
    tensors.clear();
    steps = 0;
    SmallVector<Operation *> known;
    getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      std::optional<Origin> origin = getOrigin(op);
      if (!origin)
        return;
      known.push_back(op);
      for (Value result : op->getResults())
        origins[result] = *origin;
    });
    // From the users up: what is left of an op depends on what is left of them.
    // A dead op goes at once.
    for (Operation *op : llvm::reverse(known)) {
      if (!isa<graph::ConstantOp>(op))
        fold(op);
      if (isOpTriviallyDead(op)) {
        for (Value result : op->getResults())
          tensors.erase(result);
        op->erase();
      }
    }
    tensors.clear();
    origins.clear();
  }

private:
  /// Nothing if `op` depends on anything but constants, or is not to be
  /// evaluated.
  std::optional<Origin> getOrigin(Operation *op) {
    if (auto constant = dyn_cast<graph::ConstantOp>(op))
      return getConstantOrigin(constant);
    if (!reference::isSupported(op) || !isMemoryEffectFree(op) ||
        op->getNumRegions() != 0)
      return std::nullopt;
    for (Type type : op->getResultTypes()) {
      std::optional<int64_t> size = countElements(type);
      if (!size || *size > maxElements)
        return std::nullopt;
    }
    Origin origin;
    origin.isMoved = isMove(op);
    origin.isWidened = isMove(op) || isWidening(op);
    // A fill of rank 0 is just its number.
    origin.isGenerated =
        isa<graph::FullOp, graph::IotaOp, graph::PermuteOp, graph::ReshapeOp,
            graph::ExpandOp, graph::ContiguousOp>(op) &&
        cast<graph::StridedTensorType>(op->getResult(0).getType()).getRank() >
            0;
    for (Value operand : op->getOperands()) {
      auto known = origins.find(operand);
      if (known == origins.end())
        return std::nullopt;
      origin.storedBytes += known->second.storedBytes;
      origin.isMoved &= known->second.isMoved;
      origin.isWidened &= known->second.isMoved || known->second.isWidened;
      origin.isGenerated &= known->second.isGenerated;
    }
    return origin;
  }

  std::optional<Origin> getConstantOrigin(graph::ConstantOp op) {
    std::optional<int64_t> size = countElements(op.getType());
    if (!size || *size > maxElements)
      return std::nullopt;
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(op.getValue())) {
      if (!resource.getRawHandle().getBlob())
        return std::nullopt;
      // One number: what matches numbers looks at attributes only.
      if (*size == 1)
        if (std::optional<reference::Tensor> value =
                reference::fromElements(op.getValue()))
          op.setValueAttr(reference::toElements(*value));
      return Origin{countBytes(op.getType()), true, false, false};
    }
    return Origin{0, true, false, op.getValue().isSplat()};
  }

  /// Whether to put the value in the place of what computes it.
  bool isWanted(Value value) {
    if (value.use_empty())
      return false;
    const Origin &origin = origins.find(value)->second;
    int64_t bytes = countBytes(value.getType());
    if (origin.isGenerated)
      return false;
    // Products read elements as they are stored: there are instructions for
    // narrow ones, and fewer bytes to read.
    if (origin.isWidened && feedsProduct(value))
      return false;
    if (origin.isMoved && origin.storedBytes > 0)
      return isWantedPart(value, bytes);
    int64_t allowed =
        origin.storedBytes > fewBytes ? origin.storedBytes : int64_t(maxBytes);
    return bytes <= std::min<int64_t>(allowed, maxBytes);
  }

  /// Views of weights are free. Parts of masks and positions are worth knowing.
  bool isWantedPart(Value value, int64_t bytes) {
    bool isFloat = isa<FloatType>(
        cast<graph::StridedTensorType>(value.getType()).getElementType());
    return !isFloat && bytes <= maxBytes;
  }

  const reference::Tensor *evaluate(Value value) {
    // Operands first, without recursion: chains may be long.
    SmallVector<Operation *> stack{value.getDefiningOp()};
    while (!stack.empty()) {
      Operation *next = stack.back();
      if (tensors.contains(next->getResult(0))) {
        stack.pop_back();
        continue;
      }
      bool isReady = true;
      for (Value operand : next->getOperands()) {
        if (tensors.contains(operand))
          continue;
        stack.push_back(operand.getDefiningOp());
        isReady = false;
      }
      if (!isReady)
        continue;
      stack.pop_back();
      if (!evaluate(next))
        return nullptr;
    }
    return &tensors.find(value)->second;
  }

  bool evaluate(Operation *op) {
    std::optional<int64_t> count = reference::countSteps(op);
    if (!count || steps + *count > maxSteps)
      return false;
    steps += *count;
    SmallVector<const reference::Tensor *> operands;
    for (Value operand : op->getOperands())
      operands.push_back(&tensors.find(operand)->second);
    auto results = reference::evaluate(op, operands);
    if (!results)
      return false;
    for (auto [value, tensor] : llvm::zip_equal(op->getResults(), *results))
      tensors[value] = std::move(tensor);
    return true;
  }

  void fold(Operation *op) {
    for (OpResult result : op->getResults()) {
      if (!isWanted(result))
        continue;
      const reference::Tensor *tensor = evaluate(result);
      if (!tensor)
        return;
      result.replaceAllUsesWith(materialize(op, result, *tensor));
      ++numFolded;
    }
  }

  /// A constant, or a fill instead of a long one: a splat is written out where
  /// it is read from memory.
  static Value materialize(Operation *op, OpResult result,
                           const reference::Tensor &tensor) {
    OpBuilder builder(op);
    auto type = cast<graph::StridedTensorType>(result.getType());
    DenseElementsAttr elements = reference::toElements(tensor);
    if (!elements.isSplat() || countBytes(type) <= fewBytes)
      return graph::ConstantOp::create(builder, op->getLoc(), type, elements);
    DenseElementsAttr number =
        elements.resizeSplat(RankedTensorType::get({}, type.getElementType()));
    auto scalarType = graph::StridedTensorType::get(
        builder.getContext(), ArrayRef<int64_t>(), type.getElementType());
    Value scalar =
        graph::ConstantOp::create(builder, op->getLoc(), scalarType, number);
    return graph::FullOp::create(
        builder, op->getLoc(), type, scalar,
        graph::ExprArrayAttr::get(builder.getContext(), type.getShape()));
  }

  llvm::DenseMap<Value, Origin> origins;
  llvm::DenseMap<Value, reference::Tensor> tensors;
  int64_t steps = 0;
};
} // namespace
