//===- Loaded.c - What contexts of a module share on a device ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Code and weights are on a device once for each module, whatever number of
// contexts there is. The list of them is all the state that the runtime has
// beside its contexts; a lock guards it, and another one each of its entries,
// for loading code may take long.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static graphc_rt_loaded *all;
static uint64_t listLock[8];

/* The runtime is compiled once for all targets: zeros are an open mutex on
   each, and none has a larger one. */
static void lock(uint64_t *memory) {
  pthread_mutex_lock((pthread_mutex_t *)(void *)memory);
}
static void unlock(uint64_t *memory) {
  pthread_mutex_unlock((pthread_mutex_t *)(void *)memory);
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

/* Nonzero if a device of that capability runs `image`. */
static int canRun(const graphc_image *image, int capability) {
  if (image->is_exact)
    return image->capability == capability;
  if (image->kind == GRAPHC_IMAGE_CUBIN) /* the same generation, or later */
    return image->capability / 10 == capability / 10 &&
           image->capability <= capability;
  return image->capability <= capability;
}

/* A context runs code of its own kind. */
static int isFor(const graphc_context *context, const graphc_image *image) {
  int isEmulation = image->kind == GRAPHC_IMAGE_EMULATION;
  return isEmulation == context->gpu->isEmulator &&
         (isEmulation || canRun(image, context->gpu->loaded->capability));
}

static graphc_status failNoImage(graphc_context *context) {
  const graphc_device_code *code = context->module->device;
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_gpu_begin_message(context);
  graphc_rt_add_text(context, "device ");
  graphc_rt_add_number(context, gpu->device);
  graphc_rt_add_text(context, gpu->isEmulator ? " is emulated" : " is sm_");
  if (!gpu->isEmulator)
    graphc_rt_add_number(context, gpu->loaded->capability);
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

/* What the driver says on code that it does not take: the version that it is
   of, which may be older than the code, and its own words. */
static graphc_status failLoading(graphc_context *context, int result,
                                 const char *log) {
  graphc_rt_gpu *gpu = context->gpu;
  int version = 0;
  gpu->driver.getVersion(&version);
  graphc_rt_gpu_check(context, result, "loading the kernels");
  graphc_rt_add_text(context, "; it is of CUDA ");
  graphc_rt_add_number(context, version / 1000);
  graphc_rt_add_text(context, ".");
  graphc_rt_add_number(context, version % 1000 / 10);
  if (*log) {
    graphc_rt_add_text(context, ": ");
    graphc_rt_add_text(context, log);
  }
  return gpu->failed;
}

/* The code of the highest capability, a chip's own before text that it is made
   of. One that the driver refuses, which may be older than the compiler, leaves
   the next. */
static graphc_status loadCode(graphc_context *context) {
  enum { errorLog = 5, errorLogSize = 6, outOfMemory = 2 };
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_device_code *code = context->module->device;
  if (!code->num_kernels)
    return GRAPHC_OK;
  char log[512];
  int result = 0, capability = INT32_MAX;
  for (;;) {
    int next = -1;
    for (size_t i = 0; i < code->num_images; ++i) {
      const graphc_image *image = &code->images[i];
      if (isFor(context, image) && image->capability < capability &&
          image->capability > next)
        next = image->capability;
    }
    if (next < 0)
      return result ? failLoading(context, result, log) : failNoImage(context);
    capability = next;
    for (size_t i = 0; i < code->num_images; ++i) {
      const graphc_image *image = &code->images[i];
      if (!isFor(context, image) || image->capability != capability)
        continue;
      int options[] = {errorLog, errorLogSize};
      void *values[] = {log, (void *)(uintptr_t)sizeof(log)};
      memset(log, 0, sizeof(log));
      result = gpu->driver.loadModule(&gpu->loaded->code, image->data, 2,
                                      options, values);
      log[sizeof(log) - 1] = 0;
      if (!result) {
        gpu->loaded->features = image->features;
        return GRAPHC_OK;
      }
      gpu->loaded->code = NULL;
      if (result == outOfMemory)
        return failLoading(context, result, log);
    }
  }
}

/* All at once, so that a run asks for nothing. */
static graphc_status findKernels(graphc_context *context) {
  enum { sharedSize = 1 };                          /* CUfunction_attribute */
  enum { notFound = 500, freelyShared = 48 << 10 }; /* CUresult */
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_loaded *loaded = gpu->loaded;
  const graphc_device_code *code = context->module->device;
  loaded->functions = (void **)calloc(code->num_kernels + 1, sizeof(void *));
  loaded->sharedBytes = (int *)calloc(code->num_kernels + 1, sizeof(int));
  if (!loaded->functions || !loaded->sharedBytes)
    return GRAPHC_ERROR_MEMORY;
  for (size_t i = 0; i < code->num_kernels; ++i) {
    int result = gpu->driver.getFunction(&loaded->functions[i], loaded->code,
                                         code->kernels[i]);
    /* What only other chips can run is not in the code of this one. */
    if (result == notFound) {
      loaded->functions[i] = NULL;
      continue;
    }
    /* What it has anyway counts, too. */
    int size = 0;
    if (graphc_rt_gpu_check(context, result, code->kernels[i]) ||
        graphc_rt_gpu_check(context,
                            gpu->driver.getFunctionAttribute(
                                &size, sharedSize, loaded->functions[i]),
                            code->kernels[i]))
      return gpu->failed;
    loaded->sharedBytes[i] = freelyShared - size;
  }
  return GRAPHC_OK;
}

void *graphc_rt_gpu_get_function(graphc_context *context, int32_t kernel,
                                 int32_t shared) {
  enum { maxDynamicShared = 8, notFound = 500 };
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_loaded *loaded = gpu->loaded;
  void *function = loaded->functions[kernel];
  int *known = &loaded->sharedBytes[kernel];
  if (!function) {
    graphc_rt_gpu_check(context, notFound,
                        context->module->device->kernels[kernel]);
    return NULL;
  }
  if (shared <= __atomic_load_n(known, __ATOMIC_ACQUIRE))
    return function;
  /* Two contexts must not set it in the wrong order. */
  lock(loaded->lock);
  int failed =
      shared > *known &&
      graphc_rt_gpu_check(
          context, gpu->driver.setAttribute(function, maxDynamicShared, shared),
          context->module->device->kernels[kernel]);
  if (!failed && shared > *known)
    __atomic_store_n(known, shared, __ATOMIC_RELEASE);
  unlock(loaded->lock);
  return failed ? NULL : function;
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

/* The context that all users of a device share. */
static graphc_status openDevice(graphc_context *context) {
  enum { capabilityMajor = 75, capabilityMinor = 76 }; /* CUdevice_attribute */
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_driver *driver = &gpu->driver;
  int count = 0, major = 0, minor = 0, handle = 0;
  void *cudaContext = NULL;
  if (graphc_rt_gpu_check(context, driver->init(0), "cuInit") ||
      graphc_rt_gpu_check(context, driver->countDevices(&count),
                          "counting devices"))
    return gpu->failed;
  if (gpu->device < 0 || gpu->device >= count) {
    graphc_rt_gpu_begin_message(context);
    graphc_rt_add_text(context, "there is no device ");
    graphc_rt_add_number(context, gpu->device);
    graphc_rt_add_text(context, " among ");
    graphc_rt_add_number(context, count);
    return GRAPHC_ERROR_DRIVER;
  }
  if (graphc_rt_gpu_check(context, driver->getDevice(&handle, gpu->device),
                          "opening the device") ||
      graphc_rt_gpu_check(context,
                          driver->getAttribute(&major, capabilityMajor, handle),
                          "asking for the capability") ||
      graphc_rt_gpu_check(context,
                          driver->getAttribute(&minor, capabilityMinor, handle),
                          "asking for the capability") ||
      graphc_rt_gpu_check(context, driver->retainContext(&cudaContext, handle),
                          "opening the device"))
    return gpu->failed;
  gpu->loaded->cudaContext = cudaContext;
  gpu->loaded->capability = major * 10 + minor;
  return graphc_rt_gpu_check(context, driver->pushContext(cudaContext),
                             "cuCtxPushCurrent")
             ? gpu->failed
             : GRAPHC_OK;
}

/* Any context may read them when this returns, whatever its stream. */
static graphc_status uploadWeights(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  size_t size = (size_t)context->module->weights_size;
  graphc_rt_address *weights = &gpu->loaded->weights;
  if (!size)
    return GRAPHC_OK;
  if (graphc_rt_gpu_check(context, gpu->driver.allocate(weights, size),
                          "allocating the weights")) {
    *weights = 0;
    return gpu->failed;
  }
  void *stream = NULL;
  enum { nonBlocking = 1 };
  if (graphc_rt_gpu_check(context,
                          gpu->driver.createStream(&stream, nonBlocking),
                          "making a stream"))
    return gpu->failed;
  if (!graphc_rt_gpu_check(
          context, gpu->driver.upload(*weights, context->weights, size, stream),
          "copying the weights"))
    graphc_rt_gpu_check(context, gpu->driver.synchronize(stream),
                        "copying the weights");
  graphc_rt_gpu_check(context, gpu->driver.destroyStream(stream),
                      "copying the weights");
  return gpu->failed;
}

/* Undoes what was done; the device's context is current if it was opened. */
static void unload(graphc_rt_gpu *gpu) {
  graphc_rt_loaded *loaded = gpu->loaded;
  /* Nobody is left to tell of failures. */
  if (loaded->weights)
    gpu->driver.release(loaded->weights);
  if (loaded->code)
    gpu->driver.unloadModule(loaded->code);
  free(loaded->functions);
  free(loaded->sharedBytes);
  loaded->weights = 0;
  loaded->code = NULL;
  loaded->functions = NULL;
  loaded->sharedBytes = NULL;
}

static void closeDevice(graphc_rt_gpu *gpu) {
  int handle;
  if (gpu->loaded->cudaContext && !gpu->driver.getDevice(&handle, gpu->device))
    gpu->driver.releaseContext(handle);
  gpu->loaded->cudaContext = NULL;
}

static graphc_status load(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  graphc_status status = openDevice(context);
  if (status != GRAPHC_OK) {
    closeDevice(gpu);
    return status;
  }
  status = loadCode(context);
  if (status == GRAPHC_OK)
    status = findKernels(context);
  if (status == GRAPHC_OK)
    status = uploadWeights(context);
  if (status == GRAPHC_OK)
    return status;
  unload(gpu);
  void *ours;
  gpu->driver.popContext(&ours);
  closeDevice(gpu);
  return status;
}

//===----------------------------------------------------------------------===//
// Sharing
//===----------------------------------------------------------------------===//

/* Weights whose digest was checked are the same in every context. Those that
   are trusted come from the same file. */
static uint64_t getWeightsKey(const graphc_options *options) {
  if (!options->skip_digest)
    return 0;
  const char *path = options->weights_path ? options->weights_path : "";
  graphc_rt_digest digest;
  graphc_rt_start_digest(&digest);
  graphc_rt_update_digest(&digest, path, strlen(path));
  return graphc_rt_finish_digest(&digest) | 1;
}

/* The entry for the context, which may be new and empty. */
static graphc_rt_loaded *find(graphc_context *context, uint64_t weightsKey) {
  graphc_rt_gpu *gpu = context->gpu;
  lock(listLock);
  graphc_rt_loaded *loaded = all;
  while (loaded &&
         (loaded->module != context->module ||
          loaded->library != gpu->library || loaded->device != gpu->device ||
          loaded->weightsKey != weightsKey))
    loaded = loaded->next;
  if (!loaded) {
    loaded = (graphc_rt_loaded *)calloc(1, sizeof(graphc_rt_loaded));
    if (loaded) {
      loaded->module = context->module;
      loaded->library = gpu->library;
      loaded->device = gpu->device;
      loaded->weightsKey = weightsKey;
      loaded->next = all;
      all = loaded;
    }
  }
  if (loaded)
    ++loaded->numUsers;
  unlock(listLock);
  return loaded;
}

graphc_status graphc_rt_gpu_acquire(graphc_context *context,
                                    const graphc_options *options) {
  graphc_rt_gpu *gpu = context->gpu;
  gpu->loaded = find(context, getWeightsKey(options));
  if (!gpu->loaded)
    return GRAPHC_ERROR_MEMORY;
  lock(gpu->loaded->lock);
  graphc_status status = GRAPHC_OK;
  if (!gpu->loaded->isReady) {
    /* Where another context failed, this one tries again: it has its own
       message to make. */
    status = load(context);
    gpu->loaded->isReady = status == GRAPHC_OK;
  } else if (graphc_rt_gpu_check(
                 context, gpu->driver.pushContext(gpu->loaded->cudaContext),
                 "cuCtxPushCurrent")) {
    status = gpu->failed;
  }
  gpu->features = gpu->loaded->features;
  unlock(gpu->loaded->lock);
  return status;
}

/* The last user removes it; the device's context is not current then. */
void graphc_rt_gpu_release(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_loaded *loaded = gpu->loaded;
  if (!loaded)
    return;
  lock(listLock);
  int isLast = !--loaded->numUsers;
  if (isLast) {
    graphc_rt_loaded **link = &all;
    while (*link != loaded)
      link = &(*link)->next;
    *link = loaded->next;
  }
  unlock(listLock);
  if (isLast) {
    if (loaded->isReady && !gpu->driver.pushContext(loaded->cudaContext)) {
      unload(gpu);
      void *ours;
      gpu->driver.popContext(&ours);
    }
    closeDevice(gpu);
    free(loaded);
  }
  gpu->loaded = NULL;
}
