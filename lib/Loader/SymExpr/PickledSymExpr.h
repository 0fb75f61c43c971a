//===- PickledSymExpr.h - Sympy objects in pickles -------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_SYMEXPR_PICKLEDSYMEXPR_H
#define GRAPHC_LIB_LOADER_SYMEXPR_PICKLEDSYMEXPR_H

#include "Pickle/Pickle.h"

#include "graphc/Loader/SymExpr.h"

#include <map>

namespace graphc::loader {

/// Turns sympy object trees of one pickle into expressions. Objects that the
/// stream shares are converted once.
class PickledSymExprs {
public:
  /// Accepts sympy objects, ints, floats, bools and text. Errors:
  /// `bad-expression`, `pickle-global`, `pickle-type`, `limit`; their place is
  /// the byte offset.
  Result<SymExpr> convert(const PickleValue &value);

private:
  Result<SymExpr> convertObject(const PickleValue &object, unsigned depth);
  Result<SymExpr> convertAt(const PickleValue &value, unsigned depth);
  Result<SymExpr> convertLeaf(const PickleValue &object, std::string_view name);

  std::map<const PickleValue *, SymExpr> done;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_SYMEXPR_PICKLEDSYMEXPR_H
