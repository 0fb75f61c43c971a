//===- PrintDot.h - A module as a picture -----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_PRINTDOT_H
#define GRAPHC_TOOLS_GRAPHC_PRINTDOT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <string>

namespace graphc {

/// The functions of `module` in Graphviz's language, a graph each.
void printDot(mlir::ModuleOp module, llvm::raw_ostream &os);

/// `dot` drawn as SVG by Graphviz.
llvm::Expected<std::string> drawDot(llvm::StringRef dot);

} // namespace graphc

#endif // GRAPHC_TOOLS_GRAPHC_PRINTDOT_H
