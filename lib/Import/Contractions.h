//===- Contractions.h - Products that other families use --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_CONTRACTIONS_H
#define GRAPHC_LIB_IMPORT_CONTRACTIONS_H

#include "Call.h"

namespace graphc::aten {

/// torch.matmul of tensors of any rank from 1.
Value emitMatmul(Emitter &e, Value a, Value b);
/// input * weight^T + bias; `bias` may be null.
Value emitLinear(Emitter &e, Value input, Value weight, Value bias);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_CONTRACTIONS_H
