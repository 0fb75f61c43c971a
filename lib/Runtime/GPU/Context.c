//===- Context.c - A context and its device -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <stdlib.h>

/* Kernels leave them as they find them. */
static graphc_status makeCounters(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  if (!graphc_rt_gpu_check(
          context,
          gpu->driver.allocate(&gpu->counters,
                               GRAPHC_RT_GPU_COUNTERS * sizeof(int32_t)),
          "allocating counters") &&
      !graphc_rt_gpu_check(context,
                           gpu->driver.setWords(gpu->counters, 0,
                                                GRAPHC_RT_GPU_COUNTERS,
                                                gpu->stream),
                           "clearing counters"))
    graphc_rt_gpu_check(context, gpu->driver.synchronize(gpu->stream),
                        "clearing counters");
  return gpu->failed;
}

void graphc_rt_gpu_counters(graphc_context *context, void **counters) {
  *counters = (void *)(uintptr_t)context->gpu->counters;
}

static graphc_status allocate(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_module *module = context->module;
  if (graphc_rt_gpu_make_status(context) != GRAPHC_OK ||
      makeCounters(context) != GRAPHC_OK)
    return gpu->failed;
  for (size_t i = 0; i < module->num_states; ++i) {
    graphc_rt_address state = 0;
    size_t size = (size_t)module->states[i].size;
    if (graphc_rt_gpu_check(context,
                            gpu->driver.allocate(&state, size ? size : 1),
                            "allocating a state"))
      return gpu->failed;
    context->states[i] = (void *)(uintptr_t)state;
  }
  return GRAPHC_OK;
}

/* The device's context is current. */
static graphc_status resetStates(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_module *module = context->module;
  for (size_t i = 0; i < module->num_states && !gpu->failed; ++i) {
    const graphc_state *state = &module->states[i];
    char *values = (char *)calloc(1, (size_t)state->size + 1);
    if (!values) {
      gpu->failed = GRAPHC_ERROR_MEMORY;
      break;
    }
    graphc_rt_copy(values, state->type.strides,
                   graphc_rt_first_value(context, i), NULL, state->type.shape,
                   state->type.rank, graphc_rt_element_size(state->type.dtype));
    graphc_rt_address place = (graphc_rt_address)(uintptr_t)context->states[i];
    if (state->size &&
        !graphc_rt_gpu_check(
            context,
            gpu->driver.upload(place, values, (size_t)state->size, gpu->stream),
            "copying a state"))
      graphc_rt_gpu_check(context, gpu->driver.synchronize(gpu->stream),
                          "copying a state");
    free(values);
  }
  return gpu->failed;
}

static void synchronize(graphc_context *context) {
  graphc_rt_gpu_check(context,
                      context->gpu->driver.synchronize(context->gpu->stream),
                      "running the kernels");
}

/* Kernels run in streams of the CUDA context that they are loaded into. */
static void checkStream(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  void *owner = NULL;
  if (graphc_rt_gpu_check(context,
                          gpu->driver.getStreamContext(gpu->stream, &owner),
                          "the stream of the options (destroyed?)")) {
    gpu->stream = NULL; /* nothing waits for it */
  } else if (owner != gpu->loaded->cudaContext) {
    graphc_rt_begin_message(context);
    graphc_rt_add_text(context, "the stream of the options is not of the "
                                "primary context of device ");
    graphc_rt_add_number(context, gpu->device);
    gpu->failed = GRAPHC_ERROR_ARGUMENT;
    gpu->stream = NULL;
  }
}

static graphc_status setUp(graphc_context *context,
                           const graphc_options *options) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_module *module = context->module;
  if (options->graphs != GRAPHC_GRAPHS_AUTO &&
      options->graphs != GRAPHC_GRAPHS_OFF) {
    graphc_rt_begin_message(context);
    graphc_rt_add_text(context, "graphs is ");
    graphc_rt_add_number(context, options->graphs);
    graphc_rt_add_text(context, ", expected 0 or 1");
    return GRAPHC_ERROR_ARGUMENT;
  }
  gpu->device = options->device;
  gpu->usesGraphs = gpu->roams = options->graphs == GRAPHC_GRAPHS_AUTO;
  gpu->tensors = (DLTensor *)calloc(
      module->num_inputs + module->num_outputs + 1, sizeof(DLTensor));
  if (!gpu->tensors)
    return GRAPHC_ERROR_MEMORY;
  graphc_status status = graphc_rt_gpu_make_graphs(context);
  if (status == GRAPHC_OK)
    status = graphc_rt_gpu_open_driver(context, options->driver);
  if (status == GRAPHC_OK)
    status = graphc_rt_gpu_acquire(context, options);
  if (status != GRAPHC_OK)
    return status;
  enum { nonBlocking = 1 };
  gpu->stream = options->stream;
  if (!gpu->stream) {
    if (graphc_rt_gpu_check(context,
                            gpu->driver.createStream(&gpu->stream, nonBlocking),
                            "making a stream"))
      gpu->stream = NULL;
    gpu->ownsStream = gpu->stream != NULL;
  } else {
    checkStream(context);
  }
  gpu->target = gpu->stream;
  status = gpu->failed;
  if (status == GRAPHC_OK)
    status = allocate(context);
  if (status == GRAPHC_OK)
    status =
        module->external ? graphc_rt_gpu_load_external(context) : GRAPHC_OK;
  if (status == GRAPHC_OK)
    status = resetStates(context);
  void *ours;
  if (graphc_rt_gpu_check(context, gpu->driver.popContext(&ours),
                          "cuCtxPopCurrent") &&
      status == GRAPHC_OK)
    status = gpu->failed;
  context->synchronize = synchronize;
  return status;
}

