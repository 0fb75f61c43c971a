//===- SizeConverter.h - Sizes as files spell them --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_SIZECONVERTER_H
#define GRAPHC_LIB_IMPORT_SIZECONVERTER_H

#include "dialects/Graph/IR/Graph.h"
#include "graphc/Loader/Program.h"

#include "llvm/ADT/StringMap.h"

#include <string>

namespace graphc::aten {

/// Makes expressions of the graph dialect of those of a program.
///
/// A symbol that a guard says to be a multiple of a number becomes so often a
/// symbol of its own: then sizes that are equal because of it are spelled
/// alike, and solving the symbol from a size checks the guard.
class SizeConverter {
public:
  explicit SizeConverter(mlir::MLIRContext *context) : context(context) {}

  /// Finds multiples in conditions that hold for every call, such as
  /// `Eq(s, 4*FloorDiv(s, 4))`, `Eq(Mod(s, 4), 0)` and `Le(Mod(4 - Mod(s, 4),
  /// 4), 0)`, of the symbols that `isKnown` takes. Before anything is
  /// converted.
  void addMultiples(llvm::ArrayRef<loader::SymExpr> guards,
                    llvm::function_ref<bool(llvm::StringRef)> isKnown);

  /// What a symbol of the program is a multiple of, at least 1, and the name of
  /// the symbol that it is a multiple by: `s0_4th` of `s0` if that is 4.
  int64_t getFactor(llvm::StringRef symbol) const;
  std::string getName(llvm::StringRef symbol) const;

  /// A size as the file spells it. Null for what has no integer form (floats,
  /// bits), with the offending function in `culprit`.
  graph::Expr convert(const loader::SymExpr &expr, std::string &culprit) const;

private:
  graph::Expr getSymbol(llvm::StringRef symbol) const;

  mlir::MLIRContext *context;
  llvm::StringMap<int64_t> factors;
};

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_SIZECONVERTER_H
