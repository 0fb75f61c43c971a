//===- FileSubject.cpp - Files that get smaller ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FileSubject.h"

#include "ZipRecords.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace graphc;
using namespace graphc::reduce;
using llvm::StringRef;
using Bytes = std::optional<std::string>;

std::unique_ptr<Subject> FileSubject::reduce(unsigned reduction, unsigned first,
                                             unsigned last) const {
  Bytes smaller = fileReductions()[reduction].apply(bytes, first, last);
  if (!smaller || smaller->size() >= bytes.size())
    return nullptr;
  return std::make_unique<FileSubject>(std::move(*smaller));
}

//===----------------------------------------------------------------------===//
// Archives
//===----------------------------------------------------------------------===//

static unsigned countRecords(StringRef bytes) {
  auto records = readZipRecords(bytes);
  return records ? records->size() : 0;
}

static Bytes dropRecords(StringRef bytes, unsigned first, unsigned last) {
  auto records = readZipRecords(bytes);
  if (!records)
    return std::nullopt;
  last = std::min<unsigned>(last, records->size());
  records->erase(records->begin() + first, records->begin() + last);
  return writeZipRecords(*records);
}

static Bytes emptyRecords(StringRef bytes, unsigned first, unsigned last) {
  auto records = readZipRecords(bytes);
  if (!records)
    return std::nullopt;
  for (unsigned i = first; i < last && i < records->size(); ++i)
    setZipBytes((*records)[i], "");
  return writeZipRecords(*records);
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

/// Numbers the items of arrays and members of objects, outer ones first.
/// Those from `first` to before `last` go, with what is in them.
static void dropItems(llvm::json::Value &value, unsigned &next, unsigned first,
                      unsigned last) {
  auto isDropped = [&] {
    unsigned place = next++;
    return place >= first && place < last;
  };
  if (llvm::json::Array *array = value.getAsArray()) {
    llvm::json::Array left;
    for (llvm::json::Value &item : *array) {
      bool drops = isDropped();
      dropItems(item, next, first, last);
      if (!drops)
        left.push_back(std::move(item));
    }
    *array = std::move(left);
  } else if (llvm::json::Object *object = value.getAsObject()) {
    std::vector<std::string> keys;
    for (auto &member : *object)
      keys.push_back(member.first.str());
    // The order of hashing is none.
    llvm::sort(keys);
    for (const std::string &key : keys) {
      bool drops = isDropped();
      dropItems(*object->get(key), next, first, last);
      if (drops)
        object->erase(key);
    }
  }
}

/// Calls `change` on every record, or the whole file, that is JSON.
template <typename Change>
static std::string changeDocuments(StringRef bytes, Change change) {
  auto changeText = [&](std::string &text) {
    StringRef start = StringRef(text).ltrim();
    if (!start.starts_with("{") && !start.starts_with("["))
      return false;
    auto value = llvm::json::parse(text);
    if (!value) {
      llvm::consumeError(value.takeError());
      return false;
    }
    if (!change(*value))
      return false;
    text.clear();
    llvm::raw_string_ostream(text) << *value;
    return true;
  };
  auto records = readZipRecords(bytes);
  std::string whole = bytes.str();
  if (!records) {
    changeText(whole);
    return whole;
  }
  for (ZipRecord &record : *records) {
    std::string text = record.bytes;
    if (record.method == 0 && changeText(text))
      setZipBytes(record, std::move(text));
  }
  return writeZipRecords(*records);
}

static unsigned countItems(StringRef bytes) {
  unsigned count = 0;
  changeDocuments(bytes, [&](llvm::json::Value &value) {
    dropItems(value, count, ~0u, ~0u);
    return false;
  });
  return count;
}

static Bytes dropItems(StringRef bytes, unsigned first, unsigned last) {
  unsigned next = 0;
  return changeDocuments(bytes, [&](llvm::json::Value &value) {
    unsigned before = next;
    dropItems(value, next, first, last);
    return before < last && next > first;
  });
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

/// Where pieces start, with the end.
using Split = std::vector<size_t> (*)(StringRef bytes);

static std::vector<size_t> splitLines(StringRef bytes) {
  if (bytes.contains('\0'))
    return {};
  std::vector<size_t> starts = {0};
  for (size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] == '\n')
      starts.push_back(i + 1);
  if (starts.back() != bytes.size())
    starts.push_back(bytes.size());
  return starts;
}

/// Words, spaces and marks of texts.
static std::vector<size_t> splitWords(StringRef bytes) {
  if (bytes.contains('\0'))
    return {};
  auto isWord = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  std::vector<size_t> starts;
  for (size_t i = 0; i < bytes.size(); ++i)
    if (i == 0 || !isWord(bytes[i]) || !isWord(bytes[i - 1]))
      starts.push_back(i);
  starts.push_back(bytes.size());
  return starts;
}

static std::vector<size_t> splitBytes(StringRef bytes) {
  std::vector<size_t> starts(bytes.size() + 1);
  for (size_t i = 0; i < starts.size(); ++i)
    starts[i] = i;
  return starts;
}

template <Split split>
static unsigned countPieces(StringRef bytes) {
  std::vector<size_t> starts = split(bytes);
  return starts.empty() ? 0 : starts.size() - 1;
}

template <Split split>
static Bytes dropPieces(StringRef bytes, unsigned first, unsigned last) {
  std::vector<size_t> starts = split(bytes);
  last = std::min<unsigned>(last, starts.size() - 1);
  return (bytes.take_front(starts[first]) + bytes.drop_front(starts[last]))
      .str();
}

/// The same in the records of an archive that are no JSON, one after another.
template <Split split>
static unsigned countInRecords(StringRef bytes) {
  unsigned count = 0;
  if (auto records = readZipRecords(bytes))
    for (const ZipRecord &record : *records)
      count += countPieces<split>(record.bytes);
  return count;
}

template <Split split>
static Bytes dropInRecords(StringRef bytes, unsigned first, unsigned last) {
  auto records = readZipRecords(bytes);
  if (!records)
    return std::nullopt;
  unsigned next = 0;
  for (ZipRecord &record : *records) {
    unsigned begin = next;
    next += countPieces<split>(record.bytes);
    if (last <= begin || first >= next)
      continue;
    setZipBytes(record,
                *dropPieces<split>(record.bytes, std::max(first, begin) - begin,
                                   std::min(last, next) - begin));
  }
  return writeZipRecords(*records);
}

llvm::ArrayRef<FileReduction> graphc::reduce::fileReductions() {
  static constexpr FileReduction reductions[] = {
      {"records", countRecords, dropRecords},
      {"contents of records", countRecords, emptyRecords},
      {"JSON values", countItems, dropItems},
      {"opcodes", countPieces<splitPickle>, dropPieces<splitPickle>},
      {"opcodes in records", countInRecords<splitPickle>,
       dropInRecords<splitPickle>},
      {"lines", countPieces<splitLines>, dropPieces<splitLines>},
      {"words", countPieces<splitWords>, dropPieces<splitWords>},
      {"bytes in records", countInRecords<splitBytes>,
       dropInRecords<splitBytes>},
      {"bytes", countPieces<splitBytes>, dropPieces<splitBytes>},
  };
  return reductions;
}
