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

/* CUgraphExecUpdateResultInfo */
typedef struct {
  int result;
  void *node, *from;
} graphc_rt_update_result;

/* CUlaunchAttribute */
typedef struct {
  int id, padding, value;
  char rest[60];
} graphc_rt_launch_attribute;

/* CUlaunchConfig */
typedef struct {
  unsigned grid[3], block[3], shared;
  void *stream;
  graphc_rt_launch_attribute *attributes;
  unsigned numAttributes;
} graphc_rt_launch_config;

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
  int (*getFunctionAttribute)(int *, int, void *);
  int (*setAttribute)(void *, int, int);
  int (*launch)(const graphc_rt_launch_config *, void *, void **, void **);
  int (*allocate)(graphc_rt_address *, size_t);
  int (*release)(graphc_rt_address);
  int (*allocateHost)(void **, size_t, unsigned);
  int (*releaseHost)(void *);
  int (*upload)(graphc_rt_address, const void *, size_t, void *);
  int (*download)(void *, graphc_rt_address, size_t, void *);
  int (*copy)(graphc_rt_address, graphc_rt_address, size_t, void *);
  int (*set)(graphc_rt_address, unsigned char, size_t, void *);
  int (*setWords)(graphc_rt_address, unsigned, size_t, void *);
  int (*createStream)(void **, unsigned);
  int (*destroyStream)(void *);
  int (*synchronize)(void *);
  int (*getStreamContext)(void *, void **);
  int (*isCapturing)(void *, int *);
  int (*beginCapture)(void *, int);
  int (*endCapture)(void *, void **);
  int (*exchangeCaptureMode)(int *);
  int (*instantiate)(void **, void *, unsigned long long);
  int (*update)(void *, void *, graphc_rt_update_result *);
  int (*launchGraph)(void *, void *);
  int (*destroyGraph)(void *);
  int (*destroyExecutable)(void *);
  int (*createEvent)(void **, unsigned);
  int (*destroyEvent)(void *);
  int (*recordEvent)(void *, void *);
  int (*getElapsed)(float *, void *, void *);
  int (*getPointer)(void *, int, graphc_rt_address);
} graphc_rt_driver;

/* What contexts of one module share on a device. */
typedef struct graphc_rt_loaded {
  struct graphc_rt_loaded *next;
  size_t numUsers;
  uint64_t lock[8]; /* held while it is made and while kernels are set up */
  const graphc_module *module;
  void *library; /* of the driver */
  int device;
  uint64_t weightsKey;
  int isReady;
  int capability; /* 90 */
  void *cudaContext;
  int features;     /* of the chip that the code is for */
  void *code;       /* CUmodule; null: there are no kernels */
  void **functions; /* one per kernel */
  int *sharedBytes; /* dynamic shared memory that each is set up for */
  graphc_rt_address weights;
} graphc_rt_loaded;

/* A sequence of launches for certain symbols and addresses. */
typedef struct {
  void *executable; /* null: not captured yet */
  uint64_t lastUse; /* 0: there is none */
  int readsHost;    /* running it, the host took part */
  uint64_t *key;
  int64_t *symbols; /* as the code leaves them */
} graphc_rt_graph;

enum { GRAPHC_RT_MAX_GRAPHS = 8, GRAPHC_RT_GPU_COUNTERS = 4096 };

/* A kernel that is being timed. */
typedef struct {
  size_t kernel;
  int64_t bytes, flops;
  void *begin, *end; /* CUevent */
} graphc_rt_span_of_time;

/* Memory that a graph of the caller's may still use. */
typedef struct graphc_rt_retired {
  struct graphc_rt_retired *next;
  graphc_rt_address memory;
} graphc_rt_retired;

