//===- FxText.cpp - FX graphs as text -------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxText.h"

#include "FxText/FxAnnotation.h"
#include "FxText/FxTextReader.h"
#include "TorchSave/TorchSave.h"
#include "Utf8.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

std::string_view TextModule::text() const { return reader.text; }
FxRegion TextModule::region() const {
  return *reader.outline.classes[index].forward;
}
const FxAliases &TextModule::aliases() const { return reader.aliases; }

Result<FxAttribute> TextModule::attribute(const std::vector<std::string> &path,
                                          std::string_view annotation) {
  FxAttribute attribute;
  std::size_t at = index;
  for (std::size_t i = 0; i != path.size(); ++i) {
    auto nested = reader.outline.nested.find({at, path[i]});
    if (nested == reader.outline.nested.end())
      break;
    at = nested->second;
    if (i + 1 == path.size()) {
      attribute.kind = FxAttribute::Kind::Module;
      attribute.module = &reader.module(at);
      return attribute;
    }
  }
  std::string name;
  for (const std::string &part : path)
    name += (name.empty() ? "" : ".") + part;
  auto known = reader.attributes.find(name);
  if (index == reader.outline.root && known != reader.attributes.end()) {
    FxInitAttribute &init = known->second;
    if (!init.constant)
      return Error{"fx-subgraph",
                   "",
                   "",
                   "'self." + quoted(name) +
                       "' is a module: the text does not hold the branch "
                       "graphs",
                   {},
                   "use the saved arguments or fx_graph_readable.py"};
    if (!init.constant->storage)
      reader.warn(init.line, "missing-weight",
                  "the values of '" + quoted(name) +
                      "' are not in the text: it can be compiled, but numbers "
                      "cannot be compared");
    else if (init.isRounded)
      reader.warn(init.line, "missing-weight",
                  "the values of '" + quoted(name) +
                      "' are printed with four digits and may be rounded");
    attribute.kind = FxAttribute::Kind::Tensor;
    attribute.constant = *init.constant;
    return attribute;
  }
  // Readable texts show a tensor's type and not its values.
  Result<FxAnnotation> type = parseFxAnnotation(annotation);
  if (!type)
    return type.error();
  auto *meta = std::get_if<TensorMeta>(&type->meta);
  std::optional<Constant> constant = meta ? reader.viewOf(*meta) : std::nullopt;
  if (!constant)
    return attribute;
  reader.warn(0, "missing-weight",
              "the values of '" + quoted(name) +
                  "' are not in the text: it can be compiled, but numbers "
                  "cannot be compared");
  attribute.kind = FxAttribute::Kind::Tensor;
  attribute.constant = std::move(*constant);
  return attribute;
}

std::vector<std::string> TextModule::attributeNames() const {
  constexpr std::size_t maxShown = 20;
  std::vector<std::string> names;
  for (auto &[key, nested] : reader.outline.nested)
    if (key.first == index && names.size() < maxShown)
      names.push_back(quoted(key.second));
  for (auto &[name, attribute] : reader.attributes)
    if (names.size() < maxShown)
      names.push_back(quoted(name));
  return names;
}

TextModule &FxTextReader::module(std::size_t index) {
  return modules.try_emplace(index, *this, index).first->second;
}

//===----------------------------------------------------------------------===//
// The whole text
//===----------------------------------------------------------------------===//

/// `s27 = 6` above the imports.
Result<void> FxTextReader::readHints() {
  for (auto &[name, value] : outline.hints) {
    Result<SymExpr> number = parseSymExpr(value);
    if (!number)
      continue; // some other assignment above the imports
    if (std::optional<std::int64_t> integer = number->asInt()) {
      hints[name] = *integer;
      addSymbolHint(program, name, double(*integer));
    } else if (number->kind() == SymExpr::Kind::Float) {
      addSymbolHint(program, name, number->floatValue());
    }
  }
  return {};
}

Result<void> FxTextReader::readScript() {
  if (!outline.loadArgsVersion.empty() && outline.loadArgsVersion != "0")
    return Error{"version",
                 "",
                 lineOf(outline.loadArgsVersionLine),
                 "load_args._version is " + quoted(outline.loadArgsVersion) +
                     ", supported is 0",
                 {},
                 ""};
  const FxClass &root = outline.classes[outline.root];
  if (root.init) {
    auto read = readInit(text, *root.init);
    if (!read)
      return read.error();
    attributes = std::move(*read);
  }
  if (outline.loadArgs) {
    Result<FxLoadArgs> read = readLoadArgs(text, *outline.loadArgs);
    if (!read)
      return read.error();
    loadArgs = std::move(*read);
    for (const FxLoadedInput &input : loadArgs->inputs)
      if (input.symbol.hint &&
          input.symbol.expr.kind() == SymExpr::Kind::Symbol &&
          input.symbol.kind == SymMeta::Kind::Int)
        hints.insert(
            {input.symbol.expr.name(), std::int64_t(*input.symbol.hint)});
  }
  return {};
}

/// Inputs that cannot be typed matter only when the graph reads them.
Result<void> FxTextReader::checkUses() {
  if (unusable.empty())
    return {};
  std::set<std::string> used = usedValues(program.graphs[0]);
  for (auto &[name, error] : unusable)
    if (used.count(name))
      return error;
  return {};
}

Result<Program> FxTextReader::read() {
  if (bytes.size > options.maxTextBytes)
    return Error{"limit",
                 "",
                 "",
                 "a text of " + std::to_string(bytes.size) +
                     " bytes, the limit is " +
                     std::to_string(options.maxTextBytes),
                 {},
                 ""};
  text = bytes.text();
  if (!isUtf8(text))
    return Error{"input-kind",
                 "",
                 "",
                 "text that is not UTF-8, expected FX "
                 "text with `def forward(`",
                 {},
                 ""};
  Result<FxOutline> found = outlineFxText(text);
  if (!found)
    return found.error();
  outline = std::move(*found);
  for (const std::string &line : outline.imports)
    addFxAlias(line, aliases);
  program.source = Program::Source::FxText;
  program.modelName = programName(bytes.file);
  program.torchVersion = outline.torchVersion;
  if (Result<void> ok = readHints(); !ok)
    return ok.error();
  if (Result<void> ok = readScript(); !ok)
    return ok.error();

  FxGraphReader reader(program, options);
  Result<void> read = reader.read(
      module(outline.root),
      [this](const std::vector<FxParameter> &parameters, Graph &graph) {
        return bindInputs(parameters, graph);
      });
  if (!read)
    return read.error();
  if (Result<void> ok = checkUses(); !ok)
    return ok.error();
  if (Result<void> ok = collectSymbols(program); !ok)
    return ok.error();
  return std::move(program);
}

Result<Program> loader::readFxText(const Bytes &bytes,
                                   const LoadOptions &options) {
  return FxTextReader(bytes, options).read();
}
