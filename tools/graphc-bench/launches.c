//===- launches.c - What a call of a module for a GPU costs the host ------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   cc -O2 -Iinclude launches.c -o launches -ldl && launches MODULE.so [DRIVER]
//
// Runs a module without symbols on tensors of the device: the first calls one
// by one, then many, with graphs and without, on buffers that stay and on ones
// that change with every call. Host times are those of the call alone; a stream
// of the caller's is waited for in between.
//
//===----------------------------------------------------------------------===//

#include "graphc/Runtime/Runtime.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void check(int bad, const char *what) {
  if (!bad)
    return;
  fprintf(stderr, "launches: %s\n", what);
  exit(1);
}

static int byValue(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static double median(double *values, int count) {
  qsort(values, (size_t)count, sizeof(*values), byValue);
  return values[count / 2];
}

/* The driver. */
static int (*allocate)(uint64_t *, size_t);
static int (*set)(uint64_t, unsigned char, size_t, void *);
static int (*synchronize)(void *);
static void *stream;
static uint64_t poolBegin;

static DLTensor makeTensor(const graphc_type *type, uint64_t *place) {
  size_t bytes = (type->dtype.bits + 7u) / 8u;
  for (int32_t d = 0; d < type->rank; ++d) {
    check(type->shape[d] < 0, "the module has sizes that are not known");
    bytes *= (size_t)type->shape[d];
  }
  DLTensor tensor = {(void *)(uintptr_t)*place,
                     {kDLCUDA, 0},
                     type->rank,
                     type->dtype,
                     (int64_t *)type->shape,
                     (int64_t *)type->strides,
                     0};
  *place += (bytes + 255) / 256 * 256;
  return tensor;
}

enum { MAX_TENSORS = 64, CALLS = 300, SETS = 16 };

static void measure(const graphc_module *module, const char *driver, int graphs,
                    int numSets) {
  graphc_options options = {0};
  options.stream = stream;
  options.driver = driver;
  options.graphs = graphs ? GRAPHC_GRAPHS_AUTO : GRAPHC_GRAPHS_OFF;
  graphc_context *context;
  double start = now();
  check(module->api->create(&options, &context), "create");
  double create = now() - start;
  DLTensor in[SETS][MAX_TENSORS], out[SETS][MAX_TENSORS];
  uint64_t place = poolBegin;
  for (int s = 0; s < numSets; ++s) {
    for (size_t i = 0; i < module->num_inputs; ++i)
      in[s][i] = makeTensor(&module->inputs[i].type, &place);
    for (size_t i = 0; i < module->num_outputs; ++i)
      out[s][i] = makeTensor(&module->outputs[i].type, &place);
  }
  double host[CALLS], whole[CALLS];
  for (int i = 0; i < CALLS; ++i) {
    int s = i % numSets;
    start = now();
    int status = module->api->run(context, in[s], module->num_inputs, out[s],
                                  module->num_outputs, NULL, 0);
    host[i] = now() - start;
    if (status)
      fprintf(stderr, "%s\n", module->api->last_error(context));
    check(status, "run");
    check(synchronize(stream), "synchronize");
    whole[i] = now() - start;
  }
  double rest[CALLS];
  for (int i = 0; i < CALLS / 2; ++i)
    rest[i] = whole[CALLS / 2 + i];
  printf("graphs %s, %2d sets: create %.0f us, calls 1 to 4: host %.1f %.1f "
         "%.1f %.1f; ",
         graphs ? "on " : "off", numSets, create, host[0], host[1], host[2],
         host[3]);
  printf("later: host %.2f us, with the device %.2f us\n",
         median(host + CALLS / 2, CALLS / 2), median(rest, CALLS / 2));
  module->api->destroy(context);
}

int main(int argc, char **argv) {
  check(argc < 2, "launches MODULE.so [DRIVER]");
  const char *driver = argc > 2 ? argv[2] : "libcuda.so.1";
  void *cuda = dlopen(driver, RTLD_NOW);
  check(!cuda, "no driver");
  void *library = dlopen(argv[1], RTLD_NOW);
  check(!library, "no module");
  const graphc_module *module = dlsym(library, "graphc_module");
  check(!module || !module->device, "no module for a GPU");
  int (*init)(unsigned) = (int (*)(unsigned))dlsym(cuda, "cuInit");
  int (*retain)(void **, int) =
      (int (*)(void **, int))dlsym(cuda, "cuDevicePrimaryCtxRetain");
  int (*push)(void *) = (int (*)(void *))dlsym(cuda, "cuCtxPushCurrent_v2");
  int (*createStream)(void **, unsigned) =
      (int (*)(void **, unsigned))dlsym(cuda, "cuStreamCreate");
  allocate = (int (*)(uint64_t *, size_t))dlsym(cuda, "cuMemAlloc_v2");
  set = (int (*)(uint64_t, unsigned char, size_t, void *))dlsym(
      cuda, "cuMemsetD8Async");
  synchronize = (int (*)(void *))dlsym(cuda, "cuStreamSynchronize");
  void *context;
  check(init(0) || retain(&context, 0) || push(context) ||
            createStream(&stream, 1),
        "no device");
  size_t size = (size_t)256 << 20;
  check(allocate(&poolBegin, size) || set(poolBegin, 0, size, stream) ||
            synchronize(stream),
        "no memory");
  for (int round = 0; round < 2; ++round) {
    measure(module, driver, 0, 1);
    measure(module, driver, 1, 1);
    measure(module, driver, 1, 4);
    measure(module, driver, 0, SETS);
    measure(module, driver, 1, SETS);
  }
  return 0;
}
