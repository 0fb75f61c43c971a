//===- Symbols.cpp - Ranges, guards and uses of symbols -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2/Symbols.h"

#include "Pt2/InputTree.h"

#include <charconv>
#include <set>

using namespace graphc;
using namespace graphc::loader;

using Kind = JsonValue::Kind;

namespace {
/// Schema 5 has no null: bounds this far out mean none.
std::optional<std::int64_t> openBound(JsonValue value) {
  constexpr std::int64_t almostMax = INT64_MAX - 1;
  std::int64_t bound = value.integer();
  if (bound >= almostMax || bound <= -almostMax)
    return std::nullopt;
  return bound;
}

/// Collects symbols of types, each expression looked at once per value.
class SymbolUses {
public:
  void add(const SymExpr &expr) {
    if (expr.asInt())
      return;
    for (std::string &name : expr.symbols())
      names.insert(std::move(name));
  }
  void add(const ValueMeta &meta) {
    if (const auto *tensor = std::get_if<TensorMeta>(&meta)) {
      for (const SymExpr &size : tensor->shape)
        add(size);
      for (const SymExpr &stride : tensor->stride)
        add(stride);
      add(tensor->storageOffset);
    } else if (const auto *symbolic = std::get_if<SymMeta>(&meta)) {
      add(symbolic->expr);
    }
  }
  std::set<std::string> names;
};

void addUses(const Graph &graph, SymbolUses &uses) {
  for (const GraphInput &input : graph.inputs)
    uses.add(input.meta);
  for (const Node &node : graph.nodes)
    for (const NodeResult &result : node.results) {
      uses.add(result.meta);
      for (const ValueMeta &meta : result.elementMetas)
        uses.add(meta);
    }
}

/// Symbols of sizes and numbers known at trace time (`s0`, `zf1`), as opposed
/// to data-dependent ones (`u0`, `zuf1`), which nodes make.
bool isBacked(const std::string &name) {
  std::size_t digits = name.find_first_of("0123456789");
  return name.compare(0, digits, "s") == 0 ||
         name.compare(0, digits, "zf") == 0;
}
} // namespace

void loader::readSymbols(SchemaReader &json, ValueTypes &types,
                         JsonValue exported, Program &program) {
  auto ranges = json.optional(exported, "range_constraints", Kind::Object);
  if (ranges)
    for (JsonMembers::Member member : ranges->members()) {
      SymExpr expr = types.expression(member.key, member.value);
      ExprConstraint constraint{expr, std::nullopt, std::nullopt};
      if (auto min = json.optional(member.value, "min_val", Kind::Int))
        constraint.min = openBound(*min);
      if (auto max = json.optional(member.value, "max_val", Kind::Int))
        constraint.max = openBound(*max);
      if (json.failed())
        return;
      if (expr.kind() == SymExpr::Kind::Symbol) {
        SymbolInfo &info = program.symbols[expr.name()];
        info.min = constraint.min;
        info.max = constraint.max;
      } else {
        program.constraints.push_back(std::move(constraint));
      }
    }

  SymbolUses given, used;
  for (const GraphInput &input : program.graphs.front().inputs)
    given.add(input.meta);
  for (const Graph &graph : program.graphs)
    addUses(graph, used);
  for (const std::string &name : used.names) {
    SymbolInfo &info = program.symbols[name];
    auto hint = types.hints.find(name);
    if (hint != types.hints.end())
      info.hint = hint->second;
    if (isBacked(name) && !given.names.count(name))
      json.fail("symbol-unbound", exported,
                "the symbol '" + quoted(name) +
                    "' occurs in no input, so nothing determines it");
  }
}

//===----------------------------------------------------------------------===//
// Guards
//===----------------------------------------------------------------------===//

namespace {
/// Longer ones are no guards that a person or the exporter wrote.
constexpr std::size_t maxGuard = std::size_t(1) << 16;

/// Replaces what Python says of the inputs, `L['x'][1].size()[0]`, by the
/// recorded expressions. Nothing when the text speaks of anything else.
class GuardText {
public:
  GuardText(std::string_view text, const InputTree &inputs)
      : rest(text), inputs(inputs) {}

