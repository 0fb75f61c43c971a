//===- FxTextTest.cpp - FX graphs as text ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxTextBuilder.h"

#include <cstring>

using namespace graphc;
using namespace graphc::loader;

namespace {
std::string onlyNode(const std::string &statement,
                     const std::string &parameters = "x: \"f32[2, 3]\"") {
  Program program = loaded(
      readable("        " + statement + "\n        return (y,)", parameters));
  if (program.graphs.empty() || program.graphs[0].nodes.size() != 1)
    return "not one node";
  return nodeText(program.graphs[0].nodes[0]);
}
} // namespace

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

TEST(FxTextTest, ReadsEveryKindOfArgument) {
  EXPECT_EQ(onlyNode("y = torch.ops.aten.full.default([2, -1], -inf, dtype = "
                     "torch.int64, layout = torch.strided, device = "
                     "device(type='cuda', index=1), pin_memory = False);  x = "
                     "None"),
            "y = aten.full.default([2, -1], -inf, dtype=int64, layout=strided, "
            "device=cuda:1, pin_memory=False)");
  EXPECT_EQ(onlyNode("y = torch.ops.aten.slice.Tensor(x, 0, None, "
                     "9223372036854775807)"),
            "y = aten.slice.Tensor(%x, 0, None, 9223372036854775807)");
  EXPECT_EQ(onlyNode("y = torch.ops.aten.f.default((x,), (), [], (1), nan, "
                     "-9223372036854775808, 1e-05, (1+2j), 3j, -0.5)"),
            "y = aten.f.default([%x], [], [], 1, nan, -9223372036854775808, "
            "0.000010, 1.000000+2.000000j, 0.000000+3.000000j, -0.500000)");
  EXPECT_EQ(onlyNode(R"(y = torch.ops.aten.f.default('it\'s', "\u00e9\n", )"
                     R"(memory_format = torch.channels_last))"),
            "y = aten.f.default('it's', '\u00e9\n', "
            "memory_format=channels_last)");
  EXPECT_EQ(onlyNode("y = torch.ops.higher_order.f(torch.ops.my.op.default, "
                     "kwargs = {'a': x, 'b': 2})"),
            "y = higher_order.f('my.op.default', kwargs=[['a', %x], ['b', "
            "2]])");
}

TEST(FxTextTest, ReadsSymbolicArithmeticAndItems) {
  std::string symbol = "s: \"Sym(s0)\"";
  EXPECT_EQ(onlyNode("y = s // 2", symbol), "y = _operator.floordiv(%s, 2)");
  EXPECT_EQ(onlyNode("y = 2 ** s", symbol), "y = _operator.pow(2, %s)");
  EXPECT_EQ(onlyNode("y = -s", symbol), "y = _operator.neg(%s)");
  EXPECT_EQ(onlyNode("y: \"Sym(s0 >= 2)\" = s >= 2", symbol),
            "y = _operator.ge(%s, 2)");
  EXPECT_EQ(onlyNode("y = torch.sym_max(s, 3)", symbol),
            "y = torch.sym_max(%s, 3)");
  EXPECT_EQ(onlyNode("y = math_trunc(s)", symbol), "y = math.trunc(%s)");
  EXPECT_EQ(onlyNode("y = x[0]"), "y = _operator.getitem(%x, 0)");
}

