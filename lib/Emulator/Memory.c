//===- Memory.c - Memory of the devices ----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A device has as much as GRAPHC_EMULATOR_MEMORY says, in bytes; else there is
// no limit of its own. Copies end where their allocation does, and pages behind
// and before it are nobody's. An address on a device is none of the host: who
// reads it there faults, as with a GPU.
//
//===----------------------------------------------------------------------===//

#define _GNU_SOURCE 1 /* MAP_ANONYMOUS */

#include "Driver.h"
#include "Emulator.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct allocation {
  struct allocation *next;
  uint64_t address;
  size_t size;
  int device;
} allocation;

/* In no address of the host. */
static const uint64_t deviceBit = UINT64_C(1) << 62;

static void *memoryAt(uint64_t address) {
  return (void *)(uintptr_t)(address & ~deviceBit);
}

EXPORT void *emulate_memory(const void *address) {
  return memoryAt((uint64_t)(uintptr_t)address);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static allocation *all;

static size_t usedBy(int device) {
  size_t used = 0;
  for (allocation *a = all; a; a = a->next)
    used += a->device == device ? a->size : 0;
  return used;
}

static size_t pageSize(void) { return (size_t)sysconf(_SC_PAGESIZE); }
static size_t wholePages(size_t size) {
  return (size + pageSize() - 1) / pageSize() * pageSize();
}

/* Memory that ends where a page of nobody begins. */
static char *allocate(size_t size) {
  size_t page = pageSize(), whole = wholePages(size);
  char *pages = whole < size ? MAP_FAILED
                             : mmap(NULL, whole + 2 * page, PROT_NONE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    return NULL;
  if (!mprotect(pages + page, whole, PROT_READ | PROT_WRITE))
    return pages + page + whole - size;
  munmap(pages, whole + 2 * page);
  return NULL;
}
static void release(char *memory, size_t size) {
  size_t page = pageSize(), whole = wholePages(size);
  munmap(memory + size - whole - page, whole + 2 * page);
}

EXPORT int cuMemAlloc_v2(uint64_t *address, size_t size) {
  enum { ALIGNMENT = 256 };
  ENTER();
  int device = emulator_current_device(), error = emulator_check_unsafe();
  if (device < 0)
    return INVALID_CONTEXT;
  if (error || !size)
    return error ? error : INVALID_VALUE;
  const char *number = getenv("GRAPHC_EMULATOR_MEMORY");
  size_t limit = number ? strtoull(number, NULL, 10) : SIZE_MAX;
  size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (rounded < size)
    return OUT_OF_MEMORY;
  pthread_mutex_lock(&lock);
  size_t used = usedBy(device);
  allocation *made = used > limit || rounded > limit - used
                         ? NULL
                         : malloc(sizeof(allocation));
  void *memory = made ? allocate(rounded) : NULL;
  if (memory) {
    /* Nothing is to rely on what memory holds. */
    memset(memory, 0xff, rounded);
    *address = (uint64_t)(uintptr_t)memory | deviceBit;
    *made = (allocation){all, *address, rounded, device};
    all = made;
    emulator_count_live(LIVE_MEMORY, 1);
  } else {
    free(made);
  }
  pthread_mutex_unlock(&lock);
  return memory ? SUCCESS : OUT_OF_MEMORY;
}

EXPORT int cuMemFree_v2(uint64_t address) {
  ENTER();
  int error = emulator_check_unsafe();
  if (!error) /* it is not given back while the device works */
    error = emulator_finish_device(emulator_current_device());
  if (error)
    return error;
  pthread_mutex_lock(&lock);
  allocation **link = &all;
  while (*link && (*link)->address != address)
    link = &(*link)->next;
  allocation *gone = *link;
  if (gone)
    *link = gone->next;
  pthread_mutex_unlock(&lock);
  if (!gone)
    return INVALID_VALUE;
  release(memoryAt(address), gone->size);
  free(gone);
  emulator_count_live(LIVE_MEMORY, -1);
  return SUCCESS;
}

/* Of the memory type only, which real drivers tell in any context. */
EXPORT int cuPointerGetAttribute(void *data, int attribute, uint64_t address) {
  enum { MEMORY_TYPE = 2, DEVICE = 2 };
  ENTER();
  pthread_mutex_lock(&lock);
  const allocation *found = all;
  while (found && address - found->address >= found->size)
    found = found->next;
  pthread_mutex_unlock(&lock);
  if (!found || attribute != MEMORY_TYPE)
    return INVALID_VALUE;
  *(unsigned *)data = DEVICE;
  return SUCCESS;
}

/* Devices reach it under the same address. */
EXPORT int cuMemHostAlloc(void **memory, size_t size, unsigned flags) {
  ENTER();
  (void)flags;
  int error = emulator_check_unsafe();
  if (emulator_current_device() < 0)
    return INVALID_CONTEXT;
  if (error || !size)
    return error ? error : INVALID_VALUE;
  *memory = malloc(size);
  if (!*memory)
    return OUT_OF_MEMORY;
  memset(*memory, 0xff, size);
  emulator_count_live(LIVE_HOST, 1);
  return SUCCESS;
}
EXPORT int cuMemFreeHost(void *memory) {
  ENTER();
  int error = emulator_check_unsafe();
  if (!error)
    error = emulator_finish_device(emulator_current_device());
  if (error)
    return error;
  free(memory);
  emulator_count_live(LIVE_HOST, -1);
  return SUCCESS;
}

static int isOnDevice(uint64_t address, size_t size) {
  pthread_mutex_lock(&lock);
  allocation *a = all;
  while (a && (address < a->address || address > a->address + a->size ||
               size > a->address + a->size - address))
    a = a->next;
  pthread_mutex_unlock(&lock);
  return a != NULL;
}

/* For tests: the device that the memory is on, or -1. */
EXPORT int graphc_emulator_device_of(uint64_t address) {
  pthread_mutex_lock(&lock);
  allocation *a = all;
  while (a && (address < a->address || address >= a->address + a->size))
    a = a->next;
  int device = a ? a->device : -1;
  pthread_mutex_unlock(&lock);
  return device;
}

static int copy(void *to, const void *from, int isFromHost, size_t size,
                void *stream) {
  node work = {.kind = NODE_COPY,
               .to = to,
               .from = from,
               .isFromHost = isFromHost,
               .size = size};
  return emulator_submit(stream, &work);
}

EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t size,
                                void *stream) {
  ENTER();
  return isOnDevice(to, size) ? copy(memoryAt(to), from, 1, size, stream)
                              : INVALID_VALUE;
}
EXPORT int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t size,
                                void *stream) {
  ENTER();
  return isOnDevice(from, size) ? copy(to, memoryAt(from), 0, size, stream)
                                : INVALID_VALUE;
}
EXPORT int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t size) {
  ENTER();
  if (emulator_current_device() < 0)
    return INVALID_CONTEXT;
  if (!isOnDevice(from, size))
    return INVALID_VALUE;
  memcpy(to, memoryAt(from), size);
  return SUCCESS;
}
EXPORT int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t size) {
  ENTER();
  if (emulator_current_device() < 0)
    return INVALID_CONTEXT;
  if (!isOnDevice(to, size))
    return INVALID_VALUE;
  memcpy(memoryAt(to), from, size);
  return SUCCESS;
}
EXPORT int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t size,
                                void *stream) {
  ENTER();
  return isOnDevice(from, size) && isOnDevice(to, size)
             ? copy(memoryAt(to), memoryAt(from), 0, size, stream)
             : INVALID_VALUE;
}

static int set(uint64_t to, uint32_t value, size_t count, unsigned width,
               void *stream) {
  node work = {.kind = NODE_SET,
               .to = memoryAt(to),
               .size = count,
               .value = value,
               .width = width};
  return isOnDevice(to, count * width) && to % width == 0
             ? emulator_submit(stream, &work)
             : INVALID_VALUE;
}
EXPORT int cuMemsetD8Async(uint64_t to, unsigned char value, size_t count,
                           void *stream) {
  ENTER();
  return set(to, value, count, 1, stream);
}
EXPORT int cuMemsetD32Async(uint64_t to, unsigned value, size_t count,
                            void *stream) {
  ENTER();
  return set(to, value, count, 4, stream);
}

int emulator_run_node(const node *work) {
  switch (work->kind) {
  case NODE_KERNEL:
    return emulator_launch(work->launched, &work->shape, work->parameters);
  case NODE_COPY:
    memmove(work->to, work->from, work->size);
    return SUCCESS;
  case NODE_SET:
    for (size_t i = 0; i < work->size; ++i)
      memcpy((char *)work->to + i * work->width, &work->value, work->width);
    return SUCCESS;
  }
  return UNKNOWN;
}
