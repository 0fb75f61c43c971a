//===- Calls.c - What generated code calls -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// After a failure all of it does nothing; so it is after a check that the host
// has seen fail: sizes and indices behind it may be none that kernels take.
// What it reads then is zero, and loops do not go on.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

static int isOver(const graphc_rt_gpu *gpu) {
  return gpu->failed != GRAPHC_OK || gpu->decided;
}

int graphc_rt_gpu_fetch(graphc_context *context, void *to,
                        graphc_rt_address from, size_t size) {
  graphc_rt_gpu *gpu = context->gpu;
  if (!size)
    return 1;
  gpu->readsHost = 1;
  if (gpu->isCaptured) {
    graphc_rt_gpu_refuse_capture(
        context, "the program decides on the host what runs on the device");
    return 0;
  }
  if (gpu->target != gpu->stream) /* a graph is recorded, which will fail */
    return 0;
  gpu->bytesToHost += size;
  return !graphc_rt_gpu_check(context,
                              gpu->driver.download(to, from, size, gpu->stream),
                              "copying from the device") &&
         !graphc_rt_gpu_check(context, gpu->driver.synchronize(gpu->stream),
                              "running the kernels");
}

void graphc_rt_gpu_read(graphc_context *context, int64_t from, void *to,
                        int64_t size) {
  graphc_rt_gpu *gpu = context->gpu;
  char *bytes = (char *)to;
  if (!isOver(gpu) &&
      graphc_rt_gpu_fetch(context, to, (graphc_rt_address)from, (size_t)size)) {
    /* All kernels up to here have told what they check. */
    gpu->decided = graphc_rt_gpu_take_check(context);
    if (!gpu->decided) {
      gpu->isMixed = 0;
      return;
    }
  }
  for (int64_t i = 0; i < size; ++i)
    bytes[i] = 0;
}

/* The value goes into the stream with the command, so nothing is awaited. */
void graphc_rt_gpu_write(graphc_context *context, int64_t to, const void *from,
                         int64_t size) {
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_address address = (graphc_rt_address)to;
  const unsigned char *bytes = (const unsigned char *)from;
  if (isOver(gpu))
    return;
  if (gpu->status && to == (int64_t)(uintptr_t)gpu->status) {
    /* A check that the host decides: a graph would not decide it again. */
    gpu->decided = *(const int32_t *)from;
    gpu->isMixed = 0;
    gpu->readsHost = 1;
    return;
  }
  int failed = 0;
  while (size && !failed) {
    uint32_t word = 0;
    int isWord = size >= 4 && address % 4 == 0;
    for (int i = 0; i < 4 && isWord; ++i)
      ((unsigned char *)&word)[i] = bytes[i];
    failed = isWord ? gpu->driver.setWords(address, word, 1, gpu->target)
                    : gpu->driver.set(address, *bytes, 1, gpu->target);
    int step = isWord ? 4 : 1;
    address += (graphc_rt_address)step;
    bytes += step;
    size -= step;
  }
  graphc_rt_gpu_check(context, failed, "writing to the device");
}

void graphc_rt_gpu_launch(graphc_context *context, int32_t kernel,
                          int64_t gridX, int64_t gridY, int64_t gridZ,
                          int64_t blockX, int64_t blockY, int64_t blockZ,
                          int32_t shared, void **parameters) {
  graphc_rt_gpu *gpu = context->gpu;
  if (isOver(gpu) || !gridX || !gridY || !gridZ)
    return;
  if (gridX > INT32_MAX || gridY > UINT16_MAX || gridZ > UINT16_MAX) {
    graphc_rt_begin_message(context);
    graphc_rt_add_text(context, "a tensor has too many elements for kernel ");
    graphc_rt_add_text(context, context->module->device->kernels[kernel]);
    gpu->failed = GRAPHC_ERROR_RANGE;
    return;
  }
  void *function = graphc_rt_gpu_get_function(context, kernel, shared);
  if (!function)
    return;
  enum { programmaticStreamSerialization = 6 }; /* CUlaunchAttributeID */
  graphc_rt_launch_attribute dependent = {.id = programmaticStreamSerialization,
                                          .value = 1};
  graphc_rt_launch_config config = {
      {(unsigned)gridX, (unsigned)gridY, (unsigned)gridZ},
      {(unsigned)blockX, (unsigned)blockY, (unsigned)blockZ},
      (unsigned)shared,
      gpu->target,
      &dependent,
      !!(gpu->features & GRAPHC_FEATURE_DEPENDENT_LAUNCH)};
  graphc_rt_gpu_check(context,
                      gpu->driver.launch(&config, function, parameters, NULL),
                      context->module->device->kernels[kernel]);
}
