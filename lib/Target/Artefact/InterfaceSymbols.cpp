//===- InterfaceSymbols.cpp - Sizes that the runtime finds ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Describer.h"

#include "graphc/Support/ErrorCode.h"

using namespace mlir;
using namespace graphc;

LogicalResult Describer::readSymbols() {
  for (auto [index, symbol] : llvm::enumerate(signature.symbols))
    symbolIndices[symbol.name] = index;
  auto bounds = module->getAttrOfType<DictionaryAttr>("graph.bounds");
  for (const Signature::Symbol &symbol : signature.symbols) {
    InterfaceSymbol result;
    result.name = symbol.name;
    result.min = symbol.min.value_or(INT64_MIN);
    result.max = symbol.max.value_or(INT64_MAX);
    if (symbol.dataDependent) {
      result.bound = InterfaceExpr::constant(result.max);
      if (Attribute known = bounds ? bounds.get(symbol.name) : Attribute()) {
        FailureOr<InterfaceExpr> bound = encode(known);
        if (failed(bound))
          return failure();
        result.bound = std::move(*bound);
      }
    }
    interface.symbols.push_back(std::move(result));
  }
  return success();
}

/// Whether `expr` is a * symbol + b in its only unknown symbol.
static bool isSolvable(const InterfaceExpr &expr,
                       const llvm::SmallBitVector &known,
                       unsigned &unknownSymbol) {
  std::optional<unsigned> unknown;
  unsigned uses = 0;
  bool linear = true;
  for (size_t i = 0; expr.code[i] != GRAPHC_EXPR_END; ++i) {
    int64_t op = expr.code[i];
    linear &= op <= GRAPHC_EXPR_MUL;
    if (op != GRAPHC_EXPR_CONSTANT && op != GRAPHC_EXPR_SYMBOL)
      continue;
    unsigned operand = static_cast<unsigned>(expr.code[++i]);
    if (op == GRAPHC_EXPR_CONSTANT || known[operand])
      continue;
    if (unknown && *unknown != operand)
      return false;
    unknown = operand;
    ++uses;
  }
  unknownSymbol = unknown.value_or(0);
  return unknown && linear && uses == 1;
}

/// Follows what the runtime does to find the symbols. One that nothing
/// determines is an error if something needs it.
LogicalResult Describer::checkSymbols() {
  llvm::SmallBitVector known(interface.symbols.size());
  SmallVector<const InterfaceExpr *> equations;
  for (const InterfaceTensor &input : interface.inputs) {
    if (input.expr)
      equations.push_back(&*input.expr);
    for (const InterfaceExpr &size : input.type.shape)
      equations.push_back(&size);
    for (const InterfaceExpr &stride : input.type.strides)
      equations.push_back(&stride);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const InterfaceExpr *equation : equations)
      if (unsigned symbol; isSolvable(*equation, known, symbol)) {
        known.set(symbol);
        changed = true;
      }
  }
  for (auto [index, symbol] : llvm::enumerate(interface.symbols)) {
    if (symbol.bound || known[index])
      continue;
    if (symbol.min != symbol.max && usedSymbols.contains(symbol.name))
      return fail("no input determines the symbolic size '" + symbol.name +
                  "'");
    symbol.bound =
        InterfaceExpr::constant(symbol.min == INT64_MIN ? 0 : symbol.min);
  }
  return success();
}

bool Describer::isDataDependent(graph::Expr expr) const {
  llvm::SetVector<StringRef> symbols;
  expr.collectSymbols(symbols);
  return llvm::any_of(symbols, [&](StringRef name) {
    auto index = symbolIndices.find(name);
    return index != symbolIndices.end() &&
           signature.symbols[index->second].dataDependent;
  });
}

/// False where data alone say how large a size of the results is.
bool Describer::isBounded(graph::Expr size) const {
  auto isOperandBounded = [&](graph::Expr operand) {
    return isBounded(operand);
  };
  switch (size.kind()) {
  case graph::ExprKind::Symbol: {
    auto index = symbolIndices.find(size.getName());
    if (index == symbolIndices.end())
      return true;
    const std::optional<InterfaceExpr> &bound =
        interface.symbols[index->second].bound;
    return !bound || bound->getConstant() != INT64_MAX;
  }
  case graph::ExprKind::Min:
    return llvm::any_of(size.operands(), isOperandBounded);
  case graph::ExprKind::Sum:
  case graph::ExprKind::Product:
  case graph::ExprKind::Max:
  case graph::ExprKind::FloorDiv:
    return llvm::all_of(size.operands(), isOperandBounded);
  default:
    return true;
  }
}

/// Conditions on what only the run finds out are the program's to check.
LogicalResult Describer::readConstraints() {
  for (const Signature::Constraint &constraint : signature.constraints) {
    if (auto expr = dyn_cast_or_null<graph::ExprAttr>(constraint.expr);
        expr && isDataDependent(expr))
      continue;
    FailureOr<InterfaceExpr> expr = encode(constraint.expr);
    if (failed(expr))
      return failure();
    interface.constraints.push_back(
        {std::move(*expr), constraint.min.value_or(INT64_MIN),
         constraint.max.value_or(INT64_MAX), constraint.text});
  }
  return success();
}
