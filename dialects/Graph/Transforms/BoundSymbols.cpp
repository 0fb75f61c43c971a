//===- BoundSymbols.cpp - Upper bounds of data-dependent sizes ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Transforms/Passes.h"

#include "llvm/ADT/MapVector.h"

namespace graphc::graph {
#define GEN_PASS_DEF_BOUNDSYMBOLS
#include "dialects/Graph/Transforms/Passes.h.inc"
} // namespace graphc::graph

using namespace mlir;
using namespace graphc::graph;

/// The number of elements of the broadcast of two shapes, each size of which
/// agrees with the other or is 1.
static Expr countBroadcast(StridedTensorType lhs, StridedTensorType rhs) {
  if (lhs.getRank() < rhs.getRank())
    std::swap(lhs, rhs);
  SmallVector<Expr> shape(lhs.getShape());
  int64_t offset = lhs.getRank() - rhs.getRank();
  for (auto [dim, size] : llvm::enumerate(rhs.getShape()))
    if (shape[offset + dim] == 1)
      shape[offset + dim] = size;
  return product(lhs.getContext(), shape);
}

/// Whether the value can only grow with the sizes in it.
static bool isMonotone(Expr expr) {
  auto operands = expr.operands();
  switch (expr.kind()) {
  case ExprKind::Symbol:
    return true;
  case ExprKind::Constant:
    return *expr.getConstant() >= 0;
  case ExprKind::Sum:
    return llvm::all_of(operands,
                        [](Expr e) { return e.isConstant() || isMonotone(e); });
  case ExprKind::Product:
  case ExprKind::Max:
  case ExprKind::Min:
    return llvm::all_of(operands, isMonotone);
  case ExprKind::FloorDiv:
    return isMonotone(operands[0]) && operands[1].isConstant() &&
           isMonotone(operands[1]);
  case ExprKind::Eq:
  case ExprKind::Le:
  case ExprKind::Invalid:
    return false;
  }
  llvm_unreachable("all kinds are listed");
}

namespace {
struct BoundSymbols : graphc::graph::impl::BoundSymbolsBase<BoundSymbols> {
  using Base::Base;

  void runOnOperation() override {
    bounds.clear();
    defined.clear();
    conditions.clear();
    getOperation().walk([&](Operation *op) { collect(op); });
    // What is known at entry first, then what that bounds in turn.
    for (auto [symbol, bound] : conditions)
      if (!dependsOnData(bound))
        addBound(symbol, bound);
    for (auto [symbol, natural] : defined)
      if (natural)
        addBound(symbol, resolve(natural));
    for (auto [symbol, bound] : conditions)
      addBound(symbol, resolve(bound));
    NamedAttrList attributes;
    for (auto [symbol, bound] : bounds)
      if (defined.contains(symbol))
        attributes.set(symbol, bound.getAttr());
    if (attributes.empty())
      return;
    numBounds += attributes.getAttrs().size();
    getOperation()->setAttr("graph.bounds",
                            attributes.getDictionary(&getContext()));
  }

private:
  void collect(Operation *op) {
    if (auto nonzero = dyn_cast<NonzeroOp>(op)) {
      defined[nonzero.getSymbol()] =
          cast<StridedTensorType>(nonzero.getInput().getType())
              .getNumElements();
    } else if (auto select = dyn_cast<MaskedSelectOp>(op)) {
      defined[select.getSymbol()] =
          countBroadcast(cast<StridedTensorType>(select.getInput().getType()),
                         cast<StridedTensorType>(select.getMask().getType()));
    } else if (auto item = dyn_cast<ItemOp>(op)) {
      defined[item.getSymbol()] = Expr();
    } else if (auto assertion = dyn_cast<AssertOp>(op)) {
      addCondition(assertion.getCondition());
    }
  }

  /// symbol <= bound
  void addCondition(Expr condition) {
    if (condition.kind() != ExprKind::Le)
      return;
    Expr symbol = condition.operands()[0], bound = condition.operands()[1];
    if (symbol.kind() == ExprKind::Symbol && !bound.isInvalid())
      conditions.emplace_back(symbol.getName(), bound);
  }

  bool dependsOnData(Expr expr) {
    llvm::SetVector<StringRef> symbols;
    expr.collectSymbols(symbols);
    return llvm::any_of(symbols,
                        [&](StringRef name) { return defined.contains(name); });
  }

  /// A bound of `expr` that is known before the run, or null.
  Expr resolve(Expr expr) {
    if (!dependsOnData(expr))
      return expr;
    if (!isMonotone(expr))
      return {};
    Expr bound =
        expr.substitute([&](StringRef name) { return bounds.lookup(name); });
    return bound.isInvalid() || dependsOnData(bound) ? Expr() : bound;
  }

  void addBound(StringRef symbol, Expr bound) {
    if (!bound)
      return;
    Expr &known = bounds[symbol];
    known = known ? known.min(bound) : bound;
  }

  llvm::MapVector<StringRef, Expr> bounds;
  /// By symbol: what its op itself says, or null.
  llvm::MapVector<StringRef, Expr> defined;
  SmallVector<std::pair<StringRef, Expr>> conditions;
};
} // namespace
