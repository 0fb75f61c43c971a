//===- Streams.c - Streams, events and graphs ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A stream does its work at once, unless it is captured: then the work becomes
// the nodes of a graph, one behind the other. Where GRAPHC_EMULATOR_LATE is set
// it is done as late as allowed, when somebody waits for it: for tests of one
// thread.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  node *nodes;
  size_t numNodes;
} graph;

enum { CAPTURE_NONE, CAPTURE_ACTIVE, CAPTURE_INVALID };
enum { MODE_GLOBAL, MODE_THREAD_LOCAL, MODE_RELAXED };

typedef struct stream {
  int device, state, mode;
  graph *captured;
  graph later; /* what it has to do */
  struct stream *next;
} stream;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static stream *all;

/* The capture that this thread has begun, one at a time. */
static _Thread_local stream *capturing;
static _Thread_local int threadMode = MODE_GLOBAL;

EXPORT int cuStreamCreate(void **result, unsigned flags) {
  (void)flags;
  ENTER();
  int device = emulator_current_device();
  if (device < 0)
    return INVALID_CONTEXT;
  stream *made = calloc(1, sizeof(stream));
  if (!made)
    return OUT_OF_MEMORY;
  made->device = device;
  pthread_mutex_lock(&lock);
  made->next = all;
  all = made;
  pthread_mutex_unlock(&lock);
  emulator_count_live(LIVE_STREAM, 1);
  *result = made;
  return SUCCESS;
}

static void freeNodes(graph *gone) {
  for (size_t i = 0; i < gone->numNodes; ++i) {
    free(gone->nodes[i].parameters);
    free(gone->nodes[i].kept);
  }
  free(gone->nodes);
}
static void freeGraph(graph *gone) {
  freeNodes(gone);
  free(gone);
}

/* Does what was kept for later; the first error. */
static int finishStream(stream *waited) {
  int error = SUCCESS;
  for (size_t i = 0; !error && i < waited->later.numNodes; ++i)
    error = emulator_run_node(&waited->later.nodes[i]);
  freeNodes(&waited->later);
  waited->later = (graph){NULL, 0};
  return error;
}

int emulator_finish_device(int device) {
  int error = SUCCESS;
  if (!getenv("GRAPHC_EMULATOR_LATE"))
    return SUCCESS;
  for (stream *s = all; s && !error; s = s->next)
    error = s->device == device ? finishStream(s) : SUCCESS;
  return error;
}

EXPORT int cuStreamDestroy_v2(void *handle) {
  ENTER();
  stream *gone = handle;
  int error = finishStream(gone);
  pthread_mutex_lock(&lock);
  stream **link = &all;
  while (*link != gone)
    link = &(*link)->next;
  *link = gone->next;
  pthread_mutex_unlock(&lock);
  if (gone->captured)
    freeGraph(gone->captured);
  if (capturing == gone)
    capturing = NULL;
  free(gone);
  emulator_count_live(LIVE_STREAM, -1);
  return error;
}

/* The stream of a handle, or null for one that there is not. */
static stream *findStream(void *handle) {
  pthread_mutex_lock(&lock);
  stream *found = all;
  while (found && found != handle)
    found = found->next;
  pthread_mutex_unlock(&lock);
  return found;
}

EXPORT int cuStreamGetCtx(void *handle, void **context) {
  ENTER();
  stream *found = findStream(handle);
  if (!found)
    return INVALID_HANDLE;
  *context = emulator_context_of(found->device);
  return SUCCESS;
}

static int invalidate(stream *spoiled) {
  spoiled->state = CAPTURE_INVALID;
  return CAPTURE_UNSUPPORTED;
}

int emulator_check_unsafe(void) {
  return capturing && capturing->state == CAPTURE_ACTIVE &&
                 capturing->mode != MODE_RELAXED && threadMode != MODE_RELAXED
             ? invalidate(capturing)
             : SUCCESS;
}

