//===- Pending.c - Work that is done when it is waited for ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A GPU may do asynchronous work any time between its instruction and the wait
// for it. Here it is done as late as allowed, and its place is made unusable at
// the beginning: who does not wait, or uses the place again too early, reads
// what is no number. What nobody waits for is never done.
//
//===----------------------------------------------------------------------===//

#include "Emulator.h"

#include <stdlib.h>
#include <string.h>

typedef struct work {
  struct work *next;
  unsigned group;
  void (*run)(void *data);
  _Alignas(16) unsigned char data[];
} work;

typedef struct {
  work *first, **end;
  unsigned numGroups; /* that were closed */
} queue;

static _Thread_local queue queues[MAX_THREADS][NUM_PENDING];
/* Loads of the copy engine belong to the block: any thread may wait for them.
 */
static _Thread_local queue loads;

static void push(queue *into, void (*run)(void *), const void *data,
                 size_t size) {
  work *made = malloc(sizeof(work) + size);
  if (!made)
    abort();
  made->next = NULL;
  made->group = into->numGroups;
  made->run = run;
  memcpy(made->data, data, size);
  if (!into->first)
    into->end = &into->first;
  *into->end = made;
  into->end = &made->next;
}

static void runFirst(queue *from) {
  work *done = from->first;
  from->first = done->next;
  done->run(done->data);
  free(done);
}

static void clear(queue *gone) {
  while (gone->first) {
    work *next = gone->first->next;
    free(gone->first);
    gone->first = next;
  }
  gone->numGroups = 0;
}

void emulator_begin_pending(void) {
  for (unsigned i = 0; i < emulator_now.numThreads; ++i)
    for (int kind = 0; kind < NUM_PENDING; ++kind)
      clear(&queues[i][kind]);
  clear(&loads);
}

void emulator_begin(pending_kind kind, void (*run)(void *), const void *data,
                    size_t size) {
  push(&queues[emulator_now.current][kind], run, data, size);
}
void emulator_commit(pending_kind kind) {
  ++queues[emulator_now.current][kind].numGroups;
}
void emulator_finish(pending_kind kind, int groups) {
  queue *from = &queues[emulator_now.current][kind];
  while (from->first && (int)(from->numGroups - from->first->group) >
                            (groups < 0 ? 0 : groups))
    runFirst(from);
}
void emulator_finish_all(pending_kind kind) {
  queue *from = &queues[emulator_now.current][kind];
  while (from->first)
    runFirst(from);
}

void emulator_begin_load(void (*run)(void *), const void *data, size_t size) {
  push(&loads, run, data, size);
}
int emulator_finish_load(void) {
  if (!loads.first)
    return 0;
  runFirst(&loads);
  return 1;
}
