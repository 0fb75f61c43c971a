//===- Context.c - The state of one user of a module ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const graphc_options defaultOptions = {0, 0, NULL, 0, NULL, NULL, 0};

/* Hands out parts of the context's one allocation; with a null base it only
   adds their sizes up. */
typedef struct {
  char *base;
  size_t size;
} layout;

static void *place(layout *l, size_t size) {
  size_t offset = l->size;
  l->size += graphc_rt_align(size);
  return l->base ? l->base + offset : NULL;
}

static graphc_context *layOut(const graphc_module *module, layout *l) {
  graphc_context dummy;
  graphc_context *placed = (graphc_context *)place(l, sizeof(graphc_context));
  graphc_context *context = placed ? placed : &dummy;
  size_t tensors = module->num_inputs + module->num_outputs;
  size_t externs = module->external ? module->external->num_entry : 0;
  context->symbols = (int64_t *)place(l, module->num_symbols * sizeof(int64_t));
  context->solved = (unsigned char *)place(l, module->num_symbols);
  context->states = (void **)place(l, module->num_states * sizeof(void *));
  context->entryInputs =
      (void **)place(l, (module->num_places + 1 + externs) * sizeof(void *));
  context->entryOutputs =
      (void **)place(l, module->num_results * sizeof(void *));
  context->extents =
      (graphc_rt_extent *)place(l, tensors * sizeof(graphc_rt_extent));
  context->observed =
      (DLTensor *)place(l, graphc_rt_count_observed(module) * sizeof(DLTensor));
  /* A device keeps its own. */
  for (size_t i = 0; i < module->num_states && !module->device; ++i) {
    void *state = place(l, (size_t)module->states[i].size);
    if (placed)
      context->states[i] = state;
  }
  return placed;
}

/* The block is aligned by hand: the start of the allocation is kept in front
   of it. */
static graphc_context *allocate(const graphc_module *module) {
  layout l = {NULL, 0};
  layOut(module, &l);
  char *block = (char *)malloc(l.size + 2 * GRAPHC_RT_ALIGNMENT);
  if (!block)
    return NULL;
  char *aligned =
      (char *)(graphc_rt_align((uintptr_t)block) + GRAPHC_RT_ALIGNMENT);
  memset(aligned, 0, l.size);
  memcpy(aligned - sizeof(block), &block, sizeof(block));
  l.base = aligned;
  l.size = 0;
  return layOut(module, &l);
}

static int32_t countThreads(const graphc_module *module, int32_t asked) {
  if (module->max_threads == 1)
    return 1;
  if (asked <= 0) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    asked = processors > 0 && processors < 4096 ? (int32_t)processors : 1;
  }
  return module->max_threads && asked > module->max_threads
             ? module->max_threads
             : asked;
}

const void *graphc_rt_first_value(const graphc_context *context, size_t state) {
  const graphc_state *s = &context->module->states[state];
  return s->extern_weight ? context->external->weights[s->extern_weight - 1]
                          : (const char *)context->weights + s->weights_offset;
}

static void resetStates(graphc_context *context) {
  const graphc_module *module = context->module;
  for (size_t i = 0; i < module->num_states; ++i) {
    const graphc_state *state = &module->states[i];
    graphc_rt_copy(context->states[i], state->type.strides,
                   graphc_rt_first_value(context, i), NULL, state->type.shape,
                   state->type.rank, graphc_rt_element_size(state->type.dtype));
  }
}

graphc_status graphc_rt_create_context(const graphc_module *module,
                                       const graphc_options *options,
                                       graphc_context **result) {
  if (!result)
    return GRAPHC_ERROR_NULL;
  graphc_context *context = *result = allocate(module);
  if (!context)
    return GRAPHC_ERROR_MEMORY;
  if (!options)
    options = &defaultOptions;
  context->module = module;
  if (module->abi != GRAPHC_RUNTIME_ABI) {
    graphc_rt_begin_message(context);
    graphc_rt_add_text(context, "the module was compiled for runtime ");
    graphc_rt_add_number(context, module->abi);
    graphc_rt_add_text(context, ", this is runtime ");
    graphc_rt_add_number(context, GRAPHC_RUNTIME_ABI);
    return context->broken = GRAPHC_ERROR_ARGUMENT;
  }
  if (options->threads < 0) {
    graphc_rt_begin_message(context);
    graphc_rt_add_text(context, "threads is ");
    graphc_rt_add_number(context, options->threads);
    graphc_rt_add_text(context, ", expected 0 or more");
    return context->broken = GRAPHC_ERROR_ARGUMENT;
  }
  context->threads = countThreads(module, options->threads);
  context->device = module->device ? options->device : 0;
  context->broken = graphc_rt_map_weights(context, options);
  if (context->broken == GRAPHC_OK && module->external)
    context->broken = module->external->open(context, options);
  if (context->broken == GRAPHC_OK && !module->device)
    resetStates(context);
  return context->broken;
}

void graphc_rt_destroy_context(graphc_context *context) {
  if (!context)
    return;
  graphc_rt_unmap_weights(context);
  if (context->external)
    context->module->external->close(context);
  void *block;
  memcpy(&block, (char *)context - sizeof(block), sizeof(block));
  free(block);
}

graphc_status graphc_rt_reset_context(graphc_context *context) {
  if (!context)
    return GRAPHC_ERROR_NULL;
  if (context->broken != GRAPHC_OK)
    return context->broken;
  graphc_rt_begin_message(context);
  resetStates(context);
  return GRAPHC_OK;
}

graphc_status graphc_rt_state(graphc_context *context, size_t index,
                              DLTensor *tensor) {
  if (!context || !tensor)
    return GRAPHC_ERROR_NULL;
  if (context->broken != GRAPHC_OK)
    return context->broken;
  graphc_rt_begin_message(context);
  if (index >= context->module->num_states) {
    graphc_rt_add_text(context, "there is no state ");
    graphc_rt_add_number(context, (int64_t)index);
    graphc_rt_add_text(context, ", the module has ");
    graphc_rt_add_number(context, (int64_t)context->module->num_states);
    return GRAPHC_ERROR_ARGUMENT;
  }
  const graphc_type *type = &context->module->states[index].type;
  DLDevice device = {context->module->device ? kDLCUDA : kDLCPU,
                     context->device};
  tensor->data = context->states[index];
  tensor->device = device;
  tensor->ndim = type->rank;
  tensor->dtype = type->dtype;
  tensor->shape = (int64_t *)(uintptr_t)type->shape;
  tensor->strides = (int64_t *)(uintptr_t)type->strides;
  tensor->byte_offset = 0;
  return GRAPHC_OK;
}

graphc_status graphc_rt_copied_bytes(const graphc_context *context,
                                     uint64_t *toDevice, uint64_t *toHost) {
  if (!context || !toDevice || !toHost)
    return GRAPHC_ERROR_NULL;
  *toDevice = *toHost = 0;
  return context->broken;
}

graphc_status graphc_rt_synchronize(graphc_context *context) {
  if (!context)
    return GRAPHC_ERROR_NULL;
  if (context->broken == GRAPHC_OK)
    graphc_rt_begin_message(context);
  return context->broken;
}

const char *graphc_rt_last_error(const graphc_context *context) {
  return context ? context->message : "out of memory, or no context";
}
