//===- Model.h - A module written by hand ------------------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TEST_UNIT_RUNTIME_MODEL_H
#define GRAPHC_TEST_UNIT_RUNTIME_MODEL_H

#include "graphc/Runtime/Functions.h"

#include <cstdint>
#include <vector>

/// What graphc emits for
///
///   forward(x: float32[s0, 3], t: float32[s0, 2*s1] transposed, n: int,
///           limit: int64[]):
///     count += 1; x *= 2; assert limit < 100
///     return x + w, nonzero(x > 0) without its columns: int64[u0], n + 1
///
/// with count: int64[] = 5 and w: float32[3] = 10, 20, 30. Here x keeps its old
/// values in the first result.
extern const graphc_module testModel;

/// A tensor with its own memory.
struct Tensor {
  std::vector<char> bytes;
  std::vector<int64_t> shape, strides;
  DLTensor view;
  Tensor(DLDataType dtype, std::vector<int64_t> shape,
         std::vector<int64_t> strides = {});
  Tensor(const Tensor &) = delete;
  template <typename T>
  T *data() {
    return reinterpret_cast<T *>(view.data);
  }
};

constexpr DLDataType float32 = {kDLFloat, 32, 1};
constexpr DLDataType int64 = {kDLInt, 64, 1};

/// A call of the model with room for everything; tests break it.
struct Call {
  int64_t rows;
  Tensor x, t, n, limit;
  Tensor y, positions, next;
  std::vector<char> workspace;
  graphc_context *context = nullptr;
  explicit Call(int64_t rows = 4, int64_t half = 3);
  ~Call();
  std::vector<DLTensor> inputs() const;
  graphc_status run();
};

#endif // GRAPHC_TEST_UNIT_RUNTIME_MODEL_H
