//===- TorchSaveFuzz.cpp - Any bytes as a stream of torch.save ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FuzzedBytes.h"
#include "TorchSave/TorchSave.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace graphc;
using namespace graphc::loader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size) {
  LoadOptions options;
  options.verifyChecksums = false;
  (void)readTorchSave(fuzzedBytes(data, size), "stream", options);
  (void)readSavedStorage(fuzzedBytes(data, size), "stream", options);
  return 0;
}
