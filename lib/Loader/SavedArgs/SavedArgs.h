//===- SavedArgs.h - Saved argument pickles ------------------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_SAVEDARGS_SAVEDARGS_H
#define GRAPHC_LIB_LOADER_SAVEDARGS_SAVEDARGS_H

#include "File.h"

#include "graphc/Loader/Program.h"

namespace graphc::loader {

Result<Program> readSavedArgs(const Bytes &bytes, const LoadOptions &options);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_SAVEDARGS_SAVEDARGS_H
