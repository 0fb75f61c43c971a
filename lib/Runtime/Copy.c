//===- Copy.c - Copies between strided layouts ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

#include <string.h>

/* Rows that are dense on both sides are copied whole. */
void graphc_rt_copy(void *to, const int64_t *toStrides, const void *from,
                    const int64_t *fromStrides, const int64_t *shape,
                    int32_t rank, size_t size) {
  int64_t index[GRAPHC_RT_MAX_RANK] = {0};
  int64_t rowMajor[GRAPHC_RT_MAX_RANK];
  int64_t elements, row = 1;
  if (!graphc_rt_count_elements(shape, rank, &elements) || !elements)
    return;
  for (int32_t d = rank - 1; d >= 0; --d)
    rowMajor[d] = d == rank - 1 ? 1 : rowMajor[d + 1] * shape[d + 1];
  toStrides = toStrides ? toStrides : rowMajor;
  fromStrides = fromStrides ? fromStrides : rowMajor;
  while (rank && (shape[rank - 1] == 1 ||
                  (toStrides[rank - 1] == row && fromStrides[rank - 1] == row)))
    row *= shape[--rank];
  for (;;) {
    int64_t toOffset = 0, fromOffset = 0;
    for (int32_t d = 0; d < rank; ++d) {
      toOffset += index[d] * toStrides[d];
      fromOffset += index[d] * fromStrides[d];
    }
    memcpy((char *)to + toOffset * (int64_t)size,
           (const char *)from + fromOffset * (int64_t)size, (size_t)row * size);
    int32_t d = rank;
    while (d > 0 && ++index[d - 1] == shape[d - 1])
      index[--d] = 0;
    if (d == 0)
      return;
  }
}
