//===- Reductions.h - Reductions that other families use --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_REDUCTIONS_H
#define GRAPHC_LIB_IMPORT_REDUCTIONS_H

#include "Call.h"

namespace graphc::aten {

/// Dimensions count from 0 and are sorted.
Value emitExtremum(Emitter &e, bool isMax, Value x, ArrayRef<int64_t> dims,
                   bool keepdim);
Value emitVectorNorm(Emitter &e, Value x, double order, ArrayRef<int64_t> dims,
                     bool keepdim);
Value emitLogsumexp(Emitter &e, Value x, ArrayRef<int64_t> dims, bool keepdim);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_REDUCTIONS_H
