//===- PickleStack.cpp - What opcodes do to the stack ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pickle/PickleMachine.h"
#include "Utf8.h"

namespace graphc::loader {

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

} // namespace graphc::loader
