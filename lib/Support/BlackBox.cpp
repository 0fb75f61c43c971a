//===- BlackBox.cpp - What a process leaves when it dies ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlackBox.h"

#include <sys/mman.h>

using namespace graphc;

/// For processes without a watcher: tests, tools run in one process.
static BlackBox privateBox;
static BlackBox *box = &privateBox;

BlackBox &graphc::blackBox() { return *box; }

void graphc::shareBlackBox() {
  void *memory = mmap(nullptr, sizeof(BlackBox), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED)
    box = static_cast<BlackBox *>(memory);
}

ThreadRecord &graphc::currentThread() {
  static thread_local ThreadRecord *record = nullptr;
  if (!record) {
    std::uint32_t index = box->threadCount.fetch_add(1);
    record =
        &box->threads[index < BlackBox::maxThreads ? index
                                                   : BlackBox::maxThreads - 1];
  }
  return *record;
}