TEST(FxTextTest, IgnoresReleasesCommentsAndToolLines) {
  Program program = loaded(readable(
      "        _rf = torch._C._profiler._RecordFunctionFast('a'); "
      "_rf.__enter__()\n"
      "        \"\"\"\n        meta: stuff (\n        \"\"\"\n"
      "        # File: model.py:12 in forward, code: return x + 1\n"
      "        y: \"f32[2, 3]\" = torch.ops.aten.add.Tensor(x, 1);  x = z = "
      "None\n\n"
      "        _rf.__exit__(None, None, None)\n"
      "        return (y, None)"));
  ASSERT_EQ(program.graphs[0].nodes.size(), 1u);
  const SourceInfo &source = program.graphs[0].nodes[0].source;
  EXPECT_EQ(source.file, "model.py");
  EXPECT_EQ(source.fileLine, 12u);
  EXPECT_EQ(source.code, "return x + 1");
  EXPECT_EQ(source.line, 8u);
  ASSERT_EQ(program.graphs[0].outputs.size(), 2u);
  EXPECT_EQ(argumentText(program.graphs[0].outputs[1]), "None");
  EXPECT_FALSE(program.graphs[0].singleResult);
}

TEST(FxTextTest, GivesRepeatedNamesNewValues) {
  Program program = loaded(readable("        n += 1;  m = n\n"
                                    "        n = m * n\n"
                                    "        return n",
                                    "n: \"Sym(s0)\""));
  ASSERT_EQ(program.graphs[0].nodes.size(), 2u);
  EXPECT_EQ(nodeText(program.graphs[0].nodes[0]),
            "n__1 = _operator.add(%n, 1)");
  EXPECT_EQ(nodeText(program.graphs[0].nodes[1]),
            "n__2 = _operator.mul(%n__1, %n__1)");
  EXPECT_EQ(argumentText(program.graphs[0].outputs[0]), "%n__2");
  EXPECT_TRUE(program.graphs[0].singleResult);
}

//===----------------------------------------------------------------------===//
// Headers and inputs
//===----------------------------------------------------------------------===//

TEST(FxTextTest, ReadsAnnotationsAsInputTypes) {
  Program program = loaded(readable(
      "        return (a,)",
      "a: \"bf16[s0, 2*s0][1, s0]cuda:0\",\n        s: \"Sym(s0)\",  # c\n"
      "        f: \"Sym(zf0)\", e: f32[2, 3] = None"));
  const Graph &graph = program.graphs[0];
  const auto &a = std::get<TensorMeta>(graph.inputs[0].meta);
  EXPECT_EQ(a.dtype, DType::BFloat16);
  EXPECT_EQ(a.shape[1].str(), "2*s0");
  EXPECT_EQ(a.stride[1].str(), "s0");
  EXPECT_EQ(a.device, "cuda:0");
  EXPECT_EQ(std::get<SymMeta>(graph.inputs[1].meta).expr.str(), "s0");
  EXPECT_EQ(std::get<SymMeta>(graph.inputs[2].meta).kind, SymMeta::Kind::Float);
  const auto &e = std::get<TensorMeta>(graph.inputs[3].meta);
  EXPECT_TRUE(e.stride[0].isInt(3) && e.stride[1].isInt(1));
  EXPECT_EQ(program.symbols.count("s0"), 1u);
}

TEST(FxTextTest, ReadsBoxedCalls) {
  Program program = loaded("def forward(self, args_list):\n"
                           "    args_iter = iter(args_list)\n"
                           "    a: \"f32[2]\" = next(args_iter)\n"
                           "    b: \"f32[3]\" = next(args_iter)\n"
                           "    args_list.clear()\n"
                           "    y = torch.ops.aten.relu.default(b)\n"
                           "    return [y, a]\n");
  ASSERT_EQ(program.graphs[0].inputs.size(), 2u);
  EXPECT_EQ(program.graphs[0].inputs[1].name, "b");
  EXPECT_EQ(program.inputs.size(), 2u);
}

TEST(FxTextTest, ReadsPytreeCalls) {
  Program program =
      loaded("def forward(self, x, y):\n"
             "    x_1: \"f32[2]\"; y_1: \"f32[3]\"; \n"
             "    x_1, y_1, = fx_pytree.tree_flatten_spec(([x], {'y':y}), "
             "self._in_spec)\n"
             "    z = torch.ops.aten.relu.default(y_1)\n"
             "    return pytree.tree_unflatten([z, x_1], self._out_spec)\n");
  ASSERT_EQ(program.graphs[0].inputs.size(), 2u);
  EXPECT_EQ(program.graphs[0].inputs[0].name, "x_1");
  ASSERT_EQ(program.graphs[0].outputs.size(), 2u);
  EXPECT_EQ(argumentText(program.graphs[0].outputs[1]), "%x_1");
}

