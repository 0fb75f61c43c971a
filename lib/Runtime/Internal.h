//===- Internal.h - What the files of the runtime share -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_RUNTIME_INTERNAL_H
#define GRAPHC_LIB_RUNTIME_INTERNAL_H

#include "graphc/Runtime/Functions.h"

enum { GRAPHC_RT_ALIGNMENT = 64, GRAPHC_RT_MAX_RANK = 64 };

/* First and last byte, plus one, of a tensor's memory. */
typedef struct {
  uintptr_t begin, end;
} graphc_rt_extent;

struct graphc_context {
  const graphc_module *module;
  graphc_status broken; /* why it could not be made */
  int32_t threads;
  int32_t device; /* its number */
  const void *weights;
  void *mapping; /* of the weights file, or null */
  size_t mappingSize;
  int64_t *symbols;
  unsigned char *solved; /* one flag per symbol */
  void **states;
  void **entryInputs, **entryOutputs;
  graphc_rt_extent *extents; /* inputs, then outputs */
  graphc_observer observer;  /* or null */
  /* Waits until the device has done what it was told; null: there is none. */
  void (*synchronize)(struct graphc_context *);
  /* Takes the times of kernels on the device; null: the observer does. */
  void (*time)(struct graphc_context *, size_t kernel, int32_t isDone,
               int64_t bytes, int64_t flops);
  void *observerUser;
  DLTensor *observed;        /* room for the operands of any kernel */
  struct graphc_rt_gpu *gpu; /* of a module for a device, see GPU/Driver.h */
  struct graphc_rt_external *external; /* of a module without weights */
  size_t messageLength;
  char message[1024];
};

static inline size_t graphc_rt_align(size_t size) {
  return (size + GRAPHC_RT_ALIGNMENT - 1) & ~(size_t)(GRAPHC_RT_ALIGNMENT - 1);
}

static inline void *graphc_rt_first_element(const DLTensor *tensor) {
  return tensor->data ? (char *)tensor->data + tensor->byte_offset : NULL;
}

/* Message.c: a message is begun, then appended to; what does not fit is cut. */
void graphc_rt_begin_message(graphc_context *context);
void graphc_rt_add_text(graphc_context *context, const char *text);
void graphc_rt_add_number(graphc_context *context, int64_t number);
void graphc_rt_add_list(graphc_context *context, const int64_t *numbers,
                        int32_t count);
void graphc_rt_add_dtype(graphc_context *context, DLDataType dtype);
/* " (float32[s0, 64], s0 = 3)" */
void graphc_rt_add_type(graphc_context *context, const graphc_type *type);
/* " (s0 = 3, s1 = 5)", the symbols of an expression. */
void graphc_rt_add_symbols(graphc_context *context, graphc_expr expr);

/* Expr.c: nonzero on success; zero when a value leaves the range of int64. */
int graphc_rt_evaluate(graphc_expr expr, const int64_t *symbols,
                       int64_t *value);
int graphc_rt_evaluate_shape(const graphc_type *type, const int64_t *symbols,
                             int64_t *shape);
int graphc_rt_evaluate_strides(const graphc_type *type, const int64_t *symbols,
                               int64_t *strides);
/* The next symbol at or after word *position, which advances; -1: no more. */
int64_t graphc_rt_next_symbol(graphc_expr expr, size_t *position);
/* Elements, and elements from the first to the last one. */
int graphc_rt_count_elements(const int64_t *shape, int32_t rank,
                             int64_t *count);
int graphc_rt_span(const int64_t *shape, const int64_t *strides, int32_t rank,
                   int64_t *span);

/* Copy.c: copies elements of `size` bytes between two layouts that do not
   overlap. Null strides mean row-major. */
void graphc_rt_copy(void *to, const int64_t *toStrides, const void *from,
                    const int64_t *fromStrides, const int64_t *shape,
                    int32_t rank, size_t size);
static inline size_t graphc_rt_element_size(DLDataType dtype) {
  return (dtype.bits + 7u) / 8u;
}

/* Symbols.c: finds the symbols from the inputs and checks their ranges.
   Ranks have been checked. Data-dependent ones are set to their bounds. */
graphc_status graphc_rt_solve_symbols(graphc_context *context,
                                      const DLTensor *inputs);

/* Check.c */
graphc_status graphc_rt_check_inputs(graphc_context *context,
                                     const DLTensor *inputs, size_t numInputs,
                                     int needData);
graphc_status graphc_rt_check_outputs(graphc_context *context,
                                      const DLTensor *outputs,
                                      size_t numOutputs);
graphc_status graphc_rt_check_overlap(graphc_context *context, void *workspace,
                                      size_t workspaceSize);

/* Observe.c: the most operands that a kernel has. */
size_t graphc_rt_count_observed(const graphc_module *module);

/* Run.c */

/* Common start of every call that takes inputs. */
graphc_status graphc_rt_begin_call(graphc_context *context,
                                   const DLTensor *inputs, size_t numInputs,
                                   int needData);
/* Sums up the workspace and, with a base, sets where results go in it. */
graphc_status graphc_rt_lay_out_workspace(graphc_context *context, char *base,
                                          int64_t *total);
/* Finds room in the caller's workspace, which need not be aligned. */
graphc_status graphc_rt_take_workspace(graphc_context *context, void *workspace,
                                       size_t size, char **base);
/* Where the code reads and writes. Results in the workspace have their place
   already. */
void graphc_rt_connect(graphc_context *context, const DLTensor *inputs,
                       const DLTensor *outputs);
/* What only the run knows: integers, and sizes that were bounds so far. */
graphc_status graphc_rt_fill_outputs(graphc_context *context,
                                     DLTensor *outputs);
/* The message of a check inside the program. */
graphc_status graphc_rt_fail_check(graphc_context *context, int32_t number);

/* Context.c: where the first value of a state is, on the host, in row-major
   order. */
const void *graphc_rt_first_value(const graphc_context *context, size_t state);

/* What a context knows of the weights outside: ExternWeights.c, which modules
   with weights do without. */
struct graphc_rt_external {
  const void **weights; /* the values of each, on the host; or null */
  void **loaded;        /* where each value of `load` is, on the host */
  /* Files, and copies of what they hold at odd addresses. */
  void **blocks;
  size_t *blockSizes; /* of a mapped file; 0: a copy */
  size_t numBlocks, maxBlocks;
  uint64_t deviceBlock; /* what a device keeps of all this, or 0 */
};

/* Weights.c */

/* Opens the weights file that options name, or that stands where modules look:
   `file` beside the module's code or in the current folder. -1: there is none.
 */
int graphc_rt_open_weights(const graphc_module *module, const char *path,
                           const char *file);

graphc_status graphc_rt_map_weights(graphc_context *context,
                                    const graphc_options *options);
void graphc_rt_unmap_weights(graphc_context *context);

#endif /* GRAPHC_LIB_RUNTIME_INTERNAL_H */
