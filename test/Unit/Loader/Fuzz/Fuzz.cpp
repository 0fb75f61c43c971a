//===- Fuzz.cpp - What one hostile input may cost -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libFuzzer bounds single allocations and the memory of the whole process, in
// which its corpus and ASan's quarantine come first. Here it is the memory and
// the time of one input: 200 MiB, and 1 s without sanitizers.
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <sanitizer/allocator_interface.h>

static constexpr std::int64_t maxBytes = 200 << 20;
/// ASan, UBSan and coverage take up to five times the time.
static constexpr double maxSeconds = 5;

/// Bytes that the input in hand holds; libFuzzer's own are not counted.
static thread_local std::int64_t liveBytes = 0;
static thread_local bool isCounting = false;

static void exceed(const char *what) {
  isCounting = false;
  std::fprintf(stderr, "an input takes more than %s\n", what);
  std::abort();
}

static void onMalloc(const volatile void *, std::size_t size) {
  if (!isCounting)
    return;
  liveBytes += static_cast<std::int64_t>(size);
  if (liveBytes > maxBytes)
    exceed("200 MiB");
}

static void onFree(const volatile void *pointer) {
  if (isCounting && pointer)
    liveBytes -= static_cast<std::int64_t>(
        __sanitizer_get_allocated_size(const_cast<const void *>(pointer)));
}

static double secondsUsed() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

extern "C" int LLVMFuzzerInitialize(int *, char ***) {
  return !__sanitizer_install_malloc_and_free_hooks(onMalloc, onFree);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size) {
  double start = secondsUsed();
  liveBytes = 0;
  isCounting = true;
  fuzz(data, size);
  isCounting = false;
  if (secondsUsed() - start > maxSeconds)
    exceed("1 s");
  return 0;
}
