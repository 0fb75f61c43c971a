//===- SchemaReader.cpp - Fields of the exporter's JSON -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2/SchemaReader.h"

#include <cmath>
#include <limits>

using namespace graphc;
using namespace graphc::loader;

namespace {
const char *kindName(JsonValue::Kind kind) {
  static constexpr const char *names[] = {
      "null", "boolean", "integer", "number", "string", "array", "object"};
  return names[static_cast<std::size_t>(kind)];
}
} // namespace

std::string SchemaReader::context() const {
  if (nodeIndex < 0)
    return "";
  return "node " + std::to_string(nodeIndex) + " '" + quoted(nodeTarget) + "'";
}

void SchemaReader::fail(Error error) {
  if (failure)
    return;
  if (error.file.empty())
    error.file = file;
  if (nodeIndex >= 0)
    error.notes.insert(error.notes.begin(), "in " + context());
  failure = std::move(error);
}

void SchemaReader::fail(const char *errorClass, const JsonValue &at,
                        std::string message) {
  if (failure)
    return;
  Error error;
  error.errorClass = errorClass;
  error.place = record;
  std::string path = at.path();
  if (!path.empty())
    error.place += ": " + path;
  error.message = std::move(message);
  fail(std::move(error));
}

bool SchemaReader::expect(JsonValue value, Kind kind) {
  if (failed())
    return false;
  if (value.kind() == kind)
    return true;
  fail("json-type", value,
       std::string("found ") + value.describe() + ", expected " +
           kindName(kind));
  return false;
}

std::optional<JsonValue> SchemaReader::optional(JsonValue object,
                                                const char *key, Kind kind) {
  if (!expect(object, Kind::Object))
    return std::nullopt;
  std::optional<JsonValue> value = object.find(key);
  if (!value || value->isNull() || !expect(*value, kind))
    return std::nullopt;
  return value;
}

std::optional<JsonValue> SchemaReader::required(JsonValue object,
                                                const char *key, Kind kind) {
  if (!expect(object, Kind::Object))
    return std::nullopt;
  std::optional<JsonValue> value = object.find(key);
  if (!value) {
    fail("json-missing", object,
         std::string("the required field '") + key + "' (" + kindName(kind) +
             ") is missing");
    return std::nullopt;
  }
  if (!expect(*value, kind))
    return std::nullopt;
  return value;
}

std::string_view SchemaReader::text(JsonValue object, const char *key) {
  std::optional<JsonValue> value = required(object, key, Kind::Text);
  return value ? value->text() : std::string_view();
}

std::int64_t SchemaReader::integer(JsonValue object, const char *key) {
  std::optional<JsonValue> value = required(object, key, Kind::Int);
  return value ? value->integer() : 0;
}

double SchemaReader::number(JsonValue value) {
  if (value.kind() == Kind::Int)
    return static_cast<double>(value.integer());
  if (value.isText()) {
    if (value.text() == "Infinity")
      return std::numeric_limits<double>::infinity();
    if (value.text() == "-Infinity")
      return -std::numeric_limits<double>::infinity();
    if (value.text() == "NaN")
      return std::numeric_limits<double>::quiet_NaN();
  }
  return expect(value, Kind::Float) ? value.real() : 0;
}

std::optional<SchemaReader::Union> SchemaReader::tagged(JsonValue value,
                                                        const char *unionName) {
  if (!expect(value, Kind::Object))
    return std::nullopt;
  if (value.size() != 1) {
    fail("json-union", value,
         std::string("the union ") + unionName + " has " +
             std::to_string(value.size()) + " keys, expected exactly one");
    return std::nullopt;
  }
  JsonMembers::Member member = *value.members().begin();
  return Union{member.key, member.value};
}

void SchemaReader::unknownTag(const Union &found, const char *unionName) {
  fail("unknown-tag", found.value,
       "unknown tag '" + quoted(found.tag) + "' of " + unionName +
           " in a file of schema version " + schemaVersion);
}
