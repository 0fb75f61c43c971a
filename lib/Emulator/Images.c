//===- Images.c - Code and its launches ----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#define _POSIX_C_SOURCE 200809L /* mkstemp */

#include "Driver.h"
#include "Emulator.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The size of an ELF file: its section headers are behind everything else. */
static size_t imageSize(const unsigned char *image) {
  uint64_t sections;
  uint16_t entry, count;
  memcpy(&sections, image + 40, sizeof(sections));
  memcpy(&entry, image + 58, sizeof(entry));
  memcpy(&count, image + 60, sizeof(count));
  return (size_t)sections + (size_t)entry * count;
}

typedef struct module {
  void *library;
  int device;
  kernel **kernels;
  size_t numKernels;
  int blockShared; /* bytes of shared memory that a block may have */
} module;

EXPORT int cuModuleLoadDataEx(void **loaded, const void *image, unsigned count,
                              int *options, void **values) {
  enum { ERROR_LOG = 5 };
  ENTER();
  int device = emulator_current_device();
  if (device < 0)
    return INVALID_CONTEXT;
  if (memcmp(image, "\177ELF", 4))
    return INVALID_IMAGE;
  /* The loader takes files of one name for the same library, so that a number
     of a descriptor, which comes back, is no name. */
  const char *folder = getenv("TMPDIR");
  char path[512];
  snprintf(path, sizeof(path), "%s/graphc-emulation-XXXXXX",
           folder ? folder : "/tmp");
  int file = mkstemp(path);
  if (file < 0)
    return OUT_OF_MEMORY;
  size_t size = imageSize((const unsigned char *)image), written = 0;
  while (written < size) {
    ssize_t part = write(file, (const char *)image + written, size - written);
    if (part <= 0)
      break;
    written += (size_t)part;
  }
  close(file);
  void *library = written == size ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  const char *problem = library ? NULL : dlerror();
  unlink(path);
  for (unsigned i = 0; problem && i < count; ++i)
    if (options[i] == ERROR_LOG)
      snprintf((char *)values[i], 512, "%s", problem);
  if (!library)
    return INVALID_IMAGE;
  module *made = calloc(1, sizeof(module));
  if (!made)
    return OUT_OF_MEMORY;
  made->library = library;
  made->device = device;
  const int32_t *shared = dlsym(library, "emulate_block_shared");
  made->blockShared = shared ? *shared : 0;
  emulator_count_live(LIVE_MODULE, 1);
  *loaded = made;
  return SUCCESS;
}
EXPORT int cuModuleUnload(void *loaded) {
  ENTER();
  module *gone = loaded;
  if (gone->device != emulator_current_device())
    return INVALID_CONTEXT;
  int error = emulator_finish_device(gone->device);
  dlclose(gone->library);
  for (size_t i = 0; i < gone->numKernels; ++i) {
    free(gone->kernels[i]->name);
    free(gone->kernels[i]);
  }
  free(gone->kernels);
  free(gone);
  emulator_count_live(LIVE_MODULE, -1);
  return error;
}

EXPORT int cuModuleGetFunction(void **function, void *loaded,
                               const char *name) {
  enum { FREELY_SHARED = 48 << 10 };
  ENTER();
  module *owner = loaded;
  char symbol[512];
  snprintf(symbol, sizeof(symbol), "emulate_kernel_%s", name);
  void *entry = dlsym(owner->library, symbol);
  if (!entry)
    return NOT_FOUND;
  kernel *made = malloc(sizeof(kernel));
  kernel **kernels =
      realloc(owner->kernels, (owner->numKernels + 1) * sizeof(kernel *));
  if (!made || !kernels)
    return OUT_OF_MEMORY;
  owner->kernels = kernels;
  kernels[owner->numKernels++] = made;
  memcpy(&made->entry, &entry, sizeof(entry));
  snprintf(symbol, sizeof(symbol), "emulate_plain_%s", name);
  made->usesBarriers = !dlsym(owner->library, symbol);
  snprintf(symbol, sizeof(symbol), "emulate_parameters_%s", name);
  made->sizes = dlsym(owner->library, symbol);
  made->device = owner->device;
  snprintf(symbol, sizeof(symbol), "emulate_shared_%s", name);
  const int32_t *shared = dlsym(owner->library, symbol);
  made->ownShared = shared ? *shared : 0;
  snprintf(symbol, sizeof(symbol), "emulate_parts_%s", name);
  made->parts = dlsym(owner->library, symbol);
  snprintf(symbol, sizeof(symbol), "emulate_cluster_%s", name);
  const int32_t *cluster = dlsym(owner->library, symbol);
  made->clusterSize = cluster ? (unsigned)*cluster : 1;
  made->name = strdup(name);
  made->maxShared = FREELY_SHARED - made->ownShared;
  made->blockShared = owner->blockShared;
  *function = made;
  return SUCCESS;
}
enum { OWN_SHARED = 1, MAX_SHARED = 8 }; /* CUfunction_attribute */

