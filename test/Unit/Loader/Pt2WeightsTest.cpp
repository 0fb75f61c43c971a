//===- Pt2WeightsTest.cpp - Weights of export archives --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2Builder.h"

#include "graphc/Loader/Program.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace graphc;
using namespace graphc::loader;

TEST(Pt2, SharesStoragesOfTiedWeights) {
  TestProgram program;
  program.graphInputs += "," + tensorArg("p_v");
  program.tensors += ",\"p_v\":" + tensorMeta({"3"}, {"2"}, "1");
  program.inputSpecs += R"(,{"parameter":{"arg":{"name":"p_v"},
                                          "parameter_name":"v"}})";
  program.weights +=
      ",\"v\":" + payload("weight_0", tensorMeta({"3"}, {"2"}, "1"));
  Result<Program> result = read(program);
  ASSERT_EQ(failure(result), "none");
  ASSERT_EQ(result->constants.size(), 2u);
  EXPECT_EQ(result->constants[0].storage, result->constants[1].storage);
  EXPECT_EQ(result->constants[1].offset, 1);
}

TEST(Pt2, ChecksThatViewsLieInTheirStorage) {
  auto withWeight = [](const std::string &meta, std::size_t bytes) {
    TestProgram program;
    program.tensors = "\"x\":" + program.matrix + ",\"p_w\":" + meta;
    program.weights = "\"w\":" + payload("weight_0", meta);
    TestZip zip = program.zip();
    zip["m/data/weights/weight_0"].data = std::string(bytes, '\0');
    return failure(zip);
  };
  EXPECT_EQ(withWeight(tensorMeta({"2", "3"}, {"3", "1"}), 24), "none");
  EXPECT_EQ(withWeight(tensorMeta({"2", "3"}, {"3", "1"}), 20), "weight-range");
  EXPECT_EQ(withWeight(tensorMeta({"2", "3"}, {"3", "1"}), 23),
            "weight-length");
  EXPECT_EQ(withWeight(tensorMeta({"2", "3"}, {"3", "1"}, "1"), 24),
            "weight-range");
  EXPECT_EQ(withWeight(tensorMeta({"2", "3"}, {"3", "1"}, "-1"), 24),
            "bad-shape");
  EXPECT_EQ(withWeight(tensorMeta({"2", "3"}, {"-3", "1"}), 24), "bad-shape");
  EXPECT_EQ(withWeight(tensorMeta({"1000", "3"}, {"0", "1"}), 12), "none");
  EXPECT_EQ(withWeight(tensorMeta({"0", "3"}, {"3", "1"}, "50"), 24), "none");
  EXPECT_EQ(withWeight(tensorMeta({"3"}, {"4611686018427387904"}), 24),
            "weight-range");
}

TEST(Pt2, TakesEmptyRecordsAsZeros) {
  TestProgram program;
  TestZip zip = program.zip();
  zip["m/data/weights/weight_0"].data = "";
  Result<Program> result = read(zip);
  ASSERT_EQ(failure(result), "none");
  ASSERT_EQ(result->warnings.size(), 1u);
  EXPECT_TRUE(contains(result->warnings[0].message, "'w' has no data"));
  const Constant &constant = result->constants[0];
  ASSERT_EQ(constant.storage->size, 24u);
  EXPECT_EQ(constant.storage->data[23], 0);
}

TEST(Pt2, FindsConstantsInTheirOwnTable) {
  TestProgram program;
  program.inputSpecs.replace(
      0, program.inputSpecs.find("}},") + 2,
      R"({"buffer":{"arg":{"name":"p_w"},"buffer_name":"w","persistent":false}})");
  program.constants =
      "\"w\":" + payload("tensor_0", tensorMeta({"2", "3"}, {"3", "1"}));
  program.weights = "";
  TestZip zip = program.zip();
  zip["m/data/constants/tensor_0"].data = std::string(24, '\0');
  Result<Program> result = read(zip);
  ASSERT_EQ(failure(result), "none");
  EXPECT_FALSE(result->inputs[0].persistent);
  EXPECT_EQ(result->constants[0].storage->record, "data/constants/tensor_0");
}

TEST(Pt2, NamesMissingWeights) {
  TestProgram program;
  program.weights = "";
  EXPECT_EQ(failure(program), "missing-weight");
  TestZip zip = TestProgram().zip();
  zip.remove("m/data/weights/weight_0");
  EXPECT_EQ(failure(zip), "missing-record");
  zip = TestProgram().zip();
  zip.remove("m/data/weights/model_weights_config.json");
  EXPECT_EQ(failure(zip), "missing-record");
  zip["m/data/weights/model_model_param_config.json"].data =
      "{\"config\":{" + TestProgram().weights + "}}";
  EXPECT_EQ(failure(zip), "none");
}

TEST(Pt2, RefusesPickledWeightsOnlyWhenTheyAreUsed) {
  TestProgram program;
  program.weights =
      "\"w\":" + payload("weight_0", tensorMeta({"2", "3"}, {"3", "1"}), true);
  Result<Program> result = read(program);
  ASSERT_EQ(failure(result), "pickled-weight");
  EXPECT_TRUE(result.error().isUnsupported());
  program.first.replace(program.first.find("p_w"), 3, "x");
  program.second.replace(program.second.find("p_w"), 3, "x");
  result = read(program);
  ASSERT_EQ(failure(result), "none");
  EXPECT_EQ(result->warnings.size(), 1u);
  EXPECT_FALSE(result->constants[0].hasData());
}

TEST(Pt2, RefusesWeightsOfAnotherTypeThanTheGraphSays) {
  TestProgram program;
  program.weights = "\"w\":" + payload("weight_0", tensorMeta({"6"}, {"1"}));
  EXPECT_EQ(failure(program), "shape-mismatch");
  program.weights =
      "\"w\":" +
      payload("weight_0", tensorMeta({"2", "3"}, {"3", "1"}, "0", 4));
  EXPECT_EQ(failure(program), "shape-mismatch");
}

TEST(Pt2, WarnsOfViewsWithoutOffsets) {
  TestProgram program;
  program.graphInputs += "," + tensorArg("p_v");
  program.tensors += ",\"p_v\":" + tensorMeta({"3"}, {"1"});
  program.inputSpecs += R"(,{"parameter":{"arg":{"name":"p_v"},
                                          "parameter_name":"v"}})";
  program.weights += ",\"v\":" + payload("weight_0", tensorMeta({"3"}, {"1"}));
  Result<Program> result = read(program);
  ASSERT_EQ(failure(result), "none");
  EXPECT_EQ(result->warnings.size(), 1u);
}

TEST(Pt2, VerifiesChecksumsOfWeightsUnlessToldNotTo) {
  TestZip zip = TestProgram().zip();
  zip["m/data/weights/weight_0"].crc = 5;
  EXPECT_EQ(failure(zip), "zip-crc");
  LoadOptions options;
  options.verifyChecksums = false;
  EXPECT_EQ(failure(zip, options), "none");
}
