//===- Memory.c - Whether tensors lie where they say ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel that reads an address of the host ends the device's context, with
// all that others of the process have there. Asking the driver costs less than
// a microsecond, and calls that are replayed have been asked about before.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

static int hasElements(const DLTensor *tensor) {
  for (int32_t d = 0; d < tensor->ndim; ++d)
    if (!tensor->shape[d])
      return 0;
  return 1;
}

/* Where devices reach all memory of the host the driver knows too little. */
static int reachesHost(graphc_context *context) {
  enum { pageableMemoryAccess = 88 };
  graphc_rt_gpu *gpu = context->gpu;
  int device, reaches = 0;
  return !gpu->driver.getDevice(&device, gpu->device) &&
         !gpu->driver.getAttribute(&reaches, pageableMemoryAccess, device) &&
         reaches;
}

/* Other errors are told by what comes next. */
static int isKnown(graphc_context *context, const void *memory) {
  enum { memoryType = 2, invalidValue = 1 };
  unsigned type;
  return context->gpu->driver.getPointer(
             &type, memoryType, (graphc_rt_address)(uintptr_t)memory) !=
             invalidValue ||
         reachesHost(context);
}

static int fail(graphc_context *context, const char *role, int64_t index,
                const char *name) {
  graphc_rt_begin_message(context);
  graphc_rt_add_text(context, role);
  if (name) {
    graphc_rt_add_text(context, " ");
    graphc_rt_add_number(context, index);
    graphc_rt_add_text(context, " '");
    graphc_rt_add_text(context, name);
    graphc_rt_add_text(context, "'");
  }
  graphc_rt_add_text(context, ": no memory of a device is at its address");
  context->gpu->failed = GRAPHC_ERROR_DEVICE;
  return 0;
}

int graphc_rt_gpu_knows_memory(graphc_context *context) {
  graphc_rt_gpu *gpu = context->gpu;
  const graphc_module *module = context->module;
  size_t numInputs = module->num_inputs;
  for (size_t i = 0; i < numInputs + module->num_outputs; ++i) {
    const DLTensor *tensor = &gpu->tensors[i];
    if (tensor->device.device_type != kDLCUDA || !hasElements(tensor) ||
        isKnown(context, graphc_rt_first_element(tensor)))
      continue;
    return i < numInputs
               ? fail(context, "input", (int64_t)i, module->inputs[i].name)
               : fail(context, "output", (int64_t)(i - numInputs),
                      module->outputs[i - numInputs].name);
  }
  if (gpu->givenWorkspace && !isKnown(context, gpu->givenWorkspace))
    return fail(context, "the workspace", 0, NULL);
  return 1;
}
