//===- ArtefactTest.cpp - Tests of written artefacts ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/Artefact.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/SourceMgr.h"

#include "gtest/gtest.h"

#include <dlfcn.h>

using namespace graphc;

/// y[i] = x[i] + w[i % 3] for x of s0 floats; count += 1.
static const char moduleText[] = R"(
define i32 @add_entry(ptr %in, ptr %out, ptr %symbols, ptr %weights,
                      ptr %arena, i32 %threads) {
  %x = load ptr, ptr %in
  %y = load ptr, ptr %out
  %n = load i64, ptr %symbols
  %inc = getelementptr ptr, ptr %in, i64 1
  %outc = getelementptr ptr, ptr %out, i64 1
  %c = load ptr, ptr %inc
  %d = load ptr, ptr %outc
  %count = load i64, ptr %c
  %next = add i64 %count, 1
  store i64 %next, ptr %d
  br label %loop
loop:
  %i = phi i64 [0, %0], [%j, %loop]
  %px = getelementptr float, ptr %x, i64 %i
  %py = getelementptr float, ptr %y, i64 %i
  %m = urem i64 %i, 3
  %pw = getelementptr float, ptr %weights, i64 %m
  %a = load float, ptr %px
  %b = load float, ptr %pw
  %s = call float @helper(float %a, float %b)
  store float %s, ptr %py
  %j = add i64 %i, 1
  %done = icmp uge i64 %j, %n
  br i1 %done, label %end, label %loop
end:
  ret i32 0
}
define float @helper(float %a, float %b) noinline {
  %s = fadd float %a, %b
  ret float %s
}
)";

namespace {
struct ArtefactTest : testing::Test {
  llvm::SmallString<128> folder;
  llvm::LLVMContext context;
  mlir::MLIRContext mlirContext;
  std::unique_ptr<llvm::Module> module;
  Interface interface;
  float w[3] = {10, 20, 30};
  std::vector<WeightEntry> weights;
  ArtefactOptions options;
  std::vector<void *> libraries;

  ArtefactTest() {
    llvm::sys::fs::createUniqueDirectory("graphc-artefact", folder);
    parse();
    InterfaceType vector{"float32[s0]", {kDLFloat, 32, 1}, {}, {}};
    vector.shape = {InterfaceExpr::symbol(0)};
    vector.strides = {InterfaceExpr::constant(1)};
    InterfaceType scalar{"int64[]", {kDLInt, 64, 1}, {}, {}};
    interface.source = "add.pt2";
    interface.symbols = {{"s0", 2, 1000, std::nullopt}};
    interface.arguments = {{"x", 0, {}}, {"mode", -1, {}}};
    interface.arguments[1].literal.kind = GRAPHC_KIND_STRING;
    interface.arguments[1].literal.text = "sum";
    interface.inputs = {{"x", vector, GRAPHC_KIND_TENSOR, std::nullopt}};
    interface.outputs = {{"y", vector, GRAPHC_KIND_TENSOR, std::nullopt}};
    interface.states.resize(1);
    interface.states[0].name = "count";
    interface.states[0].type = scalar;
    interface.states[0].size = 8;
    interface.states[0].initial = mlir::DenseElementsAttr::get(
        mlir::RankedTensorType::get({},
                                    mlir::IntegerType::get(&mlirContext, 64)),
        int64_t(41));
    interface.places = {{0, 0}, {1, 0}};
    interface.results = {{vector, 0}, {scalar, -1}};
    interface.mutations = {{{1, 0}, 1, 0, -1}};
    interface.specs.resize(2);
    interface.specs[0].role = "buffer_mutation";
    interface.specs[0].target = "count";
    interface.specs[0].mutation = 0;
    interface.specs[1].role = "user_output";
    interface.specs[1].output = 0;
    weights.resize(1);
    weights[0].bytes = {reinterpret_cast<const char *>(w), sizeof(w)};
    weights[0].name = "w";
    weights[0].dtype = "float32";
    weights[0].shape = {3};
    options.kind = ArtefactOptions::Kind::SharedLibrary;
    options.name = "add";
    options.output = path("add.so");
    options.machine = *describeMachine("native");
  }
  ~ArtefactTest() override {
    for (void *library : libraries)
      dlclose(library);
    llvm::sys::fs::remove_directories(folder);
  }

