//===- Pickle.cpp - Pickle streams to inert values ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pickle/PickleMachine.h"

#include <algorithm>
#include <cstring>

namespace graphc::loader {

bool PickleMachine::fail(const char *errorClass, std::string message,
                         std::string help) {
  failure = Error{errorClass,         "", pickleOffset(opcodeAt),
                  std::move(message), {}, std::move(help)};
  return false;
}

bool PickleMachine::failTruncated(std::uint64_t length) {
  return fail("pickle-truncated",
              std::string("the stream ends inside ") + opcodeName(current) +
                  ": length " + std::to_string(length) + " claimed, " +
                  std::to_string(size - at) + " bytes left",
              "the writer failed part-way? save the arguments again");
}

bool PickleMachine::failLimit(const char *what, std::size_t limit) {
  return fail("limit", std::string("more than ") + std::to_string(limit) + " " +
                           what + " in a pickle");
}

bool PickleMachine::spend(std::size_t bytes) {
  if (bytes > memoryLeft)
    return fail(
        "limit",
        "the values of the pickle take more than 16 times the memory of "
        "the file, or more than " +
            std::to_string(options.maxBytes) + " bytes",
        "raise --max-pickle-bytes if the file is to be trusted");
  memoryLeft -= bytes;
  return true;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

bool PickleMachine::readUnsigned(unsigned bytes, std::uint64_t &value) {
  if (size - at < bytes)
    return failTruncated(bytes);
  value = 0;
  for (unsigned i = 0; i != bytes; ++i)
    value |= std::uint64_t(data[at + i]) << (8 * i);
  at += bytes;
  return true;
}

bool PickleMachine::readSpan(unsigned lengthBytes, std::string_view &span) {
  std::uint64_t length;
  if (!readUnsigned(lengthBytes, length))
    return false;
  if (length > size - at)
    return failTruncated(length);
  span = {reinterpret_cast<const char *>(data) + at, std::size_t(length)};
  at += length;
  return true;
}

bool PickleMachine::readLine(std::string_view &line) {
  const char *start = reinterpret_cast<const char *>(data) + at;
  const void *end = std::memchr(start, '\n', size - at);
  if (!end)
    return failTruncated(size - at + 1);
  line = {start, std::size_t(static_cast<const char *>(end) - start)};
  at += line.size() + 1;
  return true;
}

//===----------------------------------------------------------------------===//
// The whole stream
//===----------------------------------------------------------------------===//

/// The i-th value directly below, or null behind the last.
static const PickleValue *childOf(const PickleValue &value, std::size_t i) {
  auto take = [&i](const PickleValue::Items &items) -> const PickleValue * {
    if (i < items.size())
      return items[i];
    i -= items.size();
    return nullptr;
  };
  auto takeEntry = [&i](const std::vector<PickleValue::Entry> &entries)
      -> const PickleValue * {
    if (i < 2 * entries.size())
      return i % 2 ? entries[i / 2].second : entries[i / 2].first;
    i -= 2 * entries.size();
    return nullptr;
  };
  if (const PickleValue *child = take(value.items()))
    return child;
  if (const PickleValue *child = takeEntry(value.entries()))
    return child;
  const PickleValue::Extras *extras = value.extras();
  if (!extras)
    return nullptr;
  if (const PickleValue *child = take(extras->states))
    return child;
  if (const PickleValue *child = take(extras->appended))
    return child;
  if (const PickleValue *child = takeEntry(extras->entries))
    return child;
  if (i == 0)
    return extras->callable;
  return i == 1 ? extras->kwargs : nullptr;
}

/// Height of every reachable value by an explicit stack, edges back into a
/// value in progress aside: after this, recursion below `maxDepth` is safe.
bool PickleMachine::checkDepth(const PickleValue *root) {
  struct Frame {
    PickleValue *value;
    std::size_t next;
    std::uint16_t below;
  };
  std::vector<Frame> frames = {{&mutableValue(root), 0, 0}};
  mutableValue(root).height = PickleValue::inProgress;
  while (!frames.empty()) {
    Frame &frame = frames.back();
    const PickleValue *child = childOf(*frame.value, frame.next++);
    if (child && child->height == 0) {
      if (frames.size() > options.maxDepth)
        break;
      mutableValue(child).height = PickleValue::inProgress;
      frames.push_back({&mutableValue(child), 0, 0});
      continue;
    }
    if (child) {
      if (child->height != PickleValue::inProgress)
        frame.below = std::max(frame.below, child->height);
      continue;
    }
    std::uint16_t height = frame.below + 1;
    if (height > options.maxDepth)
      break;
    frame.value->height = height;
    frames.pop_back();
    if (!frames.empty())
      frames.back().below = std::max(frames.back().below, height);
  }
  if (frames.empty())
    return true;
  opcodeAt = frames.back().value->offset();
  return fail("limit", "values nested deeper than the depth limit " +
                           std::to_string(options.maxDepth));
}

Result<Pickle> PickleMachine::run() {
  for (;;) {
    opcodeAt = at;
    if (at >= size) {
      fail("pickle-truncated", "the stream ends before STOP",
           "the writer failed part-way? save the arguments again");
      return *failure;
    }
    current = Opcode(data[at++]);
    if (!opcodeName(current)) {
      char hex[8];
      std::snprintf(hex, sizeof(hex), "0x%02x", data[opcodeAt]);
      fail("pickle-opcode", std::string("opcode ") + hex + " is not supported");
      return *failure;
    }
    if (current == Opcode::Stop)
      break;
    if (!execute(current))
      return *failure;
  }
  if (!need(1) || !checkDepth(stack.back()))
    return *failure;
  Pickle pickle;
  pickle.arena = arena;
  pickle.value = stack.back();
  pickle.globals = std::move(globals);
  pickle.end = at;
  return pickle;
}

Result<Pickle> readPickle(const std::uint8_t *data, std::size_t size,
                          std::size_t begin, const PickleOptions &options) {
  return PickleMachine(data, size, begin, options).run();
}

} // namespace graphc::loader
