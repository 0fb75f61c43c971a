//===- Schema.cpp - ATen operator signatures ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Schema.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

#include <deque>
#include <mutex>

using namespace mlir;
using namespace graphc::aten;

// One string per line of AtenSchemas.txt and AtenNames.txt, written by CMake.
static constexpr const char *schemaLines[] = {
#include "lib/Import/AtenSchemas.inc"
};
static constexpr const char *knownNames[] = {
#include "lib/Import/AtenNames.inc"
};

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

unsigned Schema::getNumInputs() const {
  unsigned count = parameters.size();
  while (count > 0 && parameters[count - 1].isWritten &&
         parameters[count - 1].isKeywordOnly)
    --count;
  return count;
}

static std::optional<Kind> parseKind(StringRef text) {
  return llvm::StringSwitch<std::optional<Kind>>(text)
      .Case("Tensor", Kind::Tensor)
      .Cases({"int", "SymInt"}, Kind::Int)
      .Cases({"float", "SymFloat"}, Kind::Float)
      .Cases({"bool", "SymBool"}, Kind::Bool)
      .Case("Scalar", Kind::Scalar)
      .Case("str", Kind::String)
      .Case("ScalarType", Kind::ScalarType)
      .Case("Layout", Kind::Layout)
      .Case("Device", Kind::Device)
      .Case("MemoryFormat", Kind::MemoryFormat)
      .Case("Generator", Kind::Generator)
      .Default(std::nullopt);
}

/// Takes the text up to a comma outside brackets and quotes off `text`.
static StringRef takeItem(StringRef &text) {
  unsigned depth = 0;
  bool quoted = false;
  size_t end = 0;
  for (; end < text.size(); ++end) {
    char c = text[end];
    if (c == '"' || c == '\'')
      quoted = !quoted;
    else if (!quoted && (c == '(' || c == '['))
      ++depth;
    else if (!quoted && (c == ')' || c == ']') && depth > 0)
      --depth;
    else if (!quoted && c == ',' && depth == 0)
      break;
  }
  StringRef item = text.take_front(end).trim();
  text = text.drop_front(std::min(end + 1, text.size()));
  return item;
}

/// `Tensor(a!)?[]`, `SymInt[2]?`: reads the type and drops it from `text`.
static bool parseType(StringRef &text, Parameter &parameter) {
  size_t end = text.find_first_of("?([ ");
  std::optional<Kind> kind = parseKind(text.take_front(end));
  if (!kind)
    return false;
  parameter.kind = *kind;
  text = text.drop_front(std::min(end, text.size()));
  while (!text.empty() && text.front() != ' ') {
    if (text.consume_front("?")) {
      parameter.isOptional = true;
    } else if (text.consume_front("(")) {
      parameter.isWritten |=
          text.take_until([](char c) { return c == ')'; }).contains('!');
      text = text.drop_front(text.find(')') + 1);
    } else if (text.consume_front("[")) {
      StringRef size = text.take_until([](char c) { return c == ']'; });
      text = text.drop_front(size.size() + 1);
      unsigned count;
      if (!size.empty() && !size.getAsInteger(10, count))
        parameter.listSize = count;
      parameter.isList = true;
      parameter.elementIsOptional = parameter.isOptional;
      parameter.isOptional = false;
    } else {
      return false;
    }
  }
  text = text.ltrim();
  return true;
}

std::optional<Schema> graphc::aten::parseSchema(StringRef line) {
  Schema schema;
  schema.text = line;
  size_t open = line.find('(');
  auto [ns, name] = line.take_front(open).split("::");
  if (open == StringRef::npos || name.empty())
    return std::nullopt;
  auto [base, overload] = name.split('.');
  schema.name = (ns + "." + base + "." +
                 (overload.empty() ? StringRef("default") : overload))
                    .str();

  size_t arrow = line.rfind(" -> ");
  if (arrow == StringRef::npos || arrow < open + 2)
    return std::nullopt;
  StringRef parameters = line.slice(open + 1, arrow).rtrim();
  if (!parameters.consume_back(")"))
    return std::nullopt;
  bool keywordOnly = false;
  while (!parameters.empty()) {
    StringRef item = takeItem(parameters);
    if (item == "*") {
      keywordOnly = true;
      continue;
    }
    Parameter &parameter = schema.parameters.emplace_back();
    parameter.isKeywordOnly = keywordOnly;
    if (!parseType(item, parameter))
      return std::nullopt;
    auto [argument, value] = item.split('=');
    parameter.name = argument;
    if (item.contains('='))
      parameter.defaultText = value;
  }

  StringRef results = line.drop_front(arrow + 4).trim();
  if (results.starts_with("(") && results.consume_front("("))
    results.consume_back(")");
  while (!results.empty()) {
    StringRef item = takeItem(results);
    Parameter &result = schema.results.emplace_back();
    if (!parseType(item, result))
      return std::nullopt;
    result.name = item;
  }
  return schema;
}

