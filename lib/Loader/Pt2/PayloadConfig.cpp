//===- PayloadConfig.cpp - Weights described by JSON ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2/PayloadConfig.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

using Kind = JsonValue::Kind;

namespace {
/// Zeros that stand for a tensor without data.
constexpr std::int64_t maxZeroBytes = std::int64_t(1) << 30;

bool isBareName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == name.npos;
}

bool isAligned(const void *data, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(data) % alignment == 0;
}

/// Constants of a file have constant sizes.
std::optional<std::vector<std::int64_t>>
plainIntegers(const std::vector<SymExpr> &exprs) {
  std::vector<std::int64_t> out;
  out.reserve(exprs.size());
  for (const SymExpr &expr : exprs) {
    std::optional<std::int64_t> value = expr.asInt();
    if (!value)
      return std::nullopt;
    out.push_back(*value);
  }
  return out;
}
} // namespace

Result<std::unique_ptr<PayloadConfig>>
PayloadConfig::open(const ZipArchive &archive, const Bytes &text,
                    const std::string &place, const std::string &root,
                    const std::string &folder, const LoadOptions &options) {
  JsonOptions jsonOptions;
  jsonOptions.maxBytes = options.maxJsonBytes;
  auto document = readJson(text, place, jsonOptions);
  if (!document)
    return document.error();
  std::unique_ptr<PayloadConfig> config(
      new PayloadConfig(archive, SchemaReader(text.file, place), options));
  config->document = std::move(*document);
  config->root = root;
  config->folder = folder;
  auto table =
      config->json.required(config->document->root(), "config", Kind::Object);
  if (table)
    for (JsonMembers::Member member : table->members())
      config->entries.emplace(member.key, member.value);
  if (config->json.failed())
    return config->json.error();
  return config;
}

bool PayloadConfig::readPayload(JsonValue entry, const std::string &name,
                                Payload &payload) {
  std::string what = "tensor '" + quoted(name) + "'";
  std::string_view path = json.text(entry, "path_name");
  if (json.failed())
    return false;
  if (!isBareName(path)) {
    json.fail("zip-name", entry,
              what + " has the path_name '" + quoted(path) +
                  "', which is no plain file name");
    return false;
  }
  payload.path = path;
  if (auto pickled = json.required(entry, "use_pickle", Kind::Bool);
      pickled && pickled->boolean()) {
    json.fail("pickled-weight", entry,
              what + " has use_pickle set: a tensor subclass or custom object "
                     "that only Python can read");
    return false;
  }
  if (auto meta = json.required(entry, "tensor_meta", Kind::Object))
    payload.meta = types.tensor(*meta, what);
  return !json.failed();
}

Result<std::shared_ptr<const Storage>>
PayloadConfig::storageFor(const Payload &payload, const std::string &name) {
  auto known = storages.find(payload.path);
  if (known != storages.end())
    return known->second;
  std::string recordName = folder + payload.path;
  std::string place = quoted(recordName.substr(root.size()));
  const ZipEntry *entry = archive.find(recordName);
  if (!entry) {
    Error error =
        Error::at("missing-record", place,
                  "the archive has no such record, which " + json.record +
                      " names for tensor '" + quoted(name) + "'");
    for (const std::string &similar : archive.similar(recordName))
      error.notes.push_back("present: " + similar);
    return error;
  }
  Result<Bytes> bytes = archive.read(*entry, options.verifyChecksums);
  if (!bytes)
    return bytes.error();
  // Writers pad records to 64 bytes; a re-packed archive has no padding.
  bool aligned = isAligned(
      bytes->data, std::min<std::size_t>(dtypeSize(payload.meta.dtype), 8));
  auto storage =
      aligned ? makeStorage(*bytes, place) : copyStorage(*bytes, place);
  storages.emplace(payload.path, storage);
  return storage;
}

Result<Constant> PayloadConfig::read(const std::string &name,
                                     std::vector<Error> &warnings) {
  std::string what = "tensor '" + quoted(name) + "'";
  JsonValue entry = entries.find(name)->second;
  Payload payload;
  if (!readPayload(entry, name, payload))
    return json.takeError();

  Constant constant;
  constant.name = name;
  constant.dtype = payload.meta.dtype;
  auto shape = plainIntegers(payload.meta.shape);
  auto stride = plainIntegers(payload.meta.stride);
  auto offset = payload.meta.storageOffset.asInt();
  if (!shape || !stride || !offset)
    return Error::at("json-type", json.record + ": " + entry.path(),
                     what + " has symbolic sizes, expected constant ones");
  constant.shape = std::move(*shape);
  constant.stride = std::move(*stride);
  constant.offset = *offset;

  Result<std::shared_ptr<const Storage>> storage = storageFor(payload, name);
  if (!storage)
    return storage.error();
  constant.storage = *storage;
  const std::string &place = constant.storage->record;
  std::uint64_t bytes = constant.storage->size;
  std::size_t elementBytes = dtypeSize(constant.dtype);

  if (bytes == 0 && elementCount(constant.shape).value_or(1) != 0) {
    std::optional<std::int64_t> count = elementCount(constant.shape);
    if (!count || *count > maxZeroBytes / std::int64_t(elementBytes))
      return Error::at("limit", place,
                       what + " has no data and more than " +
                           std::to_string(maxZeroBytes) +
                           " bytes of zeros would stand for it");
    auto zeros = zeroStorage(*count * elementBytes, place);
    auto strides = contiguousStrides(constant.shape);
    if (!zeros || !strides)
      return Error::at("limit", place, what + ": no memory for its zeros");
    constant.storage = std::move(zeros);
    constant.stride = std::move(*strides);
    constant.offset = 0;
    warnings.push_back(Error::at(
        "missing-weight", place,
        what + " has no data in the file; zeros stand for its values"));
    return constant;
  }
  if (bytes % elementBytes)
    return Error::at("weight-length", place,
                     "a record of " + std::to_string(bytes) +
                         " bytes, not a multiple of the " +
                         std::to_string(elementBytes) + " bytes of " +
                         dtypeName(constant.dtype) + " (" + what + ")");
  Result<void> inside = checkView(constant, bytes, what, place);
  if (!inside)
    return inside.error();
  Views &record = views[payload.path];
  record.shapes.push_back(constant.shape);
  record.allAtStart &= constant.offset == 0;
  return constant;
}

void PayloadConfig::warnOfLostOffsets(std::vector<Error> &warnings) const {
  for (const auto &[path, record] : views) {
    std::optional<std::int64_t> first = elementCount(record.shapes.front());
    auto differs = [&](const std::vector<std::int64_t> &shape) {
      return elementCount(shape) != first;
    };
    if (record.allAtStart &&
        std::any_of(record.shapes.begin(), record.shapes.end(), differs))
      warnings.push_back(Error::at(
          "weight-range", quoted((folder + path).substr(root.size())),
          "tensors of different sizes all start at the beginning of one "
          "storage; early writers lost the offsets of views"));
  }
}
