//===- Warpgroups.c - Products of four warps, barriers in memory ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Assembly.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

//===----------------------------------------------------------------------===//
// Barriers in shared memory (mbarrier)
//===----------------------------------------------------------------------===//

/* In the eight bytes that a program has for one. */
typedef struct {
  int32_t bytes;         /* expected and not there yet */
  uint32_t pending : 12; /* threads that have not arrived */
  uint32_t count : 12, phase : 1;
} memoryBarrier;

static void finish(memoryBarrier *barrier) {
  ++emulator_now.progress;
  if (barrier->pending || barrier->bytes)
    return;
  barrier->phase ^= 1;
  barrier->pending = barrier->count;
}

static void arrive(memoryBarrier *barrier) {
  if (!barrier->pending) {
    fprintf(stderr, "graphc emulator: too many threads arrive at a barrier\n");
    abort();
  }
  --barrier->pending;
  finish(barrier);
}

void emulate_mbarrier_init_shared(void *place, int count) {
  memoryBarrier barrier = {0, (uint32_t)count, (uint32_t)count, 0};
  memcpy(place, &barrier, sizeof(barrier));
}
int64_t emulate_mbarrier_arrive_shared(void *barrier) {
  arrive(barrier);
  return 0;
}
int64_t emulate_mbarrier_arrive_scope_cta_space_cta(void *barrier, int count) {
  while (count-- > 0)
    arrive(barrier);
  return 0;
}
int64_t emulate_mbarrier_arrive_expect_tx_scope_cta_space_cta(void *place,
                                                              int bytes) {
  ((memoryBarrier *)place)->bytes += bytes;
  arrive(place);
  return 0;
}
void emulator_complete(void *place, int bytes) {
  memoryBarrier *barrier = place;
  barrier->bytes -= bytes;
  finish(barrier);
}
void emulator_wait_parity(void *place, int parity) {
  const memoryBarrier *barrier = place;
  while (barrier->phase == (uint32_t)(parity & 1))
    emulator_yield();
}

/* Everything is in order here. */
void emulate_fence_mbarrier_init_release_cluster(void) {}
void emulate_fence_proxy_async_shared_cta(void) {}
void emulate_wgmma_fence_sync_aligned(void) {}
void emulate_wgmma_commit_group_sync_aligned(void) {
  emulator_commit(PENDING_PRODUCT);
}
void emulate_wgmma_wait_group_sync_aligned(int64_t groups) {
  emulator_wait_for_products((int)groups, NULL, 0);
}
void emulate_setmaxnreg_inc_sync_aligned_u32(int count) { (void)count; }
void emulate_setmaxnreg_dec_sync_aligned_u32(int count) { (void)count; }

//===----------------------------------------------------------------------===//
// Products (wgmma)
//===----------------------------------------------------------------------===//

typedef struct {
  char name[8];
  int bytes;
} elementType;

static const elementType types[] = {
    {"bf16", 2}, {"f16", 2}, {"tf32", 4}, {"e4m3", 1}, {"e5m2", 1}};

static float small(unsigned bits, int exponentBits, int bias, int hasInfinity) {
  int mantissaBits = 7 - exponentBits;
  int exponent = (int)(bits >> mantissaBits) & ((1 << exponentBits) - 1);
  int mantissa = (int)bits & ((1 << mantissaBits) - 1);
  float sign = bits & 0x80 ? -1.0f : 1.0f;
  if (hasInfinity && exponent == (1 << exponentBits) - 1)
    return mantissa ? NAN : sign * INFINITY;
  if (!hasInfinity && (bits & 0x7f) == 0x7f)
    return NAN;
  float value = exponent ? ldexpf((float)((1 << mantissaBits) + mantissa),
                                  exponent - bias - mantissaBits)
                         : ldexpf((float)mantissa, 1 - bias - mantissaBits);
  return sign * value;
}

static float read(const unsigned char *at, const elementType *type) {
  uint32_t bits = 0;
  memcpy(&bits, at, (size_t)type->bytes);
  float value;
  if (type == &types[0])
    bits <<= 16;
  else if (type == &types[2])
    bits &= ~0x1fffu; /* the others are not looked at */
  else if (type == &types[1]) {
    _Float16 half;
    memcpy(&half, at, sizeof(half));
    return (float)half;
  } else
    return type == &types[3] ? small(bits, 4, 7, 0) : small(bits, 5, 15, 1);
  memcpy(&value, &bits, sizeof(value));
  return value;
}

/* A matrix in shared memory, as its descriptor has it. */
typedef struct {
  uint64_t start, leading, stride;
  unsigned pitch; /* bytes of a line that is permuted as a whole */
  int isTransposed;
  const elementType *type;
} operandMatrix;

static operandMatrix describe(const void *descriptor, int isTransposed,
                              const elementType *type) {
  uint64_t bits;
  memcpy(&bits, descriptor, sizeof(bits));
  operandMatrix matrix = {(bits & 0x3fff) << 4,
                          (bits >> 16 & 0x3fff) << 4,
                          (bits >> 32 & 0x3fff) << 4,
                          0,
                          isTransposed,
                          type};
  static const unsigned pitches[] = {16, 128, 64, 32};
  matrix.pitch = pitches[bits >> 62];
  return matrix;
}

