//===- Digest.c - XXH64 ---------------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As the xxHash specification defines it, seed 0. It tells a wrong or damaged
// weights file at memory speed; it is no protection against a forged one.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

#include <string.h>

static const uint64_t prime1 = 0x9E3779B185EBCA87u;
static const uint64_t prime2 = 0xC2B2AE3D27D4EB4Fu;
static const uint64_t prime3 = 0x165667B19E3779F9u;
static const uint64_t prime4 = 0x85EBCA77C2B2AE63u;
static const uint64_t prime5 = 0x27D4EB2F165667C5u;

static uint64_t rotate(uint64_t x, int bits) {
  return (x << bits) | (x >> (64 - bits));
}

static uint64_t mix(uint64_t lane, uint64_t input) {
  return rotate(lane + input * prime2, 31) * prime1;
}

static uint64_t load64(const unsigned char *bytes) {
  uint64_t value;
  memcpy(&value, bytes, sizeof(value));
  return value;
}

static void consume(uint64_t lanes[4], const unsigned char *bytes,
                    size_t blocks) {
  uint64_t a = lanes[0], b = lanes[1], c = lanes[2], d = lanes[3];
  for (; blocks; --blocks, bytes += 32) {
    a = mix(a, load64(bytes));
    b = mix(b, load64(bytes + 8));
    c = mix(c, load64(bytes + 16));
    d = mix(d, load64(bytes + 24));
  }
  lanes[0] = a, lanes[1] = b, lanes[2] = c, lanes[3] = d;
}

void graphc_rt_start_digest(graphc_rt_digest *digest) {
  digest->lanes[0] = prime1 + prime2;
  digest->lanes[1] = prime2;
  digest->lanes[2] = 0;
  digest->lanes[3] = 0 - prime1;
  digest->length = 0;
}

void graphc_rt_update_digest(graphc_rt_digest *digest, const void *data,
                             size_t size) {
  const unsigned char *bytes = (const unsigned char *)data;
  size_t held = digest->length % 32;
  digest->length += size;
  if (held) {
    size_t taken = size < 32 - held ? size : 32 - held;
    memcpy(digest->rest + held, bytes, taken);
    bytes += taken;
    size -= taken;
    if (held + taken < 32)
      return;
    consume(digest->lanes, digest->rest, 1);
  }
  consume(digest->lanes, bytes, size / 32);
  if (size % 32)
    memcpy(digest->rest, bytes + size / 32 * 32, size % 32);
}

uint64_t graphc_rt_finish_digest(const graphc_rt_digest *digest) {
  const uint64_t *lanes = digest->lanes;
  const unsigned char *bytes = digest->rest;
  size_t size = digest->length % 32;
  uint64_t hash = prime5;
  if (digest->length >= 32) {
    hash = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) +
           rotate(lanes[3], 18);
    for (int i = 0; i < 4; ++i)
      hash = (hash ^ mix(0, lanes[i])) * prime1 + prime4;
  }
  hash += digest->length;
  for (; size >= 8; size -= 8, bytes += 8)
    hash = rotate(hash ^ mix(0, load64(bytes)), 27) * prime1 + prime4;
  if (size >= 4) {
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    hash = rotate(hash ^ value * prime1, 23) * prime2 + prime3;
    size -= 4;
    bytes += 4;
  }
  for (; size; --size, ++bytes)
    hash = rotate(hash ^ *bytes * prime5, 11) * prime1;
  hash = (hash ^ hash >> 33) * prime2;
  hash = (hash ^ hash >> 29) * prime3;
  return hash ^ hash >> 32;
}
