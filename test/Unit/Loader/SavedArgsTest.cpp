//===- SavedArgsTest.cpp - Saved argument pickles -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Loader/Program.h"

#include <gtest/gtest.h>

#include <cstring>

using namespace graphc;
using namespace graphc::loader;
using namespace std::string_literals;

namespace {
//===----------------------------------------------------------------------===//
// Writing pickles
//===----------------------------------------------------------------------===//

std::string little(std::uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = 0; i != bytes; ++i)
    out += char(value >> (8 * i));
  return out;
}
std::string text(const std::string &value) {
  return "X" + little(value.size(), 4) + value;
}
std::string blob(const std::string &value) {
  return "B" + little(value.size(), 4) + value;
}
std::string number(int value) { return "J" + little(unsigned(value), 4); }
std::string tuple(const std::string &items) { return "(" + items + "t"; }
std::string list(const std::string &items) { return "](" + items + "e"; }
std::string dict(const std::string &items) { return "}(" + items + "u"; }
std::string global(const std::string &module, const std::string &name) {
  return "c" + module + "\n" + name + "\n";
}
std::string call(const std::string &module, const std::string &name,
                 const std::string &args) {
  return global(module, name) + tuple(args) + "R";
}

std::string graphModule(const std::string &code, const std::string &tables = "",
                        const std::string &imports = "import torch") {
  return call("torch.fx.graph_module", "reduce_graph_module",
              dict(text("_code") + text(code) + tables) + text(imports));
}
std::string holder(const std::string &name, const std::string &fields) {
  return global("torch._inductor.debug", name) + ")\x81" + dict(fields) + "b";
}
std::string tensor(const std::string &shape, const std::string &stride,
                   const std::string &dtype = global("torch", "float32"),
                   const std::string &quantised = "\x89") {
  return holder(
      "TensorMetadataHolder",
      text("tensor_metadata") +
          global("torch.fx.passes.shape_prop", "TensorMetadata") +
          tuple(shape + dtype + "\x88" + stride + "N" + quantised + "}") +
          "\x81" + text("device") +
          call("torch", "device", text("cuda") + number(1)));
}
std::string symbol(const std::string &type, const std::string &expr,
                   const std::string &hint) {
  return holder("SymExprMetadataHolder",
                text("pytype") + text(type) + text("expr") + expr +
                    text("hint") + hint + text("symbol_hints") + "}");
}
const std::string pair = tuple(number(2) + number(3));
const std::string pairStride = tuple(number(3) + number(1));
const std::string plain = tensor(pair, pairStride);

/// A stream as torch.save wrote it before zip files: 3 floats.
std::string legacyStream(const std::string &data,
                         const std::string &little = "\x88", int elements = 3) {
  std::string stream =
      "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s +
      "\x80\x02" + number(1001) + "." + "\x80\x02" +
      dict(text("little_endian") + little) + "." + "\x80\x02" +
      tuple(text("storage") + global("torch", "FloatStorage") + text("7") +
            text("cpu") + number(elements) + "N") +
      "Q." + "\x80\x02" + list(text("7")) + ".";
  return stream + ::little(unsigned(elements), 8) + data;
}
std::string rebuilt(const std::string &stream) {
  return call("torch._utils", "_rebuild_tensor_v2",
              call("torch.storage", "_load_from_bytes", blob(stream)) +
                  number(1) + tuple(number(2)) + tuple(number(1)) + "\x89" +
                  call("collections", "OrderedDict", ""));
}

std::string file(const std::string &module, const std::string &inputs,
                 const std::string &kwargs = "") {
  return "\x80\x04" + tuple(tuple(module + list(inputs)) + dict(kwargs)) + ".";
}
const std::string relu = "\n\ndef forward(self, x):\n"
                         "    y = torch.ops.aten.relu.default(x)\n"
                         "    return (y,)\n";

//===----------------------------------------------------------------------===//
// Reading them
//===----------------------------------------------------------------------===//

Result<Program> loadPickle(const std::string &stream,
                           const LoadOptions &options = {}) {
  auto owner = std::make_shared<std::string>(stream);
  return loadBuffer(owner,
                    reinterpret_cast<const std::uint8_t *>(owner->data()),
                    owner->size(), "saved.pkl", options);
}
Program loaded(const std::string &stream) {
  Result<Program> program = loadPickle(stream);
  EXPECT_TRUE(bool(program)) << program.error().format();
  return program ? std::move(*program) : Program();
}
Program loadedFile(const std::string &path) {
  Result<Program> program = load(path);
  EXPECT_TRUE(bool(program)) << program.error().format();
  return program ? std::move(*program) : Program();
}
std::string classOf(const std::string &stream,
                    const std::vector<std::string> &words = {}) {
  Result<Program> program = loadPickle(stream);
  if (!program)
    for (const std::string &word : words)
      EXPECT_NE(program.error().format().find(word), std::string::npos)
          << program.error().format();
  return program ? "none" : program.error().errorClass;
}

