//===- FxInputs.h - What inputs of FX graphs share -------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FXTEXT_FXINPUTS_H
#define GRAPHC_LIB_LOADER_FXTEXT_FXINPUTS_H

#include "graphc/Loader/Program.h"

#include <set>

namespace graphc::loader {

/// The stem of a file name.
std::string programName(const std::string &path);

/// Records the value that a symbol had when the program was saved.
void addSymbolHint(Program &program, const std::string &name, double hint);

/// Enters every symbol of the inputs into Program::symbols. Error
/// `symbol-unbound` for one that no input determines: it is neither an input
/// itself nor a factor or term of a tensor's size.
Result<void> collectSymbols(Program &program);

/// Checks rank, sizes and strides of an input: `bad-shape`, `limit`. `what`
/// names it in messages (`input 0`).
Result<void> checkInputMeta(const TensorMeta &meta, const std::string &what);

/// Names of the values that nodes and outputs of a graph use.
std::set<std::string> usedValues(const Graph &graph);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FXTEXT_FXINPUTS_H
