//===- ZipRecords.cpp - Archives taken apart ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ZipRecords.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CRC.h"
#include "llvm/Support/Endian.h"

using namespace graphc::reduce;
using llvm::StringRef;

static constexpr StringRef endMark("PK\5\6", 4), entryMark("PK\1\2", 4),
    recordMark("PK\3\4", 4);
static constexpr size_t endSize = 22, entrySize = 46, recordSize = 30;

static uint16_t read16(StringRef bytes, size_t at) {
  return llvm::support::endian::read16le(bytes.data() + at);
}
static uint32_t read32(StringRef bytes, size_t at) {
  return llvm::support::endian::read32le(bytes.data() + at);
}
static void write16(std::string &out, uint16_t value) {
  out += {char(value), char(value >> 8)};
}
static void write32(std::string &out, uint32_t value) {
  write16(out, value);
  write16(out, value >> 16);
}

/// What the entry of the directory at the start of `entry` is about.
static std::optional<ZipRecord> readRecord(StringRef file, StringRef entry,
                                           size_t nameSize) {
  size_t size = read32(entry, 20), at = read32(entry, 42);
  if (at + recordSize > file.size() || !file.substr(at).starts_with(recordMark))
    return std::nullopt;
  size_t start =
      at + recordSize + read16(file, at + 26) + read16(file, at + 28);
  if (start > file.size() || size > file.size() - start)
    return std::nullopt;
  ZipRecord record;
  record.name = entry.substr(entrySize, nameSize).str();
  record.bytes = file.substr(start, size).str();
  record.method = read16(entry, 10);
  record.crc = read32(entry, 16);
  record.size = read32(entry, 24);
  return record;
}

std::optional<std::vector<ZipRecord>>
graphc::reduce::readZipRecords(StringRef file) {
  size_t end = file.rfind(endMark);
  if (end == StringRef::npos || end + endSize > file.size())
    return std::nullopt;
  size_t count = read16(file, end + 10), at = read32(file, end + 16);
  std::vector<ZipRecord> records;
  for (size_t i = 0; i < count; ++i) {
    StringRef entry = file.substr(at);
    if (entry.size() < entrySize || !entry.starts_with(entryMark))
      return std::nullopt;
    size_t nameSize = read16(entry, 28);
    size_t size = entrySize + nameSize + read16(entry, 30) + read16(entry, 32);
    if (size > entry.size())
      return std::nullopt;
    std::optional<ZipRecord> record = readRecord(file, entry, nameSize);
    if (!record)
      return std::nullopt;
    records.push_back(std::move(*record));
    at += size;
  }
  return records;
}

/// What the header of a record and its entry have in common, from the version
/// on.
static void writeCommon(std::string &out, const ZipRecord &record) {
  write16(out, 20); // Version.
  write16(out, 0);
  write16(out, record.method);
  write32(out, 0); // Time and date.
  write32(out, record.crc);
  write32(out, record.bytes.size());
  write32(out, record.size);
  write16(out, record.name.size());
  write16(out, 0); // No extra fields.
}

std::string
graphc::reduce::writeZipRecords(const std::vector<ZipRecord> &records) {
  std::string out, directory;
  for (const ZipRecord &record : records) {
    directory += entryMark;
    write16(directory, 20);
    writeCommon(directory, record);
    directory += std::string(2 + 2 + 2 + 4, 0);
    write32(directory, out.size());
    directory += record.name;
    out += recordMark;
    writeCommon(out, record);
    out += record.name + record.bytes;
  }
  size_t start = out.size();
  out += directory;
  out += endMark;
  write32(out, 0);
  write16(out, records.size());
  write16(out, records.size());
  write32(out, directory.size());
  write32(out, start);
  write16(out, 0);
  return out;
}

void graphc::reduce::setZipBytes(ZipRecord &record, std::string bytes) {
  record.bytes = std::move(bytes);
  record.size = record.bytes.size();
  record.crc = llvm::crc32(llvm::arrayRefFromStringRef(record.bytes));
}
