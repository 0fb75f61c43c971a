//===- Intrinsics.c - What the instructions of a GPU do -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Named after LLVM's intrinsics: emulate_ and what follows llvm.nvvm.
//
//===----------------------------------------------------------------------===//

#include "Emulator.h"

#include <float.h>
#include <math.h>
#include <string.h>

extern _Thread_local emulator_barrier emulator_named[MAX_BARRIERS];
extern _Thread_local emulator_barrier emulator_warps[MAX_THREADS / WARP];
extern _Thread_local emulator_barrier
    emulator_warpgroups[MAX_THREADS / WARPGROUP];

static emulator_block *now(void) { return &emulator_now; }

int emulate_read_ptx_sreg_tid_x(void) {
  return (int)(now()->current % now()->block.x);
}
int emulate_read_ptx_sreg_tid_y(void) {
  return (int)(now()->current / now()->block.x % now()->block.y);
}
int emulate_read_ptx_sreg_tid_z(void) {
  return (int)(now()->current / now()->block.x / now()->block.y);
}
int emulate_read_ptx_sreg_ntid_x(void) { return (int)now()->block.x; }
int emulate_read_ptx_sreg_ntid_y(void) { return (int)now()->block.y; }
int emulate_read_ptx_sreg_ntid_z(void) { return (int)now()->block.z; }
int emulate_read_ptx_sreg_ctaid_x(void) { return (int)now()->blockIndex.x; }
int emulate_read_ptx_sreg_ctaid_y(void) { return (int)now()->blockIndex.y; }
int emulate_read_ptx_sreg_ctaid_z(void) { return (int)now()->blockIndex.z; }
int emulate_read_ptx_sreg_nctaid_x(void) { return (int)now()->grid.x; }
int emulate_read_ptx_sreg_nctaid_y(void) { return (int)now()->grid.y; }
int emulate_read_ptx_sreg_nctaid_z(void) { return (int)now()->grid.z; }
int emulate_read_ptx_sreg_laneid(void) { return (int)(now()->current % WARP); }

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

void emulate_barrier_cta_sync_aligned_all(int barrier) {
  emulator_wait(&emulator_named[barrier], now()->numThreads);
}
void emulate_barrier_cta_sync_aligned_count(int barrier, int count) {
  emulator_wait(&emulator_named[barrier], (unsigned)count);
}
void emulate_barrier_cta_arrive_aligned_count(int barrier, int count) {
  emulator_arrive(&emulator_named[barrier], (unsigned)count);
}
void emulate_barrier0(void) { emulate_barrier_cta_sync_aligned_all(0); }

/* Launches are run one after the other. */
void emulate_griddepcontrol_wait(void) { now()->hasWaited = 1; }
void emulate_griddepcontrol_launch_dependents(void) {}

/* Threads of the running thread's warp. */
static unsigned warpSize(void) {
  unsigned first = now()->current / WARP * WARP;
  unsigned left = now()->numThreads - first;
  return left < WARP ? left : WARP;
}

void emulator_wait_for_warp(void) {
  emulator_wait(&emulator_warps[now()->current / WARP], warpSize());
}
void emulator_wait_for_warpgroup(void) {
  emulator_wait(&emulator_warpgroups[now()->current / WARPGROUP], WARPGROUP);
}
void emulate_bar_warp_sync(int mask) {
  (void)mask;
  emulator_wait_for_warp();
}

//===----------------------------------------------------------------------===//
// Exchanges within a warp
//===----------------------------------------------------------------------===//

static _Thread_local uint32_t exchanged[MAX_THREADS];

/* The value of the lane `from` of the warp, or the own one if there is none. */
static uint32_t exchange(uint32_t value, unsigned from) {
  unsigned first = now()->current / WARP * WARP;
  exchanged[now()->current] = value;
  emulator_wait_for_warp();
  uint32_t result =
      exchanged[first + (from < warpSize() ? from : now()->current % WARP)];
  emulator_wait_for_warp();
  return result;
}

static uint32_t asBits(float value) {
  union {
    float f;
    uint32_t u;
  } bits = {value};
  return bits.u;
}
static float asFloat(uint32_t value) {
  union {
    uint32_t u;
    float f;
  } bits = {value};
  return bits.f;
}

static unsigned lane(void) { return now()->current % WARP; }

int emulate_shfl_sync_bfly_i32(int mask, int value, int offset, int clamp) {
  (void)mask;
  (void)clamp;
  return (int)exchange((uint32_t)value, lane() ^ (unsigned)offset);
}
float emulate_shfl_sync_bfly_f32(int mask, float value, int offset, int clamp) {
  (void)mask;
  (void)clamp;
  return asFloat(exchange(asBits(value), lane() ^ (unsigned)offset));
}
int emulate_shfl_sync_idx_i32(int mask, int value, int from, int clamp) {
  (void)mask;
  (void)clamp;
  return (int)exchange((uint32_t)value, (unsigned)from % WARP);
}
float emulate_shfl_sync_idx_f32(int mask, float value, int from, int clamp) {
  (void)mask;
  (void)clamp;
  return asFloat(exchange(asBits(value), (unsigned)from % WARP));
}
int emulate_shfl_sync_down_i32(int mask, int value, int offset, int clamp) {
  (void)mask;
  (void)clamp;
  return (int)exchange((uint32_t)value, lane() + (unsigned)offset);
}
float emulate_shfl_sync_down_f32(int mask, float value, int offset, int clamp) {
  (void)mask;
  (void)clamp;
  return asFloat(exchange(asBits(value), lane() + (unsigned)offset));
}
int emulate_shfl_sync_up_i32(int mask, int value, int offset, int clamp) {
  (void)mask;
  (void)clamp;
  return (int)exchange((uint32_t)value, lane() - (unsigned)offset);
}
float emulate_shfl_sync_up_f32(int mask, float value, int offset, int clamp) {
  (void)mask;
  (void)clamp;
  return asFloat(exchange(asBits(value), lane() - (unsigned)offset));
}

/* A bit for each lane of which the lowest bit of `value` is set. */
int emulate_vote_ballot_sync(int mask, int value) {
  (void)mask;
  unsigned first = now()->current / WARP * WARP, result = 0;
  exchanged[now()->current] = (uint32_t)value & 1;
  emulator_wait_for_warp();
  for (unsigned i = 0; i < warpSize(); ++i)
    result |= exchanged[first + i] << i;
  emulator_wait_for_warp();
  return (int)result;
}

/* Each lane says where a line of 16 bytes goes; lane l has columns 2(l%4) and
   behind of line l/4 of each matrix. */
void emulate_stmatrix_sync_aligned_m8n8_x4_b16_p3(unsigned char *line, int a,
                                                  int b, int c, int d) {
  static _Thread_local unsigned char *lines[MAX_THREADS];
  unsigned first = now()->current / WARP * WARP;
  const int pieces[] = {a, b, c, d};
  emulator_check_aligned(line, 16);
  lines[now()->current] = line;
  emulator_wait_for_warp();
  for (unsigned matrix = 0; matrix < 4; ++matrix)
    memcpy(lines[first + matrix * 8 + lane() / 4] + lane() % 4 * 4,
           &pieces[matrix], sizeof(int));
  emulator_wait_for_warp();
}

float emulate_rcp_approx_ftz_f(float value) {
  float result = 1.0f / value;
  return fabsf(result) < FLT_MIN ? copysignf(0.0f, result) : result;
}

float emulate_ex2_approx_ftz_f32(float value) {
  float result = exp2f(value);
  return result < FLT_MIN ? 0.0f : result;
}
