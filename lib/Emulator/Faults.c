//===- Faults.c - Calls that fail, and what is not given back ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FUNCTIONS = 96 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
  const char *name;
  unsigned long calls;
} counts[MAX_FUNCTIONS];
static unsigned long allCalls;
static long live[NUM_LIVE];

/* The entry of a function; functions are their names, which live for ever. */
static unsigned long *countOf(const char *function) {
  for (int i = 0; i < MAX_FUNCTIONS; ++i) {
    if (!counts[i].name)
      counts[i].name = function;
    if (!strcmp(counts[i].name, function))
      return &counts[i].calls;
  }
  abort();
}

int emulator_fault(const char *function) {
  pthread_mutex_lock(&lock);
  unsigned long call = ++*countOf(function), anyCall = ++allCalls;
  pthread_mutex_unlock(&lock);
  const char *wanted = getenv("GRAPHC_EMULATOR_FAIL");
  const char *colon = wanted ? strchr(wanted, ':') : NULL;
  if (!colon)
    return SUCCESS;
  size_t length = (size_t)(colon - wanted);
  if (length == 1 && *wanted == '*')
    call = anyCall;
  else if (strlen(function) != length || memcmp(function, wanted, length))
    return SUCCESS;
  char *end;
  if (strtoul(colon + 1, &end, 10) != call)
    return SUCCESS;
  return *end == ':' ? atoi(end + 1) : UNKNOWN;
}

void emulator_count_live(live_kind kind, int change) {
  __atomic_fetch_add(&live[kind], change, __ATOMIC_RELAXED);
}

/* For tests: begins to count calls anew. */
EXPORT void graphc_emulator_reset(void) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < MAX_FUNCTIONS; ++i)
    counts[i].calls = 0;
  allCalls = 0;
  pthread_mutex_unlock(&lock);
}
/* How often a function was called since; null: all of them together. */
EXPORT unsigned long graphc_emulator_calls(const char *function) {
  pthread_mutex_lock(&lock);
  unsigned long calls = allCalls;
  for (int i = 0; function && i < MAX_FUNCTIONS; ++i) {
    if (i == 0)
      calls = 0;
    if (counts[i].name && !strcmp(counts[i].name, function))
      calls = counts[i].calls;
  }
  pthread_mutex_unlock(&lock);
  return calls;
}
/* The name of the function that was seen as number `index`, or null. */
EXPORT const char *graphc_emulator_function(int index) {
  return index >= 0 && index < MAX_FUNCTIONS ? counts[index].name : NULL;
}
/* What has not been given back: memory, streams, events, modules, graphs,
   executable graphs, contexts, memory of the host. */
EXPORT long graphc_emulator_live(int kind) {
  return kind >= 0 && kind < NUM_LIVE
             ? __atomic_load_n(&live[kind], __ATOMIC_RELAXED)
             : -1;
}
