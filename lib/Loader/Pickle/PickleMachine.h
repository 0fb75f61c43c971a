//===- PickleMachine.h - The stack machine itself ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PICKLE_PICKLEMACHINE_H
#define GRAPHC_LIB_LOADER_PICKLE_PICKLEMACHINE_H

#include "Pickle/Opcodes.h"
#include "Pickle/PickleArena.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

namespace graphc::loader {

/// Runs one stream. Handlers return false after setting `failure`.
class PickleMachine {
public:
  PickleMachine(const std::uint8_t *data, std::size_t size, std::size_t begin,
                const PickleOptions &options)
      : data(data), size(size), at(begin), options(options),
        arena(std::make_shared<PickleArena>()),
        // A hostile byte must not cost much more than an honest one.
        memoryLeft(
            std::min(options.maxBytes, 16 * (size - std::min(size, begin)) +
                                           (std::size_t(64) << 20))) {}

  Result<Pickle> run();

private:
  using Kind = PickleValue::Kind;
  using Stack = PickleValue::Items;

  bool execute(Opcode opcode);
  bool executeScalar(Opcode opcode);
  bool executeContainer(Opcode opcode);
  bool executeCall(Opcode opcode);
  bool executeMemo(Opcode opcode);

  bool fail(const char *errorClass, std::string message, std::string help = {});
  bool failTruncated(std::uint64_t length);
  bool failLimit(const char *what, std::size_t limit);
  bool spend(std::size_t bytes);

  bool readUnsigned(unsigned bytes, std::uint64_t &value);
  bool readSpan(unsigned lengthBytes, std::string_view &span);
  bool readLine(std::string_view &line);

  PickleValue *make(Kind kind);
  PickleValue::Body *bodyOf(PickleValue &value);
  bool push(const PickleValue *value);
  bool pushInteger(Kind kind, std::int64_t value);
  bool pushChars(Kind kind, std::string_view chars);
  bool pushLong(std::string_view bytes);
  bool need(std::size_t count);
  const PickleValue *pop();
  bool popToMark(Stack &items);

  bool makeTuple(std::size_t count);
  bool makeFrom(Kind kind, const Stack &items);
  bool makeGlobal(std::string_view module, std::string_view name);
  bool makeObject(const PickleValue *callable, const PickleValue *args,
                  const PickleValue *kwargs);
  bool appendItems(const Stack &items);
  bool setItems(const Stack &items);
  bool build();
  bool put(std::uint64_t index);
  bool get(std::uint64_t index);
  bool checkDepth(const PickleValue *root);

  const std::uint8_t *data;
  std::size_t size;
  std::size_t at;
  std::size_t opcodeAt = 0;
  Opcode current = Opcode::Stop;
  PickleOptions options;
  std::shared_ptr<PickleArena> arena;
  std::size_t memoryLeft;
  Stack stack;
  std::vector<std::size_t> marks;
  /// Writers number densely from 0; `sparse` takes what does not.
  Stack memo;
  std::unordered_map<std::uint64_t, const PickleValue *> sparse;
  std::set<std::pair<std::string_view, std::string_view>> known;
  Stack globals;
  std::optional<Error> failure;
};

/// The container below the items is not const to us: it is still being made.
inline PickleValue &mutableValue(const PickleValue *value) {
  return const_cast<PickleValue &>(*value);
}

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PICKLE_PICKLEMACHINE_H
