//===- TensorCopies.c - The copy engine -----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Assembly.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RANK = 5, INVALID_VALUE = 1, LINE = 16 };

/* What stands in the 128 bytes of a tensor map. */
typedef struct {
  unsigned char *start;
  uint64_t strides[MAX_RANK - 1]; /* bytes */
  uint32_t sizes[MAX_RANK];
  uint16_t box[MAX_RANK];            /* of windows: channels, pixels */
  uint8_t rank, elementBytes, pitch; /* of the permutation; 16: none */
  uint8_t steps[MAX_RANK - 2];       /* of windows, else 0 */
  uint8_t isTF32;                    /* copies round f32 to it */
  int16_t lower[MAX_RANK - 2], upper[MAX_RANK - 2];
} tensorMap;

/* What both kinds have; refuses what the driver refuses. */
static int makeMap(tensorMap *made, const void *map, int type, uint32_t rank,
                   void *start, const uint64_t *sizes, const uint64_t *strides,
                   uint32_t line, int interleave, int swizzle, int fill) {
  static const uint8_t bytes[] = {1, 2, 4, 4, 8, 8, 2, 4, 8, 2, 4, 4};
  memset(made, 0, sizeof(*made));
  if (!rank || rank > MAX_RANK || type < 0 || type >= (int)sizeof(bytes) ||
      interleave || fill || swizzle < 0 || swizzle > 3 ||
      (uintptr_t)start % LINE || (uintptr_t)map % 64)
    return INVALID_VALUE;
  made->start = emulate_memory(start);
  made->rank = (uint8_t)rank;
  made->elementBytes = bytes[type];
  made->isTF32 = type == 11;
  made->pitch = (uint8_t)(LINE << swizzle);
  line *= bytes[type];
  if (line % LINE || (swizzle && line > made->pitch))
    return INVALID_VALUE;
  for (uint32_t d = 0; d < rank; ++d) {
    if (!sizes[d] || sizes[d] > UINT32_MAX)
      return INVALID_VALUE;
    made->sizes[d] = (uint32_t)sizes[d];
    if (d + 1 == rank)
      break;
    if (strides[d] % LINE || strides[d] >= UINT64_C(1) << 40)
      return INVALID_VALUE;
    made->strides[d] = strides[d];
  }
  return 0;
}

__attribute__((visibility("default"))) int
cuTensorMapEncodeTiled(void *map, int type, uint32_t rank, void *start,
                       const uint64_t *sizes, const uint64_t *strides,
                       const uint32_t *box, const uint32_t *steps,
                       int interleave, int swizzle, int promotion, int fill) {
  (void)promotion;
  tensorMap made;
  int status = makeMap(&made, map, type, rank, start, sizes, strides, box[0],
                       interleave, swizzle, fill);
  for (uint32_t d = 0; !status && d < rank; ++d) {
    if (!box[d] || box[d] > 256 || steps[d] != 1)
      return INVALID_VALUE;
    made.box[d] = (uint16_t)box[d];
  }
  if (!status)
    memcpy(map, &made, sizeof(made));
  return status;
}

__attribute__((visibility("default"))) int
cuTensorMapEncodeIm2col(void *map, int type, uint32_t rank, void *start,
                        const uint64_t *sizes, const uint64_t *strides,
                        const int *lower, const int *upper, uint32_t channels,
                        uint32_t pixels, const uint32_t *steps, int interleave,
                        int swizzle, int promotion, int fill) {
  (void)promotion;
  tensorMap made;
  int status = rank < 3 || channels > 256 || pixels > 1024
                   ? INVALID_VALUE
                   : makeMap(&made, map, type, rank, start, sizes, strides,
                             channels, interleave, swizzle, fill);
  if (status)
    return status;
  int limit = 1 << (rank == 3 ? 15 : rank == 4 ? 7 : 4);
  for (uint32_t d = 0; d < rank - 2; ++d) {
    if (lower[d] < -limit || lower[d] >= limit || upper[d] < -limit ||
        upper[d] >= limit || !steps[d + 1] || steps[d + 1] > 8)
      return INVALID_VALUE;
    made.lower[d] = (int16_t)lower[d];
    made.upper[d] = (int16_t)upper[d];
    made.steps[d] = (uint8_t)steps[d + 1];
  }
  made.box[0] = (uint16_t)channels;
  made.box[1] = (uint16_t)pixels;
  memcpy(map, &made, sizeof(made));
  return 0;
}

