//===- ExternWeightsTest.cpp - Weights that a file gives by name ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Runtime/Functions.h"

#include "gtest/gtest.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {
// forward() = a * 2 + s, where a: float32[2, 2], also named "a.tied", and
// b: uint8[3] come from a file. `load` doubles a; s is a state whose first
// value is b.
const int64_t shapeA[] = {2, 2}, stridesA[] = {2, 1};
const int64_t shapeB[] = {3}, stridesB[] = {1};
const graphc_type typeA = {"float32[2, 2]", {kDLFloat, 32, 1}, 2,      shapeA,
                           stridesA,        nullptr,           nullptr};
const graphc_type typeB = {"uint8[3]", {kDLUInt, 8, 1}, 1,      shapeB,
                           stridesB,   nullptr,         nullptr};
const graphc_extern_weight weights[] = {{"a", typeA}, {"b", typeB}};
const graphc_extern_name names[] = {{"a", 0}, {"a.tied", 0}, {"b", 1}};
const uint64_t loaded[] = {16};
const int32_t entryWeights[] = {-1, 0}, loadWeights[] = {0};
const int64_t noWorkspace[] = {GRAPHC_EXPR_CONSTANT, 0, GRAPHC_EXPR_END};
const graphc_state states[] = {{"b", typeB, 3, 0, 2}};
const graphc_place places[] = {{1, 0}};
const graphc_result results[] = {{typeA, 0}};
const graphc_tensor outputs[] = {{"y", typeA, GRAPHC_KIND_TENSOR, nullptr}};

int32_t load(void *const *in, void *const *out, int64_t *, const void *,
             void *workspace, int32_t) {
  std::memset(workspace, 0xff, 8);
  for (int i = 0; i < 4; ++i)
    static_cast<float *>(out[0])[i] = 2 * static_cast<const float *>(in[1])[i];
  return 0;
}

// Behind the state stand the context, what `load` made, and a itself.
int32_t entry(void *const *in, void *const *out, int64_t *, const void *,
              void *, int32_t) {
  for (int i = 0; i < 4; ++i)
    static_cast<float *>(out[0])[i] =
        static_cast<const float *>(in[2])[i] +
        100 * static_cast<const float *>(in[3])[i] +
        static_cast<const uint8_t *>(in[0])[0];
  return 0;
}

const graphc_extern_weights external = {2,
                                        3,
                                        1,
                                        2,
                                        1,
                                        weights,
                                        names,
                                        loaded,
                                        entryWeights,
                                        loadWeights,
                                        8,
                                        "own.safetensors",
                                        load,
                                        graphc_rt_open_external,
                                        graphc_rt_close_external};

graphc_module makeModule() {
  graphc_module module = {};
  module.abi = GRAPHC_RUNTIME_ABI;
  module.name = "test";
  module.max_threads = 1;
  module.num_outputs = module.num_states = module.num_places =
      module.num_results = 1;
  module.outputs = outputs;
  module.states = states;
  module.places = places;
  module.results = results;
  module.workspace = noWorkspace;
  module.entry = entry;
  module.external = &external;
  return module;
}

const std::string header =
    R"({"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
    R"("b":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}})";

std::string valuesOf(float a) {
  float values[] = {a, a + 1, a + 2, a + 3};
  return std::string(reinterpret_cast<const char *>(values), 16) +
         "\x05\x06\x07";
}

struct ExternWeightsTest : testing::Test {
  fs::path folder =
      fs::temp_directory_path() / ("graphc-extern-" + std::to_string(getpid()));
  const graphc_module module = makeModule();

  void SetUp() override { fs::create_directory(folder); }
  void TearDown() override { fs::remove_all(folder); }

