//===- Clusters.c - Blocks that read each other's memory ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each block of a cluster is run by a thread of the machine, which has shared
// memory of its own. Only one of them runs at a time, until all that its block
// can still do is wait for the others: what a cluster computes does not depend
// on the machine. The memory of a block that is over holds NaN.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"
#include "Emulator.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const kernel *launched;
  const launch_shape *shape;
  void **parameters;
  emulator_block start; /* what each block begins with */
  unsigned size;
  uint64_t count; /* of clusters */

  pthread_barrier_t all;
  pthread_mutex_t lock;
  pthread_cond_t passed;
  unsigned turn;

  /* The block whose turn it is has the rest for itself. */
  unsigned char *shared[MAX_CLUSTER], *own[MAX_CLUSTER];
  int isOver[MAX_CLUSTER];
  unsigned numLeft;    /* blocks that are not over */
  unsigned numStuck;   /* that got nowhere, one after the other */
  unsigned numThreads; /* that are not over */
  unsigned arrived, phase;
  int hasFailed, error, hasWaited;
} cluster;

static _Thread_local cluster *mine;
static _Thread_local unsigned rank;
static _Thread_local unsigned long progressBefore;
static _Thread_local unsigned awaited[MAX_THREADS];

//===----------------------------------------------------------------------===//
// Turns
//===----------------------------------------------------------------------===//

static void takeTurn(void) {
  pthread_mutex_lock(&mine->lock);
  while (mine->turn != rank)
    pthread_cond_wait(&mine->passed, &mine->lock);
  pthread_mutex_unlock(&mine->lock);
  progressBefore = emulator_now.progress;
}

static void passTurn(void) {
  unsigned step = mine->start.isReversed ? mine->size - 1 : 1;
  unsigned next = (rank + step) % mine->size;
  while (mine->isOver[next] && next != rank)
    next = (next + step) % mine->size;
  pthread_mutex_lock(&mine->lock);
  mine->turn = next;
  pthread_cond_broadcast(&mine->passed);
  pthread_mutex_unlock(&mine->lock);
}

int emulator_await_cluster(void) {
  if (!mine)
    return 0;
  int isStuck = emulator_now.progress == progressBefore;
  mine->numStuck = isStuck ? mine->numStuck + 1 : 0;
  if (mine->numStuck > mine->numLeft)
    mine->hasFailed = 1;
  if (mine->hasFailed)
    return 0;
  passTurn();
  takeTurn();
  return !mine->hasFailed;
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

static void beginCluster(void) {
  memset(mine->isOver, 0, sizeof(mine->isOver));
  mine->numLeft = mine->size;
  mine->numStuck = mine->arrived = 0;
  mine->numThreads = mine->size * mine->start.numThreads;
  mine->turn = mine->start.isReversed ? mine->size - 1 : 0;
}

static void runBlock(uint64_t number) {
  takeTurn();
  emulator_now.blockIndex = emulator_block_at(number, mine->shape->grid);
  if (!mine->hasFailed &&
      !emulator_run_block(mine->launched->entry, mine->parameters,
                          /*usesBarriers=*/1, mine->shape->shared)) {
    mine->hasFailed = 1;
    if (!mine->error)
      mine->error = emulator_now.error;
  }
  memset(emulator_shared, 0xff, mine->shape->shared);
  mine->hasWaited |= emulator_now.hasWaited;
  mine->isOver[rank] = 1;
  mine->numStuck = 0;
  --mine->numLeft;
  passTurn();
}

typedef struct {
  cluster *of;
  unsigned rank;
} member;

/* One block of each cluster. */
static void *runMember(void *data) {
  const member *self = data;
  mine = self->of;
  rank = self->rank;
  emulator_now = mine->start;
  mine->shared[rank] = emulator_shared;
  mine->own[rank] = emulator_own;
  memset(emulator_shared, 0xff, mine->shape->shared);
  for (uint64_t i = 0; i < mine->count; ++i) {
    pthread_barrier_wait(&mine->all);
    if (rank == 0)
      beginCluster();
    pthread_barrier_wait(&mine->all);
    runBlock(i * mine->size + rank);
  }
  emulator_free_fibers();
  emulator_begin_pending(); /* gives back what is left */
  emulator_free_sums();
  return NULL;
}

int emulator_run_clusters(const kernel *launched, const launch_shape *shape,
                          void **parameters) {
  const unsigned *grid = shape->grid;
  cluster run = {.launched = launched,
                 .shape = shape,
                 .parameters = parameters,
                 .start = emulator_now,
                 .size = launched->clusterSize,
                 .count = (uint64_t)grid[0] * grid[1] * grid[2] /
                          launched->clusterSize};
  pthread_t threads[MAX_CLUSTER];
  member members[MAX_CLUSTER];
  pthread_barrier_init(&run.all, NULL, run.size);
  pthread_mutex_init(&run.lock, NULL);
  pthread_cond_init(&run.passed, NULL);
  for (unsigned i = 0; i < run.size; ++i) {
    members[i] = (member){&run, i};
    if (pthread_create(&threads[i], NULL, runMember, &members[i]))
      abort();
  }
  for (unsigned i = 0; i < run.size; ++i)
    pthread_join(threads[i], NULL);
  pthread_cond_destroy(&run.passed);
  pthread_mutex_destroy(&run.lock);
  pthread_barrier_destroy(&run.all);
  emulator_now.error = run.error;
  emulator_now.hasWaited |= run.hasWaited;
  return !run.hasFailed;
}

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

static void endPhase(void) {
  mine->arrived = 0;
  ++mine->phase;
  ++emulator_now.progress;
}

void emulator_leave_cluster(void) {
  if (mine && --mine->numThreads && mine->arrived == mine->numThreads)
    endPhase();
}

static void expectCluster(const void *address) {
  if (!mine)
    emulator_fail(LAUNCH_FAILED, "the kernel is not launched in clusters",
                  address);
}

void emulate_barrier_cluster_arrive_aligned(void) {
  expectCluster(NULL);
  awaited[emulator_now.current] = mine->phase;
  if (++mine->arrived == mine->numThreads)
    endPhase();
}

void emulate_barrier_cluster_wait_aligned(void) {
  expectCluster(NULL);
  while (mine->phase == awaited[emulator_now.current])
    emulator_yield();
  ++emulator_now.progress;
}

void *emulate_mapa_shared_cluster(void *address, int block) {
  expectCluster(address);
  if (block < 0 || (unsigned)block >= mine->size)
    emulator_fail(ILLEGAL_ADDRESS, "no block of the cluster", address);
  unsigned char *byte = address;
  if (byte >= emulator_own && byte < emulator_own + EMULATOR_OWN)
    return mine->own[block] + (byte - emulator_own);
  return mine->shared[block] + (byte - emulator_shared);
}
