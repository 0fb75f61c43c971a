//===- Assembly.c - Instructions that code spells out ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What LLVM has no intrinsic for stands in device code as assembly. Each piece
// is one instruction, perhaps with a predicate or a loop around it; its
// operands are values of the program ($0, $1, ...), groups of them in braces,
// or numbers.
//
//===----------------------------------------------------------------------===//

#include "Assembly.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *skipSpace(const char *at) {
  while (*at == ' ' || *at == '\t' || *at == '\n')
    ++at;
  return at;
}

/* The number behind `setp.ne.b32 p, $N, 0`: what the predicate p is. */
static int findPredicate(const char *text) {
  const char *at = strstr(text, "setp.ne.b32 p, $");
  return at ? atoi(at + strlen("setp.ne.b32 p, $")) : -1;
}

const char *emulator_parse(const char *text, const char *mnemonic,
                           emulator_instruction *result) {
  const char *at = strstr(text, mnemonic);
  memset(result, 0, sizeof(*result));
  if (!at)
    return NULL;
  result->mnemonic = at;
  while (*at && *at != ' ')
    ++at;
  for (at = skipSpace(at); *at && *at != ';'; at = skipSpace(at)) {
    if (result->numOperands == EMULATOR_MAX_OPERANDS)
      return NULL;
    emulator_operand *operand = &result->operands[result->numOperands++];
    int isGroup = *at == '{';
    at += isGroup;
    do {
      at = skipSpace(at + (*at == ','));
      char *end;
      if (*at == '$') {
        int value = (int)strtol(at + 1, &end, 10);
        if (!operand->count++)
          operand->first = value;
        at = end;
      } else if (*at == 'p') {
        operand->first = findPredicate(text);
        operand->count = 1;
        ++at;
      } else {
        operand->number = (int)strtol(at, &end, 10);
        if (end == at)
          return NULL;
        at = end;
      }
      at = skipSpace(at);
    } while (isGroup && *at == ',');
    at = skipSpace(at + (isGroup && *at == '}'));
    if (*at == ',')
      ++at;
  }
  return result->mnemonic;
}

int emulator_number(const emulator_operand *operand, void *const *values) {
  int value = operand->number;
  if (operand->count)
    memcpy(&value, values[operand->first], sizeof(value));
  return value;
}

void *emulator_pointer(const void *value) {
  void *pointer;
  memcpy(&pointer, value, sizeof(pointer));
  return pointer;
}

void emulate_ptx(const char *text, void *const *values, int count) {
  emulator_instruction instruction;
  if (strstr(text, "mbarrier.try_wait.parity"))
    return emulator_wait_parity(emulator_pointer(values[0]),
                                *(const int *)values[1]);
  if (strstr(text, "cp.async.cg"))
    return emulator_copy(emulator_pointer(values[0]),
                         emulator_pointer(values[1]), 16,
                         strstr(text, "$2") ? *(const int *)values[2] : 16);
  if (emulator_parse(text, "wgmma.mma_async", &instruction))
    return emulator_begin_product(text, &instruction, values);
  if (emulator_parse(text, "wgmma.wait_group", &instruction))
    return emulator_wait_for_products(
        emulator_number(&instruction.operands[0], values), values, count);
  fprintf(stderr, "graphc emulator: unknown instruction: %s\n", text);
  abort();
}
