//===- Mma.c - Tensor cores and copies to shared memory -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where the elements of fragments are is said in lib/Target/NVPTX/Mma.h.
// Several results come back through the first argument.
//
//===----------------------------------------------------------------------===//

#include "Assembly.h"

#include <math.h>
#include <string.h>

static unsigned lane(void) { return emulator_now.current % WARP; }
static unsigned firstOfWarp(void) { return emulator_now.current / WARP * WARP; }

//===----------------------------------------------------------------------===//
// ldmatrix
//===----------------------------------------------------------------------===//

static void loadMatrices(uint32_t *words, const unsigned char *line,
                         unsigned count, int isTransposed) {
  static _Thread_local const unsigned char *lines[MAX_THREADS];
  unsigned g = lane() / 4, t = lane() % 4;
  if (lane() < 8 * count) /* others give no line */
    emulator_check_aligned(line, 16);
  lines[emulator_now.current] = line;
  emulator_wait_for_warp();
  for (unsigned i = 0; i < count; ++i) {
    const unsigned char **matrix = &lines[firstOfWarp() + 8 * i];
    unsigned char *word = (unsigned char *)&words[i];
    if (isTransposed) {
      memcpy(word, matrix[2 * t] + 2 * g, 2);
      memcpy(word + 2, matrix[2 * t + 1] + 2 * g, 2);
    } else {
      memcpy(word, matrix[g] + 4 * t, 4);
    }
  }
  emulator_wait_for_warp();
}

int emulate_ldmatrix_sync_aligned_m8n8_x1_b16_p3(const unsigned char *line) {
  uint32_t word;
  loadMatrices(&word, line, 1, 0);
  return (int)word;
}
int emulate_ldmatrix_sync_aligned_m8n8_x1_trans_b16_p3(
    const unsigned char *line) {
  uint32_t word;
  loadMatrices(&word, line, 1, 1);
  return (int)word;
}
void emulate_ldmatrix_sync_aligned_m8n8_x2_b16_p3(uint32_t *words,
                                                  const unsigned char *line) {
  loadMatrices(words, line, 2, 0);
}
void emulate_ldmatrix_sync_aligned_m8n8_x2_trans_b16_p3(
    uint32_t *words, const unsigned char *line) {
  loadMatrices(words, line, 2, 1);
}
void emulate_ldmatrix_sync_aligned_m8n8_x4_b16_p3(uint32_t *words,
                                                  const unsigned char *line) {
  loadMatrices(words, line, 4, 0);
}
void emulate_ldmatrix_sync_aligned_m8n8_x4_trans_b16_p3(
    uint32_t *words, const unsigned char *line) {
  loadMatrices(words, line, 4, 1);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/* A float of any format with a sign, subnormals, and at most one code that is
   no number. */
static float decode(uint32_t code, int exponentBits, int mantissaBits) {
  uint32_t sign = code >> (exponentBits + mantissaBits) & 1;
  int exponent = (int)(code >> mantissaBits) & ((1 << exponentBits) - 1);
  int mantissa = (int)code & ((1 << mantissaBits) - 1);
  int bias = (1 << (exponentBits - 1)) - 1;
  int hasInfinity = exponentBits != 4; /* e4m3 has none, but one NaN */
  float value;
  if (hasInfinity && exponent == (1 << exponentBits) - 1)
    value = mantissa ? NAN : INFINITY;
  else if (!hasInfinity && exponent == 15 && mantissa == 7)
    value = NAN;
  else if (!exponent)
    value = ldexpf((float)mantissa, 1 - bias - mantissaBits);
  else
    value = ldexpf((float)(mantissa + (1 << mantissaBits)),
                   exponent - bias - mantissaBits);
  return sign ? -value : value;
}

static float asFloat(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}
static float readF16(const uint32_t *words, unsigned i) {
  return decode(words[i / 2] >> (i % 2 * 16) & 0xffff, 5, 10);
}
static float readBF16(const uint32_t *words, unsigned i) {
  return asFloat(words[i / 2] >> (i % 2 * 16) << 16);
}
/* The hardware reads 19 bits. */
static float readTF32(const uint32_t *words, unsigned i) {
  return asFloat(words[i] & ~0x1fffu);
}
static float readE4M3(const uint32_t *words, unsigned i) {
  return decode(words[i / 4] >> (i % 4 * 8) & 0xff, 4, 3);
}
static float readE5M2(const uint32_t *words, unsigned i) {
  return decode(words[i / 4] >> (i % 4 * 8) & 0xff, 5, 2);
}

/* The nearest; ties go away from zero. */
int emulate_f2tf32_rna(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return (int)(isfinite(value) ? (bits + 0x1000) & ~0x1fffu : bits);
}

int emulator_round_tf32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return (int)(isfinite(value) ? (bits + 0xfff + (bits >> 13 & 1)) & ~0x1fffu
                               : bits);
}

