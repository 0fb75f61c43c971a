//===- JsonTest.cpp - JSON text as a flat tree ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Json/Json.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace graphc;
using namespace graphc::loader;

using Kind = JsonValue::Kind;

namespace {
Bytes over(const std::string &text) {
  Bytes bytes;
  bytes.data = reinterpret_cast<const std::uint8_t *>(text.data());
  bytes.size = text.size();
  bytes.file = "test";
  return bytes;
}

struct Reading {
  std::string text;
  Result<std::unique_ptr<const JsonDocument>> result;

  explicit Reading(std::string source, JsonOptions options = {})
      : text(std::move(source)),
        result(readJson(over(text), "record", options)) {}
  JsonValue root() const { return (*result)->root(); }
  std::string errorClass() const {
    return result ? "none" : result.error().errorClass;
  }
  std::string message() const { return result ? "" : result.error().format(); }
};

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != text.npos;
}
} // namespace

TEST(Json, ReadsEveryKind) {
  Reading json(R"({"n": null, "t": true, "f": false, "i": -12, "x": 0.5,
                   "s": "text", "a": [1, 2, 3], "o": {"k": []}})");
  ASSERT_EQ(json.errorClass(), "none");
  JsonValue root = json.root();
  EXPECT_EQ(root.kind(), Kind::Object);
  EXPECT_EQ(root.size(), 8u);
  EXPECT_TRUE(root.find("n")->isNull());
  EXPECT_TRUE(root.find("t")->boolean());
  EXPECT_FALSE(root.find("f")->boolean());
  EXPECT_EQ(root.find("i")->integer(), -12);
  EXPECT_EQ(root.find("x")->real(), 0.5);
  EXPECT_EQ(root.find("s")->text(), "text");
  EXPECT_EQ(root.find("o")->find("k")->size(), 0u);
  EXPECT_FALSE(root.find("missing"));
  std::int64_t sum = 0;
  for (JsonValue item : root.find("a")->items())
    sum = 10 * sum + item.integer();
  EXPECT_EQ(sum, 123);
}

TEST(Json, ReadsExtremeNumbers) {
  Reading json("[9223372036854775807, -9223372036854775808, "
               "18446744073709551616, 1e-05, 2.2250738585072011e-308, "
               "9223372036854775808]");
  ASSERT_EQ(json.errorClass(), "none");
  std::vector<JsonValue> items;
  for (JsonValue item : json.root().items())
    items.push_back(item);
  EXPECT_EQ(items[0].integer(), INT64_MAX);
  EXPECT_EQ(items[1].integer(), INT64_MIN);
  EXPECT_EQ(items[2].kind(), Kind::Float);
  EXPECT_EQ(items[3].real(), 1e-05);
  EXPECT_EQ(items[4].real(), 2.2250738585072011e-308);
  EXPECT_EQ(items[5].kind(), Kind::Float);
}

TEST(Json, ReadsTokensOfOldWriters) {
  Reading json("[NaN, Infinity, -Infinity]");
  ASSERT_EQ(json.errorClass(), "none");
  std::vector<double> values;
  for (JsonValue item : json.root().items())
    values.push_back(item.real());
  EXPECT_TRUE(std::isnan(values[0]));
  EXPECT_EQ(values[1], HUGE_VAL);
  EXPECT_EQ(values[2], -HUGE_VAL);
}

TEST(Json, DecodesEscapes) {
  Reading json(R"(["a\nb\"\u00e4\ud83d\ude00\u0000z"])");
  ASSERT_EQ(json.errorClass(), "none");
  EXPECT_EQ((*json.root().items().begin()).text(),
            std::string_view("a\nb\"\xc3\xa4\xf0\x9f\x98\x80\0z", 12));
}

TEST(Json, KnowsPaths) {
  Reading json(R"({"a": {"skip": [{}, [1, 2]], "nodes": [0, {"x": [5, 6]}]}})");
  ASSERT_EQ(json.errorClass(), "none");
  JsonValue nodes = *json.root().find("a")->find("nodes");
  EXPECT_EQ(json.root().path(), "");
  EXPECT_EQ(nodes.path(), "a.nodes");
  JsonValue last = *nodes.items().begin();
  for (JsonValue item : nodes.items())
    last = item;
  EXPECT_EQ(last.path(), "a.nodes[1]");
  for (JsonValue item : last.find("x")->items())
    last = item;
  EXPECT_EQ(last.path(), "a.nodes[1].x[1]");
}

TEST(Json, RefusesKeysThatStandTwice) {
  Reading json(R"({"a": [{"b": 1, "c": {"b": 2}, "b": 3}]})");
  EXPECT_EQ(json.errorClass(), "json-duplicate");
  EXPECT_TRUE(contains(json.message(), "a[0].b")) << json.message();
}

TEST(Json, BoundsDepth) {
  JsonOptions options;
  std::string deepest = std::string(256, '[') + std::string(256, ']');
  EXPECT_EQ(Reading(deepest, options).errorClass(), "none");
  Reading deeper("[" + deepest + "]");
  EXPECT_EQ(deeper.errorClass(), "limit");
  EXPECT_TRUE(contains(deeper.message(), "depth")) << deeper.message();
}

TEST(Json, BoundsSize) {
  JsonOptions options;
  options.maxBytes = 8;
  EXPECT_EQ(Reading("[1, 2, 3]", options).errorClass(), "limit");
  EXPECT_EQ(Reading("[1, 2]", options).errorClass(), "none");
  options = {};
  options.maxNodes = 3;
  EXPECT_EQ(Reading("[1, 2]", options).errorClass(), "none");
  EXPECT_EQ(Reading("[1, 2, 3]", options).errorClass(), "limit");
  // Memory is for values that were read, not for commas that follow.
  EXPECT_EQ(Reading("[1, 2,,,,", options).errorClass(), "json-syntax");
}

TEST(Json, SaysWhereTheSyntaxIsWrong) {
  Reading json("{\"a\": 1,\n \"b\": tru}");
  EXPECT_EQ(json.errorClass(), "json-syntax");
  EXPECT_TRUE(contains(json.message(), "record: ")) << json.message();
  EXPECT_TRUE(contains(json.message(), "line 2, column")) << json.message();
}

TEST(Json, RefusesWhatIsNotStandard) {
  for (const char *text :
       {"", " ", "[1,]", "{\"a\": 1,}", "[1] 2", "\xef\xbb\xbf[]", "'a'",
        "[01]", "[1 2]", "{\"a\" 1}", "{1: 2}", "// c\n1", "\"\x01\"",
        "\"\xff\"", "\"\\ud800\"", "\"\\x\"", "[nul]", "[1e999]", "\"abc"})
    EXPECT_EQ(Reading(text).errorClass(), "json-syntax") << quoted(text);
}
