//===- Check.c - Whether a call fits the module ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

/* A tensor of a call beside what the module expects of it. */
typedef struct {
  graphc_context *context;
  const char *role; /* "input" or "output" */
  size_t index;
  const char *name;
  const graphc_type *type;
  const DLTensor *tensor;
  graphc_kind kind;
} subject;

static void begin(const subject *s) {
  graphc_rt_begin_message(s->context);
  graphc_rt_add_text(s->context, s->role);
  graphc_rt_add_text(s->context, " ");
  graphc_rt_add_number(s->context, (int64_t)s->index);
  if (s->name && *s->name) {
    graphc_rt_add_text(s->context, " '");
    graphc_rt_add_text(s->context, s->name);
    graphc_rt_add_text(s->context, "'");
  }
  graphc_rt_add_text(s->context, ": ");
}

static graphc_status fail(const subject *s, graphc_status status,
                          const char *text) {
  begin(s);
  graphc_rt_add_text(s->context, text);
  graphc_rt_add_type(s->context, s->type);
  return status;
}

static graphc_status failRank(const subject *s) {
  begin(s);
  graphc_rt_add_text(s->context, "rank is ");
  graphc_rt_add_number(s->context, s->tensor->ndim);
  graphc_rt_add_text(s->context, ", expected ");
  graphc_rt_add_number(s->context, s->type->rank);
  graphc_rt_add_type(s->context, s->type);
  return GRAPHC_ERROR_RANK;
}

static graphc_status failDtype(const subject *s) {
  begin(s);
  graphc_rt_add_text(s->context, "dtype is ");
  graphc_rt_add_dtype(s->context, s->tensor->dtype);
  graphc_rt_add_text(s->context, ", expected ");
  graphc_rt_add_dtype(s->context, s->type->dtype);
  graphc_rt_add_type(s->context, s->type);
  return GRAPHC_ERROR_DTYPE;
}

/* Sizes are needed before anything runs. */
static int canBeOnDevice(const subject *s) {
  return s->context->module->device && s->kind != GRAPHC_KIND_INT;
}

/* The memory of modules for the CPU, or of the device of the others. */
static int isRightDevice(const subject *s) {
  DLDevice device = s->tensor->device;
  if (device.device_type == kDLCPU)
    return 1;
  return canBeOnDevice(s) && device.device_type == kDLCUDA &&
         device.device_id == s->context->device;
}

static graphc_status failDevice(const subject *s) {
  begin(s);
  graphc_rt_add_text(s->context, "device type is ");
  graphc_rt_add_number(s->context, s->tensor->device.device_type);
  if (s->tensor->device.device_type == kDLCUDA && s->context->module->device) {
    graphc_rt_add_text(s->context, " with number ");
    graphc_rt_add_number(s->context, s->tensor->device.device_id);
  }
  graphc_rt_add_text(s->context, ", expected 1 (CPU)");
  if (canBeOnDevice(s)) {
    graphc_rt_add_text(s->context, " or 2 (CUDA) with number ");
    graphc_rt_add_number(s->context, s->context->device);
  }
  return GRAPHC_ERROR_DEVICE;
}

static graphc_status failSize(const subject *s, int32_t dimension,
                              int64_t expected) {
  begin(s);
  graphc_rt_add_text(s->context, "dimension ");
  graphc_rt_add_number(s->context, dimension);
  graphc_rt_add_text(s->context, " is ");
  graphc_rt_add_number(s->context, s->tensor->shape[dimension]);
  if (expected >= 0) {
    graphc_rt_add_text(s->context, ", expected ");
    graphc_rt_add_number(s->context, expected);
  }
  graphc_rt_add_type(s->context, s->type);
  return GRAPHC_ERROR_SHAPE;
}

static graphc_status failStride(const subject *s, int32_t dimension,
                                int64_t found, int64_t expected) {
  begin(s);
  graphc_rt_add_text(s->context, "stride of dimension ");
  graphc_rt_add_number(s->context, dimension);
  graphc_rt_add_text(s->context, " is ");
  graphc_rt_add_number(s->context, found);
  graphc_rt_add_text(s->context, ", expected ");
  graphc_rt_add_number(s->context, expected);
  graphc_rt_add_type(s->context, s->type);
  return GRAPHC_ERROR_STRIDE;
}

/* What can be said before the symbols are known. */
static graphc_status checkForm(const subject *s) {
  const DLTensor *tensor = s->tensor;
  if (!isRightDevice(s))
    return failDevice(s);
  DLDataType got = tensor->dtype, want = s->type->dtype;
  if (got.code != want.code || got.bits != want.bits || got.lanes != want.lanes)
    return failDtype(s);
  if (tensor->ndim != s->type->rank)
    return failRank(s);
  if (tensor->ndim && !tensor->shape)
    return fail(s, GRAPHC_ERROR_NULL, "shape is null");
  for (int32_t d = 0; d < tensor->ndim; ++d)
    if (tensor->shape[d] < 0)
      return failSize(s, d, -1);
  return GRAPHC_OK;
}

