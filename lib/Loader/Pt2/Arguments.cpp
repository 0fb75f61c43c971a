//===- Arguments.cpp - Arguments of the exporter's schema -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2/GraphReader.h"

using namespace graphc;
using namespace graphc::loader;

using Kind = JsonValue::Kind;

namespace {
/// No operator takes longer lists; they cost 20 times their text.
constexpr std::size_t maxListLength = std::size_t(1) << 20;
} // namespace

template <typename Read>
Argument GraphReader::listOf(JsonValue list, Read read) {
  ArgumentList out;
  if (!json.expect(list, Kind::Array))
    return {out};
  if (list.size() > maxListLength) {
    json.fail("limit", list,
              "a list of " + std::to_string(list.size()) +
                  " entries, the limit is " + std::to_string(maxListLength));
    return {out};
  }
  out.reserve(list.size());
  for (JsonValue item : list.items()) {
    out.push_back(read(item));
    if (json.failed())
      break;
  }
  return {std::move(out)};
}

Argument GraphReader::graphArgument(JsonValue value) {
  std::string name(json.text(value, "name"));
  if (auto graph = json.required(value, "graph", Kind::Object))
    return {GraphRef{read(*graph, std::move(name))}};
  return {};
}

Argument GraphReader::customObject(JsonValue value) {
  std::string_view name = json.text(value, "name");
  std::string_view type = json.text(value, "class_fqn");
  json.fail("unsupported-input", value,
            "'" + quoted(name) + "' is a custom object of class '" +
                quoted(type) + "', which graphc cannot compile");
  return {};
}

Argument GraphReader::symbolicArgument(JsonValue value, const char *unionName) {
  auto found = json.tagged(value, unionName);
  if (!found)
    return {};
  std::string_view tag = found->tag;
  JsonValue inner = found->value;
  if (tag == "as_name")
    return {use(inner)};
  if (tag == "as_int" && json.expect(inner, Kind::Int))
    return {inner.integer()};
  if (tag == "as_float")
    return {json.number(inner)};
  if (tag == "as_bool" && json.expect(inner, Kind::Bool))
    return {inner.boolean()};
  json.unknownTag(*found, unionName);
  return {};
}

Argument GraphReader::listArgument(const SchemaReader::Union &found) {
  std::string_view tag = found.tag;
  JsonValue list = found.value;
  auto tensor = [&](JsonValue item) -> Argument {
    auto name = json.required(item, "name", Kind::Text);
    return name ? Argument{use(*name)} : Argument{};
  };
  auto integer = [&](JsonValue item) -> Argument {
    return {json.expect(item, Kind::Int) ? item.integer() : 0};
  };
  auto number = [&](JsonValue item) -> Argument { return {json.number(item)}; };

  if (tag == "as_tensors")
    return listOf(list, tensor);
  if (tag == "as_ints")
    return listOf(list, integer);
  if (tag == "as_floats")
    return listOf(list, number);
  if (tag == "as_bools")
    return listOf(list, [&](JsonValue item) -> Argument {
      return {json.expect(item, Kind::Bool) && item.boolean()};
    });
  if (tag == "as_strings")
    return listOf(list, [&](JsonValue item) -> Argument {
      return {json.expect(item, Kind::Text) ? std::string(item.text()) : ""};
    });
  if (tag == "as_sym_ints")
    return listOf(list, [&](JsonValue item) {
      return symbolicArgument(item, "SymIntArgument");
    });
  if (tag == "as_sym_bools")
    return listOf(list, [&](JsonValue item) {
      return symbolicArgument(item, "SymBoolArgument");
    });
  if (tag == "as_sym_floats")
    return listOf(list, [&](JsonValue item) {
      return symbolicArgument(item, "SymFloatArgument");
    });
  if (tag == "as_optional_tensors")
    return listOf(list,
                  [&](JsonValue item) { return optionalTensorArgument(item); });
  if (tag == "as_nested_tensors")
    return listOf(list, [&](JsonValue item) { return listOf(item, tensor); });
  if (tag == "as_int_lists")
    return listOf(list, [&](JsonValue item) { return listOf(item, integer); });
  if (tag == "as_float_lists")
    return listOf(list, [&](JsonValue item) { return listOf(item, number); });
  json.unknownTag(found, "Argument");
  return {};
}

Argument GraphReader::optionalTensorArgument(JsonValue value) {
  auto found = json.tagged(value, "OptionalTensorArgument");
  if (!found || found->tag == "as_none")
    return {};
  if (found->tag == "as_tensor") {
    auto name = json.required(found->value, "name", Kind::Text);
    return name ? Argument{use(*name)} : Argument{};
  }
  json.unknownTag(*found, "OptionalTensorArgument");
  return {};
}

Argument GraphReader::dictArgument(JsonValue object) {
  ArgumentList out;
  if (!json.expect(object, Kind::Object))
    return {out};
  for (JsonMembers::Member member : object.members()) {
    ArgumentList entry;
    entry.push_back({std::string(member.key)});
    entry.push_back(argument(member.value));
    out.push_back({std::move(entry)});
    if (json.failed())
      break;
  }
  return {std::move(out)};
}

Argument GraphReader::argument(JsonValue value) {
  auto found = json.tagged(value, "Argument");
  if (!found)
    return {};
  std::string_view tag = found->tag;
  JsonValue inner = found->value;

  if (tag == "as_tensor") {
    auto name = json.required(inner, "name", Kind::Text);
    return name ? Argument{use(*name)} : Argument{};
  }
  if (tag == "as_none")
    return {};
  if (tag == "as_int")
    return {json.expect(inner, Kind::Int) ? inner.integer() : 0};
  if (tag == "as_float")
    return {json.number(inner)};
  if (tag == "as_bool")
    return {json.expect(inner, Kind::Bool) && inner.boolean()};
  if (tag == "as_string")
    return {json.expect(inner, Kind::Text) ? std::string(inner.text()) : ""};
  if (tag == "as_operator")
    return {json.expect(inner, Kind::Text)
                ? std::string(plainTarget(inner.text()))
                : ""};
  if (tag == "as_sym_int")
    return symbolicArgument(inner, "SymIntArgument");
  if (tag == "as_sym_bool")
    return symbolicArgument(inner, "SymBoolArgument");
  if (tag == "as_sym_float")
    return symbolicArgument(inner, "SymFloatArgument");
  if (tag == "as_optional_tensor")
    return optionalTensorArgument(inner);
  if (tag == "as_scalar_type")
    return {types.dtype(inner)};
  if (tag == "as_memory_format")
    return {types.memoryFormat(inner)};
  if (tag == "as_layout")
    return {types.layout(inner)};
  if (tag == "as_device")
    return {DeviceValue{types.device(inner)}};
  if (tag == "as_graph")
    return graphArgument(inner);
  if (tag == "as_custom_obj")
    return customObject(inner);
  if (tag == "as_string_to_argument")
    return dictArgument(inner);
  if (tag == "as_complex") {
    auto real =
        inner.kind() == Kind::Object ? inner.find("real") : std::nullopt;
    auto imag =
        inner.kind() == Kind::Object ? inner.find("imag") : std::nullopt;
    if (real && imag)
      return {ComplexValue{json.number(*real), json.number(*imag)}};
    json.fail("json-missing", inner, "expected the numbers real and imag");
    return {};
  }
  return listArgument(*found);
}

Argument GraphReader::plainArgument(JsonValue value) {
  Scope *outer = std::exchange(scope, nullptr);
  Argument out = argument(value);
  scope = outer;
  return out;
}
