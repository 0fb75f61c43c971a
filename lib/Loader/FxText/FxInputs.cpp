//===- FxInputs.cpp - What inputs of FX graphs share ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxInputs.h"

#include "Storage.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

static constexpr std::size_t maxRank = 64;

std::string loader::programName(const std::string &path) {
  std::string name = path.substr(path.find_last_of("/\\") + 1);
  return name.substr(0, name.find_last_of('.'));
}

void loader::addSymbolHint(Program &program, const std::string &name,
                           double hint) {
  program.symbols[name].hint = hint;
}

/// Symbols that a dimension of this size determines: s0, 2*s0, s0 + 1.
static void addBound(const SymExpr &size, std::set<std::string> &bound) {
  if (size.kind() == SymExpr::Kind::Symbol) {
    bound.insert(size.name());
    return;
  }
  bool isLinear = size.kind() == SymExpr::Kind::Call &&
                  (size.name() == "Mul" || size.name() == "Add") &&
                  size.operands().size() == 2;
  if (!isLinear)
    return;
  const SymExpr &a = size.operands()[0], &b = size.operands()[1];
  if (a.asInt() && !a.isInt(0))
    addBound(b, bound);
  else if (b.asInt() && !b.isInt(0))
    addBound(a, bound);
}

Result<void> loader::collectSymbols(Program &program) {
  std::set<std::string> bound;
  std::map<std::string, std::string> uses;
  auto use = [&](const SymExpr &expr, const std::string &where) {
    for (const std::string &symbol : expr.symbols())
      uses.insert({symbol, where});
  };
  for (const GraphInput &input : program.graphs[0].inputs) {
    if (auto *meta = std::get_if<SymMeta>(&input.meta)) {
      addBound(meta->expr, bound);
      use(meta->expr, input.name);
    }
    if (auto *meta = std::get_if<TensorMeta>(&input.meta)) {
      for (const SymExpr &size : meta->shape) {
        addBound(size, bound);
        use(size, "a size of " + input.name);
      }
      for (const SymExpr &stride : meta->stride)
        use(stride, "a stride of " + input.name);
      use(meta->storageOffset, "the offset of " + input.name);
    }
  }
  for (auto &[symbol, where] : uses) {
    if (!bound.count(symbol))
      return Error{"symbol-unbound",
                   "",
                   "",
                   "no input determines the symbol '" + symbol +
                       "', which is used in " + quoted(where),
                   {},
                   ""};
    program.symbols[symbol];
  }
  return {};
}

Result<void> loader::checkInputMeta(const TensorMeta &meta,
                                    const std::string &what) {
  auto refuse = [&](const char *errorClass, std::string message) {
    return Error{errorClass, "", "", what + ": " + std::move(message), {}, ""};
  };
  if (meta.shape.size() > maxRank)
    return refuse("limit", "rank " + std::to_string(meta.shape.size()) +
                               ", the limit is " + std::to_string(maxRank));
  if (meta.shape.size() != meta.stride.size())
    return refuse("bad-shape",
                  std::to_string(meta.shape.size()) + " sizes and " +
                      std::to_string(meta.stride.size()) + " strides");
  auto isNegative = [](const SymExpr &value) {
    return value.asInt() && *value.asInt() < 0;
  };
  auto size = std::find_if(meta.shape.begin(), meta.shape.end(), isNegative);
  if (size != meta.shape.end())
    return refuse("bad-shape", "the negative size " + size->str());
  auto stride =
      std::find_if(meta.stride.begin(), meta.stride.end(), isNegative);
  if (stride != meta.stride.end())
    return refuse("bad-shape", "the negative stride " + stride->str());
  if (isNegative(meta.storageOffset))
    return refuse("bad-shape",
                  "the negative storage offset " + meta.storageOffset.str());
  std::vector<std::int64_t> shape;
  for (const SymExpr &value : meta.shape)
    shape.push_back(value.asInt().value_or(1));
  if (!elementCount(shape))
    return refuse("bad-shape", "more than 2^62 elements");
  return {};
}

static void addUses(const Argument &argument, std::set<std::string> &names) {
  if (auto *value = std::get_if<ValueRef>(&argument.value))
    names.insert(value->name);
  if (auto *list = std::get_if<ArgumentList>(&argument.value))
    for (const Argument &item : *list)
      addUses(item, names);
}

std::set<std::string> loader::usedValues(const Graph &graph) {
  std::set<std::string> names;
  for (const Node &node : graph.nodes)
    for (const NamedArgument &argument : node.arguments)
      addUses(argument.argument, names);
  for (const Argument &output : graph.outputs)
    addUses(output, names);
  return names;
}
