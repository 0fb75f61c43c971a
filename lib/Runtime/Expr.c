//===- Expr.c - Sizes as postfix programs ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sizes come from whoever calls the module, so every operation is checked: a
// product that wrapped around would make a workspace too small.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

static int floorDivide(int64_t a, int64_t b, int64_t *value) {
  if (b == 0) {
    *value = 0;
    return 1;
  }
  if (b == -1)
    return !__builtin_sub_overflow((int64_t)0, a, value);
  *value = a / b - (a % b != 0 && (a < 0) != (b < 0));
  return 1;
}

static int apply(int64_t op, int64_t a, int64_t b, int64_t *value) {
  int64_t quotient;
  switch (op) {
  case GRAPHC_EXPR_ADD:
    return !__builtin_add_overflow(a, b, value);
  case GRAPHC_EXPR_SUB:
    return !__builtin_sub_overflow(a, b, value);
  case GRAPHC_EXPR_MUL:
    return !__builtin_mul_overflow(a, b, value);
  case GRAPHC_EXPR_FLOORDIV:
    return floorDivide(a, b, value);
  case GRAPHC_EXPR_CEILDIV:
    return !__builtin_sub_overflow((int64_t)0, a, &a) &&
           floorDivide(a, b, &quotient) &&
           !__builtin_sub_overflow((int64_t)0, quotient, value);
  case GRAPHC_EXPR_MOD:
    if (b == 0 || b == -1) {
      *value = 0;
      return 1;
    }
    *value = a % b;
    if (*value != 0 && (*value < 0) != (b < 0))
      *value += b;
    return 1;
  case GRAPHC_EXPR_MIN:
    *value = a < b ? a : b;
    return 1;
  case GRAPHC_EXPR_MAX:
    *value = a > b ? a : b;
    return 1;
  case GRAPHC_EXPR_EQ:
    *value = a == b;
    return 1;
  case GRAPHC_EXPR_LE:
    *value = a <= b;
    return 1;
  }
  return 0;
}

int graphc_rt_evaluate(graphc_expr expr, const int64_t *symbols,
                       int64_t *value) {
  int64_t stack[GRAPHC_EXPR_DEPTH];
  int depth = 0;
  for (; *expr != GRAPHC_EXPR_END; ++expr) {
    if (*expr == GRAPHC_EXPR_CONSTANT || *expr == GRAPHC_EXPR_SYMBOL) {
      if (depth == GRAPHC_EXPR_DEPTH)
        return 0;
      int isSymbol = *expr++ == GRAPHC_EXPR_SYMBOL;
      stack[depth++] = isSymbol ? symbols[*expr] : *expr;
      continue;
    }
    if (depth < 2)
      return 0;
    --depth;
    if (!apply(*expr, stack[depth - 1], stack[depth], &stack[depth - 1]))
      return 0;
  }
  *value = stack[0];
  return depth == 1;
}

int64_t graphc_rt_next_symbol(graphc_expr expr, size_t *position) {
  for (size_t i = *position; expr[i] != GRAPHC_EXPR_END; ++i) {
    if (expr[i] == GRAPHC_EXPR_SYMBOL) {
      *position = i + 2;
      return expr[i + 1];
    }
    i += expr[i] == GRAPHC_EXPR_CONSTANT;
  }
  return -1;
}

static int evaluateAll(const int64_t *constants, const graphc_expr *exprs,
                       int32_t rank, const int64_t *symbols, int64_t *values) {
  for (int32_t i = 0; i < rank; ++i) {
    values[i] = constants[i];
    if (exprs && exprs[i] && !graphc_rt_evaluate(exprs[i], symbols, &values[i]))
      return 0;
  }
  return 1;
}

int graphc_rt_evaluate_shape(const graphc_type *type, const int64_t *symbols,
                             int64_t *shape) {
  return evaluateAll(type->shape, type->shape_exprs, type->rank, symbols,
                     shape);
}

int graphc_rt_evaluate_strides(const graphc_type *type, const int64_t *symbols,
                               int64_t *strides) {
  return evaluateAll(type->strides, type->stride_exprs, type->rank, symbols,
                     strides);
}

int graphc_rt_count_elements(const int64_t *shape, int32_t rank,
                             int64_t *count) {
  *count = 1;
  for (int32_t i = 0; i < rank; ++i)
    if (shape[i] == 0) {
      *count = 0;
      return 1;
    }
  for (int32_t i = 0; i < rank; ++i)
    if (__builtin_mul_overflow(*count, shape[i], count))
      return 0;
  return 1;
}

int graphc_rt_span(const int64_t *shape, const int64_t *strides, int32_t rank,
                   int64_t *span) {
  *span = 1;
  for (int32_t i = 0; i < rank; ++i) {
    int64_t reach;
    if (shape[i] == 0) {
      *span = 0;
      return 1;
    }
    if (__builtin_mul_overflow(shape[i] - 1, strides[i], &reach) ||
        __builtin_add_overflow(*span, reach, span))
      return 0;
  }
  return 1;
}