std::vector<std::string> targets(const Graph &graph) {
  std::vector<std::string> names;
  for (const Node &node : graph.nodes)
    names.push_back(node.target);
  return names;
}
} // namespace

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

TEST(SavedArgsTest, ReadsTensorInputs) {
  Program program = loaded(file(graphModule(relu), plain));
  EXPECT_EQ(program.source, Program::Source::SavedArguments);
  EXPECT_EQ(program.modelName, "saved");
  const auto &meta = std::get<TensorMeta>(program.graphs[0].inputs[0].meta);
  EXPECT_TRUE(meta.shape[0].isInt(2) && meta.shape[1].isInt(3));
  EXPECT_TRUE(meta.stride[0].isInt(3) && meta.stride[1].isInt(1));
  EXPECT_EQ(meta.device, "cuda:1");
  EXPECT_TRUE(meta.requiresGrad);
  EXPECT_EQ(program.outputs.size(), 1u);
}

TEST(SavedArgsTest, ReadsShapesOfOlderFiles) {
  Program program = loaded(
      file(graphModule(relu), tensor(call("torch", "Size", pair), pairStride,
                                     global("torch", "half"))));
  EXPECT_EQ(std::get<TensorMeta>(program.graphs[0].inputs[0].meta).dtype,
            DType::Float16);
}

TEST(SavedArgsTest, KeepsNumbersAndNoneInPlace) {
  Program program =
      loaded(file(graphModule("def forward(self, a, b, c, d, e):\n"
                              "    return (a, e)\n"),
                  number(7) + "\x88" + "G\x3f\xf8\0\0\0\0\0\0"s + "N" + plain));
  using Role = InputSpec::Role;
  ASSERT_EQ(program.inputs.size(), 5u);
  for (int i = 0; i != 4; ++i)
    EXPECT_EQ(program.inputs[i].role, Role::Literal);
  EXPECT_EQ(std::get<std::int64_t>(program.inputs[0].literal.value), 7);
  EXPECT_EQ(std::get<bool>(program.inputs[1].literal.value), true);
  EXPECT_EQ(std::get<double>(program.inputs[2].literal.value), 1.5);
  EXPECT_TRUE(
      std::holds_alternative<NoneValue>(program.inputs[3].literal.value));
  EXPECT_EQ(program.inputs[4].role, Role::User);
}

TEST(SavedArgsTest, ReadsSymbolsAsObjectsAndText) {
  std::string s0 = global("sympy.core.symbol", "Symbol") + tuple(text("s0")) +
                   dict(text("integer") + "\x88") + "\x92";
  std::string twice =
      global("sympy.core.mul", "Mul") +
      tuple(call("sympy.core.numbers", "Integer", number(2)) + s0) + "\x81";
  Program program =
      loaded(file(graphModule("def forward(self, n, f, x):\n    return (x,)\n"),
                  symbol("int", s0, number(4)) +
                      symbol("float", text("zf1"), "G\x3f\xf8\0\0\0\0\0\0"s) +
                      tensor(tuple(symbol("int", twice, number(8)) + number(3)),
                             pairStride)));
  const Graph &graph = program.graphs[0];
  const auto &n = std::get<SymMeta>(graph.inputs[0].meta);
  EXPECT_EQ(n.expr.str(), "s0");
  EXPECT_EQ(n.hint, 4.0);
  EXPECT_EQ(std::get<SymMeta>(graph.inputs[1].meta).kind, SymMeta::Kind::Float);
  EXPECT_EQ(std::get<TensorMeta>(graph.inputs[2].meta).shape[0].str(), "2*s0");
  EXPECT_EQ(program.symbols["s0"].hint, 4.0);
}