  std::optional<std::string> translate() {
    std::string out;
    while (!rest.empty()) {
      std::size_t at = rest.find("L[");
      out += rest.substr(0, at);
      if (at == rest.npos)
        break;
      rest.remove_prefix(at + 2);
      std::optional<std::string> value = translateInput();
      if (!value || out.size() > maxGuard)
        return std::nullopt;
      out += "(" + *value + ")";
    }
    return out;
  }

private:
  bool take(std::string_view text) {
    if (rest.substr(0, text.size()) != text)
      return false;
    rest.remove_prefix(text.size());
    return true;
  }

  std::optional<std::string> takeName() {
    char quote = rest.empty() ? '\0' : rest[0];
    std::size_t end = quote ? rest.find(quote, 1) : rest.npos;
    if ((quote != '\'' && quote != '"') || end == rest.npos)
      return std::nullopt;
    std::string name(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    return name;
  }

  std::optional<std::size_t> takeIndex() {
    std::size_t index = 0;
    auto [end, status] =
        std::from_chars(rest.data(), rest.data() + rest.size(), index);
    if (status != std::errc())
      return std::nullopt;
    rest.remove_prefix(end - rest.data());
    return take("]") ? std::optional(index) : std::nullopt;
  }

  /// What stands behind `[` of a container.
  std::optional<InputTree::Step> takeStep() {
    if (std::optional<std::string> key = takeName())
      return take("]") ? std::optional(InputTree::Step{false, 0, *key})
                       : std::nullopt;
    std::optional<std::size_t> index = takeIndex();
    if (!index)
      return std::nullopt;
    return InputTree::Step{true, static_cast<std::int64_t>(*index), {}};
  }

  /// What stands behind `L[`.
  std::optional<std::string> translateInput() {
    std::optional<std::string> name = takeName();
    if (!name || !take("]"))
      return std::nullopt;
    std::vector<InputTree::Step> steps;
    while (take("[")) {
      std::optional<InputTree::Step> step = takeStep();
      if (!step)
        return std::nullopt;
      steps.push_back(std::move(*step));
    }
    const ValueMeta *input = inputs.find(*name, steps);
    if (!input)
      return std::nullopt;
    if (const auto *symbolic = std::get_if<SymMeta>(input))
      return symbolic->expr.str();
    const auto *tensor = std::get_if<TensorMeta>(input);
    if (!tensor)
      return std::nullopt;
    const std::vector<SymExpr> *list = nullptr;
    if (take(".size()[") || take(".shape["))
      list = &tensor->shape;
    else if (take(".stride()["))
      list = &tensor->stride;
    else if (take(".storage_offset()"))
      return tensor->storageOffset.str();
    std::optional<std::size_t> index =
        list ? takeIndex() : std::optional<std::size_t>();
    if (!index || *index >= list->size())
      return std::nullopt;
    return (*list)[*index].str();
  }

  std::string_view rest;
  const InputTree &inputs;
};

/// The conditions that `and` joins at the top level of `text`.
std::vector<std::string_view> conjuncts(std::string_view text) {
  constexpr std::string_view word = " and ";
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '(' || text[i] == '[';
    depth -= text[i] == ')' || text[i] == ']';
    if (depth == 0 && text.substr(i, word.size()) == word) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + word.size();
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}
} // namespace

namespace {
/// Not what holds whatever the sizes are.
bool isCondition(const SymExpr &guard) {
  if (guard.symbols().empty())
    return false;
  return guard.kind() != SymExpr::Kind::Call || guard.operands().size() != 2 ||
         !(guard.operands()[0] == guard.operands()[1]);
}
} // namespace

void loader::readGuards(SchemaReader &json, JsonValue exported,
                        Program &program) {
  auto guards = json.optional(exported, "guards_code", Kind::Array);
  if (!guards)
    return;
  InputTree inputs(exported, program);
  for (JsonValue item : guards->items()) {
    if (!json.expect(item, Kind::Text))
      return;
    // `or` binds looser than the split.
    if (item.text().find(" or ") != std::string_view::npos)
      continue;
    for (std::string_view part : conjuncts(item.text())) {
      std::optional<std::string> text = GuardText(part, inputs).translate();
      if (!text)
        continue;
      Result<SymExpr> guard = parseSymExpr(*text);
      if (guard && isCondition(*guard))
        program.guards.push_back(std::move(*guard));
    }
  }
}
