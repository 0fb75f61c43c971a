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

namespace {
struct BoundSymbols : graphc::graph::impl::BoundSymbolsBase<BoundSymbols> {
  using Base::Base;

  void runOnOperation() override {
    bounds.clear();
    defined.clear();
    getOperation().walk([&](Operation *op) { collect(op); });
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
      define(nonzero.getSymbol(),
             cast<StridedTensorType>(nonzero.getInput().getType())
                 .getNumElements());
    } else if (auto select = dyn_cast<MaskedSelectOp>(op)) {
      define(
          select.getSymbol(),
          countBroadcast(cast<StridedTensorType>(select.getInput().getType()),
                         cast<StridedTensorType>(select.getMask().getType())));
    } else if (auto item = dyn_cast<ItemOp>(op)) {
      defined.insert(item.getSymbol());
    } else if (auto assertion = dyn_cast<AssertOp>(op)) {
      addCondition(assertion.getCondition());
    }
  }

  void define(StringRef symbol, Expr bound) {
    defined.insert(symbol);
    addBound(symbol, bound);
  }

  /// symbol <= bound
  void addCondition(Expr condition) {
    if (condition.kind() != ExprKind::Le)
      return;
    Expr symbol = condition.operands()[0], bound = condition.operands()[1];
    if (symbol.kind() == ExprKind::Symbol && !bound.isInvalid())
      addBound(symbol.getName(), bound);
  }

  void addBound(StringRef symbol, Expr bound) {
    Expr &known = bounds[symbol];
    known = known ? known.min(bound) : bound;
  }

  llvm::MapVector<StringRef, Expr> bounds;
  llvm::SetVector<StringRef> defined;
};
} // namespace
