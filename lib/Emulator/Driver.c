//===- Driver.c - Devices and contexts -----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As much of the driver's API as the runtime uses. There is one device, or as
// many as GRAPHC_EMULATOR_DEVICES says.
//
//===----------------------------------------------------------------------===//

#define _GNU_SOURCE 1 /* dladdr */

#include "Driver.h"
#include "Emulator.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_DEVICES = 16, MAX_DEPTH = 16 };

/* Tells the runtime to take images for the emulator. */
EXPORT const int graphc_emulator = 1;

static int countDevices(void) {
  const char *number = getenv("GRAPHC_EMULATOR_DEVICES");
  int count = number ? atoi(number) : 1;
  return count < 0 ? 0 : count > MAX_DEVICES ? MAX_DEVICES : count;
}

EXPORT int cuInit(unsigned flags) {
  (void)flags;
  ENTER();
  emulator_watch_accesses();
  /* Images refer to the intrinsics by name. */
  Dl_info info;
  if (dladdr((const void *)&graphc_emulator, &info))
    dlopen(info.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD);
  return SUCCESS;
}
EXPORT int cuDriverGetVersion(int *version) {
  ENTER();
  *version = 13000;
  return SUCCESS;
}

static const struct {
  int error;
  const char *name, *text;
} errors[] = {
    {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE",
     "device kernel image is "
     "invalid"},
    {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
     "the provided PTX was compiled with an unsupported toolchain."},
    {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {NOT_READY, "CUDA_ERROR_NOT_READY", "device not ready"},
    {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS",
     "an illegal memory access was encountered"},
    {MISALIGNED_ADDRESS, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED",
     "threads wait for one another for ever"},
    {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED",
     "operation not permitted when stream is capturing"},
    {CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED",
     "operation failed due to a previous error during capture"},
    {UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error"}};

EXPORT int cuGetErrorName(int error, const char **name) {
  for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); ++i)
    if (errors[i].error == error) {
      *name = errors[i].name;
      return SUCCESS;
    }
  return INVALID_VALUE;
}
EXPORT int cuGetErrorString(int error, const char **text) {
  for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); ++i)
    if (errors[i].error == error) {
      *text = errors[i].text;
      return SUCCESS;
    }
  return INVALID_VALUE;
}

EXPORT int cuDeviceGetCount(int *count) {
  ENTER();
  *count = countDevices();
  return SUCCESS;
}
EXPORT int cuDeviceGet(int *device, int ordinal) {
  ENTER();
  if (ordinal < 0 || ordinal >= countDevices())
    return INVALID_DEVICE;
  *device = ordinal;
  return SUCCESS;
}

EXPORT int cuDeviceGetName(char *name, int size, int device) {
  ENTER();
  if (device < 0 || device >= countDevices())
    return INVALID_DEVICE;
  snprintf(name, (size_t)size, "emulated device %d", device);
  return SUCCESS;
}

/* Figures of no real chip. */
EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device) {
  enum {
    CLOCK_KHZ = 13,
    MULTIPROCESSORS = 16,
    MEMORY_CLOCK_KHZ = 36,
    BUS_WIDTH = 37,
    MAJOR = 75,
    MINOR = 76
  };
  ENTER();
  if (device < 0 || device >= countDevices())
    return INVALID_DEVICE;
  *value = attribute == CLOCK_KHZ          ? 1000000
           : attribute == MULTIPROCESSORS  ? 4
           : attribute == MEMORY_CLOCK_KHZ ? 1000000
           : attribute == BUS_WIDTH        ? 64
           : attribute == MAJOR            ? 9
                                           : 0;
  return SUCCESS;
}

//===----------------------------------------------------------------------===//
// Contexts
//===----------------------------------------------------------------------===//

/* The context of device i is the address of its entry. */
static int retained[MAX_DEVICES];
static _Thread_local int depth, stack[MAX_DEPTH];

int emulator_current_device(void) { return depth ? stack[depth - 1] : -1; }

void *emulator_context_of(int device) { return &retained[device]; }

EXPORT int cuDevicePrimaryCtxRetain(void **context, int device) {
  ENTER();
  if (device < 0 || device >= countDevices())
    return INVALID_DEVICE;
  __atomic_fetch_add(&retained[device], 1, __ATOMIC_RELAXED);
  emulator_count_live(LIVE_CONTEXT, 1);
  *context = &retained[device];
  return SUCCESS;
}
EXPORT int cuDevicePrimaryCtxRelease_v2(int device) {
  ENTER();
  if (device < 0 || device >= countDevices() || retained[device] <= 0)
    return INVALID_CONTEXT;
  __atomic_fetch_sub(&retained[device], 1, __ATOMIC_RELAXED);
  emulator_count_live(LIVE_CONTEXT, -1);
  return SUCCESS;
}
EXPORT int cuCtxPushCurrent_v2(void *context) {
  ENTER();
  int device = (int)((int *)context - retained);
  if (device < 0 || device >= countDevices() || retained[device] <= 0 ||
      depth == MAX_DEPTH)
    return INVALID_CONTEXT;
  stack[depth++] = device;
  return SUCCESS;
}
EXPORT int cuCtxPopCurrent_v2(void **context) {
  ENTER();
  if (!depth)
    return INVALID_CONTEXT;
  *context = &retained[stack[--depth]];
  return SUCCESS;
}
/* For tests: contexts that this thread has made current and not left. */
EXPORT int graphc_emulator_depth(void) { return depth; }