  void parse() {
    llvm::SMDiagnostic problem;
    module = llvm::parseAssemblyString(moduleText, problem, context);
    ASSERT_TRUE(module) << problem.getMessage().str();
  }
  std::string path(llvm::StringRef name) { return (folder + "/" + name).str(); }
  std::string emit() {
    return llvm::toString(emitArtefact(*module, interface, weights, options));
  }
  std::string read(llvm::StringRef name) {
    auto buffer = llvm::MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : "";
  }
  std::vector<std::string> list() {
    std::vector<std::string> names;
    std::error_code code;
    for (llvm::sys::fs::directory_iterator i(folder, code), end; i != end;
         i.increment(code))
      names.push_back(llvm::sys::path::filename(i->path()).str());
    llvm::sort(names);
    return names;
  }
  const graphc_module *load(llvm::StringRef name) {
    void *library = dlopen(path(name).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      ADD_FAILURE() << dlerror();
      return nullptr;
    }
    libraries.push_back(library);
    return static_cast<const graphc_module *>(dlsym(library, "graphc_module"));
  }
  /// Runs the tool with stdout in the file `out` and returns its status.
  int execute(llvm::StringRef tool, std::vector<std::string> arguments) {
    auto program = llvm::sys::findProgramByName(tool);
    EXPECT_TRUE(bool(program)) << tool.str();
    std::vector<llvm::StringRef> views = {tool};
    views.insert(views.end(), arguments.begin(), arguments.end());
    std::string out = path("out");
    std::optional<llvm::StringRef> redirects[] = {std::nullopt, out, out};
    return llvm::sys::ExecuteAndWait(*program, views, std::nullopt, redirects);
  }
};
} // namespace

/// Runs the module on 0, 1, 2, 3 and returns y[3] and the count.
static std::pair<float, int64_t> runOnce(const graphc_module *module) {
  graphc_context *context;
  EXPECT_EQ(module->api->create(nullptr, &context), GRAPHC_OK)
      << module->api->last_error(context);
  float x[] = {0, 1, 2, 3}, y[4] = {};
  int64_t shape[] = {4};
  DLTensor in = {x, {kDLCPU, 0}, 1, {kDLFloat, 32, 1}, shape, nullptr, 0};
  DLTensor out = in;
  out.data = y;
  size_t size = 0;
  EXPECT_EQ(module->api->workspace_size(context, &in, 1, &size), GRAPHC_OK);
  std::vector<char> workspace(size);
  EXPECT_EQ(module->api->run(context, &in, 1, &out, 1, workspace.data(), size),
            GRAPHC_OK)
      << module->api->last_error(context);
  DLTensor state;
  EXPECT_EQ(module->api->state(context, 0, &state), GRAPHC_OK);
  int64_t count = *static_cast<int64_t *>(state.data);
  module->api->destroy(context);
  return {y[3], count};
}

TEST_F(ArtefactTest, SharedLibraryRuns) {
  ASSERT_EQ(emit(), "");
  EXPECT_EQ(list(), (std::vector<std::string>{"add.h", "add.so"}));
  const graphc_module *loaded = load("add.so");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(runOnce(loaded), (std::pair<float, int64_t>(13, 42)));
}

TEST_F(ArtefactTest, DescriptionReadsBack) {
  ASSERT_EQ(emit(), "");
  const graphc_module *m = load("add.so");
  ASSERT_TRUE(m);
  EXPECT_EQ(m->abi, GRAPHC_RUNTIME_ABI);
  EXPECT_STREQ(m->name, "add");
  EXPECT_STREQ(m->source, "add.pt2");
  EXPECT_EQ(m->max_threads, 1);
  ASSERT_EQ(m->num_symbols, 1u);
  EXPECT_EQ(m->symbols[0].max, 1000);
  EXPECT_EQ(m->symbols[0].bound, nullptr);
  ASSERT_EQ(m->num_arguments, 2u);
  EXPECT_EQ(m->arguments[0].index, 0);
  EXPECT_STREQ(m->arguments[1].literal.text, "sum");
  EXPECT_EQ(m->inputs[0].type.dtype.bits, 32);
  EXPECT_EQ(m->inputs[0].type.shape[0], -1);
  EXPECT_EQ(m->inputs[0].type.shape_exprs[0][0], GRAPHC_EXPR_SYMBOL);
  EXPECT_EQ(m->inputs[0].type.stride_exprs, nullptr);
  EXPECT_EQ(m->outputs[0].kind, GRAPHC_KIND_TENSOR);
  EXPECT_EQ(m->states[0].weights_offset, 64u);
  EXPECT_EQ(m->places[1].is_state, 1);
  EXPECT_EQ(m->results[1].output, -1);
  EXPECT_EQ(m->mutations[0].graph_input, -1);
  EXPECT_STREQ(m->specs[0].target, "count");
  EXPECT_EQ(m->specs[1].target, nullptr);
  EXPECT_EQ(m->specs[1].output, 0);
  ASSERT_EQ(m->num_weights, 2u);
  EXPECT_STREQ(m->weights[1].name, "count");
  EXPECT_EQ(m->weights_size, 72u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(m->weights_data) % 64, 0u);
}

TEST_F(ArtefactTest, WeightsInAFile) {
  options.weights = ArtefactOptions::Weights::File;
  ASSERT_EQ(emit(), "");
  EXPECT_EQ(list(),
            (std::vector<std::string>{"add.h", "add.safetensors", "add.so"}));
  const graphc_module *loaded = load("add.so");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->weights_start % 64, 0u);
  EXPECT_EQ(runOnce(loaded), (std::pair<float, int64_t>(13, 42)));
  EXPECT_NE(
      read("add.safetensors")
          .find(R"("w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]})"),
      std::string::npos);
}