  void write(const std::string &name, const std::string &text) {
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  void write(const std::string &name, const std::string &head,
             const std::string &values) {
    std::string length;
    for (size_t rest = head.size(), i = 0; i < 8; ++i, rest >>= 8)
      length += static_cast<char>(rest & 0xff);
    write(name, length + head + values);
  }

  /// Makes a context, or tells why not.
  std::string create(const std::string &name, graphc_context **context) {
    graphc_options options = {};
    std::string path = (folder / name).string();
    options.weights_path = path.c_str();
    graphc_status status = graphc_rt_create_context(&module, &options, context);
    std::string message = graphc_rt_last_error(*context);
    EXPECT_EQ(status, message.empty() ? GRAPHC_OK : GRAPHC_ERROR_WEIGHTS);
    return message;
  }
  /// The same; what follows the file's name, or the first output.
  std::string load(const std::string &name) {
    graphc_context *context;
    std::string message = create(name, &context);
    if (message.empty())
      message = std::to_string(static_cast<int>(run(context)));
    graphc_rt_destroy_context(context);
    size_t quote = message.find("': ");
    return quote == std::string::npos ? message : message.substr(quote + 3);
  }
  float run(graphc_context *context) {
    float values[4] = {};
    int64_t shape[] = {2, 2};
    DLTensor out = {values, {kDLCPU, 0}, 2, {kDLFloat, 32, 1},
                    shape,  nullptr,     0};
    EXPECT_EQ(graphc_rt_run(context, nullptr, 0, &out, 1, nullptr, 0),
              GRAPHC_OK)
        << graphc_rt_last_error(context);
    EXPECT_EQ(values[3] - values[0], 306);
    return values[0];
  }
  std::string loadHeader(const std::string &head,
                         const std::string &values = valuesOf(1)) {
    write("w.safetensors", head, values);
    return load("w.safetensors");
  }
  std::string loadEntry(const std::string &entry) {
    return loadHeader(R"({"a":)" + entry + "}");
  }
};
} // namespace

TEST_F(ExternWeightsTest, ComputesWhatDependsOnThem) {
  EXPECT_EQ(loadHeader(header), "107");
}

TEST_F(ExternWeightsTest, TakesElementsAtOddAddresses) {
  for (size_t spaces = 1; spaces < 8; ++spaces)
    EXPECT_EQ(loadHeader(header + std::string(spaces, ' ')), "107");
}

TEST_F(ExternWeightsTest, IgnoresWhatNobodyWants) {
  EXPECT_EQ(
      loadHeader(R"({"__metadata__":{"format":"pt","x":"\u00e9"},)"
                 R"("other":{"dtype":"F99","shape":[7],"data_offsets":[19,19],)"
                 R"("more":[{"x":[-1.5e3,true,null]}]},)" +
                 header.substr(1)),
      "107");
}

TEST_F(ExternWeightsTest, ContextsHaveFilesOfTheirOwn) {
  write("one.safetensors", header, valuesOf(1));
  write("two.safetensors", header, valuesOf(2));
  graphc_context *one, *two;
  ASSERT_EQ(create("one.safetensors", &one), "");
  ASSERT_EQ(create("two.safetensors", &two), "");
  EXPECT_EQ(run(one), 107);
  EXPECT_EQ(run(two), 209);
  EXPECT_EQ(run(one), 107);
  DLTensor state;
  ASSERT_EQ(graphc_rt_state(two, 0, &state), GRAPHC_OK);
  static_cast<uint8_t *>(state.data)[0] = 9;
  EXPECT_EQ(run(two), 213);
  EXPECT_EQ(run(one), 107);
  EXPECT_EQ(graphc_rt_reset_context(two), GRAPHC_OK);
  EXPECT_EQ(run(two), 209);
  graphc_rt_destroy_context(one);
  graphc_rt_destroy_context(two);
}

TEST_F(ExternWeightsTest, FindsFilesInFolders) {
  EXPECT_EQ(load("."), "is a folder without weights, or no file");
  write("model.safetensors", header, valuesOf(1));
  EXPECT_EQ(load("."), "107");
  write("own.safetensors", header, valuesOf(2));
  EXPECT_EQ(load("."), "209");
  EXPECT_EQ(load("none.safetensors"), "cannot be opened");
}

TEST_F(ExternWeightsTest, SaysWhereItLooked) {
  graphc_context *context;
  EXPECT_EQ(graphc_rt_create_context(&module, nullptr, &context),
            GRAPHC_ERROR_WEIGHTS);
  EXPECT_STREQ(graphc_rt_last_error(context),
               "weights file 'own.safetensors': neither beside the module nor "
               "in the current folder, and no other is given (weights_path)");
  graphc_rt_destroy_context(context);
}

