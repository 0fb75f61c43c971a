//===- Sums.c - Products that are under way -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The sums of a product (wgmma) are in registers that nobody may look at before
// a wait has named them. Until then the program holds tokens, numbers that are
// none and say which of a thread's cells has the sum. Another product may take
// a token: it goes on in that cell. The product itself, with its reads of
// shared memory, is done at the wait.
//
//===----------------------------------------------------------------------===//

#include "Assembly.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUM_CELLS = 8192, MAX_SUMS = 128, MAX_OTHERS = 16 };
static const uint32_t tokenBits = 0xffe50000, tokenMask = 0xffff0000;

typedef struct {
  float sums[NUM_CELLS];
  unsigned char isOut[NUM_CELLS];     /* a token of it is about */
  unsigned char numWrites[NUM_CELLS]; /* of products that are not done */
  unsigned next, used; /* the cells behind have not been looked at */
} cells;

static _Thread_local cells *allCells[MAX_THREADS];

static cells *current(void) {
  cells **mine = &allCells[emulator_now.current];
  if (!*mine && !(*mine = calloc(1, sizeof(cells))))
    abort();
  return *mine;
}

void emulator_begin_sums(void) {
  for (unsigned i = 0; i < emulator_now.numThreads; ++i) {
    cells *mine = allCells[i];
    if (!mine)
      continue;
    memset(mine->isOut, 0, mine->used);
    mine->next = mine->used = 0;
  }
}

void emulator_free_sums(void) {
  for (unsigned i = 0; i < MAX_THREADS; ++i)
    free(allCells[i]);
}

static int isToken(const void *value, unsigned *cell) {
  uint32_t bits;
  memcpy(&bits, value, sizeof(bits));
  *cell = bits & ~tokenMask;
  return (bits & tokenMask) == tokenBits && *cell < NUM_CELLS;
}

static unsigned allocate(cells *mine) {
  for (unsigned tries = 0; tries < NUM_CELLS; ++tries) {
    unsigned cell = mine->next;
    mine->next = (cell + 1) % NUM_CELLS;
    if (mine->isOut[cell])
      continue;
    if (mine->used <= cell)
      mine->used = cell + 1;
    mine->isOut[cell] = 1;
    mine->numWrites[cell] = 0;
    return cell;
  }
  fprintf(stderr, "graphc emulator: sums of products that no wait names\n");
  abort();
}

/* The sums' cells, and what else the product was given. */
typedef struct {
  const char *text;
  int numSums, firstSum;
  uint16_t sums[MAX_SUMS];
  int numOthers, others[MAX_OTHERS]; /* their numbers */
  uint64_t values[MAX_OTHERS];
} product;

static void runProduct(void *data) {
  product *work = data;
  cells *mine = current();
  emulator_instruction instruction;
  void *values[4 * MAX_SUMS];
  emulator_parse(work->text, "wgmma.mma_async", &instruction);
  for (int i = 0; i < work->numSums; ++i)
    values[work->firstSum + i] = &mine->sums[work->sums[i]];
  for (int i = 0; i < work->numOthers; ++i)
    values[work->others[i]] = &work->values[i];
  if (!emulator_wgmma(&instruction, values)) {
    fprintf(stderr, "graphc emulator: unknown instruction: %s\n", work->text);
    abort();
  }
  for (int i = 0; i < work->numSums; ++i)
    --mine->numWrites[work->sums[i]];
}

/* Descriptors fill 64 bits, pieces of the first operand and numbers 32. */
static void addOther(product *work, const emulator_operand *operand, int bytes,
                     void *const *values) {
  for (int i = 0; i < operand->count; ++i) {
    if (work->numOthers == MAX_OTHERS)
      abort();
    work->others[work->numOthers] = operand->first + i;
    memcpy(&work->values[work->numOthers++], values[operand->first + i],
           (size_t)bytes);
  }
}

void emulator_begin_product(const char *text,
                            const emulator_instruction *instruction,
                            void *const *values) {
  cells *mine = current();
  const emulator_operand *operands = instruction->operands;
  product work = {.text = text,
                  .numSums = operands[0].count,
                  .firstSum = operands[0].first};
  int inRegisters = operands[1].count > 1;
  for (int i = 1; i < instruction->numOperands; ++i)
    addOther(&work, &operands[i],
             i == 2 || (i == 1 && !inRegisters) ? sizeof(uint64_t)
                                                : sizeof(uint32_t),
             values);
  int keeps = emulator_number(&operands[3], values);
  for (int i = 0; i < work.numSums; ++i) {
    void *slot = values[work.firstSum + i];
    unsigned cell;
    if (!keeps || !isToken(slot, &cell) || !mine->isOut[cell]) {
      cell = allocate(mine);
      memcpy(&mine->sums[cell], slot, sizeof(float));
    }
    work.sums[i] = (uint16_t)cell;
    ++mine->numWrites[cell];
    uint32_t token = tokenBits | cell;
    memcpy(slot, &token, sizeof(token));
  }
  emulator_begin(PENDING_PRODUCT, runProduct, &work, sizeof(work));
}

void emulator_wait_for_products(int groups, void *const *values, int count) {
  cells *mine = current();
  emulator_finish(PENDING_PRODUCT, groups);
  /* Others of the warpgroup may still have to read shared memory. */
  emulator_wait_for_warpgroup();
  for (int i = 0; i < count; ++i) {
    unsigned cell;
    if (!isToken(values[i], &cell) || mine->numWrites[cell])
      continue;
    memcpy(values[i], &mine->sums[cell], sizeof(float));
    mine->isOut[cell] = 0;
  }
}
