//===- TorchSaveFuzz.cpp - Any bytes as a stream of torch.save ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"
#include "FuzzedBytes.h"
#include "TorchSave/TorchSave.h"

using namespace graphc;
using namespace graphc::loader;

void fuzz(const std::uint8_t *data, std::size_t size) {
  LoadOptions options;
  options.verifyChecksums = false;
  (void)readTorchSave(fuzzedBytes(data, size), "stream", options);
  (void)readSavedStorage(fuzzedBytes(data, size), "stream", options);
}
