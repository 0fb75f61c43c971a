//===- NonFinite.h - Which kernel makes NaN or infinity ----------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_RUN_NONFINITE_H
#define GRAPHC_TOOLS_GRAPHC_RUN_NONFINITE_H

#include "Session.h"

#include "llvm/Support/raw_ostream.h"

namespace graphc::run {

class ReferenceValues;

/// Observes a run: finds the first kernel with NaN in a result and none in what
/// it reads, or with an infinity and neither of both there.
class NonFiniteTrap {
public:
  NonFiniteTrap(const graphc_module &module, bool alsoInfinite)
      : module(module), alsoInfinite(alsoInfinite) {}

  void see(const graphc_event &event);
  /// Says what was found. `reference`, if there is one, narrows a kernel of
  /// several nodes to one. Whether there was something.
  bool report(llvm::raw_ostream &os, const ReferenceValues *reference) const;

private:
  struct Counts {
    int64_t nan = 0, infinite = 0;
    /// The first of each.
    int64_t nanAt = 0, infiniteAt = 0;
    double infinity = 0;
  };
  static Counts count(const DLTensor &tensor);

  const graphc_module &module;
  bool alsoInfinite;
  Counts read;
  /// Kernels that had one of them in what they read.
  size_t numCarried = 0;
  bool isBlind = false;

  bool isFound = false, isNaN = false;
  size_t kernel = 0, operand = 0;
  Counts made;
  int64_t size = 0;
  double value = 0;
  std::string place;
};

} // namespace graphc::run

#endif // GRAPHC_TOOLS_GRAPHC_RUN_NONFINITE_H
