//===- GraphReader.cpp - Graphs of the exporter's schema ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2/GraphReader.h"
#include "Characters.h"

using namespace graphc;
using namespace graphc::loader;

using Kind = JsonValue::Kind;

namespace {
constexpr std::size_t maxDepth = 64;

} // namespace

std::string_view loader::plainTarget(std::string_view target) {
  constexpr std::string_view prefix = "torch.ops.";
  return startsWith(target, prefix) ? target.substr(prefix.size()) : target;
}

//===----------------------------------------------------------------------===//
// Names and their types
//===----------------------------------------------------------------------===//

std::string GraphReader::define(JsonValue text) {
  if (!json.expect(text, Kind::Text))
    return "";
  if (text.text().empty())
    json.fail("graph-name", text, "a value without a name");
  else if (!scope->defined.insert(text.text()).second)
    json.fail("graph-name", text,
              "the value '" + quoted(text.text()) + "' is made twice");
  return std::string(text.text());
}

ValueRef GraphReader::use(JsonValue text) {
  if (!json.expect(text, Kind::Text))
    return {};
  if (scope && !scope->defined.count(text.text()))
    json.fail("graph-name", text,
              "the value '" + quoted(text.text()) +
                  "' is used before it is made");
  return {std::string(text.text())};
}

ValueMeta GraphReader::tensorMeta(std::string_view name) {
  auto found = scope->tensors.find(name);
  if (json.failed() || found == scope->tensors.end())
    return {};
  return types.tensor(found->second, "value '" + quoted(name) + "'");
}

ValueMeta GraphReader::symbolicMeta(const Table &table, std::string_view name,
                                    SymMeta::Kind kind) {
  auto found = table.find(name);
  if (json.failed() || found == table.end())
    return {};
  return types.symbolic(found->second, kind);
}

//===----------------------------------------------------------------------===//
// Graphs and nodes
//===----------------------------------------------------------------------===//

void GraphReader::readTable(JsonValue graph, const char *key, Table &table) {
  std::optional<JsonValue> object = json.optional(graph, key, Kind::Object);
  if (!object)
    return;
  table.reserve(object->size());
  for (JsonMembers::Member member : object->members())
    table.emplace(member.key, member.value);
}

std::size_t GraphReader::read(JsonValue object, std::string name) {
  std::size_t index = program.graphs.size();
  program.graphs.emplace_back();
  if (depth == maxDepth) {
    json.fail("limit", object,
              "sub-graphs nested deeper than " + std::to_string(maxDepth));
    return index;
  }
  ++depth;
  Scope inner;
  Scope *outer = std::exchange(scope, &inner);
  std::int64_t outerNode = std::exchange(json.nodeIndex, -1);
  std::string_view outerTarget = json.nodeTarget;

  // Sub-graphs are appended meanwhile, so this one is built aside.
  Graph graph;
  graph.name = std::move(name);
  readTable(object, "tensor_values", inner.tensors);
  readTable(object, "sym_int_values", inner.ints);
  readTable(object, "sym_bool_values", inner.bools);
  readTable(object, "sym_float_values", inner.floats);
  readInputs(object, graph);
  if (auto nodes = json.required(object, "nodes", Kind::Array)) {
    nodeCount += nodes->size();
    if (nodeCount > maxNodes)
      json.fail("limit", *nodes,
                std::to_string(nodeCount) + " nodes, the limit is " +
                    std::to_string(maxNodes));
    else
      graph.nodes.reserve(nodes->size());
    for (JsonValue item : nodes->items()) {
      if (json.failed())
        break;
      json.nodeIndex = static_cast<std::int64_t>(graph.nodes.size());
      readNode(item, graph.nodes.emplace_back());
    }
    if (!json.failed())
      json.nodeIndex = -1;
  }
  if (auto outputs = json.required(object, "outputs", Kind::Array))
    for (JsonValue item : outputs->items()) {
      if (json.failed())
        break;
      graph.outputs.push_back(argument(item));
    }
  if (auto single =
          json.optional(object, "is_single_tensor_return", Kind::Bool))
    graph.singleResult = single->boolean();

  program.graphs[index] = std::move(graph);
  if (!json.failed()) {
    json.nodeIndex = outerNode;
    json.nodeTarget = outerTarget;
  }
  scope = outer;
  --depth;
  return index;
}

void GraphReader::readInputs(JsonValue graph, Graph &out) {
  auto inputs = json.required(graph, "inputs", Kind::Array);
  if (!inputs)
    return;
  for (JsonValue item : inputs->items()) {
    auto found = json.tagged(item, "Argument");
    if (!found)
      return;
    GraphInput &input = out.inputs.emplace_back();
    if (found->tag == "as_tensor") {
      if (auto name = json.required(found->value, "name", Kind::Text)) {
        input.name = define(*name);
        input.meta = tensorMeta(name->text());
        if (!json.failed() &&
            std::holds_alternative<std::monostate>(input.meta))
          json.fail("json-missing", *name,
                    "tensor_values has no entry for the input '" +
                        quoted(name->text()) + "'");
      }
    } else if (found->tag == "as_custom_obj") {
      customObject(found->value);
    } else {
      struct {
        std::string_view tag;
        const char *unionName;
        const Table &table;
        SymMeta::Kind kind;
      } const symbolic[] = {
          {"as_sym_int", "SymIntArgument", scope->ints, SymMeta::Kind::Int},
          {"as_sym_float", "SymFloatArgument", scope->floats,
           SymMeta::Kind::Float},
          {"as_sym_bool", "SymBoolArgument", scope->bools,
           SymMeta::Kind::Bool}};
      // Anything else is a literal, which the signature names.
      for (const auto &row : symbolic) {
        if (found->tag != row.tag)
          continue;
        auto name = json.tagged(found->value, row.unionName);
        if (name && name->tag == "as_name") {
          input.name = define(name->value);
          input.meta = symbolicMeta(row.table, input.name, row.kind);
        }
      }
    }
    if (json.failed())
      return;
  }
}