TEST_F(ArtefactTest, LargeWeightsGoToAFile) {
  options.embedLimit = 71;
  ASSERT_EQ(emit(), "");
  EXPECT_EQ(list().size(), 3u);
}

TEST_F(ArtefactTest, ObjectLinksIntoAProgram) {
  options.kind = ArtefactOptions::Kind::Object;
  options.output = path("add.o");
  ASSERT_EQ(emit(), "");
  std::error_code code;
  llvm::raw_fd_ostream(path("main.c"), code) << R"(
#include "add.h"
#include "add.h"
int main(void) {
  graphc_context *context;
  float x[2] = {1, 2}, y[2];
  int64_t shape[1] = {2};
  DLTensor in = {x, {kDLCPU, 0}, 1, {kDLFloat, 32, 1}, shape, 0, 0}, out = in;
  char workspace[256];
  size_t size;
  out.data = y;
  if (add_create(0, &context) || add_info()->num_inputs != ADD_NUM_INPUTS ||
      add_workspace_size(context, &in, 1, &size) || size > sizeof workspace ||
      add_run(context, &in, 1, &out, 1, workspace, size))
    return 1;
  add_destroy(context);
  return y[1] != 22;
}
)";
  std::string object = path("add.o"), program = path("main");
  EXPECT_EQ(
      execute("clang-22", {"-std=c99", "-Wall", "-Wextra", "-pedantic",
                           "-Werror", path("main.c"), object, "-o", program}),
      0)
      << read("out");
  EXPECT_EQ(execute(program, {}), 0);
  EXPECT_EQ(execute("clang++-22", {"-x", "c++", "-std=c++11", "-Wall",
                                   "-fsyntax-only", path("add.h")}),
            0)
      << read("out");
}

TEST_F(ArtefactTest, OnlyTheApiIsExternal) {
  options.kind = ArtefactOptions::Kind::Object;
  options.output = path("add.o");
  ASSERT_EQ(emit(), "");
  ASSERT_EQ(execute("llvm-nm-22", {"--defined-only", "--extern-only",
                                   "--just-symbol-name", path("add.o")}),
            0);
  EXPECT_EQ(
      read("out"),
      "add_copied_bytes\nadd_create\nadd_destroy\nadd_info\nadd_last_error\n"
      "add_observe\nadd_output_shape\nadd_reset\nadd_run\nadd_state\n"
      "add_synchronize\nadd_time\n"
      "add_workspace_size\n");
}

TEST_F(ArtefactTest, CrossTargets) {
  options.kind = ArtefactOptions::Kind::Object;
  options.output = path("add.o");
  options.machine = *describeMachine("aarch64-linux-gnu");
  ASSERT_EQ(emit(), "");
  ASSERT_EQ(execute("llvm-objdump-22", {"-d", path("add.o")}), 0);
  EXPECT_NE(read("out").find("file format elf64-littleaarch64"),
            std::string::npos);
  EXPECT_NE(read("out").find("fadd"), std::string::npos);
}

TEST_F(ArtefactTest, EqualInputsGiveEqualBytes) {
  options.kind = ArtefactOptions::Kind::SharedLibrary;
  ASSERT_EQ(emit(), "");
  std::string first = read("add.so");
  parse();
  ASSERT_EQ(emit(), "");
  EXPECT_TRUE(first == read("add.so"));
}

TEST_F(ArtefactTest, FailuresLeaveNothing) {
  weights[0].offset = 3;
  EXPECT_EQ(emit(), "weight 'w' is at offset 3, expected a multiple of 64 from "
                    "0 on");
  weights[0].offset = 0;
  options.name = "sub";
  EXPECT_EQ(emit(), "the module does not define 'sub_entry'");
  options.name = "add";
  EXPECT_EQ(list(), std::vector<std::string>{});
  options.output = path("none/add.so");
  EXPECT_EQ(emit(), "cannot write '" + path("none/add.so") +
                        ".o': No such file or directory");
  // The header cannot be renamed to a folder's name.
  parse();
  options.output = path("add.so");
  llvm::sys::fs::create_directories(path("add.h/x"));
  EXPECT_NE(emit(), "");
  EXPECT_EQ(list(), std::vector<std::string>{"add.h"});
}

TEST(MachineTest, NamesWhatIsKnown) {
  llvm::Expected<MachineDescription> machine = describeMachine("z80");
  EXPECT_NE(llvm::toString(machine.takeError())
                .find("unknown target 'z80'; known are: native, "
                      "aarch64-linux-gnu, x86-64, "),
            std::string::npos);
}

TEST(NameTest, MakesIdentifiers) {
  EXPECT_EQ(sanitizeName("digits"), "digits");
  EXPECT_EQ(sanitizeName("my-model.v2"), "my_model_v2");
  EXPECT_EQ(sanitizeName("2b"), "_2b");
  EXPECT_EQ(sanitizeName("int"), "_int");
  EXPECT_EQ(sanitizeName(""), "model");
}
