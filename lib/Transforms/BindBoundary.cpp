//===- BindBoundary.cpp - The entry on memrefs ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/Passes.h"

#include "dialects/Graph/IR/Graph.h"
#include "graphc/Import/Signature.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"

namespace graphc {
#define GEN_PASS_DEF_BINDBOUNDARY
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// The memref that a tensor of the boundary lives in. Strides that are no
/// constants are dynamic.
static MemRefType boundaryType(RankedTensorType tensor, Type promised) {
  auto strided = dyn_cast_or_null<graph::StridedTensorType>(promised);
  if (!strided || strided.isContiguous())
    return MemRefType::get(tensor.getShape(), tensor.getElementType());
  SmallVector<int64_t> strides;
  for (graph::Expr stride : strided.getStrides())
    strides.push_back(stride.getConstant().value_or(ShapedType::kDynamic));
  return MemRefType::get(
      tensor.getShape(), tensor.getElementType(),
      StridedLayoutAttr::get(tensor.getContext(), 0, strides));
}

namespace {
struct BindBoundary : graphc::impl::BindBoundaryBase<BindBoundary> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto main = module.lookupSymbol<func::FuncOp>("main");
    if (!main)
      return;
    SmallVector<Type> arguments(main.getNumArguments());
    SmallVector<Type> results(main.getNumResults());
    if (module->hasAttr(Signature::getAttrName())) {
      FailureOr<Signature> signature = Signature::get(module);
      if (failed(signature))
        return signalPassFailure();
      unsigned symbols = signature->symbols.size();
      for (const Signature::Input &input : signature->inputs)
        if (input.argument)
          arguments[symbols + *input.argument] = input.type;
      for (const Signature::Output &output : signature->outputs)
        if (output.result)
          results[*output.result] = output.type;
      for (const Signature::Mutation &mutation : signature->mutations)
        if (!results[mutation.result])
          results[mutation.result] = signature->inputs[mutation.input].type;
    }
    OpBuilder builder(main);
    Block &entry = main.getBody().front();
    builder.setInsertionPointToStart(&entry);
    for (BlockArgument argument : entry.getArguments()) {
      auto tensor = dyn_cast<RankedTensorType>(argument.getType());
      if (!tensor)
        continue;
      argument.setType(
          boundaryType(tensor, arguments[argument.getArgNumber()]));
      auto value = bufferization::ToTensorOp::create(
          builder, argument.getLoc(), tensor, argument, /*restrict=*/true);
      argument.replaceAllUsesExcept(value, value);
    }
    auto returnOp = cast<func::ReturnOp>(entry.getTerminator());
    builder.setInsertionPoint(returnOp);
    for (auto [value, promised] :
         llvm::zip_equal(returnOp.getOperands(), results)) {
      auto tensor = cast<RankedTensorType>(value.getType());
      BlockArgument destination =
          entry.addArgument(boundaryType(tensor, promised), value.getLoc());
      bufferization::MaterializeInDestinationOp::create(
          builder, value.getLoc(), TypeRange(), value, destination,
          /*restrict=*/true, /*writable=*/true);
    }
    returnOp->setOperands({});
    main.setFunctionType(
        builder.getFunctionType(entry.getArgumentTypes(), {}));
    main.removeResAttrsAttr();
    main.removeArgAttrsAttr();
  }
};
} // namespace