/* Element `k` of line `line`, a row of the first or a column of the second. */
static float element(const operandMatrix *matrix, unsigned line, unsigned k) {
  unsigned size = (unsigned)matrix->type->bytes;
  unsigned wide = matrix->pitch / size;
  uint64_t at = matrix->start;
  if (matrix->isTransposed)
    at += line / wide * matrix->leading + k / 8 * matrix->stride +
          k % 8 * matrix->pitch + line % wide * size;
  else
    at += line / 8 * matrix->stride + line % 8 * matrix->pitch + k * size;
  return read(emulator_shared + emulator_swizzle(at & 0x3ffff, matrix->pitch),
              matrix->type);
}

uint64_t emulator_swizzle(uint64_t address, unsigned pitch) {
  /* Descriptors hold the lower bits of addresses, and boxes are aligned. */
  uint64_t base = (uint64_t)(uintptr_t)emulator_shared;
  address = (address - base) & 0x3ffff;
  return address ^ (address >> 7 & (pitch / 16 - 1)) << 4;
}

static const elementType *findType(const char **at) {
  for (size_t i = 0; i < sizeof(types) / sizeof(*types); ++i) {
    size_t length = strlen(types[i].name);
    if (!strncmp(*at, types[i].name, length)) {
      *at += length;
      return &types[i];
    }
  }
  return NULL;
}

/* The first operand of a thread in its registers: rows l/4 and l/4+8 of the
   warp, in pieces of four bytes. */
static void readRegisters(const emulator_operand *operand, void *const *values,
                          const elementType *type, float rows[2][32]) {
  unsigned lane = emulator_now.current % WARP,
           each = 4u / (unsigned)type->bytes;
  for (unsigned half = 0; half < 2; ++half)
    for (unsigned k = 0; k < 8 * each; ++k)
      rows[half][k] = NAN; /* known to other lanes only */
  for (int i = 0; i < operand->count; ++i) {
    const unsigned char *piece = values[operand->first + i];
    for (unsigned e = 0; e < each; ++e)
      rows[i % 2][(unsigned)(i / 2) * 4 * each + lane % 4 * each + e] =
          read(piece + e * (unsigned)type->bytes, type);
  }
}

/* Lanes of four share a row; each has a quarter of it. */
static _Thread_local float sharedRows[MAX_THREADS][2][32];

static void shareRows(float rows[2][32], unsigned depth) {
  unsigned current = emulator_now.current;
  memcpy(sharedRows[current], rows, sizeof(sharedRows[current]));
  emulator_wait_for_warp();
  for (unsigned half = 0; half < 2; ++half)
    for (unsigned k = 0; k < depth; ++k)
      for (unsigned l = 0; l < 4; ++l) {
        float value = sharedRows[current / 4 * 4 + l][half][k];
        /* A quarter has a value, perhaps NaN, the others NaN. */
        if (k / (depth / 8) % 4 == l)
          rows[half][k] = value;
      }
  emulator_wait_for_warp();
}

/* wgmma.mma_async.sync.aligned.m64nNkK.f32.A.B {sums}, first, second, p, 1, 1,
   transposes */
int emulator_wgmma(const emulator_instruction *instruction,
                   void *const *values) {
  unsigned columns, depth;
  int length = 0;
  const char *at = strstr(instruction->mnemonic, ".m64n");
  if (!at || sscanf(at, ".m64n%uk%u.f32.%n", &columns, &depth, &length) != 2 ||
      !length)
    return 0;
  at += length;
  const elementType *first = findType(&at);
  at += *at == '.';
  const elementType *second = findType(&at);
  if (!first || !second || depth != 32u / (unsigned)first->bytes)
    return 0;
  const emulator_operand *operands = instruction->operands;
  int inRegisters = operands[1].count > 1;
  int last = instruction->numOperands - 1;
  int hasLayouts = last >= 6 - inRegisters;
  int keeps = emulator_number(&operands[3], values);
  float signs = (float)(emulator_number(&operands[4], values) *
                        emulator_number(&operands[5], values));
  unsigned thread = emulator_now.current % 128, lane = thread % WARP;
  float rows[2][32];
  if (inRegisters) {
    readRegisters(&operands[1], values, first, rows);
    shareRows(rows, depth);
  } else {
    operandMatrix matrix =
        describe(values[operands[1].first],
                 hasLayouts ? emulator_number(&operands[6], values) : 0, first);
    for (unsigned half = 0; half < 2; ++half)
      for (unsigned k = 0; k < depth; ++k)
        rows[half][k] =
            element(&matrix, thread / WARP * 16 + lane / 4 + 8 * half, k);
  }
  operandMatrix matrix = describe(
      values[operands[2].first],
      hasLayouts ? emulator_number(&operands[last], values) : 0, second);
  for (unsigned c = 0; c < columns / 4; ++c) {
    unsigned column = c / 2 * 8 + lane % 4 * 2 + c % 2;
    float line[32];
    for (unsigned k = 0; k < depth; ++k)
      line[k] = element(&matrix, column, k);
    for (unsigned half = 0; half < 2; ++half) {
      float *sum =
          values[operands[0].first + (int)(c / 2 * 4 + half * 2 + c % 2)];
      float total = keeps ? *sum : 0;
      for (unsigned k = 0; k < depth; ++k)
        total += signs * rows[half][k] * line[k];
      *sum = total;
    }
  }
  return 1;
}
