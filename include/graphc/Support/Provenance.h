//===- Provenance.h - Where in the model an op comes from -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Locations of the program are `"node"(fused<"module.path">["model.py":3:0])`;
// passes fuse them when ops become one.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_PROVENANCE_H
#define GRAPHC_SUPPORT_PROVENANCE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

#include <string>
#include <vector>

namespace graphc {

struct Provenance {
  /// The nodes of the saved graph, in the order of the location, each once.
  std::vector<std::string> nodes;
  /// The module that calls the first node's operator; empty: not known.
  std::string modulePath;
  /// The first line of a source that is not the whole file.
  mlir::FileLineColLoc line;
  /// "model.py:12", or empty.
  std::string formatLine() const;
};

Provenance getProvenance(mlir::Location location);

/// The names of nodes in a location, from the outside in. What is named inside
/// of a node is the text of the model's line.
void forEachNode(mlir::Location location,
                 llvm::function_ref<void(mlir::StringAttr)> visit);

} // namespace graphc

#endif // GRAPHC_SUPPORT_PROVENANCE_H
