//===- Symbols.c - Symbolic sizes from the sizes of the inputs ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   1. a size, stride or integer that is a bare symbol gives its value;
//   2. one that has a single unknown symbol left gives it by solving
//      a * symbol + b = value, until nothing new comes of it;
//   3. ranges are checked, data-dependent symbols get their bounds.
//
// That the sizes agree with each other is checked afterwards, with the shapes.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

/* One equation expr = value, and where it comes from. `dimension` is -1 for an
   integer; strides come after the sizes. */
typedef struct {
  graphc_expr expr;
  int64_t value;
  size_t input;
  int32_t dimension;
} equation;

static void addInput(graphc_context *context, size_t index) {
  graphc_rt_add_text(context, "input ");
  graphc_rt_add_number(context, (int64_t)index);
  graphc_rt_add_text(context, " '");
  graphc_rt_add_text(context, context->module->inputs[index].name);
  graphc_rt_add_text(context, "'");
}

static int64_t readInteger(const DLTensor *tensor) {
  const void *data = graphc_rt_first_element(tensor);
  return data ? *(const int64_t *)data : 0;
}

static graphc_status checkRange(graphc_context *context, int64_t symbol,
                                const equation *from) {
  const graphc_symbol *info = &context->module->symbols[symbol];
  int64_t value = context->symbols[symbol];
  if (value >= info->min && value <= info->max)
    return GRAPHC_OK;
  graphc_rt_begin_message(context);
  addInput(context, from->input);
  if (from->dimension >= 0) {
    graphc_rt_add_text(context, ": dimension ");
    graphc_rt_add_number(context, from->dimension);
  }
  graphc_rt_add_text(context, from->dimension >= 0 ? " gives " : ": ");
  graphc_rt_add_text(context, info->name);
  graphc_rt_add_text(context, " = ");
  graphc_rt_add_number(context, value);
  graphc_rt_add_text(context, ", expected ");
  if (info->max == INT64_MAX) {
    graphc_rt_add_text(context, "at least ");
    graphc_rt_add_number(context, info->min);
  } else if (info->min == INT64_MIN) {
    graphc_rt_add_text(context, "at most ");
    graphc_rt_add_number(context, info->max);
  } else {
    graphc_rt_add_number(context, info->min);
    graphc_rt_add_text(context, " to ");
    graphc_rt_add_number(context, info->max);
  }
  return GRAPHC_ERROR_RANGE;
}

/* The only symbol of an expression that is not solved yet; -1: none, -2:
   several. */
static int64_t findUnknown(const graphc_context *context, graphc_expr expr) {
  int64_t unknown = -1;
  size_t position = 0;
  for (int64_t s; (s = graphc_rt_next_symbol(expr, &position)) >= 0;) {
    if (context->solved[s] || s == unknown)
      continue;
    if (unknown >= 0)
      return -2;
    unknown = s;
  }
  return unknown;
}

/* Solves expr(symbol) = value for an expression that is linear in it. One that
   is not is left alone: another equation may determine the symbol. */
static int solveLinear(graphc_context *context, const equation *e,
                       int64_t symbol) {
  int64_t *slot = &context->symbols[symbol];
  int64_t atZero, atOne, slope, difference, check;
  *slot = 0;
  int ok = graphc_rt_evaluate(e->expr, context->symbols, &atZero);
  *slot = 1;
  ok = ok && graphc_rt_evaluate(e->expr, context->symbols, &atOne);
  ok = ok && !__builtin_sub_overflow(atOne, atZero, &slope) && slope != 0 &&
       slope != -1 && !__builtin_sub_overflow(e->value, atZero, &difference) &&
       difference % slope == 0;
  *slot = ok ? difference / slope : 0;
  return ok && graphc_rt_evaluate(e->expr, context->symbols, &check) &&
         check == e->value;
}

/* Takes what one equation tells; `bareOnly` in the first round. Returns
   whether it determined a symbol. */
static int learn(graphc_context *context, const equation *e, int bareOnly,
                 graphc_status *status) {
  int isBare =
      e->expr[0] == GRAPHC_EXPR_SYMBOL && e->expr[2] == GRAPHC_EXPR_END;
  int64_t symbol = findUnknown(context, e->expr);
  if (symbol < 0 || context->module->symbols[symbol].bound)
    return 0;
  if (isBare)
    context->symbols[symbol] = e->value;
  else if (bareOnly || !solveLinear(context, e, symbol))
    return 0;
  context->solved[symbol] = 1;
  *status = checkRange(context, symbol, e);
  return 1;
}

