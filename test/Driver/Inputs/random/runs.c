/* Runs a program that draws random numbers: again, in another context, after a
   reset, and from a state that was kept. Prints what is equal to what. With a
   driver's library: on its device, as often as it takes to replay a graph. */
#include "model.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 1000 };

typedef struct {
  float drawn[N], kept[N];
} Results;

/* On a device the context has memory of its own. */
static Results run(graphc_context *context, int isOnDevice) {
  static _Alignas(64) float x[N];
  static _Alignas(64) char workspace[1 << 20];
  static _Alignas(64) Results results;
  int64_t shape[] = {N};
  for (int i = 0; i < N; ++i)
    x[i] = 1;
  DLTensor input = {x, {kDLCPU, 0}, 1, {kDLFloat, 32, 1}, shape, NULL, 0};
  DLTensor outputs[] = {
      {results.drawn, {kDLCPU, 0}, 1, {kDLFloat, 32, 1}, shape, NULL, 0},
      {results.kept, {kDLCPU, 0}, 1, {kDLFloat, 32, 1}, shape, NULL, 0}};
  if (model_run(context, &input, 1, outputs, 2, isOnDevice ? NULL : workspace,
                isOnDevice ? 0 : sizeof(workspace)) != GRAPHC_OK) {
    printf("%s\n", model_last_error(context));
    exit(1);
  }
  return results;
}

static graphc_context *create(const char *driver) {
  graphc_options options = {.driver = driver};
  graphc_context *context;
  if (model_create(&options, &context) != GRAPHC_OK) {
    printf("%s\n", model_last_error(context));
    exit(1);
  }
  return context;
}

/* Four runs in a row, of which no two are equal. */
static void printRuns(const char *driver) {
  graphc_context *context = create(driver);
  Results all[4];
  for (int i = 0; i < 4; ++i) {
    all[i] = run(context, driver != NULL);
    uint64_t hash = 14695981039346656037u;
    for (size_t j = 0; j < sizeof(all[i]); ++j)
      hash = (hash ^ ((unsigned char *)&all[i])[j]) * 1099511628211u;
    printf("run %d: %016llx\n", i, (unsigned long long)hash);
    for (int j = 0; j < i; ++j)
      if (!memcmp(&all[i], &all[j], sizeof(all[i])))
        printf("as run %d\n", j);
  }
  model_destroy(context);
}

static int64_t *state(graphc_context *context) {
  DLTensor tensor;
  if (model_state(context, 0, &tensor) != GRAPHC_OK)
    exit(1);
  return tensor.data;
}

static void compare(const char *what, Results a, Results b) {
  printf("%s: %s\n", what, memcmp(&a, &b, sizeof(a)) ? "differ" : "equal");
}

int main(int argc, char **argv) {
  printRuns(argc > 1 ? argv[1] : NULL);
  if (argc > 1)
    return 0;
  graphc_context *context = create(NULL), *other = create(NULL);
  printf("state %lld, %lld\n", (long long)state(context)[0],
         (long long)state(context)[1]);
  Results first = run(context, 0), second = run(context, 0);
  printf("state %lld, %lld\n", (long long)state(context)[0],
         (long long)state(context)[1]);
  compare("two runs", first, second);
  compare("another context", run(other, 0), first);
  state(context)[1] = 2;
  compare("the state of the second run", run(context, 0), second);
  model_reset(context);
  compare("after a reset", run(context, 0), first);
  state(context)[0] = 5;
  state(context)[1] = 0;
  compare("another seed", run(context, 0), first);
  int numbers[4] = {0};
  for (int i = 0; i < N; ++i) {
    numbers[0] += first.drawn[i] == second.drawn[i];
    numbers[1] += first.drawn[i] < 0 || first.drawn[i] >= 1;
    numbers[2] += first.kept[i] != 0 && first.kept[i] != 2;
    numbers[3] += (first.kept[i] != 0) == (first.drawn[i] < 0.5f);
  }
  printf("%d stay, %d are no uniform numbers, %d are scaled otherwise\n",
         numbers[0], numbers[1], numbers[2]);
  printf("calls are %s\n",
         abs(numbers[3] - N / 2) < 60 ? "independent" : "not");
  model_destroy(context);
  model_destroy(other);
  return 0;
}
