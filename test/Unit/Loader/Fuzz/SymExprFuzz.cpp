//===- SymExprFuzz.cpp - Any text as an expression ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"
#include "graphc/Loader/SymExpr.h"

#include <cstdlib>

using namespace graphc;
using namespace graphc::loader;

void fuzz(const std::uint8_t *data, std::size_t size) {
  Result<SymExpr> expr =
      parseSymExpr({reinterpret_cast<const char *>(data), size});
  if (!expr)
    return;
  (void)expr->evaluate({{"s0", 7}, {"s1", -1}, {"u0", INT64_MAX}});
  // What is printed can be read.
  if (!parseSymExpr(expr->str()))
    std::abort();
}
