//===- Attention.h - What attention and its gradients share -----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_ATTENTION_H
#define GRAPHC_LIB_IMPORT_ATTENTION_H

#include "Call.h"

namespace graphc::aten {

/// The argument, or one by the root of the width of `query`.
double getAttentionScale(Call &call);

/// True, with an error, for a call that drops weights.
bool refuseAttentionDropout(Call &call);

/// Every head of `x` as often as it takes to have `heads`.
Value repeatHeads(Emitter &e, Value x, Expr heads);

/// The product of two batches of matrices, the second transposed.
Value matmulTransposed(Emitter &e, Value a, Value b);

/// scale * q k^T plus the mask, if there is one, in the type of both.
Value emitScores(Call &call, Value query, Value key, Value mask);

/// Of kernels that work on `[batch, rows, heads, width]`, for
/// `[batch, heads, rows, width]`.
SmallVector<Expr> rowStrides(Emitter &e, ArrayRef<Expr> shape);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_ATTENTION_H
