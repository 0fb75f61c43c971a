//===- PickleOpcodes.cpp - What each opcode means -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pickle/PickleMachine.h"
#include "Utf8.h"

#include <cstring>

namespace graphc::loader {

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

} // namespace graphc::loader