graphc_status graphc_rt_gpu_create_context(const graphc_module *module,
                                           const graphc_options *options,
                                           graphc_context **result) {
  graphc_status status = graphc_rt_create_context(module, options, result);
  if (status != GRAPHC_OK)
    return status;
  static const graphc_options defaults;
  graphc_context *context = *result;
  context->gpu = (graphc_rt_gpu *)calloc(1, sizeof(graphc_rt_gpu));
  if (!context->gpu)
    return context->broken = GRAPHC_ERROR_MEMORY;
  return context->broken = setUp(context, options ? options : &defaults);
}

/* Frees what is on the device. Nobody is left to tell of failures. */
static void tearDown(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_driver *driver = &gpu->driver;
  if (!gpu->loaded->isReady || driver->pushContext(gpu->loaded->cudaContext))
    return;
  if (gpu->stream)
    driver->synchronize(gpu->stream);
  graphc_rt_gpu_destroy_graphs(context);
  graphc_rt_gpu_destroy_times(context);
  for (size_t i = 0; i < context->module->num_states; ++i)
    if (context->states[i])
      driver->release((graphc_rt_address)(uintptr_t)context->states[i]);
  if (context->external && context->external->deviceBlock)
    driver->release(context->external->deviceBlock);
  if (gpu->status)
    driver->releaseHost(gpu->status);
  if (gpu->counters)
    driver->release(gpu->counters);
  if (gpu->pool)
    driver->release(gpu->pool);
  for (graphc_rt_retired *r = gpu->retired; r; r = r->next)
    driver->release(r->memory);
  if (gpu->ownsStream)
    driver->destroyStream(gpu->stream);
  void *ours;
  driver->popContext(&ours);
}

void graphc_rt_gpu_destroy_context(graphc_context *context) {
  if (!context)
    return;
  graphc_rt_gpu *gpu = context->gpu;
  if (gpu && gpu->loaded) {
    tearDown(context);
    graphc_rt_gpu_release(context);
  }
  if (gpu) {
    while (gpu->retired) {
      graphc_rt_retired *next = gpu->retired->next;
      free(gpu->retired);
      gpu->retired = next;
    }
    free(gpu->graphKeys);
    free(gpu->tensors);
    /* The library stays open: drivers do not stand being closed. */
    free(gpu);
  }
  graphc_rt_destroy_context(context);
}

graphc_status graphc_rt_gpu_copied_bytes(const graphc_context *context,
                                         uint64_t *toDevice, uint64_t *toHost) {
  graphc_status status = graphc_rt_copied_bytes(context, toDevice, toHost);
  if (status == GRAPHC_OK) {
    *toDevice = context->gpu->bytesToDevice;
    *toHost = context->gpu->bytesToHost;
  }
  return status;
}

graphc_status graphc_rt_gpu_reset_context(graphc_context *context) {
  if (!context)
    return GRAPHC_ERROR_NULL;
  if (context->broken != GRAPHC_OK)
    return context->broken;
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_begin_message(context);
  gpu->failed = GRAPHC_OK;
  if (!context->module->num_states ||
      graphc_rt_gpu_check(context,
                          gpu->driver.pushContext(gpu->loaded->cudaContext),
                          "cuCtxPushCurrent"))
    return gpu->failed;
  if (!graphc_rt_gpu_see_capture(context)) {
    if (gpu->isCaptured)
      graphc_rt_gpu_refuse_capture(context, "states cannot be reset");
    else
      resetStates(context);
  }
  void *ours;
  graphc_rt_gpu_check(context, gpu->driver.popContext(&ours),
                      "cuCtxPopCurrent");
  return gpu->failed;
}