EXPORT int cuStreamSynchronize(void *handle) {
  ENTER();
  stream *waited = findStream(handle);
  if (!waited)
    return INVALID_HANDLE;
  return waited->state == CAPTURE_NONE ? finishStream(waited)
                                       : invalidate(waited);
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

/* Parameters are read when a launch is made, not when it runs: they are copied
   into one block, behind the pointers to them. */
static void **copyParameters(const node *work) {
  const int32_t *sizes = work->launched->sizes;
  if (!sizes)
    return NULL;
  enum { ALIGNMENT = 64 };
  size_t total = (size_t)(sizes[0] + 1) * sizeof(void *) + ALIGNMENT;
  for (int32_t i = 0; i < sizes[0]; ++i)
    total += (size_t)sizes[i + 1] + ALIGNMENT;
  void **copied = malloc(total);
  if (!copied)
    return NULL;
  char *place = (char *)(copied + sizes[0] + 1);
  for (int32_t i = 0; i < sizes[0]; ++i) {
    place += (ALIGNMENT - (uintptr_t)place % ALIGNMENT) % ALIGNMENT;
    copied[i] = place;
    memcpy(place, work->parameters[i], (size_t)sizes[i + 1]);
    place += sizes[i + 1];
  }
  return copied;
}

static int append(graph *into, const node *work) {
  node *nodes = realloc(into->nodes, (into->numNodes + 1) * sizeof(node));
  if (!nodes)
    return OUT_OF_MEMORY;
  into->nodes = nodes;
  node *added = &nodes[into->numNodes];
  *added = *work;
  if (work->kind == NODE_KERNEL) {
    added->parameters = copyParameters(work);
    if (!added->parameters)
      return INVALID_VALUE;
  }
  ++into->numNodes;
  return SUCCESS;
}

/* Copies from the host have read that when they are made. */
static int keep(stream *target, const node *work) {
  node kept = *work;
  if (work->kind == NODE_COPY && work->isFromHost) {
    kept.kept = malloc(work->size + 1);
    if (!kept.kept)
      return OUT_OF_MEMORY;
    memcpy(kept.kept, work->from, work->size);
    kept.from = kept.kept;
  }
  int error = append(&target->later, &kept);
  if (error)
    free(kept.kept);
  return error;
}

int emulator_submit(void *handle, const node *work) {
  stream *target = handle;
  if (target->device != emulator_current_device())
    return INVALID_CONTEXT;
  if (target->state == CAPTURE_NONE)
    return getenv("GRAPHC_EMULATOR_LATE") ? keep(target, work)
                                          : emulator_run_node(work);
  if (target->state == CAPTURE_INVALID)
    return CAPTURE_INVALIDATED;
  return append(target->captured, work);
}

EXPORT int cuStreamIsCapturing(void *handle, int *state) {
  ENTER();
  stream *asked = findStream(handle);
  if (!asked)
    return INVALID_HANDLE;
  *state = asked->state;
  return SUCCESS;
}
EXPORT int cuStreamBeginCapture_v2(void *handle, int mode) {
  ENTER();
  stream *target = handle;
  if (target->state != CAPTURE_NONE || capturing)
    return INVALID_VALUE;
  target->captured = calloc(1, sizeof(graph));
  if (!target->captured)
    return OUT_OF_MEMORY;
  target->state = CAPTURE_ACTIVE;
  target->mode = mode;
  capturing = target;
  return SUCCESS;
}
EXPORT int cuStreamEndCapture(void *handle, void **result) {
  stream *target = handle;
  int fault = emulator_fault(__func__);
  int isInvalid = fault || target->state == CAPTURE_INVALID;
  if (target->state == CAPTURE_NONE)
    return INVALID_VALUE;
  *result = isInvalid ? NULL : target->captured;
  if (isInvalid)
    freeGraph(target->captured);
  else
    emulator_count_live(LIVE_GRAPH, 1);
  target->captured = NULL;
  target->state = CAPTURE_NONE;
  capturing = NULL;
  return fault ? fault : isInvalid ? CAPTURE_INVALIDATED : SUCCESS;
}
EXPORT int cuThreadExchangeStreamCaptureMode(int *mode) {
  ENTER();
  int before = threadMode;
  threadMode = *mode;
  *mode = before;
  return SUCCESS;
}

EXPORT int cuGraphInstantiateWithFlags(void **executable, void *handle,
                                       unsigned long long flags) {
  ENTER();
  (void)flags;
  const graph *from = handle;
  graph *made = calloc(1, sizeof(graph));
  if (!made)
    return OUT_OF_MEMORY;
  made->nodes = malloc((from->numNodes + 1) * sizeof(node));
  for (size_t i = 0; made->nodes && i < from->numNodes; ++i) {
    made->nodes[i] = from->nodes[i];
    if (from->nodes[i].kind == NODE_KERNEL)
      made->nodes[i].parameters = copyParameters(&from->nodes[i]);
    made->numNodes = i + 1;
  }
  emulator_count_live(LIVE_EXECUTABLE, 1);
  *executable = made;
  return SUCCESS;
}
EXPORT int cuGraphExecUpdate_v2(void *executable, void *handle, void *info) {
  enum { TOPOLOGY_CHANGED = 910 };
  ENTER();
  (void)info;
  graph *into = executable;
  const graph *from = handle;
  if (into->numNodes != from->numNodes)
    return TOPOLOGY_CHANGED;
  for (size_t i = 0; i < from->numNodes; ++i)
    if (into->nodes[i].kind != from->nodes[i].kind ||
        into->nodes[i].launched != from->nodes[i].launched)
      return TOPOLOGY_CHANGED;
  for (size_t i = 0; i < from->numNodes; ++i) {
    free(into->nodes[i].parameters);
    into->nodes[i] = from->nodes[i];
    if (from->nodes[i].kind == NODE_KERNEL)
      into->nodes[i].parameters = copyParameters(&from->nodes[i]);
  }
  return SUCCESS;
}
EXPORT int cuGraphLaunch(void *executable, void *handle) {
  ENTER();
  const graph *run = executable;
  if (((stream *)handle)->device != emulator_current_device())
    return INVALID_CONTEXT;
  for (size_t i = 0; i < run->numNodes; ++i) {
    int error = getenv("GRAPHC_EMULATOR_LATE")
                    ? append(&((stream *)handle)->later, &run->nodes[i])
                    : emulator_run_node(&run->nodes[i]);
    if (error)
      return error;
  }
  return SUCCESS;
}
EXPORT int cuGraphDestroy(void *handle) {
  ENTER();
  freeGraph(handle);
  emulator_count_live(LIVE_GRAPH, -1);
  return SUCCESS;
}
EXPORT int cuGraphExecDestroy(void *handle) {
  ENTER();
  freeGraph(handle);
  emulator_count_live(LIVE_EXECUTABLE, -1);
  return SUCCESS;
}

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

EXPORT int cuEventCreate(void **event, unsigned flags) {
  ENTER();
  (void)flags;
  if (!(*event = calloc(1, sizeof(struct timespec))))
    return OUT_OF_MEMORY;
  emulator_count_live(LIVE_EVENT, 1);
  return SUCCESS;
}
EXPORT int cuEventDestroy_v2(void *event) {
  ENTER();
  free(event);
  emulator_count_live(LIVE_EVENT, -1);
  return SUCCESS;
}
EXPORT int cuEventRecord(void *event, void *handle) {
  ENTER();
  if (((stream *)handle)->device != emulator_current_device())
    return INVALID_CONTEXT;
  clock_gettime(CLOCK_MONOTONIC, event);
  return SUCCESS;
}
EXPORT int cuEventElapsedTime(float *ms, void *begin, void *end) {
  ENTER();
  const struct timespec *from = begin, *to = end;
  *ms = (float)((double)(to->tv_sec - from->tv_sec) * 1e3 +
                (double)(to->tv_nsec - from->tv_nsec) / 1e6);
  return SUCCESS;
}