TEST(FxTextTest, ResolvesNestedClasses) {
  Result<Program> program =
      load(GRAPHC_FIXTURES "/text_cond/fx_graph_readable.py");
  ASSERT_TRUE(bool(program)) << program.error().format();
  ASSERT_EQ(program->graphs.size(), 3u);
  EXPECT_EQ(program->graphs[1].name, "true_graph_0");
  EXPECT_EQ(nodeText(program->graphs[0].nodes[2]),
            "cond = higher_order.cond(%gt, @1, @2, [%arg0_1, %arg1_1])");
  EXPECT_EQ(program->graphs[0].nodes[0].source.fileLine, 489u);
}

TEST(FxTextTest, ResolvesNamesInTheNearestClassOnly) {
  EXPECT_EQ(classOf("class A(torch.nn.Module):\n"
                    "    def forward(self, x: \"f32[1]\"):\n"
                    "        g = self.g\n"
                    "        y = torch.ops.higher_order.f(g, x)\n"
                    "        return (y,)\n"
                    "class B(torch.nn.Module):\n"
                    "    class g(torch.nn.Module):\n"
                    "        def forward(self, x):\n"
                    "            return (x,)\n",
                    {"g"}),
            "fx-attribute");
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

TEST(FxTextErrorTest, RefusesStatementsOutsideTheGrammar) {
  for (const char *statement : {"import os",
                                "if x: y = x",
                                "for i in x: pass",
                                "del x",
                                "y = lambda: 1",
                                "y = [i for i in x]",
                                "y = f'a'",
                                "y = open('f')",
                                "y = 1 if x else 2",
                                "y = '''a'''",
                                "y = \"a",
                                "x.y = 1",
                                "y = torch.ops.aten.f.default(x + 1)",
                                "y = torch.ops.aten.f.default(g(x))",
                                "y = torch.add(x, 1)",
                                "y = $",
                                "y = torch.ops.aten.f.default(**x)",
                                "y = torch.manual_seed.z",
                                "y z",
                                "eval('1')",
                                "y = torch.foo",
                                "y = device(1)",
                                "with x: y = x",
                                "y = torch.ops.aten.f.default('\\N{x}')",
                                "@x",
                                "y = x = ",
                                "a, b = x"})
    EXPECT_EQ(classOf(readable("        " + std::string(statement) +
                               "\n        return (x,)"),
                      {"line 3"}),
              "fx-syntax")
        << statement;
  EXPECT_EQ(classOf(readable("        y = x")), "fx-syntax");
  EXPECT_EQ(classOf(readable("        return (x,)\n        y = x[0]")),
            "fx-syntax");
}

TEST(FxTextErrorTest, NamesWhatIsWrong) {
  EXPECT_EQ(classOf(readable("        y = torch.ops.aten.f.default(z)\n"
                             "        return (y,)"),
                    {"line 3", "'z'"}),
            "fx-name");
  EXPECT_EQ(classOf(readable("        y = torch.ops.aten.f.default("
                             "9223372036854775808)\n        return (y,)"),
                    {"line 3", "9223372036854775808"}),
            "fx-number");
  EXPECT_EQ(classOf(readable("        y = x * 2\n        return (y,)"),
                    {"line 3", "'x'"}),
            "fx-type");
  for (const char *call :
       {"y = x.view(2)", "y = self.linear(x)", "y = getattr(x, 'shape')",
        "x[0] = 1", "y = x.t().sum()", "y = torch.ops.a.b.c(x.shape)"})
    EXPECT_EQ(classOf(readable("        " + std::string(call) +
                               "\n        return (x,)"),
                      {"line 3"}),
              "fx-level")
        << call;
  EXPECT_EQ(classOf(readable("        y = self.w\n        return (y,)"),
                    {"line 3", "self.w"}),
            "fx-attribute");
}

TEST(FxTextErrorTest, NeedsTypesOfUsedInputsOnly) {
  EXPECT_EQ(classOf(readable("        return (x,)", "x, y: \"f32[2]\""),
                    {"'x'", "line 2"}),
            "input-kind");
  EXPECT_EQ(classOf(readable("        return (y,)", "x, y: \"f32[2]\"")),
            "none");
  EXPECT_EQ(
      classOf(readable("        return (x,)", "x: \"DTensor(f32[2], S(0))\""),
              {"DTensor"}),
      "unsupported-tensor");
}

TEST(FxTextErrorTest, ChecksSizesAndSymbols) {
  EXPECT_EQ(
      classOf(readable("        return (x,)", "x: \"f32[2, -3]\""), {"-3"}),
      "bad-shape");
  EXPECT_EQ(
      classOf(readable("        return (x,)", "x: \"f32[s0**2]\""), {"s0"}),
      "symbol-unbound");
  EXPECT_EQ(classOf(readable("        return (x,)", "x: \"f32[f(1)]\"")),
            "bad-expression");
  std::string huge = "x: \"f32[4611686018427387904, 4]\"";
  EXPECT_EQ(classOf(readable("        return (x,)", huge)), "bad-shape");
}

TEST(FxTextErrorTest, BoundsWidth) {
  auto repeated = [](const char *text, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i != count; ++i)
      out += text;
    return out;
  };
  EXPECT_EQ(classOf(readable("        return (x,)",
                             "x: \"f32[" + repeated("s0,", 65) + "]\"")),
            "limit");
  EXPECT_EQ(classOf(readable("        return (x,)",
                             "x: \"f32[" + repeated("s0*", 1 << 16) + "1]\"")),
            "limit");
  EXPECT_EQ(classOf(readable("        y = [" + repeated("x,", 1 << 18) + "]"),
                    {"parts"}),
            "limit");
  EXPECT_EQ(classOf(readable("        return (x,)", repeated("x,", 1 << 17)),
                    {"parameters"}),
            "limit");
}