static graphc_status checkData(const subject *s, int64_t elements) {
  const void *data = graphc_rt_first_element(s->tensor);
  if (!elements)
    return GRAPHC_OK;
  if (!data)
    return fail(s, GRAPHC_ERROR_NULL, "data is null");
  /* Complex numbers are aligned like their halves. */
  unsigned bits = s->type->dtype.code == kDLComplex ? s->type->dtype.bits / 2u
                                                    : s->type->dtype.bits;
  unsigned alignment = bits < 8 ? 1 : bits / 8;
  enum { deviceAlignment = 16 };
  int isOnDevice = s->tensor->device.device_type == kDLCUDA;
  if (isOnDevice)
    alignment = deviceAlignment;
  if ((uintptr_t)data % alignment == 0)
    return GRAPHC_OK;
  begin(s);
  graphc_rt_add_text(s->context, "data is not aligned to the ");
  graphc_rt_add_number(s->context, alignment);
  graphc_rt_add_text(s->context, isOnDevice ? " bytes that devices read at once"
                                            : " bytes of its elements");
  graphc_rt_add_type(s->context, s->type);
  return GRAPHC_ERROR_ALIGNMENT;
}

/* Sizes, then strides where they matter: not of empty tensors nor of
   dimensions of one element. */
static graphc_status checkLayout(const subject *s, graphc_rt_extent *extent,
                                 int needData) {
  const DLTensor *tensor = s->tensor;
  const int64_t *symbols = s->context->symbols;
  int64_t sizes[GRAPHC_RT_MAX_RANK], strides[GRAPHC_RT_MAX_RANK];
  int64_t elements, span, bytes;
  int32_t rank = s->type->rank;
  extent->begin = extent->end = 0;
  if (!graphc_rt_evaluate_shape(s->type, symbols, sizes))
    return fail(s, GRAPHC_ERROR_RANGE, "sizes are too large");
  for (int32_t d = 0; d < rank; ++d)
    if (tensor->shape[d] != sizes[d])
      return failSize(s, d, sizes[d]);
  if (!graphc_rt_count_elements(sizes, rank, &elements))
    return fail(s, GRAPHC_ERROR_RANGE, "sizes are too large");
  if (!elements)
    return GRAPHC_OK;
  if (!graphc_rt_evaluate_strides(s->type, symbols, strides) ||
      !graphc_rt_span(sizes, strides, rank, &span) ||
      __builtin_mul_overflow(span, (s->type->dtype.bits + 7) / 8, &bytes))
    return fail(s, GRAPHC_ERROR_RANGE, "sizes are too large");
  int64_t rowMajor = 1;
  for (int32_t d = rank - 1; d >= 0; --d) {
    int64_t found = tensor->strides ? tensor->strides[d] : rowMajor;
    if (sizes[d] > 1 && found != strides[d])
      return failStride(s, d, found, strides[d]);
    rowMajor *= sizes[d];
  }
  extent->begin = (uintptr_t)graphc_rt_first_element(tensor);
  extent->end = extent->begin + (uintptr_t)bytes;
  return needData ? checkData(s, elements) : GRAPHC_OK;
}

static graphc_status checkCount(graphc_context *context, const char *what,
                                size_t found, size_t expected,
                                const void *tensors) {
  if (found == expected && (tensors || !expected))
    return GRAPHC_OK;
  graphc_rt_begin_message(context);
  if (found == expected) {
    graphc_rt_add_text(context, "the array of ");
    graphc_rt_add_text(context, what);
    graphc_rt_add_text(context, " is null");
    return GRAPHC_ERROR_NULL;
  }
  graphc_rt_add_text(context, "got ");
  graphc_rt_add_number(context, (int64_t)found);
  graphc_rt_add_text(context, " ");
  graphc_rt_add_text(context, what);
  graphc_rt_add_text(context, ", expected ");
  graphc_rt_add_number(context, (int64_t)expected);
  return GRAPHC_ERROR_COUNT;
}

static subject makeInput(graphc_context *context, const DLTensor *inputs,
                         size_t i) {
  const graphc_tensor *input = &context->module->inputs[i];
  subject s = {context,      "input",    i,          input->name,
               &input->type, &inputs[i], input->kind};
  return s;
}

/* An integer that is no bare symbol must be what its expression says. */
static graphc_status checkInteger(const subject *s, graphc_expr expr) {
  int64_t found = *(const int64_t *)graphc_rt_first_element(s->tensor);
  int64_t expected;
  if (!graphc_rt_evaluate(expr, s->context->symbols, &expected))
    return fail(s, GRAPHC_ERROR_RANGE, "sizes are too large");
  if (found == expected)
    return GRAPHC_OK;
  begin(s);
  graphc_rt_add_text(s->context, "value is ");
  graphc_rt_add_number(s->context, found);
  graphc_rt_add_text(s->context, ", expected ");
  graphc_rt_add_number(s->context, expected);
  return GRAPHC_ERROR_RANGE;
}

