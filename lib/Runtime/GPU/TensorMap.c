//===- TensorMap.c - What code asks of its device before a launch ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <dlfcn.h>
#include <string.h>

/* CUresult cuTensorMapEncodeTiled(CUtensorMap *, type, rank, address, sizes,
   strides, box, element strides, interleave, swizzle, promotion, fill) */
typedef int (*boxEncoder)(void *, int, uint32_t, void *, const uint64_t *,
                          const uint64_t *, const uint32_t *, const uint32_t *,
                          int, int, int, int);
/* CUresult cuTensorMapEncodeIm2col(CUtensorMap *, type, rank, address, sizes,
   strides, lower corner, upper corner, channels, pixels, element strides,
   interleave, swizzle, promotion, fill) */
typedef int (*windowEncoder)(void *, int, uint32_t, void *, const uint64_t *,
                             const uint64_t *, const int *, const int *,
                             uint32_t, uint32_t, const uint32_t *, int, int,
                             int, int);

enum { maxRank = 5, promote256 = 3 };

/* Not among the functions that every driver must have: only code for chips with
   a copy engine comes here. Sets the function pointer at `encoder`. */
static int findEncoder(graphc_context *context, void **found, const char *name,
                       void *encoder) {
  graphc_rt_gpu *gpu = context->gpu;
  if (!*found)
    *found = dlsym(gpu->library, name);
  if (!*found) {
    graphc_rt_gpu_begin_message(context);
    graphc_rt_add_text(context, "it is too old, it lacks ");
    graphc_rt_add_text(context, name);
    gpu->failed = GRAPHC_ERROR_DRIVER;
    return 0;
  }
  memcpy(encoder, found, sizeof(*found));
  return 1;
}

typedef struct {
  uint64_t sizes[maxRank], strides[maxRank];
} layout;

/* Zero for a tensor without elements: nothing is launched for it. */
static int makeLayout(int32_t rank, const int64_t *sizes,
                      const int64_t *strides, layout *made) {
  for (int32_t d = 0; d < rank; ++d) {
    if (!sizes[d])
      return 0;
    made->sizes[d] = (uint64_t)sizes[d];
    made->strides[d] = d + 1 < rank ? (uint64_t)strides[d] : 0;
  }
  return 1;
}

static int swizzleMode(int32_t bytes) {
  return bytes == 128 ? 3 : bytes == 64 ? 2 : bytes == 32;
}

static const char describing[] = "describing a tensor to the copy engine";

/* See kernel.tensor_map; strides are in bytes, `map` has 128 of them. */
void graphc_rt_gpu_tensor_map(graphc_context *context, void *map,
                              int64_t address, int32_t type, int32_t rank,
                              const int64_t *sizes, const int64_t *strides,
                              const int32_t *box, int32_t swizzle) {
  graphc_rt_gpu *gpu = context->gpu;
  layout tensor;
  boxEncoder encode;
  if (gpu->failed != GRAPHC_OK || !makeLayout(rank, sizes, strides, &tensor) ||
      !findEncoder(context, &gpu->encodeBoxes, "cuTensorMapEncodeTiled",
                   &encode))
    return;
  uint32_t boxes[maxRank], ones[maxRank];
  for (int32_t d = 0; d < rank; ++d) {
    boxes[d] = (uint32_t)box[d];
    ones[d] = 1;
  }
  graphc_rt_gpu_check(context,
                      encode(map, type, (uint32_t)rank,
                             (void *)(uintptr_t)address, tensor.sizes,
                             tensor.strides, boxes, ones, 0,
                             swizzleMode(swizzle), promote256, 0),
                      describing);
}

/* See kernel.window_map. */
void graphc_rt_gpu_window_map(graphc_context *context, void *map,
                              int64_t address, int32_t type, int32_t rank,
                              const int64_t *sizes, const int64_t *strides,
                              const int32_t *lower, const int32_t *upper,
                              const int32_t *steps, int32_t channels,
                              int32_t pixels, int32_t swizzle) {
  graphc_rt_gpu *gpu = context->gpu;
  layout tensor;
  windowEncoder encode;
  if (gpu->failed != GRAPHC_OK || !makeLayout(rank, sizes, strides, &tensor) ||
      !findEncoder(context, &gpu->encodeWindows, "cuTensorMapEncodeIm2col",
                   &encode))
    return;
  uint32_t elementSteps[maxRank];
  for (int32_t d = 0; d < rank; ++d)
    elementSteps[d] = d && d + 1 < rank ? (uint32_t)steps[d - 1] : 1;
  graphc_rt_gpu_check(context,
                      encode(map, type, (uint32_t)rank,
                             (void *)(uintptr_t)address, tensor.sizes,
                             tensor.strides, lower, upper, (uint32_t)channels,
                             (uint32_t)pixels, elementSteps, 0,
                             swizzleMode(swizzle), promote256, 0),
                      describing);
}

/* Sets `*answer` to `feature` if the chip that the loaded code is for has it,
   else to 0. */
void graphc_rt_gpu_chip_has(graphc_context *context, int32_t feature,
                            int32_t *answer) {
  *answer = context->gpu->features & feature;
}
