//===- Driver.c - The functions of the driver -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As much of the driver's API as the runtime uses. There is one device.
//
//===----------------------------------------------------------------------===//

#define _GNU_SOURCE 1 /* memfd_create, dladdr */

#include "Emulator.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* CUresult */
enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  NOT_FOUND = 500,
  LAUNCH_FAILED = 719
};

/* Tells the runtime to take images for the emulator. */
EXPORT const int graphc_emulator = 1;

EXPORT int cuInit(unsigned flags) {
  (void)flags;
  /* Images refer to the intrinsics by name. */
  Dl_info info;
  if (dladdr((const void *)&graphc_emulator, &info))
    dlopen(info.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD);
  return SUCCESS;
}
EXPORT int cuDriverGetVersion(int *version) {
  *version = 13000;
  return SUCCESS;
}
EXPORT int cuGetErrorName(int error, const char **name) {
  *name = error == OUT_OF_MEMORY    ? "CUDA_ERROR_OUT_OF_MEMORY"
          : error == INVALID_VALUE  ? "CUDA_ERROR_INVALID_VALUE"
          : error == INVALID_DEVICE ? "CUDA_ERROR_INVALID_DEVICE"
          : error == INVALID_IMAGE  ? "CUDA_ERROR_INVALID_IMAGE"
          : error == NOT_FOUND      ? "CUDA_ERROR_NOT_FOUND"
          : error == LAUNCH_FAILED  ? "CUDA_ERROR_LAUNCH_FAILED"
                                    : "CUDA_ERROR_UNKNOWN";
  return SUCCESS;
}
EXPORT int cuGetErrorString(int error, const char **text) {
  *text = error == OUT_OF_MEMORY   ? "out of memory"
          : error == LAUNCH_FAILED ? "threads wait for one another for ever"
                                   : "emulated";
  return SUCCESS;
}
EXPORT int cuDeviceGetCount(int *count) {
  *count = 1;
  return SUCCESS;
}
EXPORT int cuDeviceGet(int *device, int ordinal) {
  if (ordinal)
    return INVALID_DEVICE;
  *device = 0;
  return SUCCESS;
}
EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device) {
  enum { MULTIPROCESSORS = 16, MAJOR = 75, MINOR = 76 };
  (void)device;
  *value = attribute == MULTIPROCESSORS ? 4 : attribute == MAJOR ? 9 : 0;
  return SUCCESS;
}
EXPORT int cuDevicePrimaryCtxRetain(void **context, int device) {
  static int theContext;
  (void)device;
  *context = &theContext;
  return SUCCESS;
}
EXPORT int cuDevicePrimaryCtxRelease_v2(int device) {
  (void)device;
  return SUCCESS;
}
EXPORT int cuCtxPushCurrent_v2(void *context) {
  (void)context;
  return SUCCESS;
}
EXPORT int cuCtxPopCurrent_v2(void **context) {
  *context = NULL;
  return SUCCESS;
}

//===----------------------------------------------------------------------===//
// Images
//===----------------------------------------------------------------------===//

/* The size of an ELF file: its section headers are behind everything else. */
static size_t imageSize(const unsigned char *image) {
  uint64_t sections;
  uint16_t entry, count;
  memcpy(&sections, image + 40, sizeof(sections));
  memcpy(&entry, image + 58, sizeof(entry));
  memcpy(&count, image + 60, sizeof(count));
  return (size_t)sections + (size_t)entry * count;
}

EXPORT int cuModuleLoadDataEx(void **module, const void *image, unsigned count,
                              int *options, void **values) {
  enum { ERROR_LOG = 5 };
  if (memcmp(image, "\177ELF", 4))
    return INVALID_IMAGE;
  int file = memfd_create("graphc-emulation", MFD_CLOEXEC);
  if (file < 0)
    return OUT_OF_MEMORY;
  size_t size = imageSize((const unsigned char *)image), written = 0;
  while (written < size) {
    ssize_t part = write(file, (const char *)image + written, size - written);
    if (part <= 0)
      break;
    written += (size_t)part;
  }
  char path[64];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
  *module = written == size ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  const char *problem = *module ? NULL : dlerror();
  /* The file stays open: a library with the name of another is taken for it. */
  if (problem)
    close(file);
  for (unsigned i = 0; problem && i < count; ++i)
    if (options[i] == ERROR_LOG)
      snprintf((char *)values[i], 512, "%s", problem);
  return *module ? SUCCESS : INVALID_IMAGE;
}
EXPORT int cuModuleUnload(void *module) {
  dlclose(module);
  return SUCCESS;
}

