//===- Functions.h - What the functions of a module are made of -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The generated <name>_run(...) is graphc_rt_run(&description, ...), and so on.
// These functions are linked into every module with internal linkage. None
// prints, aborts or has state of its own, but for what contexts of a module
// share on a device (GPU/Loaded.c). Only graphc_rt_create_context allocates; a
// run on a device does when it needs more memory there than any before.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_RUNTIME_FUNCTIONS_H
#define GRAPHC_RUNTIME_FUNCTIONS_H

#include "graphc/Runtime/Runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes a context: maps or finds the weights and sets the state to its first
   values. On failure `*context` is null when memory is out; else it is good for
   graphc_rt_last_error and graphc_rt_destroy_context only. */
graphc_status graphc_rt_create_context(const graphc_module *module,
                                       const graphc_options *options,
                                       graphc_context **context);

/* Finds the weights of a module that has none itself and, unless a device does
   that, computes what depends on them alone. */
graphc_status graphc_rt_open_external(graphc_context *context,
                                      const graphc_options *options);
void graphc_rt_close_external(graphc_context *context);

/* Frees a context; null is allowed. */
void graphc_rt_destroy_context(graphc_context *context);

/* Sets the state back to its first values. */
graphc_status graphc_rt_reset_context(graphc_context *context);

/* The bytes that a run with these inputs needs; their data is not read, except
   that of INT inputs, and may be null. */
graphc_status graphc_rt_workspace_size(graphc_context *context,
                                       const DLTensor *inputs, size_t numInputs,
                                       size_t *size);

/* Fills in the sizes and, unless null, the strides of an output; each has as
   many entries as the output's rank. For sizes that only the run finds out
   these are upper bounds. */
graphc_status graphc_rt_output_shape(graphc_context *context,
                                     const DLTensor *inputs, size_t numInputs,
                                     size_t output, int64_t *shape,
                                     int64_t *strides);

/* Runs the module. Outputs have the shape and strides that
   graphc_rt_output_shape tells; if these were bounds, the run writes the real
   ones into the output's `shape` and `strides`. */
graphc_status graphc_rt_run(graphc_context *context, const DLTensor *inputs,
                            size_t numInputs, DLTensor *outputs,
                            size_t numOutputs, void *workspace,
                            size_t workspaceSize);

/* Lets `tensor` view a state of the context. Its shape and strides are
   constants; its data may be read and written between runs. */
graphc_status graphc_rt_state(graphc_context *context, size_t index,
                              DLTensor *tensor);

/* Why the last call on this context failed; "" when it did not. */
const char *graphc_rt_last_error(const graphc_context *context);

/* Calls `observer` with `user` before and after each kernel of the runs that
   follow, on the thread that runs; null: no more. The module must have been
   compiled with --instrument, else GRAPHC_ERROR_ARGUMENT. */
graphc_status graphc_rt_set_observer(graphc_context *context,
                                     graphc_observer observer, void *user);

/* Has `observer` called with `user` once for each kernel behind each of the
   runs that follow, with the time that the device took; null: no more. For
   modules for a device that were compiled with --instrument, else
   GRAPHC_ERROR_ARGUMENT. */
graphc_status graphc_rt_set_timer(graphc_context *context,
                                  graphc_observer observer, void *user);

/* The bytes that the last run copied from the host to the device and back. */
graphc_status graphc_rt_copied_bytes(const graphc_context *context,
                                     uint64_t *to_device, uint64_t *to_host);

/* Waits for the runs of the context and tells whether a check of one of them
   has failed, or the device; nothing is left to wait for on the CPU. */
graphc_status graphc_rt_synchronize(graphc_context *context);

/* What instrumented code calls. `values` holds, for each operand of the kernel,
   the address of the first element, the sizes, and the strides in elements. */
void graphc_rt_observe(graphc_context *context, int64_t kernel, int32_t is_done,
                       int64_t bytes, int64_t flops, const int64_t *values);

/* XXH64 with seed 0, in pieces. */
typedef struct {
  uint64_t lanes[4];
  uint64_t length;
  unsigned char rest[32];
} graphc_rt_digest;
void graphc_rt_start_digest(graphc_rt_digest *digest);
void graphc_rt_update_digest(graphc_rt_digest *digest, const void *data,
                             size_t size);
uint64_t graphc_rt_finish_digest(const graphc_rt_digest *digest);

#ifdef __cplusplus
}
#endif

#endif /* GRAPHC_RUNTIME_FUNCTIONS_H */
