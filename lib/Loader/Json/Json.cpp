//===- Json.cpp - JSON text as a flat tree --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// RapidJSON's iterative reader drives a builder that writes nodes in document
// order. Depth costs no call stack, and memory grows with what has been read,
// not with what the text may hold.
//
//===----------------------------------------------------------------------===//

#include "Json/Json.h"

#include <algorithm>
#include <cstring>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <vector>

using namespace graphc;
using namespace graphc::loader;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

const JsonNode &JsonValue::node() const { return document->nodes[index]; }

std::size_t JsonValue::next() const {
  bool container = kind() == Kind::Array || kind() == Kind::Object;
  return container ? node().end : index + 1;
}

JsonItems JsonValue::items() const { return JsonItems(*this); }
JsonMembers JsonValue::members() const { return JsonMembers(*this); }

JsonItems::Iterator JsonItems::begin() const {
  return Iterator(JsonValue(array.document, array.index + 1));
}
JsonItems::Iterator JsonItems::end() const {
  return Iterator(JsonValue(array.document, array.next()));
}
JsonMembers::Iterator JsonMembers::begin() const {
  return Iterator(JsonValue(object.document, object.index + 1));
}
JsonMembers::Iterator JsonMembers::end() const {
  return Iterator(JsonValue(object.document, object.next()));
}

JsonMembers::Member JsonMembers::Iterator::operator*() const {
  return {key.text(), JsonValue(key.document, key.index + 1)};
}

JsonMembers::Iterator &JsonMembers::Iterator::operator++() {
  key.index = (**this).value.next();
  return *this;
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  for (JsonMembers::Member member : members())
    if (member.key == key)
      return member.value;
  return std::nullopt;
}

std::string JsonValue::path() const {
  std::string out;
  JsonValue at = document->root();
  // Down from the root: at each level the one child whose nodes hold `index`.
  while (at.index != index) {
    if (at.kind() == Kind::Array) {
      std::size_t number = 0;
      JsonValue child(document, at.index + 1);
      for (; child.next() <= index; child.index = child.next())
        ++number;
      out += "[" + std::to_string(number) + "]";
      at = child;
      continue;
    }
    JsonValue key(document, at.index + 1);
    JsonValue value(document, at.index + 2);
    while (value.next() <= index) {
      key.index = value.next();
      value.index = key.index + 1;
    }
    out += (out.empty() ? "" : ".") + quoted(key.text());
    if (key.index == index)
      break;
    at = value;
  }
  return out;
}