typedef struct {
  void (*entry)(void **);
  int usesBarriers;
} kernel;

EXPORT int cuModuleGetFunction(void **function, void *module,
                               const char *name) {
  char symbol[512];
  snprintf(symbol, sizeof(symbol), "emulate_kernel_%s", name);
  void *entry = dlsym(module, symbol);
  if (!entry)
    return NOT_FOUND;
  /* Lives as long as the process, as the module mostly does. */
  kernel *made = malloc(sizeof(kernel));
  if (!made)
    return OUT_OF_MEMORY;
  memcpy(&made->entry, &entry, sizeof(entry));
  snprintf(symbol, sizeof(symbol), "emulate_plain_%s", name);
  made->usesBarriers = !dlsym(module, symbol);
  *function = made;
  return SUCCESS;
}
EXPORT int cuFuncSetAttribute(void *function, int attribute, int value) {
  (void)function;
  (void)attribute;
  (void)value;
  return SUCCESS;
}

EXPORT int cuLaunchKernel(void *function, unsigned gridX, unsigned gridY,
                          unsigned gridZ, unsigned blockX, unsigned blockY,
                          unsigned blockZ, unsigned shared, void *stream,
                          void **parameters, void **extra) {
  (void)shared;
  (void)stream;
  (void)extra;
  const kernel *launched = function;
  unsigned threads = blockX * blockY * blockZ;
  if (!threads || threads > MAX_THREADS || !gridX || !gridY || !gridZ)
    return INVALID_VALUE;
  emulator_block *now = &emulator_now;
  now->grid = (emulator_size){gridX, gridY, gridZ};
  now->block = (emulator_size){blockX, blockY, blockZ};
  now->numThreads = threads;
  for (unsigned z = 0; z < gridZ; ++z)
    for (unsigned y = 0; y < gridY; ++y)
      for (unsigned x = 0; x < gridX; ++x) {
        now->blockIndex = (emulator_size){x, y, z};
        if (!emulator_run_block(launched->entry, parameters,
                                launched->usesBarriers))
          return LAUNCH_FAILED;
      }
  return SUCCESS;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

EXPORT int cuMemAlloc_v2(uint64_t *address, size_t size) {
  enum { ALIGNMENT = 256 };
  if (!size)
    return INVALID_VALUE;
  size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  void *memory = rounded < size ? NULL : aligned_alloc(ALIGNMENT, rounded);
  if (!memory)
    return OUT_OF_MEMORY;
  /* Nothing is to rely on what memory holds. */
  memset(memory, 0xff, rounded);
  *address = (uint64_t)(uintptr_t)memory;
  return SUCCESS;
}
EXPORT int cuMemFree_v2(uint64_t address) {
  free((void *)(uintptr_t)address);
  return SUCCESS;
}
EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t size,
                                void *stream) {
  (void)stream;
  memcpy((void *)(uintptr_t)to, from, size);
  return SUCCESS;
}
EXPORT int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t size,
                                void *stream) {
  (void)stream;
  memcpy(to, (const void *)(uintptr_t)from, size);
  return SUCCESS;
}
EXPORT int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t size,
                                void *stream) {
  (void)stream;
  memmove((void *)(uintptr_t)to, (const void *)(uintptr_t)from, size);
  return SUCCESS;
}
EXPORT int cuMemsetD8Async(uint64_t to, unsigned char value, size_t size,
                           void *stream) {
  (void)stream;
  memset((void *)(uintptr_t)to, value, size);
  return SUCCESS;
}
EXPORT int cuStreamCreate(void **stream, unsigned flags) {
  static int theStream;
  (void)flags;
  *stream = &theStream;
  return SUCCESS;
}
EXPORT int cuStreamDestroy_v2(void *stream) {
  (void)stream;
  return SUCCESS;
}
EXPORT int cuStreamSynchronize(void *stream) {
  (void)stream;
  return SUCCESS;
}
