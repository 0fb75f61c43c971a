//===- SizeBounds.cpp - How large sizes can get ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SizeBounds.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Import/Signature.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

SizeBounds::SizeBounds(ModuleOp module, func::FuncOp main,
                       ArrayRef<std::string> symbols)
    : main(main), symbols(symbols) {
  if (module->hasAttr(Signature::getAttrName()))
    if (FailureOr<Signature> signature = Signature::get(module);
        succeeded(signature)) {
      auto promise = [&](size_t argument, Type type) {
        arguments.resize(std::max(arguments.size(), argument + 1));
        if (!arguments[argument])
          arguments[argument] = type;
      };
      for (const Signature::Input &input : signature->inputs)
        if (input.argument)
          promise(*input.argument, input.type);
      // Where results go stands behind the inputs.
      size_t numInputs = arguments.size();
      for (const Signature::Output &output : signature->outputs)
        if (output.result)
          promise(numInputs + *output.result, output.type);
      for (const Signature::Mutation &mutation : signature->mutations)
        promise(numInputs + mutation.result,
                signature->inputs[mutation.input].type);
    }
  auto known = module->getAttrOfType<DictionaryAttr>("graph.bounds");
  if (!known)
    return;
  main.walk([&](kernel::DefineSymbolOp op) {
    if (auto bound =
            dyn_cast_or_null<graph::ExprAttr>(known.get(op.getSymbol())))
      bounds[op.getValue()] = bound;
  });
}

bool SizeBounds::dependsOnData(Value value) {
  if (bounds.contains(value))
    return true;
  Operation *op = value.getDefiningOp();
  // Arguments of the function are given sizes, those of loops are not.
  if (!op)
    return cast<BlockArgument>(value).getOwner() != &main.getBody().front();
  if (isa<memref::LoadOp>(op) || op->getNumRegions())
    return true;
  return llvm::any_of(op->getOperands(),
                      [&](Value operand) { return dependsOnData(operand); });
}

FailureOr<Expr> SizeBounds::getUpperBound(OpFoldResult size) {
  if (auto value = dyn_cast<Value>(size))
    return getUpperBound(value);
  return Expr::constant(size.getContext(), *getConstantIntValue(size));
}

FailureOr<Expr> SizeBounds::getUpperBound(Value buffer, unsigned dim) {
  auto type = cast<ShapedType>(buffer.getType());
  if (!type.isDynamicDim(dim))
    return Expr::constant(buffer.getContext(), type.getDimSize(dim));
  if (auto argument = dyn_cast<BlockArgument>(buffer)) {
    size_t number = argument.getArgNumber() - symbols.size();
    if (argument.getOwner() != &main.getBody().front() ||
        argument.getArgNumber() < symbols.size() || number >= arguments.size())
      return failure();
    auto promised =
        dyn_cast_or_null<graph::StridedTensorType>(arguments[number]);
    if (!promised)
      return failure();
    Expr size = promised.getDim(dim);
    llvm::SetVector<StringRef> used;
    size.collectSymbols(used);
    // Other symbols are known only when data are.
    if (!llvm::all_of(used, [&](StringRef symbol) {
          return llvm::is_contained(symbols, symbol);
        }))
      return failure();
    return size;
  }
  Operation *op = buffer.getDefiningOp();
  if (auto alloc = dyn_cast<memref::AllocOp>(op))
    return getUpperBound(alloc.getMixedSizes()[dim]);
  if (auto cast = dyn_cast<memref::CastOp>(op))
    return getUpperBound(cast.getSource(), dim);
  if (auto expand = dyn_cast<memref::ExpandShapeOp>(op))
    return getUpperBound(expand.getMixedOutputShape()[dim]);
  if (auto collapse = dyn_cast<memref::CollapseShapeOp>(op)) {
    Expr product = Expr::constant(op->getContext(), 1);
    auto reassociation = collapse.getReassociationIndices();
    for (int64_t source : reassociation[dim]) {
      FailureOr<Expr> size = getUpperBound(collapse.getSrc(), source);
      if (failed(size))
        return failure();
      product = product * *size;
    }
    return product;
  }
  if (auto view = dyn_cast<OffsetSizeAndStrideOpInterface>(op))
    if (view.getMixedSizes().size() == static_cast<size_t>(type.getRank()))
      return getUpperBound(view.getMixedSizes()[dim]);
  return failure();
}

