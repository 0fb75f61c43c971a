//===- Activation.h - What functions and gradients share ------ -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_ACTIVATION_H
#define GRAPHC_LIB_IMPORT_ACTIVATION_H

#include "Call.h"

namespace graphc::aten {

/// The argument `approximate`.
graph::GeluKind getGeluKind(Call &call);

/// The halves of `self` along `dim`.
std::pair<Value, Value> emitHalves(Call &call);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_ACTIVATION_H