TEST(SavedArgsTest, MarksStaticInputs) {
  std::string two = graphModule("def forward(self, x, y):\n    return (y,)\n");
  Program program = loaded(file(two, plain + plain,
                                text("static_input_idxs") + list(number(1)) +
                                    text("unheard_of") + "N"));
  EXPECT_FALSE(program.inputs[0].isStatic);
  EXPECT_TRUE(program.inputs[1].isStatic);
  program = loaded(file(two, plain + plain, text("num_fixed") + number(1)));
  EXPECT_TRUE(program.inputs[0].isStatic);
  EXPECT_FALSE(program.inputs[1].isStatic);
}

TEST(SavedArgsTest, IgnoresBytesBehindTheEnd) {
  Program program = loaded(file(graphModule(relu), plain) + "abc");
  ASSERT_EQ(program.warnings.size(), 1u);
  EXPECT_NE(program.warnings[0].message.find("3 bytes"), std::string::npos);
}

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

TEST(SavedArgsTest, ReadsTensorsInLegacyStreams) {
  float values[3] = {1.5f, -2.0f, 3.25f};
  std::string data(reinterpret_cast<const char *>(values), sizeof(values));
  std::string code = "def forward(self, x):\n"
                     "    w = self._tensor_constant0;  n = self.none\n"
                     "    y = torch.ops.aten.add.Tensor(x, w)\n"
                     "    z = torch.ops.aten.f.default(w, n)\n"
                     "    return (y,)\n";
  Program program = loaded(file(
      graphModule(code, text("_buffers") + dict(text("_tensor_constant0") +
                                                rebuilt(legacyStream(data)) +
                                                text("none") + "N")),
      plain));
  ASSERT_EQ(program.constants.size(), 1u);
  const Constant &constant = program.constants[0];
  EXPECT_EQ(constant.name, "_tensor_constant0");
  EXPECT_EQ(constant.offset, 1);
  float found[3];
  ASSERT_EQ(constant.storage->size, sizeof(found));
  std::memcpy(found, constant.storage->data, sizeof(found));
  EXPECT_EQ(found[2], 3.25f);
  // One input however often it is used, behind the parameters.
  ASSERT_EQ(program.inputs.size(), 2u);
  EXPECT_EQ(program.inputs[1].role, InputSpec::Role::Constant);
  EXPECT_EQ(program.inputs[1].constant, 0u);
  EXPECT_EQ(program.graphs[0].inputs[1].name, "w");
}

TEST(SavedArgsTest, SharesModulesAndFollowsDottedNames) {
  std::string inner = graphModule("def forward(self, a):\n    return a\n");
  std::string middle =
      graphModule("def forward(self, a):\n    return (a,)\n",
                  text("_modules") + dict(text("0") + inner + "\x94"));
  std::string code = "def forward(self, x):\n"
                     "    f = getattr(self.m, \"0\");  g = self.m\n"
                     "    y = torch.ops.higher_order.f(f, g, f, x)\n"
                     "    return y\n";
  Program program = loaded(file(
      graphModule(code, text("_modules") + dict(text("m") + middle)), plain));
  ASSERT_EQ(program.graphs.size(), 3u);
  const Node &node = program.graphs[0].nodes[0];
  EXPECT_EQ(std::get<GraphRef>(node.arguments[0].argument.value).index, 1u);
  EXPECT_EQ(std::get<GraphRef>(node.arguments[1].argument.value).index, 2u);
  EXPECT_EQ(std::get<GraphRef>(node.arguments[2].argument.value).index, 1u);
  EXPECT_TRUE(program.graphs[1].singleResult);
}

TEST(SavedArgsTest, UsesTheImportBlockAsAliases) {
  std::string code = "def forward(self, n):\n"
                     "    y = my_trunc(n)\n"
                     "    z = torch.ops.aten.f.default(Kind.Row)\n"
                     "    return (y,)\n";
  Program program =
      loaded(file(graphModule(code, "",
                              "from math import trunc as my_trunc\n"
                              "from torch.nn import ScalingType as Kind\n"),
                  symbol("float", text("zf0"), "N")));
  EXPECT_EQ(targets(program.graphs[0]),
            (std::vector<std::string>{"math.trunc", "aten.f.default"}));
}

TEST(SavedArgsTest, DoesNotLookAtWhatIsNotNeeded) {
  std::string meta =
      text("meta") + dict(text("k") + call("posix", "system", text("true")));
  EXPECT_EQ(classOf(file(graphModule(relu, meta), plain)), "none");
  LoadOptions options;
  options.strict = true;
  Result<Program> program =
      loadPickle(file(graphModule(relu, meta), plain), options);
  ASSERT_FALSE(bool(program));
  EXPECT_EQ(program.error().errorClass, "pickle-global");
  EXPECT_TRUE(bool(loadPickle(file(graphModule(relu), plain), options)));
}

