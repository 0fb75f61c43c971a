//===- MaterializeExpr.cpp - Symbolic sizes as index code -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/MaterializeExpr.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graphc;
using graph::Expr;
using graph::ExprKind;

Value graphc::materializeExpr(OpBuilder &builder, Location loc, Expr expr,
                              function_ref<Value(StringRef)> lookup) {
  if (std::optional<int64_t> constant = expr.getConstant())
    return arith::ConstantIndexOp::create(builder, loc, *constant);
  if (expr.kind() == ExprKind::Symbol)
    return lookup(expr.getName());
  SmallVector<Value> operands;
  for (Expr operand : expr.operands())
    operands.push_back(materializeExpr(builder, loc, operand, lookup));
  auto fold = [&](auto combine) {
    Value result = operands.front();
    for (Value operand : llvm::drop_begin(operands))
      result = combine(result, operand);
    return result;
  };
  auto compare = [&](arith::CmpIPredicate predicate) -> Value {
    Value bit = builder.createOrFold<arith::CmpIOp>(loc, predicate, operands[0],
                                                    operands[1]);
    return builder.createOrFold<arith::IndexCastUIOp>(
        loc, builder.getIndexType(), bit);
  };
  switch (expr.kind()) {
  case ExprKind::Sum:
    return fold([&](Value a, Value b) {
      return builder.createOrFold<arith::AddIOp>(loc, a, b);
    });
  case ExprKind::Product:
    return fold([&](Value a, Value b) {
      return builder.createOrFold<arith::MulIOp>(loc, a, b);
    });
  case ExprKind::Max:
    return fold([&](Value a, Value b) {
      return builder.createOrFold<arith::MaxSIOp>(loc, a, b);
    });
  case ExprKind::Min:
    return fold([&](Value a, Value b) {
      return builder.createOrFold<arith::MinSIOp>(loc, a, b);
    });
  case ExprKind::FloorDiv:
    return builder.createOrFold<arith::FloorDivSIOp>(loc, operands[0],
                                                     operands[1]);
  case ExprKind::Eq:
    return compare(arith::CmpIPredicate::eq);
  case ExprKind::Le:
    return compare(arith::CmpIPredicate::sle);
  case ExprKind::Constant:
  case ExprKind::Symbol:
  case ExprKind::Invalid:
    break;
  }
  llvm_unreachable("no type holds an invalid expression");
}
