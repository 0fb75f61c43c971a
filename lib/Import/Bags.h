//===- Bags.h - Which rows lie in which bag ------------------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_BAGS_H
#define GRAPHC_LIB_IMPORT_BAGS_H

#include "Call.h"

namespace graphc::aten {

enum class BagMode { Sum, Mean, Max };

/// The argument `mode`.
BagMode readBagMode(Call &call);

/// The bag of each of `count` rows, [count]: how many bags begin at it or
/// before, less one. `offsets` are in i64.
Value emitBagOfRow(Emitter &e, Value offsets, Expr count);

/// Which of the indices, in i64, are not the argument `padding_idx`; null when
/// none is.
Value emitKeptRows(Call &call, Value indices, Value weight);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_BAGS_H