EXPORT int cuFuncGetAttribute(int *value, int attribute, void *function) {
  ENTER();
  const kernel *asked = function;
  if (attribute != OWN_SHARED && attribute != MAX_SHARED)
    return INVALID_VALUE;
  *value = attribute == OWN_SHARED ? asked->ownShared : asked->maxShared;
  return SUCCESS;
}
EXPORT int cuFuncSetAttribute(void *function, int attribute, int value) {
  ENTER();
  kernel *set = function;
  if (set->device != emulator_current_device())
    return INVALID_CONTEXT;
  if (attribute != MAX_SHARED || value < 0 ||
      value > set->blockShared - set->ownShared)
    return INVALID_VALUE;
  set->maxShared = value;
  return SUCCESS;
}

emulator_size emulator_block_at(uint64_t number, const unsigned *grid) {
  return (emulator_size){(unsigned)(number % grid[0]),
                         (unsigned)(number / grid[0] % grid[1]),
                         (unsigned)(number / grid[0] / grid[1])};
}

int emulator_launch(const kernel *launched, const launch_shape *shape,
                    void **parameters) {
  emulator_block *now = &emulator_now;
  const unsigned *grid = shape->grid, *block = shape->block;
  const char *order = getenv("GRAPHC_EMULATOR_ORDER");
  now->grid = (emulator_size){grid[0], grid[1], grid[2]};
  now->block = (emulator_size){block[0], block[1], block[2]};
  now->numThreads = block[0] * block[1] * block[2];
  now->isReversed = order && !strcmp(order, "reverse");
  now->kernel = launched->name;
  now->parts = launched->parts;
  now->hasWaited = !shape->isDependent;
  uint64_t count = (uint64_t)grid[0] * grid[1] * grid[2];
  int inClusters = launched->clusterSize > 1;
  int ran = inClusters ? emulator_run_clusters(launched, shape, parameters) : 1;
  for (uint64_t i = 0; !inClusters && ran && i < count; ++i) {
    now->blockIndex = emulator_block_at(i, grid);
    ran = emulator_run_block(launched->entry, parameters,
                             launched->usesBarriers, shape->shared);
  }
  if (ran && !now->hasWaited) {
    fprintf(stderr,
            "graphc emulator: kernel %s does not wait for the launches before "
            "it, as it is launched\n",
            launched->name);
    abort();
  }
  now->kernel = NULL;
  return ran ? SUCCESS : now->error ? now->error : LAUNCH_FAILED;
}

/* CUlaunchAttribute */
typedef struct {
  int id, padding, value;
  char rest[60];
} launch_attribute;

/* CUlaunchConfig */
typedef struct {
  unsigned grid[3], block[3], shared;
  void *stream;
  const launch_attribute *attributes;
  unsigned numAttributes;
} launch_config;

/* What chips of all generations launch. */
static int fitsDevice(const launch_shape *shape) {
  enum { MAX_DEPTH = 64, MAX_GRID = 65535, MAX_GRID_X = 2147483647 };
  const unsigned *grid = shape->grid, *block = shape->block;
  uint64_t threads = (uint64_t)block[0] * block[1] * block[2];
  return threads && threads <= MAX_THREADS && block[0] <= MAX_THREADS &&
         block[1] <= MAX_THREADS && block[2] <= MAX_DEPTH && grid[0] &&
         grid[1] && grid[2] && grid[0] <= MAX_GRID_X && grid[1] <= MAX_GRID &&
         grid[2] <= MAX_GRID;
}

static int launch(const kernel *launched, const launch_shape *shape,
                  void *stream, void **parameters) {
  node work = {.kind = NODE_KERNEL,
               .launched = launched,
               .shape = *shape,
               .parameters = parameters};
  if (!fitsDevice(shape) || shape->shared > (unsigned)launched->maxShared ||
      shape->grid[0] % launched->clusterSize)
    return INVALID_VALUE;
  if (launched->device != emulator_current_device())
    return INVALID_CONTEXT;
  return emulator_submit(stream, &work);
}

EXPORT int cuLaunchKernel(void *function, unsigned gridX, unsigned gridY,
                          unsigned gridZ, unsigned blockX, unsigned blockY,
                          unsigned blockZ, unsigned shared, void *stream,
                          void **parameters, void **extra) {
  ENTER();
  (void)extra;
  launch_shape shape = {
      {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, shared, 0};
  return launch(function, &shape, stream, parameters);
}

EXPORT int cuLaunchKernelEx(const launch_config *config, void *function,
                            void **parameters, void **extra) {
  enum { PROGRAMMATIC_STREAM_SERIALIZATION = 6 };
  ENTER();
  (void)extra;
  launch_shape shape = {{config->grid[0], config->grid[1], config->grid[2]},
                        {config->block[0], config->block[1], config->block[2]},
                        config->shared,
                        0};
  for (unsigned i = 0; i < config->numAttributes; ++i) {
    const launch_attribute *attribute = &config->attributes[i];
    if (attribute->id != PROGRAMMATIC_STREAM_SERIALIZATION)
      return INVALID_VALUE;
    shape.isDependent = attribute->value;
  }
  return launch(function, &shape, config->stream, parameters);
}
