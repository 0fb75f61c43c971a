//===- PageTest.cpp - What becomes part of a page -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Report/Report.h"

#include "llvm/Support/Base64.h"
#include "llvm/Support/Compression.h"

#include "gtest/gtest.h"

using namespace graphc::report;
using llvm::StringRef;

/// The JSON of the element `id`.
static std::string unpack(StringRef page, StringRef id) {
  StringRef rest = page.split(("id=\"" + id + "\"").str()).second;
  StringRef data = rest.split('>').second.split('<').first;
  std::vector<char> bytes;
  EXPECT_FALSE(bool(llvm::decodeBase64(data, bytes)));
  llvm::SmallVector<uint8_t, 0> plain;
  llvm::Error error = llvm::compression::zlib::decompress(
      llvm::arrayRefFromStringRef(StringRef(bytes.data(), bytes.size())), plain,
      size_t(1) << 20);
  llvm::consumeError(std::move(error));
  return std::string(plain.begin(), plain.end());
}

TEST(Page, TitleIsNoHtml) {
  Report report;
  report.input = "</title><script>alert(\"1\")</script>&\n\xff";
  std::string page = makePage(report);
  EXPECT_EQ(page.find("alert("), page.find("alert(&quot;1&quot;)"));
  EXPECT_NE(page.find("<title>graphc: &lt;/title&gt;"), std::string::npos);
  EXPECT_TRUE(llvm::json::isUTF8(page));
}

TEST(Page, NamesSpelledLikeMarksStay) {
  Report report;
  report.input = "@STYLE@ @DATA@ @SCRIPT@";
  std::string page = makePage(report);
  EXPECT_NE(page.find("<title>graphc: @STYLE@ @DATA@ @SCRIPT@</title>"),
            std::string::npos);
}

TEST(Page, DataIsWhatWasPutIn) {
  Report report;
  Node node;
  node.name = "</script><!--\"'";
  report.nodes.push_back(node);
  report.lines.add("bytes \xff\xfe of no UTF-8");
  std::string page = makePage(report);
  auto summary = llvm::json::parse(unpack(page, "summary"));
  ASSERT_TRUE(bool(summary));
  auto *nodes = summary->getAsObject()->getArray("nodes");
  EXPECT_EQ((*nodes)[0].getAsObject()->getString("name"), node.name);
  auto texts = llvm::json::parse(unpack(page, "texts"));
  ASSERT_TRUE(bool(texts));
  EXPECT_EQ((*texts->getAsObject()->getArray("lines"))[0].getAsString(),
            llvm::json::fixUTF8("bytes \xff\xfe of no UTF-8"));
}

TEST(Page, UsesNothingElse) {
  std::string page = makePage(Report());
  for (StringRef reference : {"src=", "@import", "url(", "<link", "fetch("})
    EXPECT_FALSE(StringRef(page).contains(reference)) << reference.str();
  EXPECT_FALSE(StringRef(page).contains("innerHTML"));
}

TEST(StringTable, HasEachStringOnce) {
  StringTable table;
  EXPECT_EQ(table.add("a"), 0u);
  EXPECT_EQ(table.add("bc"), 1u);
  EXPECT_EQ(table.add("a"), 0u);
  EXPECT_EQ(table.getBytes(), 3u);
}
