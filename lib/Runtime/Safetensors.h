//===- Safetensors.h - Headers of weights files, read with care -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A safetensors file is eight bytes of header length, least first, a JSON
// object from names to {"dtype", "shape", "data_offsets"}, and the values.
// Files come from strangers: nothing that they say is used before it is
// checked.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_RUNTIME_SAFETENSORS_H
#define GRAPHC_LIB_RUNTIME_SAFETENSORS_H

#include "Internal.h"

enum {
  GRAPHC_RT_MAX_NAME = 1024, /* longer names fit no weight of a module */
  GRAPHC_RT_MAX_DEPTH = 16   /* of values that nobody asked for */
};

/* A place in JSON text. */
typedef struct {
  const unsigned char *at, *end;
  const char *problem; /* null until something is wrong */
} graphc_rt_json;

/* A decoded string. What does not fit is cut; `hash` is of all of it. */
typedef struct {
  char text[GRAPHC_RT_MAX_NAME];
  size_t length;
  uint64_t hash;
} graphc_rt_name;

/* What a header says of one tensor; offsets are those of the values. */
typedef struct {
  graphc_rt_name name;
  char dtype[16];
  int32_t rank;
  int64_t shape[GRAPHC_RT_MAX_RANK];
  uint64_t begin, end;
} graphc_rt_tensor;

/* Each gives nonzero on success, else there is a problem. */
int graphc_rt_json_take(graphc_rt_json *json, char c);
/* Whether the next character is `c`, which is then taken. */
int graphc_rt_json_try(graphc_rt_json *json, char c);
int graphc_rt_json_string(graphc_rt_json *json, graphc_rt_name *name);
int graphc_rt_json_skip(graphc_rt_json *json, int depth);
/* Whether anything but white space follows. */
int graphc_rt_json_rest(graphc_rt_json *json);

/* The first call is made behind the opening brace of the header. 1: `tensor` is
   the next one; 0: there are no more; -1: there is a problem. */
int graphc_rt_next_tensor(graphc_rt_json *json, int isFirst,
                          graphc_rt_tensor *tensor);

/* Zero for a type that is not known. */
int graphc_rt_find_dtype(const char *name, DLDataType *type);

#endif /* GRAPHC_LIB_RUNTIME_SAFETENSORS_H */
