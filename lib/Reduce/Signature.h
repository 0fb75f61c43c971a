//===- Signature.h - What makes two failures the same --------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_SIGNATURE_H
#define GRAPHC_LIB_REDUCE_SIGNATURE_H

#include "graphc/Support/FailureReport.h"

#include <string>

namespace graphc::reduce {

/// `reason` without what changes when a program shrinks: names of values,
/// numbers, sizes of types, paths. Element types stay.
///
///   "'scf.for' op got 'vector<4x16xf32>' and %3"
///     = "'scf.for' op got 'vector<f32>' and %"
std::string normalizeReason(llvm::StringRef reason);

/// The text of a refusal without what depends on the form of the input: its
/// file, the place in it, quoted names.
///
///   "graphc: error[op-argument]: m.pt2: node 3 'mul': aten.mul.Tensor: has no
///    argument 'x'"
///     = "error[op-argument]: aten.mul.Tensor: has no argument ''"
std::string normalizeRefusal(llvm::StringRef reason);

/// What stays of a failure when its program shrinks.
struct Signature {
  std::string stage, pass, outcome;
  int signal = 0;
  std::string reason;
  /// The innermost functions of a crash.
  std::vector<std::string> frames;
  /// How numbers differ; empty when that is not the failure.
  std::string difference;

  Signature() = default;
  explicit Signature(const FailureReport &report);
  bool operator==(const Signature &other) const;
  /// Before there is IR.
  bool isOfInput() const { return stage == "load" || stage == "import"; }
  bool isTimeout() const { return outcome == "timed-out"; }
  bool isOutOfMemory() const { return outcome == "out-of-memory"; }
  /// One line for people.
  std::string describe() const;
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_SIGNATURE_H
