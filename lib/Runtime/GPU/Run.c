//===- Run.c - One call of a module on a device ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tensors of the host are copied to a pool on the device and back. The pool
// also holds the workspace, unless the caller gives one of the device.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <stdlib.h>

static graphc_rt_address addressOf(const DLTensor *tensor) {
  return (graphc_rt_address)(uintptr_t)graphc_rt_first_element(tensor);
}

static int isOnHost(const DLTensor *tensor) {
  return tensor->device.device_type != kDLCUDA;
}

/* Bytes from the first to the last element. */
static size_t spanOf(const DLTensor *tensor) {
  int64_t strides[GRAPHC_RT_MAX_RANK], span = 0;
  int64_t step = 1;
  for (int32_t d = tensor->ndim; d-- > 0;) {
    strides[d] = tensor->strides ? tensor->strides[d] : step;
    step *= tensor->shape[d];
  }
  /* Checked before: it does not overflow. */
  graphc_rt_span(tensor->shape, strides, tensor->ndim, &span);
  return (size_t)span * graphc_rt_element_size(tensor->dtype);
}

/* Memory of the pool that is not needed by this context any more: what a graph
   of the caller's has recorded still is. */
static graphc_status dropPool(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  graphc_rt_address pool = gpu->pool;
  if (!pool)
    return GRAPHC_OK;
  if (gpu->isPoolCaptured) {
    graphc_rt_retired *retired =
        (graphc_rt_retired *)malloc(sizeof(graphc_rt_retired));
    if (!retired)
      return GRAPHC_ERROR_MEMORY;
    retired->memory = pool;
    retired->next = gpu->retired;
    gpu->retired = retired;
  } else if (graphc_rt_gpu_check(context, gpu->driver.synchronize(gpu->stream),
                                 "waiting for the last call") ||
             graphc_rt_gpu_check(context, gpu->driver.release(pool),
                                 "freeing the workspace")) {
    return gpu->failed;
  }
  gpu->pool = 0;
  gpu->poolSize = 0;
  gpu->isPoolCaptured = 0;
  return GRAPHC_OK;
}

static graphc_status reserve(graphc_context *context, size_t size) {
  graphc_rt_gpu *gpu = context->gpu;
  if (size <= gpu->poolSize) {
    gpu->isPoolCaptured |= gpu->isCaptured;
    return GRAPHC_OK;
  }
  if (gpu->isCaptured && gpu->pool)
    gpu->isPoolCaptured = 1; /* it cannot be waited for now */
  graphc_status status = dropPool(context);
  if (status != GRAPHC_OK)
    return status;
  /* Allocating is no part of a capture, nor does it harm one. */
  enum { relaxed = 2 };
  int mode = relaxed;
  if (gpu->isCaptured &&
      graphc_rt_gpu_check(context, gpu->driver.exchangeCaptureMode(&mode),
                          "allocating the workspace"))
    return gpu->failed;
  if (graphc_rt_gpu_check(context, gpu->driver.allocate(&gpu->pool, size),
                          "allocating the workspace"))
    gpu->pool = 0;
  else
    gpu->poolSize = size;
  gpu->isPoolCaptured = gpu->isCaptured;
  if (gpu->isCaptured)
    graphc_rt_gpu_check(context, gpu->driver.exchangeCaptureMode(&mode),
                        "allocating the workspace");
  return gpu->failed;
}

/* Views of `tensors` on the device; those of the host get a place behind
   `*used` of the pool, whose address may not be known yet. */
static void place(graphc_context *context, const DLTensor *tensors,
                  size_t count, DLTensor *placed, size_t *used) {
  for (size_t i = 0; i < count; ++i) {
    placed[i] = tensors[i];
    if (!isOnHost(&tensors[i]))
      continue;
    placed[i].data = (void *)(uintptr_t)(context->gpu->pool + *used);
    placed[i].byte_offset = 0;
    *used += graphc_rt_align(spanOf(&tensors[i]));
  }
}

