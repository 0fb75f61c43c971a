//===- Weights.cpp - Constants as weights ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parts.h"

#include "graphc/Support/ErrorCode.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/SymbolTable.h"
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

/// PyTorch's name of an element type, for whoever looks into a weights file.
static std::string getDtype(Type element) {
  if (auto complex = dyn_cast<ComplexType>(element))
    return complex.getElementType().isF64() ? "complex128" : "complex64";
  if (element.isBF16())
    return "bfloat16";
  unsigned bits = element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 64;
  if (isa<FloatType>(element))
    return bits == 8 ? "uint8" : "float" + std::to_string(bits);
  return bits == 1 ? "bool" : "int" + std::to_string(bits);
}

static uint64_t getSize(ShapedType type) {
  Type element = type.getElementType();
  unsigned parts = 1;
  if (auto complex = dyn_cast<ComplexType>(element)) {
    element = complex.getElementType();
    parts = 2;
  }
  unsigned bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return uint64_t(type.getNumElements()) * parts * llvm::divideCeil(bits, 8);
}

static LogicalResult takeWeight(memref::GlobalOp global, uint64_t offset,
                                ModuleWeights &weights) {
  auto value = dyn_cast_or_null<ElementsAttr>(
      global.getInitialValue().value_or(Attribute()));
  if (!value)
    return withCode(
        "module-weights",
        global.emitOpError("is placed among the weights but has no value"));
  MemRefType type = global.getType();
  WeightEntry entry;
  std::vector<char> owned;
  uint64_t size = getSize(type);
  if (size)
    entry.bytes = getBytes(value, size, owned);
  if (entry.bytes.size() != size)
    return withCode("module-weights", global.emitOpError("has a value of "))
           << entry.bytes.size() << " bytes, expected " << size;
  entry.offset = offset;
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  entry.name = resource ? resource.getRawHandle().getKey().str()
                        : global.getSymName().str();
  entry.dtype = getDtype(type.getElementType());
  entry.shape.assign(type.getShape().begin(), type.getShape().end());
  if (!owned.empty())
    weights.owned.push_back(std::move(owned));
  weights.entries.push_back(std::move(entry));
  return success();
}

LogicalResult graphc::takeWeights(ModuleOp module, ModuleWeights &weights) {
  // Once: to ask for each is to walk over the whole module each time.
  SymbolTableCollection tables;
  SymbolUserMap users(tables, module);
  for (auto global : llvm::make_early_inc_range(
           module.getBody()->getOps<memref::GlobalOp>())) {
    auto offset = global->getAttrOfType<IntegerAttr>("kernel.offset");
    if (offset &&
        failed(takeWeight(global, offset.getValue().getZExtValue(), weights)))
      return failure();
    if (users.useEmpty(global))
      global.erase();
  }
  llvm::sort(weights.entries, [](const WeightEntry &a, const WeightEntry &b) {
    return a.offset < b.offset;
  });
  return success();
}

llvm::Error artefact::placeStates(const Interface &interface, uint64_t start,
                                  StateWeights &result) {
  uint64_t offset = llvm::alignTo(start, 64);
  for (const InterfaceState &state : interface.states) {
    uint64_t size = state.type.dtype.bits / 8;
    for (const InterfaceExpr &expr : state.type.shape)
      size *= static_cast<uint64_t>(expr.getConstant().value_or(0));
    if (state.externWeight >= 0) {
      result.offsets.push_back(0);
      continue;
    }
    std::vector<char> owned;
    WeightEntry entry;
    if (size)
      entry.bytes = getBytes(state.initial, size, owned);
    if (entry.bytes.size() != size)
      return makeError("module-weights",
                       "buffer '" + state.name + "' has first values of " +
                           llvm::Twine(entry.bytes.size()) +
                           " bytes, expected " + llvm::Twine(size));
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
