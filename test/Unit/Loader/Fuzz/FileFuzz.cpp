//===- FileFuzz.cpp - Any bytes as a file of unknown kind -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"
#include "graphc/Loader/Program.h"

#include <cstdio>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

using namespace graphc::loader;

/// A file in memory with a name that can be opened again.
static std::string makeFile(const std::uint8_t *data, std::size_t size) {
  static int descriptor = memfd_create("fuzz", 0);
  if (ftruncate(descriptor, 0) ||
      pwrite(descriptor, data, size, 0) != static_cast<ssize_t>(size))
    return "";
  return "/proc/self/fd/" + std::to_string(descriptor);
}

void fuzz(const std::uint8_t *data, std::size_t size) {
  LoadOptions options;
  options.verifyChecksums = false; // Or no changed archive gets any further.
  if (Result<Program> program = load(makeFile(data, size), options))
    (void)print(*program);
}
