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

namespace {
Result<Program> read(const TestZip &zip, const LoadOptions &options = {}) {
  Bytes bytes = bytesOf(zip.build());
  return loadBuffer(bytes.owner, bytes.data, bytes.size, "test", options);
}

Result<Program> read(const TestProgram &program) { return read(program.zip()); }

std::string failure(const Result<Program> &program) {
  return program ? "none" : program.error().errorClass;
}
std::string failure(const TestZip &zip, const LoadOptions &options = {}) {
  return failure(read(zip, options));
}
std::string failure(const TestProgram &program) {
  return failure(read(program));
}

std::string message(const TestProgram &program) {
  Result<Program> result = read(program);
  return result ? "" : result.error().format();
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != text.npos;
}

/// The base program with one more argument on its first node.
Result<Program> withArgument(const std::string &argument) {
  TestProgram program;
  std::size_t end = program.first.find("],\"outputs\"");
  program.first.insert(end, ",{\"name\":\"extra\",\"arg\":" + argument + "}");
  return read(program);
}

Argument extraArgument(const std::string &text) {
  Result<Program> program = withArgument(text);
  EXPECT_EQ(failure(program), "none") << text;
  return program ? program->graphs[0].nodes[0].arguments.back().argument
                 : Argument();
}

/// A program whose only node has these results.
Result<Program> withResults(const std::string &results) {
  TestProgram program;
  std::size_t begin = program.first.find("\"outputs\":[") + 11;
  std::size_t end = program.first.find("],\"metadata\"");
  program.first.replace(begin, end - begin, tensorArg("mul") + "," + results);
  return read(program);
}
} // namespace

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

TEST(Pt2, ReadsAProgram) {
  Result<Program> program = read(TestProgram());
  ASSERT_EQ(failure(program), "none");
  EXPECT_EQ(program->modelName, "model");
  EXPECT_EQ(program->torchVersion, "2.13.0");
  EXPECT_TRUE(program->warnings.empty());
  ASSERT_EQ(program->graphs.size(), 1u);
  const Graph &graph = program->graphs[0];
  ASSERT_EQ(graph.inputs.size(), 2u);
  EXPECT_EQ(graph.inputs[1].name, "x");
  const auto &type = std::get<TensorMeta>(graph.inputs[1].meta);
  EXPECT_EQ(type.dtype, DType::Float32);
  EXPECT_TRUE(type.shape[1].isInt(3));
  EXPECT_TRUE(type.stride[0].isInt(3));
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.nodes[0].target, "aten.mul.Tensor");
  EXPECT_EQ(graph.nodes[0].name, "mul_node");
  EXPECT_EQ(graph.nodes[1].name, "add");
  EXPECT_EQ(graph.nodes[0].arguments[1].name, "other");
  EXPECT_EQ(std::get<ValueRef>(graph.nodes[0].arguments[1].argument.value).name,
            "p_w");
  EXPECT_EQ(program->inputs[0].role, InputSpec::Role::Parameter);
  EXPECT_EQ(program->inputs[0].target, "w");
  EXPECT_EQ(program->inputs[1].role, InputSpec::Role::User);
  EXPECT_EQ(program->outputs[0].role, OutputSpec::Role::User);
}

