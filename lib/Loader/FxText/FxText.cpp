//===- FxText.cpp - FX graphs as text
//--------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxText.h"

#include "FxText/FxAnnotation.h"
#include "FxText/FxGraph.h"
#include "FxText/FxInputs.h"
#include "FxText/FxOutline.h"
#include "FxText/FxScript.h"
#include "TorchSave/TorchSave.h"
#include "Utf8.h"

#include <algorithm>
#include <charconv>

using namespace graphc;
using namespace graphc::loader;

namespace {
std::string lineOf(unsigned line) { return "line " + std::to_string(line); }

class FxTextReader;

/// A class of the text.
class TextModule : public FxModule {
public:
  TextModule(FxTextReader &reader, std::size_t index)
      : reader(reader), index(index) {}

  std::string_view text() const override;
  FxRegion region() const override;
  const FxAliases &aliases() const override;
  std::string place() const override { return ""; }
  const void *identity() const override { return this; }
  Result<FxAttribute> attribute(const std::vector<std::string> &path,
                                std::string_view annotation) override;
  std::vector<std::string> attributeNames() const override;

private:
  FxTextReader &reader;
  std::size_t index;
};

class FxTextReader {
public:
  FxTextReader(const Bytes &bytes, const LoadOptions &options)
      : bytes(bytes), options(options) {}
  Result<Program> read();

private:
  friend class TextModule;

  TextModule &module(std::size_t index);
  Result<void> readHints();
  Result<void> readScript();
  Result<void> bindInputs(const std::vector<FxParameter> &parameters,
                          Graph &graph);
  Result<void> bindLoaded(const FxParameter &parameter,
                          const FxLoadedInput &loaded, GraphInput &input,
                          InputSpec &spec);
  Result<void> bindAnnotated(const FxParameter &parameter, GraphInput &input,
                             InputSpec &spec);
  Result<void> checkUses();
  Result<void> checkRange(const std::string &name, const FxLoadedInput &loaded);
  Result<void> addRecorded(const std::string &name, const FxLoadedInput &loaded,
                           InputSpec &spec);
  Result<std::shared_ptr<const Storage>>
  findStored(const FxLoadedStorage &storage);
  std::optional<Constant> viewOf(const TensorMeta &meta) const;
  std::optional<std::int64_t> valueOf(const SymExpr &expr) const {
    return expr.evaluate(hints);
  }
  void warn(unsigned line, const char *errorClass, std::string message) {
    program.warnings.push_back(Error{
        errorClass, "", line ? lineOf(line) : "", std::move(message), {}, ""});
  }

