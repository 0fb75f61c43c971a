/* Clusters of four blocks in which each adds up what all have in shared memory.
   The arguments say what is left out: the wait for what the others write
   ("first"), that for what the others read ("last"), the arrival of one block
   ("arrival"), or that there are clusters ("cluster"). */

#include "../../../lib/Emulator/Driver.h"
#include "../../../lib/Emulator/Emulator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of the emulator, as images call them. */
int emulate_read_ptx_sreg_tid_x(void);
void emulate_barrier_cluster_arrive_aligned(void);
void emulate_barrier_cluster_wait_aligned(void);
void *emulate_mapa_shared_cluster(void *, int);

enum { SIZE = 4, CLUSTERS = 2 };
static float result[SIZE * CLUSTERS];
static const char *leftOut;

static int isLeftOut(const char *what) { return !strcmp(leftOut, what); }

static void addAll(void **parameters) {
  (void)parameters;
  unsigned block = emulator_now.blockIndex.x;
  if (emulate_read_ptx_sreg_tid_x())
    return; /* the others do not wait for threads that are over */
  *(float *)(void *)emulator_shared = (float)(1 << block);
  if (isLeftOut("arrival") && block == 2)
    while (1)
      emulator_yield();
  emulate_barrier_cluster_arrive_aligned();
  if (!isLeftOut("first"))
    emulate_barrier_cluster_wait_aligned();
  float sum = 0;
  for (int each = 0; each < SIZE; ++each)
    sum += *(float *)emulate_mapa_shared_cluster(emulator_shared, each);
  if (isLeftOut("first"))
    emulate_barrier_cluster_wait_aligned();
  emulate_barrier_cluster_arrive_aligned();
  if (!isLeftOut("last"))
    emulate_barrier_cluster_wait_aligned();
  result[block] = sum;
}

static void readBehind(void **parameters) {
  (void)parameters;
  emulate_mapa_shared_cluster(emulator_shared, SIZE);
}

int main(int count, char **names) {
  (void)count;
  leftOut = names[1];
  kernel launched = {.entry = isLeftOut("behind") ? readBehind : addAll,
                     .usesBarriers = 1,
                     .name = "addAll",
                     .clusterSize = isLeftOut("cluster") ? 1 : SIZE};
  launch_shape shape = {{SIZE * CLUSTERS, 1, 1}, {2, 1, 1}, 64, 0};
  printf("status %d:", emulator_launch(&launched, &shape, NULL));
  for (int i = 0; i < SIZE * CLUSTERS; ++i)
    if (isnan(result[i]))
      printf(" nan");
    else
      printf(" %g", (double)result[i]);
  printf("\n");
  return 0;
}
