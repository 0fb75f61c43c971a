//===- FxTextInputs.cpp - Types and data of the inputs of FX text ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxAnnotation.h"
#include "FxText/FxTextReader.h"
#include "TorchSave/TorchSave.h"
#include "Utf8.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

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
