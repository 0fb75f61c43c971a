//===- Time.c - What kernels take on a device ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Events of the driver stand before and behind every kernel of a run; nothing
// waits for them before its end.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <stdlib.h>

/* Room for one more, with its events. */
static graphc_rt_span_of_time *add(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  if (gpu->numTimes < gpu->roomForTimes)
    return &gpu->times[gpu->numTimes++];
  size_t room = gpu->roomForTimes + 64;
  graphc_rt_span_of_time *times = (graphc_rt_span_of_time *)realloc(
      gpu->times, room * sizeof(graphc_rt_span_of_time));
  if (!times) {
    gpu->failed = GRAPHC_ERROR_MEMORY;
    return NULL;
  }
  gpu->times = times;
  while (gpu->roomForTimes < room) {
    graphc_rt_span_of_time *time = &times[gpu->roomForTimes];
    time->begin = time->end = NULL;
    if (graphc_rt_gpu_check(context, gpu->driver.createEvent(&time->begin, 0),
                            "making an event"))
      return NULL;
    if (graphc_rt_gpu_check(context, gpu->driver.createEvent(&time->end, 0),
                            "making an event")) {
      gpu->driver.destroyEvent(time->begin);
      return NULL;
    }
    ++gpu->roomForTimes;
  }
  return &times[gpu->numTimes++];
}

static void see(graphc_context *context, size_t kernel, int32_t isDone,
                int64_t bytes, int64_t flops) {
  graphc_rt_gpu *gpu = context->gpu;
  if (gpu->failed != GRAPHC_OK)
    return;
  graphc_rt_span_of_time *time =
      isDone ? &gpu->times[gpu->numTimes - 1] : add(context);
  if (!time)
    return;
  time->kernel = kernel;
  time->bytes = bytes;
  time->flops = flops;
  graphc_rt_gpu_check(
      context,
      gpu->driver.recordEvent(isDone ? time->end : time->begin, gpu->target),
      "recording an event");
}

graphc_status graphc_rt_gpu_set_timer(graphc_context *context,
                                      graphc_observer observer, void *user) {
  graphc_status status = graphc_rt_set_observer(context, observer, user);
  if (status == GRAPHC_OK)
    context->time = observer ? see : NULL;
  return status;
}

void graphc_rt_gpu_tell_times(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  for (size_t i = 0; i < gpu->numTimes && gpu->failed == GRAPHC_OK; ++i) {
    const graphc_rt_span_of_time *time = &gpu->times[i];
    float ms = 0;
    if (graphc_rt_gpu_check(context,
                            gpu->driver.getElapsed(&ms, time->begin, time->end),
                            "asking for a time"))
      return;
    graphc_event event = {time->kernel, 1, time->bytes, time->flops, NULL, ms};
    context->observer(context->observerUser, &event);
  }
}

void graphc_rt_gpu_destroy_times(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  for (size_t i = 0; i < gpu->roomForTimes; ++i) {
    gpu->driver.destroyEvent(gpu->times[i].begin);
    gpu->driver.destroyEvent(gpu->times[i].end);
  }
  free(gpu->times);
}
