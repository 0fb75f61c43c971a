//===- KernelCost.cpp - What a kernel moves and computes ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/KernelCost.h"

#include "SizeBounds.h"

#include "graphc/Import/Signature.h"
#include "graphc/Transforms/MaterializeExpr.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

#include <functional>

using namespace mlir;
using namespace graphc;
using graph::Expr;
using linalg::LinalgOp;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

static Expr nameOperand(MLIRContext *context, unsigned operand) {
  return Expr::symbol(context, ("o" + Twine(operand)).str());
}

static Expr nameSize(ShapedType type, unsigned operand, unsigned dim) {
  MLIRContext *context = type.getContext();
  if (!type.isDynamicDim(dim))
    return Expr::constant(context, type.getDimSize(dim));
  return Expr::symbol(context,
                      ("o" + Twine(operand) + "_d" + Twine(dim)).str());
}

namespace {
/// The operand, and the dimension, that a symbol of a cost stands for.
struct SizeName {
  unsigned operand = 0;
  std::optional<unsigned> dim;

  static std::optional<SizeName> parse(StringRef text, size_t numOperands) {
    SizeName name;
    unsigned dim;
    auto [operand, rest] = text.split("_d");
    if (!operand.consume_front("o") || operand.getAsInteger(10, name.operand) ||
        name.operand >= numOperands)
      return std::nullopt;
    if (rest.empty())
      return name;
    if (rest.getAsInteger(10, dim))
      return std::nullopt;
    name.dim = dim;
    return name;
  }
};

/// Sizes of tensors as expressions over what the arguments of a block are
/// called. Null where they cannot be told.
class TensorSizes {
public:
  /// The size of a dimension of an argument, or the value of an index.
  using NameArgument =
      std::function<Expr(BlockArgument, std::optional<unsigned>)>;
  TensorSizes(MLIRContext *context, NameArgument nameArgument)
      : context(context), nameArgument(std::move(nameArgument)) {}

  Expr get(Value shaped, unsigned dim) const;
  Expr get(OpFoldResult size) const;
  Expr count(Value shaped) const;

  MLIRContext *context;

private:
  Expr getCollapsed(tensor::CollapseShapeOp op, unsigned dim) const;

  NameArgument nameArgument;
};
} // namespace

/// Sizes in the body of a region over its operands.
static TensorSizes getBodySizes(kernel::RegionOp region) {
  MLIRContext *context = region.getContext();
  Block *body = &region.getBody().front();
  return TensorSizes(context, [=](BlockArgument argument,
                                  std::optional<unsigned> dim) {
    unsigned number = argument.getArgNumber();
    if (argument.getOwner() != body)
      return Expr();
    return dim ? nameSize(cast<ShapedType>(argument.getType()), number, *dim)
               : nameOperand(context, number);
  });
}

Expr TensorSizes::getCollapsed(tensor::CollapseShapeOp op, unsigned dim) const {
  Expr size = Expr::constant(context, 1);
  for (int64_t source : op.getReassociationIndices()[dim]) {
    Expr factor = get(op.getSrc(), source);
    if (!factor)
      return Expr();
    size = size * factor;
  }
  return size;
}

Expr TensorSizes::get(Value shaped, unsigned dim) const {
  auto type = cast<ShapedType>(shaped.getType());
  if (!type.isDynamicDim(dim))
    return Expr::constant(context, type.getDimSize(dim));
  if (auto argument = dyn_cast<BlockArgument>(shaped))
    return nameArgument(argument, dim);
  auto result = cast<OpResult>(shaped);
  Operation *op = result.getOwner();
  if (auto structured = dyn_cast<DestinationStyleOpInterface>(op))
    return get(structured.getTiedOpOperand(result)->get(), dim);
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return get(empty.getMixedSizes()[dim]);
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return get(expand.getMixedOutputShape()[dim]);
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op))
    return getCollapsed(collapse, dim);
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return get(cast.getSource(), dim);
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    if (slice.getMixedSizes().size() == static_cast<size_t>(type.getRank()))
      return get(slice.getMixedSizes()[dim]);
  return Expr();
}

