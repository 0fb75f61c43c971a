//===- JsonFuzz.cpp - Any bytes as the JSON of an export archive ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Pt2Builder.h"
#include "Fuzz.h"
#include "FuzzedBytes.h"
#include "Json/Json.h"

#include "graphc/Loader/Program.h"

using namespace graphc;
using namespace graphc::loader;

static void readDocument(const std::uint8_t *data, std::size_t size) {
  auto document = readJson(fuzzedBytes(data, size), "record");
  if (!document)
    return;
  JsonValue root = (*document)->root();
  (void)root.path();
  if (root.kind() != JsonValue::Kind::Object)
    return;
  for (JsonMembers::Member member : root.members())
    (void)root.find(member.key);
}

/// The text as the program of an archive that is sound in all else.
static void readSchema(const std::uint8_t *data, std::size_t size) {
  TestZip zip = TestProgram().zip();
  zip["m/models/model.json"].data.assign(reinterpret_cast<const char *>(data),
                                         size);
  std::string archive = zip.build();
  Bytes bytes = fuzzedBytes(
      reinterpret_cast<const std::uint8_t *>(archive.data()), archive.size());
  Result<Program> program =
      loadBuffer(bytes.owner, bytes.data, bytes.size, "fuzzed");
  if (program)
    (void)print(*program);
}

void fuzz(const std::uint8_t *data, std::size_t size) {
  readDocument(data, size);
  readSchema(data, size);
}
