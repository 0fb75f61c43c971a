//===- Pt2Test.cpp - Export archives --------------------------------------===//
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

//===----------------------------------------------------------------------===//
// Signatures
//===----------------------------------------------------------------------===//

TEST(Pt2, ReadsLiteralsOfTheSignature) {
  TestProgram program;
  program.graphInputs += ",{\"as_int\":2},{\"as_none\":true}";
  program.inputSpecs +=
      R"(,{"constant_input":{"name":"n","value":{"as_int":2}}},
          {"user_input":{"arg":{"as_none":true}}})";
  Result<Program> result = read(program);
  ASSERT_EQ(failure(result), "none");
  EXPECT_EQ(result->graphs[0].inputs[2].name, "n");
  EXPECT_EQ(result->inputs[2].role, InputSpec::Role::Literal);
  EXPECT_EQ(std::get<std::int64_t>(result->inputs[2].literal.value), 2);
  EXPECT_EQ(result->inputs[3].role, InputSpec::Role::Literal);
}

TEST(Pt2, ReadsMutations) {
  TestProgram program;
  program.graphOutputs =
      tensorArg("mul") + "," + tensorArg("add") + "," + tensorArg("add");
  program.outputSpecs =
      R"({"parameter_mutation":{"arg":{"name":"mul"},"parameter_name":"w"}},
         {"user_input_mutation":{"arg":{"name":"add"},"user_input_name":"x"}},
         {"user_output":{"arg":)" +
      tensorArg("add") + "}}";
  Result<Program> result = read(program);
  ASSERT_EQ(failure(result), "none");
  EXPECT_EQ(result->outputs[0].role, OutputSpec::Role::ParameterMutation);
  EXPECT_EQ(result->outputs[0].target, "w");
  EXPECT_EQ(result->outputs[1].role, OutputSpec::Role::InputMutation);
  EXPECT_EQ(result->outputs[1].target, "x");

  std::string good = program.outputSpecs;
  program.outputSpecs.replace(good.find("\"w\""), 3, "\"v\"");
  EXPECT_EQ(failure(program), "signature");
  program.outputSpecs = good;
  program.outputSpecs.replace(good.find("\"x\""), 3, "\"p_w\"");
  EXPECT_EQ(failure(program), "signature");
}

TEST(Pt2, RefusesSignaturesThatDisagreeWithTheGraph) {
  TestProgram program;
  program.inputSpecs += ",{\"user_input\":{\"arg\":" + tensorArg("y") + "}}";
  EXPECT_EQ(failure(program), "signature");
  program = TestProgram();
  program.inputSpecs.replace(program.inputSpecs.find("p_w"), 3, "p_v");
  EXPECT_EQ(failure(program), "signature");
  program = TestProgram();
  program.outputSpecs = "{\"user_output\":{\"arg\":" + tensorArg("mul") + "}}";
  EXPECT_EQ(failure(program), "signature");
  program = TestProgram();
  program.outputSpecs = "{\"user_output\":{\"arg\":{\"as_int\":3}}}";
  EXPECT_EQ(failure(program), "signature");
}

TEST(Pt2, RefusesCustomObjectInputs) {
  TestProgram program;
  program.graphInputs +=
      R"(,{"as_custom_obj":{"name":"obj","class_fqn":"Queue"}})";
  program.inputSpecs +=
      R"(,{"custom_obj":{"arg":{"name":"obj","class_fqn":"Queue"},
                         "custom_obj_name":"obj"}})";
  EXPECT_EQ(failure(program), "unsupported-input");
}

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

namespace {
TestProgram dynamicProgram() {
  TestProgram program;
  std::string dynamic = tensorMeta({"2*s0 + 1", "3"}, {"3", "1"});
  program.tensors = "\"p_w\":" + program.matrix + ",\"x\":" + dynamic +
                    ",\"mul\":" + dynamic + ",\"add\":" + dynamic;
  program.ranges = R"("s0":{"min_val":2,"max_val":64},
                      "2*s0 + 1":{"min_val":5,"max_val":null})";
  return program;
}
} // namespace

TEST(Pt2, ReadsSymbolsWithRanges) {
  Result<Program> program = read(dynamicProgram());
  ASSERT_EQ(failure(program), "none");
  ASSERT_EQ(program->symbols.count("s0"), 1u);
  EXPECT_EQ(program->symbols["s0"].min, 2);
  EXPECT_EQ(program->symbols["s0"].max, 64);
  ASSERT_EQ(program->constraints.size(), 1u);
  EXPECT_EQ(program->constraints[0].min, 5);
  EXPECT_FALSE(program->constraints[0].max);
  const auto &type = std::get<TensorMeta>(program->graphs[0].inputs[1].meta);
  EXPECT_EQ(type.shape[0].evaluate({{"s0", 4}}), 9);
}

