//===- Fibers.c - The threads of a block ----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#define _GNU_SOURCE 1 /* SA_NODEFER, sigaction */

#include "Driver.h"
#include "Emulator.h"

#include <setjmp.h>
#include <signal.h>
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
_Thread_local _Alignas(2048) unsigned char emulator_own[EMULATOR_OWN];

static _Thread_local ucontext_t scheduler, fibers[MAX_THREADS];
static _Thread_local char *stacks[MAX_THREADS];
static _Thread_local char isDone[MAX_THREADS];
static _Thread_local void (*kernelNow)(void **);
static _Thread_local void **parametersNow;
static _Thread_local jmp_buf endOfPlain;
static _Thread_local int isPlain;

//===----------------------------------------------------------------------===//
// Threads that fail
//===----------------------------------------------------------------------===//

void emulator_fail(int error, const char *what, const void *address) {
  emulator_block *now = &emulator_now;
  const emulator_size *block = &now->blockIndex;
  fprintf(stderr,
          "graphc emulator: %s: thread %u of block %u, %u, %u: %s (%p)\n",
          now->kernel ? now->kernel : "a kernel", now->current, block->x,
          block->y, block->z, what, address);
  now->error = error;
  if (isPlain)
    longjmp(endOfPlain, 1);
  setcontext(&scheduler);
  abort();
}

EXPORT void emulator_misaligned(const void *address, int bytes) {
  char text[80];
  snprintf(text, sizeof(text), "an access of %d bytes that are not aligned",
           bytes);
  emulator_fail(MISALIGNED_ADDRESS, text, address);
}

void emulator_check_aligned(const void *address, unsigned bytes) {
  if ((uintptr_t)address % bytes)
    emulator_misaligned(address, (int)bytes);
}

static struct sigaction before;

static void onFault(int number, siginfo_t *info, void *context) {
  (void)context;
  if (emulator_now.kernel)
    emulator_fail(ILLEGAL_ADDRESS, "an access where no memory is",
                  info->si_addr);
  sigaction(number, &before, NULL); /* comes again */
}

void emulator_watch_accesses(void) {
  static int isDone;
  struct sigaction action = {.sa_sigaction = onFault,
                             .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigemptyset(&action.sa_mask);
  if (!__atomic_exchange_n(&isDone, 1, __ATOMIC_ACQ_REL))
    sigaction(SIGSEGV, &action, &before);
}

//===----------------------------------------------------------------------===//
// Waiting
//===----------------------------------------------------------------------===//

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
  emulator_leave_cluster();
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

void emulator_free_fibers(void) {
  for (unsigned i = 0; i < MAX_THREADS; ++i)
    free(stacks[i]);
}

/* Nothing is to rely on what memory holds, nor to write behind what it has. */
enum { GUARD = 1024 };

static unsigned guardOf(unsigned shared) {
  return shared + GUARD < EMULATOR_SHARED ? GUARD : EMULATOR_SHARED - shared;
}
static int isUnwritten(const unsigned char *from, const unsigned char *to) {
  while (from < to && *from == 0xff)
    ++from;
  return from == to;
}

/* Behind all parts of emulator_own. */
static unsigned endOfOwn(void) {
  const int32_t *parts = emulator_now.parts;
  unsigned end = 0;
  for (int32_t i = 0; parts && i < parts[0]; ++i)
    end = (unsigned)(parts[1 + 2 * i] + parts[2 + 2 * i]);
  return end ? end + EMULATOR_GAP : 0;
}

static int isGapWhole(void) {
  const int32_t *parts = emulator_now.parts;
  const unsigned char *from = emulator_own;
  int isWhole = 1;
  for (int32_t i = 0; parts && i < parts[0]; ++i) {
    const unsigned char *part = emulator_own + parts[1 + 2 * i];
    isWhole &= isUnwritten(from, part);
    from = part + parts[2 + 2 * i];
  }
  return isWhole && isUnwritten(from, emulator_own + endOfOwn());
}

static void beginBlock(unsigned shared) {
  memset(emulator_named, 0, sizeof(emulator_named));
  memset(emulator_warps, 0, sizeof(emulator_warps));
  memset(emulator_warpgroups, 0, sizeof(emulator_warpgroups));
  memset(emulator_shared, 0xff, shared + guardOf(shared));
  memset(emulator_own, 0xff, endOfOwn());
  emulator_begin_pending();
  emulator_begin_sums();
}

static void endBlock(unsigned shared) {
  const unsigned char *end = emulator_shared + shared;
  int isGuardWhole = isUnwritten(end, end + guardOf(shared));
  if (isGuardWhole && isGapWhole())
    return;
  const char *name = emulator_now.kernel ? emulator_now.kernel : "a kernel";
  if (isGuardWhole)
    fprintf(stderr, "graphc emulator: %s writes beside its own shared memory\n",
            name);
  else
    fprintf(stderr,
            "graphc emulator: %s writes behind its %u bytes of shared memory\n",
            name, shared);
  abort();
}

/* `turn` in the order in which the threads of the block run. */
static unsigned threadAt(unsigned turn, int isBackward) {
  return isBackward ? emulator_now.numThreads - 1 - turn : turn;
}

static int runPlain(void (*kernel)(void **), void **parameters) {
  emulator_block *now = &emulator_now;
  int hasFailed = 1;
  isPlain = 1;
  if (!setjmp(endOfPlain)) {
    for (unsigned turn = 0; turn < now->numThreads; ++turn) {
      now->current = threadAt(turn, now->isReversed);
      kernel(parameters);
    }
    hasFailed = 0;
  }
  isPlain = 0;
  return !hasFailed;
}

int emulator_run_block(void (*kernel)(void **), void **parameters,
                       int usesBarriers, unsigned shared) {
  emulator_block *now = &emulator_now;
  now->error = 0;
  if (!usesBarriers)
    return runPlain(kernel, parameters);
  kernelNow = kernel;
  parametersNow = parameters;
  beginBlock(shared);
  for (unsigned i = 0; i < now->numThreads; ++i)
    if (!startFiber(i))
      return 0;
  unsigned left = now->numThreads;
  const emulator_size *block = &now->blockIndex;
  int isBackward = ((block->x + block->y + block->z) & 1) != now->isReversed;
  while (left) {
    unsigned long before = now->progress;
    for (unsigned turn = 0; turn < now->numThreads; ++turn) {
      unsigned i = threadAt(turn, isBackward);
      if (isDone[i])
        continue;
      now->current = i;
      swapcontext(&scheduler, &fibers[i]);
      if (now->error)
        return 0;
      left -= (unsigned)isDone[i];
    }
    if (left && now->progress == before && !emulator_finish_load() &&
        !emulator_await_cluster())
      return 0;
  }
  endBlock(shared);
  return 1;
}
