//===- ExternWeights.c - What a context has of weights outside ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightSearch.h"

#include <stdlib.h>
#include <sys/mman.h>

/*===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===*/

/* Room for one more element; null if there is none. */
void *graphc_rt_grow(void *array, size_t count, size_t *capacity, size_t size) {
  if (count < *capacity)
    return array;
  size_t more = *capacity ? 2 * *capacity : 16;
  void *result = realloc(array, more * size);
  if (result)
    *capacity = more;
  return result;
}

/* Lets the context own a mapping of `size` bytes, or (0) a block of malloc. */
int graphc_rt_own(graphc_context *context, void *block, size_t size) {
  struct graphc_rt_external *e = context->external;
  if (e->numBlocks == e->maxBlocks) {
    size_t capacity = e->maxBlocks, sizes = e->maxBlocks;
    void **blocks = (void **)graphc_rt_grow(e->blocks, e->numBlocks, &capacity,
                                            sizeof(void *));
    if (!blocks)
      return 0;
    e->blocks = blocks;
    size_t *blockSizes = (size_t *)graphc_rt_grow(e->blockSizes, e->numBlocks,
                                                  &sizes, sizeof(size_t));
    if (!blockSizes)
      return 0;
    e->blockSizes = blockSizes;
    e->maxBlocks = capacity;
  }
  e->blocks[e->numBlocks] = block;
  e->blockSizes[e->numBlocks++] = size;
  return 1;
}

/* Memory at a multiple of the runtime's alignment. */
void *graphc_rt_allocate(graphc_context *context, uint64_t size) {
  if (size > SIZE_MAX - 2 * GRAPHC_RT_ALIGNMENT)
    return NULL;
  void *block = malloc((size_t)size + GRAPHC_RT_ALIGNMENT);
  if (!block || !graphc_rt_own(context, block, 0)) {
    free(block);
    return NULL;
  }
  return (void *)graphc_rt_align((uintptr_t)block);
}

/*===----------------------------------------------------------------------===//
// A context
//===----------------------------------------------------------------------===*/

/* Every weight must have come. */
static graphc_status checkComplete(graphc_rt_search *s) {
  const graphc_extern_weights *external = s->context->module->external;
  size_t missing = 0, first = 0;
  for (size_t i = external->num_weights; i-- > 0;)
    if (!s->foundNames[i]) {
      ++missing;
      first = i;
    }
  if (!missing)
    return GRAPHC_OK;
  graphc_rt_fail_tensor(s, external->weights[first].name, "is missing (");
  graphc_rt_add_text(s->context, external->weights[first].type.text);
  graphc_rt_add_text(s->context, ")");
  if (missing > 1) {
    graphc_rt_add_text(s->context, ", as are ");
    graphc_rt_add_number(s->context, (int64_t)missing - 1);
    graphc_rt_add_text(s->context, " more");
  }
  return GRAPHC_ERROR_WEIGHTS;
}

/* Lets the module's code compute what depends on weights alone. */
static graphc_status compute(graphc_context *context) {
  const graphc_extern_weights *external = context->module->external;
  struct graphc_rt_external *e = context->external;
  uint64_t total = 0;
  for (size_t i = 0; i < external->num_loaded; ++i)
    total += graphc_rt_align((size_t)external->loaded[i]);
  char *block = (char *)graphc_rt_allocate(context, total);
  char *workspace =
      (char *)malloc((size_t)external->load_workspace + GRAPHC_RT_ALIGNMENT);
  void **inputs = (void **)calloc(external->num_load + 1, sizeof(void *));
  int32_t failed = 0;
  graphc_status status = GRAPHC_ERROR_MEMORY;
  if (block && workspace && inputs) {
    for (size_t i = 0; i < external->num_loaded; ++i) {
      e->loaded[i] = block;
      block += graphc_rt_align((size_t)external->loaded[i]);
    }
    for (size_t i = 0; i < external->num_load; ++i)
      inputs[i + 1] = (void *)(uintptr_t)e->weights[external->load_weights[i]];
    failed = external->load(inputs, e->loaded, NULL, context->weights,
                            (void *)graphc_rt_align((uintptr_t)workspace),
                            context->threads);
    status = failed ? graphc_rt_fail_check(context, failed) : GRAPHC_OK;
  }
  free(inputs);
  free(workspace);
  return status;
}

static graphc_status findWeights(graphc_context *context, const char *path) {
  size_t count = context->module->external->num_weights;
  graphc_rt_search s = {context, "", NULL, NULL, 0, 0};
  s.foundNames = (const char **)calloc(count + 1, sizeof(char *));
  if (!s.foundNames)
    return GRAPHC_ERROR_MEMORY;
  graphc_status status = GRAPHC_OK;
  if (count)
    status = graphc_rt_search_path(&s, path);
  if (status == GRAPHC_OK) {
    s.path = path ? path : context->module->external->file;
    status = checkComplete(&s);
  }
  free(s.foundNames);
  free(s.places);
  return status;
}

graphc_status graphc_rt_open_external(graphc_context *context,
                                      const graphc_options *options) {
  const graphc_module *module = context->module;
  const graphc_extern_weights *external = module->external;
  struct graphc_rt_external *e =
      (struct graphc_rt_external *)calloc(1, sizeof(struct graphc_rt_external));
  if (!e)
    return GRAPHC_ERROR_MEMORY;
  context->external = e;
  e->weights = (const void **)calloc(external->num_weights + 1, sizeof(void *));
  e->loaded = (void **)calloc(external->num_loaded + 1, sizeof(void *));
  if (!e->weights || !e->loaded)
    return GRAPHC_ERROR_MEMORY;
  graphc_status status = findWeights(context, options->weights_path);
  if (status != GRAPHC_OK || module->device)
    return status; /* a device computes with its own memory */
  if (external->num_loaded)
    status = compute(context);
  for (size_t i = 0; i < external->num_entry; ++i) {
    int32_t weight = external->entry_weights[i];
    context->entryInputs[module->num_places + 1 + i] =
        weight >= 0 ? (void *)(uintptr_t)e->weights[weight]
                    : e->loaded[-1 - weight];
  }
  return status;
}

void graphc_rt_close_external(graphc_context *context) {
  struct graphc_rt_external *e = context->external;
  if (!e)
    return;
  for (size_t i = 0; i < e->numBlocks; ++i) {
    if (e->blockSizes[i])
      munmap(e->blocks[i], e->blockSizes[i]);
    else
      free(e->blocks[i]);
  }
  free(e->blocks);
  free(e->blockSizes);
  free((void *)e->weights);
  free(e->loaded);
  free(e);
  context->external = NULL;
}