TEST(FxTextErrorTest, BoundsNesting) {
  std::string deep(500, '(');
  EXPECT_EQ(classOf(readable("        y = torch.ops.a.b.c(" + deep)), "limit");
  std::string sum = "        y = x";
  for (int i = 0; i != 500; ++i)
    sum += " + 1";
  EXPECT_EQ(classOf(readable(sum)), "limit");
  std::string attributes = "        y = x";
  for (int i = 0; i != 500; ++i)
    attributes += ".a";
  EXPECT_EQ(classOf(readable(attributes)), "limit");
  std::string classes;
  for (int i = 0; i != 100; ++i)
    classes += std::string(i, ' ') + "class a(b):\n";
  classes += std::string(100, ' ') + "def forward(self):\n" +
             std::string(101, ' ') + "return ()\n";
  EXPECT_EQ(classOf(classes), "limit");
  LoadOptions options;
  options.maxNodes = 1;
  Result<Program> program =
      loadText(readable("        y = x[0]\n        z = x[0]\n        return y"),
               options);
  ASSERT_FALSE(bool(program));
  EXPECT_EQ(program.error().errorClass, "limit");
}

TEST(FxTextErrorTest, ShowsTheLine) {
  std::string error =
      errorOf(readable("        y = torch.ops.aten.f.default(x;  x = None\n"));
  EXPECT_NE(error.find("dir/model.py: line 3, column 39"), std::string::npos)
      << error;
  EXPECT_NE(error.find("note: y = torch.ops.aten.f.default(x;"),
            std::string::npos)
      << error;
}
