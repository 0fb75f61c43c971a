//===- ProgramReductions.cpp - Make programs smaller --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramSubject.h"

#include "ProgramWalk.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using namespace graphc;
using namespace graphc::loader;
using namespace graphc::reduce;

static llvm::StringSet<> usedNames(const Graph &graph) {
  llvm::StringSet<> used;
  walkArguments(graph, [&](const Argument &argument) {
    if (const auto *ref = std::get_if<ValueRef>(&argument.value))
      used.insert(ref->name);
  });
  return used;
}

//===----------------------------------------------------------------------===//
// Outputs, nodes, inputs
//===----------------------------------------------------------------------===//

template <typename T>
static bool eraseRange(std::vector<T> &list, unsigned first, unsigned last) {
  last = std::min<unsigned>(last, list.size());
  if (first >= last)
    return false;
  list.erase(list.begin() + first, list.begin() + last);
  return true;
}

static unsigned countOutputs(const Program &program) {
  return program.graphs[0].outputs.size();
}

static bool dropOutputs(Program &program, unsigned first, unsigned last) {
  return eraseRange(program.graphs[0].outputs, first, last);
}

/// From the last to the first, of all graphs: users before what they use.
static std::pair<Graph *, size_t> findNode(Program &program, unsigned place) {
  for (Graph &graph : llvm::reverse(program.graphs)) {
    if (place < graph.nodes.size())
      return {&graph, graph.nodes.size() - 1 - place};
    place -= graph.nodes.size();
  }
  return {nullptr, 0};
}

/// Calls `visit` with the name and type of every result.
template <typename Visit>
static void forEachResult(const Node &node, Visit visit) {
  for (const NodeResult &result : node.results) {
    if (!result.name.empty())
      visit(result.name, result.meta);
    for (auto [i, name] : llvm::enumerate(result.elements))
      if (!name.empty())
        visit(name, i < result.elementMetas.size() ? result.elementMetas[i]
                                                   : ValueMeta());
  }
}

/// An input or an earlier result with the type `meta`; empty: there is none.
static std::string findSame(const Graph &graph, size_t node,
                            const std::string &type) {
  for (const GraphInput &input : graph.inputs)
    if (const auto *tensor = std::get_if<TensorMeta>(&input.meta))
      if (type == dtypeShortName(tensor->dtype))
        return input.name;
  return "";
}

/// What stands for the results of a node: new inputs of the program, or those
/// of the same element type that a body has.
static bool replaceResults(Graph &graph, size_t index, bool isMain) {
  Node node = graph.nodes[index];
  llvm::StringSet<> used = usedNames(graph);
  llvm::StringMap<std::string> others;
  bool isPossible = true;
  forEachResult(node, [&](const std::string &name, const ValueMeta &meta) {
    if (!used.contains(name))
      return;
    if (isMain && !std::holds_alternative<std::monostate>(meta)) {
      graph.inputs.push_back({name, meta});
      return;
    }
    const auto *tensor = std::get_if<TensorMeta>(&meta);
    std::string other =
        tensor ? findSame(graph, index, dtypeShortName(tensor->dtype)) : "";
    isPossible &= !other.empty();
    others[name] = other;
  });
  if (!isPossible)
    return false;
  graph.nodes.erase(graph.nodes.begin() + index);
  walkArguments(graph, [&](Argument &argument) {
    auto *ref = std::get_if<ValueRef>(&argument.value);
    if (auto it = ref ? others.find(ref->name) : others.end();
        it != others.end())
      ref->name = it->second;
  });
  return true;
}

static bool dropNodes(Program &program, unsigned first, unsigned last) {
  last = std::min(last, countNodes(program));
  bool changed = false;
  // From the first node on, so that the places of the others stay.
  for (unsigned place = last; place-- > first;)
    if (auto [graph, index] = findNode(program, place); graph)
      changed |= replaceResults(*graph, index, graph == &program.graphs[0]);
  return changed;
}

static unsigned countInputs(const Program &program) {
  return program.graphs[0].inputs.size();
}

static bool dropInputs(Program &program, unsigned first, unsigned last) {
  Graph &main = program.graphs[0];
  llvm::StringSet<> used = usedNames(main);
  last = std::min<unsigned>(last, main.inputs.size());
  bool changed = false;
  for (unsigned i = last; i-- > first;)
    if (!used.contains(main.inputs[i].name)) {
      main.inputs.erase(main.inputs.begin() + i);
      changed = true;
    }
  return changed;
}

