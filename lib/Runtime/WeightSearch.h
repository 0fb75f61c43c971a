//===- WeightSearch.h - Weights that a file gives by name -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_RUNTIME_WEIGHTSEARCH_H
#define GRAPHC_LIB_RUNTIME_WEIGHTSEARCH_H

#include "Safetensors.h"

/* Where one tensor of a file is, and what it is called. */
typedef struct {
  uint64_t begin, end, name;
} graphc_rt_place;

/* A file that is looked through for what the module wants. */
typedef struct {
  graphc_context *context;
  const char *path;
  const char **foundNames; /* of each weight; null: not found yet */
  graphc_rt_place *places; /* of all tensors of the file */
  size_t numPlaces, maxPlaces;
} graphc_rt_search;

/* ExternWeights.c */

/* Room for one more element of `array`; null if there is none. */
void *graphc_rt_grow(void *array, size_t count, size_t *capacity, size_t size);
/* Lets the context own a mapping of `size` bytes, or (0) a block of malloc.
   Zero if it cannot. */
int graphc_rt_own(graphc_context *context, void *block, size_t size);
/* Aligned memory that the context owns, or null. */
void *graphc_rt_allocate(graphc_context *context, uint64_t size);

/* WeightSearch.c */

/* These leave a message about the file, or about a tensor of it. */
graphc_status graphc_rt_fail_file(graphc_rt_search *search,
                                  const char *problem);
graphc_status graphc_rt_fail_tensor(graphc_rt_search *search, const char *name,
                                    const char *problem);
/* The place among the names that the module wants, or -1. */
int32_t graphc_rt_find_name(const graphc_extern_weights *external,
                            const char *name);
/* Takes from a file in memory what the module wants. */
graphc_status graphc_rt_search_file(graphc_rt_search *search, const char *data,
                                    uint64_t size);

/* WeightFiles.c: takes it from the files that `path`, or null, stands for. */
graphc_status graphc_rt_search_path(graphc_rt_search *search, const char *path);

#endif /* GRAPHC_LIB_RUNTIME_WEIGHTSEARCH_H */
