//===- BuildRegion.cpp - From a group of ops to a kernel region -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Former.h"
#include "KernelForms.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graphc;
using linalg::LinalgOp;

/// A name from the location, else from the form: symbols and profiles show it.
static std::string nameOf(KernelGroup &group) {
  std::string name;
  for (LinalgOp op : group.ops) {
    Location loc = op.getLoc();
    std::string part;
    loc->walk([&](Location inner) {
      auto named = dyn_cast<NameLoc>(inner);
      if (!named)
        return WalkResult::advance();
      part = named.getName().str();
      return WalkResult::interrupt();
    });
    if (part.empty() || StringRef(name).contains(part))
      continue;
    if (name.size() + part.size() > 60)
      break;
    name += (name.empty() ? "" : "_") + part;
  }
  if (name.empty())
    name = kernel::stringifyForm(group.form).str();
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  return name;
}

/// Paddings that are read through windows: those need no copy of the whole.
static SmallPtrSet<Operation *, 4> getWindowPaddings(KernelGroup &group) {
  SmallPtrSet<Operation *, 4> paddings;
  for (LinalgOp op : group.ops)
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto pad = input->get().getDefiningOp<tensor::PadOp>();
      if (pad && pad.getConstantPaddingValue() &&
          !op.getMatchingIndexingMap(input).isProjectedPermutation())
        paddings.insert(pad);
    }
  return paddings;
}

void Former::build(Group &group) {
  SmallPtrSet<Operation *, 8> members(group.ops.begin(), group.ops.end());
  SmallPtrSet<Operation *, 4> paddings = getWindowPaddings(group);
  // What the body needs from outside.
  SetVector<Value> inputs;
  SetVector<Operation *> inner;
  std::function<void(Value)> need = [&](Value value) {
    Operation *producer = value.getDefiningOp();
    if (producer && members.contains(producer))
      return;
    if (producer && paddings.contains(producer)) {
      for (Value operand : producer->getOperands())
        need(operand);
      need(cast<tensor::PadOp>(producer).getConstantPaddingValue());
      inner.insert(producer);
      return;
    }
    if (isMadeInside(value)) {
      for (Value operand : producer->getOperands())
        need(operand);
      inner.insert(producer);
      return;
    }
    inputs.insert(value);
  };
  for (LinalgOp op : group.ops) {
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        bool isLocal =
            producer
                ? op->isProperAncestor(producer)
                : op->isAncestor(
                      cast<BlockArgument>(operand).getOwner()->getParentOp());
        if (!isLocal)
          need(operand);
      }
    });
  }
  // Results that are used elsewhere, with a destination of their own.
  SmallVector<Value> outputs, inits;
  SmallVector<Location> locations;
  rewriter.setInsertionPoint(group.ops.back());
  for (LinalgOp op : group.ops) {
    locations.push_back(op.getLoc());
    for (OpResult result : op->getResults()) {
      if (llvm::all_of(result.getUsers(), [&](Operation *user) {
            Operation *ancestor = block.findAncestorOpInBlock(*user);
            return ancestor && members.contains(ancestor);
          }))
        continue;
      outputs.push_back(result);
      auto type = cast<RankedTensorType>(result.getType());
      SmallVector<Value> dynamicSizes;
      OpOperand *init = op.getDpsInitOperand(result.getResultNumber());
      for (int64_t dim = 0; dim < type.getRank(); ++dim)
        if (type.isDynamicDim(dim)) {
          Value source = init->get();
          while (auto fill = source.getDefiningOp<linalg::FillOp>())
            source = fill.getOutputs()[0];
          if (auto empty = source.getDefiningOp<tensor::EmptyOp>())
            dynamicSizes.push_back(empty.getDynamicSize(dim));
          else
            dynamicSizes.push_back(
                tensor::DimOp::create(rewriter, op.getLoc(), source, dim));
        }
      inits.push_back(
          tensor::EmptyOp::create(rewriter, op.getLoc(), type, dynamicSizes));
    }
  }
  if (outputs.empty()) {
    for (LinalgOp op : llvm::reverse(group.ops))
      rewriter.eraseOp(op);
    return;
  }
  SmallVector<Type> types = llvm::to_vector(TypeRange(ValueRange(outputs)));
  auto region = kernel::RegionOp::create(
      rewriter, rewriter.getFusedLoc(locations), types, nameOf(group),
      group.form, inputs.getArrayRef(), inits, /*schedule=*/nullptr);
  // A product is a row kernel too: its rows are single elements.
  unsigned rank =
      group.isProduct() ? group.ops.front().getNumLoops() : group.rank;
  unsigned rowDims = group.isProduct()
                         ? group.rank
                         : group.rowDims.value_or(rank ? rank - 1 : 0);
  region->setAttr("row_dims", rewriter.getI64IntegerAttr(rowDims));
  region->setAttr("domain_rank", rewriter.getI64IntegerAttr(rank));
  IRMapping mapping;
  Block *body = rewriter.createBlock(&region.getBody());
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Value init : inits)
    body->addArgument(init.getType(), init.getLoc());
  for (Operation *op : inner)
    rewriter.clone(*op, mapping);
  for (LinalgOp op : group.ops)
    kernel::setDomainOrder(rewriter.clone(*op, mapping), group.orders->get(op));
  SmallVector<Value> yielded;
  for (Value output : outputs)
    yielded.push_back(mapping.lookup(output));
  kernel::YieldOp::create(rewriter, region.getLoc(), yielded);
  for (auto [output, result] : llvm::zip_equal(outputs, region.getResults()))
    rewriter.replaceAllUsesWith(output, result);
  for (LinalgOp op : llvm::reverse(group.ops))
    rewriter.eraseOp(op);
  ++numKernels;
}