static graphc_status checkConstraints(graphc_context *context) {
  const graphc_module *module = context->module;
  for (size_t i = 0; i < module->num_constraints; ++i) {
    const graphc_constraint *c = &module->constraints[i];
    int64_t value;
    if (!graphc_rt_evaluate(c->expr, context->symbols, &value)) {
      graphc_rt_begin_message(context);
      graphc_rt_add_text(context, "sizes are too large");
      return GRAPHC_ERROR_RANGE;
    }
    if (value >= c->min && value <= c->max)
      continue;
    graphc_rt_begin_message(context);
    graphc_rt_add_text(context, "the sizes of the inputs do not satisfy ");
    graphc_rt_add_text(context, c->text);
    graphc_rt_add_symbols(context, c->expr);
    return GRAPHC_ERROR_RANGE;
  }
  return GRAPHC_OK;
}

graphc_status graphc_rt_check_inputs(graphc_context *context,
                                     const DLTensor *inputs, size_t numInputs,
                                     int needData) {
  const graphc_module *module = context->module;
  for (size_t i = 0; i < module->num_symbols; ++i)
    context->solved[i] = 0;
  graphc_status status =
      checkCount(context, "inputs", numInputs, module->num_inputs, inputs);
  for (size_t i = 0; i < numInputs && status == GRAPHC_OK; ++i) {
    subject s = makeInput(context, inputs, i);
    status = checkForm(&s);
    if (status == GRAPHC_OK && module->inputs[i].kind == GRAPHC_KIND_INT)
      status = checkData(&s, 1);
  }
  if (status == GRAPHC_OK)
    status = graphc_rt_solve_symbols(context, inputs);
  for (size_t i = 0; i < numInputs && status == GRAPHC_OK; ++i) {
    subject s = makeInput(context, inputs, i);
    status = checkLayout(&s, &context->extents[i], needData);
    if (status == GRAPHC_OK && module->inputs[i].kind == GRAPHC_KIND_INT)
      status = checkInteger(&s, module->inputs[i].expr);
  }
  return status == GRAPHC_OK ? checkConstraints(context) : status;
}

graphc_status graphc_rt_check_outputs(graphc_context *context,
                                      const DLTensor *outputs,
                                      size_t numOutputs) {
  const graphc_module *module = context->module;
  graphc_status status =
      checkCount(context, "outputs", numOutputs, module->num_outputs, outputs);
  for (size_t i = 0; i < numOutputs && status == GRAPHC_OK; ++i) {
    const graphc_tensor *output = &module->outputs[i];
    subject s = {context,       "output",    i,           output->name,
                 &output->type, &outputs[i], output->kind};
    status = checkForm(&s);
    if (status == GRAPHC_OK)
      status = checkLayout(&s, &context->extents[module->num_inputs + i], 1);
  }
  return status;
}

static int overlap(graphc_rt_extent a, graphc_rt_extent b) {
  return a.begin < b.end && b.begin < a.end;
}

static graphc_status failOverlap(graphc_context *context, const char *role,
                                 size_t index, const char *otherRole,
                                 size_t other) {
  graphc_rt_begin_message(context);
  graphc_rt_add_text(context, role);
  graphc_rt_add_text(context, " ");
  graphc_rt_add_number(context, (int64_t)index);
  graphc_rt_add_text(context, " overlaps ");
  graphc_rt_add_text(context, otherRole);
  if (*otherRole != 't') {
    graphc_rt_add_text(context, " ");
    graphc_rt_add_number(context, (int64_t)other);
  }
  return GRAPHC_ERROR_ALIAS;
}

graphc_status graphc_rt_check_overlap(graphc_context *context, void *workspace,
                                      size_t workspaceSize) {
  size_t numInputs = context->module->num_inputs;
  size_t numOutputs = context->module->num_outputs;
  const graphc_rt_extent *extents = context->extents;
  graphc_rt_extent space = {(uintptr_t)workspace,
                            (uintptr_t)workspace + workspaceSize};
  for (size_t i = 0; i < numInputs; ++i)
    if (overlap(extents[i], space))
      return failOverlap(context, "input", i, "the workspace", 0);
  for (size_t o = 0; o < numOutputs; ++o) {
    graphc_rt_extent output = extents[numInputs + o];
    if (overlap(output, space))
      return failOverlap(context, "output", o, "the workspace", 0);
    for (size_t i = 0; i < numInputs; ++i)
      if (overlap(output, extents[i]))
        return failOverlap(context, "output", o, "input", i);
    for (size_t other = 0; other < o; ++other)
      if (overlap(output, extents[numInputs + other]))
        return failOverlap(context, "output", o, "output", other);
  }
  return GRAPHC_OK;
}
