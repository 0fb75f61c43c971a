//===- Functions.h - Functions of symbolic expressions ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_SYMEXPR_FUNCTIONS_H
#define GRAPHC_LIB_LOADER_SYMEXPR_FUNCTIONS_H

#include "graphc/Loader/SymExpr.h"

namespace graphc::loader {

/// A function by one of its spellings: sympy's class name, PyTorch's, or ours.
struct SymFunction {
  std::string_view spelling;
  const char *canonical; ///< A name that SymExpr::call lists.
  unsigned minOperands;
  unsigned maxOperands;
};

/// Null for an unknown spelling.
const SymFunction *findSymFunction(std::string_view spelling);

/// Limits of one expression; they also bound every recursion over it.
constexpr unsigned maxSymDepth = 200;
constexpr std::uint64_t maxSymNodes = std::uint64_t(1) << 16;

/// How an expression is put together from parts, in text and in pickles alike:
/// checks the number of operands, drops Identity, folds floor(a / b) to
/// FloorDiv and checks the limits. `text` is what messages quote.
Result<SymExpr> buildSymCall(std::string_view spelling,
                             std::vector<SymExpr> operands,
                             std::string_view text);

/// a / b with exact meaning: a Rational factor where b is an integer.
Result<SymExpr> buildSymDivision(const SymExpr &a, const SymExpr &b,
                                 std::string_view text);

/// True for comparisons, And, Or, Not and truth values.
bool isSymCondition(const SymExpr &expr);

/// `limit` when the expression is deeper or larger than the limits allow.
Result<void> checkSymLimits(const SymExpr &expr);

/// Error `bad-expression` about `text`.
Error badExpression(std::string_view text, const std::string &problem);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_SYMEXPR_FUNCTIONS_H
