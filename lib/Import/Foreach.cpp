//===- Foreach.cpp - One operator on each tensor of a list ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

namespace {
/// What a list operator does to one element.
struct Element {
  llvm::StringLiteral name, overload;
};
} // namespace

static constexpr Element elements[] = {
    // clang-format off
    {"aten._foreach_abs.default", "aten.abs.default"},
    {"aten._foreach_add.List", "aten.add.Tensor"},
    {"aten._foreach_add.Scalar", "aten.add.Scalar"},
    {"aten._foreach_add.ScalarList", "aten.add.Scalar"},
    {"aten._foreach_add.Tensor", "aten.add.Tensor"},
    {"aten._foreach_addcdiv.Scalar", "aten.addcdiv.default"},
    {"aten._foreach_addcdiv.ScalarList", "aten.addcdiv.default"},
    {"aten._foreach_addcmul.Scalar", "aten.addcmul.default"},
    {"aten._foreach_addcmul.ScalarList", "aten.addcmul.default"},
    {"aten._foreach_ceil.default", "aten.ceil.default"},
    {"aten._foreach_clamp_max.List", "aten.minimum.default"},
    {"aten._foreach_clamp_max.Scalar", "aten.clamp_max.default"},
    {"aten._foreach_clamp_min.List", "aten.maximum.default"},
    {"aten._foreach_clamp_min.Scalar", "aten.clamp_min.default"},
    {"aten._foreach_copy.default", "aten.copy.default"},
    {"aten._foreach_div.List", "aten.div.Tensor"},
    {"aten._foreach_div.Scalar", "aten.div.Scalar"},
    {"aten._foreach_div.ScalarList", "aten.div.Scalar"},
    {"aten._foreach_div.Tensor", "aten.div.Tensor"},
    {"aten._foreach_exp.default", "aten.exp.default"},
    {"aten._foreach_floor.default", "aten.floor.default"},
    {"aten._foreach_lerp.List", "aten.lerp.Tensor"},
    {"aten._foreach_lerp.Scalar", "aten.lerp.Scalar"},
    {"aten._foreach_log.default", "aten.log.default"},
    {"aten._foreach_maximum.List", "aten.maximum.default"},
    {"aten._foreach_maximum.Scalar", "aten.clamp_min.default"},
    {"aten._foreach_minimum.List", "aten.minimum.default"},
    {"aten._foreach_minimum.Scalar", "aten.clamp_max.default"},
    {"aten._foreach_mul.List", "aten.mul.Tensor"},
    {"aten._foreach_mul.Scalar", "aten.mul.Scalar"},
    {"aten._foreach_mul.ScalarList", "aten.mul.Scalar"},
    {"aten._foreach_mul.Tensor", "aten.mul.Tensor"},
    {"aten._foreach_neg.default", "aten.neg.default"},
    {"aten._foreach_norm.Scalar", "aten.linalg_vector_norm.default"},
    {"aten._foreach_pow.List", "aten.pow.Tensor_Tensor"},
    {"aten._foreach_pow.Scalar", "aten.pow.Tensor_Scalar"},
    {"aten._foreach_pow.ScalarAndTensor", "aten.pow.Scalar"},
    {"aten._foreach_reciprocal.default", "aten.reciprocal.default"},
    {"aten._foreach_round.default", "aten.round.default"},
    {"aten._foreach_rsqrt.default", "aten.rsqrt.default"},
    {"aten._foreach_sigmoid.default", "aten.sigmoid.default"},
    {"aten._foreach_sign.default", "aten.sign.default"},
    {"aten._foreach_sqrt.default", "aten.sqrt.default"},
    {"aten._foreach_sub.List", "aten.sub.Tensor"},
    {"aten._foreach_sub.Scalar", "aten.sub.Scalar"},
    {"aten._foreach_sub.ScalarList", "aten.sub.Scalar"},
    {"aten._foreach_tanh.default", "aten.tanh.default"},
    {"aten._foreach_trunc.default", "aten.trunc.default"},
    {"aten._foreach_zero.default", "aten.zero.default"},
    // clang-format on
};

/// The element's parameter that takes the list operator's `index`-th: the one
/// of the same name, else the one in the same place.
static StringRef findParameter(const Schema &element, const Schema &list,
                               size_t index) {
  StringRef name = list.parameters[index].name;
  for (const Parameter &parameter : element.parameters)
    if (parameter.name == name)
      return name;
  return element.parameters[index].name;
}

static void importForeach(Call &call) {
  const auto *entry = llvm::find_if(elements, [&](const Element &element) {
    return element.name == call.schema->name;
  });
  const Schema *element = findSchema(entry->overload);
  std::optional<size_t> length;
  for (const Item &argument : call.arguments) {
    const auto *list = argument.as<Item::List>();
    if (list && length.value_or(list->size()) != list->size())
      return (void)call.e.fail("op-argument", "lists of different lengths");
    if (list)
      length = list->size();
  }
  Item::List results;
  for (size_t i = 0; i < length.value_or(0); ++i) {
    SmallVector<Call::NamedItem> given;
    for (auto [index, argument] : llvm::enumerate(call.arguments)) {
      const auto *list = argument.as<Item::List>();
      given.push_back({findParameter(*element, *call.schema, index),
                       list ? (*list)[i] : argument});
    }
    SmallVector<Item> values = call.invoke(entry->overload, given);
    if (values.empty())
      return;
    results.push_back(values.front());
  }
  call.result(Item(std::move(results)));
}

ArrayRef<Overload> graphc::aten::foreachOverloads() {
  static const SmallVector<Overload> table = [] {
    SmallVector<Overload> overloads;
    for (const Element &element : elements)
      overloads.push_back({element.name, importForeach});
    return overloads;
  }();
  return table;
}
