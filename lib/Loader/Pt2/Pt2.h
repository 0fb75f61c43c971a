//===- Pt2.h - Export archives -------------------------------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PT2_PT2_H
#define GRAPHC_LIB_LOADER_PT2_PT2_H

#include "File.h"

#include "graphc/Loader/Program.h"

namespace graphc::loader {

/// Reads a .pt2 archive of any container generation.
Result<Program> readPt2(const Bytes &bytes, const LoadOptions &options);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PT2_PT2_H
