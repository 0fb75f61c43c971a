//===- Model.cpp - A module written by hand -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"

#include <cstring>

namespace {
enum { S0, S1, N, U0 };
const int64_t s0[] = {GRAPHC_EXPR_SYMBOL, S0, GRAPHC_EXPR_END};
const int64_t twoS1[] = {GRAPHC_EXPR_CONSTANT, 2,
                         GRAPHC_EXPR_SYMBOL,   S1,
                         GRAPHC_EXPR_MUL,      GRAPHC_EXPR_END};
const int64_t n[] = {GRAPHC_EXPR_SYMBOL, N, GRAPHC_EXPR_END};
const int64_t nPlusOne[] = {GRAPHC_EXPR_SYMBOL,   N,
                            GRAPHC_EXPR_CONSTANT, 1,
                            GRAPHC_EXPR_ADD,      GRAPHC_EXPR_END};
const int64_t u0[] = {GRAPHC_EXPR_SYMBOL, U0, GRAPHC_EXPR_END};
const int64_t threeS0[] = {GRAPHC_EXPR_CONSTANT, 3,
                           GRAPHC_EXPR_SYMBOL,   S0,
                           GRAPHC_EXPR_MUL,      GRAPHC_EXPR_END};
const int64_t nMinusS0[] = {GRAPHC_EXPR_SYMBOL, N,
                            GRAPHC_EXPR_SYMBOL, S0,
                            GRAPHC_EXPR_SUB,    GRAPHC_EXPR_END};
const int64_t arena[] = {GRAPHC_EXPR_CONSTANT, 8,
                         GRAPHC_EXPR_SYMBOL,   S0,
                         GRAPHC_EXPR_MUL,      GRAPHC_EXPR_END};

const int64_t symbolic = INT64_MIN;
const int64_t shapeX[] = {-1, 3}, stridesX[] = {3, 1};
const graphc_expr exprsX[] = {s0, nullptr};
const int64_t shapeT[] = {-1, -1}, stridesT[] = {1, symbolic};
const graphc_expr exprsT[] = {s0, twoS1}, strideExprsT[] = {nullptr, s0};
const int64_t shapeU[] = {-1}, stridesU[] = {1};
const graphc_expr exprsU[] = {u0};

const graphc_type typeX = {"float32[s0, 3]", float32, 2,      shapeX,
                           stridesX,         exprsX,  nullptr};
const graphc_type typeT = {
    "float32[s0, 2*s1]", float32, 2, shapeT, stridesT, exprsT, strideExprsT};
const graphc_type scalar = {"int64[]", int64,   0,      nullptr,
                            nullptr,   nullptr, nullptr};
const graphc_type typeU = {"int64[u0]", int64,  1,      shapeU,
                           stridesU,    exprsU, nullptr};

const graphc_symbol symbols[] = {{"s0", 2, 64, nullptr},
                                 {"s1", 1, INT64_MAX, nullptr},
                                 {"n", 0, 10, nullptr},
                                 {"u0", 0, INT64_MAX, threeS0}};
const graphc_tensor inputs[] = {{"x", typeX, GRAPHC_KIND_TENSOR, nullptr},
                                {"t", typeT, GRAPHC_KIND_TENSOR, nullptr},
                                {"n", scalar, GRAPHC_KIND_INT, n},
                                {"limit", scalar, GRAPHC_KIND_TENSOR, nullptr}};
const graphc_tensor outputs[] = {
    {"y", typeX, GRAPHC_KIND_TENSOR, nullptr},
    {"positions", typeU, GRAPHC_KIND_TENSOR, nullptr},
    {"next", scalar, GRAPHC_KIND_INT, nPlusOne}};
const graphc_state states[] = {{"count", scalar, 8, 64}};
const graphc_place places[] = {{0, 0}, {0, 1}, {0, 3}, {1, 0}};
const graphc_result results[] = {
    {typeX, 0}, {typeU, 1}, {scalar, -1}, {typeX, -1}};
const graphc_mutation mutations[] = {{{1, 0}, 2, 0, 4}, {{0, 0}, 3, 0, 0}};
const graphc_constraint constraints[] = {
    {nMinusS0, INT64_MIN, 3, "n <= x.size(0) + 3"}};
const char *const checks[] = {"never", "limit must be below 100"};

struct alignas(64) Weights {
  float w[16];
  int64_t count;
};
const Weights weights = {{10, 20, 30}, 5};

const char *const nodes[] = {"add"};
const graphc_operand operands[] = {{"x", {kDLFloat, 32, 1}, 2, 0},
                                   {"add", {kDLFloat, 32, 1}, 2, 1}};
const graphc_kernel kernels[] = {
    {"kernel_add", "pointwise", 1, nodes, "layer", "model.py:3", 2, operands}};

/// What instrumented code does around a kernel.
void observe(void *context, int32_t isDone, const void *x, const void *y,
             int64_t rows) {
  int64_t values[] = {
      static_cast<int64_t>(reinterpret_cast<intptr_t>(x)), rows, 3, 3, 1,
      static_cast<int64_t>(reinterpret_cast<intptr_t>(y)), rows, 3, 3, 1};
  if (context)
    graphc_rt_observe(static_cast<graphc_context *>(context), 0, isDone,
                      24 * rows, -1, values);
}

int32_t entry(void *const *in, void *const *out, int64_t *symbolValues,
              const void *weightData, void *workspace, int32_t) {
  const float *x = static_cast<const float *>(in[0]);
  const float *w = static_cast<const float *>(weightData);
  float *y = static_cast<float *>(out[0]);
  int64_t *positions = static_cast<int64_t *>(out[1]);
  float *doubled = static_cast<float *>(out[3]);
  if (*static_cast<const int64_t *>(in[2]) >= 100)
    return 2;
  std::memset(workspace, 0xff, static_cast<size_t>(8 * symbolValues[S0]));
  int64_t found = 0;
  observe(in[4], 0, x, y, symbolValues[S0]);
  for (int64_t i = 0; i < 3 * symbolValues[S0]; ++i) {
    y[i] = x[i] + w[i % 3];
    doubled[i] = 2 * x[i];
    if (x[i] > 0)
      positions[found++] = i;
  }
  observe(in[4], 1, x, y, symbolValues[S0]);
  symbolValues[U0] = found;
  *static_cast<int64_t *>(out[2]) = *static_cast<const int64_t *>(in[3]) + 1;
  return 0;
}
} // namespace

