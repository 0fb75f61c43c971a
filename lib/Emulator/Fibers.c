//===- Fibers.c - The threads of a block ----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { STACK = 128 << 10 };

_Thread_local emulator_block emulator_now;
_Thread_local emulator_barrier emulator_named[MAX_BARRIERS];
_Thread_local emulator_barrier emulator_warps[MAX_THREADS / WARP];
_Thread_local emulator_barrier emulator_warpgroups[MAX_THREADS / WARPGROUP];

_Thread_local _Alignas(1024) unsigned char emulator_shared[EMULATOR_SHARED];

static _Thread_local ucontext_t scheduler, fibers[MAX_THREADS];
static _Thread_local char *stacks[MAX_THREADS];
static _Thread_local char isDone[MAX_THREADS];
static _Thread_local void (*kernelNow)(void **);
static _Thread_local void **parametersNow;

void emulator_yield(void) {
  swapcontext(&fibers[emulator_now.current], &scheduler);
}

void emulator_arrive(emulator_barrier *barrier, unsigned count) {
  if (++barrier->arrived < count)
    return;
  barrier->arrived = 0;
  ++barrier->phase;
  ++emulator_now.progress;
}

void emulator_wait(emulator_barrier *barrier, unsigned count) {
  unsigned phase = barrier->phase;
  emulator_arrive(barrier, count);
  while (barrier->phase == phase)
    emulator_yield();
}

static void runFiber(void) {
  kernelNow(parametersNow);
  isDone[emulator_now.current] = 1;
  ++emulator_now.progress;
  emulator_yield();
}

static int startFiber(unsigned index) {
  if (!stacks[index])
    stacks[index] = malloc(STACK);
  if (!stacks[index] || getcontext(&fibers[index]))
    return 0;
  isDone[index] = 0;
  fibers[index].uc_stack.ss_sp = stacks[index];
  fibers[index].uc_stack.ss_size = STACK;
  fibers[index].uc_link = NULL;
  makecontext(&fibers[index], runFiber, 0);
  return 1;
}

/* Nothing is to rely on what memory holds, nor to write behind what it has. */
enum { GUARD = 1024 };

static unsigned guardOf(unsigned shared) {
  return shared + GUARD < EMULATOR_SHARED ? GUARD : EMULATOR_SHARED - shared;
}
static int isGuardWhole(unsigned shared) {
  for (unsigned i = 0; i < guardOf(shared); ++i)
    if (emulator_shared[shared + i] != 0xff)
      return 0;
  return 1;
}

int emulator_run_block(void (*kernel)(void **), void **parameters,
                       int usesBarriers, unsigned shared) {
  emulator_block *now = &emulator_now;
  if (!usesBarriers) {
    for (now->current = 0; now->current < now->numThreads; ++now->current)
      kernel(parameters);
    return 1;
  }
  kernelNow = kernel;
  parametersNow = parameters;
  memset(emulator_named, 0, sizeof(emulator_named));
  memset(emulator_warps, 0, sizeof(emulator_warps));
  memset(emulator_warpgroups, 0, sizeof(emulator_warpgroups));
  memset(emulator_shared, 0xff, shared + guardOf(shared));
  emulator_begin_pending();
  emulator_begin_sums();
  for (unsigned i = 0; i < now->numThreads; ++i)
    if (!startFiber(i))
      return 0;
  unsigned left = now->numThreads;
  int isBackward =
      (now->blockIndex.x + now->blockIndex.y + now->blockIndex.z) & 1;
  while (left) {
    unsigned long before = now->progress;
    for (unsigned turn = 0; turn < now->numThreads; ++turn) {
      unsigned i = isBackward ? now->numThreads - 1 - turn : turn;
      if (isDone[i])
        continue;
      now->current = i;
      swapcontext(&scheduler, &fibers[i]);
      left -= (unsigned)isDone[i];
    }
    if (left && now->progress == before && !emulator_finish_load())
      return 0;
  }
  if (isGuardWhole(shared))
    return 1;
  fprintf(stderr,
          "graphc emulator: a kernel writes behind its %u bytes of shared "
          "memory\n",
          shared);
  abort();
}
