//===- Driver.h - The functions of the CUDA driver that are used -*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The driver's library is opened at run time, so that a module links and loads
// where there is none. No header of CUDA is needed.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_RUNTIME_GPU_DRIVER_H
#define GRAPHC_LIB_RUNTIME_GPU_DRIVER_H

#include "../Internal.h"

typedef uint64_t graphc_rt_address; /* CUdeviceptr */

/* In the order of the names in Driver.c. */
typedef struct {
  int (*init)(unsigned);
  int (*getVersion)(int *);
  int (*getErrorName)(int, const char **);
  int (*getErrorString)(int, const char **);
  int (*countDevices)(int *);
  int (*getDevice)(int *, int);
  int (*getAttribute)(int *, int, int);
  int (*retainContext)(void **, int);
  int (*releaseContext)(int);
  int (*pushContext)(void *);
  int (*popContext)(void **);
  int (*loadModule)(void **, const void *, unsigned, int *, void **);
  int (*unloadModule)(void *);
  int (*getFunction)(void **, void *, const char *);
  int (*setAttribute)(void *, int, int);
  int (*launch)(void *, unsigned, unsigned, unsigned, unsigned, unsigned,
                unsigned, unsigned, void *, void **, void **);
  int (*allocate)(graphc_rt_address *, size_t);
  int (*release)(graphc_rt_address);
  int (*upload)(graphc_rt_address, const void *, size_t, void *);
  int (*download)(void *, graphc_rt_address, size_t, void *);
  int (*copy)(graphc_rt_address, graphc_rt_address, size_t, void *);
  int (*set)(graphc_rt_address, unsigned char, size_t, void *);
  int (*createStream)(void **, unsigned);
  int (*destroyStream)(void *);
  int (*synchronize)(void *);
} graphc_rt_driver;

/* What a context has on its device. */
typedef struct graphc_rt_gpu {
  graphc_rt_driver driver;
  void *library;
  int device;
  int isEmulator;
  int capability; /* 90 */
  int features;   /* of the chip that the loaded code is for */
  void *encodeBoxes, *encodeWindows; /* functions, once they were needed */
  void *cudaContext;
  void *stream;
  int ownsStream;
  void *module;
  void **functions; /* one per kernel, null until it is first launched */
  int *sharedBytes; /* dynamic shared memory that each is set up for */
  graphc_rt_address weights, status;
  graphc_rt_address pool;
  size_t poolSize;
  DLTensor *tensors;    /* of a call, all on the device: inputs, then outputs */
  graphc_status failed; /* of the call: nothing more is to be done */
} graphc_rt_gpu;

/* Opens the library and finds the functions. */
graphc_status graphc_rt_gpu_open_driver(graphc_context *context,
                                        const char *path);
/* Nonzero for a failure, which the message and `failed` then tell. */
int graphc_rt_gpu_check(graphc_context *context, int result, const char *what);
/* Starts a message about the driver. */
void graphc_rt_gpu_begin_message(graphc_context *context);

#endif /* GRAPHC_LIB_RUNTIME_GPU_DRIVER_H */
