//===- Status.c - Checks of the program whose answers come later ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel whose check fails writes the check's number to a word of the host
// that the device reaches. Nothing else is ever done for a check, so that a run
// needs not wait for it, and a graph that replays it holds no more than its
// kernels. The number stays until a call takes it and tells it: the run itself
// if that waits for the device, else the next one or graphc_rt_gpu_synchronize.
// A kernel behind a failed check goes on with indices that stay in range.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

graphc_status graphc_rt_gpu_make_status(graphc_context *context) {
  enum { portable = 1, mapped = 2 };
  graphc_rt_gpu *gpu = context->gpu;
  void *word = NULL;
  if (!context->module->num_checks)
    return GRAPHC_OK;
  if (graphc_rt_gpu_check(context,
                          gpu->driver.allocateHost(&word, GRAPHC_RT_ALIGNMENT,
                                                   portable | mapped),
                          "allocating"))
    return gpu->failed;
  gpu->status = (int32_t *)word;
  __atomic_store_n(gpu->status, 0, __ATOMIC_RELEASE);
  return GRAPHC_OK;
}

int32_t graphc_rt_gpu_take_check(graphc_context *context) {
  int32_t *status = context->gpu->status;
  /* Most often there is nothing, and the line stays the device's to write. */
  return status && __atomic_load_n(status, __ATOMIC_ACQUIRE)
             ? __atomic_exchange_n(status, 0, __ATOMIC_ACQ_REL)
             : 0;
}

graphc_status graphc_rt_gpu_tell_earlier(graphc_context *context) {
  int32_t number = graphc_rt_gpu_take_check(context);
  if (!number)
    return GRAPHC_OK;
  graphc_status status = graphc_rt_fail_check(context, number);
  graphc_rt_add_text(context, " (in an earlier run)");
  return status;
}

/* Where kernels say which check failed. */
void *graphc_rt_gpu_begin(graphc_context *context) {
  context->gpu->decided = 0;
  return context->gpu->status;
}

/* The check that the host itself has seen fail, or zero. */
int32_t graphc_rt_gpu_end(graphc_context *context) {
  return context->gpu->decided;
}

static void await(graphc_context *context) {
  if (graphc_rt_gpu_see_capture(context))
    return;
  if (context->gpu->isCaptured)
    graphc_rt_gpu_refuse_capture(context, "runs cannot be waited for");
  else
    graphc_rt_gpu_check(context,
                        context->gpu->driver.synchronize(context->gpu->stream),
                        "running the kernels");
}

graphc_status graphc_rt_gpu_synchronize(graphc_context *context) {
  graphc_status status = graphc_rt_synchronize(context);
  if (status != GRAPHC_OK)
    return status;
  graphc_rt_gpu *gpu = context->gpu;
  gpu->failed = GRAPHC_OK;
  if (graphc_rt_gpu_check(context,
                          gpu->driver.pushContext(gpu->loaded->cudaContext),
                          "cuCtxPushCurrent"))
    return gpu->failed;
  await(context);
  void *ours;
  graphc_rt_gpu_check(context, gpu->driver.popContext(&ours),
                      "cuCtxPopCurrent");
  if (gpu->failed != GRAPHC_OK)
    return gpu->failed;
  gpu->isBehind = 0;
  int32_t number = graphc_rt_gpu_take_check(context);
  return number ? graphc_rt_fail_check(context, number) : GRAPHC_OK;
}
