/* Kernels as the emulator's images have them, with a wait each that may be left
   out: what is read then is no number.

   The program's arguments say which kernels are run. */

#include "../../../lib/Emulator/Assembly.h"
#include "../../../lib/Emulator/Driver.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the emulator, as images call them. */
int emulate_read_ptx_sreg_tid_x(void);
void emulate_cp_async_ca_shared_global_4(unsigned char *,
                                         const unsigned char *);
void emulate_cp_async_commit_group(void);
void emulate_cp_async_wait_group(int);
void emulate_barrier0(void);
void emulate_mbarrier_init_shared(void *, int);
int64_t emulate_mbarrier_arrive_expect_tx_scope_cta_space_cta(void *, int);
void emulate_cp_async_bulk_tensor_g2s_tile_1d(unsigned char *, void *,
                                              const void *, int, short, int64_t,
                                              _Bool, _Bool, int);
void emulate_cp_async_bulk_tensor_s2g_tile_1d(unsigned char *, const void *,
                                              int, int64_t, _Bool);
void emulate_cp_async_bulk_commit_group(void);
void emulate_cp_async_bulk_wait_group_read(int);
void emulate_wgmma_commit_group_sync_aligned(void);
void emulate_griddepcontrol_wait(void);
int cuTensorMapEncodeTiled(void *, int, uint32_t, void *, const uint64_t *,
                           const uint64_t *, const uint32_t *, const uint32_t *,
                           int, int, int, int);

static float source[64], result[64];
static _Alignas(64) unsigned char map[128];
static int withWait; /* the wait is there */

static int thread(void) { return emulate_read_ptx_sreg_tid_x(); }
static float *shared(void) { return (float *)(void *)emulator_shared; }

/* Two groups, of which the first is waited for. */
static void copyKernel(void **parameters) {
  (void)parameters;
  for (int i = 0; i < 2; ++i) {
    emulate_cp_async_ca_shared_global_4(
        (unsigned char *)&shared()[2 * thread() + i],
        (const unsigned char *)&source[i]);
    emulate_cp_async_commit_group();
  }
  if (withWait)
    emulate_cp_async_wait_group(1);
  result[2 * thread()] = shared()[2 * thread()];
  result[2 * thread() + 1] = shared()[2 * thread() + 1];
}

/* A wait for groups is none for what is in no group. */
static void openKernel(void **parameters) {
  (void)parameters;
  emulate_cp_async_ca_shared_global_4((unsigned char *)shared(),
                                      (const unsigned char *)source);
  if (withWait)
    emulate_cp_async_commit_group();
  emulate_cp_async_wait_group(0);
  result[0] = shared()[0];
}

static void loadKernel(void **parameters) {
  (void)parameters;
  unsigned char *barrier = emulator_shared + 1024;
  if (!thread()) {
    emulate_mbarrier_init_shared(barrier, 1);
    emulate_mbarrier_arrive_expect_tx_scope_cta_space_cta(barrier, 64);
    emulate_cp_async_bulk_tensor_g2s_tile_1d(emulator_shared, barrier, map, 0,
                                             0, 0, 0, 0, 0);
  }
  emulate_barrier0();
  if (withWait)
    emulator_wait_parity(barrier, 0);
  result[thread()] = shared()[thread()];
}

/* The place of the store is used again when it was read. */
static void storeKernel(void **parameters) {
  (void)parameters;
  shared()[thread()] = source[thread()];
  emulate_barrier0();
  if (!thread()) {
    emulate_cp_async_bulk_tensor_s2g_tile_1d(emulator_shared, map, 0, 0, 0);
    emulate_cp_async_bulk_commit_group();
    if (withWait)
      emulate_cp_async_bulk_wait_group_read(0);
    shared()[0] = -1;
    emulate_cp_async_bulk_wait_group_read(0);
  }
}

/* Neighbours read one another's values, from both sides. */
static void barrierKernel(void **parameters) {
  (void)parameters;
  int other = emulator_now.blockIndex.x ? 0 : 15;
  shared()[thread()] = source[thread()];
  if (withWait)
    emulate_barrier0();
  if (thread() == 15 - other)
    result[0] = shared()[other];
  emulate_barrier0();
}

static const char multiply[] =
    "{ .reg .pred p; setp.ne.b32 p, $11, 0; "
    "wgmma.mma_async.sync.aligned.m64n8k8.f32.tf32.tf32 {$0,$1,$2,$3}, $8, $9, "
    "p, 1, 1; }";

/* Begins two products of ones, the second on top of the first; what comes out
   before the wait stands for the sums. */
