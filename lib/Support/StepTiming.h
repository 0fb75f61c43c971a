//===- StepTiming.h - Whose rows steps are ----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_STEPTIMING_H
#define GRAPHC_LIB_SUPPORT_STEPTIMING_H

#include "graphc/Support/CompilationTimes.h"

namespace graphc {

/// While it lives, steps are rows of `stage` in `times`; null for nobody's.
class StepTiming {
public:
  StepTiming(CompilationTimes *times, mlir::TimingScope &stage);
  ~StepTiming();
  StepTiming(const StepTiming &) = delete;
  StepTiming &operator=(const StepTiming &) = delete;
};

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_STEPTIMING_H
