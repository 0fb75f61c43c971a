//===- Counting.h - Elements that go to places ------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_COUNTING_H
#define GRAPHC_LIB_IMPORT_COUNTING_H

#include "Call.h"

namespace graphc::aten {

/// `base` with each of `values` added at its place of `index`, a vector, along
/// `dim`, in order. The run fails at a negative place.
Value emitAddAt(Emitter &e, Value base, Value index, Value values,
                int64_t dim = 0);
/// How many elements of `mask`, a vector, are true up to each, itself included:
/// i32 where all can be counted in that, else i64.
Value emitRunningCount(Emitter &e, Value mask);
/// For each of `total` places along a new last dimension how many of `ends`
/// along theirs are not above it. They are i64, from 0 to `total`.
Value emitPassed(Emitter &e, Value ends, Expr total);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_COUNTING_H
