//===- Weights.c - The weights file ---------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// This file is compiled once for all targets, so it uses no struct or macro of
// the system whose value depends on one: sizes come from lseek, not fstat.
//
//===----------------------------------------------------------------------===//

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* dladdr */
#endif

#include "Internal.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static graphc_status fail(graphc_context *context, const char *path,
                          const char *problem) {
  graphc_rt_begin_message(context);
  graphc_rt_add_text(context, "weights file '");
  graphc_rt_add_text(context, path);
  graphc_rt_add_text(context, "': ");
  graphc_rt_add_text(context, problem);
  return GRAPHC_ERROR_WEIGHTS;
}

/* Opens `folder`/`file`, where the folder is the first `length` characters. */
static int openIn(const char *folder, size_t length, const char *file) {
  size_t fileLength = strlen(file);
  char *path = (char *)malloc(length + fileLength + 2);
  if (!path)
    return -1;
  memcpy(path, folder, length);
  path[length] = '/';
  memcpy(path + length + 1, file, fileLength + 1);
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  free(path);
  return descriptor;
}

/* A path that the user gives is the file or its folder. Else the file is beside
   the program or library that holds the module, or in the current folder. */
int graphc_rt_open_weights(const graphc_module *module, const char *path,
                           const char *file) {
  if (path) {
    int descriptor = openIn(path, strlen(path), file);
    return descriptor >= 0 ? descriptor : open(path, O_RDONLY | O_CLOEXEC);
  }
  Dl_info info;
  if (dladdr((const void *)module, &info) && info.dli_fname) {
    const char *slash = strrchr(info.dli_fname, '/');
    if (slash) {
      int descriptor =
          openIn(info.dli_fname, (size_t)(slash - info.dli_fname), file);
      if (descriptor >= 0)
        return descriptor;
    }
  }
  return open(file, O_RDONLY | O_CLOEXEC);
}

static graphc_status check(graphc_context *context, const char *path,
                           int skipDigest) {
  const graphc_module *module = context->module;
  const unsigned char *header = (const unsigned char *)context->mapping;
  uint64_t headerLength = 0;
  for (int i = 7; i >= 0; --i)
    headerLength = headerLength << 8 | header[i];
  if (headerLength + 8 != module->weights_start)
    return fail(context, path, "written by another compilation");
  if (skipDigest)
    return GRAPHC_OK;
  graphc_rt_digest digest;
  graphc_rt_start_digest(&digest);
  graphc_rt_update_digest(&digest, context->weights,
                          (size_t)module->weights_size);
  if (graphc_rt_finish_digest(&digest) != module->weights_digest)
    return fail(context, path,
                "damaged or written by another compilation (digest differs)");
  return GRAPHC_OK;
}

graphc_status graphc_rt_map_weights(graphc_context *context,
                                    const graphc_options *options) {
  const graphc_module *module = context->module;
  context->weights = module->weights_data;
  if (!module->weights_file)
    return GRAPHC_OK;
  const char *path =
      options->weights_path ? options->weights_path : module->weights_file;
  int descriptor = graphc_rt_open_weights(module, options->weights_path,
                                          module->weights_file);
  if (descriptor < 0)
    return fail(context, path,
                options->weights_path
                    ? "cannot be opened"
                    : "neither beside the module nor in the current folder");
  uint64_t expected = module->weights_start + module->weights_size;
  off_t size = lseek(descriptor, 0, SEEK_END);
  if (size < 0 || (uint64_t)size != expected) {
    close(descriptor);
    graphc_status status = fail(context, path, "has ");
    graphc_rt_add_number(context, (int64_t)size);
    graphc_rt_add_text(context, " bytes, expected ");
    graphc_rt_add_number(context, (int64_t)expected);
    return status;
  }
  void *mapping =
      mmap(NULL, (size_t)expected, PROT_READ, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (mapping == MAP_FAILED)
    return fail(context, path, "cannot be mapped");
  context->mapping = mapping;
  context->mappingSize = (size_t)expected;
  context->weights = (const char *)mapping + module->weights_start;
  return check(context, path, options->skip_digest);
}

void graphc_rt_unmap_weights(graphc_context *context) {
  if (context->mapping)
    munmap(context->mapping, context->mappingSize);
  context->mapping = NULL;
}