static void copyToShared(const tensorMap *map, unsigned char *place,
                         const unsigned char *element) {
  if (!map->isTF32) {
    memcpy(place, element, map->elementBytes);
    return;
  }
  float value;
  memcpy(&value, element, sizeof(value));
  int bits = emulator_round_tf32(value);
  memcpy(place, &bits, sizeof(bits));
}

/* What a chip ends a kernel for: a place in shared memory, or one along the
   lines of a tensor, that is not at a whole piece. */
static void checkAligned(const unsigned char *shared, int64_t lineByte) {
  ptrdiff_t sharedByte = shared - emulator_shared;
  if (sharedByte % 128 || sharedByte < 0 || sharedByte >= EMULATOR_SHARED)
    fprintf(stderr,
            "graphc emulator: a copy of a box at byte %td of shared "
            "memory, expected a multiple of 128\n",
            sharedByte);
  else if (lineByte % LINE)
    fprintf(stderr,
            "graphc emulator: a copy of a box from byte %" PRId64
            " of a line of its tensor, expected a multiple of %d\n",
            lineByte, LINE);
  else
    return;
  abort();
}

/* Copies the box at `at`, innermost coordinate first. */
static int copyBox(const tensorMap *map, const int *at, unsigned char *shared,
                   int toShared) {
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
      copyToShared(map, place, element);
    else if (toShared)
      memset(place, 0, bytes);
    else if (isInside)
      memcpy(element, place, bytes);
  }
  return (int)(count * bytes);
}

/* Copies pixels from `at` (channel, space, image) on, read `offsets` further.
 */
static int copyPixels(const tensorMap *map, const int *at, const int *offsets,
                      unsigned char *shared) {
  unsigned bytes = map->elementBytes, space = map->rank - 2u;
  uint64_t first = (uint64_t)(uintptr_t)shared;
  int corner[MAX_RANK];
  memcpy(corner, at, map->rank * sizeof(int));
  for (unsigned pixel = 0; pixel < map->box[1]; ++pixel) {
    int isInside = corner[space + 1] >= 0 &&
                   corner[space + 1] < (int64_t)map->sizes[space + 1];
    unsigned char *line =
        map->start + corner[space + 1] * (int64_t)map->strides[space];
    for (unsigned d = 0; d < space; ++d) {
      int index = corner[d + 1] + offsets[d];
      isInside &= index >= 0 && index < (int64_t)map->sizes[d + 1];
      line += index * (int64_t)map->strides[d];
    }
    for (unsigned c = 0; c < map->box[0]; ++c) {
      uint64_t to = first + (pixel * map->box[0] + c) * bytes;
      unsigned char *place = emulator_shared + emulator_swizzle(to, map->pitch);
      if (isInside && at[0] + (int64_t)c < (int64_t)map->sizes[0])
        copyToShared(map, place, line + (at[0] + (int64_t)c) * bytes);
      else
        memset(place, 0, bytes);
    }
    /* The next corner: in the line, in the next one, in the next image. */
    unsigned d = 0;
    for (; d < space; ++d) {
      corner[d + 1] += map->steps[d];
      if (corner[d + 1] < (int64_t)map->sizes[d + 1] + map->upper[d])
        break;
      corner[d + 1] = map->lower[d];
    }
    corner[space + 1] += d == space;
  }
  return map->box[0] * map->box[1] * (int)bytes;
}

/* A copy that is under way. */
typedef struct {
  tensorMap map;
  int at[MAX_RANK], offsets[MAX_RANK - 2];
  unsigned char *shared;
  void *barrier;
} tensorCopy;

static tensorCopy describe(unsigned char *shared, void *barrier,
                           const void *map, const int *at, const int *offsets) {
  tensorCopy copy = {.shared = shared, .barrier = barrier};
  memcpy(&copy.map, map, sizeof(copy.map));
  checkAligned(shared, (int64_t)at[0] * copy.map.elementBytes);
  memcpy(copy.at, at, copy.map.rank * sizeof(int));
  if (offsets)
    memcpy(copy.offsets, offsets, (copy.map.rank - 2u) * sizeof(int));
  return copy;
}

