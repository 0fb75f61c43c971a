//===- WeightSearch.c - Weights that a file gives by name -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightSearch.h"

#include <stdlib.h>
#include <string.h>

/* Longer headers are no headers. */
static const uint64_t maxHeader = (uint64_t)100 << 20;

/*===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===*/

static void beginMessage(graphc_rt_search *s) {
  graphc_rt_begin_message(s->context);
  graphc_rt_add_text(s->context, "weights file '");
  graphc_rt_add_text(s->context, s->path);
  graphc_rt_add_text(s->context, "': ");
}

graphc_status graphc_rt_fail_file(graphc_rt_search *s, const char *problem) {
  beginMessage(s);
  graphc_rt_add_text(s->context, problem);
  return GRAPHC_ERROR_WEIGHTS;
}

/* A name that a stranger chose. */
static void addName(graphc_context *context, const char *name) {
  char shown[256];
  size_t length = 0;
  for (; name[length] && length + 4 < sizeof(shown); ++length)
    shown[length] =
        name[length] < ' ' && name[length] >= 0 ? '?' : name[length];
  if (name[length]) {
    memcpy(shown + length, "...", 3);
    length += 3;
  }
  shown[length] = 0;
  graphc_rt_add_text(context, shown);
}

graphc_status graphc_rt_fail_tensor(graphc_rt_search *s, const char *name,
                                    const char *problem) {
  beginMessage(s);
  graphc_rt_add_text(s->context, "tensor '");
  addName(s->context, name);
  graphc_rt_add_text(s->context, "' ");
  graphc_rt_add_text(s->context, problem);
  return GRAPHC_ERROR_WEIGHTS;
}

/*===----------------------------------------------------------------------===//
// One file
//===----------------------------------------------------------------------===*/

