//===- Assembly.h - Instructions that code spells out ------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_EMULATOR_ASSEMBLY_H
#define GRAPHC_LIB_EMULATOR_ASSEMBLY_H

#include "Emulator.h"

enum { EMULATOR_MAX_OPERANDS = 12 };

/* Values `first` and those behind it, `count` of them, or `number`. */
typedef struct {
  int first, count, number;
} emulator_operand;

typedef struct {
  const char *mnemonic; /* in the text */
  int numOperands;
  emulator_operand operands[EMULATOR_MAX_OPERANDS];
} emulator_instruction;

/* Finds the instruction that begins with `mnemonic`; null if there is none. */
const char *emulator_parse(const char *text, const char *mnemonic,
                           emulator_instruction *result);

int emulator_number(const emulator_operand *operand, void *const *values);
void *emulator_pointer(const void *value);

/* What `values` point to are the results, which hold what goes in for them,
   then the other operands, as assembly numbers them; `count` are results. */
void emulate_ptx(const char *text, void *const *values, int count);

/* Mma.c: begins a copy of `bytes`, of which `valid` are read and the rest is
   zero. */
void emulator_copy(unsigned char *to, const unsigned char *from, int bytes,
                   int valid);
/* Waits until phase `parity` of the barrier is over. */
void emulator_wait_parity(void *barrier, int parity);
/* Sums.c: begins a product; does those of all but the last `groups` closed
   groups and puts the sums where the `count` tokens of `values` stand for
   them. */
void emulator_begin_product(const char *text,
                            const emulator_instruction *instruction,
                            void *const *values);
void emulator_wait_for_products(int groups, void *const *values, int count);
/* Computes a product. Zero for one that is not known. */
int emulator_wgmma(const emulator_instruction *instruction,
                   void *const *values);

#endif /* GRAPHC_LIB_EMULATOR_ASSEMBLY_H */