TEST(Pt2, KeepsWeightsInTheFile) {
  TestProgram program;
  TestZip zip = program.zip();
  zip["m/data/weights/weight_0"].localExtra =
      std::string("FB\x07\0", 4) + std::string(7, 'Z'); // Data starts at 64.
  Bytes bytes = bytesOf(zip.build());
  auto result = loadBuffer(bytes.owner, bytes.data, bytes.size, "test", {});
  ASSERT_EQ(failure(result), "none");
  const Constant &constant = result->constants[*result->inputs[0].constant];
  EXPECT_EQ(constant.name, "w");
  EXPECT_EQ(constant.shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(constant.stride, (std::vector<std::int64_t>{3, 1}));
  EXPECT_EQ(constant.storage->record, "data/weights/weight_0");
  EXPECT_EQ(constant.storage->data, bytes.data + constant.storage->fileOffset);
}

TEST(Pt2, CopiesWeightsThatAreNotAligned) {
  TestProgram program;
  TestZip zip = program.zip();
  std::string name = "m/data/weights/weight_0";
  for (int pad = 0; pad < 4; ++pad) {
    zip[name].localExtra = std::string(pad, 'Z');
    Bytes bytes = bytesOf(zip.build());
    auto result = loadBuffer(bytes.owner, bytes.data, bytes.size, "test", {});
    ASSERT_EQ(failure(result), "none");
    auto address =
        reinterpret_cast<std::uintptr_t>(result->constants[0].storage->data);
    EXPECT_EQ(address % 4, 0u);
  }
}

TEST(Pt2, ReadsEveryKindOfArgument) {
  auto text = [](const std::string &json) {
    // Print shows the kind of every argument.
    Result<Program> program = withArgument(json);
    if (!program)
      return program.error().format();
    std::string out = print(*program);
    std::size_t begin = out.find("extra = ") + 8;
    return out.substr(begin, out.find(")\n", begin) - begin);
  };
  EXPECT_EQ(text(R"({"as_none":true})"), "None");
  EXPECT_EQ(text(R"({"as_none":[]})"), "None");
  EXPECT_EQ(text(tensorArg("x")), "x");
  EXPECT_EQ(text(R"({"as_tensors":[{"name":"x"},{"name":"p_w"}]})"),
            "[x, p_w]");
  EXPECT_EQ(text(R"({"as_int":9223372036854775807})"), "9223372036854775807");
  EXPECT_EQ(text(R"({"as_ints":[1,-2]})"), "[1, -2]");
  EXPECT_EQ(text(R"({"as_float":1})"), "1.0");
  EXPECT_EQ(text(R"({"as_float":"-Infinity"})"), "-inf");
  EXPECT_EQ(text(R"({"as_floats":[0.5,"NaN",1e-05]})"), "[0.5, nan, 1e-05]");
  EXPECT_EQ(text(R"({"as_string":"a\nb"})"), "'a\\nb'");
  EXPECT_EQ(text(R"({"as_strings":["a","b"]})"), "['a', 'b']");
  EXPECT_EQ(text(R"({"as_bool":true})"), "True");
  EXPECT_EQ(text(R"({"as_bools":[true,false]})"), "[True, False]");
  EXPECT_EQ(text(R"({"as_sym_int":{"as_int":3}})"), "3");
  EXPECT_EQ(text(R"({"as_sym_int":{"as_name":"x"}})"), "x");
  EXPECT_EQ(text(R"({"as_sym_ints":[{"as_int":3},{"as_name":"x"}]})"),
            "[3, x]");
  EXPECT_EQ(text(R"({"as_sym_bool":{"as_bool":false}})"), "False");
  EXPECT_EQ(text(R"({"as_sym_bools":[{"as_bool":true}]})"), "[True]");
  EXPECT_EQ(text(R"({"as_sym_float":{"as_float":2.5}})"), "2.5");
  EXPECT_EQ(text(R"({"as_sym_floats":[{"as_float":2.5}]})"), "[2.5]");
  EXPECT_EQ(text(R"({"as_scalar_type":13})"), "torch.bfloat16");
  EXPECT_EQ(text(R"({"as_memory_format":2})"), "torch.channels_last");
  EXPECT_EQ(text(R"({"as_layout":7})"), "torch.strided");
  EXPECT_EQ(text(R"({"as_device":{"type":"cuda","index":1}})"),
            "device('cuda:1')");
  EXPECT_EQ(text(R"({"as_optional_tensor":{"as_none":true}})"), "None");
  EXPECT_EQ(text(R"({"as_optional_tensor":{"as_tensor":{"name":"x"}}})"), "x");
  EXPECT_EQ(text(R"({"as_optional_tensors":[{"as_none":true},
                                      {"as_tensor":{"name":"x"}}]})"),
            "[None, x]");
  EXPECT_EQ(text(R"({"as_complex":{"real":1,"imag":-0.5}})"),
            "complex(1.0, -0.5)");
  EXPECT_EQ(text(R"({"as_nested_tensors":[[{"name":"x"}],[]]})"), "[[x], []]");
  EXPECT_EQ(text(R"({"as_int_lists":[[1],[2,3]]})"), "[[1], [2, 3]]");
  EXPECT_EQ(text(R"({"as_float_lists":[[1.5]]})"), "[[1.5]]");
  EXPECT_EQ(text(R"({"as_operator":"torch.ops.aten.sin.default"})"),
            "'aten.sin.default'");
  EXPECT_EQ(text(R"({"as_string_to_argument":{"k":{"as_int":1}}})"),
            "[['k', 1]]");
}