  const Bytes &bytes;
  const LoadOptions &options;
  std::string_view text;
  FxOutline outline;
  FxAliases aliases;
  std::map<std::size_t, TextModule> modules;
  std::map<std::string, std::int64_t> hints;
  std::map<std::string, FxInitAttribute> attributes;
  std::optional<FxLoadArgs> loadArgs;
  /// Parameters without a type, and inputs of no supported kind, by name.
  std::map<std::string, Error> unusable;
  std::map<std::size_t, std::shared_ptr<const Storage>> stored;
  bool sawBareShape = false;
  Program program;
};

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
// Inputs
//===----------------------------------------------------------------------===//

/// A tensor type with constant sizes, those of the hints for symbols.
std::optional<Constant> FxTextReader::viewOf(const TensorMeta &meta) const {
  Constant constant;
  constant.dtype = meta.dtype;
  for (const SymExpr &size : meta.shape) {
    std::optional<std::int64_t> value = valueOf(size);
    if (!value)
      return std::nullopt;
    constant.shape.push_back(*value);
  }
  for (const SymExpr &stride : meta.stride) {
    std::optional<std::int64_t> value = valueOf(stride);
    if (!value)
      return std::nullopt;
    constant.stride.push_back(*value);
  }
  std::optional<std::int64_t> offset = valueOf(meta.storageOffset);
  if (!offset)
    return std::nullopt;
  constant.offset = *offset;
  return constant;
}

/// The tensor must lie inside its storage. With sizes that have no hint there
/// is nothing to check.
Result<void> FxTextReader::checkRange(const std::string &name,
                                      const FxLoadedInput &loaded) {
  const FxLoadedStorage &storage = loadArgs->storages[loaded.storage];
  std::optional<std::int64_t> length = valueOf(storage.bytes);
  std::optional<Constant> view = viewOf(loaded.meta);
  if (!length || !view)
    return {};
  if (*length < 0)
    return Error{"bad-shape",
                 "",
                 lineOf(storage.line),
                 "a storage of " + std::to_string(*length) + " bytes",
                 {},
                 ""};
  return checkView(*view, std::uint64_t(*length),
                   "tensor '" + quoted(name) + "'", lineOf(loaded.line));
}

/// Content stores are addressed by hash; a hash is a plain file name.
static bool isPlainName(std::string_view name) {
  auto isWord = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 128 &&
         std::all_of(name.begin(), name.end(), isWord);
}

/// The bytes of a storage, from the first place that has them; null for none.
Result<std::shared_ptr<const Storage>>
FxTextReader::findStored(const FxLoadedStorage &storage) {
  if (storage.hash.empty())
    return std::shared_ptr<const Storage>();
  if (!isPlainName(storage.hash))
    return Error{"zip-name",
                 "",
                 lineOf(storage.line),
                 "the storage hash '" + quoted(storage.hash) +
                     "' is no plain file name",
                 {},
                 ""};
  std::size_t slash = bytes.file.find_last_of('/');
  std::string beside =
      slash == std::string::npos ? "" : bytes.file.substr(0, slash + 1);
  std::vector<std::string> places = {beside + "storages/",
                                     beside + "checkpoints/storages/"};
  if (!options.contentStore.empty()) {
    places.push_back(options.contentStore + "/storages/");
    places.push_back(options.contentStore + "/");
  }
  for (const std::string &place : places) {
    Result<Bytes> file = mapFile(place + storage.hash);
    if (!file)
      continue;
    Result<std::shared_ptr<const Storage>> read =
        readSavedStorage(*file, "storage " + storage.hash, options);
    if (!read && read.error().file.empty())
      read.error().file = place + storage.hash;
    return read;
  }
  return std::shared_ptr<const Storage>();
}

/// Gives an input the value that it had when the script was written.
Result<void> FxTextReader::addRecorded(const std::string &name,
                                       const FxLoadedInput &loaded,
                                       InputSpec &spec) {
  const FxLoadedStorage &storage = loadArgs->storages[loaded.storage];
  auto it = stored.find(loaded.storage);
  if (it == stored.end()) {
    Result<std::shared_ptr<const Storage>> found = findStored(storage);
    if (!found)
      return found.error();
    it = stored.insert({loaded.storage, *found}).first;
  }
  std::optional<Constant> value = viewOf(loaded.meta);
  if (!it->second || !value)
    return {};
  std::optional<std::int64_t> length = valueOf(storage.bytes);
  if (length && std::uint64_t(*length) != it->second->size)
    return Error{"weight-length",
                 "",
                 lineOf(storage.line),
                 "storage '" + quoted(storage.hash) + "' has " +
                     std::to_string(it->second->size) + " bytes, expected " +
                     std::to_string(*length),
                 {},
                 ""};
  if (Result<void> ok =
          checkView(*value, it->second->size, "tensor '" + quoted(name) + "'",
                    lineOf(loaded.line));
      !ok)
    return ok;
  value->name = name;
  value->storage = it->second;
  spec.constant = program.constants.size();
  program.constants.push_back(std::move(*value));
  return {};
}

Result<void> FxTextReader::bindLoaded(const FxParameter &parameter,
                                      const FxLoadedInput &loaded,
                                      GraphInput &input, InputSpec &spec) {
  switch (loaded.kind) {
  case FxLoadedInput::Kind::Unsupported:
    spec.role = InputSpec::Role::Literal;
    unusable[parameter.name] =
        Error{"unsupported-input",
              "",
              lineOf(loaded.line),
              "the input '" + quoted(parameter.name) +
                  "' is no tensor: " + quoted(loaded.what),
              {},
              ""};
    return {};
  case FxLoadedInput::Kind::Literal:
    spec.role = InputSpec::Role::Literal;
    spec.literal = loaded.literal;
    return {};
  case FxLoadedInput::Kind::Symbol:
    input.meta = loaded.symbol;
    if (loaded.symbol.hint &&
        loaded.symbol.expr.kind() == SymExpr::Kind::Symbol)
      addSymbolHint(program, loaded.symbol.expr.name(), *loaded.symbol.hint);
    return {};
  case FxLoadedInput::Kind::Tensor:
    break;
  }
  input.meta = loaded.meta;
  if (Result<void> ok =
          checkInputMeta(loaded.meta, "input '" + quoted(parameter.name) + "'");
      !ok) {
    ok.error().place = lineOf(loaded.line);
    return ok;
  }
  if (Result<void> ok = checkRange(parameter.name, loaded); !ok)
    return ok;
  return addRecorded(parameter.name, loaded, spec);
}

Result<void> FxTextReader::bindAnnotated(const FxParameter &parameter,
                                         GraphInput &input, InputSpec &spec) {
  Result<FxAnnotation> type = parseFxAnnotation(parameter.annotation);
  std::string shown = "'" + quoted(parameter.name) + "'";
  if (!type) {
    type.error().place = lineOf(parameter.line);
    return type.error();
  }
  if (std::holds_alternative<std::monostate>(type->meta)) {
    spec.role = InputSpec::Role::Literal;
    unusable[parameter.name] = Error{
        parameter.annotation.empty() ? "input-kind" : "unsupported-tensor",
        "",
        lineOf(parameter.line),
        "the parameter " + shown +
            (parameter.annotation.empty()
                 ? " has no type: expected a type behind it, or load_args"
                 : " has the type '" + quoted(parameter.annotation) + "'"),
        {},
        "use the saved arguments, fx_graph_readable.py or "
        "fx_graph_runnable.py"};
    return {};
  }
  if (auto *meta = std::get_if<TensorMeta>(&type->meta)) {
    if (Result<void> ok = checkInputMeta(*meta, "input " + shown); !ok) {
      ok.error().place = lineOf(parameter.line);
      return ok;
    }
    if (!type->hasStrides && meta->shape.size() > 1 && !sawBareShape) {
      sawBareShape = true;
      warn(parameter.line, "shape-mismatch",
           "the text shows no strides: inputs are taken as contiguous");
    }
  }
  input.meta = std::move(type->meta);
  return {};
}

Result<void>
FxTextReader::bindInputs(const std::vector<FxParameter> &parameters,
                         Graph &graph) {
  if (loadArgs && loadArgs->inputs.size() != parameters.size())
    return Error{"input-count",
                 "",
                 lineOf(outline.loadArgs->line),
                 "the graph has " + std::to_string(parameters.size()) +
                     " parameters, load_args makes " +
                     std::to_string(loadArgs->inputs.size()) + " inputs",
                 {},
                 ""};
  std::map<std::size_t, std::string> firstUse;
  for (std::size_t i = 0; i != parameters.size(); ++i) {
    InputSpec spec;
    Result<void> ok = loadArgs
                          ? bindLoaded(parameters[i], loadArgs->inputs[i],
                                       graph.inputs[i], spec)
                          : bindAnnotated(parameters[i], graph.inputs[i], spec);
    if (!ok)
      return ok;
    program.inputs.push_back(std::move(spec));
    bool isTensor =
        loadArgs && loadArgs->inputs[i].kind == FxLoadedInput::Kind::Tensor;
    if (!isTensor)
      continue;
    auto [it, isNew] =
        firstUse.insert({loadArgs->inputs[i].storage, parameters[i].name});
    if (!isNew)
      warn(loadArgs->inputs[i].line, "unsupported-input",
           "the inputs '" + quoted(it->second) + "' and '" +
               quoted(parameters[i].name) +
               "' share a storage; a write to one is not seen in the other");
  }
  return {};
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
} // namespace

Result<Program> loader::readFxText(const Bytes &bytes,
                                   const LoadOptions &options) {
  return FxTextReader(bytes, options).read();
}