const graphc_module testModel = {GRAPHC_RUNTIME_ABI,
                                 "test",
                                 "none",
                                 "test.pt2",
                                 0,
                                 4,
                                 0,
                                 4,
                                 3,
                                 1,
                                 4,
                                 4,
                                 2,
                                 1,
                                 0,
                                 2,
                                 0,
                                 1,
                                 symbols,
                                 nullptr,
                                 inputs,
                                 outputs,
                                 states,
                                 places,
                                 results,
                                 mutations,
                                 constraints,
                                 nullptr,
                                 checks,
                                 nullptr,
                                 kernels,
                                 1,
                                 arena,
                                 &weights,
                                 nullptr,
                                 sizeof(weights),
                                 0,
                                 0,
                                 entry,
                                 nullptr,
                                 nullptr};

Tensor::Tensor(DLDataType dtype, std::vector<int64_t> sizes,
               std::vector<int64_t> steps)
    : shape(std::move(sizes)), strides(std::move(steps)) {
  size_t elements = 1;
  for (int64_t size : shape)
    elements *= static_cast<size_t>(size);
  bytes.resize(elements * dtype.bits / 8 + 64);
  uintptr_t address = (reinterpret_cast<uintptr_t>(bytes.data()) + 63) / 64;
  view.data = reinterpret_cast<void *>(address * 64);
  view.device = {kDLCPU, 0};
  view.ndim = static_cast<int32_t>(shape.size());
  view.dtype = dtype;
  view.shape = shape.data();
  view.strides = strides.empty() ? nullptr : strides.data();
  view.byte_offset = 0;
}

Call::Call(int64_t rows, int64_t half)
    : rows(rows), x(float32, {rows, 3}),
      t(float32, {rows, 2 * half}, {1, rows}), n(int64, {}), limit(int64, {}),
      y(float32, {rows, 3}), positions(int64, {3 * rows}), next(int64, {}),
      workspace(4096) {
  for (int64_t i = 0; i < 3 * rows; ++i)
    x.data<float>()[i] = i % 2 ? -float(i) : float(i);
  *n.data<int64_t>() = 7;
  graphc_rt_create_context(&testModel, nullptr, &context);
}

Call::~Call() { graphc_rt_destroy_context(context); }

std::vector<DLTensor> Call::inputs() const {
  return {x.view, t.view, n.view, limit.view};
}

graphc_status Call::run() {
  std::vector<DLTensor> in = inputs();
  DLTensor out[] = {y.view, positions.view, next.view};
  return graphc_rt_run(context, in.data(), in.size(), out, 3, workspace.data(),
                       workspace.size());
}