//===----------------------------------------------------------------------===//
// Files that torch wrote
//===----------------------------------------------------------------------===//

TEST(SavedArgsFileTest, ReadsBranches) {
  Program program = loadedFile(GRAPHC_FIXTURES "/args_cond/args.pkl");
  ASSERT_EQ(program.graphs.size(), 3u);
  EXPECT_EQ(
      targets(program.graphs[0]),
      (std::vector<std::string>{"aten.sum.default", "aten.gt.Scalar",
                                "higher_order.cond", "_operator.getitem"}));
  EXPECT_EQ(targets(program.graphs[1]),
            (std::vector<std::string>{"aten.mm.default"}));
}

TEST(SavedArgsFileTest, ReadsLoops) {
  Program program = loadedFile(GRAPHC_FIXTURES "/args_while_loop/args.pkl");
  ASSERT_EQ(program.graphs.size(), 3u);
  EXPECT_TRUE(program.graphs[1].singleResult);
  EXPECT_EQ(program.graphs[2].outputs.size(), 2u);
}

TEST(SavedArgsFileTest, PassesConstantsOfBranchesAsOperands) {
  Program program = loadedFile(GRAPHC_TEST_INPUTS "/cond_constants.pkl");
  ASSERT_EQ(program.graphs.size(), 5u);
  ASSERT_EQ(program.constants.size(), 2u);
  EXPECT_NE(program.constants[0].name, program.constants[1].name);
  const Node &cond = program.graphs[0].nodes[2];
  ASSERT_EQ(cond.target, "higher_order.cond");
  const auto &operands =
      std::get<ArgumentList>(cond.arguments[3].argument.value);
  EXPECT_EQ(operands.size(), 4u);
  // Both branches take both constants; inputs bind by position.
  for (int branch : {1, 2})
    EXPECT_EQ(program.graphs[branch].inputs.size(), 4u);
  // The inner cond gets only the one it needs.
  for (int branch : {3, 4})
    EXPECT_EQ(program.graphs[branch].inputs.size(), 2u);
}

TEST(SavedArgsFileTest, ReadsConstantsOfOtherTypes) {
  Program program = loadedFile(GRAPHC_FIXTURES "/args_constant_types/args.pkl");
  ASSERT_EQ(program.constants.size(), 2u);
  for (const Constant &constant : program.constants)
    EXPECT_TRUE(constant.hasData());
}

TEST(SavedArgsFileTest, ReadsSymbolicSizes) {
  Program program = loadedFile(GRAPHC_FIXTURES "/args_dynamic_resize/args.pkl");
  EXPECT_EQ(program.symbols.size(), 2u);
  EXPECT_EQ(program.graphs[0].nodes.size(), 47u);
}

