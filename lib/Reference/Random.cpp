//===- Random.cpp - Random bits -------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

#include <array>

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

/// As Salmon et al. write it down.
static std::array<uint32_t, 4> philox(uint64_t seed, uint64_t place,
                                      uint64_t call) {
  auto lower = [](uint64_t value) { return static_cast<uint32_t>(value); };
  auto upper = [](uint64_t value) {
    return static_cast<uint32_t>(value >> 32);
  };
  std::array<uint32_t, 4> x = {lower(place), upper(place), lower(call),
                               upper(call)};
  std::array<uint32_t, 2> k = {lower(seed), upper(seed)};
  for (int round = 0; round < 10; ++round) {
    uint64_t a = uint64_t(0xD2511F53) * x[0], b = uint64_t(0xCD9E8D57) * x[2];
    x = {upper(b) ^ x[1] ^ k[0], lower(b), upper(a) ^ x[3] ^ k[1], lower(a)};
    k = {k[0] + 0x9E3779B9, k[1] + 0xBB67AE85};
  }
  return x;
}

static bool makeBits(graph::PhiloxOp op, Operands operands,
                     MutableArrayRef<Tensor> results) {
  Tensor &result = results[0];
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    std::array<uint32_t, 4> words =
        philox(operands[0]->ints[0], i, operands[1]->ints[0]);
    uint64_t lower = words[2 * op.getHalf()],
             upper = words[2 * op.getHalf() + 1];
    result.set(i, static_cast<int64_t>(upper << 32 | lower));
  }
  return true;
}

void graphc::reference::addRandom(Evaluators &evaluators) {
  add<graph::PhiloxOp, makeBits>(evaluators);
}