static graphc_status uploadInputs(graphc_context *context,
                                  const DLTensor *inputs,
                                  const DLTensor *placed) {
  graphc_rt_gpu *gpu = context->gpu;
  for (size_t i = 0; i < context->module->num_inputs; ++i) {
    size_t size = isOnHost(&inputs[i]) ? spanOf(&inputs[i]) : 0;
    if (!size)
      continue;
    gpu->bytesToDevice += size;
    if (graphc_rt_gpu_check(
            context,
            gpu->driver.upload(addressOf(&placed[i]),
                               graphc_rt_first_element(&inputs[i]), size,
                               gpu->stream),
            "copying an input"))
      return gpu->failed;
  }
  return GRAPHC_OK;
}

/* Between two layouts on the device, by way of the host unless they are the
   same and dense. */
static void copyLayout(graphc_context *context, const DLTensor *to,
                       const DLTensor *from) {
  graphc_rt_gpu *gpu = context->gpu;
  size_t toSize = spanOf(to), fromSize = spanOf(from);
  int64_t count = 1;
  int isSame = 1;
  for (int32_t d = 0; d < to->ndim; ++d) {
    isSame &= to->shape[d] == 1 || to->strides[d] == from->strides[d];
    count *= to->shape[d];
  }
  if (!toSize)
    return;
  if (isSame && (size_t)count * graphc_rt_element_size(to->dtype) == toSize) {
    graphc_rt_gpu_check(
        context,
        gpu->driver.copy(addressOf(to), addressOf(from), toSize, gpu->target),
        "writing back");
    return;
  }
  char *old = (char *)malloc(toSize + fromSize);
  if (!old) {
    gpu->failed = GRAPHC_ERROR_MEMORY;
    return;
  }
  if (graphc_rt_gpu_fetch(context, old, addressOf(to), toSize) &&
      graphc_rt_gpu_fetch(context, old + toSize, addressOf(from), fromSize)) {
    graphc_rt_copy(old, to->strides, old + toSize, from->strides, to->shape,
                   to->ndim, graphc_rt_element_size(to->dtype));
    gpu->bytesToDevice += toSize;
    if (!graphc_rt_gpu_check(
            context,
            gpu->driver.upload(addressOf(to), old, toSize, gpu->stream),
            "writing back"))
      graphc_rt_gpu_check(context, gpu->driver.synchronize(gpu->stream),
                          "writing back");
  }
  free(old);
}

/* Results that inputs and states are to hold after the run. */
static void writeBack(graphc_context *context) {
  const graphc_module *module = context->module;
  for (size_t i = 0; i < module->num_mutations; ++i) {
    const graphc_mutation *mutation = &module->mutations[i];
    const graphc_result *result = &module->results[mutation->result];
    if (mutation->in_place)
      continue;
    graphc_place place = mutation->place;
    const graphc_type *target = place.is_state
                                    ? &module->states[place.index].type
                                    : &module->inputs[place.index].type;
    int64_t shape[GRAPHC_RT_MAX_RANK], from[GRAPHC_RT_MAX_RANK];
    int64_t to[GRAPHC_RT_MAX_RANK];
    if (!graphc_rt_evaluate_shape(target, context->symbols, shape) ||
        !graphc_rt_evaluate_strides(target, context->symbols, to) ||
        !graphc_rt_evaluate_strides(&result->type, context->symbols, from))
      continue;
    DLDevice device = {kDLCUDA, context->gpu->device};
    void *data =
        place.is_state
            ? context->states[place.index]
            : graphc_rt_first_element(&context->gpu->tensors[place.index]);
    DLTensor written = {data, device, target->rank, target->dtype, shape,
                        to,   0};
    DLTensor made = {context->entryOutputs[mutation->result],
                     device,
                     target->rank,
                     target->dtype,
                     shape,
                     from,
                     0};
    copyLayout(context, &written, &made);
  }
}

static int isMutated(const graphc_module *module, size_t input) {
  for (size_t i = 0; i < module->num_mutations; ++i)
    if (!module->mutations[i].place.is_state &&
        module->mutations[i].place.index == (int32_t)input)
      return 1;
  return 0;
}

/* The bytes that the host gets back of tensor `i`, inputs before outputs: of
   outputs, and of inputs that the program changes. */