Expr TensorSizes::get(OpFoldResult size) const {
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return Expr::constant(context, *constant);
  auto value = cast<Value>(size);
  if (auto argument = dyn_cast<BlockArgument>(value))
    return nameArgument(argument, std::nullopt);
  Operation *op = value.getDefiningOp();
  if (auto dim = dyn_cast<tensor::DimOp>(op)) {
    std::optional<int64_t> index = dim.getConstantIndex();
    return index ? get(dim.getSource(), *index) : Expr();
  }
  if (op->getNumOperands() != 2 || op->getNumResults() != 1)
    return Expr();
  Expr lhs = get(OpFoldResult(op->getOperand(0))),
       rhs = get(OpFoldResult(op->getOperand(1)));
  if (!lhs || !rhs)
    return Expr();
  if (isa<arith::AddIOp>(op))
    return lhs + rhs;
  if (isa<arith::SubIOp>(op))
    return lhs - rhs;
  if (isa<arith::MulIOp>(op))
    return lhs * rhs;
  if (isa<arith::MaxSIOp, arith::MaxUIOp>(op))
    return lhs.max(rhs);
  if (isa<arith::MinSIOp, arith::MinUIOp>(op))
    return lhs.min(rhs);
  if (isa<arith::FloorDivSIOp, arith::DivUIOp, arith::DivSIOp>(op))
    return lhs.floorDiv(rhs);
  if (isa<arith::CeilDivSIOp, arith::CeilDivUIOp>(op))
    return lhs.ceilDiv(rhs);
  return Expr();
}

Expr TensorSizes::count(Value shaped) const {
  Expr elements = Expr::constant(context, 1);
  int64_t rank = cast<ShapedType>(shaped.getType()).getRank();
  for (int64_t dim = 0; dim < rank; ++dim) {
    Expr size = get(shaped, dim);
    if (!size)
      return Expr();
    elements = elements * size;
  }
  return elements;
}

/// The number of iterations of `op`; null when a loop's range is not the size
/// of any operand.
static Expr countIterations(LinalgOp op, const TensorSizes &sizes) {
  Expr product = Expr::constant(sizes.context, 1);
  for (auto [loop, range] : llvm::enumerate(op.getStaticLoopRanges())) {
    Expr size;
    if (!ShapedType::isDynamic(range))
      size = Expr::constant(sizes.context, range);
    for (OpOperand &operand : op->getOpOperands()) {
      if (size || !isa<ShapedType>(operand.get().getType()))
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand);
      for (auto [dim, expr] : llvm::enumerate(map.getResults()))
        if (auto place = dyn_cast<AffineDimExpr>(expr);
            !size && place && place.getPosition() == loop)
          size = sizes.get(operand.get(), dim);
    }
    if (!size)
      return Expr();
    product = product * size;
  }
  return product;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// Floating-point operations of one iteration; nothing when it has loops.
