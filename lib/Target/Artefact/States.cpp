//===- States.cpp - First values of states --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parts.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::artefact;

/// One byte per element of what MLIR may keep as one bit.
static ArrayRef<char> getBools(ArrayRef<char> raw, uint64_t size,
                               std::vector<char> &owned) {
  if (raw.size() == size)
    return raw;
  for (uint64_t i = 0; i < size && i / 8 < raw.size(); ++i)
    owned.push_back((raw[i / 8] >> (i % 8)) & 1);
  return owned;
}

ArrayRef<char> artefact::getBytes(ElementsAttr attr, uint64_t size,
                                  std::vector<char> &owned) {
  bool isBool = attr.getElementType().isInteger(1);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return {};
    return isBool ? getBools(blob->getData(), size, owned) : blob->getData();
  }
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  if (!dense)
    return {};
  if (isBool) {
    for (bool value : dense.getValues<bool>())
      owned.push_back(value);
    return owned;
  }
  ArrayRef<char> raw = dense.getRawData();
  if (!dense.isSplat() || raw.empty())
    return raw;
  owned.reserve(size);
  while (owned.size() < size)
    owned.insert(owned.end(), raw.begin(), raw.end());
  return owned;
}

llvm::Error artefact::placeStates(const Interface &interface, uint64_t start,
                                  StateWeights &result) {
  uint64_t offset = llvm::alignTo(start, 64);
  for (const InterfaceState &state : interface.states) {
    uint64_t size = state.type.dtype.bits / 8;
    for (const InterfaceExpr &expr : state.type.shape)
      size *= static_cast<uint64_t>(expr.getConstant().value_or(0));
    std::vector<char> owned;
    WeightEntry entry;
    if (size)
      entry.bytes = getBytes(state.initial, size, owned);
    if (entry.bytes.size() != size)
      return makeError("buffer '" + state.name + "' has first values of " +
                       llvm::Twine(entry.bytes.size()) + " bytes, expected " +
                       llvm::Twine(size));
    entry.offset = offset;
    entry.name = state.name;
    entry.dtype = llvm::StringRef(state.type.text).split('[').first.str();
    for (const InterfaceExpr &expr : state.type.shape)
      entry.shape.push_back(*expr.getConstant());
    result.owned.push_back(std::move(owned)); // keeps its bytes in place
    result.entries.push_back(std::move(entry));
    result.offsets.push_back(offset);
    offset = llvm::alignTo(offset + size, 64);
  }
  return llvm::Error::success();
}