TEST(Pt2, KeepsIntegersAndFloatsApart) {
  EXPECT_TRUE(std::holds_alternative<std::int64_t>(
      extraArgument(R"({"as_int":1})").value));
  EXPECT_TRUE(
      std::holds_alternative<double>(extraArgument(R"({"as_float":1})").value));
  EXPECT_EQ(failure(withArgument(R"({"as_int":1.0})")), "json-type");
  EXPECT_EQ(failure(withArgument(R"({"as_int":true})")), "json-type");
  EXPECT_EQ(failure(withArgument(R"({"as_float":"one"})")), "json-type");
}

TEST(Pt2, RefusesMalformedUnions) {
  EXPECT_EQ(failure(withArgument("{}")), "json-union");
  EXPECT_EQ(failure(withArgument(R"({"as_int":1,"as_none":true})")),
            "json-union");
  EXPECT_EQ(failure(withArgument(R"({"as_quaternion":1})")), "unknown-tag");
  EXPECT_EQ(failure(withArgument(R"({"as_sym_int":{"as_guess":1}})")),
            "unknown-tag");
  EXPECT_EQ(failure(withArgument(R"({"as_scalar_type":99})")), "bad-dtype");
  EXPECT_EQ(failure(withArgument(R"({"as_layout":0})")), "bad-enum");
  EXPECT_EQ(failure(withArgument(R"({"as_memory_format":5})")), "bad-enum");
}

TEST(Pt2, RefusesCustomObjectsAsUnsupported) {
  Result<Program> program = withArgument(
      R"({"as_custom_obj":{"name":"obj","class_fqn":"__torch__.Queue"}})");
  ASSERT_EQ(failure(program), "unsupported-input");
  EXPECT_TRUE(program.error().isUnsupported());
  EXPECT_TRUE(contains(program.error().message, "__torch__.Queue"));
}

TEST(Pt2, ReadsEveryKindOfResult) {
  Result<Program> program = withResults(
      R"({"as_none":true},{"as_tensors":[{"name":"a"},{"name":"b"}]},
         {"as_sym_int":{"as_name":"n"}},
         {"as_optional_tensors":[{"as_tensor":{"name":"c"}},{"as_none":true}]},
         {"as_optional_tensor":{"as_none":true}},{"as_tensors":[]})");
  ASSERT_EQ(failure(program), "none");
  const auto &results = program->graphs[0].nodes[0].results;
  ASSERT_EQ(results.size(), 7u);
  EXPECT_EQ(results[0].name, "mul");
  EXPECT_TRUE(std::holds_alternative<TensorMeta>(results[0].meta));
  EXPECT_EQ(results[1].name, "");
  EXPECT_EQ(results[2].elements, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(results[2].elementMetas.size(), 2u);
  EXPECT_EQ(results[3].name, "n");
  EXPECT_EQ(results[4].elements, (std::vector<std::string>{"c", ""}));
  EXPECT_EQ(results[5].name, "");
  EXPECT_TRUE(results[6].isList);
}

TEST(Pt2, RefusesValuesUsedBeforeTheyAreMade) {
  TestProgram program;
  std::swap(program.first, program.second);
  EXPECT_EQ(failure(program), "graph-name");
  EXPECT_TRUE(contains(message(program), "node 0 'aten.add.Tensor'"))
      << message(program);
  program = TestProgram();
  program.graphOutputs = tensorArg("nowhere");
  EXPECT_EQ(failure(program), "graph-name");
}

TEST(Pt2, RefusesValuesMadeTwice) {
  EXPECT_EQ(failure(withResults(tensorArg("mul"))), "graph-name");
  EXPECT_EQ(failure(withResults(tensorArg("x"))), "graph-name");
}

TEST(Pt2, ReadsSubGraphsWithTheirOwnNames) {
  std::string sub = R"({"as_graph":{"name":"true_graph","graph":{"inputs":[)" +
                    tensorArg("x") + R"(],"outputs":[)" + tensorArg("x") +
                    R"(],"nodes":[],"tensor_values":{"x":)" +
                    tensorMeta({"7"}, {"1"}) +
                    R"(},"sym_int_values":{},"sym_bool_values":{},
          "is_single_tensor_return":true}}})";
  Result<Program> program = withArgument(sub);
  ASSERT_EQ(failure(program), "none");
  ASSERT_EQ(program->graphs.size(), 2u);
  EXPECT_EQ(program->graphs[1].name, "true_graph");
  EXPECT_TRUE(program->graphs[1].singleResult);
  EXPECT_FALSE(program->graphs[0].singleResult);
  const auto &type = std::get<TensorMeta>(program->graphs[1].inputs[0].meta);
  EXPECT_TRUE(type.shape[0].isInt(7));

  std::string outer = sub;
  std::string output = "\"outputs\":[" + tensorArg("x");
  outer.replace(outer.find(output), output.size(),
                "\"outputs\":[" + tensorArg("p_w"));
  EXPECT_EQ(failure(withArgument(outer)), "graph-name");
}

