//===- FxScriptTest.cpp - FX graphs as scripts ----------------------------===//
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
