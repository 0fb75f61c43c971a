//===- Weights.cpp - Values of parameters, buffers and constants ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2/Weights.h"
#include "Pt2/PayloadConfig.h"
#include "TorchSave/TorchSave.h"

#include <unordered_set>

using namespace graphc;
using namespace graphc::loader;

namespace {
/// Names that nodes or results of the main graph use.
class UsedNames {
public:
  explicit UsedNames(const Graph &graph) {
    for (const Node &node : graph.nodes)
      for (const NamedArgument &named : node.arguments)
        add(named.argument);
    for (const Argument &output : graph.outputs)
      add(output);
  }
  bool has(const std::string &name) const { return names.count(name) != 0; }

private:
  void add(const Argument &argument) {
    if (const auto *ref = std::get_if<ValueRef>(&argument.value))
      names.insert(ref->name);
    else if (const auto *list = std::get_if<ArgumentList>(&argument.value))
      for (const Argument &item : *list)
        add(item);
  }
  std::unordered_set<std::string_view> names;
};

/// One of the two places for values: weights or constants. Opened on first use.
class WeightTable {
public:
  WeightTable(const ZipArchive &archive, const std::string &root,
              const WeightRecords &records, const LoadOptions &options)
      : archive(archive), root(root), records(records), options(options) {}

  /// False when the archive has neither a configuration nor a stream.
  Result<bool> open();
  bool has(const std::string &name) const {
    return config ? config->has(name) : tensors.count(name) != 0;
  }
  Result<Constant> read(const std::string &name, std::vector<Error> &warnings) {
    return config ? config->read(name, warnings) : tensors.find(name)->second;
  }
  void warn(std::vector<Error> &warnings) const {
    if (config)
      config->warnOfLostOffsets(warnings);
  }
  /// The record that should have been there.
  std::string expected() const {
    const std::string &name = records.configs.empty() ? records.streams.front()
                                                      : records.configs.front();
    return name.substr(root.size());
  }

private:
  const ZipArchive &archive;
  const std::string &root;
  const WeightRecords &records;
  const LoadOptions &options;
  std::optional<bool> present;
  std::unique_ptr<PayloadConfig> config;
  SavedTensors tensors;
};

Error missingRecord(const ZipArchive &archive, const std::string &place,
                    const std::string &name) {
  Error error;
  error.errorClass = "missing-record";
  error.place = place;
  error.message = "the archive has no such record, which the value of '" +
                  quoted(name) + "' needs";
  for (const std::string &similar : archive.similar(place))
    error.notes.push_back("present: " + similar);
  return error;
}

Error missingWeight(const std::string &name) {
  Error error;
  error.errorClass = "missing-weight";
  error.message = "the signature names '" + quoted(name) +
                  "', which no configuration of weights has";
  return error;
}

std::string sizesText(const std::vector<SymExpr> &sizes) {
  std::string out = "[";
  for (const SymExpr &size : sizes)
    out += (out.size() > 1 ? ", " : "") + quoted(size.str());
  return out + "]";
}

/// The type that the graph records for an input must be that of its value.
Result<void> checkRecordedType(const Constant &constant,
                               const TensorMeta &meta) {
  bool same = constant.dtype == meta.dtype &&
              constant.shape.size() == meta.shape.size();
  for (std::size_t i = 0; same && i < meta.shape.size(); ++i)
    same =
        meta.shape[i].asInt().value_or(constant.shape[i]) == constant.shape[i];
  if (same)
    return {};
  std::vector<SymExpr> shape(constant.shape.begin(), constant.shape.end());
  Error error;
  error.errorClass = "shape-mismatch";
  error.place = constant.storage ? constant.storage->record : "";
  error.message = "tensor '" + quoted(constant.name) + "' is " +
                  dtypeName(constant.dtype) + sizesText(shape) +
                  " in the weights and " + dtypeName(meta.dtype) +
                  sizesText(meta.shape) + " in the graph";
  return error;
}

/// What stands for a value that nothing needs and that cannot be read.
Constant withoutData(const TensorMeta &meta) {
  Constant constant;
  constant.dtype = meta.dtype;
  for (const SymExpr &size : meta.shape)
    constant.shape.push_back(size.asInt().value_or(0));
  for (const SymExpr &stride : meta.stride)
    constant.stride.push_back(stride.asInt().value_or(0));
  return constant;
}

class WeightReader {
public:
  WeightReader(const ZipArchive &archive, const ArchiveRecords &records,
               const LoadOptions &options, Program &program)
      : archive(archive),
        weights(archive, records.root, records.weights, options),
        constants(archive, records.root, records.constants, options),
        options(options), program(program), used(program.graphs.front()) {}

