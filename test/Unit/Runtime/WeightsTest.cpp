//===- WeightsTest.cpp - Tests of weights in a file -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"

#include "gtest/gtest.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {
/// The module of Model.cpp with its weights in a file of a folder of its own.
struct WeightsTest : testing::Test {
  fs::path folder = fs::temp_directory_path() /
                    ("graphc-weights-" + std::to_string(getpid()));
  graphc_module module = testModel;
  std::string header = std::string("\x38\0\0\0\0\0\0\0{}", 10);
  std::string values;
  void SetUp() override {
    fs::create_directory(folder);
    header.resize(64, ' ');
    values.assign(static_cast<const char *>(testModel.weights_data),
                  testModel.weights_size);
    graphc_rt_digest digest;
    graphc_rt_start_digest(&digest);
    graphc_rt_update_digest(&digest, values.data(), values.size());
    module.weights_digest = graphc_rt_finish_digest(&digest);
    module.weights_data = nullptr;
    module.weights_file = "model.safetensors";
    module.weights_start = 64;
    write();
  }
  void TearDown() override { fs::remove_all(folder); }
  void write() {
    std::ofstream(folder / module.weights_file, std::ios::binary)
        << header << values;
  }
  /// Makes a context and returns why it failed.
  std::string create(const std::string &path, bool skipDigest = false) {
    graphc_options options = {};
    options.threads = 1;
    options.skip_digest = skipDigest;
    options.weights_path = path.c_str();
    graphc_context *context;
    graphc_status status =
        graphc_rt_create_context(&module, &options, &context);
    std::string message = graphc_rt_last_error(context);
    EXPECT_EQ(status, message.empty() ? GRAPHC_OK : GRAPHC_ERROR_WEIGHTS);
    if (message.empty()) {
      DLTensor state;
      EXPECT_EQ(graphc_rt_state(context, 0, &state), GRAPHC_OK);
      EXPECT_EQ(*static_cast<const int64_t *>(state.data), 5);
    }
    graphc_rt_destroy_context(context);
    size_t quote = message.rfind("': ");
    return quote == std::string::npos ? message : message.substr(quote + 3);
  }
};
} // namespace

TEST_F(WeightsTest, FindsFileAndFolder) {
  EXPECT_EQ(create(folder.string()), "");
  EXPECT_EQ(create((folder / "model.safetensors").string()), "");
  EXPECT_EQ(create((folder / "other.safetensors").string()),
            "cannot be opened");
}

TEST_F(WeightsTest, LooksBesideTheModule) {
  graphc_context *context;
  EXPECT_EQ(graphc_rt_create_context(&module, nullptr, &context),
            GRAPHC_ERROR_WEIGHTS);
  EXPECT_STREQ(graphc_rt_last_error(context),
               "weights file 'model.safetensors': neither beside the module "
               "nor in the current folder");
  graphc_rt_destroy_context(context);
}

TEST_F(WeightsTest, RefusesAnotherSize) {
  values.pop_back();
  write();
  EXPECT_EQ(create(folder.string()), "has 191 bytes, expected 192");
}

TEST_F(WeightsTest, RefusesAnotherHeader) {
  header[0] = 8;
  write();
  EXPECT_EQ(create(folder.string()), "written by another compilation");
}

TEST_F(WeightsTest, RefusesOtherValues) {
  values[3] ^= 1;
  write();
  EXPECT_EQ(create(folder.string()),
            "damaged or written by another compilation (digest differs)");
  EXPECT_EQ(create(folder.string(), /*skipDigest=*/true), "");
}
