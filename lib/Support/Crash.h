//===- Crash.h - Signals and fatal errors of LLVM ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_CRASH_H
#define GRAPHC_LIB_SUPPORT_CRASH_H

namespace graphc {

/// Makes the deadly signals and LLVM's fatal errors leave their traces in the
/// black box before the process exits. For a process that is watched.
void installCrashHandlers();

/// Dereferences a null pointer.
[[noreturn]] void crashOnPurpose();

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_CRASH_H
