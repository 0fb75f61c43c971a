//===- Zip.h - Stored records of zip archives ----------------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_ZIP_ZIP_H
#define GRAPHC_LIB_LOADER_ZIP_ZIP_H

#include "File.h"

#include <map>
#include <vector>

namespace graphc::loader {

/// One entry of the central directory, unchecked but for its name.
struct ZipEntry {
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t compressedSize = 0;
  std::uint64_t headerOffset = 0;
  std::uint32_t crc = 0;
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
};

/// An archive whose directory has been read. Record data is checked when it is
/// asked for.
class ZipArchive {
public:
  /// In the order of the central directory.
  const std::vector<ZipEntry> &entries() const { return list; }
  /// Null when there is no such record.
  const ZipEntry *find(std::string_view name) const;
  /// The bytes of a record, a piece of the archive's own bytes. Errors:
  /// `zip-method`, `zip-format`, `zip-range`, `zip-crc`, `missing-record`.
  Result<Bytes> read(const ZipEntry &entry, bool verifyChecksum = true) const;
  /// The same by name.
  Result<Bytes> read(std::string_view name, bool verifyChecksum = true) const;
  /// Names that end like `name` or are otherwise close to it, for notes.
  std::vector<std::string> similar(std::string_view name) const;

private:
  friend Result<ZipArchive> readZip(const Bytes &bytes);
  Bytes bytes;
  std::vector<ZipEntry> list;
  std::map<std::string, std::size_t, std::less<>> index;
  /// Where the directory starts: the end of everything else.
  std::uint64_t directory = 0;
  /// Sorted offsets of all local headers, as claimed, and of the directory.
  std::vector<std::uint64_t> boundaries;
};

/// True when the bytes start like a zip or have an end record.
bool looksLikeZip(const Bytes &bytes);

/// Reads the central directory. Errors: `zip-truncated`, `zip-format`,
/// `zip-name`, `zip-duplicate`, `limit`.
Result<ZipArchive> readZip(const Bytes &bytes);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_ZIP_ZIP_H