TEST_F(ExternWeightsTest, ReadsAnIndexOfFiles) {
  write("1.safetensors",
        R"({"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})",
        valuesOf(1).substr(0, 16));
  write("2.safetensors",
        R"({"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})",
        "\x05\x06\x07");
  auto loadIndex = [&](const std::string &map) {
    write("model.safetensors.index.json",
          R"({"metadata":{"total_size":19},"weight_map":{)" + map + "}}");
    return load("model.safetensors.index.json");
  };
  EXPECT_EQ(loadIndex(R"("a":"1.safetensors","b":"2.safetensors")"), "107");
  EXPECT_EQ(load("."), "107");
  EXPECT_EQ(loadIndex(R"("a":"1.safetensors")"),
            "tensor 'b' is missing (uint8[3])");
  EXPECT_EQ(loadIndex(R"("x":"/etc/passwd","a":"1.safetensors",)"
                      R"("b":"../2.safetensors")"),
            "names a file that is not beside it");
  EXPECT_EQ(loadIndex(R"("a":"1.safetensors","b":"model.json")"),
            "is an index in place of a weights file");
  EXPECT_EQ(loadIndex(R"("a":"3.safetensors")"), "cannot be opened");
  EXPECT_EQ(loadIndex(R"("a":3)"), "is no index of weights files");
  EXPECT_EQ(loadIndex(R"("a":"1.safetensors")" + std::string("}")),
            "is no index of weights files");
}

TEST_F(ExternWeightsTest, TiedWeightsAreOne) {
  auto tied = [](const std::string &offsets) {
    return R"({"a.tied":{"dtype":"F32","shape":[2,2],"data_offsets":)" +
           offsets + "}," + header.substr(1);
  };
  std::string alone = header;
  alone.replace(alone.find("\"a\""), 3, "\"a.tied\"");
  EXPECT_EQ(loadHeader(alone), "107");
  EXPECT_EQ(loadHeader(tied("[19,35]"), valuesOf(1) + valuesOf(1)), "107");
  EXPECT_EQ(loadHeader(tied("[19,35]"), valuesOf(1) + valuesOf(3)),
            "tensor 'a' differs from 'a.tied', which is the same one in the "
            "program");
}

TEST_F(ExternWeightsTest, NamesWhatIsMissing) {
  EXPECT_EQ(loadHeader("{}"),
            "tensor 'a' is missing (float32[2, 2]), as are 1 more");
  EXPECT_EQ(loadHeader("{" + header.substr(header.find("\"b\""))),
            "tensor 'a' is missing (float32[2, 2])");
}

TEST_F(ExternWeightsTest, RefusesOtherTypes) {
  auto loadType = [&](const std::string &type) {
    return loadEntry("{" + type + "}");
  };
  EXPECT_EQ(loadType(R"("dtype":"F16","shape":[2,2],"data_offsets":[0,8])"),
            "tensor 'a' is F16[2, 2], wanted is float32[2, 2]");
  EXPECT_EQ(loadType(R"("dtype":"F32","shape":[4],"data_offsets":[0,16])"),
            "tensor 'a' is F32[4], wanted is float32[2, 2]");
  EXPECT_EQ(loadType(R"("dtype":"X","shape":[2,2],"data_offsets":[0,16])"),
            "tensor 'a' is X[2, 2], wanted is float32[2, 2]");
}

TEST_F(ExternWeightsTest, RefusesBadOffsets) {
  auto loadShape = [&](const std::string &shape, const std::string &offsets) {
    return loadEntry(R"({"dtype":"F32","shape":)" + shape +
                     R"(,"data_offsets":)" + offsets + "}");
  };
  const char *outside = "tensor 'a' is not within the file";
  const char *unfit =
      "tensor 'a' has data_offsets that do not fit its dtype and shape";
  EXPECT_EQ(loadShape("[2,2]", "[8,24]"), outside);
  EXPECT_EQ(loadShape("[2,2]", "[16,0]"), outside);
  EXPECT_EQ(loadShape("[2,2]", "[0,18446744073709551615]"), outside);
  EXPECT_EQ(loadShape("[2,2]", "[18446744073709551600,18446744073709551615]"),
            outside);
  EXPECT_EQ(loadShape("[2,2]", "[0,15]"), unfit);
  EXPECT_EQ(loadShape("[4611686018427387904,4]", "[0,0]"), unfit);
  EXPECT_EQ(loadShape("[2,2]", "[0,18446744073709551616]"),
            "a number of the header is too large");
  EXPECT_EQ(loadShape("[9223372036854775808]", "[0,16]"),
            "a tensor has too many dimensions or elements");
  EXPECT_EQ(loadShape("[2,2]", "[-1,16]"),
            "the header has something else in place of a size");
  EXPECT_EQ(loadShape("[2.0,2]", "[0,16]"),
            "the header has something else in place of a size");
  EXPECT_EQ(loadShape("[02,2]", "[0,16]"),
            "the header has something else in place of a size");
}

