/*===- main.c - Classify handwritten digits with a compiled model ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===*/

#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "digits.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec * 1e-6;
}

static void show(const float image[64], int digit, int label) {
  for (int y = 0; y < 8; ++y, putchar('\n'))
    for (int x = 0; x < 8; ++x)
      printf("%.2s", &"  ..::++##@@"[2 * (int)(image[8 * y + x] * 5)]);
  printf("predicted %d, labelled %d\n\n", digit, label);
}

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  int32_t count = 0, right = 0, label;
  float image[64], scores[10];
  if (!file || fread(&count, sizeof count, 1, file) != 1)
    return fprintf(stderr, "usage: digits heldout.bin\n"), 2;

  int64_t image_shape[] = {1, 1, 8, 8}, scores_shape[] = {1, 10};
  DLTensor input = {image,       {kDLCPU, 0}, 4, {kDLFloat, 32, 1},
                    image_shape, NULL,        0};
  DLTensor output = {scores,       {kDLCPU, 0}, 2, {kDLFloat, 32, 1},
                     scores_shape, NULL,        0};
  graphc_context *context;
  size_t size;
  if (digits_create(NULL, &context) != GRAPHC_OK ||
      digits_workspace_size(context, &input, 1, &size) != GRAPHC_OK)
    return fprintf(stderr, "digits: %s\n", digits_last_error(context)), 1;
  void *workspace = malloc(size);

  double fastest = 1e9, total = 0;
  for (int i = 0; i < count; ++i) {
    if (fread(image, sizeof image, 1, file) != 1 ||
        fread(&label, sizeof label, 1, file) != 1)
      return fprintf(stderr, "digits: the file is too short\n"), 1;
    double start = now();
    if (digits_run(context, &input, 1, &output, 1, workspace, size) !=
        GRAPHC_OK)
      return fprintf(stderr, "digits: %s\n", digits_last_error(context)), 1;
    double time = now() - start;
    total += time;
    fastest = time < fastest ? time : fastest;
    int digit = 0;
    for (int d = 1; d < 10; ++d)
      digit = scores[d] > scores[digit] ? d : digit;
    right += digit == label;
    if (i < 3)
      show(image, digit, label);
  }
  printf("accuracy: %d of %d\nlatency: %.4f ms on average, %.4f ms at best\n",
         right, count, total / count, fastest);
  digits_destroy(context);
  free(workspace);
  fclose(file);
  return 0;
}
