//===- PickleTest.cpp - The pickle stack machine --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pickle/Pickle.h"

#include <gtest/gtest.h>

using namespace graphc;
using namespace graphc::loader;
using namespace std::string_literals;

using Kind = PickleValue::Kind;

namespace {
/// Keeps the stream alive beside what was read from it.
struct Reading {
  std::string stream;
  Result<Pickle> result;

  explicit Reading(std::string bytes, PickleOptions options = {},
                   std::size_t begin = 0)
      : stream(std::move(bytes)),
        result(readPickle(reinterpret_cast<const std::uint8_t *>(stream.data()),
                          stream.size(), begin, options)) {}

  const PickleValue &operator*() const { return *result->value; }
  const PickleValue *operator->() const { return result->value; }
  std::string errorClass() const {
    return result ? "none" : result.error().errorClass;
  }
  std::string message() const { return result ? "" : result.error().format(); }
};

std::string shortText(const std::string &text) {
  return "\x8c"s + char(text.size()) + text;
}

std::string global(const std::string &module, const std::string &name) {
  return shortText(module) + shortText(name) + "\x93";
}
} // namespace

TEST(PickleTest, ReadsScalars) {
  Reading read("\x80\x04(NK\x07M\x01\x02J\xff\xff\xff\xff\x88\x89"
               "G\x3f\xf8\0\0\0\0\0\0"
               "\x8a\x08\0\0\0\0\0\0\0\x80"
               "\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\0"
               "t."s);
  ASSERT_TRUE(bool(read.result)) << read.message();
  ASSERT_EQ(read->kind(), Kind::Tuple);
  const PickleValue::Items &items = read->items();
  ASSERT_EQ(items.size(), 9u);
  EXPECT_TRUE(items[0]->isNone());
  EXPECT_EQ(items[1]->integer(), 7);
  EXPECT_EQ(items[2]->integer(), 0x201);
  EXPECT_EQ(items[3]->integer(), -1);
  EXPECT_TRUE(items[4]->isBool() && items[4]->boolean());
  EXPECT_FALSE(items[5]->boolean());
  EXPECT_EQ(items[6]->real(), 1.5);
  EXPECT_EQ(items[7]->integer(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(items[8]->kind(), Kind::BigInt);
}

TEST(PickleTest, SharesMemoisedValuesInsteadOfCopying) {
  Reading read("\x80\x04]\x94h\0\x86."s);
  ASSERT_TRUE(bool(read.result)) << read.message();
  EXPECT_EQ(read->items()[0], read->items()[1]);
}

TEST(PickleTest, KeepsTheLastOfEqualKeys) {
  Reading read("\x80\x04}("s + shortText("a") + "K\x01" + shortText("a") +
               "K\x02u.");
  ASSERT_TRUE(bool(read.result)) << read.message();
  EXPECT_EQ(read->find("a")->integer(), 2);
  EXPECT_EQ(read->find("b"), nullptr);
}

TEST(PickleTest, RecordsCallsWithoutMakingThem) {
  Reading read("\x80\x02"s + global("posix", "system") + shortText("true") +
               "\x85R}" + shortText("x") + "K\x05sb.");
  ASSERT_TRUE(bool(read.result)) << read.message();
  EXPECT_TRUE(read->isCall("posix", "system"));
  EXPECT_EQ(read->items()[0]->text(), "true");
  EXPECT_EQ(read->attribute("x")->integer(), 5);
  EXPECT_EQ(read->describe(), "posix.system(...)");
  ASSERT_EQ(read.result->globals.size(), 1u);
}

TEST(PickleTest, ReadsBothDictsOfAPairOfStates) {
  Reading read("\x80\x02"s + global("m", "C") + ")\x81}" + shortText("a") +
               "K\x01s}" + shortText("b") + "K\x02s\x86" + "b.");
  ASSERT_TRUE(bool(read.result)) << read.message();
  EXPECT_EQ(read->attribute("a")->integer(), 1);
  EXPECT_EQ(read->attribute("b")->integer(), 2);
}

TEST(PickleTest, KeepsKeywordsOfNewobjEx) {
  Reading read("\x80\x04"s + global("sympy.core.symbol", "Symbol") +
               shortText("s0") + "\x85}" + shortText("integer") + "\x88s\x92.");
  ASSERT_TRUE(bool(read.result)) << read.message();
  EXPECT_TRUE(read->extras()->kwargs->find("integer")->boolean());
}

TEST(PickleTest, ReadsGlobalsAsTwoLines) {
  Reading read("\x80\x02"s + "ccollections\nOrderedDict\n)R("s +
               shortText("k") + "K\x03u.");
  ASSERT_TRUE(bool(read.result)) << read.message();
  EXPECT_EQ(pickleLookup(*read, "k")->integer(), 3);
}

TEST(PickleTest, AllowsContainersThatReachThemselves) {
  Reading read("\x80\x04]\x94h\0a."s);
  ASSERT_TRUE(bool(read.result)) << read.message();
  EXPECT_EQ(read->items()[0], &*read);
}

TEST(PickleTest, StopsAtStopAndSaysWhere) {
  Reading read("xx\x80\x02K\x01.\x80\x02K\x02."s, {}, 2);
  ASSERT_TRUE(bool(read.result)) << read.message();
  EXPECT_EQ(read->integer(), 1);
  EXPECT_EQ(read.result->end, 7u);
}

TEST(PickleTest, TakesPersistentIdsOnlyWhenAsked) {
  std::string stream = "\x80\x02" + shortText("id") + "Q.";
  PickleOptions options;
  EXPECT_EQ(Reading(stream).errorClass(), "pickle-opcode");
  options.persistentIds = true;
  Reading read(stream, options);
  ASSERT_TRUE(bool(read.result)) << read.message();
  EXPECT_EQ(read->kind(), Kind::PersistentId);
  EXPECT_EQ(read->items()[0]->text(), "id");
}

TEST(PickleTest, UnderstandsFramesMarksAndTheWholeMemo) {
  Reading read("\x80\x04\x95\0\0\0\0\0\0\0\0("
               "K\x01q\x05"
               "0j\x05\0\0\0r\x07\0\0\0h\x07"
               "(0(1\x32t."s);
  ASSERT_TRUE(bool(read.result)) << read.message();
  ASSERT_EQ(read->items().size(), 3u);
  EXPECT_EQ(read->items()[2]->integer(), 1);
}

TEST(PickleTest, ReadsSetsAndBytes) {
  Reading read("\x80\x04\x8f(K\x01K\x02\x90(K\x03\x91"
               "C\x02"
               "ab\x96\x01\0\0\0\0\0\0\0c\x87\x85."s);
  ASSERT_TRUE(bool(read.result)) << read.message();
  const PickleValue &tuple = *read->items()[0];
  EXPECT_EQ(tuple.items()[0]->kind(), Kind::Set);
  EXPECT_EQ(tuple.items()[1]->text(), "ab");
  EXPECT_EQ(tuple.items()[2]->text(), "c");
}

TEST(PickleErrorTest, NamesEveryKindOfDamage) {
  const std::pair<std::string, const char *> cases[] = {
      {"", "pickle-truncated"},
      {"\x80\x04", "pickle-truncated"},
      {"\x80\x04K", "pickle-truncated"},
      {"\x80\x04N", "pickle-truncated"},
      {"\x80\x04X\xff\xff\xff\xff"
       "a"s,
       "pickle-truncated"},
      {"\x80\x04"
       "cmodule",
       "pickle-truncated"},
      {"\x80\x09.", "pickle-protocol"},
      {"\x80\x01.", "pickle-protocol"},
      {"\x80\x04\x82\x01.", "pickle-opcode"},
      {"\x80\x04I1\n.", "pickle-opcode"},
      {"\x80\x04.", "pickle-stack"},
      {"\x80\x04t.", "pickle-stack"},
      {"\x80\x04R.", "pickle-stack"},
      {"\x80\x04K\x01)R.", "pickle-stack"},
      {"\x80\x04K\x01K\x01"s + "a.", "pickle-stack"},
      {"\x80\x04}(Nu.", "pickle-stack"},
      {"\x80\x04(\x85.", "pickle-stack"},
      {"\x80\x04}Nb.", "pickle-stack"},
      {"\x80\x04h\x07.", "pickle-memo"},
      {"\x80\x04\x8c\x02\xed\xa0.", "pickle-type"},
  };
  for (const auto &[stream, errorClass] : cases) {
    Reading read(stream);
    EXPECT_EQ(read.errorClass(), errorClass) << read.message();
    if (!read.result)
      EXPECT_NE(read.message().find("byte offset"), std::string::npos);
  }
}

TEST(PickleErrorTest, BoundsDepthThroughTheMemoToo) {
  std::string deep = "\x80\x04";
  for (int i = 0; i != 1100; ++i)
    deep += "]";
  for (int i = 0; i != 1099; ++i)
    deep += "a";
  EXPECT_EQ(Reading(deep + ".").errorClass(), "limit");

  // Each list holds the one before it, by reference.
  std::string chain = "\x80\x04]\x94";
  for (int i = 0; i != 1100; ++i)
    chain += std::string("]j") + char(i & 255) + char(i >> 8) + "\0\0a\x94"s;
  EXPECT_EQ(Reading(chain + ".").errorClass(), "limit");
}

TEST(PickleErrorTest, BoundsStackMemoAndValues) {
  PickleOptions options;
  options.maxStack = 4;
  EXPECT_EQ(Reading("\x80\x04NNNNN.", options).errorClass(), "limit");
  EXPECT_EQ(Reading("\x80\x04NNNN.", options).errorClass(), "none");
  options = {};
  options.maxMemo = 2;
  EXPECT_EQ(Reading("\x80\x04N\x94\x94\x94.", options).errorClass(), "limit");
  options = {};
  options.maxValues = 3;
  EXPECT_EQ(Reading("\x80\x04NNNN.", options).errorClass(), "limit");
  options = {};
  options.maxBytes = 256;
  std::string lists = "\x80\x02]";
  EXPECT_EQ(Reading(lists + ".", options).errorClass(), "none");
  for (int i = 0; i < 100; ++i)
    lists += "]a";
  EXPECT_EQ(Reading(lists + ".").errorClass(), "none");
  EXPECT_EQ(Reading(lists + ".", options).errorClass(), "limit");
}