/* One pass over all equations. */
static int learnFromAll(graphc_context *context, const DLTensor *inputs,
                        int bareOnly, graphc_status *status) {
  const graphc_module *module = context->module;
  int learned = 0;
  for (size_t i = 0; i < module->num_inputs && *status == GRAPHC_OK; ++i) {
    const graphc_tensor *input = &module->inputs[i];
    if (input->kind == GRAPHC_KIND_INT) {
      equation e = {input->expr, readInteger(&inputs[i]), i, -1};
      learned |= learn(context, &e, bareOnly, status);
      continue;
    }
    const graphc_type *type = &input->type;
    for (int32_t d = 0; d < type->rank && *status == GRAPHC_OK; ++d) {
      if (type->shape_exprs && type->shape_exprs[d]) {
        equation e = {type->shape_exprs[d], inputs[i].shape[d], i, d};
        learned |= learn(context, &e, bareOnly, status);
      }
      if (!bareOnly && type->stride_exprs && type->stride_exprs[d] &&
          inputs[i].strides && inputs[i].shape[d] > 1) {
        equation e = {type->stride_exprs[d], inputs[i].strides[d], i, d};
        learned |= learn(context, &e, bareOnly, status);
      }
    }
  }
  return learned;
}

static graphc_status bound(graphc_context *context, size_t symbol) {
  const graphc_symbol *info = &context->module->symbols[symbol];
  int64_t *slot = &context->symbols[symbol];
  if (!graphc_rt_evaluate(info->bound, context->symbols, slot)) {
    graphc_rt_begin_message(context);
    graphc_rt_add_text(context, "the bound of ");
    graphc_rt_add_text(context, info->name);
    graphc_rt_add_text(context, " is too large for these inputs");
    return GRAPHC_ERROR_RANGE;
  }
  if (*slot < 0)
    *slot = 0;
  if (*slot > info->max)
    *slot = info->max;
  return GRAPHC_OK;
}

/* Tells the size that no value of `symbol`, which nothing else of it leaves
   open, gives: 7 of 2*s1. */
static graphc_status failUnsolved(graphc_context *context,
                                  const DLTensor *inputs, size_t symbol) {
  const graphc_module *module = context->module;
  graphc_rt_begin_message(context);
  graphc_rt_add_text(context, "the shapes of the inputs do not determine ");
  graphc_rt_add_text(context, module->symbols[symbol].name);
  for (size_t i = 0; i < module->num_inputs; ++i) {
    const graphc_type *type = &module->inputs[i].type;
    if (module->inputs[i].kind == GRAPHC_KIND_INT || !type->shape_exprs)
      continue;
    for (int32_t d = 0; d < type->rank; ++d) {
      if (!type->shape_exprs[d] ||
          findUnknown(context, type->shape_exprs[d]) != (int64_t)symbol)
        continue;
      graphc_rt_add_text(context, ": ");
      addInput(context, i);
      graphc_rt_add_text(context, ": dimension ");
      graphc_rt_add_number(context, d);
      graphc_rt_add_text(context, " is ");
      graphc_rt_add_number(context, inputs[i].shape[d]);
      graphc_rt_add_type(context, type);
      return GRAPHC_ERROR_SHAPE;
    }
  }
  return GRAPHC_ERROR_SHAPE;
}

graphc_status graphc_rt_solve_symbols(graphc_context *context,
                                      const DLTensor *inputs) {
  const graphc_module *module = context->module;
  graphc_status status = GRAPHC_OK;
  for (size_t i = 0; i < module->num_symbols; ++i)
    context->solved[i] = 0;
  if (!module->num_symbols)
    return GRAPHC_OK;
  learnFromAll(context, inputs, 1, &status);
  while (status == GRAPHC_OK && learnFromAll(context, inputs, 0, &status))
    ;
  for (size_t i = 0; i < module->num_symbols && status == GRAPHC_OK; ++i) {
    if (module->symbols[i].bound) {
      status = bound(context, i);
    } else if (!context->solved[i]) {
      return failUnsolved(context, inputs, i);
    }
  }
  return status;
}
