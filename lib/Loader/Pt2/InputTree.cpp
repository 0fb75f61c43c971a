//===- InputTree.cpp - Where arguments of forward lie ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2/InputTree.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

using Kind = JsonValue::Kind;
using Step = InputTree::Step;

static std::optional<JsonValue> findMember(std::optional<JsonValue> object,
                                           const char *key, Kind kind) {
  if (!object || object->kind() != Kind::Object)
    return std::nullopt;
  std::optional<JsonValue> value = object->find(key);
  return value && value->kind() == kind ? value : std::nullopt;
}

/// JSON within a text of JSON.
static std::unique_ptr<const JsonDocument> parse(std::string_view text) {
  Bytes bytes;
  bytes.data = reinterpret_cast<const std::uint8_t *>(text.data());
  bytes.size = text.size();
  auto document = readJson(bytes, "in_spec");
  return document ? std::move(*document) : nullptr;
}

/// The signature of the module that was exported.
static std::optional<JsonValue> findSignature(JsonValue exported) {
  auto module = findMember(exported, "graph_module", Kind::Object);
  auto calls = findMember(module, "module_call_graph", Kind::Array);
  if (!calls)
    return std::nullopt;
  for (JsonValue call : calls->items()) {
    auto name = findMember(call, "fqn", Kind::Text);
    if (name && name->text().empty())
      return findMember(call, "signature", Kind::Object);
  }
  return std::nullopt;
}

/// The keys of `count` children of a container: their positions, or for a
/// dictionary what stands in its context, a text of JSON.
static std::vector<Step> readKeys(JsonValue spec, std::size_t count) {
  std::vector<Step> keys;
  auto type = findMember(spec, "type", Kind::Text);
  auto context = findMember(spec, "context", Kind::Text);
  if (!type || !context)
    return keys;
  if (type->text() == "builtins.tuple" || type->text() == "builtins.list")
    for (std::size_t i = 0; i < count; ++i)
      keys.push_back({true, static_cast<std::int64_t>(i), {}});
  if (type->text() != "builtins.dict")
    return keys;
  std::unique_ptr<const JsonDocument> document = parse(context->text());
  if (!document || document->root().kind() != Kind::Array)
    return keys;
  for (JsonValue key : document->root().items()) {
    if (key.isText())
      keys.push_back({false, 0, std::string(key.text())});
    else if (key.kind() == Kind::Int)
      keys.push_back({true, key.integer(), {}});
  }
  if (keys.size() != count)
    keys.clear();
  return keys;
}

InputTree::Node InputTree::read(JsonValue spec, std::size_t &leaves) {
  Node node;
  node.firstLeaf = leaves;
  auto children = findMember(spec, "children_spec", Kind::Array);
  bool isLeaf = !children || !findMember(spec, "type", Kind::Text);
  if (isLeaf) {
    ++leaves;
    return node;
  }
  for (JsonValue child : children->items())
    node.children.push_back(read(child, leaves));
  node.keys = readKeys(spec, node.children.size());
  return node;
}

InputTree::InputTree(JsonValue exported, const Program &program)
    : program(program) {
  const std::vector<GraphInput> &given = program.graphs.front().inputs;
  for (std::size_t i = 0; i < given.size(); ++i) {
    InputSpec::Role role = program.inputs[i].role;
    if (role == InputSpec::Role::User)
      inputs.push_back(&given[i].meta);
    else if (role == InputSpec::Role::Literal)
      inputs.push_back(nullptr);
  }
  std::optional<JsonValue> signature = findSignature(exported);
  auto spec = findMember(signature, "in_spec", Kind::Text);
  auto names = findMember(signature, "forward_arg_names", Kind::Array);
  if (!spec || !names)
    return;
  // [version, {positional and named arguments}].
  std::unique_ptr<const JsonDocument> document = parse(spec->text());
  if (!document || document->root().kind() != Kind::Array)
    return;
  std::size_t leaves = 0;
  for (JsonValue root : document->root().items())
    if (root.kind() == Kind::Object)
      for (Node &part : read(root, leaves).children)
        for (Node &argument : part.children)
          arguments.children.push_back(std::move(argument));
  for (JsonValue name : names->items())
    if (name.isText())
      arguments.keys.push_back({false, 0, std::string(name.text())});
  if (leaves != inputs.size() ||
      arguments.keys.size() != arguments.children.size())
    arguments = Node();
}

const ValueMeta *InputTree::findByName(std::string_view name) const {
  const std::vector<GraphInput> &given = program.graphs.front().inputs;
  for (std::size_t i = 0; i < given.size(); ++i)
    if (given[i].name == name &&
        program.inputs[i].role == InputSpec::Role::User)
      return &given[i].meta;
  return nullptr;
}

const ValueMeta *InputTree::find(std::string_view name,
                                 const std::vector<Step> &steps) const {
  if (arguments.keys.empty())
    return steps.empty() ? findByName(name) : nullptr;
  auto descend = [](const Node &node, const Step &step) -> const Node * {
    auto it = std::find(node.keys.begin(), node.keys.end(), step);
    return it == node.keys.end() ? nullptr
                                 : &node.children[it - node.keys.begin()];
  };
  auto step = steps.begin();
  const Node *node = descend(arguments, {false, 0, std::string(name)});
  // Each of `*args` is an argument of its own, `args_0`.
  if (!node && step != steps.end() && step->isIndex) {
    std::string own = std::string(name) + "_" + std::to_string(step->index);
    node = descend(arguments, {false, 0, std::move(own)});
    ++step;
  }
  for (; node && step != steps.end(); ++step)
    node = descend(*node, *step);
  bool isLeaf = node && node->children.empty() && node->keys.empty();
  return isLeaf && node->firstLeaf < inputs.size() ? inputs[node->firstLeaf]
                                                   : nullptr;
}
