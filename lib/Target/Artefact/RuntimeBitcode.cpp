//===- RuntimeBitcode.cpp - The runtime as data ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parts.h"

// Changes with the bitcode, which compiler caches do not look at.
#include "RuntimeDigest.h"

// Aligned as the bitcode reader wants it.
alignas(8) static const unsigned char bitcode[] = {
#embed "Runtime.bc"
};

static const char header[] = {
#embed "graphc/Runtime/Runtime.h"
};

static_assert(sizeof(digest) == 65 && sizeof(bitcode) > 1000 &&
              sizeof(header) > 1000);

llvm::StringRef graphc::artefact::getRuntimeBitcode() {
  return {reinterpret_cast<const char *>(bitcode), sizeof(bitcode)};
}

llvm::StringRef graphc::artefact::getRuntimeHeader() {
  return {header, sizeof(header)};
}
