//===- Emulator.h - A GPU on the CPU, for tests ------------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A library that stands for the CUDA driver where there is no GPU. It runs the
// images that `graphc --emulate-gpu` adds to a module: the device code compiled
// for this machine, whose intrinsics are functions of this library.
//
// The threads of a block are fibers of one thread of the machine that change
// over at barriers and exchanges, in one order in every other block and in the
// opposite one in the rest, so that one of both shows a barrier that is
// missing. A kernel that has none runs thread by thread. Work that is
// asynchronous on a GPU is done as late as allowed (Pending.c). With
// GRAPHC_EMULATOR_ORDER=reverse all of that, and the blocks of a launch, run in
// the opposite order: what a program computes is the same.
//
// Shared memory holds NaN when a block begins, and lies no better aligned than
// a kernel says; what is written beside it is found. An access that is not
// aligned as its instruction says, or is behind an allocation, fails as on a
// GPU.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_EMULATOR_EMULATOR_H
#define GRAPHC_LIB_EMULATOR_EMULATOR_H

#include <stddef.h>
#include <stdint.h>

enum {
  WARP = 32,
  WARPGROUP = 128,
  MAX_THREADS = 1024,
  MAX_BARRIERS = 16,
  MAX_CLUSTER = 16
};

typedef struct {
  unsigned x, y, z;
} emulator_size;

/* The block with that number of a grid of three sizes. */
emulator_size emulator_block_at(uint64_t number, const unsigned *grid);

/* The block that this thread of the machine runs. */
typedef struct {
  emulator_size grid, block, blockIndex;
  unsigned current; /* linear index of the running thread */
  unsigned numThreads;
  unsigned long progress; /* grows when a thread gets on */
  int isReversed;
  int hasWaited;        /* for the launches before this one */
  int error;            /* of the device, that has ended the block */
  const char *kernel;   /* its name; null when none runs */
  const int32_t *parts; /* of emulator_own: how many, then where and how long */
} emulator_block;

extern _Thread_local emulator_block emulator_now;

/* Lets another thread of the block run. */
void emulator_yield(void);

/* Waits until `count` threads have come to the same place. */
typedef struct {
  unsigned arrived, phase;
} emulator_barrier;
void emulator_wait(emulator_barrier *barrier, unsigned count);
/* Counts as one of them and does not wait. */
void emulator_arrive(emulator_barrier *barrier, unsigned count);

/* Runs a block whose kernel is `kernel(parameters)` with so many bytes of
   shared memory; zero if it fails with an error, or without one, which is when
   its threads wait for one another for ever. */
int emulator_run_block(void (*kernel)(void **), void **parameters,
                       int usesBarriers, unsigned shared);

/* Clusters.c: nothing that the threads of this block wait for can come about
   in it; others of its cluster run. Zero: there are none, or all wait. */
int emulator_await_cluster(void);
/* The running thread is over. */
void emulator_leave_cluster(void);

/* The shared memory that a launch asks for. */
enum { EMULATOR_SHARED = 256 << 10 };
extern _Thread_local unsigned char emulator_shared[EMULATOR_SHARED];

/* What kernels have of it whatever is asked for, and at least so many bytes
   before, between and behind its parts. */
enum { EMULATOR_OWN = 96 << 10, EMULATOR_GAP = 32 };
extern _Thread_local unsigned char emulator_own[EMULATOR_OWN];

/* Fibers.c: the running thread fails with a CUresult and ends its block. */
_Noreturn void emulator_fail(int error, const char *what, const void *address);
/* Where an instruction accesses memory in pieces of `bytes`. */
_Noreturn void emulator_misaligned(const void *address, int bytes);
void emulator_check_aligned(const void *address, unsigned bytes);
/* From now on an access that hits no memory fails in this way, too. */
void emulator_watch_accesses(void);

/* Where in it the byte lies whose address ends in those 18 bits, lines of
   `pitch` bytes being permuted in pieces of 16. */
uint64_t emulator_swizzle(uint64_t address, unsigned pitch);

/* Waits for the rest of the running thread's warp, or warpgroup. */
void emulator_wait_for_warp(void);
void emulator_wait_for_warpgroup(void);

/* The memory behind an address of a device, or of the host. */
void *emulate_memory(const void *address);

/* Pending.c: work of a thread that is under way, in groups. */
typedef enum {
  PENDING_COPY,    /* cp.async */
  PENDING_STORE,   /* of the copy engine */
  PENDING_PRODUCT, /* wgmma */
  NUM_PENDING
} pending_kind;
/* `run` gets a copy of the data when the work is waited for. */
void emulator_begin(pending_kind kind, void (*run)(void *), const void *data,
                    size_t size);
/* Closes a group. */
void emulator_commit(pending_kind kind);
/* Does what is in closed groups but for the last `groups` ones. */
void emulator_finish(pending_kind kind, int groups);
void emulator_finish_all(pending_kind kind);
/* The same for loads of the copy engine, which tell a barrier in memory: one of
   them is done when no thread gets on without. Zero: there is none. */
void emulator_begin_load(void (*run)(void *), const void *data, size_t size);
int emulator_finish_load(void);
/* A block begins: nothing is under way. */
void emulator_begin_pending(void);
void emulator_begin_sums(void);

/* Before a thread of the machine that has run blocks is over. */
void emulator_free_fibers(void);
void emulator_free_sums(void);

/* The bits of the nearest tf32, ties to even: what copies of boxes round to.
   (cvt.rna, which ties away from zero, is emulate_f2tf32_rna.) */
int emulator_round_tf32(float value);

/* Bytes of a barrier in memory have come. */
void emulator_complete(void *barrier, int bytes);

#endif /* GRAPHC_LIB_EMULATOR_EMULATOR_H */
