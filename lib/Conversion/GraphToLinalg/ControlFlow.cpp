//===- ControlFlow.cpp - Structured control flow to scf -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;

namespace {

struct CondConversion : GraphPattern<graph::CondOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::CondOp op, LinalgBuilder &b) const override {
    SmallVector<Type> types;
    if (failed(getTypeConverter()->convertTypes(op.getResultTypes(), types)))
      return failure();
    ScalarBuilder at(op.getLoc(), b);
    Value predicate = loadElement(at, b.read(op.getPredicate()), {});
    auto result = scf::IfOp::create(b, types, predicate, false, false);
    b.rewriter.inlineRegionBefore(op.getThenRegion(), result.getThenRegion(),
                                  result.getThenRegion().end());
    b.rewriter.inlineRegionBefore(op.getElseRegion(), result.getElseRegion(),
                                  result.getElseRegion().end());
    b.rewriter.replaceOp(op, result);
    return success();
  }
};

struct WhileConversion : GraphPattern<graph::WhileOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::WhileOp op, LinalgBuilder &b) const override {
    SmallVector<Type> types;
    if (failed(getTypeConverter()->convertTypes(op.getResultTypes(), types)))
      return failure();
    SmallVector<Value> inits = llvm::map_to_vector(
        op.getInits(), [&](Value init) { return b.tensor(init).value; });
    auto result = scf::WhileOp::create(b, types, inits);
    for (auto [from, to] :
         {std::pair(&op.getCondRegion(), &result.getBefore()),
          std::pair(&op.getBodyRegion(), &result.getAfter())}) {
      b.rewriter.inlineRegionBefore(*from, *to, to->end());
      if (failed(b.rewriter.convertRegionTypes(to, *getTypeConverter())))
        return failure();
    }
    b.rewriter.replaceOp(op, result);
    return success();
  }
};

/// The condition region of a loop ends in scf.condition, which hands the
/// carried values on; all others end in scf.yield.
struct YieldConversion : GraphPattern<graph::YieldOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::YieldOp op, LinalgBuilder &b) const override {
    auto loop = dyn_cast<scf::WhileOp>(op->getParentOp());
    if (loop && op->getParentRegion() == &loop.getBefore()) {
      ScalarBuilder at(op.getLoc(), b);
      Value condition = loadElement(at, b.read(op.getValues().front()), {});
      b.rewriter.replaceOpWithNewOp<scf::ConditionOp>(
          op, condition, op->getBlock()->getArguments());
      return success();
    }
    if (!loop && !isa<scf::IfOp>(op->getParentOp()))
      return b.refuse(op, "its parent is not converted");
    SmallVector<Value> values = llvm::map_to_vector(
        op.getValues(), [&](Value value) { return b.tensor(value).value; });
    b.rewriter.replaceOpWithNewOp<scf::YieldOp>(op, values);
    return success();
  }
};

} // namespace

void graphc::populateControlFlowPatterns(const TypeConverter &converter,
                                         SymbolValues &symbols,
                                         RewritePatternSet &patterns) {
  patterns.add<CondConversion, WhileConversion, YieldConversion>(
      converter, patterns.getContext(), symbols);
}
