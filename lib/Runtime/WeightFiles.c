//===- WeightFiles.c - The files that hold weights ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Files are mapped and, where elements are aligned, never copied. Like
// Weights.c, this uses no struct of the system.
//
//===----------------------------------------------------------------------===//

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* O_CLOEXEC */
#endif

#include "WeightSearch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Maps an open file and closes it. */
static graphc_status map(graphc_rt_search *s, int descriptor, const char **data,
                         uint64_t *size) {
  off_t end = lseek(descriptor, 0, SEEK_END);
  if (end <= 0 || (uint64_t)end > (uint64_t)INT64_MAX / 2) {
    close(descriptor);
    return graphc_rt_fail_file(
        s, end ? "is a folder without weights, or no file" : "is empty");
  }
  void *mapping = mmap(NULL, (size_t)end, PROT_READ, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (mapping == MAP_FAILED)
    return graphc_rt_fail_file(s, "cannot be mapped");
  if (!graphc_rt_own(s->context, mapping, (size_t)end)) {
    munmap(mapping, (size_t)end);
    return GRAPHC_ERROR_MEMORY;
  }
  *data = (const char *)mapping;
  *size = (uint64_t)end;
  return GRAPHC_OK;
}

/*===----------------------------------------------------------------------===//
// Several files
//===----------------------------------------------------------------------===*/

enum { maxFileName = 256 };

/* The names of an index's files, each once. */
typedef struct {
  char (*names)[maxFileName];
  size_t count, capacity;
} files;

static graphc_status addFile(graphc_rt_search *s, files *f,
                             const graphc_rt_name *name) {
  if (name->length >= maxFileName || !name->length || strchr(name->text, '/') ||
      !strcmp(name->text, ".."))
    return graphc_rt_fail_file(s, "names a file that is not beside it");
  for (size_t i = 0; i < f->count; ++i)
    if (!strcmp(f->names[i], name->text))
      return GRAPHC_OK;
  char (*names)[maxFileName] = (char (*)[maxFileName])graphc_rt_grow(
      f->names, f->count, &f->capacity, maxFileName);
  if (!names)
    return GRAPHC_ERROR_MEMORY;
  f->names = names;
  memcpy(names[f->count++], name->text, name->length + 1);
  return GRAPHC_OK;
}

/* {"metadata": ..., "weight_map": {"name of a tensor": "name of a file"}} */
static graphc_status readMap(graphc_rt_search *s, graphc_rt_json *json,
                             files *f) {
  graphc_rt_name tensor, file;
  if (!graphc_rt_json_take(json, '{'))
    return GRAPHC_OK; /* json has the problem */
  if (graphc_rt_json_try(json, '}'))
    return GRAPHC_OK;
  do {
    if (!graphc_rt_json_string(json, &tensor) ||
        !graphc_rt_json_take(json, ':') || !graphc_rt_json_string(json, &file))
      return GRAPHC_OK;
    if (tensor.length >= GRAPHC_RT_MAX_NAME ||
        graphc_rt_find_name(s->context->module->external, tensor.text) < 0)
      continue;
    graphc_status status = addFile(s, f, &file);
    if (status != GRAPHC_OK)
      return status;
  } while (graphc_rt_json_try(json, ','));
  graphc_rt_json_take(json, '}');
  return GRAPHC_OK;
}

static graphc_status readIndex(graphc_rt_search *s, const char *data,
                               uint64_t size, files *f) {
  graphc_rt_json json = {(const unsigned char *)data,
                         (const unsigned char *)data + size, NULL};
  int isOpen = graphc_rt_json_take(&json, '{');
  if (isOpen && !graphc_rt_json_try(&json, '}')) {
    do {
      graphc_rt_name key;
      if (!graphc_rt_json_string(&json, &key) ||
          !graphc_rt_json_take(&json, ':'))
        break;
      if (strcmp(key.text, "weight_map")) {
        if (!graphc_rt_json_skip(&json, 0))
          break;
        continue;
      }
      graphc_status status = readMap(s, &json, f);
      if (status != GRAPHC_OK)
        return status;
    } while (!json.problem && graphc_rt_json_try(&json, ','));
    if (!json.problem)
      graphc_rt_json_take(&json, '}');
  }
  return json.problem || graphc_rt_json_rest(&json)
             ? graphc_rt_fail_file(s, "is no index of weights files")
             : GRAPHC_OK;
}

static graphc_status readPath(graphc_rt_search *s, const char *path);

/* The files that an index names, which stand beside it. */
static graphc_status readFiles(graphc_rt_search *s, const files *f) {
  const char *index = s->path, *slash = strrchr(index, '/');
  size_t folder = slash ? (size_t)(slash - index) + 1 : 0;
  graphc_status status = GRAPHC_OK;
  for (size_t i = 0; i < f->count && status == GRAPHC_OK; ++i) {
    size_t length = strlen(f->names[i]);
    char *path = (char *)malloc(folder + length + 1);
    if (!path)
      return GRAPHC_ERROR_MEMORY;
    memcpy(path, index, folder);
    memcpy(path + folder, f->names[i], length + 1);
    status = readPath(s, path);
    free(path);
  }
  s->path = index;
  return status;
}

static int isIndex(const char *path) {
  size_t length = strlen(path);
  return length >= 5 && !strcmp(path + length - 5, ".json");
}

static graphc_status readOpened(graphc_rt_search *s, int descriptor) {
  const char *data;
  uint64_t size;
  graphc_status status = map(s, descriptor, &data, &size);
  if (status != GRAPHC_OK)
    return status;
  if (!isIndex(s->path))
    return graphc_rt_search_file(s, data, size);
  files f = {NULL, 0, 0};
  status = readIndex(s, data, size, &f);
  if (status == GRAPHC_OK)
    status = readFiles(s, &f);
  free(f.names);
  return status;
}

static graphc_status readPath(graphc_rt_search *s, const char *path) {
  s->path = path;
  if (isIndex(path))
    return graphc_rt_fail_file(s, "is an index in place of a weights file");
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  return descriptor < 0 ? graphc_rt_fail_file(s, "cannot be opened")
                        : readOpened(s, descriptor);
}

/* Finds the file: what the caller names, or in the folder that it names, or
   what stands where modules look. */
graphc_status graphc_rt_search_path(graphc_rt_search *s, const char *path) {
  const graphc_module *module = s->context->module;
  const char *file = module->external->file;
  static const char *const usual[] = {"model.safetensors",
                                      "model.safetensors.index.json"};
  s->path = path ? path : file;
  if (!path) {
    int descriptor = graphc_rt_open_weights(module, NULL, file);
    return descriptor < 0
               ? graphc_rt_fail_file(
                     s, "neither beside the module nor in the current folder, "
                        "and no other is given (weights_path)")
               : readOpened(s, descriptor);
  }
  size_t length = strlen(path);
  for (int i = 0; i < 3; ++i) {
    const char *name = i ? usual[i - 1] : file;
    size_t nameLength = strlen(name);
    char *inside = (char *)malloc(length + nameLength + 2);
    if (!inside)
      return GRAPHC_ERROR_MEMORY;
    memcpy(inside, path, length);
    inside[length] = '/';
    memcpy(inside + length + 1, name, nameLength + 1);
    int descriptor = open(inside, O_RDONLY | O_CLOEXEC);
    graphc_status status = GRAPHC_OK;
    if (descriptor >= 0) {
      s->path = inside;
      status = readOpened(s, descriptor);
    }
    free(inside);
    s->path = path;
    if (descriptor >= 0)
      return status;
  }
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  return descriptor < 0 ? graphc_rt_fail_file(s, "cannot be opened")
                        : readOpened(s, descriptor);
}
