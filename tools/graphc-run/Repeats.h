//===- Repeats.h - Whether runs repeat each other bit by bit ----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_RUN_REPEATS_H
#define GRAPHC_TOOLS_GRAPHC_RUN_REPEATS_H

#include "Session.h"

#include "llvm/Support/raw_ostream.h"

namespace graphc::run {

/// Runs `count` times from the state and the inputs that the first run began
/// with, each into memory that holds something else before, and compares the
/// bits of all results with those of `first`. Tells on `os` how many differ and
/// where the first of them does; true if one does.
llvm::Expected<bool> repeatRuns(Session &session, const Results &first,
                                size_t count, llvm::raw_ostream &os);

} // namespace graphc::run

#endif // GRAPHC_TOOLS_GRAPHC_RUN_REPEATS_H
