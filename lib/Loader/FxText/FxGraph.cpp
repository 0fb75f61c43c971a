//===- FxGraph.cpp - Graphs from FX text ----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxScope.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

using Kind = FxExpr::Kind;

static constexpr std::size_t maxGraphDepth = 64;

void loader::addFxAlias(std::string_view line, FxAliases &aliases) {
  std::vector<std::string> words;
  while (!line.empty()) {
    std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
    line.remove_prefix(begin);
    std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    if (end)
      words.emplace_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  auto is = [&](std::size_t i, const char *word) {
    return i < words.size() && words[i] == word;
  };
  if (is(0, "from") && is(2, "import") && words.size() >= 4) {
    bool renamed = words.size() == 6 && is(4, "as");
    if (renamed || words.size() == 4)
      aliases[words[renamed ? 5 : 3]] = words[1] + "." + words[3];
  } else if (is(0, "import") && words.size() == 4 && is(2, "as")) {
    aliases[words[3]] = words[1];
  }
}

//===----------------------------------------------------------------------===//
// Headers
//===----------------------------------------------------------------------===//

static bool isCallOf(const FxStatement &statement, std::string_view name) {
  return statement.value && statement.value->kind == Kind::Call &&
         fxDottedName(statement.value->operands[0]) == name;
}

/// Statements of the boxed and the pytree form, which only say where parameters
/// come from. False for the first statement of the graph itself.
Result<bool> FxGraphReader::readHeader(Scope &scope,
                                       const FxStatement &statement) {
  bool isAssign = statement.kind == FxStatement::Kind::Assign &&
                  statement.targets.size() == 1;
  if (isAssign && isCallOf(statement, "iter")) {
    scope.isBoxed = true;
    scope.parameters.clear();
    return true;
  }
  if (scope.isBoxed && isAssign && isCallOf(statement, "next")) {
    scope.parameters.push_back(
        {statement.targets[0], statement.annotation, statement.line});
    return true;
  }
  if (scope.isBoxed && statement.kind == FxStatement::Kind::Expression &&
      isCallOf(statement, "args_list.clear"))
    return true;
  if (statement.kind == FxStatement::Kind::Unpack &&
      (isCallOf(statement, "fx_pytree.tree_flatten_spec") ||
       isCallOf(statement, "pytree.tree_flatten_spec"))) {
    // Types of these stood in statements of their own.
    std::map<std::string, std::string> annotations;
    for (const FxParameter &parameter : scope.parameters)
      annotations[parameter.name] = parameter.annotation;
    scope.parameters.clear();
    for (const std::string &name : statement.targets)
      scope.parameters.push_back({name, annotations[name], statement.line});
    return true;
  }
  if (statement.kind == FxStatement::Kind::Annotation) {
    scope.parameters.push_back(
        {statement.targets[0], statement.annotation, statement.line});
    return true;
  }
  return false;
}

Result<void> FxGraphReader::finishHeader(Scope &scope) {
  scope.headerDone = true;
  for (const FxParameter &parameter : scope.parameters) {
    if (!scope.valueNames.insert(parameter.name).second) {
      FxStatement where;
      where.line = parameter.line;
      return scope.errorAt("fx-syntax", where,
                           "two parameters named '" + quoted(parameter.name) +
                               "'");
    }
    scope.graph.inputs.push_back({parameter.name, std::monostate()});
  }
  if (scope.bind) {
    if (Result<void> ok = (*scope.bind)(scope.parameters, scope.graph); !ok)
      return ok;
  }
  for (std::size_t i = 0; i != scope.parameters.size(); ++i) {
    const GraphInput &input = scope.graph.inputs[i];
    Binding binding;
    binding.argument.value = ValueRef{input.name};
    if (std::holds_alternative<TensorMeta>(input.meta))
      binding.kind = Class::Tensor;
    if (std::holds_alternative<SymMeta>(input.meta))
      binding.kind = Class::Number;
    scope.names[input.name] = std::move(binding);
  }
  return {};
}

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

Result<void> FxGraphReader::readAssignment(Scope &scope,
                                           const FxStatement &statement) {
  const FxExpr &value = *statement.value;
  std::vector<std::string> path = fxAttributePath(value);
  if (!path.empty())
    return readAttribute(scope, statement, path);
  switch (value.kind) {
  case Kind::Call: {
    std::string name = fxDottedName(value.operands[0]);
    if (name == "getattr")
      return scope.errorAt("fx-level", value,
                           "getattr of a value: not an AOT graph");
    if (name == "device" || name == "slice")
      break;
    return readCall(scope, statement);
  }
  case Kind::Subscript:
    return readOperator(scope, statement, value);
  case Kind::Binary:
  case Kind::Unary: {
    // Numbers are written so too: -1, (1+2j).
    const FxExpr *operand = &value;
    while (operand->kind == Kind::Unary || operand->kind == Kind::Binary)
      operand = &operand->operands[0];
    bool isLiteral =
        operand->kind == Kind::Number &&
        (value.kind == Kind::Unary || (value.operands[1].kind == Kind::Number &&
                                       value.operands[1].text.back() == 'j'));
    if (isLiteral || operand->isName("inf") || operand->isName("nan"))
      break;
    return readOperator(scope, statement, value);
  }
  default:
    break;
  }
  // A second name, or a literal that is used by name.
  Binding binding;
  Result<Argument> argument = lower(scope, value);
  if (!argument)
    return argument.error();
  binding.argument = std::move(*argument);
  if (auto it = scope.names.find(value.text);
      value.kind == Kind::Name && it != scope.names.end())
    binding.kind = it->second.kind;
  for (const std::string &target : statement.targets)
    scope.names[target] = binding;
  return {};
}

Result<void> FxGraphReader::readReturn(Scope &scope,
                                       const FxStatement &statement) {
  scope.returned = true;
  if (!statement.value) {
    scope.graph.outputs.emplace_back();
    scope.graph.singleResult = true;
    return {};
  }
  const FxExpr *results = &*statement.value;
  if (isCallOf(statement, "pytree.tree_unflatten") &&
      results->operands.size() >= 2)
    results = &results->operands[1];
  bool isList = results->kind == Kind::Tuple || results->kind == Kind::List;
  scope.graph.singleResult = !isList;
  Result<Argument> lowered = lower(scope, *results);
  if (!lowered)
    return lowered.error();
  if (isList)
    scope.graph.outputs = std::move(std::get<ArgumentList>(lowered->value));
  else
    scope.graph.outputs.push_back(std::move(*lowered));
  return {};
}

Result<void> FxGraphReader::readStatement(Scope &scope,
                                          const FxStatement &statement) {
  if (scope.returned && statement.kind != FxStatement::Kind::Release)
    return scope.errorAt("fx-syntax", statement, "a statement behind return");
  switch (statement.kind) {
  case FxStatement::Kind::Release:
  case FxStatement::Kind::Annotation:
    return {};
  case FxStatement::Kind::Pass:
    scope.returned = true;
    return {};
  case FxStatement::Kind::Return:
    return readReturn(scope, statement);
  case FxStatement::Kind::Assign:
    return readAssignment(scope, statement);
  case FxStatement::Kind::Inplace: {
    // x += y makes a new value, which has the name from here on.
    FxExpr expr;
    expr.kind = Kind::Binary;
    expr.text = statement.op;
    expr.line = statement.line;
    expr.column = statement.column;
    FxExpr target;
    target.text = statement.targets[0];
    target.line = statement.line;
    target.column = statement.column;
    expr.operands = {std::move(target), *statement.value};
    return readOperator(scope, statement, expr);
  }
  case FxStatement::Kind::Unpack:
  case FxStatement::Kind::Expression:
    break;
  }
  const FxExpr &value = *statement.value;
  if (statement.kind == FxStatement::Kind::Expression &&
      value.kind == Kind::Call) {
    // Refused with the words that fit what is called.
    Result<std::string> target = targetOf(scope, value.operands[0]);
    if (!target)
      return target.error();
  }
  return scope.errorAt("fx-syntax", statement,
                       "found '" +
                           quoted(scope.parser.source(value).substr(0, 60)) +
                           "', expected an assignment of one name");
}

//===----------------------------------------------------------------------===//
// Whole graphs
//===----------------------------------------------------------------------===//

Result<std::size_t> FxGraphReader::readGraph(FxModule &module,
                                             const std::string &name,
                                             const BindInputs *bind) {
  auto isSame = [&](const auto &entry) {
    return entry.first == module.identity();
  };
  if (auto it = std::find_if(open.begin(), open.end(), isSame);
      it != open.end()) {
    std::string path;
    for (++it; it != open.end(); ++it)
      path += "_modules['" + quoted(it->second) + "'].";
    return Error{"pickle-cycle",
                 "",
                 module.place(),
                 "a graph module contains itself: " + path + "_modules['" +
                     quoted(name) + "']",
                 {},
                 ""};
  }
  if (auto it = done.find(module.identity()); it != done.end())
    return it->second;
  if (open.size() >= maxGraphDepth)
    return Error{"limit",
                 "",
                 module.place(),
                 "sub-graphs nested deeper than " +
                     std::to_string(maxGraphDepth),
                 {},
                 ""};
  open.push_back({module.identity(), name});
  std::size_t index = program.graphs.size();
  program.graphs.emplace_back();

  Scope scope(module, bind);
  scope.graph.name = name;
  auto read = [&]() -> Result<void> {
    Result<std::vector<FxParameter>> parameters = scope.parser.parseHeader();
    if (!parameters)
      return scope.located(parameters.error());
    scope.parameters = std::move(*parameters);
    for (;;) {
      Result<std::optional<FxStatement>> statement = scope.parser.next();
      if (!statement)
        return scope.located(statement.error());
      if (!*statement)
        break;
      if (!scope.headerDone) {
        Result<bool> isHeader = readHeader(scope, **statement);
        if (!isHeader)
          return isHeader.error();
        if (*isHeader)
          continue;
        if (Result<void> ok = finishHeader(scope); !ok)
          return ok;
      }
      if (Result<void> ok = readStatement(scope, **statement); !ok)
        return ok;
    }
    if (!scope.headerDone)
      if (Result<void> ok = finishHeader(scope); !ok)
        return ok;
    if (!scope.returned)
      return scope.located(Error{"fx-syntax",
                                 "",
                                 "line " + std::to_string(module.region().line),
                                 "the graph does not end in return",
                                 {},
                                 ""});
    return {};
  };
  if (Result<void> ok = read(); !ok)
    return ok.error();

  program.graphs[index] = std::move(scope.graph);
  if (!bind && !scope.constants.empty())
    lifted[index].used = std::move(scope.constants);
  done[module.identity()] = index;
  open.pop_back();
  return index;
}

Result<void> FxGraphReader::read(FxModule &root, const BindInputs &bind) {
  Result<std::size_t> graph = readGraph(root, "main", &bind);
  if (!graph)
    return graph.error();
  // Sub-graphs that no node runs still name their constants.
  std::vector<std::size_t> idle;
  for (auto &[index, entry] : lifted)
    if (!entry.inputs)
      idle.push_back(index);
  for (std::size_t index : idle) {
    std::vector<std::size_t> constants;
    for (auto &[constant, name] : lifted[index].used)
      constants.push_back(constant);
    withLifted(index, constants);
  }
  program.outputs.assign(program.graphs[0].outputs.size(), OutputSpec());
  return {};
}
