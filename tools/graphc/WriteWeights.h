//===- WriteWeights.h - The original tensors as a file ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_WRITEWEIGHTS_H
#define GRAPHC_TOOLS_GRAPHC_WRITEWEIGHTS_H

#include "graphc/Loader/Program.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace graphc {

/// Writes the state dictionary that a program was saved with to a safetensors
/// file. Tied tensors are written once, under the first name.
llvm::Error writeWeights(const loader::Program &program, llvm::StringRef path);

} // namespace graphc

#endif // GRAPHC_TOOLS_GRAPHC_WRITEWEIGHTS_H
