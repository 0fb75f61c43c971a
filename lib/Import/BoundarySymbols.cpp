//===- BoundarySymbols.cpp - Symbols of inputs and their conditions -------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Boundary.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

void Boundary::addSymbol(StringRef symbol) {
  auto it = program.symbols.find(symbol.str());
  bool isRecorded = it != program.symbols.end();
  Ranges::Interval range;
  if (isRecorded)
    range = {it->second.min, it->second.max};
  // A size is never negative.
  if (!range.min)
    range.min = 0;
  // Tracing takes no size for 0 or 1, which broadcast. What it then records
  // as 2 is no bound of the program: torch runs it at 1, too.
  int64_t accepted = range.min == 2 ? 1 : *range.min;
  std::optional<int64_t> hint;
  if (isRecorded && it->second.hint &&
      program.source != loader::Program::Source::Pt2)
    hint = static_cast<int64_t>(*it->second.hint);
  // Of what the symbol is a multiple by.
  int64_t factor = importer.sizes.getFactor(symbol);
  range.min = llvm::divideCeilSigned(*range.min, factor);
  accepted = llvm::divideCeilSigned(accepted, factor);
  if (range.max)
    range.max = llvm::divideFloorSigned(*range.max, factor);
  if (hint)
    hint = *hint % factor ? std::nullopt : std::optional(*hint / factor);
  std::string name = importer.sizes.getName(symbol);
  importer.ranges.set(name, range, accepted, hint);
  importer.signature.symbols.push_back({name, accepted, range.max, false});
}

void Boundary::addConstraints() {
  std::string culprit;
  for (const loader::ExprConstraint &constraint : program.constraints) {
    Expr expr = importer.sizes.convert(constraint.expr, culprit);
    if (!expr || expr.isConstant())
      continue;
    importer.signature.constraints.push_back({expr.getAttr(), constraint.min,
                                              constraint.max,
                                              constraint.expr.str()});
    if (constraint.min)
      importer.ranges.assume(expr - *constraint.min);
    if (constraint.max)
      importer.ranges.assume(e.expr(*constraint.max) - expr);
  }
  for (const loader::SymExpr &guard : program.guards)
    addGuard(guard);
}

void Boundary::addGuard(const loader::SymExpr &guard) {
  // A condition is an expression of value 0 or 1. Those over data-dependent
  // symbols are asserted by nodes of the graph.
  std::string culprit;
  Expr expr = importer.sizes.convert(guard, culprit);
  if (!expr || expr.isConstant())
    return;
  bool isOfInputs = llvm::all_of(guard.symbols(), [&](const std::string &s) {
    return llvm::any_of(importer.signature.symbols,
                        [&](const Signature::Symbol &known) {
                          return known.name == importer.sizes.getName(s) &&
                                 !known.dataDependent;
                        });
  });
  if (!isOfInputs)
    return;
  importer.signature.constraints.push_back({expr.getAttr(), 1, 1, guard.str()});
  assumeHolds(guard);
}

void Boundary::assumeHolds(const loader::SymExpr &condition) {
  StringRef relation = condition.name();
  if (relation == "And") {
    for (const loader::SymExpr &operand : condition.operands())
      assumeHolds(operand);
    return;
  }
  std::string culprit;
  if (condition.operands().size() != 2)
    return;
  Expr a = importer.sizes.convert(condition.operands()[0], culprit);
  Expr b = importer.sizes.convert(condition.operands()[1], culprit);
  if (!a || !b)
    return;
  Ranges &ranges = importer.ranges;
  if (relation == "Le")
    ranges.assume(b - a);
  else if (relation == "Lt")
    ranges.assume(b - a - 1);
  else if (relation == "Ge")
    ranges.assume(a - b);
  else if (relation == "Gt")
    ranges.assume(a - b - 1);
  else if (relation == "Eq")
    ranges.assumeEqual(a, b);
}