  Result<void> readAll();

private:
  Result<Constant> readOne(const InputSpec &spec);

  const ZipArchive &archive;
  WeightTable weights, constants;
  const LoadOptions &options;
  Program &program;
  UsedNames used;
};
} // namespace

Result<bool> WeightTable::open() {
  if (present)
    return *present;
  present = true;
  for (const std::string &name : records.configs) {
    const ZipEntry *entry = archive.find(name);
    if (!entry)
      continue;
    Result<Bytes> text = archive.read(*entry);
    if (!text)
      return text.error();
    auto opened = PayloadConfig::open(archive, *text, name.substr(root.size()),
                                      root, records.folder, options);
    if (!opened)
      return opened.error();
    config = std::move(*opened);
    return true;
  }
  for (const std::string &name : records.streams) {
    const ZipEntry *entry = archive.find(name);
    if (!entry)
      continue;
    Result<Bytes> stream = archive.read(*entry, options.verifyChecksums);
    if (!stream)
      return stream.error();
    auto read = readTorchSave(*stream, name.substr(root.size()), options);
    if (!read)
      return read.error();
    tensors = std::move(*read);
    return true;
  }
  present = false;
  return false;
}

Result<Constant> WeightReader::readOne(const InputSpec &spec) {
  bool isConstant = spec.role == InputSpec::Role::Constant ||
                    (spec.role == InputSpec::Role::Buffer && !spec.persistent);
  WeightTable &first = isConstant ? constants : weights;
  // The oldest archives keep everything in the state dictionary.
  WeightTable &second = isConstant ? weights : constants;
  for (WeightTable *table : {&first, &second}) {
    Result<bool> open = table->open();
    if (!open)
      return open.error();
    if (*open && table->has(spec.target))
      return table->read(spec.target, program.warnings);
  }
  return *first.open() ? missingWeight(spec.target)
                       : missingRecord(archive, first.expected(), spec.target);
}

Result<void> WeightReader::readAll() {
  const std::vector<GraphInput> &inputs = program.graphs.front().inputs;
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    InputSpec &spec = program.inputs[i];
    if (spec.role != InputSpec::Role::Parameter &&
        spec.role != InputSpec::Role::Buffer &&
        spec.role != InputSpec::Role::Constant)
      continue;
    auto [entry, isNew] = known.emplace(spec.target, program.constants.size());
    spec.constant = entry->second;
    if (!isNew)
      continue;
    const auto &meta = std::get<TensorMeta>(inputs[i].meta);
    Result<Constant> constant = readOne(spec);
    bool mayLack = options.externWeights && isInStateDict(spec);
    if (!constant && mayLack &&
        (constant.error().errorClass == "missing-record" ||
         constant.error().errorClass == "missing-weight")) {
      constant = withoutData(meta);
    } else if (!constant) {
      if (used.has(inputs[i].name) ||
          constant.error().errorClass == "missing-weight")
        return constant.error();
      program.warnings.push_back(constant.error());
      constant = withoutData(meta);
    } else if (Result<void> same = checkRecordedType(*constant, meta); !same) {
      return same.error();
    }
    constant->name = spec.target;
    program.constants.push_back(std::move(*constant));
  }
  weights.warn(program.warnings);
  constants.warn(program.warnings);
  return {};
}

Result<void> loader::readWeights(const ZipArchive &archive,
                                 const ArchiveRecords &records,
                                 const LoadOptions &options, Program &program) {
  return WeightReader(archive, records, options, program).readAll();
}