static size_t getDownload(const graphc_module *module, const DLTensor *tensor,
                          size_t i) {
  int isInput = i < module->num_inputs;
  if (!isOnHost(tensor) || (isInput && !isMutated(module, i)) ||
      (!isInput &&
       module->outputs[i - module->num_inputs].kind == GRAPHC_KIND_INT))
    return 0;
  return spanOf(tensor);
}

static const DLTensor *getTensor(const graphc_module *module,
                                 const DLTensor *inputs,
                                 const DLTensor *outputs, size_t i) {
  return i < module->num_inputs ? &inputs[i] : &outputs[i - module->num_inputs];
}

/* Copies what the host gets back. */
static void download(graphc_context *context, const DLTensor *inputs,
                     const DLTensor *outputs) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_module *module = context->module;
  for (size_t i = 0; i < module->num_inputs + module->num_outputs; ++i) {
    const DLTensor *tensor = getTensor(module, inputs, outputs, i);
    size_t size = getDownload(module, tensor, i);
    gpu->bytesToHost += size;
    if (size)
      graphc_rt_gpu_check(context,
                          gpu->driver.download(graphc_rt_first_element(tensor),
                                               addressOf(&gpu->tensors[i]),
                                               size, gpu->stream),
                          "copying an output");
  }
}

/* A caller whose tensors are all on the device waits for the stream, as does
   one who captures it. */
static int isAwaited(const graphc_context *context, const DLTensor *inputs,
                     const DLTensor *outputs) {
  const graphc_rt_gpu *gpu = context->gpu;
  const graphc_module *module = context->module;
  if (gpu->isCaptured)
    return 0;
  int found = gpu->ownsStream || context->time;
  for (size_t i = 0; i < module->num_inputs + module->num_outputs; ++i)
    found |= getDownload(module, getTensor(module, inputs, outputs, i), i) != 0;
  return found;
}

/* Whether what inputs and states are to hold is copied there only when the
   checks are known to hold. A caller who does not wait finds it there in any
   case: the failure is told later. */
static int writesBackLate(const graphc_context *context) {
  const graphc_module *module = context->module;
  int found = 0;
  for (size_t i = 0; i < module->num_mutations; ++i)
    found |= !module->mutations[i].in_place;
  return found && module->num_checks && context->gpu->isAwaited;
}

/* Waits for the device; nonzero if it or a check failed, as `status` tells. */
static int await(graphc_context *context, graphc_status *status) {
  graphc_rt_gpu *gpu = context->gpu;
  if (graphc_rt_gpu_check(context, gpu->driver.synchronize(gpu->stream),
                          "running the kernels")) {
    *status = gpu->failed;
    return 1;
  }
  gpu->isBehind = 0;
  int32_t number = graphc_rt_gpu_take_check(context);
  if (number)
    *status = graphc_rt_fail_check(context, number);
  return number != 0;
}

/* A run that waits would take what calls before it tell for its own. */
static graphc_status hearEarlier(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  if (graphc_rt_gpu_check(context, gpu->driver.synchronize(gpu->stream),
                          "running the kernels of an earlier run"))
    return gpu->failed;
  gpu->isBehind = 0;
  return graphc_rt_gpu_tell_earlier(context);
}

/* What a run that has failed began is over when it returns, and tells the next
   one nothing. Whatever comes of it, the run has failed. */
static void finish(graphc_context *context) {
  (void)context->gpu->driver.synchronize(context->gpu->stream);
  (void)graphc_rt_gpu_take_check(context);
}