TEST(Pt2, TakesFarBoundsOfOldSchemasAsOpen) {
  TestProgram program = dynamicProgram();
  program.version = R"({"major":5,"minor":3})";
  program.ranges = R"("s0":{"min_val":-9223372036854775806,
                            "max_val":9223372036854775806})";
  Result<Program> result = read(program);
  ASSERT_EQ(failure(result), "none");
  EXPECT_FALSE(result->symbols["s0"].min);
  EXPECT_FALSE(result->symbols["s0"].max);
  ASSERT_EQ(result->warnings.size(), 1u);
  EXPECT_EQ(result->warnings[0].errorClass, "version");
}

TEST(Pt2, KeepsHintsOfSymbols) {
  TestProgram program;
  std::string dynamic = tensorMeta({"s7", "3"}, {"3", "1"});
  program.tensors = "\"p_w\":" + program.matrix + ",\"x\":" + dynamic;
  Result<Program> result = read(program);
  ASSERT_EQ(failure(result), "none");
  EXPECT_EQ(result->symbols["s7"].hint, 5.0);
}

TEST(Pt2, RefusesSymbolsThatNoInputDetermines) {
  TestProgram program;
  program.tensors += ",\"extra\":" + tensorMeta({"s9"}, {"1"});
  EXPECT_EQ(failure(program), "none"); // Unused entries do not count.
  program.tensors = "\"p_w\":" + program.matrix + ",\"x\":" + program.matrix +
                    ",\"mul\":" + tensorMeta({"s9"}, {"1"});
  EXPECT_EQ(failure(program), "symbol-unbound");
  program.tensors = "\"p_w\":" + program.matrix + ",\"x\":" + program.matrix +
                    ",\"mul\":" + tensorMeta({"u9"}, {"1"});
  EXPECT_EQ(failure(program), "none");
}

TEST(Pt2, ReadsGuardsOverInputs) {
  TestProgram program = dynamicProgram();
  program.guards =
      R"j("L['x'].size()[0] >= 5 and L['x'].size()[0] <= 129",
         "L['x'].size()[1] == 3", "L['y'].size()[0] == 2",
         "hasattr(L['x'], 'foo')", "L['x'].size()[0] == L['x'].size()[0]",
         "L['x'].size()[9] == 1 or True")j";
  Result<Program> result = read(program);
  ASSERT_EQ(failure(result), "none");
  ASSERT_EQ(result->guards.size(), 2u);
  EXPECT_EQ(result->guards[0].symbols(), std::vector<std::string>{"s0"});
}