FailureOr<Expr> SizeBounds::getUpperBound(Value value) {
  MLIRContext *context = value.getContext();
  if (Expr bound = bounds.lookup(value))
    return bound;
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return Expr::constant(context, *constant);
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner() == &main.getBody().front() &&
        argument.getArgNumber() < symbols.size())
      return Expr::symbol(context, symbols[argument.getArgNumber()]);
    return failure();
  }
  Operation *op = value.getDefiningOp();
  if (isa<arith::IndexCastOp, arith::IndexCastUIOp>(op))
    return getUpperBound(op->getOperand(0));
  if (auto size = dyn_cast<memref::DimOp>(op)) {
    std::optional<int64_t> dim = size.getConstantIndex();
    if (!dim || !isa<MemRefType>(size.getSource().getType()))
      return failure();
    return getUpperBound(size.getSource(), *dim);
  }
  if (auto apply = dyn_cast<affine::AffineApplyOp>(op)) {
    FailureOr<Bound> bound =
        getBound(apply.getAffineMap().getResult(0),
                 apply.getAffineMap().getNumDims(), apply.getMapOperands());
    return failed(bound) ? FailureOr<Expr>(failure()) : bound->expr;
  }
  if (op->getNumOperands() != 2 || op->getNumResults() != 1)
    return failure();
  FailureOr<Bound> lhs = getBound(op->getOperand(0)),
                   rhs = getBound(op->getOperand(1));
  // One of both is enough, such as all that a loop takes a part of.
  if (isa<arith::MinSIOp>(op) && failed(lhs) != failed(rhs))
    return failed(lhs) ? rhs->expr : lhs->expr;
  if (failed(lhs) || failed(rhs))
    return failure();
  if (isa<arith::AddIOp>(op))
    return lhs->expr + rhs->expr;
  if (isa<arith::MaxSIOp, arith::MaxUIOp>(op))
    return lhs->expr.max(rhs->expr);
  if (isa<arith::MinSIOp, arith::MinUIOp>(op))
    return lhs->expr.min(rhs->expr);
  if (isa<arith::MulIOp>(op))
    return multiply(*lhs, *rhs);
  // The others shrink as the second operand grows.
  if (!rhs->isExact)
    return failure();
  if (isa<arith::SubIOp>(op))
    return lhs->expr - rhs->expr;
  if (isa<arith::FloorDivSIOp, arith::DivUIOp, arith::DivSIOp>(op))
    return lhs->expr.floorDiv(rhs->expr);
  if (isa<arith::CeilDivSIOp, arith::CeilDivUIOp>(op))
    return lhs->expr.ceilDiv(rhs->expr);
  if (isa<arith::RemUIOp, arith::RemSIOp>(op))
    return lhs->isExact ? lhs->expr.mod(rhs->expr) : rhs->expr;
  return failure();
}

FailureOr<SizeBounds::Bound> SizeBounds::getBound(Value value) {
  FailureOr<Expr> expr = getUpperBound(value);
  if (failed(expr))
    return failure();
  return Bound{*expr, !dependsOnData(value)};
}

/// Grows with both operands, unless one is negative.
FailureOr<Expr> SizeBounds::multiply(const Bound &a, const Bound &b) {
  auto isNegative = [](const Bound &bound) {
    return bound.expr.getConstant().value_or(0) < 0;
  };
  if ((!a.isExact && isNegative(b)) || (!b.isExact && isNegative(a)))
    return failure();
  return a.expr * b.expr;
}

FailureOr<SizeBounds::Bound>
SizeBounds::getBound(AffineExpr expr, unsigned numDims, ValueRange operands) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return Bound{Expr::constant(expr.getContext(), constant.getValue()), true};
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return getBound(operands[dim.getPosition()]);
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return getBound(operands[numDims + symbol.getPosition()]);
  auto binary = cast<AffineBinaryOpExpr>(expr);
  FailureOr<Bound> lhs = getBound(binary.getLHS(), numDims, operands),
                   rhs = getBound(binary.getRHS(), numDims, operands);
  if (failed(lhs) || failed(rhs))
    return failure();
  bool isExact = lhs->isExact && rhs->isExact;
  if (expr.getKind() == AffineExprKind::Add)
    return Bound{lhs->expr + rhs->expr, isExact};
  if (expr.getKind() == AffineExprKind::Mul) {
    FailureOr<Expr> product = multiply(*lhs, *rhs);
    return failed(product) ? FailureOr<Bound>(failure())
                           : Bound{*product, isExact};
  }
  if (!rhs->isExact)
    return failure();
  if (expr.getKind() == AffineExprKind::FloorDiv)
    return Bound{lhs->expr.floorDiv(rhs->expr), isExact};
  if (expr.getKind() == AffineExprKind::CeilDiv)
    return Bound{lhs->expr.ceilDiv(rhs->expr), isExact};
  return Bound{lhs->isExact ? lhs->expr.mod(rhs->expr) : rhs->expr, isExact};
}
