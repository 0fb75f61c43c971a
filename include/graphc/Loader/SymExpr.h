//===- SymExpr.h - Symbolic sizes as files spell them -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LOADER_SYMEXPR_H
#define GRAPHC_LOADER_SYMEXPR_H

#include "graphc/Loader/Result.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace graphc::loader {

/// An immutable expression over named symbols. Shared, never cyclic, of bounded
/// depth. It is kept as written; simplification belongs to the graph dialect.
class SymExpr {
public:
  enum class Kind {
    Int,      ///< intValue
    Float,    ///< floatValue
    Bool,     ///< intValue 0 or 1
    Symbol,   ///< name
    Infinity, ///< oo, int_oo; negative when intValue is -1
    Call      ///< name and operands
  };

  SymExpr() : SymExpr(std::int64_t(0)) {}
  SymExpr(std::int64_t value);
  static SymExpr makeFloat(double value);
  static SymExpr makeBool(bool value);
  static SymExpr makeInfinity(bool negative);
  static SymExpr symbol(std::string name);
  /// `function` is one of the canonical names below; aliases of sympy's class
  /// names, operators of infix text and sympy objects of pickles all end here:
  ///   Add Mul (n-ary) Pow FloorDiv CeilDiv Mod PythonMod ModularIndexing
  ///   Rational TrueDiv Max Min (n-ary) Where Abs
  ///   CeilToInt FloorToInt TruncToInt RoundToInt TruncToFloat RoundDecimal
  ///   ToFloat LShift RShift BitAnd BitOr BitXor
  ///   Eq Ne Lt Le Gt Ge And Or Not
  ///   IsNonOverlappingAndDense  sqrt log2 sin ... (OpaqueUnaryFn_*)
  /// CleanDiv is FloorDiv, Identity is dropped, subtraction is Add with Mul -1.
  static SymExpr call(std::string function, std::vector<SymExpr> operands);

  Kind kind() const;
  std::int64_t intValue() const;
  double floatValue() const;
  const std::string &name() const;
  const std::vector<SymExpr> &operands() const;
  /// Levels and nodes as a tree: an operand used twice counts twice. The reader
  /// bounds both.
  unsigned depth() const;
  std::uint64_t treeSize() const;

  /// The value of an Int, or nothing.
  std::optional<std::int64_t> asInt() const;
  bool isInt(std::int64_t value) const { return asInt() == value; }

  /// Infix text that parseSymExpr reads back.
  std::string str() const;
  /// Names of all symbols below, sorted, each once.
  std::vector<std::string> symbols() const;
  /// The value under `bindings`, or nothing for an unbound symbol, an overflow
  /// of 64 bits, a division by zero or a result that is no integer.
  std::optional<std::int64_t>
  evaluate(const std::map<std::string, std::int64_t> &bindings) const;

  bool operator==(const SymExpr &other) const;

private:
  struct Impl;
  std::shared_ptr<const Impl> impl;
};

/// Parses both text forms of docs (sympy's srepr and plain infix). The error is
/// `bad-expression` with the text and the position; `limit` for depth.
Result<SymExpr> parseSymExpr(std::string_view text);

} // namespace graphc::loader

#endif // GRAPHC_LOADER_SYMEXPR_H
