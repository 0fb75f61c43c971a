//===- Symbol.cpp - Symbolic sizes as values, and the reverse -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

namespace {

struct SizeToTensorConversion : GraphPattern<graph::SizeToTensorOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::SizeToTensorOp op,
                      LinalgBuilder &b) const override {
    Value size =
        arith::IndexCastOp::create(b, b.getI64Type(), b.index(op.getValue()));
    b.rewriter.replaceOpWithNewOp<tensor::FromElementsOp>(
        op, RankedTensorType::get({}, b.getI64Type()), size);
    return success();
  }
};

struct ItemConversion : GraphPattern<graph::ItemOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ItemOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    ScalarBuilder at(op.getLoc(), b);
    Value element = loadElement(at, b.read(op.getInput()), {});
    Value wide = at.cast(element, type.getElementType(), b.getI64Type());
    Value value = at.op<arith::IndexCastOp>(b.getIndexType(), wide);
    b.define(op.getSymbol(), value, b.findBound(op.getSymbol()));
    b.rewriter.eraseOp(op);
    return success();
  }
};

struct AssertConversion : GraphPattern<graph::AssertOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::AssertOp op, LinalgBuilder &b) const override {
    Value holds = arith::CmpIOp::create(b, arith::CmpIPredicate::ne,
                                        b.index(op.getCondition()), b.index(0));
    b.check(holds, op.getMessage());
    b.rewriter.eraseOp(op);
    return success();
  }
};

struct AssertTensorConversion : GraphPattern<graph::AssertTensorOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::AssertTensorOp op,
                      LinalgBuilder &b) const override {
    ScalarBuilder at(op.getLoc(), b);
    b.check(loadElement(at, b.read(op.getCondition()), {}), op.getMessage());
    b.rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void graphc::populateSymbolPatterns(const TypeConverter &converter,
                                    SymbolValues &symbols,
                                    RewritePatternSet &patterns) {
  patterns.add<SizeToTensorConversion, ItemConversion, AssertConversion,
               AssertTensorConversion>(converter, patterns.getContext(),
                                       symbols);
}
