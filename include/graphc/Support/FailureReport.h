//===- FailureReport.h - What failed, for programs ------------ -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_FAILUREREPORT_H
#define GRAPHC_SUPPORT_FAILUREREPORT_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace graphc {

/// A failure as a program reads it. The supervisor writes one, as JSON, to the
/// file that the environment variable GRAPHC_FAILURE_REPORT names.
struct FailureReport {
  std::string stage;
  /// Empty for a failure outside of passes.
  std::string pass, op;
  /// `refused`, `failed`, `fatal`, `crashed`, `out-of-memory`, `timed-out` or
  /// `interrupted`.
  std::string outcome;
  int signal = 0;
  /// The first error.
  std::string reason;
  /// `wrong-number`, or the outcome.
  std::string kind;
  /// Of a wrong number, where it is known: the function, the op and the FX node
  /// of the first value that differs, and what differs: `value`, `integer`,
  /// `nan`, `infinity`, `shape` or `error`.
  std::string function, valueOp, node, difference;
  /// The functions of the crash, innermost first; those without a name are
  /// their files.
  std::vector<std::string> frames;
};

/// Nothing when there is no report at `path`.
std::optional<FailureReport> readFailureReport(llvm::StringRef path);

} // namespace graphc

#endif // GRAPHC_SUPPORT_FAILUREREPORT_H