//===----------------------------------------------------------------------===//
// mma
//===----------------------------------------------------------------------===//

enum { LINE_WORDS = 8 }; /* two pieces */
typedef float (*reader)(const uint32_t *words, unsigned i);

static void multiply(float *sums, const uint32_t *a, const uint32_t *b,
                     const float *c, reader read, unsigned perWord) {
  static _Thread_local uint32_t rows[MAX_THREADS / WARP][16][LINE_WORDS],
      columns[MAX_THREADS / WARP][8][LINE_WORDS];
  unsigned warp = emulator_now.current / WARP, g = lane() / 4, t = lane() % 4;
  for (unsigned piece = 0; piece < 2; ++piece) {
    rows[warp][g][4 * piece + t] = a[2 * piece];
    rows[warp][g + 8][4 * piece + t] = a[2 * piece + 1];
    columns[warp][g][4 * piece + t] = b[piece];
  }
  emulator_wait_for_warp();
  for (unsigned i = 0; i < 4; ++i) {
    const uint32_t *row = rows[warp][g + i / 2 * 8];
    const uint32_t *column = columns[warp][2 * t + i % 2];
    float sum = 0;
    for (unsigned k = 0; k < LINE_WORDS * perWord; ++k)
      sum += read(row, k) * read(column, k);
    sums[i] = c[i] + sum;
  }
  emulator_wait_for_warp();
}

#define MMA(NAME, READ, PER_WORD)                                              \
  void emulate_mma_##NAME(float *sums, uint32_t a0, uint32_t a1, uint32_t a2,  \
                          uint32_t a3, uint32_t b0, uint32_t b1, float c0,     \
                          float c1, float c2, float c3) {                      \
    const uint32_t a[] = {a0, a1, a2, a3}, b[] = {b0, b1};                     \
    const float c[] = {c0, c1, c2, c3};                                        \
    multiply(sums, a, b, c, READ, PER_WORD);                                   \
  }
MMA(m16n8k16_row_col_f32_f32, readF16, 2)
MMA(m16n8k16_row_col_bf16, readBF16, 2)
MMA(m16n8k8_row_col_tf32, readTF32, 1)
MMA(m16n8k32_row_col_f32_e4m3_e4m3_f32, readE4M3, 4)
MMA(m16n8k32_row_col_f32_e5m2_e5m2_f32, readE5M2, 4)

//===----------------------------------------------------------------------===//
// cp.async
//===----------------------------------------------------------------------===//

typedef struct {
  unsigned char *to;
  const unsigned char *from;
  int bytes, valid;
} sharedCopy;

static void runCopy(void *data) {
  const sharedCopy *copy = data;
  if (copy->valid > 0)
    memcpy(copy->to, copy->from, (size_t)copy->valid);
  memset(copy->to + copy->valid, 0, (size_t)(copy->bytes - copy->valid));
}

void emulator_copy(unsigned char *to, const unsigned char *from, int bytes,
                   int valid) {
  sharedCopy begun = {to, from, bytes, valid};
  emulator_check_aligned(to, (unsigned)bytes);
  if (valid > 0)
    emulator_check_aligned(from, (unsigned)bytes);
  memset(to, 0xff, (size_t)bytes);
  emulator_begin(PENDING_COPY, runCopy, &begun, sizeof(begun));
}

#define COPY(CACHE, BYTES)                                                     \
  void emulate_cp_async_##CACHE##_shared_global_##BYTES(                       \
      unsigned char *to, const unsigned char *from) {                          \
    emulator_copy(to, from, BYTES, BYTES);                                     \
  }                                                                            \
  void emulate_cp_async_##CACHE##_shared_global_##BYTES##_s(                   \
      unsigned char *to, const unsigned char *from, int valid) {               \
    emulator_copy(to, from, BYTES, valid);                                     \
  }
COPY(ca, 4)
COPY(ca, 8)
COPY(cg, 16)
void emulate_cp_async_commit_group(void) { emulator_commit(PENDING_COPY); }
void emulate_cp_async_wait_group(int groups) {
  emulator_finish(PENDING_COPY, groups);
}
void emulate_cp_async_wait_all(void) { emulator_finish_all(PENDING_COPY); }
