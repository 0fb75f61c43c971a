//===- PickleFuzz.cpp - Any bytes as a pickle -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"
#include "Pickle/Pickle.h"

using namespace graphc;
using namespace graphc::loader;

void fuzz(const std::uint8_t *data, std::size_t size) {
  PickleOptions options;
  options.persistentIds = true;
  if (Result<Pickle> pickle = readPickle(data, size, 0, options))
    (void)pickle->value->describe();
}
