//===- Json.h - JSON text as a flat tree ---------------------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_JSON_JSON_H
#define GRAPHC_LIB_LOADER_JSON_JSON_H

#include "File.h"

#include <deque>
#include <optional>

namespace graphc::loader {

/// One value in document order; 16 bytes, so that a document stays below 16
/// times its text. An object's keys are Text nodes in front of their values.
struct JsonNode {
  enum class Kind : std::uint8_t {
    Null,
    Bool,
    Int,
    Float, ///< Also an integer outside 64 bits.
    Text,
    Array,
    Object
  };
  union {
    std::int64_t integer;
    double real;
    const char *chars;
    std::uint64_t end; ///< Array, Object: the index behind the last node below.
  };
  std::uint32_t size = 0; ///< Bytes of Text, elements, members.
  Kind kind = Kind::Null;
};

class JsonDocument;
class JsonItems;
class JsonMembers;

/// A value of a document, which must outlive it. Accessors other than `kind`
/// want the kind they are named for.
class JsonValue {
public:
  using Kind = JsonNode::Kind;
  JsonValue(const JsonDocument *document, std::size_t index)
      : document(document), index(index) {}

  Kind kind() const { return node().kind; }
  bool isNull() const { return kind() == Kind::Null; }
  bool isText() const { return kind() == Kind::Text; }
  bool boolean() const { return node().integer != 0; }
  std::int64_t integer() const { return node().integer; }
  double real() const { return node().real; }
  std::string_view text() const { return {node().chars, node().size}; }
  /// Elements of an array, members of an object.
  std::size_t size() const { return node().size; }
  JsonItems items() const;
  JsonMembers members() const;
  /// The member `key` of an object, in time linear in its members.
  std::optional<JsonValue> find(std::string_view key) const;
  /// `graph_module.graph.nodes[3].inputs`; empty for the root. Slow.
  std::string path() const;
  /// `array`, `integer`, ...: for messages.
  const char *describe() const;

private:
  friend class JsonItems;
  friend class JsonMembers;
  const JsonNode &node() const;
  /// The index of the value behind this one.
  std::size_t next() const;
  const JsonDocument *document;
  std::size_t index;
};

/// The elements of an array as a range.
class JsonItems {
public:
  class Iterator {
  public:
    explicit Iterator(JsonValue value) : value(value) {}
    JsonValue operator*() const { return value; }
    Iterator &operator++() {
      value.index = value.next();
      return *this;
    }
    bool operator!=(const Iterator &other) const {
      return value.index != other.value.index;
    }

  private:
    JsonValue value;
  };
  Iterator begin() const;
  Iterator end() const;

private:
  friend class JsonValue;
  explicit JsonItems(JsonValue array) : array(array) {}
  JsonValue array;
};

/// The members of an object as a range of pairs.
class JsonMembers {
public:
  struct Member {
    std::string_view key;
    JsonValue value;
  };
  class Iterator {
  public:
    explicit Iterator(JsonValue key) : key(key) {}
    Member operator*() const;
    Iterator &operator++();
    bool operator!=(const Iterator &other) const {
      return key.index != other.key.index;
    }

  private:
    JsonValue key;
  };
  Iterator begin() const;
  Iterator end() const;

private:
  friend class JsonValue;
  explicit JsonMembers(JsonValue object) : object(object) {}
  JsonValue object;
};

/// A read text. Does not refer to the bytes it was read from.
class JsonDocument {
public:
  JsonValue root() const { return JsonValue(this, 0); }

private:
  friend class JsonValue;
  friend class JsonMembers;
  friend class JsonBuilder;
  std::deque<JsonNode> nodes;
  std::unique_ptr<char[]> chars;
};

struct JsonOptions {
  std::uint64_t maxBytes = 1ull << 30;
  std::size_t maxDepth = 256;
  std::size_t maxNodes = std::size_t(1) << 27;
};

/// Reads one JSON value: the standard, and the tokens NaN, Infinity and
/// -Infinity. `record` names the text in messages. Errors: `json-syntax`,
/// `json-duplicate`, `limit`.
Result<std::unique_ptr<const JsonDocument>>
readJson(const Bytes &bytes, const std::string &record,
         const JsonOptions &options = {});

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_JSON_JSON_H
