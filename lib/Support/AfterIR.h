//===- AfterIR.h - The IR that a failure leaves -----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// after.mlir, also where nothing came to its end. What a crash, a fatal error
// or the end of memory leaves is printed by a fork of the process, which may
// die of it; the handler waits for it. Where it does die, the IR behind the
// last whole rewrite comes from one more compilation.
//
// All of this is for the second run of a failure, on one thread: there no other
// thread can hold a lock or change the IR.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_AFTERIR_H
#define GRAPHC_LIB_SUPPORT_AFTERIR_H

#include "mlir/IR/Operation.h"

#include <functional>

namespace graphc {

/// What is wanted of the second run begins: from here on a failure leaves the
/// IR around `op`.
void watchIR(mlir::Operation *op);

/// The same for what is no MLIR: `print` writes the file `name`.
void watchText(llvm::StringRef name,
               std::function<void(llvm::raw_ostream &)> print);

/// Writes what is watched, as it stands, after a failure in words.
void writeWatched();

/// Lets what comes to no end go on for `milliseconds`, then writes what is
/// watched and ends the process.
void writeWatchedLater(unsigned milliseconds);

/// The same in a signal handler, or where the process is about to end: by a
/// fork. Does nothing when nothing is watched.
void writeWatchedFromHandler();

/// Nothing is left to write: what was watched came to its end.
void watchNothing();

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_AFTERIR_H