TEST(Pt2, TakesSourcesFromMetadata) {
  TestProgram program;
  std::string metadata =
      R"("metadata":{"stack_trace":"File \"model.py\", line 12, in forward\n)"
      R"(    return x * self.w\n  File \"/usr/lib/python3/dist-packages/torch/)"
      R"(nn/modules/linear.py\", line 1, in forward\n    F.linear(x) ",)"
      R"("nn_module_stack":"L__self__,,M;L__self__a_b,a.b,torch.nn.Linear"})";
  program.first.replace(program.first.find("\"metadata\":{}"), 13, metadata);
  Result<Program> result = read(program);
  ASSERT_EQ(failure(result), "none");
  const SourceInfo &source = result->graphs[0].nodes[0].source;
  EXPECT_EQ(source.file, "model.py");
  EXPECT_EQ(source.fileLine, 12u);
  EXPECT_EQ(source.code, "return x * self.w");
  EXPECT_EQ(source.modulePath, "a.b");
  EXPECT_EQ(result->graphs[0].nodes[1].source.nodeIndex, 1u);
}

TEST(Pt2, RefusesWrongAndMissingFields) {
  TestProgram program;
  program.first.replace(program.first.find("torch.ops"), 9, "");
  EXPECT_EQ(failure(program), "none"); // Any text is a target.
  program = TestProgram();
  program.first.replace(program.first.find("\"target\""), 8, "\"tarjet\"");
  EXPECT_EQ(failure(program), "json-missing");
  EXPECT_TRUE(contains(message(program), "nodes[0]")) << message(program);
  program = TestProgram();
  program.version = "3";
  EXPECT_EQ(failure(program), "json-type");
}

TEST(Pt2, BoundsNodes) {
  LoadOptions options;
  options.maxNodes = 1;
  EXPECT_EQ(failure(TestProgram().zip(), options), "limit");
  options.maxNodes = 2;
  EXPECT_EQ(failure(TestProgram().zip(), options), "none");
}

TEST(Pt2, RefusesBadTypes) {
  auto withType = [](const std::string &meta) {
    TestProgram program;
    program.tensors = "\"p_w\":" + program.matrix + ",\"x\":" + meta;
    return failure(program);
  };
  EXPECT_EQ(withType(tensorMeta({"2", "3"}, {"3", "1"})), "none");
  EXPECT_EQ(withType(tensorMeta({"-2", "3"}, {"3", "1"})), "bad-shape");
  EXPECT_EQ(withType(tensorMeta({"2", "3"}, {"3"})), "bad-shape");
  EXPECT_EQ(withType(tensorMeta({"4611686018427387904", "4"}, {"4", "1"})),
            "bad-shape");
  EXPECT_EQ(withType(tensorMeta({"2", "3"}, {"3", "1"}, "0", 77)), "bad-dtype");
  EXPECT_EQ(withType(tensorMeta({"2", "3"}, {"3", "1"}, "0", 7, 1)),
            "unsupported-tensor");
  EXPECT_EQ(withType(tensorMeta({"2", "frob(s0)"}, {"3", "1"})),
            "bad-expression");
  EXPECT_EQ(withType(tensorMeta(std::vector<std::string>(65, "1"),
                                std::vector<std::string>(65, "1"))),
            "limit");
}

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

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

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
