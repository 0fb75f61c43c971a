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

/// The float type that the file recorded of the call's next result, else
/// `type`: where types are mixed, kernels of torch and what export says of them
/// differ.
Type getRecordedFloat(Call &call, Type type);

/// Adds a saved statistic, of the type that was recorded or `type`.
void resultStatistic(Call &call, Value value, Type type);

/// An argument that an operator saved, in `compute`, as it was before rounding
/// to its type if it is known: kernels of mixed types round no statistics.
Value getStatistic(Call &call, StringRef name, Type compute);

/// Batch norm of the call's input with statistics that are given.
Value emitBatchNormInference(Call &call, Value mean, Value var);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_NORMS_H