static std::optional<int64_t> countOperations(Block &body) {
  int64_t count = 0;
  WalkResult result = body.walk([&](Operation *op) {
    if (isa<LoopLikeOpInterface, scf::WhileOp>(op))
      return WalkResult::interrupt();
    if (op->getNumResults() != 1 ||
        !isa<FloatType, ComplexType>(op->getResult(0).getType()))
      return WalkResult::advance();
    if (isa<math::FmaOp>(op))
      count += 2;
    else if (isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
                 arith::RemFOp, arith::MaximumFOp, arith::MinimumFOp,
                 arith::MaxNumFOp, arith::MinNumFOp>(op) ||
             (isa<math::MathDialect>(op->getDialect()) &&
              !isa<math::AbsFOp, math::CopySignOp>(op)))
      count += 1;
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return std::nullopt;
  return count;
}

static Expr countFlops(kernel::RegionOp region, const TensorSizes &sizes) {
  Expr sum = Expr::constant(sizes.context, 0);
  for (Operation &op : region.getBody().front().without_terminator()) {
    auto structured = dyn_cast<LinalgOp>(op);
    // What only makes, moves or views values.
    if (!structured && op.getNumRegions() == 0)
      continue;
    std::optional<int64_t> each =
        structured ? countOperations(*structured.getBlock()) : std::nullopt;
    if (!each)
      return Expr();
    if (*each == 0)
      continue;
    Expr iterations = countIterations(structured, sizes);
    if (!iterations)
      return Expr();
    sum = sum + iterations * *each;
  }
  return sum.isInvalid() ? Expr() : sum;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Bools take a byte.
static int64_t countElementBytes(ShapedType type) {
  Type element = type.getElementType();
  if (auto complex = dyn_cast<ComplexType>(element))
    return complex.getElementType().getIntOrFloatBitWidth() / 4;
  return element.isIndex() ? 8 : (element.getIntOrFloatBitWidth() + 7) / 8;
}

/// How many elements of `argument` are read when it is only read at computed
/// places; null otherwise.
static Expr countExtracted(BlockArgument argument, const TensorSizes &sizes) {
  Expr sum = Expr::constant(sizes.context, 0);
  for (Operation *user : argument.getUsers()) {
    if (isa<tensor::DimOp>(user))
      continue;
    auto structured = user->getParentOfType<LinalgOp>();
    if (!isa<tensor::ExtractOp>(user) || !structured)
      return Expr();
    Expr iterations = countIterations(structured, sizes);
    if (!iterations)
      return Expr();
    sum = sum + iterations;
  }
  return sum;
}

static Expr countBytes(kernel::RegionOp region, const TensorSizes &sizes) {
  Expr sum = Expr::constant(sizes.context, 0);
  unsigned numInputs = region.getInputs().size();
  for (BlockArgument argument : region.getBody().getArguments()) {
    auto type = dyn_cast<ShapedType>(argument.getType());
    bool isInput = argument.getArgNumber() < numInputs;
    if (!type || (isInput && argument.use_empty()))
      continue;
    Expr elements = sizes.count(argument);
    if (!elements)
      return Expr();
    if (isInput)
      if (Expr some = countExtracted(argument, sizes))
        elements = elements.min(some);
    sum = sum + elements * countElementBytes(type);
  }
  return sum.isInvalid() ? Expr() : sum;
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

KernelCost graphc::estimateCost(kernel::RegionOp region) {
  TensorSizes sizes = getBodySizes(region);
  return {::countBytes(region, sizes), countFlops(region, sizes)};
}

std::optional<KernelCost> graphc::estimateCost(func::FuncOp function) {
  if (function.isExternal())
    return std::nullopt;
  auto regions = function.getBody().front().getOps<kernel::RegionOp>();
  if (!llvm::hasSingleElement(regions))
    return std::nullopt;
  return estimateCost(*regions.begin());
}

Expr graphc::countBytes(ValueRange operands) {
  if (operands.empty())
    return Expr();
  MLIRContext *context = operands.front().getContext();
  Expr sum = Expr::constant(context, 0);
  llvm::SmallDenseSet<Value> seen;
  for (auto [index, operand] : llvm::enumerate(operands)) {
    auto type = dyn_cast<ShapedType>(operand.getType());
    if (!type || !type.hasRank() || !seen.insert(operand).second)
      continue;
    Expr bytes = Expr::constant(context, countElementBytes(type));
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      bytes = bytes * nameSize(type, index, dim);
    sum = sum + bytes;
  }
  return sum.isInvalid() ? Expr() : sum;
}

Expr graphc::nameSizes(Expr cost, ModuleOp module, func::FuncOp main,
                       ValueRange operands) {
  if (!cost)
    return cost;
  SmallVector<std::string> symbols;
  if (module->hasAttr(Signature::getAttrName()))
    if (FailureOr<Signature> signature = Signature::get(module);
        succeeded(signature))
      for (const Signature::Symbol &symbol : signature->symbols)
        symbols.push_back(symbol.name);
  SizeBounds bounds(module, main, symbols);
  auto orNull = [](FailureOr<Expr> size) {
    return succeeded(size) ? *size : Expr();
  };
  TensorSizes sizes(cost.getContext(),
                    [&](BlockArgument argument, std::optional<unsigned> dim) {
                      return orNull(dim ? bounds.getUpperBound(argument, *dim)
                                        : bounds.getUpperBound(argument));
                    });
  Expr named = cost.substitute([&](StringRef text) -> Expr {
    std::optional<SizeName> name = SizeName::parse(text, operands.size());
    if (!name)
      return Expr();
    Value operand = operands[name->operand];
    if (!name->dim)
      return orNull(bounds.getUpperBound(operand));
    return isa<MemRefType>(operand.getType())
               ? orNull(bounds.getUpperBound(operand, *name->dim))
               : sizes.get(operand, *name->dim);
  });
  return named.isInvalid() ? cost : named;
}

Value graphc::materializeCost(OpBuilder &builder, Location loc, Expr cost,
                              ValueRange operands) {
  return materializeExpr(builder, loc, cost, [&](StringRef text) -> Value {
    std::optional<SizeName> name = SizeName::parse(text, operands.size());
    Value operand = operands[name->operand];
    if (!name->dim)
      return operand;
    if (isa<MemRefType>(operand.getType()))
      return memref::DimOp::create(builder, loc, operand, *name->dim);
    return tensor::DimOp::create(builder, loc, operand, *name->dim);
  });
}

std::string graphc::formatCost(Expr cost) {
  return cost ? cost.str() : "unknown";
}
