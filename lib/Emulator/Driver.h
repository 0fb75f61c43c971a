//===- Driver.h - What the files of the driver share ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_EMULATOR_DRIVER_H
#define GRAPHC_LIB_EMULATOR_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

/* CUresult */
enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  MISALIGNED_ADDRESS = 716,
  LAUNCH_FAILED = 719,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901,
  UNKNOWN = 999
};

/* Faults.c: counts the calls of each function, and lets the one fail that
   GRAPHC_EMULATOR_FAIL names: "cuMemAlloc_v2:3" the third call of it,
   "cuMemAlloc_v2:3:2" with that error, "*:17" the 17th call of any. */
int emulator_fault(const char *function);
#define ENTER()                                                                \
  do {                                                                         \
    int fault = emulator_fault(__func__);                                      \
    if (fault)                                                                 \
      return fault;                                                            \
  } while (0)

/* Things that have to be given back. */
typedef enum {
  LIVE_MEMORY,
  LIVE_STREAM,
  LIVE_EVENT,
  LIVE_MODULE,
  LIVE_GRAPH,
  LIVE_EXECUTABLE,
  LIVE_CONTEXT, /* as often as it is retained */
  LIVE_HOST,    /* memory of the host that the driver has given */
  NUM_LIVE
} live_kind;
void emulator_count_live(live_kind kind, int change);

/* The device whose context is current, or -1. */
int emulator_current_device(void);
void *emulator_context_of(int device);

typedef struct kernel {
  void (*entry)(void **);
  int usesBarriers;
  int device;
  const int32_t *sizes; /* how many parameters, then the bytes of each */
  char *name;
  int ownShared;        /* bytes of shared memory that it has anyway */
  const int32_t *parts; /* of those; see Emulator.h */
  int maxShared;        /* that launches may ask for besides */
  int blockShared;      /* that they may ask for at all, with its own */
  unsigned clusterSize; /* blocks; one: no clusters */
} kernel;

typedef struct {
  unsigned grid[3], block[3], shared;
  int isDependent; /* launched while others run: the kernel has to wait */
} launch_shape;
int emulator_launch(const kernel *launched, const launch_shape *shape,
                    void **parameters);
/* Clusters.c: the same, of a kernel in clusters, as emulator_now says; zero if
   it fails, with an error there or without. */
int emulator_run_clusters(const kernel *launched, const launch_shape *shape,
                          void **parameters);

/* Work of a stream: done at once, or kept while the stream is captured. */
typedef struct {
  enum { NODE_KERNEL, NODE_COPY, NODE_SET } kind;
  const kernel *launched;
  launch_shape shape;
  void **parameters; /* copies */
  void *to;
  const void *from;
  void *
      kept; /* a copy of what the host had there, for work that is done later */
  int isFromHost;
  size_t size;
  uint32_t value;
  unsigned width; /* 1 or 4 */
} node;
int emulator_run_node(const node *work);

/* Streams.c: runs `work`, keeps it for later or records it. */
int emulator_submit(void *stream, const node *work);
/* Does what is kept for later in the streams of the device. */
int emulator_finish_device(int device);
/* Fails, and spoils the capture, where this thread is in one that forbids
   it. */
int emulator_check_unsafe(void);

#endif /* GRAPHC_LIB_EMULATOR_DRIVER_H */
