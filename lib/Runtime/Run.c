//===- Run.c - One call of a module ---------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The workspace holds the arena of the code and then, each aligned, the results
// that will be written back into inputs and states. Sizes are those of the
// bounds where the run finds the real ones.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

static graphc_status failTooLarge(graphc_context *context, const char *what) {
  graphc_rt_begin_message(context);
  graphc_rt_add_text(context, what);
  graphc_rt_add_text(context, " is too large for these inputs");
  return GRAPHC_ERROR_RANGE;
}

/* The mutation that lets the code write a result in place, or null. */
static const graphc_mutation *findInPlace(const graphc_module *module,
                                          size_t result) {
  for (size_t i = 0; i < module->num_mutations; ++i)
    if (module->mutations[i].in_place &&
        module->mutations[i].result == (int32_t)result)
      return &module->mutations[i];
  return NULL;
}

static int isInWorkspace(const graphc_module *module, size_t result) {
  return module->results[result].output < 0 && !findInPlace(module, result);
}

static int resultSize(graphc_context *context, const graphc_result *result,
                      int64_t *size) {
  int64_t shape[GRAPHC_RT_MAX_RANK], strides[GRAPHC_RT_MAX_RANK];
  return graphc_rt_evaluate_shape(&result->type, context->symbols, shape) &&
         graphc_rt_evaluate_strides(&result->type, context->symbols, strides) &&
         graphc_rt_span(shape, strides, result->type.rank, size) &&
         !__builtin_mul_overflow(
             *size, (int64_t)graphc_rt_element_size(result->type.dtype),
             size) &&
         *size < INT64_MAX / 4;
}

/* Sums up the workspace and, with a base, sets where results go in it. */
graphc_status graphc_rt_lay_out_workspace(graphc_context *context, char *base,
                                          int64_t *total) {
  const graphc_module *module = context->module;
  if (!graphc_rt_evaluate(module->workspace, context->symbols, total) ||
      *total < 0 || *total > INT64_MAX / 4)
    return failTooLarge(context, "the workspace");
  *total = (int64_t)graphc_rt_align((size_t)*total);
  for (size_t i = 0; i < module->num_results; ++i) {
    int64_t size;
    if (!isInWorkspace(module, i))
      continue;
    if (!resultSize(context, &module->results[i], &size))
      return failTooLarge(context, "the workspace");
    if (base)
      context->entryOutputs[i] = base + *total;
    if (__builtin_add_overflow(*total, (int64_t)graphc_rt_align((size_t)size),
                               total))
      return failTooLarge(context, "the workspace");
  }
  return GRAPHC_OK;
}

/* Common start of every call that takes inputs. */
graphc_status graphc_rt_begin_call(graphc_context *context,
                                   const DLTensor *inputs, size_t numInputs,
                                   int needData) {
  if (!context)
    return GRAPHC_ERROR_NULL;
  if (context->broken != GRAPHC_OK)
    return context->broken;
  graphc_rt_begin_message(context);
  return graphc_rt_check_inputs(context, inputs, numInputs, needData);
}

graphc_status graphc_rt_workspace_size(graphc_context *context,
                                       const DLTensor *inputs, size_t numInputs,
                                       size_t *size) {
  graphc_status status = graphc_rt_begin_call(context, inputs, numInputs, 0);
  if (status != GRAPHC_OK)
    return status;
  if (!size) {
    graphc_rt_add_text(context, "the pointer for the size is null");
    return GRAPHC_ERROR_NULL;
  }
  int64_t total;
  status = graphc_rt_lay_out_workspace(context, NULL, &total);
  if (status == GRAPHC_OK) /* room to align what malloc returns */
    *size = total ? (size_t)total + GRAPHC_RT_ALIGNMENT : 0;
  return status;
}

graphc_status graphc_rt_output_shape(graphc_context *context,
                                     const DLTensor *inputs, size_t numInputs,
                                     size_t output, int64_t *shape,
                                     int64_t *strides) {
  graphc_status status = graphc_rt_begin_call(context, inputs, numInputs, 0);
  if (status != GRAPHC_OK)
    return status;
  if (output >= context->module->num_outputs) {
    graphc_rt_add_text(context, "there is no output ");
    graphc_rt_add_number(context, (int64_t)output);
    graphc_rt_add_text(context, ", the module has ");
    graphc_rt_add_number(context, (int64_t)context->module->num_outputs);
    return GRAPHC_ERROR_ARGUMENT;
  }
  const graphc_tensor *info = &context->module->outputs[output];
  if (info->kind == GRAPHC_KIND_INT)
    return GRAPHC_OK;
  if (!shape && info->type.rank) {
    graphc_rt_add_text(context, "the pointer for the shape is null");
    return GRAPHC_ERROR_NULL;
  }
  if (!graphc_rt_evaluate_shape(&info->type, context->symbols, shape) ||
      (strides &&
       !graphc_rt_evaluate_strides(&info->type, context->symbols, strides)))
    return failTooLarge(context, "an output");
  return GRAPHC_OK;
}

