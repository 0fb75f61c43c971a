//===- Pt2GraphTest.cpp - Graphs of export archives -----------------------===//
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
