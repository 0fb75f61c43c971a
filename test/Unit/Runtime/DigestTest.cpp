//===- DigestTest.cpp - Tests of the digest -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Runtime/Functions.h"

#include "gtest/gtest.h"

#include <string>

static uint64_t digestOf(const std::string &text, size_t piece) {
  graphc_rt_digest digest;
  graphc_rt_start_digest(&digest);
  for (size_t i = 0; i < text.size(); i += piece)
    graphc_rt_update_digest(&digest, text.data() + i,
                            std::min(piece, text.size() - i));
  return graphc_rt_finish_digest(&digest);
}

// The values are xxhsum's.
TEST(DigestTest, IsXXH64) {
  EXPECT_EQ(digestOf("", 1), 0xef46db3751d8e999u);
  EXPECT_EQ(digestOf("abc", 3), 0x44bc2cf5ad770999u);
  EXPECT_EQ(digestOf("Nobody inspects the spammish repetition", 100),
            0xfbcea83c8a378bf1u);
}

TEST(DigestTest, PiecesDoNotMatter) {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += char(i * 7);
  for (size_t piece : {1, 7, 31, 32, 33, 64, 999})
    EXPECT_EQ(digestOf(text, piece), digestOf(text, 1000)) << piece;
}
