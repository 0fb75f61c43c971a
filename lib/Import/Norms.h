//===- Norms.h - What norms of all kinds share ------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_NORMS_H
#define GRAPHC_LIB_IMPORT_NORMS_H

#include "Call.h"

namespace graphc::aten {

/// Weights of another dtype than the input mean computing in float32.
bool isMixed(Emitter &e, Value x, ArrayRef<Value> weights);

/// `x` in another type; null for None.
Value castIfAny(Emitter &e, Value x, Type type);

/// Batch norm of the call's input with statistics that are given.
Value emitBatchNormInference(Call &call, Value mean, Value var);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_NORMS_H
