//===- Graph.c - Runs that are replayed ----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A call that is like an earlier one, with the same symbols and the same
// addresses, becomes a graph of the driver's: the second time it is recorded,
// from the third time on it is one launch. A few graphs are kept, for callers
// that take turns with their buffers. A call whose addresses are new changes
// one more graph, once another call with its symbols has shown that the host
// has no part in them: recording must not find out, for a loop that waits for a
// value of the device would have no end.
//
// Copies from and to the host stay outside of the graph.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <stdlib.h>
#include <string.h>

/* What the launches depend on: symbols, tensors, the arena. States and weights
   stay where they are. */
static size_t getKeyLength(const graphc_module *module) {
  return module->num_symbols + module->num_inputs + module->num_outputs + 1;
}

static void writeKey(const graphc_context *context, const char *arena,
                     uint64_t *key) {
  const graphc_module *module = context->module;
  for (size_t i = 0; i < module->num_symbols; ++i)
    *key++ = (uint64_t)context->symbols[i];
  for (size_t i = 0; i < module->num_inputs + module->num_outputs; ++i)
    *key++ =
        (uint64_t)(uintptr_t)graphc_rt_first_element(&context->gpu->tensors[i]);
  *key = (uint64_t)(uintptr_t)arena;
}

graphc_status graphc_rt_gpu_make_graphs(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  size_t length = getKeyLength(context->module);
  size_t symbols = context->module->num_symbols;
  uint64_t *memory = (uint64_t *)calloc(
      GRAPHC_RT_MAX_GRAPHS * (length + symbols) + length, sizeof(uint64_t));
  if (!memory)
    return GRAPHC_ERROR_MEMORY;
  gpu->graphKeys = memory;
  memory += length;
  for (size_t i = 0; i < GRAPHC_RT_MAX_GRAPHS; ++i) {
    gpu->graphs[i].key = memory;
    gpu->graphs[i].symbols = (int64_t *)(memory + length);
    memory += length + symbols;
  }
  return GRAPHC_OK;
}

static void forget(graphc_rt_gpu *gpu, graphc_rt_graph *graph) {
  if (graph->executable) /* one that is running is freed behind that */
    gpu->driver.destroyExecutable(graph->executable);
  graph->executable = NULL;
  graph->lastUse = 0;
}

void graphc_rt_gpu_destroy_graphs(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  for (size_t i = 0; i < GRAPHC_RT_MAX_GRAPHS; ++i)
    forget(gpu, &gpu->graphs[i]);
  if (gpu->roaming)
    gpu->driver.destroyExecutable(gpu->roaming);
  gpu->roaming = NULL;
  if (gpu->captureStream)
    gpu->driver.destroyStream(gpu->captureStream);
  gpu->captureStream = NULL;
}

/* The graph of calls like this one, or the place for it: that of the one that
   has not been used for longest. */
static graphc_rt_graph *find(graphc_context *context, const uint64_t *key,
                             size_t length) {
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_graph *oldest = &gpu->graphs[0];
  for (size_t i = 0; i < GRAPHC_RT_MAX_GRAPHS; ++i) {
    graphc_rt_graph *graph = &gpu->graphs[i];
    if (graph->lastUse && !memcmp(graph->key, key, length * sizeof(uint64_t)))
      return graph;
    if (graph->lastUse < oldest->lastUse)
      oldest = graph;
  }
  forget(gpu, oldest);
  return oldest;
}

/* Whether the host has no part in calls with these symbols: one of them, with
   other addresses, has shown it. */
static int isKnownToRecord(const graphc_context *context, const uint64_t *key) {
  const graphc_rt_gpu *gpu = context->gpu;
  size_t size = context->module->num_symbols * sizeof(*key);
  for (size_t i = 0; i < GRAPHC_RT_MAX_GRAPHS; ++i)
    if (gpu->graphs[i].lastUse && !memcmp(gpu->graphs[i].key, key, size))
      return !gpu->graphs[i].readsHost;
  return 0;
}

/* Records the launches of the code; null where that cannot be. Nothing has run
   then: what has failed is done once more without, and told. */
