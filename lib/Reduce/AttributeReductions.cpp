//===- AttributeReductions.cpp - Drop and simplify attributes -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;

namespace {
struct Place {
  Operation *op;
  StringAttr name;
  Attribute value;
};
} // namespace

/// What other ops or the pipeline know an op by.
static bool isIdentity(StringRef name) {
  return name == SymbolTable::getSymbolAttrName() ||
         name == "operandSegmentSizes" || name == "resultSegmentSizes" ||
         name == "function_type" || name == "graph.signature";
}

static SmallVector<Place> listAttributes(ModuleOp module) {
  SmallVector<Place> places;
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    for (NamedAttribute attr : op->getAttrs())
      if (!isIdentity(attr.getName()))
        places.push_back({op, attr.getName(), attr.getValue()});
  });
  return places;
}

static unsigned countAttributes(ModuleOp module) {
  return listAttributes(module).size();
}

static bool dropAttributes(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<Place> places = listAttributes(module);
  last = std::min<unsigned>(last, places.size());
  for (const Place &place : ArrayRef(places).slice(first, last - first)) {
    place.op->removeAttr(place.name);
    // Accessors of attributes with a default do not look.
    if (place.op->isRegistered())
      place.op->getName().populateDefaultProperties(
          place.op->getPropertiesStorage());
  }
  return first < last;
}

static bool isZero(Attribute attr) {
  if (auto integer = dyn_cast<IntegerAttr>(attr))
    return integer.getValue().isZero();
  if (auto real = dyn_cast<FloatAttr>(attr))
    return real.getValue().isZero();
  if (auto elements = dyn_cast<DenseElementsAttr>(attr))
    return elements.isSplat() && isZero(elements.getSplatValue<Attribute>());
  return false;
}

/// All elements the first one, which keeps what a failure may need of them.
static Attribute splat(Attribute attr) {
  auto elements = dyn_cast<DenseElementsAttr>(attr);
  if (!elements || elements.isSplat() || elements.empty())
    return attr;
  return DenseElementsAttr::get(elements.getType(),
                                *elements.value_begin<Attribute>());
}

static Attribute zero(Attribute attr) {
  Builder builder(attr.getContext());
  if (isa<IntegerAttr, FloatAttr, ElementsAttr>(attr) && !isZero(attr))
    if (TypedAttr zero = builder.getZeroAttr(cast<TypedAttr>(attr).getType()))
      return zero;
  return attr;
}

template <Attribute (*change)(Attribute)>
static bool changeAttributes(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<Place> places = listAttributes(module);
  last = std::min<unsigned>(last, places.size());
  bool changed = false;
  for (const Place &place : ArrayRef(places).slice(first, last - first)) {
    Attribute simpler = change(place.value);
    if (simpler == place.value)
      continue;
    place.op->setAttr(place.name, simpler);
    changed = true;
  }
  return changed;
}

static unsigned countOnce(ModuleOp) { return 1; }

static bool dropSignature(ModuleOp module, unsigned, unsigned) {
  return bool(module->removeAttr("graph.signature"));
}

static bool dropLocations(ModuleOp module, unsigned, unsigned) {
  bool changed = false;
  Location unknown = UnknownLoc::get(module.getContext());
  module.walk([&](Operation *op) {
    changed |= op->getLoc() != unknown;
    op->setLoc(unknown);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (BlockArgument argument : block.getArguments())
          argument.setLoc(unknown);
  });
  return changed;
}

ArrayRef<Reduction> graphc::reduce::attributeReductions() {
  static constexpr Reduction reductions[] = {
      {"signature", countOnce, dropSignature},
      {"attributes", countAttributes, dropAttributes},
      {"splats", countAttributes, changeAttributes<splat>},
      {"zeros", countAttributes, changeAttributes<zero>},
      {"locations", countOnce, dropLocations},
  };
  return reductions;
}
