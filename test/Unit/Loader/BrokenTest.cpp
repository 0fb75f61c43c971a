//===- BrokenTest.cpp - The corpus of damaged files -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Json/Json.h"

#include "graphc/Loader/Program.h"

#include <algorithm>
#include <ctime>
#include <gtest/gtest.h>

using namespace graphc;
using namespace graphc::loader;

namespace {
const std::string folder = GRAPHC_FIXTURES "/broken/";

struct Case {
  std::string file;
  std::vector<std::string> classes; ///< Any of them will do.
  std::vector<std::string> words;   ///< The message holds all of them.
};

void PrintTo(const Case &item, std::ostream *out) { *out << item.file; }

std::vector<std::string> texts(JsonValue list) {
  std::vector<std::string> out;
  for (JsonValue item : list.items())
    out.emplace_back(item.text());
  return out;
}

std::vector<Case> readCases() {
  std::vector<Case> cases;
  Result<Bytes> bytes = mapFile(folder + "errors.json");
  if (!bytes)
    return cases;
  auto document = readJson(*bytes, "errors.json");
  if (!document)
    return cases;
  for (JsonValue entry : (*document)->root().items()) {
    Case &item = cases.emplace_back();
    item.file = entry.find("file")->text();
    item.classes = texts(*entry.find("also"));
    item.classes.emplace_back(entry.find("class")->text());
    item.words = texts(*entry.find("message_names"));
    // Which operators exist is the importer's to judge.
    const std::string &errorClass = item.classes.back();
    if (errorClass == "unknown-op" || errorClass == "op-argument")
      item.classes = {"none"};
  }
  return cases;
}

class Broken : public testing::TestWithParam<Case> {};
} // namespace

TEST_P(Broken, GetsItsVerdict) {
  const Case &item = GetParam();
  // The processor's time, whatever else the machine does.
  std::clock_t start = std::clock();
  Result<Program> program = load(folder + item.file);
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
  std::string errorClass = program ? "none" : program.error().errorClass;
  std::string message = program ? "" : program.error().format();
  EXPECT_EQ(std::count(item.classes.begin(), item.classes.end(), errorClass), 1)
      << errorClass << ", expected " << item.classes.back() << "\n"
      << message;
  if (!program) {
    for (const std::string &word : item.words)
      EXPECT_NE(message.find(word), message.npos) << word << "\n" << message;
    EXPECT_NE(message.find(item.file), message.npos) << message;
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, Broken, testing::ValuesIn(readCases()),
                         [](const testing::TestParamInfo<Case> &info) {
                           std::string name = info.param.file;
                           for (char &c : name)
                             c = std::isalnum(static_cast<unsigned char>(c))
                                     ? c
                                     : '_';
                           return name;
                         });

TEST(Broken, NothingWasExecuted) {
  EXPECT_FALSE(mapFile("executed"));
  EXPECT_FALSE(mapFile(folder + "executed"));
}