const char *JsonValue::describe() const {
  static constexpr const char *names[] = {
      "null", "boolean", "integer", "number", "string", "array", "object"};
  return names[static_cast<std::size_t>(kind())];
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace graphc::loader {
/// Receives the reader's events. Returning false stops it.
class JsonBuilder {
public:
  enum class Stop { None, Depth, Nodes, Duplicate };

  JsonBuilder(JsonDocument &document, std::size_t textBytes,
              const JsonOptions &options)
      : document(document), options(options) {
    document.chars.reset(new char[textBytes]);
    free = document.chars.get();
  }

  Stop stop = Stop::None;
  std::size_t duplicate = 0; ///< The node of the second key.

  // RapidJSON's names. NOLINTBEGIN(readability-identifier-naming)
  bool Null() { return push(JsonNode::Kind::Null); }
  bool Bool(bool value) {
    if (!push(JsonNode::Kind::Bool))
      return false;
    document.nodes.back().integer = value;
    return true;
  }
  bool Int64(std::int64_t value) {
    if (!push(JsonNode::Kind::Int))
      return false;
    document.nodes.back().integer = value;
    return true;
  }
  bool Int(int value) { return Int64(value); }
  bool Uint(unsigned value) { return Int64(value); }
  bool Uint64(std::uint64_t value) {
    return value <= INT64_MAX ? Int64(static_cast<std::int64_t>(value))
                              : Double(static_cast<double>(value));
  }
  bool Double(double value) {
    if (!push(JsonNode::Kind::Float))
      return false;
    document.nodes.back().real = value;
    return true;
  }
  bool RawNumber(const char *, rapidjson::SizeType, bool) { return false; }
  bool String(const char *text, rapidjson::SizeType size, bool) {
    if (!push(JsonNode::Kind::Text))
      return false;
    JsonNode &node = document.nodes.back();
    std::memcpy(free, text, size);
    node.chars = free;
    node.size = size;
    free += size;
    return true;
  }
  bool Key(const char *text, rapidjson::SizeType size, bool copy) {
    return String(text, size, copy);
  }
  bool StartObject() { return open(JsonNode::Kind::Object); }
  bool StartArray() { return open(JsonNode::Kind::Array); }
  bool EndArray(rapidjson::SizeType size) {
    close(size);
    return true;
  }
  bool EndObject(rapidjson::SizeType size) { return keysDiffer(close(size)); }
  // NOLINTEND(readability-identifier-naming)

private:
  bool push(JsonNode::Kind kind) {
    if (document.nodes.size() == options.maxNodes) {
      stop = Stop::Nodes;
      return false;
    }
    JsonNode &node = document.nodes.emplace_back();
    node.integer = 0;
    node.kind = kind;
    return true;
  }

  bool open(JsonNode::Kind kind) {
    if (opened.size() == options.maxDepth) {
      stop = Stop::Depth;
      return false;
    }
    opened.push_back(document.nodes.size());
    return push(kind);
  }

  std::size_t close(rapidjson::SizeType size) {
    std::size_t index = opened.back();
    opened.pop_back();
    document.nodes[index].end = document.nodes.size();
    document.nodes[index].size = size;
    return index;
  }

  bool keysDiffer(std::size_t object) {
    keys.clear();
    std::size_t end = document.nodes[object].end;
    for (std::size_t at = object + 1; at != end;) {
      keys.push_back(at);
      const JsonNode &value = document.nodes[at + 1];
      bool container = value.kind == JsonNode::Kind::Array ||
                       value.kind == JsonNode::Kind::Object;
      at = container ? value.end : at + 2;
    }
    auto text = [&](std::size_t key) {
      const JsonNode &node = document.nodes[key];
      return std::string_view(node.chars, node.size);
    };
    // Ties by position, so that the later of two equal keys is named.
    std::sort(keys.begin(), keys.end(), [&](std::size_t a, std::size_t b) {
      int order = text(a).compare(text(b));
      return order ? order < 0 : a < b;
    });
    auto same = std::adjacent_find(
        keys.begin(), keys.end(),
        [&](std::size_t a, std::size_t b) { return text(a) == text(b); });
    if (same == keys.end())
      return true;
    duplicate = *std::next(same);
    stop = Stop::Duplicate;
    // Close what is open: the path of the key is wanted.
    while (!opened.empty())
      close(0);
    return false;
  }

  JsonDocument &document;
  const JsonOptions &options;
  char *free;
  std::vector<std::size_t> opened;
  std::vector<std::size_t> keys;
};
} // namespace graphc::loader

namespace {
Error jsonError(const char *errorClass, const Bytes &bytes,
                const std::string &record, std::string message) {
  Error error;
  error.errorClass = errorClass;
  error.file = bytes.file;
  error.place = record;
  error.message = std::move(message);
  return error;
}

std::string position(std::string_view text, std::size_t offset) {
  std::string_view before = text.substr(0, offset);
  std::size_t line = 1 + std::count(before.begin(), before.end(), '\n');
  std::size_t column = offset - (before.rfind('\n') + 1);
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (std::size_t rest = offset; rest || hex.empty(); rest >>= 4)
    hex.insert(hex.begin(), digits[rest & 15]);
  return "byte offset " + std::to_string(offset) + " (0x" + hex + "), line " +
         std::to_string(line) + ", column " + std::to_string(column + 1);
}
} // namespace

Result<std::unique_ptr<const JsonDocument>>
loader::readJson(const Bytes &bytes, const std::string &record,
                 const JsonOptions &options) {
  // Sizes of nodes have 32 bits.
  std::uint64_t maxBytes =
      std::min<std::uint64_t>(options.maxBytes, UINT32_MAX);
  if (bytes.size > maxBytes)
    return jsonError("limit", bytes, record,
                     "a text of " + std::to_string(bytes.size) +
                         " bytes, the limit is " + std::to_string(maxBytes));
  auto document = std::make_unique<JsonDocument>();
  JsonBuilder builder(*document, bytes.size, options);
  rapidjson::MemoryStream stream(bytes.text().data(), bytes.size);
  rapidjson::Reader reader;
  constexpr unsigned flags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
      rapidjson::kParseFullPrecisionFlag | rapidjson::kParseNanAndInfFlag;
  rapidjson::ParseResult parsed = reader.Parse<flags>(stream, builder);
  if (!parsed.IsError())
    return std::unique_ptr<const JsonDocument>(std::move(document));

  std::string where = position(bytes.text(), parsed.Offset());
  switch (builder.stop) {
  case JsonBuilder::Stop::Depth:
    return jsonError("limit", bytes, record,
                     "nesting depth above " + std::to_string(options.maxDepth) +
                         " at " + where);
  case JsonBuilder::Stop::Nodes:
    return jsonError("limit", bytes, record,
                     "more than " + std::to_string(options.maxNodes) +
                         " values at " + where);
  case JsonBuilder::Stop::Duplicate: {
    JsonValue key(document.get(), builder.duplicate);
    return jsonError("json-duplicate", bytes, record,
                     key.path() + ": the key '" + quoted(key.text()) +
                         "' stands twice in one object, before " + where);
  }
  case JsonBuilder::Stop::None:
    break;
  }
  Error error = jsonError("json-syntax", bytes, record,
                          std::string("not JSON at ") + where + ": " +
                              rapidjson::GetParseError_En(parsed.Code()));
  error.help = "the file is damaged or was edited; export it again";
  return error;
}
