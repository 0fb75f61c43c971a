//===- Ranges.h - What is known of symbolic sizes ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_RANGES_H
#define GRAPHC_LIB_IMPORT_RANGES_H

#include "dialects/Graph/IR/Graph.h"
#include "graphc/Loader/Program.h"

#include "llvm/ADT/StringMap.h"

#include <map>
#include <string>

namespace graphc::aten {

/// Symbols of a program with their bounds, and what follows from them. A bound
/// that is used here is checked at entry, so the results hold at run time.
class Ranges {
public:
  struct Interval {
    std::optional<int64_t> min, max;
  };

  /// `traced` is what tracing took for granted, which may be less than what the
  /// program accepts. `hint` is the value that was seen, for programs that do
  /// not say what tracing made of it.
  void set(llvm::StringRef symbol, Interval traced,
           std::optional<int64_t> accepted = std::nullopt,
           std::optional<int64_t> hint = std::nullopt);
  bool contains(llvm::StringRef symbol) const {
    return symbols.count(symbol.str()) != 0;
  }
  Interval get(llvm::StringRef symbol) const;
  const std::map<std::string, Interval> &all() const { return symbols; }
  /// Takes `value >= 0` for granted: a condition that is checked at entry.
  void assume(graph::Expr value) { assumptions.push_back(value); }
  /// Takes `size == other` for granted, in the same way.
  void assumeEqual(graph::Expr size, graph::Expr other);
  /// `size` as all sizes are spelled that equal it by `assumeEqual`: `s0*s1`
  /// for `s2*s3` where these two are equal.
  graph::Expr simplify(graph::Expr size) const;
  llvm::SmallVector<graph::Expr>
  simplify(llvm::ArrayRef<graph::Expr> sizes) const {
    return llvm::map_to_vector(
        sizes, [this](graph::Expr size) { return simplify(size); });
  }

  /// Bounds of `expr` over all values that are accepted, by interval
  /// arithmetic; open where nothing is known.
  Interval bounds(graph::Expr expr) const {
    return bounds(expr, /*traced=*/false);
  }
  /// True when `a <= b` for all values that are accepted.
  bool provesLessEqual(graph::Expr a, graph::Expr b) const {
    return provesLessEqual(a, b, /*traced=*/false);
  }
  /// True when `a <= b` as tracing decided it: for all values that it thought
  /// of, or for those at hand, for which it left a guard. What accepted values
  /// do not prove becomes one of `guards`. False says nothing of them: ask for
  /// the opposite.
  bool isLessEqual(graph::Expr a, graph::Expr b);
  /// Values that have to be at least 0: conditions to be checked at entry.
  llvm::ArrayRef<graph::Expr> guards() const { return taken; }

  graph::Expr min(graph::Expr a, graph::Expr b);
  graph::Expr max(graph::Expr a, graph::Expr b);

  /// True when the expressions agree at sampled values of their symbols: for
  /// comparing sizes that two programs simplified differently. Values that
  /// leave a tensor of `shape` without elements do not count, for comparing
  /// strides.
  bool agree(graph::Expr a, graph::Expr b,
             llvm::ArrayRef<graph::Expr> shape = {}) const;

private:
  /// The same over all values that tracing thought of where `traced`.
  Interval bounds(graph::Expr expr, bool traced) const;
  bool provesLessEqual(graph::Expr a, graph::Expr b, bool traced) const;
  void guard(graph::Expr value);
  /// The range of `s0` where `quotient`, `floordiv(s0, 14)`, is `number`.
  void narrow(graph::Expr quotient, graph::Expr number);

  std::map<std::string, Interval> symbols;
  /// Where a symbol may be smaller than tracing thought.
  std::map<std::string, int64_t> accepted;
  llvm::StringMap<int64_t> hints;
  std::vector<graph::Expr> assumptions, taken;
  /// Expressions with what is written for them.
  std::vector<std::pair<graph::Expr, graph::Expr>> equalities;
};

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_RANGES_H
