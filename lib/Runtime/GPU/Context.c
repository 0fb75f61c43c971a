//===- Context.c - A context and its device -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum { capabilityMajor = 75, capabilityMinor = 76 }; /* CUdevice_attribute */

/* Nonzero if a device of that capability runs `image`. */
static int canRun(const graphc_image *image, int capability) {
  if (image->is_exact)
    return image->capability == capability;
  if (image->kind == GRAPHC_IMAGE_CUBIN) /* the same generation, or later */
    return image->capability / 10 == capability / 10 &&
           image->capability <= capability;
  return image->capability <= capability;
}

/* The driver's words on code that it does not take. */
static int loadImage(graphc_context *context, const graphc_image *image) {
  enum { errorLog = 5, errorLogSize = 6 }; /* CUjit_option */
  graphc_rt_gpu *gpu = context->gpu;
  char log[512];
  log[0] = 0;
  int options[] = {errorLog, errorLogSize};
  void *values[] = {log, (void *)(uintptr_t)sizeof(log)};
  int result =
      gpu->driver.loadModule(&gpu->module, image->data, 2, options, values);
  if (!graphc_rt_gpu_check(context, result, "loading the kernels"))
    return 0;
  if (log[0]) {
    log[sizeof(log) - 1] = 0;
    graphc_rt_add_text(context, ": ");
    graphc_rt_add_text(context, log);
  }
  return 1;
}

static graphc_status loadKernels(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_device_code *code = context->module->device;
  const graphc_image *best = NULL;
  for (size_t i = 0; i < code->num_images; ++i) {
    const graphc_image *image = &code->images[i];
    int isEmulation = image->kind == GRAPHC_IMAGE_EMULATION;
    if (isEmulation != gpu->isEmulator)
      continue;
    if (!isEmulation && !canRun(image, gpu->capability))
      continue;
    if (!best || image->capability > best->capability)
      best = image;
  }
  if (best) {
    gpu->features = best->features;
    return loadImage(context, best) ? gpu->failed : GRAPHC_OK;
  }
  if (!code->num_kernels)
    return GRAPHC_OK;
  graphc_rt_gpu_begin_message(context);
  graphc_rt_add_text(context, "device ");
  graphc_rt_add_number(context, gpu->device);
  graphc_rt_add_text(context, gpu->isEmulator ? " is emulated" : " is sm_");
  if (!gpu->isEmulator)
    graphc_rt_add_number(context, gpu->capability);
  graphc_rt_add_text(context, ", the module has code for");
  for (size_t i = 0; i < code->num_images; ++i) {
    /* A chip has its code and the text it was made of. */
    if (i && !strcmp(code->images[i].chip, code->images[i - 1].chip))
      continue;
    graphc_rt_add_text(context, i ? ", " : " ");
    graphc_rt_add_text(context, code->images[i].chip);
  }
  return GRAPHC_ERROR_DRIVER;
}

/* The context that all users of a device share. */
static graphc_status openDevice(graphc_context *context,
                                const graphc_options *options) {
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_driver *driver = &gpu->driver;
  int count = 0, major = 0, minor = 0;
  if (graphc_rt_gpu_check(context, driver->init(0), "cuInit") ||
      graphc_rt_gpu_check(context, driver->countDevices(&count),
                          "counting devices"))
    return gpu->failed;
  if (options->device < 0 || options->device >= count) {
    graphc_rt_gpu_begin_message(context);
    graphc_rt_add_text(context, "there is no device ");
    graphc_rt_add_number(context, options->device);
    graphc_rt_add_text(context, " among ");
    graphc_rt_add_number(context, count);
    return GRAPHC_ERROR_DRIVER;
  }
  gpu->device = options->device;
  int handle = 0;
  if (graphc_rt_gpu_check(context, driver->getDevice(&handle, options->device),
                          "opening the device") ||
      graphc_rt_gpu_check(context,
                          driver->getAttribute(&major, capabilityMajor, handle),
                          "asking for the capability") ||
      graphc_rt_gpu_check(context,
                          driver->getAttribute(&minor, capabilityMinor, handle),
                          "asking for the capability") ||
      graphc_rt_gpu_check(context,
                          driver->retainContext(&gpu->cudaContext, handle),
                          "opening the device"))
    return gpu->failed;
  gpu->capability = major * 10 + minor;
  return GRAPHC_OK;
}

static graphc_status upload(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_driver *driver = &gpu->driver;
  const graphc_module *module = context->module;
  if (graphc_rt_gpu_check(context,
                          driver->allocate(&gpu->status, GRAPHC_RT_ALIGNMENT),
                          "allocating"))
    return gpu->failed;
  if (module->weights_size &&
      (graphc_rt_gpu_check(
           context,
           driver->allocate(&gpu->weights, (size_t)module->weights_size),
           "allocating the weights") ||
       graphc_rt_gpu_check(context,
                           driver->upload(gpu->weights, context->weights,
                                          (size_t)module->weights_size,
                                          gpu->stream),
                           "copying the weights")))
    return gpu->failed;
  for (size_t i = 0; i < module->num_states; ++i) {
    graphc_rt_address state = 0;
    size_t size = (size_t)module->states[i].size;
    if (graphc_rt_gpu_check(context, driver->allocate(&state, size ? size : 1),
                            "allocating a state"))
      return gpu->failed;
    context->states[i] = (void *)(uintptr_t)state;
  }
  return GRAPHC_OK;
}

