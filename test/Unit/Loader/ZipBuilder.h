//===- ZipBuilder.h - Zip archives for tests ------------------ -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TEST_UNIT_LOADER_ZIPBUILDER_H
#define GRAPHC_TEST_UNIT_LOADER_ZIPBUILDER_H

#include "File.h"

#include <cstring>
#include <optional>
#include <string>
#include <vector>
#include <zlib.h>

namespace graphc::loader {

/// A record and what its directory entry says of it.
struct TestRecord {
  TestRecord(std::string name, std::string data)
      : name(std::move(name)), data(std::move(data)) {}
  std::string name, data;
  std::uint16_t method = 0, flags = 0x0808, disk = 0;
  std::optional<std::uint32_t> crc;
  std::optional<std::uint64_t> size, compressedSize, offset;
  std::string localExtra; ///< PyTorch pads with it.
  bool zip64 = false;     ///< Sizes and offset in the ZIP64 extra field.
};

struct TestZip {
  std::vector<TestRecord> records;
  bool zip64End = false;
  std::string comment;
  std::optional<std::uint16_t> count;
  std::uint16_t disk = 0;

  TestRecord &operator[](const std::string &name) {
    for (TestRecord &record : records)
      if (record.name == name)
        return record;
    return records.emplace_back(name, "");
  }
  void remove(const std::string &name) {
    for (std::size_t i = 0; i < records.size(); ++i)
      if (records[i].name == name)
        records.erase(records.begin() + i);
  }
  std::string build() const;
};

inline void put(std::string &out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    out += i < 8 ? static_cast<char>(value >> (8 * i)) : '\0';
}

inline std::string TestZip::build() const {
  std::string out, directory;
  for (const TestRecord &record : records) {
    std::uint64_t offset = record.offset.value_or(out.size());
    std::uint64_t size = record.size.value_or(record.data.size());
    std::uint64_t compressed = record.compressedSize.value_or(size);
    // As PyTorch writes: no sizes and no checksum in local headers.
    put(out, 0x04034b50, 4);
    put(out, 20, 2);
    put(out, record.flags, 2);
    put(out, record.method, 2);
    put(out, 0, 16);
    put(out, record.name.size(), 2);
    put(out, record.localExtra.size(), 2);
    out += record.name + record.localExtra + record.data;

    std::uint32_t crc = record.crc.value_or(
        crc32(0, reinterpret_cast<const unsigned char *>(record.data.data()),
              record.data.size()));
    std::string extra;
    if (record.zip64) {
      put(extra, 1, 2);
      put(extra, 24, 2);
      put(extra, size, 8);
      put(extra, compressed, 8);
      put(extra, offset, 8);
      size = compressed = offset = 0xFFFFFFFF;
    }
    put(directory, 0x02014b50, 4);
    put(directory, 0x00140014, 4);
    put(directory, record.flags, 2);
    put(directory, record.method, 2);
    put(directory, 0, 4);
    put(directory, crc, 4);
    put(directory, compressed, 4);
    put(directory, size, 4);
    put(directory, record.name.size(), 2);
    put(directory, extra.size(), 2);
    put(directory, 0, 2);
    put(directory, record.disk, 2);
    put(directory, 0, 6);
    put(directory, offset, 4);
    directory += record.name + extra;
  }
  std::uint64_t start = out.size(), size = directory.size();
  std::uint64_t entries = count.value_or(records.size());
  out += directory;
  if (zip64End) {
    std::uint64_t end = out.size();
    put(out, 0x06064b50, 4);
    put(out, 44, 8);
    put(out, 0x002d002d, 4);
    put(out, 0, 8);
    put(out, entries, 8);
    put(out, entries, 8);
    put(out, size, 8);
    put(out, start, 8);
    put(out, 0x07064b50, 4);
    put(out, 0, 4);
    put(out, end, 8);
    put(out, 1, 4);
    entries = 0xFFFF;
    start = size = 0xFFFFFFFF;
  }
  put(out, 0x06054b50, 4);
  put(out, disk, 2);
  put(out, 0, 2);
  put(out, entries, 2);
  put(out, entries, 2);
  put(out, size, 4);
  put(out, start, 4);
  put(out, comment.size(), 2);
  return out + comment;
}

/// Bytes over a copy of `text` that lives as long as they do, 64-byte aligned.
inline Bytes bytesOf(const std::string &text) {
  std::size_t size = (text.size() / 64 + 1) * 64;
  auto *copy = static_cast<std::uint8_t *>(std::aligned_alloc(64, size));
  std::memcpy(copy, text.data(), text.size());
  Bytes bytes;
  bytes.owner = std::shared_ptr<const void>(
      copy, [](const void *data) { std::free(const_cast<void *>(data)); });
  bytes.data = copy;
  bytes.size = text.size();
  bytes.file = "test";
  return bytes;
}

} // namespace graphc::loader

#endif // GRAPHC_TEST_UNIT_LOADER_ZIPBUILDER_H