static void beginProducts(float *sums) {
  for (int i = thread(); i < 2048; i += WARPGROUP)
    shared()[i] = 1;
  emulate_barrier0();
  uint64_t descriptor = (uint64_t)(128 >> 4) << 16 | (uint64_t)(1024 >> 4)
                                                         << 32;
  descriptor |= ((uint64_t)(uintptr_t)emulator_shared & 0x3ffff) >> 4;
  int keeps = 0, one = 1;
  void *values[] = {&sums[0], &sums[1], &sums[2],    &sums[3],    NULL, NULL,
                    NULL,     NULL,     &descriptor, &descriptor, &one, &keeps};
  emulate_ptx(multiply, values, 4);
  keeps = 1;
  emulate_ptx(multiply, values, 4);
  emulate_wgmma_commit_group_sync_aligned();
}

static void awaitProducts(float *sums) {
  void *values[] = {&sums[0], &sums[1], &sums[2], &sums[3]};
  emulate_ptx("wgmma.wait_group.sync.aligned 0;", values, 4);
}

static void productKernel(void **parameters) {
  (void)parameters;
  float sums[4];
  beginProducts(sums);
  if (withWait)
    awaitProducts(sums);
  result[thread() % 64] = sums[0];
}

/* An operand that is overwritten before the wait. */
static void operandKernel(void **parameters) {
  (void)parameters;
  float sums[4];
  beginProducts(sums);
  if (withWait)
    awaitProducts(sums);
  emulate_barrier0();
  shared()[thread()] = NAN;
  emulate_barrier0();
  if (!withWait)
    awaitProducts(sums);
  result[thread() % 64] = sums[0];
}

static void writeKernel(void **parameters) {
  (void)parameters;
  emulate_barrier0();
  emulator_shared[withWait ? 63 : 64] = 0;
}

/* From within a piece of 16 bytes. */
static void pieceKernel(void **parameters) {
  (void)parameters;
  unsigned char *barrier = emulator_shared + 1024;
  emulate_mbarrier_init_shared(barrier, 1);
  emulate_mbarrier_arrive_expect_tx_scope_cta_space_cta(barrier, 64);
  emulate_cp_async_bulk_tensor_g2s_tile_1d(emulator_shared, barrier, map,
                                           withWait ? 4 : 3, 0, 0, 0, 0, 0);
  emulator_wait_parity(barrier, 0);
  result[0] = shared()[0];
}

/* Launched so that it may begin before the launches before it are done. */
static void dependentKernel(void **parameters) {
  (void)parameters;
  if (withWait)
    emulate_griddepcontrol_wait();
}

static int runDependent(void) {
  kernel launched = {.entry = dependentKernel, .name = "dependent"};
  launch_shape shape = {{1, 1, 1}, {1, 1, 1}, 0, 1};
  withWait = 1;
  printf("dependent right: %d\n", emulator_launch(&launched, &shape, NULL));
  fflush(stdout);
  withWait = 0;
  return emulator_launch(&launched, &shape, NULL);
}

static void run(const char *name, void (*kernel)(void **), unsigned threads,
                int count) {
  for (withWait = 1; withWait >= 0; --withWait) {
    for (int i = 0; i < 64; ++i) {
      source[i] = (float)(i + 1);
      result[i] = 0;
    }
    printf("%s %s:", name, withWait ? "right" : "wrong");
    fflush(stdout);
    for (unsigned block = 0; block < 2; ++block) {
      emulator_now.grid = (emulator_size){2, 1, 1};
      emulator_now.block = (emulator_size){threads, 1, 1};
      emulator_now.numThreads = threads;
      emulator_now.blockIndex = (emulator_size){block, 0, 0};
      if (!emulator_run_block(kernel, NULL, 1,
                              kernel == writeKernel ? 64 : 8192))
        printf(" hangs");
      for (int i = 0; i < count; ++i)
        if (isnan(result[i]))
          printf(" nan");
        else
          printf(" %g", (double)result[i]);
    }
    printf("\n");
    fflush(stdout);
  }
}

int main(int count, char **names) {
  const uint64_t size = 16, stride = 0;
  const uint32_t box = 16, step = 1;
  (void)count;
  int isStore = !strcmp(names[1], "store");
  if (cuTensorMapEncodeTiled(map, 7, 1, isStore ? result : source, &size,
                             &stride, &box, &step, 0, 0, 0, 0))
    return 1;
  static const struct {
    const char *name;
    void (*kernel)(void **);
    unsigned threads;
    int count;
  } kernels[] = {{"copy", copyKernel, 1, 2},
                 {"open", openKernel, 1, 1},
                 {"load", loadKernel, 16, 3},
                 {"store", storeKernel, 16, 3},
                 {"barrier", barrierKernel, 16, 1},
                 {"product", productKernel, WARPGROUP, 2},
                 {"operand", operandKernel, WARPGROUP, 2},
                 {"write", writeKernel, 1, 0},
                 {"piece", pieceKernel, 1, 1}};
  if (!strcmp(names[1], "dependent"))
    return runDependent();
  for (size_t i = 0; i < sizeof(kernels) / sizeof(*kernels); ++i)
    if (!strcmp(names[1], kernels[i].name))
      run(kernels[i].name, kernels[i].kernel, kernels[i].threads,
          kernels[i].count);
  return 0;
}
