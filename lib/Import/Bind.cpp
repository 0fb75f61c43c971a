//===- Bind.cpp - Arguments of a node to parameters of a schema -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tag of an argument follows the value that the caller gave, not the type
// that the schema asks for: an int may stand for a float, a number for a
// tensor, one int for a list. All of that is settled here, so that builders see
// what the schema promises.
//
//===----------------------------------------------------------------------===//

#include "Importer.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

//===----------------------------------------------------------------------===//
// Arguments to items
//===----------------------------------------------------------------------===//

std::optional<Item> Importer::convert(const loader::Argument &argument,
                                      const Scope &scope,
                                      const loader::Node &node) {
  const auto &value = argument.value;
  if (std::holds_alternative<loader::NoneValue>(value))
    return Item();
  if (const auto *ref = std::get_if<loader::ValueRef>(&value)) {
    auto known = scope.find(ref->name);
    if (known != scope.end())
      return known->second;
    fail(node, "graph-name",
         "uses '" + loader::quoted(ref->name) + "', which is never made");
    return std::nullopt;
  }
  if (const auto *number = std::get_if<std::int64_t>(&value))
    return Item(e.expr(*number));
  if (const auto *number = std::get_if<double>(&value))
    return Item(*number);
  if (const auto *flag = std::get_if<bool>(&value))
    return Item(*flag);
  if (const auto *text = std::get_if<std::string>(&value))
    return Item(*text);
  if (const auto *dtype = std::get_if<loader::DType>(&value)) {
    if (Type type = getElementType(*dtype, &context))
      return Item(type);
    fail(node, "unsupported-op",
         "the dtype " + Twine(loader::dtypeName(*dtype)) + " is not supported");
    return std::nullopt;
  }
  if (const auto *device = std::get_if<loader::DeviceValue>(&value))
    return Item(Device{device->device});
  if (const auto *layout = std::get_if<loader::LayoutValue>(&value))
    return Item(Layout{layout->layout});
  if (const auto *format = std::get_if<loader::MemoryFormatValue>(&value))
    return Item(MemoryFormat{format->format});
  if (const auto *graph = std::get_if<loader::GraphRef>(&value))
    return Item(GraphIndex{graph->index});
  if (const auto *number = std::get_if<loader::ComplexValue>(&value))
    return Item(std::complex<double>(number->real, number->imag));
  Item::List list;
  for (const loader::Argument &element :
       std::get<loader::ArgumentList>(value)) {
    std::optional<Item> item = convert(element, scope, node);
    if (!item)
      return std::nullopt;
    list.push_back(std::move(*item));
  }
  return Item(std::move(list));
}

//===----------------------------------------------------------------------===//
// Items to parameters
//===----------------------------------------------------------------------===//

/// One element (no list) in the form that builders expect, or nothing.
static std::optional<Item> coerceElement(const Item &item, Kind kind,
                                         Emitter &e) {
  switch (kind) {
  case Kind::Tensor:
    // Python numbers stand where the schema says Tensor.
    if (item.as<TensorRef>() || item.isNumber())
      return item;
    return std::nullopt;
  case Kind::Int:
    if (item.as<Expr>())
      return item;
    if (const auto *value = item.as<SymBool>())
      return Item(value->value);
    if (const auto *value = item.as<bool>())
      return Item(e.expr(*value));
    if (const auto *value = item.as<double>();
        value && *value == std::floor(*value) && std::abs(*value) < 9e15)
      return Item(e.expr(static_cast<int64_t>(*value)));
    return std::nullopt;
  case Kind::Float:
  case Kind::Scalar:
    if (item.isNumber() || item.as<TensorRef>())
      return item;
    return std::nullopt;
  case Kind::Bool:
    if (item.as<bool>() || item.as<SymBool>() || item.as<TensorBool>() ||
        item.as<Expr>() || item.as<TensorRef>())
      return item;
    return std::nullopt;
  case Kind::String:
    return item.as<std::string>() ? std::optional<Item>(item) : std::nullopt;
  case Kind::ScalarType:
    return item.as<Type>() ? std::optional<Item>(item) : std::nullopt;
  case Kind::Layout:
  case Kind::Device:
  case Kind::MemoryFormat:
  case Kind::Generator:
    return item;
  }
  return std::nullopt;
}

