//===- Safetensors.c - Headers of weights files, read with care -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Safetensors.h"

#include <string.h>

static int fail(graphc_rt_json *json, const char *problem) {
  if (!json->problem)
    json->problem = problem;
  return 0;
}

static void skipSpace(graphc_rt_json *json) {
  while (json->at != json->end && (*json->at == ' ' || *json->at == '\n' ||
                                   *json->at == '\t' || *json->at == '\r'))
    ++json->at;
}

int graphc_rt_json_rest(graphc_rt_json *json) {
  skipSpace(json);
  return json->at != json->end;
}

int graphc_rt_json_try(graphc_rt_json *json, char c) {
  skipSpace(json);
  if (json->at == json->end || *json->at != (unsigned char)c)
    return 0;
  ++json->at;
  return 1;
}

int graphc_rt_json_take(graphc_rt_json *json, char c) {
  return graphc_rt_json_try(json, c) || fail(json, "the header is no JSON");
}

/*===----------------------------------------------------------------------===//
// Strings
//===----------------------------------------------------------------------===*/

static void addByte(graphc_rt_name *name, unsigned byte) {
  if (name->length + 1 < sizeof(name->text))
    name->text[name->length] = (char)byte;
  ++name->length;
  name->hash = (name->hash ^ byte) * 0x100000001b3u; /* FNV-1a */
}

static void addCodePoint(graphc_rt_name *name, unsigned c) {
  if (c < 0x80) {
    addByte(name, c);
    return;
  }
  if (c < 0x800) {
    addByte(name, 0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      addByte(name, 0xe0 | c >> 12);
    } else {
      addByte(name, 0xf0 | c >> 18);
      addByte(name, 0x80 | (c >> 12 & 0x3f));
    }
    addByte(name, 0x80 | (c >> 6 & 0x3f));
  }
  addByte(name, 0x80 | (c & 0x3f));
}

/* Four hexadecimal digits; -1 if there are none. */
static int takeHex(graphc_rt_json *json) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    if (json->at == json->end)
      return -1;
    unsigned char c = *json->at++;
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0)
      return -1;
    value = value << 4 | digit;
  }
  return value;
}

static int takeUnicode(graphc_rt_json *json, graphc_rt_name *name) {
  int c = takeHex(json);
  if (c >= 0xd800 && c < 0xdc00) {
    if (json->end - json->at < 2 || json->at[0] != '\\' || json->at[1] != 'u')
      return 0;
    json->at += 2;
    int low = takeHex(json);
    if (low < 0xdc00 || low > 0xdfff)
      return 0;
    c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
  } else if (c <= 0 || (c >= 0xdc00 && c < 0xe000)) {
    return 0; /* a zero would end the name early */
  }
  addCodePoint(name, (unsigned)c);
  return 1;
}

