//===- EventLog.cpp - Times of a process that died ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EventLog.h"

#include "BlackBox.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <atomic>
#include <ctime>

#include <sys/mman.h>
#include <unistd.h>

using namespace graphc;
using llvm::StringRef;

namespace {
struct Event {
  FixedText<88> name;
  FixedText<128> detail;
  std::int32_t thread;
  std::uint32_t depth;
  /// Microseconds; 0 for what is not yet over.
  std::uint64_t begin, end;
};

struct EventLog {
  /// What is beyond is not noted: a report of it would help nobody.
  static constexpr std::uint32_t capacity = 1 << 14;
  bool isOn;
  std::uint64_t start;
  std::atomic<std::uint32_t> count;
  Event events[capacity];

  llvm::ArrayRef<Event> get() const {
    return {events, std::min(count.load(), capacity)};
  }
};
} // namespace

/// Null where nobody watches.
static EventLog *eventLog = nullptr;

static std::uint64_t readMicroseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::uint64_t(now.tv_sec) * 1000000 + now.tv_nsec / 1000;
}

void graphc::shareEventLog() {
  void *memory = mmap(nullptr, sizeof(EventLog), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory != MAP_FAILED)
    eventLog = static_cast<EventLog *>(memory);
}

void graphc::startEventLog() {
  if (!eventLog)
    return;
  eventLog->isOn = true;
  eventLog->start = readMicroseconds();
}

/// The events that this thread is in; null for those without room.
static llvm::SmallVector<Event *> &openEvents() {
  static thread_local llvm::SmallVector<Event *> open;
  return open;
}

void graphc::beginEvent(StringRef name, StringRef detail) {
  if (!eventLog || !eventLog->isOn)
    return;
  std::uint32_t index = eventLog->count.fetch_add(1);
  Event *event =
      index < EventLog::capacity ? &eventLog->events[index] : nullptr;
  if (event) {
    event->name.set(name);
    event->detail.set(detail);
    event->thread = gettid();
    event->depth = openEvents().size();
    event->begin = readMicroseconds();
  }
  openEvents().push_back(event);
}

void graphc::endEvent() {
  if (openEvents().empty())
    return;
  if (Event *event = openEvents().pop_back_val())
    event->end = readMicroseconds();
}

/// Microseconds that an event took.
static std::uint64_t lengthOf(const Event &event, std::uint64_t now) {
  return (event.end ? event.end : now) - event.begin;
}

void graphc::writeEventLog(llvm::raw_ostream &os) {
  std::uint64_t now = readMicroseconds();
  llvm::json::OStream json(os);
  json.object([&] {
    json.attributeArray("traceEvents", [&] {
      for (const Event &event : eventLog->get()) {
        if (!event.begin) // It was just about to begin.
          continue;
        json.object([&] {
          json.attribute("pid", getpid());
          json.attribute("tid", event.thread);
          json.attribute("ts", int64_t(event.begin - eventLog->start));
          json.attribute("ph", "X");
          json.attribute("dur", int64_t(lengthOf(event, now)));
          json.attribute("name", llvm::json::fixUTF8(event.name.get()));
          json.attributeObject("args", [&] {
            json.attribute("detail", llvm::json::fixUTF8(event.detail.get()));
            if (!event.end)
              json.attribute("unfinished", true);
          });
        });
      }
      json.object([&] {
        json.attribute("pid", getpid());
        json.attribute("ph", "M");
        json.attribute("name", "process_name");
        json.attributeObject("args", [&] { json.attribute("name", "graphc"); });
      });
    });
  });
  os << '\n';
}

void graphc::printEventTimes(llvm::raw_ostream &os) {
  std::uint64_t now = readMicroseconds();
  os << "graphc: time until the end; on several threads that of all of them\n"
     << "  seconds  stage or pass\n";
  // Passes are those of the stage before them; on threads of the pool they
  // stand at the depth of a stage.
  llvm::MapVector<std::pair<StringRef, StringRef>, double> rows;
  StringRef stage;
  for (const Event &event : eventLog->get()) {
    bool isStage = event.detail.empty() && event.depth == 0;
    if (isStage)
      stage = event.name.get();
    rows[{stage, isStage ? "" : event.name.get()}] +=
        lengthOf(event, now) * 1e-6;
  }
  for (const auto &[name, seconds] : rows)
    os << llvm::format("%9.4f  ", seconds) << (name.second.empty() ? "" : "  ")
       << (name.second.empty() ? name.first : name.second) << '\n';
}
