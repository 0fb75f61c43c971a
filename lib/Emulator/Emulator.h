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
// over at barriers and exchanges. A kernel that has none runs thread by thread.
// Copies that are asynchronous on a GPU are done at once, so that a wait that
// is missing is not found here.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_EMULATOR_EMULATOR_H
#define GRAPHC_LIB_EMULATOR_EMULATOR_H

#include <stddef.h>
#include <stdint.h>

enum { WARP = 32, WARPGROUP = 128, MAX_THREADS = 1024, MAX_BARRIERS = 16 };

typedef struct {
  unsigned x, y, z;
} emulator_size;

/* The block that this thread of the machine runs. */
typedef struct {
  emulator_size grid, block, blockIndex;
  unsigned current; /* linear index of the running thread */
  unsigned numThreads;
  unsigned long progress; /* grows when a thread gets on */
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

/* Runs a block whose kernel is `kernel(parameters)`; zero if its threads wait
   for one another for ever. */
int emulator_run_block(void (*kernel)(void **), void **parameters,
                       int usesBarriers);

/* The shared memory that a launch asks for. */
enum { EMULATOR_SHARED = 256 << 10 };
extern _Thread_local unsigned char emulator_shared[EMULATOR_SHARED];

/* Where in it the byte lies whose address ends in those 18 bits, lines of
   `pitch` bytes being permuted in pieces of 16. */
uint64_t emulator_swizzle(uint64_t address, unsigned pitch);

/* Waits for the rest of the running thread's warp, or warpgroup. */
void emulator_wait_for_warp(void);
void emulator_wait_for_warpgroup(void);

/* The memory behind an address of a device, or of the host. */
void *emulate_memory(const void *address);

/* Bytes of a barrier in memory have come. */
void emulator_complete(void *barrier, int bytes);

#endif /* GRAPHC_LIB_EMULATOR_EMULATOR_H */