graphc_status graphc_rt_gpu_reset_states(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_module *module = context->module;
  if (!module->num_states)
    return GRAPHC_OK;
  gpu->failed = GRAPHC_OK;
  if (graphc_rt_gpu_check(context, gpu->driver.pushContext(gpu->cudaContext),
                          "cuCtxPushCurrent"))
    return gpu->failed;
  for (size_t i = 0; i < module->num_states && !gpu->failed; ++i) {
    const graphc_state *state = &module->states[i];
    char *values = (char *)calloc(1, (size_t)state->size + 1);
    if (!values) {
      gpu->failed = GRAPHC_ERROR_MEMORY;
      break;
    }
    graphc_rt_copy(values, state->type.strides,
                   (const char *)context->weights + state->weights_offset, NULL,
                   state->type.shape, state->type.rank,
                   graphc_rt_element_size(state->type.dtype));
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
  void *ours;
  gpu->driver.popContext(&ours);
  return gpu->failed;
}

static void synchronize(graphc_context *context) {
  graphc_rt_gpu_check(context,
                      context->gpu->driver.synchronize(context->gpu->stream),
                      "running the kernels");
}

static graphc_status setUp(graphc_context *context,
                           const graphc_options *options) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_module *module = context->module;
  gpu->functions =
      (void **)calloc(module->device->num_kernels + 1, sizeof(void *));
  gpu->sharedBytes =
      (int *)calloc(module->device->num_kernels + 1, sizeof(int));
  gpu->tensors = (DLTensor *)calloc(
      module->num_inputs + module->num_outputs + 1, sizeof(DLTensor));
  if (!gpu->functions || !gpu->sharedBytes || !gpu->tensors)
    return GRAPHC_ERROR_MEMORY;
  graphc_status status = graphc_rt_gpu_open_driver(context, options->driver);
  if (status == GRAPHC_OK)
    status = openDevice(context, options);
  if (status != GRAPHC_OK)
    return status;
  if (graphc_rt_gpu_check(context, gpu->driver.pushContext(gpu->cudaContext),
                          "cuCtxPushCurrent"))
    return gpu->failed;
  gpu->stream = options->stream;
  gpu->ownsStream = !options->stream;
  enum { nonBlocking = 1 };
  if (gpu->ownsStream &&
      graphc_rt_gpu_check(context,
                          gpu->driver.createStream(&gpu->stream, nonBlocking),
                          "making a stream")) {
    gpu->ownsStream = 0;
    status = gpu->failed;
  }
  if (status == GRAPHC_OK)
    status = loadKernels(context);
  if (status == GRAPHC_OK)
    status = upload(context);
  void *ours;
  gpu->driver.popContext(&ours);
  context->synchronize = synchronize;
  return status == GRAPHC_OK ? graphc_rt_gpu_reset_states(context) : status;
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

void graphc_rt_gpu_destroy_context(graphc_context *context) {
  if (!context)
    return;
  graphc_rt_gpu *gpu = context->gpu;
  if (gpu && gpu->cudaContext && !gpu->driver.pushContext(gpu->cudaContext)) {
    /* Nobody is left to tell of failures. */
    gpu->driver.synchronize(gpu->stream);
    for (size_t i = 0; i < context->module->num_states; ++i)
      if (context->states[i])
        gpu->driver.release((graphc_rt_address)(uintptr_t)context->states[i]);
    if (gpu->weights)
      gpu->driver.release(gpu->weights);
    if (gpu->status)
      gpu->driver.release(gpu->status);
    if (gpu->pool)
      gpu->driver.release(gpu->pool);
    if (gpu->module)
      gpu->driver.unloadModule(gpu->module);
    if (gpu->ownsStream)
      gpu->driver.destroyStream(gpu->stream);
    void *ours;
    gpu->driver.popContext(&ours);
    int handle;
    if (!gpu->driver.getDevice(&handle, gpu->device))
      gpu->driver.releaseContext(handle);
  }
  if (gpu) {
    free(gpu->functions);
    free(gpu->sharedBytes);
    free(gpu->tensors);
    /* The library stays open: drivers do not stand being closed. */
    free(gpu);
  }
  graphc_rt_destroy_context(context);
}

graphc_status graphc_rt_gpu_reset_context(graphc_context *context) {
  if (!context)
    return GRAPHC_ERROR_NULL;
  if (context->broken != GRAPHC_OK)
    return context->broken;
  graphc_rt_begin_message(context);
  return graphc_rt_gpu_reset_states(context);
}
