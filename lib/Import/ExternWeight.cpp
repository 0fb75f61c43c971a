//===- ExternWeight.cpp - Constants that come when a module is loaded -----===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Import/ExternWeight.h"

#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace graphc;

static constexpr StringLiteral externPrefix = "extern:";
static constexpr StringLiteral loadedPrefix = "loaded:";

static DenseResourceElementsAttr make(ShapedType type, const Twine &key) {
  MLIRContext *context = type.getContext();
  auto &interface = DenseResourceElementsHandle::getManagerInterface(context);
  auto *dialect = context->getOrLoadDialect<BuiltinDialect>();
  SmallString<64> buffer;
  StringRef name = key.toStringRef(buffer);
  // One name is one attribute.
  if (auto *known = interface.getBlobManager().lookup(name))
    return DenseResourceElementsAttr::get(
        type, DenseResourceElementsHandle(known, dialect));
  return DenseResourceElementsAttr::get(type, interface.insert(name));
}

DenseResourceElementsAttr graphc::makeExternWeight(ShapedType type,
                                                   StringRef name) {
  return make(type, externPrefix + name + ":");
}

DenseResourceElementsAttr graphc::makeLoadedWeight(ShapedType type,
                                                   int64_t number) {
  return make(type, loadedPrefix + Twine(number) + ":");
}

static std::optional<StringRef> read(Attribute value, StringRef prefix) {
  auto resource = dyn_cast_or_null<DenseResourceElementsAttr>(value);
  if (!resource)
    return std::nullopt;
  DenseResourceElementsHandle handle = resource.getRawHandle();
  StringRef key = handle.getKey();
  // What has values is a constant of that name.
  if (!key.consume_front(prefix) || !key.contains(':') || handle.getBlob())
    return std::nullopt;
  return key.rsplit(':').first;
}

std::optional<StringRef> graphc::getExternWeight(Attribute value) {
  return read(value, externPrefix);
}

std::optional<int64_t> graphc::getLoadedWeight(Attribute value) {
  std::optional<StringRef> text = read(value, loadedPrefix);
  int64_t number;
  if (!text || text->getAsInteger(10, number))
    return std::nullopt;
  return number;
}

bool graphc::isExternal(Attribute value) {
  return getExternWeight(value) || getLoadedWeight(value);
}
