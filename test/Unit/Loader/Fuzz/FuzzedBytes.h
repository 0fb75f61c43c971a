//===- FuzzedBytes.h - Bytes of a fuzzer as those of a file -----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TEST_UNIT_LOADER_FUZZ_FUZZEDBYTES_H
#define GRAPHC_TEST_UNIT_LOADER_FUZZ_FUZZEDBYTES_H

#include "File.h"

/// Copied, as mapped files outlive their loading.
inline graphc::loader::Bytes fuzzedBytes(const std::uint8_t *data,
                                         std::size_t size) {
  auto owner =
      std::make_shared<std::string>(reinterpret_cast<const char *>(data), size);
  graphc::loader::Bytes bytes;
  bytes.data = reinterpret_cast<const std::uint8_t *>(owner->data());
  bytes.size = size;
  bytes.file = "fuzzed";
  bytes.owner = std::move(owner);
  return bytes;
}

#endif // GRAPHC_TEST_UNIT_LOADER_FUZZ_FUZZEDBYTES_H
