//===- FxLifting.cpp - Tensors that graphs take from their modules --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A graph in a Program sees only its inputs. A tensor attribute of the
// outermost module becomes an input of graphs[0]. One of a branch or a loop
// body becomes an input of that sub-graph, and the node that runs the sub-graph
// passes it:
//
//   cond(p, t, f, (x,))  ->  cond(p, t', f', (x, c))     c: constant used in t
//
// All sub-graphs of a node share one operand list, so each gets all constants.
//
//===----------------------------------------------------------------------===//

#include "FxText/FxScope.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

Result<std::size_t> FxGraphReader::constantIndex(Scope &scope,
                                                 FxAttribute &attribute,
                                                 const std::string &path) {
  auto key = std::make_pair(scope.module.identity(), path);
  auto it = constantsByPath.find(key);
  if (it != constantsByPath.end())
    return it->second;
  // The branches of a cond may each have a `_tensor_constant0`.
  std::string qualified = path;
  if (!scope.bind)
    qualified = scope.graph.name + "." + path;
  std::string unique = qualified;
  for (unsigned i = 1; !constantNames.insert(unique).second; ++i)
    unique = qualified + "__" + std::to_string(i);
  attribute.constant.name = unique;
  program.constants.push_back(std::move(attribute.constant));
  std::size_t index = program.constants.size() - 1;
  constantsByPath.insert({std::move(key), index});
  return index;
}

static TensorMeta metaOf(const Constant &constant) {
  TensorMeta meta;
  meta.dtype = constant.dtype;
  meta.shape.assign(constant.shape.begin(), constant.shape.end());
  meta.stride.assign(constant.stride.begin(), constant.stride.end());
  return meta;
}

/// The value that stands for a constant in this graph; an input the first time.
Argument FxGraphReader::constantValue(Scope &scope, std::size_t constant,
                                      const std::string &hint) {
  Argument argument;
  auto it = scope.constants.find(constant);
  if (it == scope.constants.end()) {
    std::string name = scope.uniqueName(hint);
    it = scope.constants.insert({constant, name}).first;
    if (scope.bind) {
      const Constant &value = program.constants[constant];
      scope.graph.inputs.push_back({name, metaOf(value)});
      InputSpec spec;
      spec.role = InputSpec::Role::Constant;
      spec.target = value.name;
      spec.constant = constant;
      program.inputs.push_back(std::move(spec));
    }
  }
  argument.value = ValueRef{it->second};
  return argument;
}

/// A graph like `graph` whose last inputs are `constants`. The graph itself
/// when no other node has already fixed different ones.
std::size_t
FxGraphReader::withLifted(std::size_t graph,
                          const std::vector<std::size_t> &constants) {
  Lifted *entry = &lifted[graph];
  if (entry->inputs == constants)
    return graph;
  if (entry->inputs) {
    Graph copy = program.graphs[graph];
    nodeCount += copy.nodes.size();
    copy.inputs.resize(copy.inputs.size() - entry->inputs->size());
    Lifted used{entry->used, std::nullopt};
    graph = program.graphs.size();
    program.graphs.push_back(std::move(copy));
    entry = &lifted[graph];
    *entry = std::move(used);
  }
  std::vector<GraphInput> &inputs = program.graphs[graph].inputs;
  for (std::size_t constant : constants) {
    auto it = entry->used.find(constant);
    GraphInput input;
    // Unused here, but other sub-graphs of the node need it.
    input.name = it != entry->used.end()
                     ? it->second
                     : "unused_constant__" + std::to_string(constant);
    input.meta = metaOf(program.constants[constant]);
    inputs.push_back(std::move(input));
  }
  entry->inputs = constants;
  return graph;
}

/// The position of the operand list that every sub-graph gets at its end; -1
/// for operators whose operands are their last arguments.
static std::optional<int> operandList(std::string_view target) {
  static constexpr std::pair<std::string_view, int> table[] = {
      {"higher_order.cond", 3},
      {"higher_order.while_loop", 3},
      {"higher_order.scan", 3},
      {"higher_order.associative_scan", 2},
      {"higher_order.map_impl", 2},
      {"higher_order.invoke_subgraph", -1},
      {"higher_order.wrap_with_set_grad_enabled", -1},
      {"higher_order.wrap_with_autocast", -1}};
  for (auto [name, position] : table)
    if (target == name)
      return position;
  return std::nullopt;
}

Result<void>
FxGraphReader::liftConstants(Scope &scope, const FxStatement &statement,
                             const std::string &target,
                             std::vector<NamedArgument> &arguments) {
  std::set<std::size_t> needed;
  for (const NamedArgument &argument : arguments)
    if (auto *graph = std::get_if<GraphRef>(&argument.argument.value)) {
      auto it = lifted.find(graph->index);
      if (it != lifted.end())
        for (auto &[constant, name] : it->second.used)
          needed.insert(constant);
    }
  if (needed.empty())
    return {};
  std::optional<int> position = operandList(target);
  bool hasList = position && *position >= 0;
  if (!position || (hasList && arguments.size() < std::size_t(*position)))
    return scope.errorAt("unsupported-input", statement,
                         "a tensor constant inside a sub-graph of " +
                             quoted(target));
  std::vector<std::size_t> constants(needed.begin(), needed.end());
  for (NamedArgument &argument : arguments)
    if (auto *graph = std::get_if<GraphRef>(&argument.argument.value))
      graph->index = withLifted(graph->index, constants);
  if (nodeCount > options.maxNodes)
    return scope.errorAt("limit", statement,
                         "more than " + std::to_string(options.maxNodes) +
                             " nodes");

  if (hasList && arguments.size() == std::size_t(*position)) {
    arguments.emplace_back();
    arguments.back().argument.value = ArgumentList();
  }
  ArgumentList *list =
      hasList ? std::get_if<ArgumentList>(
                    &arguments[std::size_t(*position)].argument.value)
              : nullptr;
  if (hasList && !list)
    return scope.errorAt("fx-type", statement,
                         "the operands of " + quoted(target) +
                             " are no list or tuple");
  for (std::size_t constant : constants) {
    Argument value = constantValue(scope, constant, "lifted_constant");
    if (list)
      list->push_back(std::move(value));
    else
      arguments.push_back({"", std::move(value)});
  }
  return {};
}
