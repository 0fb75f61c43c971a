//===- TimeTrace.h - Stages and passes over time ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_TIMETRACE_H
#define GRAPHC_LIB_SUPPORT_TIMETRACE_H

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

namespace graphc {

/// From here on stages, passes and LLVM's own events are noted.
void startTimeTrace();
/// Notes every pass that `pm` runs, with what it runs on, on its thread.
void traceTime(mlir::PassManager &pm);
/// Writes all of it, in the format of Chrome's tracing. Other threads that ran
/// passes have ended.
void writeTimeTrace(llvm::raw_pwrite_stream &os);
void endTimeTrace();

/// `func.func @main`, with the symbols around it.
std::string describeOp(mlir::Operation *op);

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_TIMETRACE_H
