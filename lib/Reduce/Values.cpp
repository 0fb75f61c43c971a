//===- Values.cpp - What all reductions need ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"

#include "dialects/Graph/IR/Graph.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;

unsigned graphc::reduce::countOps(ModuleOp module) {
  unsigned count = 0;
  module.walk([&](Operation *op) {
    count += !isa<ModuleOp, FunctionOpInterface>(op) &&
             !op->hasTrait<OpTrait::IsTerminator>();
  });
  return count;
}

SmallVector<FunctionOpInterface> graphc::reduce::definitions(ModuleOp module) {
  SmallVector<FunctionOpInterface> functions;
  module.walk([&](FunctionOpInterface function) {
    if (!function.isExternal())
      functions.push_back(function);
  });
  return functions;
}

Value graphc::reduce::makeValue(Operation *op, Type type) {
  Operation *around = op->getParentOp();
  while (around && !around->hasTrait<OpTrait::IsIsolatedFromAbove>())
    around = around->getParentOp();
  if (auto function = dyn_cast_or_null<FunctionOpInterface>(around)) {
    unsigned index = function.getNumArguments();
    if (succeeded(function.insertArgument(index, type, {}, op->getLoc())))
      return function.getArgument(index);
  }
  for (Region *region = op->getParentRegion(); region;
       region = region->getParentRegion()) {
    for (BlockArgument argument : region->getArguments())
      if (argument.getType() == type)
        return argument;
    if (region->getParentOp() == around)
      break;
  }
  OpBuilder builder(op);
  if (TypedAttr zero = builder.getZeroAttr(type))
    return arith::ConstantOp::create(builder, op->getLoc(), zero);
  return ub::PoisonOp::create(builder, op->getLoc(), type,
                              ub::PoisonAttr::get(op->getContext()));
}

void graphc::reduce::renewResultTypes(FunctionOpInterface function) {
  for (Block &block : function.getFunctionBody()) {
    if (block.empty() || !block.back().hasTrait<OpTrait::ReturnLike>())
      continue;
    Type type = function.cloneTypeWith(function.getArgumentTypes(),
                                       block.back().getOperandTypes());
    if (type)
      function.setType(type);
    return;
  }
}

bool graphc::reduce::renewInferredTypes(ModuleOp module) {
  WalkResult result = module.walk<WalkOrder::PreOrder>([](Operation *op) {
    // Other dialects' functions may rely on ops that have been verified.
    auto inferring = dyn_cast<InferTypeOpInterface>(op);
    if (!inferring || !isa<graph::GraphDialect>(op->getDialect()))
      return WalkResult::advance();
    SmallVector<Type> types;
    if (failed(inferring.inferReturnTypes(
            op->getContext(), op->getLoc(), op->getOperands(),
            op->getRawDictionaryAttrs(), op->getPropertiesStorage(),
            op->getRegions(), types)) ||
        types.size() != op->getNumResults())
      return WalkResult::interrupt();
    for (auto [value, type] : llvm::zip(op->getResults(), types))
      value.setType(type);
    return WalkResult::advance();
  });
  return !result.wasInterrupted();
}

//===----------------------------------------------------------------------===//
// Signature
//===----------------------------------------------------------------------===//

/// As graphs see a tensor of a later stage; null for what is none.
static Type asGraphType(Type type) {
  if (isa<graph::StridedTensorType>(type))
    return type;
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return {};
  return graph::StridedTensorType::get(type.getContext(), tensor.getShape(),
                                       tensor.getElementType());
}

static DictionaryAttr entry(Builder &builder, StringRef key, unsigned index,
                            StringRef name, Type type) {
  return builder.getDictionaryAttr({
      builder.getNamedAttr(key, builder.getI64IntegerAttr(index)),
      builder.getNamedAttr("kind", builder.getStringAttr("tensor")),
      builder.getNamedAttr("name", builder.getStringAttr(name)),
      builder.getNamedAttr("role", builder.getStringAttr("user")),
      builder.getNamedAttr("type", TypeAttr::get(type)),
  });
}

/// One entry for each of `types`, or null.
static ArrayAttr entries(Builder &builder, StringRef key, StringRef prefix,
                         TypeRange types) {
  SmallVector<Attribute> list;
  for (auto [index, type] : llvm::enumerate(types)) {
    Type graphType = asGraphType(type);
    if (!graphType)
      return {};
    list.push_back(
        entry(builder, key, index, (prefix + Twine(index)).str(), graphType));
  }
  return builder.getArrayAttr(list);
}

void graphc::reduce::renewSignature(ModuleOp module) {
  auto signature = module->getAttrOfType<DictionaryAttr>("graph.signature");
  auto function = dyn_cast_or_null<FunctionOpInterface>(
      SymbolTable::lookupSymbolIn(module, "main"));
  if (!signature || !function)
    return;
  Builder builder(module.getContext());
  ArrayAttr inputs =
      entries(builder, "argument", "input", function.getArgumentTypes());
  ArrayAttr outputs =
      entries(builder, "result", "output", function.getResultTypes());
  // Bound to buffers: outputs are arguments by then.
  if (!inputs || !outputs)
    return;
  NamedAttrList renewed(signature);
  renewed.set("inputs", inputs);
  renewed.set("outputs", outputs);
  renewed.set("mutations", builder.getArrayAttr({}));
  module->setAttr("graph.signature",
                  renewed.getDictionary(module.getContext()));
}
