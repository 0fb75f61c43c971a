//===- TensorCopies.c - The copy engine -----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Assembly.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RANK = 5, INVALID_VALUE = 1, LINE = 16 };

/* What stands in the 128 bytes of a tensor map. */
typedef struct {
  unsigned char *start;
  uint64_t strides[MAX_RANK - 1]; /* bytes */
  uint32_t sizes[MAX_RANK];
  uint16_t box[MAX_RANK];
  uint8_t rank, elementBytes, pitch; /* of the permutation; 16: none */
} tensorMap;

/* Refuses what the driver refuses. */
__attribute__((visibility("default"))) int
cuTensorMapEncodeTiled(void *map, int type, uint32_t rank, void *start,
                       const uint64_t *sizes, const uint64_t *strides,
                       const uint32_t *box, const uint32_t *steps,
                       int interleave, int swizzle, int promotion, int fill) {
  static const uint8_t bytes[] = {1, 2, 4, 4, 8, 8, 2, 4, 8, 2};
  (void)promotion;
  if (!rank || rank > MAX_RANK || type < 0 || type >= (int)sizeof(bytes) ||
      interleave || fill || swizzle < 0 || swizzle > 3 ||
      (uintptr_t)start % LINE || (uintptr_t)map % 64)
    return INVALID_VALUE;
  tensorMap made = {start,
                    {0},
                    {0},
                    {0},
                    (uint8_t)rank,
                    bytes[type],
                    (uint8_t)(LINE << swizzle)};
  uint32_t line = box[0] * bytes[type];
  if (line % LINE || (swizzle && line > made.pitch))
    return INVALID_VALUE;
  for (uint32_t d = 0; d < rank; ++d) {
    if (!sizes[d] || sizes[d] > UINT32_MAX || !box[d] || box[d] > 256 ||
        steps[d] != 1)
      return INVALID_VALUE;
    made.sizes[d] = (uint32_t)sizes[d];
    made.box[d] = (uint16_t)box[d];
    if (d + 1 == rank)
      break;
    if (strides[d] % LINE || strides[d] >= UINT64_C(1) << 40)
      return INVALID_VALUE;
    made.strides[d] = strides[d];
  }
  memcpy(map, &made, sizeof(made));
  return 0;
}

static void checkAligned(const unsigned char *shared) {
  if ((shared - emulator_shared) % 128 == 0 && shared >= emulator_shared &&
      shared < emulator_shared + EMULATOR_SHARED)
    return;
  fprintf(stderr,
          "graphc emulator: a copy of a box at byte %td of shared "
          "memory, expected a multiple of 128\n",
          shared - emulator_shared);
  abort();
}

/* Copies the box at `at`, innermost coordinate first. */
static int copyBox(const tensorMap *map, const int *at, unsigned char *shared,
                   int toShared) {
  checkAligned(shared);
  unsigned bytes = map->elementBytes, count = 1;
  for (unsigned d = 0; d < map->rank; ++d)
    count *= map->box[d];
  uint64_t first = (uint64_t)(uintptr_t)shared;
  for (unsigned i = 0; i < count; ++i) {
    unsigned rest = i;
    int isInside = 1;
    unsigned char *element = map->start;
    for (unsigned d = 0; d < map->rank; ++d) {
      int64_t index = (int64_t)at[d] + rest % map->box[d];
      rest /= map->box[d];
      isInside &= index >= 0 && index < (int64_t)map->sizes[d];
      element += index * (int64_t)(d ? map->strides[d - 1] : bytes);
    }
    unsigned char *place =
        emulator_shared + emulator_swizzle(first + i * bytes, map->pitch);
    if (toShared && isInside)
      memcpy(place, element, bytes);
    else if (toShared)
      memset(place, 0, bytes);
    else if (isInside)
      memcpy(element, place, bytes);
  }
  return (int)(count * bytes);
}

/* void(shared, barrier, map, coordinates..., multicast mask, cache hint, has
   mask, has hint, group) */
#define LOAD(rank, parameters, ...)                                            \
  void emulate_cp_async_bulk_tensor_g2s_tile_##rank##d(                        \
      unsigned char *shared, void *barrier, const void *map, parameters,       \
      short mask, int64_t hint, _Bool hasMask, _Bool hasHint, int group) {     \
    (void)mask, (void)hint, (void)hasMask, (void)hasHint, (void)group;         \
    int at[] = {__VA_ARGS__};                                                  \
    emulator_complete(barrier, copyBox(map, at, shared, 1));                   \
  }
#define STORE(rank, parameters, ...)                                           \
  void emulate_cp_async_bulk_tensor_s2g_tile_##rank##d(                        \
      unsigned char *shared, const void *map, parameters, int64_t hint,        \
      _Bool hasHint) {                                                         \
    (void)hint, (void)hasHint;                                                 \
    int at[] = {__VA_ARGS__};                                                  \
    copyBox(map, at, shared, 0);                                               \
  }
#define LIST(...) __VA_ARGS__
#define BOTH(rank, parameters, ...)                                            \
  LOAD(rank, LIST(parameters), __VA_ARGS__)                                    \
  STORE(rank, LIST(parameters), __VA_ARGS__)
BOTH(1, int a, a)
BOTH(2, LIST(int a, int b), a, b)
BOTH(3, LIST(int a, int b, int c), a, b, c)
BOTH(4, LIST(int a, int b, int c, int d), a, b, c, d)
BOTH(5, LIST(int a, int b, int c, int d, int e), a, b, c, d, e)

void emulate_cp_async_bulk_commit_group(void) {}
void emulate_cp_async_bulk_wait_group(int count) { (void)count; }
void emulate_cp_async_bulk_wait_group_read(int count) { (void)count; }
void emulate_prefetch_tensormap(const void *map) { (void)map; }
