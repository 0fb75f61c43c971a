//===- SchemaReader.h - Fields of the exporter's JSON --------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PT2_SCHEMAREADER_H
#define GRAPHC_LIB_LOADER_PT2_SCHEMAREADER_H

#include "Json/Json.h"

namespace graphc::loader {

/// Reads structs and unions of one JSON record. The first problem is kept, and
/// after it every accessor gives an empty value: callers test `failed` once per
/// loop instead of once per field.
class SchemaReader {
public:
  using Kind = JsonValue::Kind;

  SchemaReader(std::string file, std::string record)
      : file(std::move(file)), record(std::move(record)) {}

  bool failed() const { return failure.has_value(); }
  Error &error() { return *failure; }
  /// The error, after which reading may go on elsewhere.
  Error takeError() {
    Error error = std::move(*failure);
    failure.reset();
    return error;
  }
  /// Keeps the error unless there is one. The place is the path of `at`.
  void fail(const char *errorClass, const JsonValue &at, std::string message);
  void fail(Error error);

  /// Where in the graph the reader is, for messages: `node 3
  /// 'aten.add.Tensor'`. Empty outside nodes.
  std::string context() const;
  /// The node whose fields are being read; negative for none.
  std::int64_t nodeIndex = -1;
  std::string_view nodeTarget;

  /// A field that must be there (`json-missing`) and of this kind
  /// (`json-type`).
  std::optional<JsonValue> required(JsonValue object, const char *key,
                                    Kind kind);
  /// A field that may be absent or null.
  std::optional<JsonValue> optional(JsonValue object, const char *key,
                                    Kind kind);
  /// Tells whether `value` has the kind, and fails with `json-type` otherwise.
  bool expect(JsonValue value, Kind kind);

  std::string_view text(JsonValue object, const char *key);
  std::int64_t integer(JsonValue object, const char *key);
  /// A number, or one of the strings Infinity, -Infinity and NaN.
  double number(JsonValue value);

  struct Union {
    std::string_view tag;
    JsonValue value;
  };
  /// The only member of a union (`json-union`).
  std::optional<Union> tagged(JsonValue value, const char *unionName);
  void unknownTag(const Union &found, const char *unionName);

  /// For notes of `unknown-tag`: `8.20`.
  std::string schemaVersion;
  const std::string file;
  const std::string record;

private:
  std::optional<Error> failure;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PT2_SCHEMAREADER_H
