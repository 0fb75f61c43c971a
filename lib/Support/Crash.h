//===- Crash.h - Signals and fatal errors of LLVM ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_CRASH_H
#define GRAPHC_LIB_SUPPORT_CRASH_H

#include <csignal>

namespace graphc {

/// What the watching process sends when the time is up.
inline constexpr int timeoutSignal = SIGXCPU;

/// Makes the deadly signals, the end of memory and LLVM's fatal errors leave
/// their traces in the black box before the process exits, as do interruptions
/// and the time limit. For a process that is watched.
void installCrashHandlers();

/// Dereferences a null pointer.
[[noreturn]] void crashOnPurpose();
/// Allocates memory until there is no more, below a limit of address space set
/// for it.
[[noreturn]] void exhaustOnPurpose();
/// Waits for ever.
[[noreturn]] void hangOnPurpose();

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_CRASH_H
