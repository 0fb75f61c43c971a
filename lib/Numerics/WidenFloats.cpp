//===- WidenFloats.cpp - A program in float64 -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WidenFloats.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace graphc;
using interpreter::Array;
using interpreter::Element;

static bool isNarrow(Type type) {
  auto real = dyn_cast<FloatType>(type);
  return real && !real.isF64();
}

/// Values as a resource: not hashed, however many there are.
static Attribute widenElements(ElementsAttr elements) {
  auto type = cast<ShapedType>(elements.getType());
  if (!isNarrow(type.getElementType()))
    return elements;
  Type wide = Float64Type::get(elements.getContext());
  auto wideType = RankedTensorType::get(type.getShape(), wide);
  if (auto dense = dyn_cast<DenseElementsAttr>(elements);
      dense && dense.isSplat())
    return DenseElementsAttr::get(
        wideType,
        FloatAttr::get(wide,
                       dense.getSplatValue<FloatAttr>().getValueAsDouble()));
  Array values;
  if (!interpreter::readElements(elements, values))
    return nullptr;
  std::vector<double> doubles(values.size());
  for (int64_t i = 0, e = values.size(); i < e; ++i)
    doubles[i] = values.get(i).f;
  return DenseResourceElementsAttr::get(
      wideType, "widened",
      HeapAsmResourceBlob::allocateAndCopyInferAlign(
          ArrayRef<double>(doubles)));
}

bool graphc::widenFloats(ModuleOp module, std::string &reason) {
  module.walk([&](graph::BitcastOp op) {
    reason = "'graph.bitcast' depends on the bits of its operand, which has "
             "others in float64";
  });
  if (!reason.empty())
    return false;
  AttrTypeReplacer replacer;
  replacer.addReplacement([](FloatType type) -> std::optional<Type> {
    return isNarrow(type) ? Float64Type::get(type.getContext()) : Type(type);
  });
  replacer.addReplacement(
      [](FloatAttr attr) -> std::optional<std::pair<Attribute, WalkResult>> {
        if (!isNarrow(attr.getType()))
          return std::pair(Attribute(attr), WalkResult::skip());
        Attribute wide = FloatAttr::get(Float64Type::get(attr.getContext()),
                                        attr.getValueAsDouble());
        return std::pair(wide, WalkResult::skip());
      });
  replacer.addReplacement(
      [&](ElementsAttr attr)
          -> std::optional<std::pair<Attribute, WalkResult>> {
        Attribute wide = widenElements(attr);
        if (!wide)
          reason = "the values of a constant are missing";
        return std::pair(wide ? wide : Attribute(attr), WalkResult::skip());
      });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  return reason.empty();
}

ProgramInputs graphc::widenInputs(const ProgramInputs &inputs,
                                  ModuleOp module) {
  ProgramInputs wide = inputs;
  Element element = Element::get(Float64Type::get(module.getContext()));
  for (Array &tensor : wide.tensors) {
    if (!tensor.element.isFloat() || tensor.element.kind == Element::F64)
      continue;
    Array copy(tensor.shape, element);
    for (int64_t i = 0, e = tensor.size(); i < e; ++i)
      copy.set(i, tensor.get(i));
    tensor = std::move(copy);
  }
  if (inputs.signature)
    if (FailureOr<Signature> signature = Signature::get(module);
        succeeded(signature))
      wide.signature = std::move(*signature);
  AttrTypeReplacer replacer;
  replacer.addReplacement([](FloatType type) -> std::optional<Type> {
    return isNarrow(type) ? Float64Type::get(type.getContext()) : Type(type);
  });
  for (Type &type : wide.results)
    if (type)
      type = replacer.replace(type);
  return wide;
}
