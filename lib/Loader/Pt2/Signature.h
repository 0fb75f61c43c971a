//===- Signature.h - What inputs and outputs of an export are - -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PT2_SIGNATURE_H
#define GRAPHC_LIB_LOADER_PT2_SIGNATURE_H

#include "Pt2/GraphReader.h"

namespace graphc::loader {

/// Fills Program::inputs and outputs from a GraphSignature and checks them
/// against graphs[0] (`signature`). Constants are left for later.
void readSignature(SchemaReader &json, GraphReader &graphs, JsonValue signature,
                   Program &program);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PT2_SIGNATURE_H
