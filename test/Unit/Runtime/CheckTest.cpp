//===- CheckTest.cpp - Tests of the checks at entry -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"

#include "gtest/gtest.h"

#include <string>

/// The status and message of a broken call, and that it is fine again after.
#define EXPECT_REFUSED(call, status, text)                                     \
  do {                                                                         \
    EXPECT_EQ((call).run(), status);                                           \
    EXPECT_STREQ(graphc_rt_last_error((call).context), text);                  \
  } while (false)

TEST(CheckTest, AcceptsAGoodCall) {
  Call call;
  EXPECT_REFUSED(call, GRAPHC_OK, "");
}

TEST(CheckTest, CountsTensors) {
  Call call;
  std::vector<DLTensor> in = call.inputs();
  DLTensor out[] = {call.y.view, call.positions.view, call.next.view};
  char *space = call.workspace.data();
  EXPECT_EQ(graphc_rt_run(call.context, in.data(), 3, out, 3, space, 4096),
            GRAPHC_ERROR_COUNT);
  EXPECT_STREQ(graphc_rt_last_error(call.context), "got 3 inputs, expected 4");
  EXPECT_EQ(graphc_rt_run(call.context, in.data(), 4, out, 2, space, 4096),
            GRAPHC_ERROR_COUNT);
  EXPECT_STREQ(graphc_rt_last_error(call.context), "got 2 outputs, expected 3");
  EXPECT_EQ(graphc_rt_run(call.context, nullptr, 4, out, 3, space, 4096),
            GRAPHC_ERROR_NULL);
  EXPECT_STREQ(graphc_rt_last_error(call.context),
               "the array of inputs is null");
  EXPECT_EQ(graphc_rt_run(nullptr, in.data(), 4, out, 3, space, 4096),
            GRAPHC_ERROR_NULL);
}

TEST(CheckTest, ChecksDtype) {
  Call call;
  call.x.view.dtype = {kDLFloat, 64, 1};
  EXPECT_REFUSED(call, GRAPHC_ERROR_DTYPE,
                 "input 0 'x': dtype is float64, expected float32 "
                 "(float32[s0, 3])");
  call.x.view.dtype = {kDLBfloat, 16, 1};
  EXPECT_EQ(call.run(), GRAPHC_ERROR_DTYPE);
  call.x.view.dtype = {77, 8, 4};
  EXPECT_REFUSED(call, GRAPHC_ERROR_DTYPE,
                 "input 0 'x': dtype is code 77 of 8 bits x4, expected float32 "
                 "(float32[s0, 3])");
}

TEST(CheckTest, ChecksRank) {
  Call call;
  call.x.view.ndim = 1;
  EXPECT_REFUSED(call, GRAPHC_ERROR_RANK,
                 "input 0 'x': rank is 1, expected 2 (float32[s0, 3])");
}

TEST(CheckTest, ChecksShape) {
  Call call;
  call.x.shape[1] = 4;
  EXPECT_REFUSED(call, GRAPHC_ERROR_SHAPE,
                 "input 0 'x': dimension 1 is 4, expected 3 (float32[s0, 3], "
                 "s0 = 4)");
  call.x.shape[1] = -1;
  EXPECT_REFUSED(call, GRAPHC_ERROR_SHAPE,
                 "input 0 'x': dimension 1 is -1 (float32[s0, 3])");
  call.x.view.shape = nullptr;
  EXPECT_REFUSED(call, GRAPHC_ERROR_NULL,
                 "input 0 'x': shape is null (float32[s0, 3])");
}

TEST(CheckTest, SizesMustAgree) {
  Call call;
  call.t.shape[0] = 5;
  EXPECT_REFUSED(call, GRAPHC_ERROR_SHAPE,
                 "input 1 't': dimension 0 is 5, expected 4 "
                 "(float32[s0, 2*s1], s0 = 4, s1 = 3)");
}

TEST(CheckTest, DerivedSizesAreSolved) {
  Call call;
  call.t.shape[1] = 7;
  EXPECT_REFUSED(call, GRAPHC_ERROR_SHAPE,
                 "the shapes of the inputs do not determine s1: input 1 't': "
                 "dimension 1 is 7 (float32[s0, 2*s1], s0 = 4)");
  call.t.shape[1] = 0;
  EXPECT_REFUSED(call, GRAPHC_ERROR_RANGE,
                 "input 1 't': dimension 1 gives s1 = 0, expected at least 1");
}

