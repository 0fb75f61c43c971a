//===- Driver.c - The functions of the CUDA driver that are used ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <dlfcn.h>
#include <string.h>

static const char defaultLibrary[] = "libcuda.so.1";

static const char *const names[] = {
    "cuInit",
    "cuDriverGetVersion",
    "cuGetErrorName",
    "cuGetErrorString",
    "cuDeviceGetCount",
    "cuDeviceGet",
    "cuDeviceGetAttribute",
    "cuDevicePrimaryCtxRetain",
    "cuDevicePrimaryCtxRelease_v2",
    "cuCtxPushCurrent_v2",
    "cuCtxPopCurrent_v2",
    "cuModuleLoadDataEx",
    "cuModuleUnload",
    "cuModuleGetFunction",
    "cuFuncGetAttribute",
    "cuFuncSetAttribute",
    "cuLaunchKernelEx",
    "cuMemAlloc_v2",
    "cuMemFree_v2",
    "cuMemHostAlloc",
    "cuMemFreeHost",
    "cuMemcpyHtoDAsync_v2",
    "cuMemcpyDtoHAsync_v2",
    "cuMemcpyDtoDAsync_v2",
    "cuMemsetD8Async",
    "cuMemsetD32Async",
    "cuStreamCreate",
    "cuStreamDestroy_v2",
    "cuStreamSynchronize",
    "cuStreamGetCtx",
    "cuStreamIsCapturing",
    "cuStreamBeginCapture_v2",
    "cuStreamEndCapture",
    "cuThreadExchangeStreamCaptureMode",
    "cuGraphInstantiateWithFlags",
    "cuGraphExecUpdate_v2",
    "cuGraphLaunch",
    "cuGraphDestroy",
    "cuGraphExecDestroy",
    "cuEventCreate",
    "cuEventDestroy_v2",
    "cuEventRecord",
    "cuEventElapsedTime",
    "cuPointerGetAttribute",
};

void graphc_rt_gpu_begin_message(graphc_context *context) {
  graphc_rt_begin_message(context);
  graphc_rt_add_text(context, "the CUDA driver: ");
}

graphc_status graphc_rt_gpu_open_driver(graphc_context *context,
                                        const char *path) {
  graphc_rt_gpu *gpu = context->gpu;
  gpu->library = dlopen(path ? path : defaultLibrary, RTLD_NOW | RTLD_LOCAL);
  if (!gpu->library) {
    const char *reason = dlerror();
    graphc_rt_gpu_begin_message(context);
    graphc_rt_add_text(context, "there is none: ");
    graphc_rt_add_text(context, reason ? reason : "unknown");
    return GRAPHC_ERROR_DRIVER;
  }
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    void *function = dlsym(gpu->library, names[i]);
    if (!function) {
      graphc_rt_gpu_begin_message(context);
      graphc_rt_add_text(context, "it is too old, it lacks ");
      graphc_rt_add_text(context, names[i]);
      return GRAPHC_ERROR_DRIVER;
    }
    memcpy((char *)&gpu->driver + i * sizeof(function), &function,
           sizeof(function));
  }
  gpu->isEmulator = dlsym(gpu->library, "graphc_emulator") != NULL;
  return GRAPHC_OK;
}

int graphc_rt_gpu_check(graphc_context *context, int result, const char *what) {
  graphc_rt_gpu *gpu = context->gpu;
  if (!result)
    return 0;
  if (gpu->failed != GRAPHC_OK)
    return 1; /* the first failure is the one to tell */
  const char *name = NULL, *text = NULL;
  gpu->driver.getErrorName(result, &name);
  gpu->driver.getErrorString(result, &text);
  graphc_rt_gpu_begin_message(context);
  graphc_rt_add_text(context, what);
  graphc_rt_add_text(context, ": ");
  graphc_rt_add_text(context, name ? name : "unknown error");
  if (text) {
    graphc_rt_add_text(context, " (");
    graphc_rt_add_text(context, text);
    graphc_rt_add_text(context, ")");
  }
  enum { outOfMemory = 2 };
  gpu->failed =
      result == outOfMemory ? GRAPHC_ERROR_MEMORY : GRAPHC_ERROR_DRIVER;
  return 1;
}

void graphc_rt_gpu_refuse_capture(graphc_context *context, const char *what) {
  if (context->gpu->failed != GRAPHC_OK)
    return;
  graphc_rt_begin_message(context);
  graphc_rt_add_text(context, "the stream is being captured: ");
  graphc_rt_add_text(context, what);
  context->gpu->failed = GRAPHC_ERROR_CAPTURE;
}

int graphc_rt_gpu_see_capture(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  int state = 0;
  enum { isActive = 1 };
  if (!gpu->ownsStream &&
      graphc_rt_gpu_check(context, gpu->driver.isCapturing(gpu->stream, &state),
                          "the stream of the options (destroyed?)"))
    return 1;
  gpu->isCaptured = state == isActive;
  if (state > isActive)
    graphc_rt_gpu_refuse_capture(context, "something has made that invalid");
  return state > isActive;
}
