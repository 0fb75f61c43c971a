//===- ObserveTest.cpp - What an observer is told -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"

#include "gtest/gtest.h"

namespace {
struct Seen {
  std::vector<int32_t> phases;
  int64_t bytes = 0, flops = 0;
  std::vector<int64_t> shape, strides;
  const void *read = nullptr, *written = nullptr;
  float before = 0, after = 0;
};
} // namespace

static void observe(void *user, const graphc_event *event) {
  auto *seen = static_cast<Seen *>(user);
  const DLTensor &x = event->operands[0], &y = event->operands[1];
  seen->phases.push_back(event->is_done);
  seen->bytes = event->bytes;
  seen->flops = event->flops;
  seen->shape.assign(x.shape, x.shape + x.ndim);
  seen->strides.assign(y.strides, y.strides + y.ndim);
  seen->read = x.data;
  seen->written = y.data;
  (event->is_done ? seen->after : seen->before) = *static_cast<float *>(y.data);
}

TEST(Observe, TellsOperandsBeforeAndAfterEachKernel) {
  Call call;
  Seen seen;
  ASSERT_EQ(graphc_rt_set_observer(call.context, observe, &seen), GRAPHC_OK);
  ASSERT_EQ(call.run(), GRAPHC_OK) << graphc_rt_last_error(call.context);
  EXPECT_EQ(seen.phases, (std::vector<int32_t>{0, 1}));
  EXPECT_EQ(seen.bytes, 96);
  EXPECT_EQ(seen.flops, -1);
  EXPECT_EQ(seen.shape, (std::vector<int64_t>{4, 3}));
  EXPECT_EQ(seen.strides, (std::vector<int64_t>{3, 1}));
  EXPECT_EQ(seen.read, call.x.view.data);
  EXPECT_EQ(seen.written, call.y.view.data);
  EXPECT_EQ(seen.before, 0);
  EXPECT_EQ(seen.after, 10);
}

TEST(Observe, EndsWithANullObserver) {
  Call call;
  Seen seen;
  ASSERT_EQ(graphc_rt_set_observer(call.context, observe, &seen), GRAPHC_OK);
  ASSERT_EQ(graphc_rt_set_observer(call.context, nullptr, nullptr), GRAPHC_OK);
  ASSERT_EQ(call.run(), GRAPHC_OK);
  EXPECT_TRUE(seen.phases.empty());
}

TEST(Observe, BelongsToOneContext) {
  Call watched, other;
  Seen seen;
  ASSERT_EQ(graphc_rt_set_observer(watched.context, observe, &seen), GRAPHC_OK);
  ASSERT_EQ(other.run(), GRAPHC_OK);
  EXPECT_TRUE(seen.phases.empty());
}

TEST(Observe, RefusesModulesThatAreNotInstrumented) {
  graphc_module plain = testModel;
  plain.is_instrumented = 0;
  plain.num_kernels = 0;
  graphc_context *context;
  ASSERT_EQ(graphc_rt_create_context(&plain, nullptr, &context), GRAPHC_OK);
  EXPECT_EQ(graphc_rt_set_observer(context, observe, nullptr),
            GRAPHC_ERROR_ARGUMENT);
  EXPECT_STREQ(graphc_rt_last_error(context),
               "the module cannot be observed, compile it with --instrument");
  graphc_rt_destroy_context(context);
  EXPECT_EQ(graphc_rt_set_observer(nullptr, observe, nullptr),
            GRAPHC_ERROR_NULL);
}