/// Where `in_spec` says that the only input lies.
static TestProgram nestedProgram(const std::string &argument,
                                 const std::string &spec) {
  TestProgram program = dynamicProgram();
  program.calls =
      R"j({"fqn":"","signature":{"in_spec":"[1, {\"type\": \"builtins.tuple\",)j"
      R"j( \"context\": \"null\", \"children_spec\": [{\"type\":)j"
      R"j( \"builtins.tuple\", \"context\": \"null\", \"children_spec\": [)j" +
      spec +
      R"j(]}, {\"type\": \"builtins.dict\", \"context\": \"[]\",)j"
      R"j( \"children_spec\": []}]}]","forward_arg_names":[")j" +
      argument + "\"]}}";
  return program;
}

static const std::string leaf =
    R"j({\"type\": null, \"context\": null, \"children_spec\": []})j";

static std::size_t countGuards(TestProgram program, std::string guard) {
  program.guards = "\"" + guard + "\"";
  Result<Program> result = read(program);
  EXPECT_EQ(failure(result), "none");
  return result ? result->guards.size() : 0;
}

TEST(Pt2, ReadsGuardsOverInputsInContainers) {
  TestProgram list = nestedProgram(
      "xs", R"j({\"type\": \"builtins.list\", \"context\": \"null\",)j"
            R"j( \"children_spec\": [)j" +
                leaf + "]}");
  EXPECT_EQ(countGuards(list, "L['xs'][0].size()[0] >= 5"), 1u);
  EXPECT_EQ(countGuards(list, "L['xs'][1].size()[0] >= 5"), 0u);
  EXPECT_EQ(countGuards(list, "L['x'].size()[0] >= 5"), 0u);
  TestProgram dictionary =
      nestedProgram("xs", R"j({\"type\": \"builtins.dict\", \"context\":)j"
                          R"j( \"[\\\"the x\\\"]\", \"children_spec\": [)j" +
                              leaf + "]}");
  EXPECT_EQ(countGuards(dictionary, "L['xs']['the x'].size()[0] >= 5"), 1u);
  EXPECT_EQ(countGuards(dictionary, "L['xs'][0].size()[0] >= 5"), 0u);
  TestProgram other = nestedProgram(
      "xs", R"j({\"type\": \"model.Cache\", \"context\": \"null\",)j"
            R"j( \"children_spec\": [)j" +
                leaf + "]}");
  EXPECT_EQ(countGuards(other, "L['xs'][0].size()[0] >= 5"), 0u);
}

TEST(Pt2, ReadsGuardsOverVariadicArguments) {
  TestProgram program = nestedProgram("xs_0", leaf);
  EXPECT_EQ(countGuards(program, "L['xs'][0].size()[0] >= 5"), 1u);
  EXPECT_EQ(countGuards(program, "L['xs_0'].size()[0] >= 5"), 1u);
}

TEST(Pt2, NamesInputsWhereTheirTreeDoesNotFit) {
  TestProgram program = nestedProgram("x", leaf + ", " + leaf);
  EXPECT_EQ(countGuards(program, "L['x'].size()[0] >= 5"), 1u);
  program.calls = R"j({"fqn":"","signature":{"in_spec":"[1, {"}})j";
  EXPECT_EQ(countGuards(program, "L['x'].size()[0] >= 5"), 1u);
}

//===----------------------------------------------------------------------===//
// Containers
//===----------------------------------------------------------------------===//

TEST(Pt2, ChecksFormatVersionAndByteOrder) {
  TestZip zip = TestProgram().zip();
  zip["m/archive_format"].data = "pt3";
  EXPECT_EQ(failure(zip), "input-kind");
  zip = TestProgram().zip();
  zip["m/archive_version"].data = "7";
  EXPECT_EQ(failure(zip), "version");
  zip.remove("m/archive_version");
  EXPECT_EQ(failure(zip), "none");
  zip["m/byteorder"].data = "big";
  EXPECT_EQ(failure(zip), "byteorder");
  zip = TestProgram().zip();
  zip.records.emplace_back("other/record", "");
  EXPECT_EQ(failure(zip), "zip-format");
}

TEST(Pt2, ChecksTheSchemaVersion) {
  for (auto [version, expected] :
       {std::pair(R"({"major":9,"minor":20})", "version"),
        std::pair(R"({"major":4,"minor":1})", "version"),
        std::pair(R"({"major":0,"minor":0})", "version"),
        std::pair(R"({"major":5,"minor":3})", "none"),
        std::pair(R"({"major":8,"minor":99})", "none")}) {
    TestProgram program;
    program.version = version;
    EXPECT_EQ(failure(program), expected) << version;
  }
}

TEST(Pt2, ChoosesModels) {
  TestZip zip = TestProgram().zip();
  LoadOptions options;
  options.model = "other";
  EXPECT_EQ(failure(zip, options), "model-choice");
  zip["m/models/other.json"].data = TestProgram().json();
  EXPECT_EQ(failure(zip), "none"); // `model` is the default.
  zip["m/data/weights/other_weights_config.json"].data =
      "{\"config\":{" + TestProgram().weights + "}}";
  Result<Program> other = read(zip, options);
  ASSERT_EQ(failure(other), "none");
  EXPECT_EQ(other->modelName, "other");
  zip.remove("m/models/model.json");
  EXPECT_EQ(failure(zip), "none"); // The only one left.
  zip["m/models/third.json"].data = TestProgram().json();
  Result<Program> unclear = read(zip);
  ASSERT_EQ(failure(unclear), "model-choice");
  EXPECT_TRUE(contains(unclear.error().message, "other, third"));
}

TEST(Pt2, SaysWhatOtherArchivesAre) {
  auto kind = [](std::vector<TestRecord> records) {
    TestZip zip;
    zip.records = std::move(records);
    Result<Program> program = read(zip);
    return program
               ? "none"
               : program.error().errorClass + ": " + program.error().message;
  };
  EXPECT_EQ(kind({{"m/data.pkl", ""}, {"m/version", "3"}}).substr(0, 30),
            "input-kind: a torch.save file:");
  EXPECT_EQ(kind({{"m/data.pkl", ""}, {"m/code/a.py", ""}}).substr(0, 33),
            "input-kind: a TorchScript archive");
  EXPECT_EQ(kind({{"readme.txt", "hello"}}).substr(0, 17), "input-kind: a zip");
  EXPECT_EQ(kind({{"m/archive_format", "pt2"},
                  {"m/data/aotinductor/model/model.so", ""}}),
            "input-kind: a compiled package without the program");
  EXPECT_EQ(kind({{"m/archive_format", "pt2"}}).substr(0, 15),
            "missing-record:");
  EXPECT_EQ(kind({}).substr(0, 11), "input-kind:");
}

TEST(Pt2, ReadsGenerationOneWithoutWeights) {
  TestProgram program;
  program.graphInputs = tensorArg("x");
  program.inputSpecs = "{\"user_input\":{\"arg\":" + tensorArg("x") + "}}";
  program.first.replace(program.first.find("p_w"), 3, "x");
  program.second.replace(program.second.find("p_w"), 3, "x");
  TestZip zip;
  zip.records = {{"version", "8.7\n"},
                 {"serialized_exported_program.json", program.json()}};
  EXPECT_EQ(failure(zip), "none");
  zip["version"].data = "7.3";
  EXPECT_EQ(failure(zip), "version");
}
