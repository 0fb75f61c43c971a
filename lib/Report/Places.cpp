//===- Places.cpp - Where IR comes from, by number ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Places.h"

#include "graphc/Support/Provenance.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graphc::report;

unsigned Places::getNode(StringRef name) {
  auto [it, isNew] = nodes.try_emplace(name, report.nodes.size());
  if (isNew) {
    report.nodes.emplace_back();
    report.nodes.back().name = name.str();
  }
  return it->second;
}

void Places::addNode(Node node) {
  unsigned number = getNode(node.name);
  report.nodes[number] = std::move(node);
}

unsigned Places::getPlace(const Place &place) {
  if (place.nodes.empty() && place.file < 0 && place.modulePath.empty())
    return 0;
  std::string key;
  llvm::raw_string_ostream os(key);
  for (unsigned node : place.nodes)
    os << node << ' ';
  os << '@' << place.file << ':' << place.line << ' ' << place.modulePath;
  auto [it, isNew] = keys.try_emplace(key, report.places.size());
  if (isNew)
    report.places.push_back(place);
  return it->second;
}

unsigned Places::getPlace(Location location) {
  auto [it, isNew] = known.try_emplace(location, 0);
  if (!isNew)
    return it->second;
  Place place;
  forEachNode(location, [&](StringAttr name) {
    unsigned node = getNode(name);
    if (!llvm::is_contained(place.nodes, node))
      place.nodes.push_back(node);
  });
  location->walk([&](Location inner) {
    if (auto file = dyn_cast<FileLineColLoc>(inner);
        file && file.getLine() && place.file < 0) {
      place.file = report.files.add(file.getFilename());
      place.line = file.getLine();
    } else if (auto fused = dyn_cast<FusedLoc>(inner);
               fused && place.modulePath.empty()) {
      if (auto path = dyn_cast_if_present<StringAttr>(fused.getMetadata()))
        place.modulePath = path.str();
    }
    return WalkResult::advance();
  });
  // What has no line of its own, weights among it, may be a node that has.
  if (place.modulePath.empty() && place.nodes.size() == 1)
    place.modulePath = report.nodes[place.nodes.front()].modulePath;
  unsigned number = getPlace(place);
  known[location] = number;
  return number;
}