static int takeEscape(graphc_rt_json *json, graphc_rt_name *name) {
  static const char escapes[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  if (json->at == json->end)
    return 0;
  unsigned char c = *json->at++;
  if (c == 'u')
    return takeUnicode(json, name);
  for (size_t i = 0; i + 1 < sizeof(escapes); ++i)
    if (c == (unsigned char)escapes[i]) {
      addByte(name, (unsigned char)values[i]);
      return 1;
    }
  return 0;
}

int graphc_rt_json_string(graphc_rt_json *json, graphc_rt_name *name) {
  name->length = 0;
  name->hash = 0xcbf29ce484222325u;
  if (!graphc_rt_json_take(json, '"'))
    return 0;
  for (;;) {
    if (json->at == json->end)
      return fail(json, "a string of the header has no end");
    unsigned char c = *json->at++;
    if (c == '"')
      break;
    if (c < 0x20 || (c == '\\' && !takeEscape(json, name)))
      return fail(json, "a string of the header is not valid");
    if (c != '\\')
      addByte(name, c);
  }
  size_t last = sizeof(name->text) - 1;
  name->text[name->length < last ? name->length : last] = 0;
  return 1;
}

/*===----------------------------------------------------------------------===//
// Other values
//===----------------------------------------------------------------------===*/

static int takeNumber(graphc_rt_json *json, uint64_t *value) {
  skipSpace(json);
  const unsigned char *start = json->at;
  *value = 0;
  while (json->at != json->end && *json->at >= '0' && *json->at <= '9') {
    if (__builtin_mul_overflow(*value, (uint64_t)10, value) ||
        __builtin_add_overflow(*value, (uint64_t)(*json->at - '0'), value))
      return fail(json, "a number of the header is too large");
    ++json->at;
  }
  if (json->at == start || (*start == '0' && json->at - start > 1) ||
      (json->at != json->end &&
       (*json->at == '.' || *json->at == 'e' || *json->at == 'E')))
    return fail(json, "the header has something else in place of a size");
  return 1;
}

/* Numbers and words: whatever has the characters of one. */
static int skipWord(graphc_rt_json *json) {
  const unsigned char *start = json->at;
  while (json->at != json->end &&
         ((*json->at >= '0' && *json->at <= '9') ||
          (*json->at >= 'a' && *json->at <= 'z') || *json->at == '-' ||
          *json->at == '+' || *json->at == '.' || *json->at == 'E'))
    ++json->at;
  return json->at != start || fail(json, "the header is no JSON");
}

int graphc_rt_json_skip(graphc_rt_json *json, int depth) {
  if (depth > GRAPHC_RT_MAX_DEPTH)
    return fail(json, "the header is too deeply nested");
  skipSpace(json);
  if (json->at != json->end && *json->at == '"') {
    graphc_rt_name ignored;
    return graphc_rt_json_string(json, &ignored);
  }
  int isObject = graphc_rt_json_try(json, '{');
  if (!isObject && !graphc_rt_json_try(json, '['))
    return skipWord(json);
  char close = isObject ? '}' : ']';
  if (graphc_rt_json_try(json, close))
    return 1;
  do {
    graphc_rt_name key;
    if (isObject &&
        (!graphc_rt_json_string(json, &key) || !graphc_rt_json_take(json, ':')))
      return 0;
    if (!graphc_rt_json_skip(json, depth + 1))
      return 0;
  } while (graphc_rt_json_try(json, ','));
  return graphc_rt_json_take(json, close);
}

/*===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===*/

static int takeShape(graphc_rt_json *json, graphc_rt_tensor *tensor) {
  tensor->rank = 0;
  if (!graphc_rt_json_take(json, '['))
    return 0;
  if (graphc_rt_json_try(json, ']'))
    return 1;
  do {
    uint64_t size;
    if (!takeNumber(json, &size))
      return 0;
    if (tensor->rank == GRAPHC_RT_MAX_RANK || size > INT64_MAX)
      return fail(json, "a tensor has too many dimensions or elements");
    tensor->shape[tensor->rank++] = (int64_t)size;
  } while (graphc_rt_json_try(json, ','));
  return graphc_rt_json_take(json, ']');
}

static int takeOffsets(graphc_rt_json *json, graphc_rt_tensor *tensor) {
  return graphc_rt_json_take(json, '[') && takeNumber(json, &tensor->begin) &&
         graphc_rt_json_take(json, ',') && takeNumber(json, &tensor->end) &&
         graphc_rt_json_take(json, ']');
}

static int takeDtype(graphc_rt_json *json, graphc_rt_tensor *tensor) {
  graphc_rt_name name;
  if (!graphc_rt_json_string(json, &name))
    return 0;
  if (name.length >= sizeof(tensor->dtype))
    return fail(json, "the dtype of a tensor is no name of one");
  memcpy(tensor->dtype, name.text, name.length + 1);
  return 1;
}

static int takeTensor(graphc_rt_json *json, graphc_rt_tensor *tensor) {
  enum { hasDtype = 1, hasShape = 2, hasOffsets = 4, isComplete = 7 };
  int seen = 0;
  if (!graphc_rt_json_take(json, '{'))
    return 0;
  if (!graphc_rt_json_try(json, '}')) {
    do {
      graphc_rt_name key;
      if (!graphc_rt_json_string(json, &key) || !graphc_rt_json_take(json, ':'))
        return 0;
      int field = !strcmp(key.text, "dtype")          ? hasDtype
                  : !strcmp(key.text, "shape")        ? hasShape
                  : !strcmp(key.text, "data_offsets") ? hasOffsets
                                                      : 0;
      if (seen & field)
        return fail(json, "a tensor says something twice");
      seen |= field;
      int isTaken = field == hasDtype     ? takeDtype(json, tensor)
                    : field == hasShape   ? takeShape(json, tensor)
                    : field == hasOffsets ? takeOffsets(json, tensor)
                                          : graphc_rt_json_skip(json, 0);
      if (!isTaken)
        return 0;
    } while (graphc_rt_json_try(json, ','));
    if (!graphc_rt_json_take(json, '}'))
      return 0;
  }
  return seen == isComplete ||
         fail(json, "a tensor lacks its dtype, shape or data_offsets");
}

int graphc_rt_next_tensor(graphc_rt_json *json, int isFirst,
                          graphc_rt_tensor *tensor) {
  for (;; isFirst = 0) {
    if (graphc_rt_json_try(json, '}')) {
      if (!graphc_rt_json_rest(json))
        return 0;
      fail(json, "the header goes on behind its end");
      return -1;
    }
    if ((!isFirst && !graphc_rt_json_take(json, ',')) ||
        !graphc_rt_json_string(json, &tensor->name) ||
        !graphc_rt_json_take(json, ':'))
      return -1;
    if (!strcmp(tensor->name.text, "__metadata__")) {
      if (!graphc_rt_json_skip(json, 0))
        return -1;
      continue;
    }
    return takeTensor(json, tensor) ? 1 : -1;
  }
}

int graphc_rt_find_dtype(const char *name, DLDataType *type) {
  static const struct {
    const char *name;
    uint8_t code, bits;
  } known[] = {
      {"F64", kDLFloat, 64},
      {"F32", kDLFloat, 32},
      {"F16", kDLFloat, 16},
      {"BF16", kDLBfloat, 16},
      {"F8_E4M3", kDLFloat8_e4m3fn, 8},
      {"F8_E5M2", kDLFloat8_e5m2, 8},
      {"F8_E4M3FNUZ", kDLFloat8_e4m3fnuz, 8},
      {"F8_E5M2FNUZ", kDLFloat8_e5m2fnuz, 8},
      {"F8_E8M0", kDLFloat8_e8m0fnu, 8},
      {"I64", kDLInt, 64},
      {"I32", kDLInt, 32},
      {"I16", kDLInt, 16},
      {"I8", kDLInt, 8},
      {"U64", kDLUInt, 64},
      {"U32", kDLUInt, 32},
      {"U16", kDLUInt, 16},
      {"U8", kDLUInt, 8},
      {"BOOL", kDLBool, 8},
      {"C64", kDLComplex, 64},
      {"C128", kDLComplex, 128},
  };
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); ++i) {
    if (strcmp(name, known[i].name))
      continue;
    type->code = known[i].code;
    type->bits = known[i].bits;
    type->lanes = 1;
    return 1;
  }
  return 0;
}