TEST_F(ExternWeightsTest, RefusesOverlapsAndTwins) {
  std::string more = header.substr(0, header.size() - 1);
  EXPECT_EQ(
      loadHeader(more +
                 R"(,"c":{"dtype":"U8","shape":[2],"data_offsets":[15,17]}})"),
      "tensors overlap");
  EXPECT_EQ(loadHeader(
                more +
                R"(,"c":{"dtype":"U8","shape":[0],"data_offsets":[19,19]},)"
                R"("\u0063":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})"),
            "two tensors have one name");
  EXPECT_EQ(loadHeader(more + "," + header.substr(1)),
            "tensor 'a' is there twice");
}

TEST_F(ExternWeightsTest, RefusesWhatIsNoHeader) {
  auto loadText = [&](const std::string &text) {
    write("w.safetensors", text);
    return load("w.safetensors");
  };
  const char *tooLong =
      "is no safetensors file: its header is longer than may be";
  EXPECT_EQ(loadText(""), "is empty");
  EXPECT_EQ(loadText("short"),
            "is no safetensors file: it has less than 8 bytes");
  EXPECT_EQ(loadText(std::string("\x03\0\0\0\0\0\0\0{}", 10)), tooLong);
  EXPECT_EQ(loadText("\xff\xff\xff\xff\xff\xff\xff\xff{}"), tooLong);
  const char *noJson = "the header is no JSON";
  for (const char *head : {"", "[]", "{", "{\"a\"", "{\"a\":", "{\"a\":{", "x",
                           "{\"a\":{}", "{\"x\" 1}", "{,}", "{\"a\":[1]}"}) {
    std::string why = loadHeader(head);
    EXPECT_TRUE(why == noJson ||
                why == "a tensor lacks its dtype, shape or data_offsets")
        << head << ": " << why;
  }
  EXPECT_EQ(loadHeader(header + "x"), "the header goes on behind its end");
  EXPECT_EQ(loadHeader("{\"a"), "a string of the header has no end");
  for (const char *name : {"\\x", "\\u12", "\\ud800", "\\udc00",
                           "\\ud800\\u0041", "\\u0000", "\n"})
    EXPECT_EQ(loadHeader("{\"" + std::string(name) + "\":{}}"),
              "a string of the header is not valid");
  std::string deep(100, '[');
  EXPECT_EQ(loadHeader("{\"__metadata__\":" + deep + "}"),
            "the header is too deeply nested");
  EXPECT_EQ(loadEntry(R"({"dtype":"F32","dtype":"F32"})"),
            "a tensor says something twice");
  EXPECT_EQ(loadEntry(R"({"dtype":"a very long name of it"})"),
            "the dtype of a tensor is no name of one");
  std::string dims = "[1";
  for (int i = 0; i < 64; ++i)
    dims += ",1";
  EXPECT_EQ(loadEntry(R"({"shape":)" + dims + "]}"),
            "a tensor has too many dimensions or elements");
}

TEST_F(ExternWeightsTest, NamesMayBeLongOrOdd) {
  std::string more = header.substr(0, header.size() - 1);
  auto with = [&](const std::string &name) {
    return loadHeader(
        more + ",\"" + name +
        R"(":{"dtype":"U8","shape":[9],"data_offsets":[19,28]}})");
  };
  EXPECT_EQ(with(std::string(5000, 'n')),
            "tensor '" + std::string(252, 'n') + "...' is not within the file");
  EXPECT_EQ(with("\\u001b[2J\\ud83d\\ude00\\n"),
            "tensor '?[2J\xf0\x9f\x98\x80?' is not within the file");
}

/// Every prefix of a file, and every byte of a header changed, ends well.
TEST_F(ExternWeightsTest, SurvivesDamage) {
  for (size_t size = 0; size < header.size(); ++size)
    EXPECT_NE(loadHeader(header.substr(0, size)), "107");
  for (size_t i = 0; i < header.size(); ++i)
    for (char c : {'\0', '"', '9', '\xff'}) {
      std::string damaged = header;
      damaged[i] = c;
      loadHeader(damaged);
    }
}
