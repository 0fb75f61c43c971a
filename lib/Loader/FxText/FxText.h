//===- FxText.h - FX graphs as text --------------------------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FXTEXT_FXTEXT_H
#define GRAPHC_LIB_LOADER_FXTEXT_FXTEXT_H

#include "File.h"

#include "graphc/Loader/Program.h"

namespace graphc::loader {

Result<Program> readFxText(const Bytes &bytes, const LoadOptions &options);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FXTEXT_FXTEXT_H
