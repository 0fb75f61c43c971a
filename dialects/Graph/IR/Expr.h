//===- Expr.h - Symbolic sizes in normal form -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_EXPR_H
#define GRAPHC_DIALECTS_GRAPH_IR_EXPR_H

#include "mlir/IR/Attributes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"

#include <cstdint>
#include <optional>

namespace mlir {
class AsmParser;
} // namespace mlir

namespace graphc::graph {

class ExprAttr;

/// What an expression is made of. Everything else is spelled with these: `mod`
/// through floordiv, `and` as a product of 0/1 values, `where(c, a, b)` as
/// `c*a + (1-c)*b`.
enum class ExprKind : uint32_t {
  Constant, ///< getConstant()
  Symbol,   ///< getName()
  Sum,      ///< two operands or more: products, atoms, at most one constant
  Product,  ///< two or more: at most one constant (the first), then atoms
  FloorDiv, ///< two operands; rounds towards minus infinity
  Max,      ///< two operands or more
  Min,      ///< two operands or more
  Eq,       ///< two operands; 1 or 0
  Le,       ///< two operands; 1 or 0
  Invalid   ///< 64 bits overflowed, division by zero, or it grew too large
};

/// An integer expression over named symbols: a polynomial whose atoms are
/// symbols and the opaque kinds above, kept in normal form and uniqued in the
/// context. Two expressions that are equal as polynomials are the same pointer,
/// so `==` is equality after simplification. Passed by value; default
/// constructed it is null. No function here aborts: what cannot be represented
/// becomes Invalid, which absorbs and which no type accepts.
class Expr {
public:
  Expr() = default;
  /*implicit*/ Expr(ExprAttr attr);
  static Expr constant(mlir::MLIRContext *context, int64_t value);
  static Expr symbol(mlir::MLIRContext *context, llvm::StringRef name);
  static Expr invalid(mlir::MLIRContext *context);

  explicit operator bool() const { return bool(impl); }
  bool operator==(Expr other) const { return impl == other.impl; }
  bool operator!=(Expr other) const { return impl != other.impl; }
  bool operator==(int64_t value) const { return getConstant() == value; }
  bool operator!=(int64_t value) const { return getConstant() != value; }

  ExprKind kind() const;
  llvm::ArrayRef<Expr> operands() const;
  llvm::StringRef getName() const;
  std::optional<int64_t> getConstant() const;
  bool isConstant() const { return kind() == ExprKind::Constant; }
  bool isInvalid() const { return kind() == ExprKind::Invalid; }
  mlir::MLIRContext *getContext() const { return impl.getContext(); }
  ExprAttr getAttr() const;

  Expr operator+(Expr other) const;
  Expr operator-(Expr other) const;
  Expr operator*(Expr other) const;
  Expr operator-() const;
  Expr operator+(int64_t value) const;
  Expr operator-(int64_t value) const;
  Expr operator*(int64_t value) const;
  /// Rounding division; exact where it cancels. The divisor may be symbolic.
  Expr floorDiv(Expr divisor) const;
  Expr floorDiv(int64_t divisor) const;
  Expr ceilDiv(Expr divisor) const;
  Expr ceilDiv(int64_t divisor) const;
  /// Remainder with the divisor's sign, as Python's.
  Expr mod(Expr divisor) const;
  Expr mod(int64_t divisor) const;
  Expr pow(unsigned exponent) const;
  Expr max(Expr other) const;
  Expr min(Expr other) const;
  /// Comparisons are expressions of value 0 or 1.
  Expr eq(Expr other) const;
  Expr ne(Expr other) const;
  Expr le(Expr other) const;
  Expr lt(Expr other) const;
  Expr logicalAnd(Expr other) const { return *this * other; }
  Expr logicalOr(Expr other) const { return max(other); }
  Expr logicalNot() const;
  /// `ifTrue` where this 0/1 expression holds, else `ifFalse`.
  Expr select(Expr ifTrue, Expr ifFalse) const;

  /// The quotient when it is exact as polynomials, or null.
  Expr divideExactly(Expr divisor) const;

  void collectSymbols(llvm::SetVector<llvm::StringRef> &symbols) const;
  /// The value under `lookup`, or nothing: an unbound symbol, an overflow, a
  /// division by zero.
  std::optional<int64_t> evaluate(
      llvm::function_ref<std::optional<int64_t>(llvm::StringRef)> lookup) const;
  std::optional<int64_t> evaluate(const llvm::StringMap<int64_t> &values) const;
  /// Replaces the symbols for which `replacement` returns non-null.
  Expr substitute(llvm::function_ref<Expr(llvm::StringRef)> replacement) const;

  /// Infix: `2*s0 + 1`, `floordiv(s0, 2)`, `max(s0, 1)`, `le(s0, 64)`. Names
  /// that are no identifiers are quoted.
  void print(llvm::raw_ostream &os) const;
  std::string str() const;
  /// Reads what print writes, and more freely: mod, ceildiv, parentheses.
  static mlir::FailureOr<Expr> parse(mlir::AsmParser &parser);
  /// The same from a string; null with a diagnostic at an unknown location.
  static Expr parse(llvm::StringRef text, mlir::MLIRContext *context);

  /// A total order that does not depend on addresses.
  int compare(Expr other) const;

  friend llvm::hash_code hash_value(Expr expr) { return hash_value(expr.impl); }

private:
  explicit Expr(mlir::Attribute impl) : impl(impl) {}
  static Expr getRaw(mlir::MLIRContext *context, ExprKind kind, int64_t value,
                     llvm::StringRef name, llvm::ArrayRef<Expr> operands);
  friend class Polynomial;

  mlir::Attribute impl;
};

inline llvm::raw_ostream &operator<<(llvm::raw_ostream &os, Expr expr) {
  expr.print(os);
  return os;
}

/// The product of `sizes`; 1 for none.
Expr product(mlir::MLIRContext *context, llvm::ArrayRef<Expr> sizes);

/// Constants for each of `values`.
llvm::SmallVector<Expr> constants(mlir::MLIRContext *context,
                                  llvm::ArrayRef<int64_t> values);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_IR_EXPR_H