TEST(CheckTest, ChecksRanges) {
  Call call(1);
  EXPECT_REFUSED(call, GRAPHC_ERROR_RANGE,
                 "input 0 'x': dimension 0 gives s0 = 1, expected 2 to 64");
  Call large(65);
  EXPECT_EQ(large.run(), GRAPHC_ERROR_RANGE);
  Call integer;
  *integer.n.data<int64_t>() = 11;
  EXPECT_REFUSED(integer, GRAPHC_ERROR_RANGE,
                 "input 2 'n': n = 11, expected 0 to 10");
}

TEST(CheckTest, ChecksConstraints) {
  Call call;
  *call.n.data<int64_t>() = 8;
  EXPECT_REFUSED(call, GRAPHC_ERROR_RANGE,
                 "the sizes of the inputs do not satisfy n <= x.size(0) + 3 "
                 "(s0 = 4, n = 8)");
}

TEST(CheckTest, ChecksStrides) {
  Call call;
  call.t.strides[1] = 5;
  EXPECT_REFUSED(call, GRAPHC_ERROR_STRIDE,
                 "input 1 't': stride of dimension 1 is 5, expected 4 "
                 "(float32[s0, 2*s1], s0 = 4, s1 = 3)");
  call.t.view.strides = nullptr;
  EXPECT_REFUSED(call, GRAPHC_ERROR_STRIDE,
                 "input 1 't': stride of dimension 1 is 1, expected 4 "
                 "(float32[s0, 2*s1], s0 = 4, s1 = 3)");
}

TEST(CheckTest, ChecksDevice) {
  Call call;
  call.t.view.device.device_type = kDLCUDA;
  EXPECT_REFUSED(call, GRAPHC_ERROR_DEVICE,
                 "input 1 't': device type is 2, expected 1 (CPU)");
}

TEST(CheckTest, ChecksData) {
  Call call;
  call.y.view.data = nullptr;
  EXPECT_REFUSED(call, GRAPHC_ERROR_NULL,
                 "output 0 'y': data is null (float32[s0, 3], s0 = 4)");
  Call odd;
  odd.x.view.byte_offset = 2;
  EXPECT_REFUSED(odd, GRAPHC_ERROR_ALIGNMENT,
                 "input 0 'x': data is not aligned to the 4 bytes of its "
                 "elements (float32[s0, 3], s0 = 4)");
  Call integer;
  integer.n.view.data = nullptr;
  EXPECT_EQ(integer.run(), GRAPHC_ERROR_NULL);
}

TEST(CheckTest, ChecksWorkspace) {
  Call call;
  std::vector<DLTensor> in = call.inputs();
  size_t size;
  ASSERT_EQ(graphc_rt_workspace_size(call.context, in.data(), 4, &size),
            GRAPHC_OK);
  EXPECT_EQ(size, 64u + 64 + 64 + 64); // arena, count, x, alignment
  call.workspace.resize(100);
  EXPECT_EQ(call.run(), GRAPHC_ERROR_WORKSPACE);
  EXPECT_NE(std::string(graphc_rt_last_error(call.context))
                .find("the workspace has 100 bytes, needed are "),
            std::string::npos);
  std::vector<char>().swap(call.workspace);
  EXPECT_REFUSED(call, GRAPHC_ERROR_NULL,
                 "the workspace is null, needed are 256 bytes");
}

TEST(CheckTest, RefusesOverlaps) {
  Call call;
  call.y.view.data = static_cast<char *>(call.x.view.data) + 44;
  EXPECT_REFUSED(call, GRAPHC_ERROR_ALIAS, "output 0 overlaps input 0");
  call.y.view.data = call.positions.view.data;
  EXPECT_REFUSED(call, GRAPHC_ERROR_ALIAS, "output 1 overlaps output 0");
  call.y.view.data = reinterpret_cast<void *>(
      (reinterpret_cast<uintptr_t>(call.workspace.data()) + 63) / 64 * 64);
  EXPECT_REFUSED(call, GRAPHC_ERROR_ALIAS, "output 0 overlaps the workspace");
}

TEST(CheckTest, SizesThatOverflowAreRefused) {
  Call call;
  call.t.shape[1] = INT64_MAX - 1;
  EXPECT_EQ(call.run(), GRAPHC_ERROR_RANGE);
  EXPECT_STREQ(graphc_rt_last_error(call.context),
               "input 1 't': sizes are too large (float32[s0, 2*s1], s0 = 4, "
               "s1 = 4611686018427387903)");
}
