//===- Checks.h - What values must be for a run to go on --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What ATen's operators refuse for the values of their inputs ends the run with
// a message.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_CHECKS_H
#define GRAPHC_LIB_IMPORT_CHECKS_H

#include "Emitter.h"

namespace graphc::aten {

/// All elements of `condition`, bools of any shape, must be true.
void assertAll(Emitter &e, Value condition, StringRef message);

/// All of `index`, integers of any shape, must be from 0 to below `size`.
void assertInRange(Emitter &e, Value index, Expr size, StringRef message);

/// All elements of `x`, which are real, must be from 0 to 1.
void assertProbabilities(Emitter &e, Value x, StringRef message);

/// `low` must not exceed `high`: a failure if it is known to, and no check
/// where ranges prove it.
void assertLessEqual(Emitter &e, Expr low, Expr high, StringRef message);

/// `indexed`, the result of a graph.index or a graph.index_put that refuses
/// negative indices from now on. Null stays null.
Value forbidNegative(Value indexed);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_CHECKS_H
