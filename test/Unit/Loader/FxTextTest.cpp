//===- FxTextTest.cpp - FX graphs as text ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Loader/Program.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

using namespace graphc;
using namespace graphc::loader;

namespace {
Result<Program> loadText(const std::string &text,
                         const LoadOptions &options = {}) {
  auto owner = std::make_shared<std::string>(text);
  return loadBuffer(owner,
                    reinterpret_cast<const std::uint8_t *>(owner->data()),
                    owner->size(), "dir/model.py", options);
}

/// A readable text with these statements, which return `return` themselves.
std::string readable(const std::string &body,
                     const std::string &parameters = "x: \"f32[2, 3]\"") {
  return "class M(torch.nn.Module):\n    def forward(self, " + parameters +
         "):\n" + body + "\n";
}

Program loaded(const std::string &text) {
  Result<Program> program = loadText(text);
  EXPECT_TRUE(bool(program)) << program.error().format();
  return program ? std::move(*program) : Program();
}

std::string errorOf(const std::string &text) {
  Result<Program> program = loadText(text);
  return program ? "none" : program.error().format();
}

/// The class of the error, which also must hold all of `words`.
std::string classOf(const std::string &text,
                    const std::vector<std::string> &words = {}) {
  Result<Program> program = loadText(text);
  if (!program)
    for (const std::string &word : words)
      EXPECT_NE(program.error().format().find(word), std::string::npos)
          << program.error().format();
  return program ? "none" : program.error().errorClass;
}

std::string argumentText(const Argument &argument) {
  struct Visitor {
    std::string operator()(NoneValue) { return "None"; }
    std::string operator()(const ValueRef &ref) { return "%" + ref.name; }
    std::string operator()(std::int64_t value) { return std::to_string(value); }
    std::string operator()(double value) {
      return std::isnan(value)   ? "nan"
             : std::isinf(value) ? (value < 0 ? "-inf" : "inf")
                                 : std::to_string(value);
    }
    std::string operator()(bool value) { return value ? "True" : "False"; }
    std::string operator()(const std::string &text) { return "'" + text + "'"; }
    std::string operator()(DType dtype) { return dtypeName(dtype); }
    std::string operator()(const DeviceValue &value) { return value.device; }
    std::string operator()(const LayoutValue &value) { return value.layout; }
    std::string operator()(const MemoryFormatValue &value) {
      return value.format;
    }
    std::string operator()(GraphRef graph) {
      return "@" + std::to_string(graph.index);
    }
    std::string operator()(ComplexValue value) {
      return std::to_string(value.real) + "+" + std::to_string(value.imag) +
             "j";
    }
    std::string operator()(const ArgumentList &list) {
      std::string out = "[";
      for (const Argument &item : list)
        out += (out.size() > 1 ? ", " : "") + argumentText(item);
      return out + "]";
    }
  };
  return std::visit(Visitor(), argument.value);
}

std::string nodeText(const Node &node) {
  std::string out = node.results[0].name + " = " + node.target + "(";
  for (std::size_t i = 0; i != node.arguments.size(); ++i) {
    const NamedArgument &argument = node.arguments[i];
    out += (i ? ", " : "") + argument.name +
           (argument.name.empty() ? "" : "=") + argumentText(argument.argument);
  }
  return out + ")";
}

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
// Scripts
//===----------------------------------------------------------------------===//

namespace {
std::string script(const std::string &init, const std::string &body,
                   const std::string &loads) {
  return "s0 = 4\nimport torch\nx = __import__('os')\n"
         "class Repro(torch.nn.Module):\n"
         "    def __init__(self) -> None:\n"
         "        super().__init__()\n" +
         init + "    def forward(self, a):\n" + body +
         "def load_args(reader):\n" + loads +
         "load_args._version = 0\nmod = Repro()\n";
}
const std::string oneTensor =
    "    buf0 = reader.storage(None, 24)\n"
    "    reader.tensor(buf0, (2, 3), is_leaf=True)  # a\n";
} // namespace

TEST(FxScriptTest, ReadsStridesOffsetsAndTypes) {
  Program program = loaded(
      script("", "        return (a,)\n",
             "    buf0 = reader.storage(None, 8*s0*(s0 - 1) + 64, "
             "device=device(type='cuda', index=0), dtype_hint=torch.float16)\n"
             "    reader.tensor(buf0, (s0, 3), (1, s0), dtype=torch.float16, "
             "storage_offset=2, requires_grad=True)  # a\n"));
  const auto &meta = std::get<TensorMeta>(program.graphs[0].inputs[0].meta);
  EXPECT_EQ(meta.dtype, DType::Float16);
  EXPECT_EQ(meta.device, "cuda:0");
  EXPECT_EQ(meta.shape[0].str(), "s0");
  EXPECT_EQ(meta.stride[1].str(), "s0");
  EXPECT_TRUE(meta.storageOffset.isInt(2));
  EXPECT_TRUE(meta.requiresGrad);
  EXPECT_EQ(program.symbols["s0"].hint, 4.0);
}

TEST(FxScriptTest, ReadsSymbolsConstantsAndFixups) {
  Program program =
      loaded("class Repro(torch.nn.Module):\n"
             "    def forward(self, a, b, c, d):\n"
             "        return (a, b)\n"
             "def load_args(reader):\n"
             "    reader.symint(6, expr='s27')  # a\n"
             "    reader.symint(5)  # b\n"
             "    reader.const('c')  # c, filtered out during compilation\n"
             "    # Fixup: ensure sum(repeats) == output_size\n"
             "    if hasattr(reader, 'args'):\n"
             "        _repeats = reader.args[0]\n"
             "        _repeats[:_output_size % _n] += 1\n"
             "    reader.generator('cpu', 0)  # d\n"
             "load_args._version = 0\n");
  ASSERT_EQ(program.inputs.size(), 4u);
  EXPECT_EQ(std::get<SymMeta>(program.graphs[0].inputs[0].meta).hint, 6.0);
  EXPECT_EQ(program.inputs[1].role, InputSpec::Role::Literal);
  EXPECT_EQ(argumentText(program.inputs[1].literal), "5");
  EXPECT_EQ(argumentText(program.inputs[2].literal), "None");
}

TEST(FxScriptTest, ReadsTensorsOfInit) {
  Program program = loaded(script(
      "        self.register_buffer('h', tensor([[ 1., -inf],\n"
      "        [nan,  65504.]], dtype=torch.float16))\n"
      "        self.register_buffer('e', tensor([], size=(0, 3)))\n"
      "        self.register_buffer('b', tensor(True).to(\"cuda:0\"))\n"
      "        self.register_buffer('i', tensor([-5, 7]))\n"
      "        self.w = torch.nn.Parameter(torch.randn([3, 4], "
      "dtype=torch.float32))\n",
      "        h = self.h;  e = self.e;  b = self.b;  i = self.i;  w = self.w\n"
      "        return (a, h, e, b, i, w)\n",
      oneTensor));
  ASSERT_EQ(program.constants.size(), 5u);
  const Constant &h = program.constants[0];
  EXPECT_EQ(h.dtype, DType::Float16);
  EXPECT_EQ(h.shape, (std::vector<std::int64_t>{2, 2}));
  std::uint16_t bits[4];
  std::memcpy(bits, h.storage->data, sizeof(bits));
  EXPECT_EQ(bits[0], 0x3c00);
  EXPECT_EQ(bits[1], 0xfc00);
  EXPECT_EQ(bits[2], 0x7e00);
  EXPECT_EQ(bits[3], 0x7bff);
  EXPECT_EQ(program.constants[1].shape, (std::vector<std::int64_t>{0, 3}));
  EXPECT_EQ(program.constants[2].dtype, DType::Bool);
  EXPECT_EQ(program.constants[3].dtype, DType::Int64);
  EXPECT_FALSE(program.constants[4].hasData());
  ASSERT_EQ(program.inputs.size(), 6u);
  EXPECT_EQ(program.inputs[1].role, InputSpec::Role::Constant);
  ASSERT_EQ(program.warnings.size(), 1u);
  EXPECT_NE(program.warnings[0].message.find("'w'"), std::string::npos);
}

TEST(FxScriptTest, ReadsComplexTensors) {
  Program program = loaded(
      script("        self.register_buffer('c', tensor([1.+2.j, -3.-infj]))\n",
             "        c = self.c\n        return (a, c)\n", oneTensor));
  ASSERT_EQ(program.constants.size(), 1u);
  EXPECT_EQ(program.constants[0].dtype, DType::Complex64);
  float found[4];
  std::memcpy(found, program.constants[0].storage->data, sizeof(found));
  EXPECT_EQ(found[0], 1.0f);
  EXPECT_EQ(found[1], 2.0f);
  EXPECT_EQ(found[2], -3.0f);
  EXPECT_EQ(found[3], -std::numeric_limits<float>::infinity());
}

TEST(FxScriptTest, SeesModulesThatPrintOnSeveralLines) {
  EXPECT_EQ(
      classOf(script("        self.g = <lambda>(\n"
                     "  (true_graph_0): <lambda>()\n"
                     ")\n\n",
                     "        g = self.g\n        return (a,)\n", oneTensor),
              {"self.g"}),
      "fx-subgraph");
}

TEST(FxScriptTest, ReadsRecordedInputsFromAContentStore) {
  Result<Program> program = load(GRAPHC_FIXTURES "/text_strided/repro.py");
  ASSERT_TRUE(bool(program)) << program.error().format();
  ASSERT_EQ(program->constants.size(), 3u);
  EXPECT_EQ(program->inputs[2].role, InputSpec::Role::User);
  ASSERT_TRUE(program->inputs[2].constant.has_value());
  const Constant &value = program->constants[*program->inputs[2].constant];
  EXPECT_EQ(value.offset, 12);
  EXPECT_EQ(value.storage->size, 200u);
  EXPECT_TRUE(value.hasData());
}

TEST(FxScriptTest, LoadsTheSameGraphFromBothTexts) {
  Result<Program> script =
      load(GRAPHC_FIXTURES "/text_dynamic/fx_graph_runnable.py");
  Result<Program> text =
      load(GRAPHC_FIXTURES "/text_dynamic/fx_graph_readable.py");
  ASSERT_TRUE(script && text);
  ASSERT_EQ(script->graphs[0].nodes.size(), text->graphs[0].nodes.size());
  for (std::size_t i = 0; i != script->graphs[0].nodes.size(); ++i)
    EXPECT_EQ(nodeText(script->graphs[0].nodes[i]),
              nodeText(text->graphs[0].nodes[i]));
  EXPECT_EQ(script->torchVersion, "2.13.0+cpu");
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

TEST(FxScriptErrorTest, ChecksLoadArgs) {
  auto load = [](const std::string &lines) {
    return script("", "        return (a,)\n", lines);
  };
  EXPECT_EQ(classOf(load("    reader.tensor(buf9, (2,))\n"), {"buf9"}),
            "fx-name");
  EXPECT_EQ(classOf(load("    buf0 = reader.storage(None, 20)\n"
                         "    reader.tensor(buf0, (2, 3))\n"),
                    {"'a'", "20", "24"}),
            "weight-range");
  EXPECT_EQ(classOf(load("    buf0 = reader.storage(None, 4*s0)\n"
                         "    reader.tensor(buf0, (s0, 3))\n"),
                    {"'a'", "16", "48"}),
            "weight-range");
  EXPECT_EQ(classOf(load(oneTensor + oneTensor), {"1", "2"}), "input-count");
  EXPECT_EQ(classOf(load("    os.system('true')\n"), {"line 10"}), "fx-syntax");
  EXPECT_EQ(classOf(load("    buf0 = reader.storage(None, open('f'))\n")),
            "bad-expression");
  EXPECT_EQ(classOf(load("    buf0 = reader.storage(None, 8)\n"
                         "    reader.tensor(buf0, (2,), dtype=torch.f33)\n")),
            "bad-dtype");
  EXPECT_EQ(classOf(load("    reader.opaque('a.B')  # a\n"), {"a.B"}),
            "unsupported-input");
  EXPECT_EQ(classOf(load("    buf0 = reader.storage('../x', 24)\n"
                         "    reader.tensor(buf0, (2, 3))\n"),
                    {"../x"}),
            "zip-name");
}

TEST(FxScriptErrorTest, SaysWhatTheScriptLacks) {
  EXPECT_EQ(
      classOf(script("        self.g = <lambda>()\n",
                     "        g = self.g\n        return (a,)\n", oneTensor),
              {"line 9", "self.g", "readable"}),
      "fx-subgraph");
  std::string wrong = script("", "        return (a,)\n", oneTensor);
  wrong.replace(wrong.find("_version = 0"), 12, "_version = 3");
  EXPECT_EQ(classOf(wrong, {"3", "0"}), "version");
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
