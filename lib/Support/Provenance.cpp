//===- Provenance.cpp - Where in the model an op comes from ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/Provenance.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graphc;

std::string Provenance::formatLine() const {
  if (!line)
    return "";
  return (line.getFilename().getValue() + ":" + Twine(line.getLine())).str();
}

void graphc::forEachNode(Location location,
                         function_ref<void(StringAttr)> visit) {
  location->walk([&](Location inner) {
    auto name = dyn_cast<NameLoc>(inner);
    if (!name)
      return WalkResult::advance();
    visit(name.getName());
    return WalkResult::skip();
  });
}

Provenance graphc::getProvenance(Location location) {
  Provenance found;
  forEachNode(location, [&](StringAttr name) {
    std::string node = name.str();
    if (!llvm::is_contained(found.nodes, node))
      found.nodes.push_back(std::move(node));
  });
  location->walk([&](Location inner) {
    if (auto fused = dyn_cast<FusedLoc>(inner)) {
      if (auto path = dyn_cast_or_null<StringAttr>(fused.getMetadata());
          path && found.modulePath.empty())
        found.modulePath = path.getValue().str();
    } else if (auto file = dyn_cast<FileLineColLoc>(inner)) {
      if (file.getLine() && !found.line)
        found.line = file;
    }
    return WalkResult::advance();
  });
  return found;
}