static void *record(graphc_context *context, char *arena) {
  enum { nonBlocking = 1, threadLocal = 1 };
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_driver *driver = &gpu->driver;
  void *graph = NULL;
  if (!gpu->captureStream &&
      driver->createStream(&gpu->captureStream, nonBlocking)) {
    gpu->captureStream = NULL;
    return NULL;
  }
  if (driver->beginCapture(gpu->captureStream, threadLocal))
    return NULL;
  gpu->target = gpu->captureStream;
  (void)graphc_rt_gpu_enter(context, arena);
  gpu->target = gpu->stream;
  int failed = driver->endCapture(gpu->captureStream, &graph) ||
               gpu->failed != GRAPHC_OK || gpu->readsHost;
  if (failed && graph) {
    driver->destroyGraph(graph);
    graph = NULL;
  }
  gpu->failed = GRAPHC_OK;
  graphc_rt_begin_message(context);
  return graph;
}

/* Makes what can be launched from `graph`, which it consumes: anew, or of
   `executable`, which has the same kernels; null on failure. */
static void *makeExecutable(graphc_rt_gpu *gpu, void *graph, void *executable) {
  graphc_rt_driver *driver = &gpu->driver;
  graphc_rt_update_result result = {0, NULL, NULL};
  int failed = executable ? driver->update(executable, graph, &result)
                          : driver->instantiate(&executable, graph, 0);
  failed |= driver->destroyGraph(graph);
  if (failed && executable)
    driver->destroyExecutable(executable);
  return failed ? NULL : executable;
}

/* What the host decides is not in a graph. */
static int32_t launch(graphc_context *context, void *executable) {
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_gpu_check(context, gpu->driver.launchGraph(executable, gpu->stream),
                      "running the kernels");
  return 0;
}

/* A call whose addresses are new: recording it and changing a graph that is
   there costs the host half of launching its kernels. */
static int32_t roam(graphc_context *context, char *arena) {
  graphc_rt_gpu *gpu = context->gpu;
  size_t symbols = context->module->num_symbols * sizeof(int64_t);
  void *graph = record(context, arena);
  if (graph) {
    gpu->roaming = makeExecutable(gpu, graph, gpu->roaming);
    if (gpu->roaming)
      return launch(context, gpu->roaming);
  }
  gpu->roams = 0;
  /* The code may have changed those of the data. */
  memcpy(context->symbols, gpu->graphKeys, symbols);
  return graphc_rt_gpu_enter(context, arena);
}

int32_t graphc_rt_gpu_replay(graphc_context *context, char *arena) {
  graphc_rt_gpu *gpu = context->gpu;
  if (!gpu->usesGraphs || gpu->isCaptured || context->observer)
    return graphc_rt_gpu_knows_memory(context)
               ? graphc_rt_gpu_enter(context, arena)
               : 0;
  size_t length = getKeyLength(context->module);
  size_t symbols = context->module->num_symbols * sizeof(int64_t);
  uint64_t *key = gpu->graphKeys;
  writeKey(context, arena, key);
  int canRecord = isKnownToRecord(context, key);
  graphc_rt_graph *graph = find(context, key, length);
  int isKnown = graph->lastUse != 0;
  if (!isKnown && !graphc_rt_gpu_knows_memory(context))
    return 0;
  graph->lastUse = ++gpu->numUses;
  if (!isKnown || graph->readsHost) {
    memcpy(graph->key, key, length * sizeof(uint64_t));
    graph->readsHost = 0;
    int32_t failed = canRecord && gpu->roams
                         ? roam(context, arena)
                         : graphc_rt_gpu_enter(context, arena);
    graph->readsHost = gpu->readsHost;
    if (gpu->failed != GRAPHC_OK)
      graph->lastUse = 0;
    return failed;
  }
  if (!graph->executable) {
    void *recorded = record(context, arena);
    memcpy(graph->symbols, context->symbols, symbols);
    graph->executable = recorded ? makeExecutable(gpu, recorded, NULL) : NULL;
    if (!graph->executable) {
      gpu->usesGraphs = 0;
      memcpy(context->symbols, key, symbols);
      return graphc_rt_gpu_enter(context, arena);
    }
  }
  memcpy(context->symbols, graph->symbols, symbols);
  return launch(context, graph->executable);
}
