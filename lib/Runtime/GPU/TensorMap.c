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
typedef int (*encoder)(void *, int, uint32_t, void *, const uint64_t *,
                       const uint64_t *, const uint32_t *, const uint32_t *,
                       int, int, int, int);

/* Not among the functions that every driver must have: only code for chips with
   a copy engine comes here. */
static encoder findEncoder(graphc_context *context) {
  static const char name[] = "cuTensorMapEncodeTiled";
  graphc_rt_gpu *gpu = context->gpu;
  encoder encode = NULL;
  if (!gpu->encodeTensorMap)
    gpu->encodeTensorMap = dlsym(gpu->library, name);
  if (!gpu->encodeTensorMap) {
    graphc_rt_gpu_begin_message(context);
    graphc_rt_add_text(context, "it is too old, it lacks ");
    graphc_rt_add_text(context, name);
    gpu->failed = GRAPHC_ERROR_DRIVER;
    return NULL;
  }
  memcpy(&encode, &gpu->encodeTensorMap, sizeof(encode));
  return encode;
}

/* See kernel.tensor_map; strides are in bytes, `map` has 128 of them. */
void graphc_rt_gpu_tensor_map(graphc_context *context, void *map,
                              int64_t address, int32_t type, int32_t rank,
                              const int64_t *sizes, const int64_t *strides,
                              const int32_t *box, int32_t swizzle) {
  enum { maxRank = 5, promote256 = 3 };
  graphc_rt_gpu *gpu = context->gpu;
  if (gpu->failed != GRAPHC_OK)
    return;
  uint64_t lengths[maxRank], steps[maxRank];
  uint32_t boxes[maxRank], ones[maxRank];
  for (int32_t d = 0; d < rank; ++d) {
    /* Nothing is launched for what is empty. */
    if (!sizes[d])
      return;
    lengths[d] = (uint64_t)sizes[d];
    steps[d] = d + 1 < rank ? (uint64_t)strides[d] : 0;
    boxes[d] = (uint32_t)box[d];
    ones[d] = 1;
  }
  encoder encode = findEncoder(context);
  int mode = swizzle == 128 ? 3 : swizzle == 64 ? 2 : swizzle == 32;
  if (encode)
    graphc_rt_gpu_check(context,
                        encode(map, type, (uint32_t)rank,
                               (void *)(uintptr_t)address, lengths, steps,
                               boxes, ones, 0, mode, promote256, 0),
                        "describing a tensor to the copy engine");
}

/* Sets `*answer` to `feature` if the chip that the loaded code is for has it,
   else to 0. */
void graphc_rt_gpu_chip_has(graphc_context *context, int32_t feature,
                            int32_t *answer) {
  *answer = context->gpu->features & feature;
}
