//===- Weights.h - What the values of weights are like ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LOADER_WEIGHTS_H
#define GRAPHC_LOADER_WEIGHTS_H

#include "graphc/Loader/Program.h"

#include <string>
#include <vector>

namespace graphc::loader {

/// One line for each constant: its type, and of its values number, minimum,
/// maximum, mean, NaNs and infinities. Reads all of them.
std::string printWeights(const Program &program);

/// The elements of a view that has data, in row-major order.
std::vector<char> copyElements(const Constant &constant);

/// Whether they lie in that order already.
bool isRowMajor(const Constant &constant);

} // namespace graphc::loader

#endif // GRAPHC_LOADER_WEIGHTS_H
