//===- ZipFuzz.cpp - Any bytes as an archive ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"
#include "FuzzedBytes.h"
#include "Zip/Zip.h"

using namespace graphc;
using namespace graphc::loader;

void fuzz(const std::uint8_t *data, std::size_t size) {
  Bytes bytes = fuzzedBytes(data, size);
  (void)looksLikeZip(bytes);
  if (Result<ZipArchive> zip = readZip(bytes))
    for (const ZipEntry &entry : zip->entries())
      (void)zip->read(entry, /*verifyChecksum=*/false);
}