static bool mergeInputs(Program &program, unsigned first, unsigned last) {
  Graph &main = program.graphs[0];
  last = std::min<unsigned>(last, main.inputs.size());
  bool changed = false;
  for (unsigned i = std::max(first, 1u); i < last; ++i) {
    const std::string &name = main.inputs[i].name;
    const auto *tensor = std::get_if<TensorMeta>(&main.inputs[i].meta);
    const auto *other = std::get_if<TensorMeta>(&main.inputs[0].meta);
    if (!tensor || !other || tensor->dtype != other->dtype ||
        !usedNames(main).contains(name))
      continue;
    walkArguments(main, [&](Argument &argument) {
      auto *ref = std::get_if<ValueRef>(&argument.value);
      if (ref && ref->name == name)
        ref->name = main.inputs[0].name;
    });
    changed = true;
  }
  return changed;
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

/// Arguments of nodes and the items of those that are lists, as the lists that
/// hold them.
template <typename Visit>
static unsigned forEachArgument(Program &program, Visit visit) {
  unsigned count = 0;
  for (Graph &graph : program.graphs)
    for (Node &node : graph.nodes)
      for (size_t i = node.arguments.size(); i-- > 0;) {
        visit(node, i, count);
        ++count;
      }
  return count;
}

static unsigned countArguments(const Program &program) {
  unsigned count = 0;
  for (const Graph &graph : program.graphs)
    for (const Node &node : graph.nodes)
      count += node.arguments.size();
  return count;
}

static bool dropArguments(Program &program, unsigned first, unsigned last) {
  bool changed = false;
  forEachArgument(program, [&](Node &node, size_t index, unsigned place) {
    if (place < first || place >= last)
      return;
    node.arguments.erase(node.arguments.begin() + index);
    changed = true;
  });
  return changed;
}

static bool shortenLists(Program &program, unsigned first, unsigned last) {
  bool changed = false;
  forEachArgument(program, [&](Node &node, size_t index, unsigned place) {
    auto *list =
        std::get_if<ArgumentList>(&node.arguments[index].argument.value);
    if (place < first || place >= last || !list || list->size() < 2)
      return;
    list->pop_back();
    changed = true;
  });
  return changed;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

template <typename Visit>
static void forEachMeta(Program &program, Visit visit) {
  for (Graph &graph : program.graphs) {
    for (GraphInput &input : graph.inputs)
      visit(input.meta);
    for (Node &node : graph.nodes)
      for (NodeResult &result : node.results) {
        visit(result.meta);
        for (ValueMeta &meta : result.elementMetas)
          visit(meta);
      }
  }
}

static unsigned countOnce(const Program &) { return 1; }

/// Strides of a contiguous tensor: an empty list has them written for it.
static void setShape(TensorMeta &tensor, std::vector<SymExpr> shape) {
  tensor.shape = std::move(shape);
  tensor.stride.clear();
  tensor.storageOffset = SymExpr();
}

template <std::int64_t target>
static bool shrinkSizes(Program &program, unsigned, unsigned) {
  bool changed = false;
  forEachMeta(program, [&](ValueMeta &meta) {
    auto *tensor = std::get_if<TensorMeta>(&meta);
    if (!tensor)
      return;
    std::vector<SymExpr> shape = tensor->shape;
    for (SymExpr &size : shape)
      if (!size.asInt() || *size.asInt() > target) {
        size = SymExpr(target);
        changed = true;
      }
    if (!(shape == tensor->shape))
      setShape(*tensor, std::move(shape));
  });
  // Sizes stand among arguments, too.
  for (Graph &graph : program.graphs)
    walkArguments(graph, [&](Argument &argument) {
      auto *number = std::get_if<std::int64_t>(&argument.value);
      if (!number || *number <= target)
        return;
      *number = target;
      changed = true;
    });
  return changed;
}

static bool dropDimensions(Program &program, unsigned, unsigned) {
  bool changed = false;
  forEachMeta(program, [&](ValueMeta &meta) {
    auto *tensor = std::get_if<TensorMeta>(&meta);
    if (!tensor || tensor->shape.empty())
      return;
    setShape(*tensor, {tensor->shape.begin() + 1, tensor->shape.end()});
    changed = true;
  });
  return changed;
}

static bool unifyTypes(Program &program, unsigned, unsigned) {
  bool changed = false;
  forEachMeta(program, [&](ValueMeta &meta) {
    auto *tensor = std::get_if<TensorMeta>(&meta);
    if (!tensor || tensor->dtype == DType::Float32)
      return;
    tensor->dtype = DType::Float32;
    changed = true;
  });
  return changed;
}

static bool dropPlaces(Program &program, unsigned, unsigned) {
  bool changed = false;
  for (Graph &graph : program.graphs)
    for (Node &node : graph.nodes) {
      changed |= !node.source.file.empty();
      node.source.file.clear();
    }
  return changed;
}

llvm::ArrayRef<ProgramReduction> graphc::reduce::programReductions() {
  static constexpr ProgramReduction reductions[] = {
      {"outputs", countOutputs, dropOutputs},
      {"nodes to inputs", countNodes, dropNodes},
      {"unused inputs", countInputs, dropInputs},
      {"inputs to the first", countInputs, mergeInputs},
      {"arguments", countArguments, dropArguments},
      {"items of lists", countArguments, shortenLists},
      {"sizes to 2", countOnce, shrinkSizes<2>},
      {"sizes to 1", countOnce, shrinkSizes<1>},
      {"dimensions", countOnce, dropDimensions},
      {"element types", countOnce, unifyTypes},
      {"lines of the model", countOnce, dropPlaces},
  };
  return reductions;
}
