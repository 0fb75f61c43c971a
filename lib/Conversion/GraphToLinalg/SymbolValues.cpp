//===- SymbolValues.cpp - Symbolic sizes as index values ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"

#include "graphc/Support/ErrorCode.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;
using graph::ExprKind;

LogicalResult SymbolValues::addArguments(FunctionOpInterface function,
                                         ArrayRef<StringRef> names) {
  FunctionState &state = functions[function];
  Type indexType = IndexType::get(function.getContext());
  for (auto [i, name] : llvm::enumerate(names)) {
    auto attrs = DictionaryAttr::get(
        function.getContext(),
        NamedAttribute("graphc.symbol",
                       StringAttr::get(function.getContext(), name)));
    if (::failed(
            function.insertArgument(i, indexType, attrs, function.getLoc())))
      return failure();
    state.arguments[name] = function.getArgument(i);
  }
  return success();
}

void SymbolValues::define(FunctionOpInterface function, StringRef name,
                          Value value) {
  functions[function].defined[name] = value;
}

/// Left-to-right `operands[0] op operands[1] op ...`.
template <typename OpTy>
static Value fold(OpBuilder &b, Location loc, ArrayRef<Value> operands) {
  Value result = operands.front();
  for (Value operand : operands.drop_front())
    result = OpTy::create(b, loc, result, operand);
  return result;
}

static Value compare(OpBuilder &b, Location loc, arith::CmpIPredicate predicate,
                     ArrayRef<Value> operands) {
  Value holds =
      arith::CmpIOp::create(b, loc, predicate, operands[0], operands[1]);
  return arith::IndexCastUIOp::create(b, loc, b.getIndexType(), holds);
}

Value SymbolValues::build(OpBuilder &b, Location loc, FunctionState &state,
                          Expr expr, bool atEntry) {
  if (atEntry)
    if (Value known = state.atEntry.lookup(expr.getAttr()))
      return known;
  if (expr.kind() == ExprKind::Symbol) {
    // A definition by an op comes later than the arguments and wins.
    if (!atEntry)
      if (Value value = state.defined.lookup(expr.getName()))
        return value;
    if (Value value = state.arguments.lookup(expr.getName()))
      return value;
    sawUnbound = true;
    withCode("symbol-unbound", emitError(loc, "symbol '"))
        << expr.getName() << "' has no value here";
    return arith::ConstantIndexOp::create(b, loc, 0);
  }
  SmallVector<Value> operands;
  for (Expr operand : expr.operands())
    operands.push_back(build(b, loc, state, operand, atEntry));
  Value result;
  switch (expr.kind()) {
  case ExprKind::Symbol:
    break; // above
  case ExprKind::Constant:
    result = arith::ConstantIndexOp::create(b, loc, *expr.getConstant());
    break;
  case ExprKind::Sum:
    result = fold<arith::AddIOp>(b, loc, operands);
    break;
  case ExprKind::Product:
    result = fold<arith::MulIOp>(b, loc, operands);
    break;
  case ExprKind::FloorDiv:
    result = fold<arith::FloorDivSIOp>(b, loc, operands);
    break;
  case ExprKind::Max:
    result = fold<arith::MaxSIOp>(b, loc, operands);
    break;
  case ExprKind::Min:
    result = fold<arith::MinSIOp>(b, loc, operands);
    break;
  case ExprKind::Eq:
    result = compare(b, loc, arith::CmpIPredicate::eq, operands);
    break;
  case ExprKind::Le:
    result = compare(b, loc, arith::CmpIPredicate::sle, operands);
    break;
  case ExprKind::Invalid:
    sawUnbound = true;
    withCode("unsupported-size",
             emitError(loc, "a size cannot be represented"));
    result = arith::ConstantIndexOp::create(b, loc, 0);
    break;
  }
  if (atEntry) {
    state.atEntry[expr.getAttr()] = result;
    state.lastAtEntry = result.getDefiningOp();
  }
  return result;
}

Value SymbolValues::materialize(OpBuilder &builder, Location loc,
                                FunctionOpInterface function, Expr expr) {
  FunctionState &state = functions[function];
  llvm::SetVector<StringRef> symbols;
  expr.collectSymbols(symbols);
  bool atEntry = !expr.isConstant() && llvm::none_of(symbols, [&](StringRef s) {
    return state.defined.contains(s);
  });
  if (!atEntry)
    return build(builder, loc, state, expr, false);
  OpBuilder::InsertionGuard guard(builder);
  if (state.lastAtEntry)
    builder.setInsertionPointAfter(state.lastAtEntry);
  else
    builder.setInsertionPointToStart(&function.getFunctionBody().front());
  return build(builder, function.getLoc(), state, expr, true);
}
