//===- Pickle.cpp - The pickle stack machine ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pickle/Opcodes.h"
#include "Pickle/PickleArena.h"
#include "Utf8.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <unordered_map>

namespace graphc::loader {

using Kind = PickleValue::Kind;

namespace {
/// All values of a stream. Deques, so that pointers stay.
struct PickleArena {
  std::deque<PickleValue> values;
  std::deque<PickleValue::Body> bodies;
};
} // namespace

/// Runs one stream. Handlers return false after setting `failure`.
class PickleMachine {
public:
  PickleMachine(const std::uint8_t *data, std::size_t size, std::size_t begin,
                const PickleOptions &options)
      : data(data), size(size), at(begin), options(options),
        arena(std::make_shared<PickleArena>()),
        // A hostile byte must not cost much more than an honest one.
        memoryLeft(16 * (size - std::min(size, begin)) +
                   (std::size_t(64) << 20)) {}

  Result<Pickle> run();

private:
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
    return fail("limit", "the values of the pickle take more than 16 times the "
                         "memory of the file");
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
// Values and the stack
//===----------------------------------------------------------------------===//

PickleValue *PickleMachine::make(Kind kind) {
  if (arena->values.size() >= options.maxValues) {
    failLimit("values", options.maxValues);
    return nullptr;
  }
  if (!spend(sizeof(PickleValue)))
    return nullptr;
  PickleValue &value = arena->values.emplace_back();
  value.tag = kind;
  value.position = opcodeAt;
  return &value;
}

PickleValue::Body *PickleMachine::bodyOf(PickleValue &value) {
  if (!value.body && spend(sizeof(PickleValue::Body)))
    value.body = &arena->bodies.emplace_back();
  return value.body;
}

bool PickleMachine::push(const PickleValue *value) {
  if (!value)
    return false;
  if (stack.size() >= options.maxStack)
    return failLimit("stack items", options.maxStack);
  stack.push_back(value);
  return true;
}

bool PickleMachine::pushInteger(Kind kind, std::int64_t integer) {
  PickleValue *value = make(kind);
  if (value)
    value->integerValue = integer;
  return push(value);
}

bool PickleMachine::pushChars(Kind kind, std::string_view chars) {
  if (kind == Kind::Text && !isUtf8(chars))
    return fail("pickle-type", "text that is not UTF-8");
  PickleValue *value = make(kind);
  if (value) {
    value->chars = chars.data();
    value->size = chars.size();
  }
  return push(value);
}

/// Two's complement, little-endian, of any length.
bool PickleMachine::pushLong(std::string_view bytes) {
  bool negative = !bytes.empty() && (bytes.back() & 0x80);
  while (bytes.size() > 8 && bytes.back() == (negative ? '\xff' : '\0') &&
         bool(bytes[bytes.size() - 2] & 0x80) == negative)
    bytes.remove_suffix(1);
  if (bytes.size() > 8)
    return pushChars(Kind::BigInt, bytes);
  std::uint64_t value = negative ? ~std::uint64_t(0) : 0;
  for (std::size_t i = bytes.size(); i != 0; --i)
    value = value << 8 | std::uint8_t(bytes[i - 1]);
  return pushInteger(Kind::Int, std::int64_t(value));
}

bool PickleMachine::need(std::size_t count) {
  std::size_t fence = marks.empty() ? 0 : marks.back();
  if (stack.size() - fence >= count)
    return true;
  return fail("pickle-stack", std::string(opcodeName(current)) + " needs " +
                                  std::to_string(count) +
                                  " items on the stack, found " +
                                  std::to_string(stack.size() - fence));
}

const PickleValue *PickleMachine::pop() {
  const PickleValue *value = stack.back();
  stack.pop_back();
  return value;
}

bool PickleMachine::popToMark(Stack &items) {
  if (marks.empty())
    return fail("pickle-stack",
                std::string(opcodeName(current)) + " without a MARK");
  items.assign(stack.begin() + std::ptrdiff_t(marks.back()), stack.end());
  stack.resize(marks.back());
  marks.pop_back();
  return true;
}

//===----------------------------------------------------------------------===//
// Containers
//===----------------------------------------------------------------------===//

bool PickleMachine::makeTuple(std::size_t count) {
  if (!need(count))
    return false;
  Stack items(stack.end() - std::ptrdiff_t(count), stack.end());
  stack.resize(stack.size() - count);
  return makeFrom(Kind::Tuple, items);
}

bool PickleMachine::makeFrom(Kind kind, const Stack &items) {
  PickleValue *value = make(kind);
  if (!value)
    return false;
  value->body = nullptr;
  if (!items.empty()) {
    PickleValue::Body *body = bodyOf(*value);
    if (!body || !spend(items.size() * sizeof(void *)))
      return false;
    body->items = items;
  }
  return push(value);
}

/// The container below the items is not const to us: it is still being made.
static PickleValue &mutableValue(const PickleValue *value) {
  return const_cast<PickleValue &>(*value);
}

bool PickleMachine::appendItems(const Stack &items) {
  PickleValue &target = mutableValue(stack.back());
  bool isSet = current == Opcode::AddItems;
  if (target.tag != (isSet ? Kind::Set : Kind::List) &&
      target.tag != Kind::Object)
    return fail("pickle-stack", std::string(opcodeName(current)) + " on " +
                                    target.describe() + ", expected a " +
                                    (isSet ? "set" : "list"));
  PickleValue::Body *body = bodyOf(target);
  if (!body || !spend(2 * items.size() * sizeof(void *)))
    return false;
  Stack &list =
      target.tag == Kind::Object ? body->extras->appended : body->items;
  list.insert(list.end(), items.begin(), items.end());
  return true;
}

bool PickleMachine::setItems(const Stack &items) {
  PickleValue &target = mutableValue(stack.back());
  if (target.tag != Kind::Dict && target.tag != Kind::Object)
    return fail("pickle-stack", std::string(opcodeName(current)) + " on " +
                                    target.describe() + ", expected a dict");
  if (items.size() % 2)
    return fail("pickle-stack", std::string(opcodeName(current)) +
                                    " with a key that has no value");
  PickleValue::Body *body = bodyOf(target);
  if (!body || !spend(2 * items.size() * sizeof(void *)))
    return false;
  std::vector<PickleValue::Entry> &entries =
      target.tag == Kind::Object ? body->extras->entries : body->entries;
  for (std::size_t i = 0; i != items.size(); i += 2)
    entries.push_back({items[i], items[i + 1]});
  return true;
}

//===----------------------------------------------------------------------===//
// Globals and calls
//===----------------------------------------------------------------------===//

bool PickleMachine::makeGlobal(std::string_view module, std::string_view name) {
  PickleValue *value = make(Kind::Global);
  if (!value)
    return false;
  value->body = nullptr;
  PickleValue::Body *body = bodyOf(*value);
  if (!body)
    return false;
  body->module = module;
  body->name = name;
  if (known.insert({module, name}).second) {
    if (!spend(100))
      return false;
    globals.push_back(value);
  }
  return push(value);
}

bool PickleMachine::makeObject(const PickleValue *callable,
                               const PickleValue *args,
                               const PickleValue *kwargs) {
  if (callable->tag != Kind::Global && callable->tag != Kind::Object)
    return fail("pickle-stack", std::string(opcodeName(current)) + " of " +
                                    callable->describe() +
                                    ", expected a global");
  if (args->tag != Kind::Tuple)
    return fail("pickle-stack", std::string(opcodeName(current)) +
                                    " with arguments that are " +
                                    args->describe() + ", expected a tuple");
  if (kwargs && kwargs->tag != Kind::Dict)
    return fail("pickle-stack", std::string(opcodeName(current)) +
                                    " with keywords that are " +
                                    kwargs->describe() + ", expected a dict");
  PickleValue *value = make(Kind::Object);
  if (!value)
    return false;
  value->body = nullptr;
  PickleValue::Body *body = bodyOf(*value);
  if (!body || !spend(sizeof(PickleValue::Extras) +
                      args->items().size() * sizeof(void *)))
    return false;
  body->items = args->items();
  body->extras = std::make_unique<PickleValue::Extras>();
  body->extras->callable = callable;
  body->extras->kwargs = kwargs;
  return push(value);
}

bool PickleMachine::build() {
  if (!need(2))
    return false;
  const PickleValue *state = pop();
  PickleValue &target = mutableValue(stack.back());
  if (target.tag != Kind::Object)
    return fail("pickle-stack",
                "BUILD on " + target.describe() + ", expected an object");
  if (!spend(2 * sizeof(void *)))
    return false;
  target.body->extras->states.push_back(state);
  return true;
}

//===----------------------------------------------------------------------===//
// The memo
//===----------------------------------------------------------------------===//

bool PickleMachine::put(std::uint64_t index) {
  if (!need(1))
    return false;
  if (index < memo.size()) {
    memo[index] = stack.back();
    return true;
  }
  auto it = sparse.find(index);
  if (it != sparse.end()) {
    it->second = stack.back();
    return true;
  }
  if (memo.size() + sparse.size() >= options.maxMemo)
    return failLimit("memo entries", options.maxMemo);
  if (index == memo.size()) {
    memo.push_back(stack.back());
    return spend(2 * sizeof(void *));
  }
  sparse[index] = stack.back();
  return spend(8 * sizeof(void *));
}

bool PickleMachine::get(std::uint64_t index) {
  if (index < memo.size())
    return push(memo[index]);
  auto it = sparse.find(index);
  if (it != sparse.end())
    return push(it->second);
  return fail("pickle-memo", std::string(opcodeName(current)) + " of index " +
                                 std::to_string(index) +
                                 ", which was never stored");
}

//===----------------------------------------------------------------------===//
// Opcodes
//===----------------------------------------------------------------------===//

bool PickleMachine::executeScalar(Opcode opcode) {
  std::uint64_t bits;
  std::string_view span;
  switch (opcode) {
  case Opcode::None:
    return pushInteger(Kind::None, 0);
  case Opcode::NewTrue:
    return pushInteger(Kind::Bool, 1);
  case Opcode::NewFalse:
    return pushInteger(Kind::Bool, 0);
  case Opcode::BinInt:
    return readUnsigned(4, bits) &&
           pushInteger(Kind::Int, std::int32_t(std::uint32_t(bits)));
  case Opcode::BinInt1:
    return readUnsigned(1, bits) && pushInteger(Kind::Int, std::int64_t(bits));
  case Opcode::BinInt2:
    return readUnsigned(2, bits) && pushInteger(Kind::Int, std::int64_t(bits));
  case Opcode::Long1:
    return readSpan(1, span) && pushLong(span);
  case Opcode::Long4:
    return readSpan(4, span) && pushLong(span);
  case Opcode::BinFloat: {
    if (!readUnsigned(8, bits))
      return false;
    bits = __builtin_bswap64(bits); // the one big-endian field of pickle
    PickleValue *value = make(Kind::Float);
    if (value)
      std::memcpy(&value->realValue, &bits, sizeof(bits));
    return push(value);
  }
  case Opcode::ShortBinUnicode:
    return readSpan(1, span) && pushChars(Kind::Text, span);
  case Opcode::BinUnicode:
    return readSpan(4, span) && pushChars(Kind::Text, span);
  case Opcode::BinUnicode8:
    return readSpan(8, span) && pushChars(Kind::Text, span);
  case Opcode::ShortBinBytes:
    return readSpan(1, span) && pushChars(Kind::Bytes, span);
  case Opcode::BinBytes:
    return readSpan(4, span) && pushChars(Kind::Bytes, span);
  default: // BinBytes8, ByteArray8
    return readSpan(8, span) && pushChars(Kind::Bytes, span);
  }
}

bool PickleMachine::executeContainer(Opcode opcode) {
  Stack items;
  switch (opcode) {
  case Opcode::EmptyTuple:
    return makeFrom(Kind::Tuple, items);
  case Opcode::EmptyList:
    return makeFrom(Kind::List, items);
  case Opcode::EmptyDict:
    return makeFrom(Kind::Dict, items);
  case Opcode::EmptySet:
    return makeFrom(Kind::Set, items);
  case Opcode::Tuple1:
    return makeTuple(1);
  case Opcode::Tuple2:
    return makeTuple(2);
  case Opcode::Tuple3:
    return makeTuple(3);
  case Opcode::Tuple:
    return popToMark(items) && makeFrom(Kind::Tuple, items);
  case Opcode::FrozenSet:
    return popToMark(items) && makeFrom(Kind::Set, items);
  case Opcode::Append:
    if (!need(2))
      return false;
    items.push_back(pop());
    return appendItems(items);
  case Opcode::SetItem:
    if (!need(3))
      return false;
    items.assign(stack.end() - 2, stack.end());
    stack.resize(stack.size() - 2);
    return setItems(items);
  case Opcode::SetItems:
    return popToMark(items) && need(1) && setItems(items);
  default: // Appends, AddItems
    return popToMark(items) && need(1) && appendItems(items);
  }
}

bool PickleMachine::executeCall(Opcode opcode) {
  switch (opcode) {
  case Opcode::Global: {
    std::string_view module, name;
    if (!readLine(module) || !readLine(name))
      return false;
    if (!isUtf8(module) || !isUtf8(name))
      return fail("pickle-type", "the name of a global is not UTF-8");
    return makeGlobal(module, name);
  }
  case Opcode::StackGlobal: {
    if (!need(2))
      return false;
    const PickleValue *name = pop(), *module = pop();
    if (!name->isText() || !module->isText())
      return fail("pickle-stack", "STACK_GLOBAL of " + module->describe() +
                                      " and " + name->describe() +
                                      ", expected two strings");
    return makeGlobal(module->text(), name->text());
  }
  case Opcode::Reduce:
  case Opcode::NewObj: {
    if (!need(2))
      return false;
    const PickleValue *args = pop(), *callable = pop();
    return makeObject(callable, args, nullptr);
  }
  case Opcode::NewObjEx: {
    if (!need(3))
      return false;
    const PickleValue *kwargs = pop(), *args = pop(), *callable = pop();
    return makeObject(callable, args, kwargs);
  }
  case Opcode::BinPersId:
    if (!options.persistentIds)
      return fail("pickle-opcode", "opcode 0x51 (BINPERSID) outside a tensor "
                                   "stream");
    return need(1) && makeFrom(Kind::PersistentId, {pop()});
  default: // Build
    return build();
  }
}

bool PickleMachine::executeMemo(Opcode opcode) {
  std::uint64_t index;
  switch (opcode) {
  case Opcode::Memoize:
    return put(memo.size() + sparse.size());
  case Opcode::BinPut:
    return readUnsigned(1, index) && put(index);
  case Opcode::LongBinPut:
    return readUnsigned(4, index) && put(index);
  case Opcode::BinGet:
    return readUnsigned(1, index) && get(index);
  default: // LongBinGet
    return readUnsigned(4, index) && get(index);
  }
}

bool PickleMachine::execute(Opcode opcode) {
  std::uint64_t number;
  switch (opcode) {
  case Opcode::Proto:
    if (!readUnsigned(1, number))
      return false;
    if (number < 2 || number > 5)
      return fail("pickle-protocol", "pickle protocol " +
                                         std::to_string(number) +
                                         ", supported are 2 to 5");
    return true;
  case Opcode::Frame:
    return readUnsigned(8, number);
  case Opcode::Mark:
    if (marks.size() >= options.maxStack)
      return failLimit("marks", options.maxStack);
    marks.push_back(stack.size());
    return true;
  case Opcode::Pop:
    // As in Python, a mark on top counts as an item.
    if (!marks.empty() && marks.back() == stack.size()) {
      marks.pop_back();
      return true;
    }
    return need(1) && pop();
  case Opcode::PopMark: {
    Stack items;
    return popToMark(items);
  }
  case Opcode::Dup:
    return need(1) && push(stack.back());
  case Opcode::None:
  case Opcode::NewTrue:
  case Opcode::NewFalse:
  case Opcode::BinInt:
  case Opcode::BinInt1:
  case Opcode::BinInt2:
  case Opcode::Long1:
  case Opcode::Long4:
  case Opcode::BinFloat:
  case Opcode::ShortBinUnicode:
  case Opcode::BinUnicode:
  case Opcode::BinUnicode8:
  case Opcode::ShortBinBytes:
  case Opcode::BinBytes:
  case Opcode::BinBytes8:
  case Opcode::ByteArray8:
    return executeScalar(opcode);
  case Opcode::EmptyTuple:
  case Opcode::EmptyList:
  case Opcode::EmptyDict:
  case Opcode::EmptySet:
  case Opcode::Tuple1:
  case Opcode::Tuple2:
  case Opcode::Tuple3:
  case Opcode::Tuple:
  case Opcode::FrozenSet:
  case Opcode::Append:
  case Opcode::Appends:
  case Opcode::AddItems:
  case Opcode::SetItem:
  case Opcode::SetItems:
    return executeContainer(opcode);
  case Opcode::Global:
  case Opcode::StackGlobal:
  case Opcode::Reduce:
  case Opcode::NewObj:
  case Opcode::NewObjEx:
  case Opcode::BinPersId:
  case Opcode::Build:
    return executeCall(opcode);
  case Opcode::Memoize:
  case Opcode::BinPut:
  case Opcode::LongBinPut:
  case Opcode::BinGet:
  case Opcode::LongBinGet:
    return executeMemo(opcode);
  case Opcode::Stop:
    break;
  }
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
