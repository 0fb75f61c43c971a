//===- KernelOps.cpp - Verifiers and effects of kernel ops ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/IR/DomainOrder.h"
#include "dialects/Kernel/IR/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace graphc::kernel;

bool graphc::kernel::isProjection(AffineMap map) {
  llvm::SmallBitVector seen(map.getNumDims());
  return llvm::all_of(map.getResults(), [&](AffineExpr expr) {
    if (auto constant = dyn_cast<AffineConstantExpr>(expr))
      return constant.getValue() == 0;
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || seen.test(dim.getPosition()))
      return false;
    seen.set(dim.getPosition());
    return true;
  });
}

#include "dialects/Kernel/IR/KernelEnums.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/Kernel/IR/Kernel.cpp.inc"

OperandRange RegionOp::getYieldedValues() {
  return cast<YieldOp>(getBody().front().getTerminator()).getValues();
}

/// A memref or tensor operand is seen in the body as a tensor.
static Type bodyType(Type operandType) {
  if (auto memref = dyn_cast<MemRefType>(operandType))
    return RankedTensorType::get(memref.getShape(), memref.getElementType());
  return operandType;
}

LogicalResult RegionOp::verify() {
  Block &block = getBody().front();
  if (block.getNumArguments() != getNumOperands())
    return emitOpError() << "expected one block argument per operand, got "
                         << block.getNumArguments() << " for "
                         << getNumOperands();
  for (auto [argument, operand] :
       llvm::zip_equal(block.getArguments(), getOperands()))
    if (argument.getType() != bodyType(operand.getType()))
      return emitOpError() << "block argument " << argument.getArgNumber()
                           << " has type " << argument.getType()
                           << " but its operand has type " << operand.getType();
  if (getYieldedValues().size() != getInits().size())
    return emitOpError() << "yields " << getYieldedValues().size()
                         << " values for " << getInits().size() << " inits";
  for (auto [value, init] : llvm::zip_equal(getYieldedValues(), getInits()))
    if (value.getType() != bodyType(init.getType()))
      return emitOpError() << "yields a " << value.getType()
                           << " into an init of type " << init.getType();
  bool onTensors =
      llvm::all_of(getInits().getTypes(), llvm::IsaPred<TensorType>);
  if (onTensors && !llvm::equal(getInits().getTypes(), getResultTypes()))
    return emitOpError("results must have the types of the inits");
  if (!onTensors && getNumResults() != 0)
    return emitOpError("has results although its inits are memrefs");
  for (Operation &op : block)
    if (!hasValidDomainOrder(&op))
      return op.emitOpError("has an order that is none of the dimensions of "
                            "its kernel's domain");
  return success();
}

void RegionOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    bool isInit = isDpsInit(&operand);
    BlockArgument argument = getBlockArgument(operand.getOperandNumber());
    if (!isInit || !argument.use_empty())
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
    if (isInit)
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
}

LogicalResult SortOp::verify() {
  auto input = cast<ShapedType>(getInput().getType()),
       values = cast<ShapedType>(getValues().getType()),
       indices = cast<ShapedType>(getIndices().getType());
  if (!input.hasRank() || input.getRank() != 2)
    return emitOpError() << "sorts rows of a matrix, got " << input;
  if (!input.getElementType().isIntOrFloat() ||
      values.getElementType() != input.getElementType())
    return emitOpError() << "gives elements of " << values << " for those of "
                         << input;
  if (!indices.getElementType().isInteger(64))
    return emitOpError() << "gives indices of i64, not those of " << indices;
  if (!values.hasRank() || !indices.hasRank() ||
      values.getShape() != indices.getShape() || values.getRank() != 2)
    return emitOpError() << "gives as many indices as elements, got " << indices
                         << " for " << values;
  return success();
}

void SortOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    if (isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
    if (operand.get() == getWorkspace())
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
}

void graphc::kernel::lowerCheck(OpBuilder &builder, CheckOp check,
                                Value condition, Value status) {
  Location loc = check.getLoc();
  Value yes =
      arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true));
  Value fails = arith::XOrIOp::create(builder, loc, condition, yes);
  auto branch = scf::IfOp::create(builder, loc, fails, false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  Value code = arith::ConstantOp::create(
      builder, loc, check->getAttrOfType<IntegerAttr>("code"));
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  if (check.getMoved()) {
    Value told = memref::LoadOp::create(builder, loc, status, zero);
    Value none = arith::ConstantIntOp::create(builder, loc, told.getType(), 0);
    code = arith::SelectOp::create(
        builder, loc,
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, told,
                              none),
        code, told);
  }
  memref::StoreOp::create(builder, loc, code, status, zero);
}
