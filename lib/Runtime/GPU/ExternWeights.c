//===- ExternWeights.c - Weights from outside, on a device ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One block of the device's memory holds what runs read: values that `load`
// computes, then weights as they are. What only `load` reads goes into a second
// one, which is given back when it is done.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <stdlib.h>

/* Where everything is, as offsets from the two blocks. */
typedef struct {
  uint64_t *places;        /* of each weight */
  unsigned char *isKept;   /* flags of each weight: in the block that stays */
  unsigned char *isWanted; /* in either */
  uint64_t kept, passing;  /* bytes of the blocks */
} layout;

static uint64_t sizeOf(const graphc_module *module, size_t weight) {
  const graphc_type *type = &module->external->weights[weight].type;
  uint64_t size = graphc_rt_element_size(type->dtype);
  for (int32_t d = 0; d < type->rank; ++d)
    size *= (uint64_t)type->shape[d];
  return size;
}

static void layOut(const graphc_module *module, layout *l) {
  const graphc_extern_weights *external = module->external;
  for (size_t i = 0; i < external->num_loaded; ++i)
    l->kept += graphc_rt_align((size_t)external->loaded[i]);
  for (size_t i = 0; i < external->num_entry; ++i)
    if (external->entry_weights[i] >= 0)
      l->isKept[external->entry_weights[i]] =
          l->isWanted[external->entry_weights[i]] = 1;
  for (size_t i = 0; i < external->num_load; ++i)
    l->isWanted[external->load_weights[i]] = 1;
  for (size_t i = 0; i < external->num_weights; ++i) {
    uint64_t *size = l->isKept[i] ? &l->kept : &l->passing;
    l->places[i] = *size;
    if (l->isWanted[i])
      *size += graphc_rt_align((size_t)sizeOf(module, i));
  }
}

/* Copies the weights and lets kernels compute what depends on them. */
static graphc_status fill(graphc_context *context, const layout *l,
                          graphc_rt_address passing, void **inputs,
                          void **outputs) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_module *module = context->module;
  const graphc_extern_weights *external = module->external;
  graphc_rt_address kept = context->external->deviceBlock;
  for (size_t i = 0; i < external->num_weights; ++i) {
    graphc_rt_address base = l->isKept[i] ? kept : passing;
    if (l->isWanted[i] &&
        graphc_rt_gpu_check(context,
                            gpu->driver.upload(base + l->places[i],
                                               context->external->weights[i],
                                               (size_t)sizeOf(module, i),
                                               gpu->stream),
                            "copying the weights"))
      return gpu->failed;
  }
  uint64_t offset = 0;
  for (size_t i = 0; i < external->num_loaded; ++i) {
    outputs[i] = (void *)(uintptr_t)(kept + offset);
    offset += graphc_rt_align((size_t)external->loaded[i]);
  }
  for (size_t i = 0; i < external->num_entry; ++i) {
    int32_t weight = external->entry_weights[i];
    context->entryInputs[module->num_places + 1 + i] =
        weight >= 0 ? (void *)(uintptr_t)(kept + l->places[weight])
                    : outputs[-1 - weight];
  }
  if (!external->num_loaded)
    return GRAPHC_OK;
  inputs[0] = context;
  for (size_t i = 0; i < external->num_load; ++i) {
    int32_t weight = external->load_weights[i];
    graphc_rt_address base = l->isKept[weight] ? kept : passing;
    inputs[i + 1] = (void *)(uintptr_t)(base + l->places[weight]);
  }
  gpu->failed = GRAPHC_OK;
  int32_t failed = external->load(
      inputs, outputs, NULL, (const void *)(uintptr_t)gpu->loaded->weights,
      (void *)(uintptr_t)(passing + l->passing), context->threads);
  if (gpu->failed == GRAPHC_OK && failed)
    return graphc_rt_fail_check(context, failed);
  return gpu->failed;
}

static graphc_status load(graphc_context *context, layout *l, void **inputs,
                          void **outputs) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_extern_weights *external = context->module->external;
  layOut(context->module, l);
  graphc_rt_address passing = 0;
  uint64_t total = l->passing + external->load_workspace;
  if (l->kept &&
      graphc_rt_gpu_check(context,
                          gpu->driver.allocate(&context->external->deviceBlock,
                                               (size_t)l->kept),
                          "allocating the weights"))
    return gpu->failed;
  if (total && graphc_rt_gpu_check(
                   context, gpu->driver.allocate(&passing, (size_t)total),
                   "allocating the weights"))
    return gpu->failed;
  graphc_status status = fill(context, l, passing, inputs, outputs);
  /* Nothing may use the second block any more. */
  int result = gpu->driver.synchronize(gpu->stream);
  if (passing)
    gpu->driver.release(passing);
  if (status == GRAPHC_OK &&
      graphc_rt_gpu_check(context, result, "computing the weights"))
    status = gpu->failed;
  int32_t check = graphc_rt_gpu_take_check(context);
  return status == GRAPHC_OK && check ? graphc_rt_fail_check(context, check)
                                      : status;
}

graphc_status graphc_rt_gpu_load_external(graphc_context *context) {
  const graphc_extern_weights *external = context->module->external;
  layout l = {NULL, NULL, NULL, 0, 0};
  l.places = (uint64_t *)calloc(external->num_weights + 1, sizeof(uint64_t));
  l.isKept = (unsigned char *)calloc(external->num_weights + 1, 1);
  l.isWanted = (unsigned char *)calloc(external->num_weights + 1, 1);
  void **inputs = (void **)calloc(external->num_load + 1, sizeof(void *));
  void **outputs = (void **)calloc(external->num_loaded + 1, sizeof(void *));
  graphc_status status = GRAPHC_ERROR_MEMORY;
  if (l.places && l.isKept && l.isWanted && inputs && outputs)
    status = load(context, &l, inputs, outputs);
  free(l.places);
  free(l.isKept);
  free(l.isWanted);
  free(inputs);
  free(outputs);
  return status;
}