int32_t graphc_rt_find_name(const graphc_extern_weights *external,
                            const char *name) {
  size_t low = 0, high = external->num_names;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(external->names[middle].name, name);
    if (!order)
      return (int32_t)middle;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

/* Bytes that the shape and dtype of a tensor make; zero on overflow. */
static int countBytes(const graphc_rt_tensor *tensor, DLDataType dtype,
                      uint64_t *size) {
  *size = dtype.bits / 8u;
  int isEmpty = 0;
  for (int32_t d = 0; d < tensor->rank; ++d)
    isEmpty |= tensor->shape[d] == 0;
  for (int32_t d = 0; d < tensor->rank && !isEmpty; ++d)
    if (__builtin_mul_overflow(*size, (uint64_t)tensor->shape[d], size))
      return 0;
  if (isEmpty)
    *size = 0;
  return 1;
}

static int hasType(const graphc_rt_tensor *tensor, const DLDataType *dtype,
                   const graphc_type *type) {
  if (dtype->code != type->dtype.code || dtype->bits != type->dtype.bits ||
      tensor->rank != type->rank)
    return 0;
  for (int32_t d = 0; d < type->rank; ++d)
    if (tensor->shape[d] != type->shape[d])
      return 0;
  return 1;
}

static graphc_status failType(graphc_rt_search *s,
                              const graphc_rt_tensor *tensor,
                              const graphc_type *wanted) {
  graphc_rt_fail_tensor(s, tensor->name.text, "is ");
  addName(s->context, tensor->dtype);
  graphc_rt_add_list(s->context, tensor->shape, tensor->rank);
  graphc_rt_add_text(s->context, ", wanted is ");
  graphc_rt_add_text(s->context, wanted->text);
  return GRAPHC_ERROR_WEIGHTS;
}

/* The size to which elements are aligned: a complex number's is its half's. */
static size_t alignmentOf(DLDataType dtype) {
  size_t size = graphc_rt_element_size(dtype);
  return dtype.code == kDLComplex ? size / 2 : size;
}

/* Takes the values of a tensor that the module wants. */
static graphc_status take(graphc_rt_search *s, const graphc_rt_tensor *tensor,
                          int32_t entry, const char *data) {
  const graphc_extern_weights *external = s->context->module->external;
  const graphc_extern_name *name = &external->names[entry];
  const graphc_type *type = &external->weights[name->weight].type;
  const void **place = &s->context->external->weights[name->weight];
  size_t size = (size_t)(tensor->end - tensor->begin);
  const char *before = s->foundNames[name->weight];
  if (before) {
    if (!strcmp(before, name->name))
      return graphc_rt_fail_tensor(s, name->name, "is there twice");
    /* Tied weights are one tensor of the program. */
    if (!memcmp(*place, data, size))
      return GRAPHC_OK;
    graphc_rt_fail_tensor(s, name->name, "differs from '");
    addName(s->context, before);
    graphc_rt_add_text(s->context, "', which is the same one in the program");
    return GRAPHC_ERROR_WEIGHTS;
  }
  *place = data;
  if ((uintptr_t)data % alignmentOf(type->dtype)) {
    void *copy = graphc_rt_allocate(s->context, size);
    if (!copy)
      return GRAPHC_ERROR_MEMORY;
    memcpy(copy, data, size);
    *place = copy;
  }
  s->foundNames[name->weight] = name->name;
  return GRAPHC_OK;
}

static graphc_status visitTensor(graphc_rt_search *s,
                                 const graphc_rt_tensor *tensor,
                                 const char *values, uint64_t size) {
  const graphc_extern_weights *external = s->context->module->external;
  const char *name = tensor->name.text;
  DLDataType dtype;
  uint64_t bytes;
  int isKnown = graphc_rt_find_dtype(tensor->dtype, &dtype);
  if (tensor->begin > tensor->end || tensor->end > size)
    return graphc_rt_fail_tensor(s, name, "is not within the file");
  if (isKnown && (!countBytes(tensor, dtype, &bytes) ||
                  bytes != tensor->end - tensor->begin))
    return graphc_rt_fail_tensor(
        s, name, "has data_offsets that do not fit its dtype and shape");
  graphc_rt_place *places = (graphc_rt_place *)graphc_rt_grow(
      s->places, s->numPlaces, &s->maxPlaces, sizeof(graphc_rt_place));
  if (!places)
    return GRAPHC_ERROR_MEMORY;
  s->places = places;
  graphc_rt_place *last = &places[s->numPlaces++];
  last->begin = tensor->begin;
  last->end = tensor->end;
  last->name = tensor->name.hash;
  int32_t entry = tensor->name.length < GRAPHC_RT_MAX_NAME
                      ? graphc_rt_find_name(external, name)
                      : -1;
  if (entry < 0)
    return GRAPHC_OK;
  const graphc_type *wanted =
      &external->weights[external->names[entry].weight].type;
  if (!isKnown || !hasType(tensor, &dtype, wanted))
    return failType(s, tensor, wanted);
  return take(s, tensor, entry, values + tensor->begin);
}

static int compareBegins(const void *a, const void *b) {
  const graphc_rt_place *x = (const graphc_rt_place *)a,
                        *y = (const graphc_rt_place *)b;
  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

static int compareNames(const void *a, const void *b) {
  uint64_t x = ((const graphc_rt_place *)a)->name,
           y = ((const graphc_rt_place *)b)->name;
  return x < y ? -1 : x > y;
}

/* Tensors of a file are apart and have names of their own. */
static graphc_status checkPlaces(graphc_rt_search *s) {
  if (!s->numPlaces)
    return GRAPHC_OK;
  qsort(s->places, s->numPlaces, sizeof(graphc_rt_place), compareBegins);
  for (size_t i = 1; i < s->numPlaces; ++i)
    if (s->places[i].begin < s->places[i - 1].end)
      return graphc_rt_fail_file(s, "tensors overlap");
  qsort(s->places, s->numPlaces, sizeof(graphc_rt_place), compareNames);
  for (size_t i = 1; i < s->numPlaces; ++i)
    if (s->places[i].name == s->places[i - 1].name)
      return graphc_rt_fail_file(s, "two tensors have one name");
  return GRAPHC_OK;
}

graphc_status graphc_rt_search_file(graphc_rt_search *s, const char *data,
                                    uint64_t size) {
  uint64_t headerLength = 0;
  if (size < 8)
    return graphc_rt_fail_file(
        s, "is no safetensors file: it has less than 8 bytes");
  for (int i = 7; i >= 0; --i)
    headerLength = headerLength << 8 | (unsigned char)data[i];
  if (headerLength > size - 8 || headerLength > maxHeader)
    return graphc_rt_fail_file(
        s, "is no safetensors file: its header is longer than may be");
  graphc_rt_json json = {(const unsigned char *)data + 8,
                         (const unsigned char *)data + 8 + headerLength, NULL};
  const char *values = data + 8 + headerLength;
  graphc_rt_tensor tensor;
  s->numPlaces = 0;
  int found = graphc_rt_json_take(&json, '{') ? 1 : -1;
  for (int isFirst = 1; found > 0; isFirst = 0) {
    found = graphc_rt_next_tensor(&json, isFirst, &tensor);
    if (found <= 0)
      break;
    graphc_status status =
        visitTensor(s, &tensor, values, size - 8 - headerLength);
    if (status != GRAPHC_OK)
      return status;
  }
  return found < 0 ? graphc_rt_fail_file(s, json.problem) : checkPlaces(s);
}