/* What a context has on its device. */
typedef struct graphc_rt_gpu {
  graphc_rt_driver driver;
  void *library;
  int device;
  int isEmulator;
  int features; /* of the chip that the loaded code is for */
  void *encodeBoxes, *encodeWindows; /* functions, once they were needed */
  graphc_rt_loaded *loaded;
  void *stream;
  int ownsStream;
  void *captureStream; /* ours, null until it is needed */
  void *target;        /* where launches go: one of the two */
  int isCaptured;      /* the caller captures the stream */
  int readsHost;       /* in this call, the host waited for the device */
  int usesGraphs;
  graphc_rt_graph graphs[GRAPHC_RT_MAX_GRAPHS];
  void *roaming; /* a graph for calls that are seen once, changed for each */
  int roams;     /* that works */
  uint64_t *graphKeys; /* memory of their keys, and room for one more */
  uint64_t numUses;
  int32_t *status; /* of the host, written by kernels: see Status.c */
  graphc_rt_address counters; /* words that are zero between launches */
  int32_t decided; /* the check that the host has seen fail in this call */
  int isAwaited;   /* this call ends when the device has done it */
  int isBehind;    /* calls before it did not, and nobody waited since */
  int isMixed; /* what a check tells may be of such a call as well as of this */
  graphc_rt_address pool;
  size_t poolSize;
  int isPoolCaptured; /* a graph of the caller's uses it */
  graphc_rt_retired *retired;
  uint64_t bytesToDevice, bytesToHost; /* copied in this call */
  char *givenWorkspace; /* what the caller gave for this call, or null */
  DLTensor *tensors;    /* of a call, all on the device: inputs, then outputs */
  graphc_status failed; /* of the call: nothing more is to be done */
  graphc_rt_span_of_time *times;
  size_t numTimes, roomForTimes;
} graphc_rt_gpu;

/* Opens the library and finds the functions. */
graphc_status graphc_rt_gpu_open_driver(graphc_context *context,
                                        const char *path);
/* Nonzero for a failure, which the message and `failed` then tell. */
int graphc_rt_gpu_check(graphc_context *context, int result, const char *what);
/* Starts a message about the driver. */
void graphc_rt_gpu_begin_message(graphc_context *context);
/* A call that cannot be while the caller captures the stream: fails. */
void graphc_rt_gpu_refuse_capture(graphc_context *context, const char *what);
/* Sets `isCaptured`; nonzero for a failure. */
int graphc_rt_gpu_see_capture(graphc_context *context);

/* Loaded.c: finds or makes what the context shares with others of its module.
   The device's context is current after success. */
graphc_status graphc_rt_gpu_acquire(graphc_context *context,
                                    const graphc_options *options);
void graphc_rt_gpu_release(graphc_context *context);
/* The kernel, set up for that much dynamic shared memory; null on failure. */
void *graphc_rt_gpu_get_function(graphc_context *context, int32_t kernel,
                                 int32_t shared);

/* Run.c: runs the code on what `connect` has set. Nonzero: a check that the
   host decides failed. */
int32_t graphc_rt_gpu_enter(graphc_context *context, char *arena);
/* Calls.c: copies bytes of the device to the host and waits for them; zero on
   failure. */
int graphc_rt_gpu_fetch(graphc_context *context, void *to,
                        graphc_rt_address from, size_t size);

/* Memory.c: nonzero if the driver knows the memory of the call's tensors and
   workspace, else it fails. */
int graphc_rt_gpu_knows_memory(graphc_context *context);

/* Status.c: the word that checks write to. */
graphc_status graphc_rt_gpu_make_status(graphc_context *context);
/* The number of a check that failed since it was asked last, or zero. */
int32_t graphc_rt_gpu_take_check(graphc_context *context);
/* Fails where that is one of an earlier run. */
graphc_status graphc_rt_gpu_tell_earlier(graphc_context *context);

/* Graph.c: the same, replayed when it has been run like that before. */
graphc_status graphc_rt_gpu_make_graphs(graphc_context *context);
void graphc_rt_gpu_destroy_graphs(graphc_context *context);
int32_t graphc_rt_gpu_replay(graphc_context *context, char *arena);

/* Time.c: tells the observer what the kernels of the call took. */
void graphc_rt_gpu_tell_times(graphc_context *context);
void graphc_rt_gpu_destroy_times(graphc_context *context);

/* ExternWeights.c: copies weights from outside to the device and computes what
   depends on them alone. */
graphc_status graphc_rt_gpu_load_external(graphc_context *context);

#endif /* GRAPHC_LIB_RUNTIME_GPU_DRIVER_H */
