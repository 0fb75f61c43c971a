//===- PickleValue.cpp - Looking at pickled values ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pickle/PickleArena.h"

#include <cstdio>

using namespace graphc;
using namespace graphc::loader;

using Kind = PickleValue::Kind;

static bool hasBody(Kind kind) { return kind >= Kind::Tuple; }

const PickleValue::Items &PickleValue::items() const {
  static const Items none;
  return hasBody(tag) && body ? body->items : none;
}

const std::vector<PickleValue::Entry> &PickleValue::entries() const {
  static const std::vector<Entry> none;
  return tag == Kind::Dict && body ? body->entries : none;
}

static const PickleValue *
findKey(const std::vector<PickleValue::Entry> &entries, std::string_view key) {
  for (auto it = entries.rbegin(); it != entries.rend(); ++it)
    if (it->first->isText() && it->first->text() == key)
      return it->second;
  return nullptr;
}

const PickleValue *PickleValue::find(std::string_view key) const {
  return findKey(entries(), key);
}

std::string_view PickleValue::module() const {
  return tag == Kind::Global ? body->module : std::string_view();
}

std::string_view PickleValue::name() const {
  return tag == Kind::Global ? body->name : std::string_view();
}

bool PickleValue::isGlobal(std::string_view module,
                           std::string_view name) const {
  return tag == Kind::Global && body->module == module && body->name == name;
}

const PickleValue::Extras *PickleValue::extras() const {
  return tag == Kind::Object ? body->extras.get() : nullptr;
}

bool PickleValue::isCall(std::string_view module, std::string_view name) const {
  return tag == Kind::Object && body->extras->callable->isGlobal(module, name);
}

const PickleValue *PickleValue::attribute(std::string_view key) const {
  if (tag != Kind::Object)
    return nullptr;
  const Items &states = body->extras->states;
  for (auto it = states.rbegin(); it != states.rend(); ++it) {
    if (const PickleValue *value = (*it)->find(key))
      return value;
    // With __slots__ the state is a pair of dicts.
    if ((*it)->kind() == Kind::Tuple)
      for (const PickleValue *part : (*it)->items())
        if (const PickleValue *value = part->find(key))
          return value;
  }
  return nullptr;
}

std::string PickleValue::describe() const {
  switch (tag) {
  case Kind::None:
    return "None";
  case Kind::Bool:
    return boolean() ? "True" : "False";
  case Kind::Int:
    return "int " + std::to_string(integerValue);
  case Kind::BigInt:
    return "int of " + std::to_string(size) + " bytes";
  case Kind::Float:
    return "float";
  case Kind::Text:
    return "str '" + quoted(text()) + "'";
  case Kind::Bytes:
    return "bytes";
  case Kind::Tuple:
    return "tuple of " + std::to_string(items().size());
  case Kind::List:
    return "list of " + std::to_string(items().size());
  case Kind::Set:
    return "set";
  case Kind::Dict:
    return "dict of " + std::to_string(entries().size());
  case Kind::Global:
    return quoted(std::string(module()) + "." + std::string(name()));
  case Kind::Object: {
    // A call of a call: name the innermost function, without recursion.
    const PickleValue *callable = this;
    while (callable->tag == Kind::Object)
      callable = callable->body->extras->callable;
    return callable->describe() + "(...)";
  }
  case Kind::PersistentId:
    return "persistent id";
  }
  return "value";
}

static bool isSequenceWrapper(const PickleValue &value) {
  return value.isCall("torch", "Size") ||
         value.isCall("torch.fx.immutable_collections", "immutable_list") ||
         value.isCall("builtins", "set") ||
         value.isCall("builtins", "frozenset");
}

const PickleValue::Items *loader::pickleSequence(const PickleValue &value) {
  const PickleValue *sequence = &value;
  if (isSequenceWrapper(value)) {
    if (value.items().empty())
      // `immutable_list()` filled by APPENDS.
      return &value.extras()->appended;
    sequence = value.items()[0];
  }
  switch (sequence->kind()) {
  case Kind::Tuple:
  case Kind::List:
  case Kind::Set:
    return &sequence->items();
  default:
    return nullptr;
  }
}

bool loader::pickleEntries(const PickleValue &value,
                           std::vector<PickleValue::Entry> &entries) {
  if (value.kind() == Kind::Dict) {
    entries = value.entries();
    return true;
  }
  if (!value.isCall("collections", "OrderedDict") &&
      !value.isCall("torch.fx.immutable_collections", "immutable_dict"))
    return false;
  entries.clear();
  if (!value.items().empty()) {
    // The old form: OrderedDict([(key, value), ...]); or immutable_dict({...}).
    const PickleValue &source = *value.items()[0];
    if (source.kind() == Kind::Dict)
      entries = source.entries();
    else if (const PickleValue::Items *pairs = pickleSequence(source))
      for (const PickleValue *pair : *pairs) {
        const PickleValue::Items *parts = pickleSequence(*pair);
        if (!parts || parts->size() != 2)
          return false;
        entries.push_back({(*parts)[0], (*parts)[1]});
      }
    else
      return false;
  }
  const std::vector<PickleValue::Entry> &items = value.extras()->entries;
  entries.insert(entries.end(), items.begin(), items.end());
  return true;
}

const PickleValue *loader::pickleLookup(const PickleValue &value,
                                        std::string_view key) {
  if (value.kind() == Kind::Dict)
    return value.find(key);
  std::vector<PickleValue::Entry> entries;
  return pickleEntries(value, entries) ? findKey(entries, key) : nullptr;
}

std::string loader::pickleOffset(std::size_t offset) {
  char text[64];
  std::snprintf(text, sizeof(text), "byte offset %zu (0x%zx)", offset, offset);
  return text;
}

Error loader::pickleError(const char *errorClass, std::size_t offset,
                          std::string message) {
  return Error::at(errorClass, pickleOffset(offset), std::move(message));
}
