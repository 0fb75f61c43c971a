//===- BlackBox.cpp - What a process leaves when it dies ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlackBox.h"

#include <ctime>

#include <sys/mman.h>
#include <unistd.h>

using namespace graphc;

/// For processes without a watcher: tests, tools run in one process.
static BlackBox privateBox;
static BlackBox *box = &privateBox;

BlackBox &graphc::blackBox() { return *box; }

std::mutex &graphc::boxMutex() {
  static std::mutex mutex;
  return mutex;
}

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
    record->id = gettid();
  }
  return *record;
}

std::uint64_t graphc::readClock() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::uint64_t(now.tv_sec) * 1000 + now.tv_nsec / 1000000;
}

const ThreadRecord *graphc::findLongestRun(const BlackBox &box) {
  const ThreadRecord *found = nullptr;
  for (const ThreadRecord &thread : box.getThreads())
    if (thread.innermost() && (!found || thread.since[thread.depth - 1] <
                                             found->since[found->depth - 1]))
      found = &thread;
  return found;
}

void graphc::blameLongestRun(BlackBox &box) {
  std::uint64_t since = box.stageSince;
  if (const ThreadRecord *thread = findLongestRun(box)) {
    box.culprit = *thread->innermost();
    since = thread->since[thread->depth - 1];
  }
  box.elapsedInPlace = since ? readClock() - since : 0;
}
