//===- RelayoutConstant.cpp - Values in another order ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RelayoutConstant.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/SmallVector.h"

#include <cstring>

using namespace mlir;
using namespace graphc;

namespace {
/// Walks the new order and copies element by element.
template <typename Element>
class Relayout {
public:
  Relayout(const char *source, char *target, ArrayRef<RelayoutDim> dims)
      : source(reinterpret_cast<const Element *>(source)),
        target(reinterpret_cast<Element *>(target)), dims(dims) {
    int64_t inner = 1;
    for (const RelayoutDim &dim : llvm::reverse(dims)) {
      int64_t limit = 0;
      size_t place = 0;
      for (auto [i, other] : llvm::enumerate(dims)) {
        if (other.loop != dim.loop)
          continue;
        place = i;
        limit = std::max(limit, other.limit);
      }
      levels.insert(levels.begin(), {inner, limit, place});
      inner *= dim.size;
    }
    places.assign(dims.size(), 0);
  }

  void run() { visit(0, 0); }

private:
  struct Level {
    int64_t inner; ///< Elements of one step.
    int64_t limit; ///< Of the loop; 0 for none.
    size_t place;  ///< Where the loop counts its steps.
  };

  void visit(size_t depth, int64_t offset) {
    const RelayoutDim &dim = dims[depth];
    const Level &level = levels[depth];
    int64_t &place = places[level.place];
    int64_t before = place;
    int64_t count = dim.size;
    // How far the loop goes on in this dimension.
    if (level.limit)
      count = std::clamp<int64_t>(
          (level.limit - before + dim.weight - 1) / dim.weight, 0, dim.size);
    if (depth + 1 == dims.size()) {
      for (int64_t i = 0; i < count; ++i)
        target[i] = source[offset + i * dim.stride];
      target += dim.size;
      return;
    }
    for (int64_t i = 0; i < count; ++i) {
      place = before + i * dim.weight;
      visit(depth + 1, offset + i * dim.stride);
    }
    place = before;
    // The memory behind the end is zero already.
    target += (dim.size - count) * level.inner;
  }

  const Element *source;
  Element *target;
  ArrayRef<RelayoutDim> dims;
  SmallVector<Level> levels;
  SmallVector<int64_t> places;
};
} // namespace

static ArrayRef<char> getData(ElementsAttr elements) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob ? blob->getData() : ArrayRef<char>();
  }
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  return dense && !dense.isSplat() ? dense.getRawData() : ArrayRef<char>();
}

DenseResourceElementsAttr graphc::relayoutConstant(ElementsAttr elements,
                                                   RankedTensorType type,
                                                   ArrayRef<RelayoutDim> dims) {
  ArrayRef<char> data = getData(elements);
  size_t unit = type.getElementTypeBitWidth() / 8;
  if (data.size() != unit * elements.getNumElements())
    return {};
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(unit * type.getNumElements(), 64);
  char *target = blob.getMutableData().data();
  std::memset(target, 0, unit * type.getNumElements());
  switch (unit) {
  case 1:
    Relayout<uint8_t>(data.data(), target, dims).run();
    break;
  case 2:
    Relayout<uint16_t>(data.data(), target, dims).run();
    break;
  case 4:
    Relayout<uint32_t>(data.data(), target, dims).run();
    break;
  case 8:
    Relayout<uint64_t>(data.data(), target, dims).run();
    break;
  default:
    return {};
  }
  auto resource = dyn_cast<DenseResourceElementsAttr>(elements);
  StringRef name = resource ? resource.getRawHandle().getKey() : "constant";
  return DenseResourceElementsAttr::get(type, (name + ".packed").str(),
                                        std::move(blob));
}
