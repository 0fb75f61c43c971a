//===- JsonFuzz.cpp - Any bytes as the JSON of an export archive ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FuzzedBytes.h"
#include "Json/Json.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace graphc;
using namespace graphc::loader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size) {
  auto document = readJson(fuzzedBytes(data, size), "record");
  if (!document)
    return 0;
  JsonValue root = (*document)->root();
  (void)root.path();
  if (root.kind() != JsonValue::Kind::Object)
    return 0;
  for (JsonMembers::Member member : root.members())
    (void)root.find(member.key);
  return 0;
}
