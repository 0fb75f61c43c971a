//===- Message.c - Error messages without a formatting library ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

void graphc_rt_begin_message(graphc_context *context) {
  context->messageLength = 0;
  context->message[0] = '\0';
}

void graphc_rt_add_text(graphc_context *context, const char *text) {
  size_t length = context->messageLength;
  while (*text && length + 1 < sizeof(context->message))
    context->message[length++] = *text++;
  context->message[length] = '\0';
  context->messageLength = length;
}

void graphc_rt_add_number(graphc_context *context, int64_t number) {
  char digits[24];
  char *first = digits + sizeof(digits);
  uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  *--first = '\0';
  do
    *--first = (char)('0' + rest % 10);
  while (rest /= 10);
  if (number < 0)
    *--first = '-';
  graphc_rt_add_text(context, first);
}

void graphc_rt_add_list(graphc_context *context, const int64_t *numbers,
                        int32_t count) {
  graphc_rt_add_text(context, "[");
  for (int32_t i = 0; i < count; ++i) {
    if (i)
      graphc_rt_add_text(context, ", ");
    graphc_rt_add_number(context, numbers[i]);
  }
  graphc_rt_add_text(context, "]");
}

void graphc_rt_add_dtype(graphc_context *context, DLDataType dtype) {
  static const char *const names[] = {"int",           "uint",
                                      "float",         "opaque handle",
                                      "bfloat",        "complex",
                                      "bool",          "float8_e3m4",
                                      "float8_e4m3",   "float8_e4m3b11fnuz",
                                      "float8_e4m3fn", "float8_e4m3fnuz",
                                      "float8_e5m2",   "float8_e5m2fnuz",
                                      "float8_e8m0fnu"};
  if (dtype.code >= sizeof(names) / sizeof(*names)) {
    graphc_rt_add_text(context, "code ");
    graphc_rt_add_number(context, dtype.code);
    graphc_rt_add_text(context, " of ");
    graphc_rt_add_number(context, dtype.bits);
    graphc_rt_add_text(context, " bits ");
  } else {
    int bitsInName = dtype.code == kDLBool || dtype.code >= kDLFloat8_e3m4;
    graphc_rt_add_text(context, names[dtype.code]);
    if (!bitsInName || dtype.bits != 8)
      graphc_rt_add_number(context, dtype.bits);
  }
  if (dtype.lanes != 1) {
    graphc_rt_add_text(context, "x");
    graphc_rt_add_number(context, dtype.lanes);
  }
}

static int uses(graphc_expr expr, int64_t symbol) {
  size_t position = 0;
  for (int64_t s; (s = graphc_rt_next_symbol(expr, &position)) >= 0;)
    if (s == symbol)
      return 1;
  return 0;
}

static int typeUses(const graphc_type *type, int64_t symbol) {
  for (int32_t i = 0; i < type->rank; ++i) {
    if (type->shape_exprs && type->shape_exprs[i] &&
        uses(type->shape_exprs[i], symbol))
      return 1;
    if (type->stride_exprs && type->stride_exprs[i] &&
        uses(type->stride_exprs[i], symbol))
      return 1;
  }
  return 0;
}

static void addSymbol(graphc_context *context, size_t symbol) {
  graphc_rt_add_text(context, context->module->symbols[symbol].name);
  graphc_rt_add_text(context, " = ");
  graphc_rt_add_number(context, context->symbols[symbol]);
}

void graphc_rt_add_type(graphc_context *context, const graphc_type *type) {
  graphc_rt_add_text(context, " (");
  graphc_rt_add_text(context, type->text);
  for (size_t i = 0; i < context->module->num_symbols; ++i) {
    if (!context->solved[i] || !typeUses(type, (int64_t)i))
      continue;
    graphc_rt_add_text(context, ", ");
    addSymbol(context, i);
  }
  graphc_rt_add_text(context, ")");
}

void graphc_rt_add_symbols(graphc_context *context, graphc_expr expr) {
  const char *separator = " (";
  for (size_t i = 0; i < context->module->num_symbols; ++i) {
    if (!uses(expr, (int64_t)i))
      continue;
    graphc_rt_add_text(context, separator);
    addSymbol(context, i);
    separator = ", ";
  }
  graphc_rt_add_text(context, *separator == ',' ? ")" : "");
}
