//===- FxTextFuzz.cpp - Any text as FX text -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"
#include "FuzzedBytes.h"
#include "FxText/FxText.h"

using namespace graphc;
using namespace graphc::loader;

void fuzz(const std::uint8_t *data, std::size_t size) {
  (void)readFxText(fuzzedBytes(data, size), LoadOptions());
}
