//===- RunTest.cpp - Tests of runs and state ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"

#include "gtest/gtest.h"

#include <thread>

TEST(RunTest, ComputesOutputs) {
  Call call;
  ASSERT_EQ(call.run(), GRAPHC_OK) << graphc_rt_last_error(call.context);
  EXPECT_EQ(call.y.data<float>()[0], 10);
  EXPECT_EQ(call.y.data<float>()[1], 19);
  EXPECT_EQ(*call.next.data<int64_t>(), 8);
}

TEST(RunTest, WritesTheRealShapeBack) {
  Call call;
  std::vector<DLTensor> in = call.inputs();
  int64_t shape, stride;
  ASSERT_EQ(
      graphc_rt_output_shape(call.context, in.data(), 4, 1, &shape, &stride),
      GRAPHC_OK);
  EXPECT_EQ(shape, 12);
  EXPECT_EQ(stride, 1);
  ASSERT_EQ(call.run(), GRAPHC_OK);
  EXPECT_EQ(call.positions.shape[0], 5); // 2, 4, 6, 8, 10
  EXPECT_EQ(call.positions.data<int64_t>()[4], 10);
  EXPECT_EQ(call.run(), GRAPHC_ERROR_SHAPE); // the bound again, please
  EXPECT_EQ(
      graphc_rt_output_shape(call.context, in.data(), 4, 3, &shape, &stride),
      GRAPHC_ERROR_ARGUMENT);
  EXPECT_STREQ(graphc_rt_last_error(call.context),
               "there is no output 3, the module has 3");
}

TEST(RunTest, WritesMutatedInputsBack) {
  Call call;
  ASSERT_EQ(call.run(), GRAPHC_OK);
  EXPECT_EQ(call.x.data<float>()[1], -2);
  EXPECT_EQ(call.x.data<float>()[2], 4);
}

/// On the CPU nothing is left when a run returns.
TEST(RunTest, NothingIsToBeWaitedFor) {
  Call call;
  EXPECT_EQ(graphc_rt_synchronize(nullptr), GRAPHC_ERROR_NULL);
  EXPECT_EQ(call.run(), GRAPHC_OK);
  EXPECT_EQ(call.run(), GRAPHC_ERROR_SHAPE);
  EXPECT_EQ(graphc_rt_synchronize(call.context), GRAPHC_OK);
  EXPECT_STREQ(graphc_rt_last_error(call.context), "");
}

TEST(RunTest, KeepsStateUntilReset) {
  Call call;
  DLTensor state;
  ASSERT_EQ(graphc_rt_state(call.context, 0, &state), GRAPHC_OK);
  const int64_t *count = static_cast<const int64_t *>(state.data);
  EXPECT_EQ(*count, 5);
  for (int64_t run = 1; run <= 3; ++run) {
    call.positions.shape[0] = 12;
    ASSERT_EQ(call.run(), GRAPHC_OK);
    EXPECT_EQ(*count, 5 + run);
  }
  EXPECT_EQ(graphc_rt_reset_context(call.context), GRAPHC_OK);
  EXPECT_EQ(*count, 5);
  EXPECT_EQ(graphc_rt_state(call.context, 1, &state), GRAPHC_ERROR_ARGUMENT);
  EXPECT_STREQ(graphc_rt_last_error(call.context),
               "there is no state 1, the module has 1");
}

TEST(RunTest, FailedCheckChangesNothing) {
  Call call;
  *call.limit.data<int64_t>() = 100;
  EXPECT_EQ(call.run(), GRAPHC_ERROR_CHECK);
  EXPECT_STREQ(graphc_rt_last_error(call.context), "limit must be below 100");
  EXPECT_EQ(call.x.data<float>()[1], -1);
  DLTensor state;
  ASSERT_EQ(graphc_rt_state(call.context, 0, &state), GRAPHC_OK);
  EXPECT_EQ(*static_cast<const int64_t *>(state.data), 5);
}

TEST(RunTest, ContextsAreIndependent) {
  std::vector<std::thread> threads;
  std::vector<int64_t> counts(8);
  for (size_t i = 0; i < counts.size(); ++i)
    threads.emplace_back([&, i] {
      Call call(4 + int64_t(i));
      for (int run = 0; run < 100; ++run) {
        call.positions.shape[0] = 3 * call.rows;
        if (call.run() != GRAPHC_OK)
          return;
      }
      DLTensor state;
      graphc_rt_state(call.context, 0, &state);
      counts[i] = *static_cast<const int64_t *>(state.data);
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(counts, std::vector<int64_t>(8, 105));
}

TEST(RunTest, RefusesBadOptions) {
  graphc_options options = {};
  options.threads = -1;
  graphc_context *context;
  EXPECT_EQ(graphc_rt_create_context(&testModel, &options, &context),
            GRAPHC_ERROR_ARGUMENT);
  EXPECT_STREQ(graphc_rt_last_error(context),
               "threads is -1, expected 0 or more");
  EXPECT_EQ(graphc_rt_reset_context(context), GRAPHC_ERROR_ARGUMENT);
  graphc_rt_destroy_context(context);
  EXPECT_EQ(graphc_rt_create_context(&testModel, nullptr, nullptr),
            GRAPHC_ERROR_NULL);
}