static graphc_status runOnDevice(graphc_context *context,
                                 const DLTensor *inputs, DLTensor *outputs,
                                 void *workspace, size_t workspaceSize) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_module *module = context->module;
  DLTensor *placedOutputs = gpu->tensors + module->num_inputs;
  int64_t total;
  graphc_status status = graphc_rt_lay_out_workspace(context, NULL, &total);
  if (status != GRAPHC_OK)
    return status;
  size_t used = workspace ? 0 : graphc_rt_align((size_t)total), base = used;
  place(context, inputs, module->num_inputs, gpu->tensors, &used);
  place(context, outputs, module->num_outputs, placedOutputs, &used);
  status = reserve(context, used + GRAPHC_RT_ALIGNMENT);
  if (status != GRAPHC_OK)
    return status;
  /* The pool may have moved. */
  used = base;
  place(context, inputs, module->num_inputs, gpu->tensors, &used);
  place(context, outputs, module->num_outputs, placedOutputs, &used);
  char *arena = (char *)(uintptr_t)gpu->pool;
  if (workspace)
    status =
        graphc_rt_take_workspace(context, workspace, workspaceSize, &arena);
  else
    status = graphc_rt_lay_out_workspace(context, arena, &total);
  gpu->givenWorkspace = workspace && total ? arena : NULL;
  gpu->isAwaited = isAwaited(context, inputs, outputs);
  if (status == GRAPHC_OK && gpu->isAwaited && gpu->isBehind)
    status = hearEarlier(context);
  if (status == GRAPHC_OK)
    status = uploadInputs(context, inputs, gpu->tensors);
  if (status != GRAPHC_OK)
    return status;
  graphc_rt_connect(context, gpu->tensors, placedOutputs);
  gpu->isMixed = gpu->isBehind;
  gpu->isBehind |= !gpu->isAwaited && module->num_checks;
  int32_t failed = graphc_rt_gpu_replay(context, arena);
  if (gpu->failed != GRAPHC_OK || failed) {
    status = gpu->failed != GRAPHC_OK ? gpu->failed
                                      : graphc_rt_fail_check(context, failed);
    if (gpu->failed == GRAPHC_OK && gpu->isMixed)
      graphc_rt_add_text(context, " (in this run or an earlier one)");
    if (gpu->isAwaited)
      finish(context);
    return status;
  }
  if (writesBackLate(context)) {
    if (await(context, &status))
      return status;
    writeBack(context);
  }
  download(context, inputs, outputs);
  if (gpu->isAwaited && await(context, &status))
    return status;
  if (context->time)
    graphc_rt_gpu_tell_times(context);
  return gpu->failed != GRAPHC_OK ? gpu->failed
                                  : graphc_rt_fill_outputs(context, outputs);
}

int32_t graphc_rt_gpu_enter(graphc_context *context, char *arena) {
  graphc_rt_gpu *gpu = context->gpu;
  int32_t failed = context->module->entry(
      context->entryInputs, context->entryOutputs, context->symbols,
      (const void *)(uintptr_t)gpu->loaded->weights, arena, context->threads);
  if (!failed && gpu->failed == GRAPHC_OK && !writesBackLate(context))
    writeBack(context);
  return failed;
}

graphc_status graphc_rt_gpu_run(graphc_context *context, const DLTensor *inputs,
                                size_t numInputs, DLTensor *outputs,
                                size_t numOutputs, void *workspace,
                                size_t workspaceSize) {
  graphc_status status =
      graphc_rt_begin_call(context, inputs, numInputs, /*needData=*/1);
  if (status == GRAPHC_OK)
    status = graphc_rt_check_outputs(context, outputs, numOutputs);
  if (status == GRAPHC_OK)
    status = graphc_rt_check_overlap(context, workspace, workspaceSize);
  if (status == GRAPHC_OK)
    status = graphc_rt_gpu_tell_earlier(context);
  if (status != GRAPHC_OK)
    return status;
  graphc_rt_gpu *gpu = context->gpu;
  gpu->failed = GRAPHC_OK;
  gpu->readsHost = 0;
  gpu->bytesToDevice = gpu->bytesToHost = 0;
  gpu->numTimes = 0;
  if (graphc_rt_gpu_check(context,
                          gpu->driver.pushContext(gpu->loaded->cudaContext),
                          "cuCtxPushCurrent"))
    return gpu->failed;
  status = graphc_rt_gpu_see_capture(context) ? gpu->failed : GRAPHC_OK;
  if (status == GRAPHC_OK)
    status = runOnDevice(context, inputs, outputs, workspace, workspaceSize);
  void *ours;
  if (graphc_rt_gpu_check(context, gpu->driver.popContext(&ours),
                          "cuCtxPopCurrent") &&
      status == GRAPHC_OK)
    status = gpu->failed;
  return status;
}
