//===- EventLog.h - Times of a process that died ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What --time and --time-trace know is lost with the process. Stages, steps and
// passes are noted in memory that the process shares with who watches it, which
// writes the report when the process could not.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_EVENTLOG_H
#define GRAPHC_LIB_SUPPORT_EVENTLOG_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>

namespace graphc {

/// Gives the process a log that its children share. Until `startEventLog`
/// nothing is noted.
void shareEventLog();
void startEventLog();

/// Notes that `name` begins, on `detail`. Nests; each thread has its own.
void beginEvent(llvm::StringRef name, llvm::StringRef detail);
/// The innermost one of this thread is over.
void endEvent();

/// What ran until now, in the format of Chrome's tracing; what goes on counts
/// up to now.
void writeEventLog(llvm::raw_ostream &os);
/// The same as a table of stages and passes.
void printEventTimes(llvm::raw_ostream &os);

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_EVENTLOG_H