/* Finds room in the caller's workspace, which need not be aligned. */
graphc_status graphc_rt_take_workspace(graphc_context *context, void *workspace,
                                       size_t size, char **base) {
  int64_t total;
  graphc_status status = graphc_rt_lay_out_workspace(context, NULL, &total);
  if (status != GRAPHC_OK)
    return status;
  *base = (char *)graphc_rt_align((uintptr_t)workspace);
  size_t lost = (size_t)((uintptr_t)*base - (uintptr_t)workspace);
  if (total && !workspace) {
    graphc_rt_begin_message(context);
    graphc_rt_add_text(context, "the workspace is null, needed are ");
    graphc_rt_add_number(context, total + GRAPHC_RT_ALIGNMENT);
    graphc_rt_add_text(context, " bytes");
    return GRAPHC_ERROR_NULL;
  }
  if (total && (size < lost || size - lost < (size_t)total)) {
    graphc_rt_begin_message(context);
    graphc_rt_add_text(context, "the workspace has ");
    graphc_rt_add_number(context, (int64_t)size);
    graphc_rt_add_text(context, " bytes, needed are ");
    graphc_rt_add_number(context, total + (int64_t)lost);
    return GRAPHC_ERROR_WORKSPACE;
  }
  return graphc_rt_lay_out_workspace(context, *base, &total);
}

static void *find(graphc_context *context, graphc_place place,
                  const DLTensor *inputs) {
  return place.is_state ? context->states[place.index]
                        : graphc_rt_first_element(&inputs[place.index]);
}

static void writeBack(graphc_context *context, const DLTensor *inputs) {
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
    if (graphc_rt_evaluate_shape(target, context->symbols, shape) &&
        graphc_rt_evaluate_strides(target, context->symbols, to) &&
        graphc_rt_evaluate_strides(&result->type, context->symbols, from))
      graphc_rt_copy(find(context, place, inputs), to,
                     context->entryOutputs[mutation->result], from, shape,
                     target->rank, graphc_rt_element_size(target->dtype));
  }
}

/* Where the code reads and writes. Results in the workspace have their place
   already. */
void graphc_rt_connect(graphc_context *context, const DLTensor *inputs,
                       const DLTensor *outputs) {
  const graphc_module *module = context->module;
  for (size_t i = 0; i < module->num_places; ++i)
    context->entryInputs[i] = find(context, module->places[i], inputs);
  context->entryInputs[module->num_places] =
      module->device || context->observer ? context : NULL;
  for (size_t i = 0; i < module->num_results; ++i) {
    const graphc_mutation *inPlace = findInPlace(module, i);
    int32_t output = module->results[i].output;
    if (output >= 0)
      context->entryOutputs[i] = graphc_rt_first_element(&outputs[output]);
    else if (inPlace)
      context->entryOutputs[i] = find(context, inPlace->place, inputs);
  }
}

/* What only the run knows: integers, and sizes that were bounds so far. */
graphc_status graphc_rt_fill_outputs(graphc_context *context,
                                     DLTensor *outputs) {
  const graphc_module *module = context->module;
  for (size_t i = 0; i < module->num_outputs; ++i) {
    const graphc_tensor *output = &module->outputs[i];
    if (output->kind == GRAPHC_KIND_INT) {
      int64_t *value = (int64_t *)graphc_rt_first_element(&outputs[i]);
      if (!graphc_rt_evaluate(output->expr, context->symbols, value))
        return failTooLarge(context, "an output");
      continue;
    }
    const graphc_type *type = &output->type;
    for (int32_t d = 0; d < type->rank; ++d) {
      int64_t value;
      if (type->shape_exprs && type->shape_exprs[d] &&
          graphc_rt_evaluate(type->shape_exprs[d], context->symbols, &value) &&
          value != outputs[i].shape[d])
        outputs[i].shape[d] = value;
      if (outputs[i].strides && type->stride_exprs && type->stride_exprs[d] &&
          graphc_rt_evaluate(type->stride_exprs[d], context->symbols, &value) &&
          outputs[i].strides[d] != value)
        outputs[i].strides[d] = value;
    }
  }
  return GRAPHC_OK;
}

graphc_status graphc_rt_fail_check(graphc_context *context, int32_t number) {
  const graphc_module *module = context->module;
  graphc_rt_begin_message(context);
  if (number > 0 && (size_t)number <= module->num_checks) {
    graphc_rt_add_text(context, module->checks[number - 1]);
  } else {
    graphc_rt_add_text(context, "check ");
    graphc_rt_add_number(context, number);
    graphc_rt_add_text(context, " failed");
  }
  return GRAPHC_ERROR_CHECK;
}

graphc_status graphc_rt_run(graphc_context *context, const DLTensor *inputs,
                            size_t numInputs, DLTensor *outputs,
                            size_t numOutputs, void *workspace,
                            size_t workspaceSize) {
  graphc_status status = graphc_rt_begin_call(context, inputs, numInputs, 1);
  if (status == GRAPHC_OK)
    status = graphc_rt_check_outputs(context, outputs, numOutputs);
  char *arena = NULL;
  if (status == GRAPHC_OK)
    status =
        graphc_rt_take_workspace(context, workspace, workspaceSize, &arena);
  if (status == GRAPHC_OK)
    status = graphc_rt_check_overlap(context, workspace, workspaceSize);
  if (status != GRAPHC_OK)
    return status;

  const graphc_module *module = context->module;
  graphc_rt_connect(context, inputs, outputs);
  int32_t failed = module->entry(context->entryInputs, context->entryOutputs,
                                 context->symbols, context->weights, arena,
                                 context->threads);
  if (failed)
    return graphc_rt_fail_check(context, failed);
  writeBack(context, inputs);
  return graphc_rt_fill_outputs(context, outputs);
}