void GraphReader::readNode(JsonValue object, Node &node) {
  std::string_view target = plainTarget(json.text(object, "target"));
  json.nodeTarget = target;
  node.target = target;
  node.source.nodeIndex = static_cast<std::size_t>(json.nodeIndex);

  auto inputs = json.required(object, "inputs", Kind::Array);
  if (!inputs)
    return;
  node.arguments.reserve(inputs->size());
  for (JsonValue item : inputs->items()) {
    if (json.failed())
      return;
    NamedArgument &named = node.arguments.emplace_back();
    named.name = json.text(item, "name");
    if (auto value = json.required(item, "arg", Kind::Object))
      named.argument = argument(*value);
  }

  auto outputs = json.required(object, "outputs", Kind::Array);
  if (!outputs)
    return;
  node.results.reserve(outputs->size());
  for (JsonValue item : outputs->items()) {
    if (json.failed())
      return;
    node.results.push_back(readResult(item));
  }

  if (auto name = json.optional(object, "name", Kind::Text))
    node.name = name->text();
  else if (!node.results.empty())
    node.name =
        node.results.front().isList && !node.results.front().elements.empty()
            ? node.results.front().elements.front()
            : node.results.front().name;
  readSource(object, node.source);
}

void GraphReader::readSource(JsonValue object, SourceInfo &source) {
  // Only for messages, so nothing in it is worth refusing a program for.
  std::optional<JsonValue> metadata = object.find("metadata");
  if (!metadata || metadata->kind() != Kind::Object)
    return;
  for (JsonMembers::Member member : metadata->members()) {
    if (!member.value.isText())
      continue;
    if (member.key == "stack_trace") {
      source.stackTrace = member.value.text();
      readStackTrace(source.stackTrace, source);
    } else if (member.key == "nn_module_stack") {
      readModuleStack(member.value.text(), source);
    }
  }
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

NodeResult GraphReader::readOptionalTensor(JsonValue value) {
  auto found = json.tagged(value, "OptionalTensorArgument");
  if (!found || found->tag == "as_none")
    return {};
  if (found->tag == "as_tensor")
    return readTensor(found->value);
  json.unknownTag(*found, "OptionalTensorArgument");
  return {};
}

NodeResult GraphReader::readTensor(JsonValue object) {
  NodeResult result;
  if (auto name = json.required(object, "name", Kind::Text)) {
    result.name = define(*name);
    result.meta = tensorMeta(name->text());
  }
  return result;
}

NodeResult GraphReader::readSymbolic(JsonValue value, const Table &table,
                                     SymMeta::Kind kind) {
  NodeResult result;
  auto found = json.tagged(value, "SymArgument");
  // Otherwise a number: the result needs no name.
  if (found && found->tag == "as_name") {
    result.name = define(found->value);
    result.meta = symbolicMeta(table, result.name, kind);
  }
  return result;
}

template <typename Read>
NodeResult GraphReader::readList(JsonValue list, Read read) {
  NodeResult result;
  result.isList = true;
  if (!json.expect(list, Kind::Array))
    return result;
  for (JsonValue item : list.items()) {
    NodeResult element = read(item);
    if (json.failed())
      break;
    result.elements.push_back(std::move(element.name));
    result.elementMetas.push_back(std::move(element.meta));
  }
  return result;
}

NodeResult GraphReader::readResult(JsonValue value) {
  auto found = json.tagged(value, "Argument");
  if (!found)
    return {};
  std::string_view tag = found->tag;
  JsonValue inner = found->value;
  auto asInt = [&](JsonValue item) {
    return readSymbolic(item, scope->ints, SymMeta::Kind::Int);
  };
  auto asBool = [&](JsonValue item) {
    return readSymbolic(item, scope->bools, SymMeta::Kind::Bool);
  };
  auto asFloat = [&](JsonValue item) {
    return readSymbolic(item, scope->floats, SymMeta::Kind::Float);
  };

  if (tag == "as_tensor")
    return readTensor(inner);
  if (tag == "as_optional_tensor")
    return readOptionalTensor(inner);
  if (tag == "as_sym_int")
    return asInt(inner);
  if (tag == "as_sym_bool")
    return asBool(inner);
  if (tag == "as_sym_float")
    return asFloat(inner);
  if (tag == "as_tensors")
    return readList(inner, [&](JsonValue item) { return readTensor(item); });
  if (tag == "as_optional_tensors")
    return readList(inner,
                    [&](JsonValue item) { return readOptionalTensor(item); });
  if (tag == "as_sym_ints")
    return readList(inner, asInt);
  if (tag == "as_sym_bools")
    return readList(inner, asBool);
  if (tag == "as_sym_floats")
    return readList(inner, asFloat);
  if (tag == "as_custom_obj")
    customObject(inner);
  // Results that are plain numbers are known: nothing refers to them.
  else if (tag != "as_none" && tag != "as_int" && tag != "as_float" &&
           tag != "as_bool" && tag != "as_string" && tag != "as_ints")
    json.unknownTag(*found, "Argument (as a result)");
  return {};
}
