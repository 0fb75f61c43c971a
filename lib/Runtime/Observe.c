//===- Observe.c - What a run does between its inputs and outputs ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

/* A module of another runtime says nothing that can be read here. */
size_t graphc_rt_count_observed(const graphc_module *module) {
  size_t most = 0;
  if (module->abi != GRAPHC_RUNTIME_ABI)
    return 0;
  for (size_t i = 0; i < module->num_kernels; ++i)
    if (module->kernels[i].num_operands > most)
      most = module->kernels[i].num_operands;
  return most;
}

graphc_status graphc_rt_set_observer(graphc_context *context,
                                     graphc_observer observer, void *user) {
  if (!context)
    return GRAPHC_ERROR_NULL;
  if (context->broken != GRAPHC_OK)
    return context->broken;
  graphc_rt_begin_message(context);
  if (!context->module->is_instrumented) {
    graphc_rt_add_text(context, "the module cannot be observed, compile it "
                                "with --instrument");
    return GRAPHC_ERROR_ARGUMENT;
  }
  context->observer = observer;
  context->observerUser = user;
  context->time = NULL;
  return GRAPHC_OK;
}

graphc_status graphc_rt_set_timer(graphc_context *context,
                                  graphc_observer observer, void *user) {
  (void)observer;
  (void)user;
  if (!context)
    return GRAPHC_ERROR_NULL;
  if (context->broken != GRAPHC_OK)
    return context->broken;
  graphc_rt_begin_message(context);
  graphc_rt_add_text(context, "the module runs on the CPU, observe it instead");
  return GRAPHC_ERROR_ARGUMENT;
}

void graphc_rt_observe(graphc_context *context, int64_t index, int32_t is_done,
                       int64_t bytes, int64_t flops, const int64_t *values) {
  if (!context || !context->observer)
    return;
  if (context->time) {
    context->time(context, (size_t)index, is_done, bytes, flops);
    return;
  }
  if (context->synchronize)
    context->synchronize(context);
  const graphc_kernel *kernel = &context->module->kernels[index];
  DLDevice device = {context->module->device ? kDLCUDA : kDLCPU,
                     context->device};
  for (size_t i = 0; i < kernel->num_operands; ++i) {
    DLTensor *tensor = &context->observed[i];
    int32_t rank = kernel->operands[i].rank;
    tensor->data = (void *)(uintptr_t)*values++;
    tensor->device = device;
    tensor->ndim = rank;
    tensor->dtype = kernel->operands[i].dtype;
    tensor->shape = (int64_t *)(uintptr_t)values;
    tensor->strides = (int64_t *)(uintptr_t)(values + rank);
    tensor->byte_offset = 0;
    values += 2 * rank;
  }
  graphc_event event = {(size_t)index, is_done,           bytes,
                        flops,         context->observed, -1};
  context->observer(context->observerUser, &event);
}