//===----------------------------------------------------------------------===//
// The tables
//===----------------------------------------------------------------------===//

namespace {
/// All schemas, parsed on first use of each.
class Registry {
public:
  Registry() {
    for (const char *line : schemaLines) {
      StringRef text(line);
      auto [ns, rest] =
          text.take_until([](char c) { return c == '('; }).split("::");
      auto [base, overload] = rest.split('.');
      std::string family = (ns + "." + base).str();
      std::string name =
          family + "." + (overload.empty() ? "default" : overload.str());
      lines[name] = text;
      overloads[family].push_back(name);
    }
  }

  const Schema *find(StringRef name) {
    std::lock_guard<std::mutex> lock(mutex);
    auto known = parsed.find(name);
    if (known != parsed.end())
      return known->second;
    auto line = lines.find(name);
    if (line == lines.end())
      return nullptr;
    std::optional<Schema> schema = parseSchema(line->second);
    const Schema *result = nullptr;
    if (schema) {
      storage.push_back(std::move(*schema));
      result = &storage.back();
    }
    parsed[name] = result;
    return result;
  }

  ArrayRef<std::string> overloadsOf(StringRef family) const {
    auto it = overloads.find(family);
    return it == overloads.end() ? ArrayRef<std::string>()
                                 : ArrayRef<std::string>(it->second);
  }

  std::vector<StringRef> names() const {
    std::vector<StringRef> result;
    for (const auto &entry : lines)
      result.push_back(entry.getKey());
    llvm::sort(result);
    return result;
  }

private:
  llvm::StringMap<StringRef> lines;
  llvm::StringMap<std::vector<std::string>> overloads;
  std::mutex mutex;
  llvm::StringMap<const Schema *> parsed;
  std::deque<Schema> storage;
};
} // namespace

static Registry &registry() {
  static Registry instance;
  return instance;
}

const Schema *graphc::aten::findSchema(StringRef name) {
  return registry().find(name);
}

std::vector<StringRef> graphc::aten::allSchemaNames() {
  return registry().names();
}

/// Same names and kinds, `out`s aside.
static bool takesSameInputs(const Schema &a, const Schema &b) {
  auto inputsA = ArrayRef(a.parameters).take_front(a.getNumInputs());
  auto inputsB = ArrayRef(b.parameters).take_front(b.getNumInputs());
  return inputsA.size() == inputsB.size() &&
         llvm::all_of(llvm::zip(inputsA, inputsB), [](auto pair) {
           const auto &[x, y] = pair;
           return x.name == y.name && x.kind == y.kind && x.isList == y.isList;
         });
}

const Schema *graphc::aten::findFunctional(const Schema &schema) {
  StringRef family = StringRef(schema.name).rsplit('.').first;
  if (schema.isInPlace() && !schema.isOut()) {
    // __iand__ and its kind are written after the ordinary operator.
    if (family.starts_with("aten.__i"))
      return findSchema("aten.__" + schema.name.substr(strlen("aten.__i")));
    family.consume_back("_");
  }
  for (const std::string &name : registry().overloadsOf(family)) {
    const Schema *candidate = registry().find(name);
    if (candidate && candidate != &schema && !candidate->isOut() &&
        !candidate->isInPlace() && takesSameInputs(schema, *candidate))
      return candidate;
  }
  return nullptr;
}

bool graphc::aten::isKnownOverload(StringRef name) {
  return std::binary_search(std::begin(knownNames), std::end(knownNames), name,
                            [](StringRef a, StringRef b) { return a < b; });
}

std::vector<StringRef> graphc::aten::findNearNames(StringRef name,
                                                   unsigned limit) {
  // Overloads of the same operator first, then names a typo away.
  StringRef family = name.rsplit('.').first;
  std::vector<std::pair<unsigned, StringRef>> scored;
  for (const auto &known : knownNames) {
    StringRef candidate(known);
    if (candidate.rsplit('.').first == family)
      scored.push_back({0, candidate});
    else if (unsigned distance = candidate.edit_distance(
                 name, /*AllowReplacements=*/true, /*MaxEditDistance=*/3);
             distance <= 3 && candidate.size() > 10)
      scored.push_back({distance, candidate});
  }
  llvm::stable_sort(scored, llvm::less_first());
  std::vector<StringRef> result;
  for (const auto &[score, candidate] : scored)
    if (result.size() < limit)
      result.push_back(candidate);
  return result;
}