TEST(SavedArgsFileTest, ReadsBackwardGraphsAndWrites) {
  Program backward =
      loadedFile(GRAPHC_FIXTURES "/args_train_backward/args.pkl");
  EXPECT_EQ(backward.graphs[0].nodes.size(), 43u);
  EXPECT_TRUE(backward.inputs[0].isStatic);
  Program writes = loadedFile(GRAPHC_FIXTURES "/args_buffer_mutation/args.pkl");
  std::vector<std::string> names = targets(writes.graphs[0]);
  EXPECT_EQ(std::count(names.begin(), names.end(), "aten.copy_.default"), 2);
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

TEST(SavedArgsErrorTest, SaysWhatThePickleIs) {
  EXPECT_EQ(classOf("\x80\x04}.", {"dict", "byte offset"}), "input-kind");
  EXPECT_EQ(classOf("\x80\x04" + tuple(pair + "}") + "."), "pickle-type");
  EXPECT_EQ(classOf(file(call("posix", "system", text("true")), plain),
                    {"posix.system", "never called"}),
            "pickle-global");
  EXPECT_EQ(classOf(file(graphModule(relu), plain + plain), {"1", "2"}),
            "input-count");
}

TEST(SavedArgsErrorTest, NamesTheInput) {
  auto input = [](const std::string &value) {
    return file(graphModule(relu), value);
  };
  EXPECT_EQ(classOf(input(call("posix", "system", text("true"))),
                    {"input 0", "posix.system", "byte offset"}),
            "pickle-global");
  EXPECT_EQ(classOf(input("]"), {"input 0", "list"}), "pickle-type");
  EXPECT_EQ(classOf(input(tensor(tuple(number(-3)), tuple(number(1)))),
                    {"input 0", "-3"}),
            "bad-shape");
  EXPECT_EQ(classOf(input(tensor(pair, tuple(number(1))))), "bad-shape");
  EXPECT_EQ(classOf(input(tensor(tuple(text("a")), tuple(number(1))))),
            "pickle-type");
  EXPECT_EQ(classOf(input(tensor(pair, pairStride, global("os", "float32")))),
            "pickle-global");
  EXPECT_EQ(classOf(input(tensor(pair, pairStride, global("torch", "qint8"))),
                    {"torch.qint8"}),
            "pickle-global");
  EXPECT_EQ(classOf(input(
                tensor(pair, pairStride, global("torch", "float32"), "\x88"))),
            "unsupported-tensor");
  EXPECT_EQ(classOf(input(symbol("int", call("os", "x", ""), "N")), {"os.x"}),
            "pickle-global");
  EXPECT_EQ(classOf(input(symbol("int", text("__import__('os')"), "N"))),
            "bad-expression");
  EXPECT_EQ(classOf(input(symbol("str", text("s0"), "N"))), "pickle-type");
  std::string square = symbol("int", text("s0**2"), "N");
  EXPECT_EQ(classOf(input(tensor(tuple(square), tuple(number(1)))), {"s0"}),
            "symbol-unbound");
}

TEST(SavedArgsErrorTest, NamesTheAttribute) {
  std::string code = "def forward(self, x):\n    w = self.w\n"
                     "    y = torch.ops.aten.f.default(x, w)\n"
                     "    return (y,)\n";
  auto attribute = [&](const std::string &value) {
    return file(graphModule(code, text("_buffers") + dict(text("w") + value)),
                plain);
  };
  EXPECT_EQ(
      classOf(file(graphModule(code, text("_buffers") + dict(text("v") + "N")),
                   plain),
              {"'self.w'", "present: v", "line 2"}),
      "fx-attribute");
  EXPECT_EQ(classOf(attribute(call("posix", "system", text("true"))),
                    {"posix.system", "never called"}),
            "pickle-global");
  std::string data(12, '\0');
  EXPECT_EQ(classOf(attribute(rebuilt(legacyStream(data)))), "none");
  EXPECT_EQ(classOf(attribute(rebuilt(legacyStream(data + "x")))),
            "weight-length");
  EXPECT_EQ(classOf(attribute(rebuilt(legacyStream(data, "\x89")))),
            "byteorder");
  EXPECT_EQ(classOf(attribute(rebuilt(legacyStream(data.substr(4), "\x88", 2))),
                    {"'w'", "4..12", "8"}),
            "weight-range");
  EXPECT_EQ(classOf(attribute(rebuilt("\x80\x02N.")), {"byte offset"}),
            "pickle-truncated");
}

TEST(SavedArgsErrorTest, NamesTheModuleOfAGraph) {
  std::string branch = graphModule("def forward(self, a):\n    b = z\n");
  std::string code = "def forward(self, x):\n    g = self.g\n    return (x,)\n";
  EXPECT_EQ(classOf(file(graphModule(code, text("_modules") +
                                               dict(text("g") + branch)),
                         plain),
                    {"_modules['g']._code: line 2", "'z'"}),
            "fx-name");
  EXPECT_EQ(classOf(file(graphModule("x = 1\n"), plain), {"def forward"}),
            "input-kind");
}

TEST(SavedArgsErrorTest, FindsModulesInsideThemselves) {
  std::string code = "def forward(self, x):\n    g = self.a\n    return (x,)\n";
  // The dict of modules is memoised before it gets the module that holds it.
  std::string module =
      "}q\1" +
      ("0" + call("torch.fx.graph_module", "reduce_graph_module",
                  dict(text("_code") + text(code) + text("_modules") + "h\1") +
                      text(""))) +
      "q\2" + "0h\1" + text("a") + "h\2s0h\2";
  EXPECT_EQ(classOf(file(module, plain), {"_modules['a']"}), "pickle-cycle");
}

TEST(SavedArgsErrorTest, BoundsNestingOfGraphs) {
  std::string module = graphModule("def forward(self):\n    return ()\n");
  for (int i = 0; i != 80; ++i)
    module = graphModule("def forward(self):\n    a = self.a\n    return ()\n",
                         text("_modules") + dict(text("a") + module));
  EXPECT_EQ(classOf(file(module, "")), "limit");
}
