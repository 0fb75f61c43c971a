/* Calls a compiled program wrongly in every way, then from eight threads at
   once. Prints what it found; exit status 1 for what should not be.

   The program takes float32[n, 12], n up to 64, and returns float32[n, 6]. */
#include "net.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 5, IN = 12, OUT = 6, MOST = 64, THREADS = 8, ROUNDS = 50 };

static int failures;

typedef struct {
  graphc_context *context;
  DLTensor x, y;
  int64_t shapeX[3], stridesX[3], shapeY[2];
  size_t inputs, outputs, size;
  void *workspace;
  _Alignas(64) float dataX[MOST * IN + 1], dataY[MOST * OUT + 1];
} Call;

static void prepare(Call *call, int64_t rows) {
  call->inputs = call->outputs = 1;
  call->shapeX[0] = call->shapeY[0] = rows;
  call->shapeX[1] = IN;
  call->shapeY[1] = OUT;
  call->stridesX[0] = IN;
  call->stridesX[1] = 1;
  for (int64_t i = 0; i < rows * IN; ++i)
    call->dataX[i] = (float)(i * 37 % 101) / 50 - 1;
  DLTensor x = {call->dataX,  {kDLCPU, 0},    2, {kDLFloat, 32, 1},
                call->shapeX, call->stridesX, 0};
  DLTensor y = {call->dataY,  {kDLCPU, 0}, 2, {kDLFloat, 32, 1},
                call->shapeY, 0,           0};
  call->x = x;
  call->y = y;
}

static Call *create(int32_t threads) {
  Call *call = aligned_alloc(64, (sizeof(Call) + 63) / 64 * 64);
  graphc_options options = {threads, 0, 0};
  if (net_create(&options, &call->context) != GRAPHC_OK) {
    printf("cannot make a context\n");
    exit(1);
  }
  prepare(call, MOST);
  net_workspace_size(call->context, &call->x, 1, &call->size);
  call->workspace = aligned_alloc(64, call->size / 64 * 64 + 64);
  prepare(call, ROWS);
  return call;
}

static void destroy(Call *call) {
  net_destroy(call->context);
  free(call->workspace);
  free(call);
}

static graphc_status run(Call *call) {
  return net_run(call->context, &call->x, call->inputs, &call->y, call->outputs,
                 call->workspace, call->size);
}

/* The call fails with `status`, says why, and changes nothing; a good one is
   fine afterwards. */
static void refused(Call *call, const char *what, graphc_status status) {
  memset(call->dataY, 0x5a, sizeof call->dataY);
  graphc_status got = run(call);
  const char *error = net_last_error(call->context);
  int changed = 0;
  for (size_t i = 0; i < sizeof call->dataY; ++i)
    changed |= ((unsigned char *)call->dataY)[i] != 0x5a;
  printf("%s: %d: %s\n", what, (int)got, error);
  if (got != status || !*error || changed) {
    printf("  expected status %d%s\n", (int)status,
           changed ? "; the output was written" : "");
    ++failures;
  }
  void *workspace = call->workspace;
  size_t size = call->size;
  prepare(call, ROWS);
  call->workspace = workspace;
  call->size = size;
  if (run(call) != GRAPHC_OK || *net_last_error(call->context)) {
    printf("  a good call fails after it\n");
    ++failures;
  }
}

static void wrongCalls(void) {
  Call *call = create(1);
  call->inputs = 0;
  refused(call, "no inputs", GRAPHC_ERROR_COUNT);
  call->outputs = 2;
  refused(call, "two outputs", GRAPHC_ERROR_COUNT);
  call->x.dtype.bits = 64;
  refused(call, "dtype", GRAPHC_ERROR_DTYPE);
  call->y.dtype.code = kDLInt;
  refused(call, "dtype of output", GRAPHC_ERROR_DTYPE);
  call->x.ndim = 1;
  refused(call, "rank", GRAPHC_ERROR_RANK);
  call->shapeX[1] = 13;
  refused(call, "shape", GRAPHC_ERROR_SHAPE);
  call->shapeY[0] = 4;
  refused(call, "shape of output", GRAPHC_ERROR_SHAPE);
  call->shapeX[0] = -5;
  refused(call, "negative size", GRAPHC_ERROR_SHAPE);
  call->shapeX[0] = 65;
  refused(call, "size out of range", GRAPHC_ERROR_RANGE);
  call->stridesX[0] = 1;
  call->stridesX[1] = ROWS;
  refused(call, "stride", GRAPHC_ERROR_STRIDE);
  call->x.device.device_type = kDLCUDA;
  refused(call, "device", GRAPHC_ERROR_DEVICE);
  call->x.data = 0;
  refused(call, "null data", GRAPHC_ERROR_NULL);
  call->x.shape = 0;
  refused(call, "null shape", GRAPHC_ERROR_NULL);
  call->x.data = (char *)call->dataX + 1;
  refused(call, "misaligned", GRAPHC_ERROR_ALIGNMENT);
  call->x.byte_offset = 2;
  refused(call, "misaligned offset", GRAPHC_ERROR_ALIGNMENT);
  call->y.data = call->dataX;
  refused(call, "overlap", GRAPHC_ERROR_ALIAS);
  size_t size = 0;
  net_workspace_size(call->context, &call->x, 1, &size);
  if (size) {
    size_t whole = call->size;
    call->size = 0;
    graphc_status got = run(call);
    printf("workspace: %d: %s\n", (int)got, net_last_error(call->context));
    failures += got != GRAPHC_ERROR_WORKSPACE;
    call->size = whole;
    void *workspace = call->workspace;
    call->workspace = 0;
    got = run(call);
    printf("null workspace: %d: %s\n", (int)got, net_last_error(call->context));
    failures += got == GRAPHC_OK;
    call->workspace = workspace;
  } else {
    printf("workspace: none needed\n");
  }
  destroy(call);
  if (net_run(0, 0, 0, 0, 0, 0, 0) == GRAPHC_OK)
    ++failures;
}

static Call *reference[MOST + 1];

static void *work(void *argument) {
  Call *call = argument;
  intptr_t bad = 0;
  for (int round = 0; round < ROUNDS; ++round) {
    int64_t rows = 1 + (round * 7 + (int64_t)((uintptr_t)call >> 6)) % MOST;
    prepare(call, rows);
    bad += run(call) != GRAPHC_OK || memcmp(call->dataY, reference[rows]->dataY,
                                            rows * OUT * sizeof(float)) != 0;
  }
  return (void *)bad;
}

/* Eight contexts of one module at once compute what one alone does. */
static void manyThreads(int32_t each) {
  for (int64_t rows = 1; rows <= MOST; ++rows) {
    reference[rows] = create(each);
    prepare(reference[rows], rows);
    failures += run(reference[rows]) != GRAPHC_OK;
  }
  pthread_t threads[THREADS];
  Call *calls[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    calls[i] = create(each);
    pthread_create(&threads[i], 0, work, calls[i]);
  }
  intptr_t bad = 0;
  for (int i = 0; i < THREADS; ++i) {
    void *result;
    pthread_join(threads[i], &result);
    bad += (intptr_t)result;
    destroy(calls[i]);
  }
  for (int64_t rows = 1; rows <= MOST; ++rows)
    destroy(reference[rows]);
  printf("threads of %d: %d of %d runs differ\n", (int)each, (int)bad,
         THREADS * ROUNDS);
  failures += bad != 0;
}

int main(void) {
  wrongCalls();
  manyThreads(1);
  if (net_info()->max_threads != 1)
    manyThreads(2);
  printf("%d failures\n", failures);
  return failures != 0;
}
