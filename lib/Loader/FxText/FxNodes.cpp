//===- FxNodes.cpp - Calls and attributes of FX text ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Characters.h"
#include "FxText/FxScope.h"

#include <algorithm>
#include <charconv>

using namespace graphc;
using namespace graphc::loader;

using Kind = FxExpr::Kind;

static std::string joined(const std::vector<std::string> &parts,
                          const char *separator) {
  std::string out;
  for (const std::string &part : parts)
    out += (out.empty() ? "" : separator) + part;
  return out;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// `File: <path>:<line> in <function>, code: <text>`
static void readSourceComment(std::string_view comment, SourceInfo &source) {
  if (!startsWith(comment, "File: "))
    return;
  comment.remove_prefix(6);
  std::size_t in = comment.find(" in ");
  std::string_view place = comment.substr(0, in);
  std::size_t colon = place.rfind(':');
  if (in == comment.npos || colon == place.npos)
    return;
  std::string_view digits = place.substr(colon + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(),
                  source.fileLine);
  source.file = std::string(place.substr(0, colon));
  std::size_t code = comment.find("code: ", in);
  if (code != comment.npos)
    source.code = std::string(comment.substr(code + 6));
}

Result<void> FxGraphReader::addNode(Scope &scope, const FxStatement &statement,
                                    std::string target,
                                    std::vector<NamedArgument> arguments,
                                    Class kind) {
  if (++nodeCount > options.maxNodes)
    return scope.errorAt("limit", statement,
                         "more than " + std::to_string(options.maxNodes) +
                             " nodes");
  if (startsWith(target, "higher_order."))
    if (Result<void> ok = liftConstants(scope, statement, target, arguments);
        !ok)
      return ok;
  Node node;
  node.target = std::move(target);
  node.name = scope.uniqueName(statement.targets[0]);
  node.arguments = std::move(arguments);
  node.results.emplace_back().name = node.name;
  node.source.nodeIndex = scope.graph.nodes.size();
  node.source.line = statement.line;
  readSourceComment(statement.source, node.source);
  Binding binding;
  binding.argument.value = ValueRef{node.name};
  binding.kind = kind;
  scope.graph.nodes.push_back(std::move(node));
  for (const std::string &name : statement.targets)
    scope.names[name] = binding;
  return {};
}

/// The target of a call, or an error for anything that is no operator. The
/// grammar's list of targets, in its order.
Result<std::string> FxGraphReader::targetOf(Scope &scope,
                                            const FxExpr &callee) const {
  std::string name = fxDottedName(callee);
  std::string root = name.substr(0, name.find('.'));
  std::string shown = quoted(scope.parser.source(callee).substr(0, 100));
  const FxAliases &aliases = scope.module.aliases();
  // What a chain of attributes, calls and subscripts starts from.
  const FxExpr *base = &callee;
  while (base->kind == Kind::Attribute || base->kind == Kind::Call ||
         base->kind == Kind::Subscript)
    base = &base->operands[0];
  bool isValue = base->kind == Kind::Name && scope.names.count(base->text);
  if (root == "self" || isValue)
    return scope.errorAt("fx-level", callee,
                         "'" + shown + "' is a call of a " +
                             (root == "self" ? "module" : "method") +
                             ": not an AOT graph",
                         "save the arguments of Inductor, or export the model");
  auto alias = aliases.find(root);
  if (alias != aliases.end())
    name = alias->second + name.substr(root.size());
  else if (startsWith(name, "math_"))
    name = "math." + name.substr(5); // what FX calls them without imports
  if (startsWith(name, "torch.ops.") &&
      std::count(name.begin(), name.end(), '.') >= 3)
    return name.substr(10);
  if (startsWith(name, "torch.sym_") && name.find('.', 6) == name.npos)
    return name;
  std::size_t dot = name.find('.');
  std::string module = name.substr(0, dot);
  bool isFunction = dot != name.npos && name.find('.', dot + 1) == name.npos;
  if (isFunction && module == "math")
    return name;
  if (isFunction && (module == "operator" || module == "_operator"))
    return "_operator" + name.substr(dot);
  return scope.errorAt("fx-syntax", callee,
                       "a call of '" + shown +
                           "', expected an operator (torch.ops.*, "
                           "torch.sym_*)",
                       root == "torch"
                           ? "graphs from before AOT autograd are not read; "
                             "save the arguments of Inductor"
                           : "");
}

Result<void> FxGraphReader::readCall(Scope &scope,
                                     const FxStatement &statement) {
  const FxExpr &call = *statement.value;
  Result<std::string> target = targetOf(scope, call.operands[0]);
  if (!target)
    return target.error();
  std::vector<NamedArgument> arguments;
  for (std::size_t i = 1; i != call.operands.size(); ++i) {
    const FxExpr &operand = call.operands[i];
    bool isKeyword = operand.kind == Kind::Keyword;
    Result<Argument> argument =
        lower(scope, isKeyword ? operand.operands[0] : operand);
    if (!argument)
      return argument.error();
    arguments.push_back(
        {isKeyword ? operand.text : std::string(), std::move(*argument)});
  }
  Class kind = Class::Unknown;
  if (startsWith(*target, "aten.") || startsWith(*target, "prims.")) {
    // The few operators that give numbers.
    static constexpr std::string_view numbers[] = {
        "aten.sym_",  "aten.item.",  "aten._local_scalar_dense.",
        "aten.size.", "aten.numel.", "aten.stride.",
        "aten.dim.",  "aten.equal.", "aten.storage_offset."};
    bool isNumber = std::any_of(
        std::begin(numbers), std::end(numbers),
        [&](std::string_view prefix) { return startsWith(*target, prefix); });
    kind = isNumber ? Class::Number : Class::Tensor;
  } else if (startsWith(*target, "torch.") || startsWith(*target, "math.") ||
             (startsWith(*target, "_operator.") &&
              *target != "_operator.getitem")) {
    kind = Class::Number;
  }
  return addNode(scope, statement, std::move(*target), std::move(arguments),
                 kind);
}

/// `x + y`, `-x`, `x[0]`: nodes of Python's operator module.
Result<void> FxGraphReader::readOperator(Scope &scope,
                                         const FxStatement &statement,
                                         const FxExpr &expr) {
  static constexpr const char *binary[][2] = {
      {"+", "add"},       {"-", "sub"},  {"*", "mul"},  {"/", "truediv"},
      {"//", "floordiv"}, {"%", "mod"},  {"**", "pow"}, {"<<", "lshift"},
      {">>", "rshift"},   {"&", "and_"}, {"|", "or_"},  {"^", "xor"},
      {"@", "matmul"},    {"==", "eq"},  {"!=", "ne"},  {"<", "lt"},
      {"<=", "le"},       {">", "gt"},   {">=", "ge"}};
  static constexpr const char *unary[][2] = {
      {"-", "neg"}, {"+", "pos"}, {"~", "invert"}};
  std::string target = "_operator.getitem";
  if (expr.kind == Kind::Binary) {
    for (auto &[op, name] : binary)
      if (expr.text == op)
        target = std::string("_operator.") + name;
  } else if (expr.kind == Kind::Unary) {
    for (auto &[op, name] : unary)
      if (expr.text == op)
        target = std::string("_operator.") + name;
  }
  bool isItem = expr.kind == Kind::Subscript;
  std::vector<NamedArgument> arguments;
  for (const FxExpr &operand : expr.operands) {
    auto it = operand.kind == Kind::Name ? scope.names.find(operand.text)
                                         : scope.names.end();
    bool isTensor = it != scope.names.end() && it->second.kind == Class::Tensor;
    if (isTensor && !isItem)
      return scope.errorAt("fx-type", operand,
                           "the tensor '" + quoted(operand.text) +
                               "' in symbolic arithmetic",
                           "graphs from before AOT autograd are not read");
    Result<Argument> argument = lower(scope, operand);
    if (!argument)
      return argument.error();
    arguments.push_back({"", std::move(*argument)});
  }
  return addNode(scope, statement, std::move(target), std::move(arguments),
                 isItem ? Class::Unknown : Class::Number);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

std::vector<std::string> loader::fxAttributePath(const FxExpr &expr) {
  if (expr.kind == Kind::Attribute) {
    if (expr.operands[0].isName("self"))
      return {expr.text};
    std::vector<std::string> path = fxAttributePath(expr.operands[0]);
    if (!path.empty())
      path.push_back(expr.text);
    return path;
  }
  bool isGetattr = expr.kind == Kind::Call && expr.operands.size() == 3 &&
                   expr.operands[0].isName("getattr") &&
                   expr.operands[2].kind == Kind::String;
  if (!isGetattr)
    return {};
  if (expr.operands[1].isName("self"))
    return {expr.operands[2].text};
  std::vector<std::string> path = fxAttributePath(expr.operands[1]);
  if (!path.empty())
    path.push_back(expr.operands[2].text);
  return path;
}

Result<void>
FxGraphReader::readAttribute(Scope &scope, const FxStatement &statement,
                             const std::vector<std::string> &path) {
  std::string name = joined(path, ".");
  auto known = scope.attributes.find(name);
  if (known == scope.attributes.end()) {
    Result<FxAttribute> attribute =
        scope.module.attribute(path, statement.annotation);
    if (!attribute) {
      if (attribute.error().place.empty())
        return scope.errorAt(attribute.error().errorClass.c_str(), statement,
                             attribute.error().message, attribute.error().help);
      return attribute.error();
    }
    Binding binding;
    switch (attribute->kind) {
    case FxAttribute::Kind::Absent: {
      Error error =
          scope.errorAt("fx-attribute", statement,
                        "'self." + quoted(name) + "' is not in the file");
      std::string present = joined(scope.module.attributeNames(), ", ");
      error.notes.push_back("present: " +
                            (present.empty() ? "nothing" : quoted(present)));
      return error;
    }
    case FxAttribute::Kind::Unsupported:
      return scope.located(attribute->error);
    case FxAttribute::Kind::Literal:
      binding.argument = std::move(attribute->literal);
      break;
    case FxAttribute::Kind::Module: {
      Result<std::size_t> graph = readGraph(*attribute->module, name, nullptr);
      if (!graph)
        return graph.error();
      binding.argument.value = GraphRef{*graph};
      break;
    }
    case FxAttribute::Kind::Tensor: {
      Result<std::size_t> index = constantIndex(scope, *attribute, name);
      if (!index)
        return index.error();
      binding.argument.value = ValueRef{statement.targets[0]};
      binding.constant = *index;
      binding.kind = Class::Tensor;
      break;
    }
    }
    known = scope.attributes.insert({name, std::move(binding)}).first;
  }
  for (const std::string &target : statement.targets)
    scope.names[target] = known->second;
  return {};
}