static void runBox(void *data) {
  const tensorCopy *copy = data;
  emulator_complete(copy->barrier,
                    copyBox(&copy->map, copy->at, copy->shared, 1));
}
static void runPixels(void *data) {
  const tensorCopy *copy = data;
  emulator_complete(copy->barrier, copyPixels(&copy->map, copy->at,
                                              copy->offsets, copy->shared));
}
static void runStore(void *data) {
  const tensorCopy *copy = data;
  copyBox(&copy->map, copy->at, copy->shared, 0);
}

/* What is in the place is no longer there. */
static void begin(void (*run)(void *), const tensorCopy *copy, unsigned count) {
  memset(copy->shared, 0xff, (size_t)count * copy->map.elementBytes);
  emulator_begin_load(run, copy, sizeof(*copy));
}

static void load(unsigned char *shared, void *barrier, const void *map,
                 const int *at) {
  tensorCopy copy = describe(shared, barrier, map, at, NULL);
  unsigned count = 1;
  for (unsigned d = 0; d < copy.map.rank; ++d)
    count *= copy.map.box[d];
  begin(runBox, &copy, count);
}

static void loadPixels(unsigned char *shared, void *barrier, const void *map,
                       const int *at, const int *offsets) {
  tensorCopy copy = describe(shared, barrier, map, at, offsets);
  begin(runPixels, &copy, (unsigned)copy.map.box[0] * copy.map.box[1]);
}

static void store(unsigned char *shared, const void *map, const int *at) {
  tensorCopy copy = describe(shared, NULL, map, at, NULL);
  emulator_begin(PENDING_STORE, runStore, &copy, sizeof(copy));
}

/* void(shared, barrier, map, coordinates..., multicast mask, cache hint, has
   mask, has hint, group) */
#define LOAD(rank, parameters, ...)                                            \
  void emulate_cp_async_bulk_tensor_g2s_tile_##rank##d(                        \
      unsigned char *shared, void *barrier, const void *map, parameters,       \
      short mask, int64_t hint, _Bool hasMask, _Bool hasHint, int group) {     \
    (void)mask, (void)hint, (void)hasMask, (void)hasHint, (void)group;         \
    int at[] = {__VA_ARGS__};                                                  \
    load(shared, barrier, map, at);                                            \
  }
#define STORE(rank, parameters, ...)                                           \
  void emulate_cp_async_bulk_tensor_s2g_tile_##rank##d(                        \
      unsigned char *shared, const void *map, parameters, int64_t hint,        \
      _Bool hasHint) {                                                         \
    (void)hint, (void)hasHint;                                                 \
    int at[] = {__VA_ARGS__};                                                  \
    store(shared, map, at);                                                    \
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

#define WINDOW(rank, parameters, moves, at_, ...)                              \
  void emulate_cp_async_bulk_tensor_g2s_im2col_##rank##d(                      \
      unsigned char *shared, void *barrier, const void *map, parameters,       \
      moves, short mask, int64_t hint, _Bool hasMask, _Bool hasHint,           \
      int group) {                                                             \
    (void)mask, (void)hint, (void)hasMask, (void)hasHint, (void)group;         \
    int at[] = {at_};                                                          \
    int offsets[] = {__VA_ARGS__};                                             \
    loadPixels(shared, barrier, map, at, offsets);                             \
  }
WINDOW(3, LIST(int a, int b, int c), short x, LIST(a, b, c), x)
WINDOW(4, LIST(int a, int b, int c, int d), LIST(short x, short y),
       LIST(a, b, c, d), x, y)
WINDOW(5, LIST(int a, int b, int c, int d, int e),
       LIST(short x, short y, short z), LIST(a, b, c, d, e), x, y, z)

void emulate_cp_async_bulk_commit_group(void) {
  emulator_commit(PENDING_STORE);
}
void emulate_cp_async_bulk_wait_group(int count) {
  emulator_finish(PENDING_STORE, count);
}
/* The rest of it is seen when the kernel is over: nobody can tell. */
void emulate_cp_async_bulk_wait_group_read(int count) {
  emulator_finish(PENDING_STORE, count);
}
void emulate_prefetch_tensormap(const void *map) { (void)map; }