std::optional<Item> Importer::coerce(Item item, const Parameter &parameter) {
  if (item.isNone()) {
    if (parameter.isOptional || parameter.kind == Kind::Generator ||
        parameter.kind == Kind::Device || parameter.kind == Kind::Layout)
      return item;
    // An optional list element by itself, or a factory's unset dtype.
    if (parameter.kind == Kind::ScalarType)
      return item;
    return std::nullopt;
  }
  if (!parameter.isList)
    return coerceElement(item, parameter.kind, e);

  const auto *list = item.as<Item::List>();
  if (!list) {
    // One number for every dimension.
    std::optional<Item> element = coerceElement(item, parameter.kind, e);
    if (!element || parameter.kind == Kind::Tensor)
      return std::nullopt;
    return Item(Item::List(parameter.listSize.value_or(1), *element));
  }
  Item::List result;
  for (const Item &element : *list) {
    if (element.isNone() && parameter.elementIsOptional) {
      result.push_back(element);
      continue;
    }
    std::optional<Item> coerced = coerceElement(element, parameter.kind, e);
    if (!coerced)
      return std::nullopt;
    result.push_back(std::move(*coerced));
  }
  // `int[2]` with one entry.
  if (parameter.listSize && result.size() == 1 && *parameter.listSize > 1)
    result.resize(*parameter.listSize, result.front());
  return Item(std::move(result));
}

Item Importer::parseDefault(StringRef text, const Parameter &parameter) {
  auto parseElement = [&](StringRef text) -> Item {
    int64_t integer;
    double number;
    if (text == "None")
      return {};
    if (text == "True" || text == "False")
      return text == "True";
    if (parameter.kind == Kind::MemoryFormat)
      return MemoryFormat{"contiguous_format"};
    if (parameter.kind == Kind::ScalarType)
      return text == "long" || text == "4" ? Item(e.i64()) : Item();
    if (text.starts_with("\"") || text.starts_with("'"))
      return text.drop_front().drop_back().str();
    if (!text.getAsInteger(10, integer))
      return e.expr(integer);
    if (!text.getAsDouble(number))
      return number;
    return {};
  };
  if (!text.consume_front("["))
    return parseElement(text);
  text.consume_back("]");
  Item::List list;
  while (!text.empty()) {
    auto [head, tail] = text.split(',');
    list.push_back(parseElement(head.trim()));
    text = tail.trim();
  }
  return list;
}

Item Importer::getDefault(const Parameter &parameter) {
  if (!parameter.defaultText)
    return {};
  Item item = parseDefault(*parameter.defaultText, parameter);
  return coerce(item, parameter).value_or(item);
}

bool Importer::bindArguments(Call &call, const Scope &scope) {
  const Schema &schema = *call.schema;
  const loader::Node &node = call.node;
  std::vector<std::string> notes = {"schema: " + schema.text.str()};
  SmallVector<const loader::Argument *> given(schema.parameters.size(),
                                              nullptr);
  size_t position = 0;
  for (const loader::NamedArgument &argument : node.arguments) {
    size_t slot = schema.parameters.size();
    if (argument.name.empty()) {
      slot = position++;
      if (slot >= schema.parameters.size() ||
          schema.parameters[slot].isKeywordOnly)
        return fail(node, "op-argument", "too many positional arguments",
                    notes);
    } else {
      for (size_t i = 0; i < schema.parameters.size(); ++i)
        if (schema.parameters[i].name == argument.name)
          slot = i;
      if (slot == schema.parameters.size())
        return fail(node, "op-argument",
                    "has no argument '" + loader::quoted(argument.name) + "'",
                    notes);
    }
    if (given[slot])
      return fail(node, "op-argument",
                  "argument '" + schema.parameters[slot].name +
                      "' is given twice",
                  notes);
    given[slot] = &argument.argument;
  }

  for (auto [parameter, argument] : llvm::zip(schema.parameters, given)) {
    Item item;
    if (argument) {
      std::optional<Item> converted = convert(*argument, scope, node);
      if (!converted)
        return false;
      item = std::move(*converted);
    } else if (parameter.defaultText) {
      item = parseDefault(*parameter.defaultText, parameter);
    } else if (!parameter.isOptional && parameter.kind != Kind::Generator &&
               parameter.kind != Kind::Device &&
               parameter.kind != Kind::Layout) {
      // Torch's own prims leave requires_grad to the caller.
      if (parameter.name != "requires_grad")
        return fail(node, "op-argument",
                    "argument '" + parameter.name + "' is missing", notes);
      item = false;
    }
    std::optional<Item> coerced = coerce(item, parameter);
    if (!coerced)
      return fail(node, "op-argument",
                  "argument '" + parameter.name + "' is " + describe(item),
                  notes);
    call.arguments.push_back(std::move(*coerced));
  }
  return true;
}
