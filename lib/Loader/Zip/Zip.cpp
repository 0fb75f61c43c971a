//===- Zip.cpp - Stored records of zip archives ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The central directory is the only truth: PyTorch's writer leaves sizes and
// checksums of local headers at 0. Of a local header two fields matter, the
// lengths of its name and its extra field, since the data stands behind them.
//
//===----------------------------------------------------------------------===//

#include "Zip/Zip.h"
#include "Utf8.h"
#include "Zip/ZipLayout.h"

#include <algorithm>
#include <zlib.h>

using namespace graphc;
using namespace graphc::loader;
using namespace graphc::loader::zip;

namespace {
Error zipError(const char *errorClass, const Bytes &bytes, std::string place,
               std::string message) {
  Error error;
  error.errorClass = errorClass;
  error.file = bytes.file;
  error.place = std::move(place);
  error.message = std::move(message);
  return error;
}

std::string hexText(std::uint32_t value) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "0x";
  for (int shift = 28; shift >= 0; shift -= 4)
    out += digits[(value >> shift) & 15];
  return out;
}

/// An offset in decimal and, as in every message, in hex.
std::string offsetText(std::uint64_t value) {
  std::string hex;
  for (std::uint64_t rest = value; rest || hex.empty(); rest >>= 4)
    hex.insert(hex.begin(), "0123456789abcdef"[rest & 15]);
  return std::to_string(value) + " (0x" + hex + ")";
}
} // namespace

const ZipEntry *ZipArchive::find(std::string_view name) const {
  auto found = index.find(name);
  return found == index.end() ? nullptr : &list[found->second];
}

Result<Bytes> ZipArchive::read(const ZipEntry &entry,
                               bool verifyChecksum) const {
  std::string place = quoted(entry.name);
  auto fail = [&](const char *errorClass, std::string message) {
    return zipError(errorClass, bytes, place, std::move(message));
  };
  if (entry.flags & encryptedFlag)
    return fail("zip-format", "the record is encrypted");
  if (entry.method != 0) {
    Error error =
        fail("zip-method", "the record is compressed with method " +
                               std::to_string(entry.method) +
                               ", only stored records (method 0) are read");
    error.help = "unpack the archive and pack it again without compression "
                 "(zip -0)";
    return error;
  }

  std::string extent = " (offset " + offsetText(entry.headerOffset) +
                       ", size " + std::to_string(entry.size) + ", file size " +
                       std::to_string(bytes.size) + ")";
  if (entry.headerOffset > directory ||
      directory - entry.headerOffset < localHeaderSize)
    return fail("zip-range", "the record lies outside the file" + extent);
  Field header(bytes.data + entry.headerOffset);
  if (header.u32(0) != localSignature)
    return fail("zip-format",
                "no local header where the directory says" + extent);
  std::uint64_t start = entry.headerOffset + localHeaderSize +
                        header.u16(localNameLength) +
                        header.u16(localExtraLength);
  // Up to the next header: neither outside the file nor over another record.
  // A second record with this very header ends it before it starts.
  std::uint64_t end = *std::next(std::lower_bound(
      boundaries.begin(), boundaries.end(), entry.headerOffset));
  if (start > directory || directory - start < entry.size)
    return fail("zip-range", "the record lies outside the file" + extent);
  if (start > end || end - start < entry.size)
    return fail("zip-range", "the record overlaps another one" + extent);
  if (entry.size != entry.compressedSize)
    return fail("zip-format", "a stored record of " +
                                  std::to_string(entry.size) +
                                  " bytes with a stored size of " +
                                  std::to_string(entry.compressedSize));

  Bytes data = bytes.slice(start, entry.size);
  if (!verifyChecksum)
    return data;
  std::uint32_t crc = crc32_z(0, data.data, data.size);
  if (crc == entry.crc)
    return data;
  Error error = fail("zip-crc", "checksum " + hexText(crc) + ", expected " +
                                    hexText(entry.crc));
  error.help = "the file is damaged; copy or export it again";
  return error;
}

Result<Bytes> ZipArchive::read(std::string_view name,
                               bool verifyChecksum) const {
  if (const ZipEntry *entry = find(name))
    return read(*entry, verifyChecksum);
  return zipError("missing-record", bytes, quoted(name),
                  "the archive has no such record");
}

std::vector<std::string> ZipArchive::similar(std::string_view name) const {
  constexpr std::size_t maxShown = 5;
  std::string_view base = name.substr(name.rfind('/') + 1);
  std::string_view stem = base.substr(0, base.find_first_of("_.0123456789"));
  std::vector<std::string> names;
  for (const ZipEntry &entry : list) {
    std::string_view other = entry.name;
    std::string_view otherBase = other.substr(other.rfind('/') + 1);
    bool alike = otherBase == base ||
                 (!stem.empty() && otherBase.substr(0, stem.size()) == stem);
    if (alike && names.size() < maxShown)
      names.push_back(quoted(other));
  }
  return names;
}

//===----------------------------------------------------------------------===//
// The central directory
//===----------------------------------------------------------------------===//

namespace {
/// Where the directory is, from the end record.
struct DirectoryExtent {
  std::uint64_t offset = 0, size = 0, count = 0;
};

std::optional<std::uint64_t> findEndRecord(const Bytes &bytes) {
  if (bytes.size < endSize)
    return std::nullopt;
  std::uint64_t last = bytes.size - endSize;
  std::uint64_t first = last > maxComment ? last - maxComment : 0;
  for (std::uint64_t at = last + 1; at-- > first;) {
    Field end(bytes.data + at);
    if (end.u32(0) == endSignature && end.u16(endCommentLength) <= last - at)
      return at;
  }
  return std::nullopt;
}

/// The ZIP64 end record that the locator before the end record at `endAt`
/// points to; null when there is none.
Result<const std::uint8_t *> findZip64End(const Bytes &bytes,
                                          std::uint64_t endAt) {
  const std::uint8_t *none = nullptr;
  if (endAt < zip64LocatorSize)
    return none;
  Field locator(bytes.data + endAt - zip64LocatorSize);
  if (locator.u32(0) != zip64LocatorSignature)
    return none;
  std::uint64_t limit = endAt - zip64LocatorSize;
  std::uint64_t offset = locator.u64(zip64LocatorOffset);
  if (offset > limit || limit - offset < zip64EndSize)
    return zipError("zip-truncated", bytes, "ZIP64 end record",
                    "the locator points to " + offsetText(offset) +
                        ", the file has " + std::to_string(bytes.size) +
                        " bytes");
  if (Field(bytes.data + offset).u32(0) != zip64EndSignature)
    return zipError("zip-format", bytes, "ZIP64 end record",
                    "not found at offset " + offsetText(offset));
  return bytes.data + offset;
}

Result<DirectoryExtent> locateDirectory(const Bytes &bytes) {
  std::optional<std::uint64_t> endAt = findEndRecord(bytes);
  if (!endAt) {
    Error error =
        zipError("zip-truncated", bytes, "",
                 "no end of central directory record in the last " +
                     std::to_string(maxComment + endSize) +
                     " bytes of a file of " + std::to_string(bytes.size));
    error.help = "the file was cut; copy or export it again";
    return error;
  }
  Field end(bytes.data + *endAt);
  DirectoryExtent extent;
  extent.count = end.u16(endCount);
  extent.size = end.u32(endDirectorySize);
  extent.offset = end.u32(endDirectoryOffset);
  bool oneDisk = end.u16(endDisk) == end.u16(endDirectoryDisk) &&
                 end.u16(endCount) == end.u16(endDiskCount) &&
                 (end.u16(endDisk) == 0 || end.u16(endDisk) == 0xFFFF);

  std::uint64_t limit = *endAt;
  Result<const std::uint8_t *> zip64At = findZip64End(bytes, *endAt);
  if (!zip64At)
    return zip64At.error();
  if (*zip64At) {
    Field wide(*zip64At);
    limit = *zip64At - bytes.data;
    oneDisk = oneDisk && wide.u32(zip64Disk) == 0 &&
              wide.u32(zip64DirectoryDisk) == 0 &&
              wide.u64(zip64Count) == wide.u64(zip64DiskCount);
    if (extent.count == 0xFFFF)
      extent.count = wide.u64(zip64Count);
    if (extent.size == 0xFFFFFFFF)
      extent.size = wide.u64(zip64DirectorySize);
    if (extent.offset == 0xFFFFFFFF)
      extent.offset = wide.u64(zip64DirectoryOffset);
  }
  if (!oneDisk)
    return zipError("zip-format", bytes, "end of central directory",
                    "the archive spans several disks");
  if (extent.offset > limit || limit - extent.offset < extent.size)
    return zipError("zip-truncated", bytes, "end of central directory",
                    "the directory (offset " + offsetText(extent.offset) +
                        ", size " + std::to_string(extent.size) +
                        ") lies outside the file of " +
                        std::to_string(bytes.size) + " bytes");
  return extent;
}

/// Plain names only. Nothing is extracted, but names are joined with others
/// and shown.
bool isPlainName(std::string_view name) {
  if (name.empty() || name[0] == '/' || !isUtf8(name) ||
      name.find('\\') != name.npos || name.find('\0') != name.npos)
    return false;
  while (!name.empty()) {
    std::string_view part = name.substr(0, name.find('/'));
    if (part == "..")
      return false;
    name.remove_prefix(std::min(part.size() + 1, name.size()));
  }
  return true;
}

/// Takes sizes and offset from the ZIP64 extra field where the 32-bit field is
/// full. False when the field is needed and absent or too short.
bool applyZip64Extra(Field extra, std::size_t length, ZipEntry &entry) {
  std::uint64_t *const wanted[] = {&entry.size, &entry.compressedSize,
                                   &entry.headerOffset};
  bool needed = false;
  for (std::uint64_t *value : wanted)
    needed |= *value == 0xFFFFFFFF;
  std::size_t at = 0;
  while (needed && length - at >= 4) {
    std::size_t id = extra.u16(at), size = extra.u16(at + 2);
    at += 4;
    if (size > length - at)
      return false;
    if (id != zip64ExtraId) {
      at += size;
      continue;
    }
    for (std::uint64_t *value : wanted) {
      if (*value != 0xFFFFFFFF)
        continue;
      if (size < 8)
        return false;
      *value = extra.u64(at);
      at += 8;
      size -= 8;
    }
    return true;
  }
  return !needed;
}

/// Reads the entry at `at`, of which `left` bytes of directory remain, and
/// returns its length.
Result<std::size_t> readEntry(const Bytes &bytes, const std::uint8_t *at,
                              std::size_t left, std::size_t number,
                              ZipEntry &entry) {
  auto fail = [&](const char *errorClass, std::string message) {
    return zipError(errorClass, bytes,
                    "directory entry " + std::to_string(number),
                    std::move(message));
  };
  if (left < entrySize)
    return fail("zip-format", "the directory ends early");
  Field fields(at);
  if (fields.u32(0) != entrySignature)
    return fail("zip-format", "no entry where one is expected");
  std::size_t nameLength = fields.u16(entryNameLength);
  std::size_t extraLength = fields.u16(entryExtraLength);
  std::size_t length =
      entrySize + nameLength + extraLength + fields.u16(entryCommentLength);
  if (length > left)
    return fail("zip-format", "the directory ends inside an entry");

  entry.flags = fields.u16(entryFlags);
  entry.method = fields.u16(entryMethod);
  entry.crc = fields.u32(entryCrc);
  entry.compressedSize = fields.u32(entryCompressedSize);
  entry.size = fields.u32(entryUncompressedSize);
  entry.headerOffset = fields.u32(entryOffset);
  entry.name.assign(reinterpret_cast<const char *>(at + entrySize), nameLength);
  if (!isPlainName(entry.name))
    return fail("zip-name", "the record name '" + quoted(entry.name) +
                                "' is not a plain relative path");
  std::uint16_t disk = fields.u16(entryDisk);
  if (disk != 0 && disk != 0xFFFF)
    return fail("zip-format", "record '" + quoted(entry.name) +
                                  "' lies on disk " + std::to_string(disk));
  if (!applyZip64Extra(Field(at + entrySize + nameLength), extraLength, entry))
    return fail("zip-format",
                "record '" + quoted(entry.name) + "' lacks its ZIP64 sizes");
  return length;
}
} // namespace

bool loader::looksLikeZip(const Bytes &bytes) {
  return (bytes.size >= 4 && Field(bytes.data).u32(0) == localSignature) ||
         findEndRecord(bytes).has_value();
}

Result<ZipArchive> loader::readZip(const Bytes &bytes) {
  Result<DirectoryExtent> extent = locateDirectory(bytes);
  if (!extent)
    return extent.error();
  // Every entry takes entrySize bytes, so the claim is bounded by the file.
  if (extent->count > extent->size / entrySize)
    return zipError("zip-format", bytes, "end of central directory",
                    "claims " + std::to_string(extent->count) +
                        " records in a directory of " +
                        std::to_string(extent->size) + " bytes");
  if (extent->count > maxEntries)
    return zipError("limit", bytes, "end of central directory",
                    std::to_string(extent->count) + " records, the limit is " +
                        std::to_string(maxEntries));

  ZipArchive archive;
  archive.bytes = bytes;
  archive.list.reserve(extent->count);
  archive.boundaries.reserve(extent->count + 1);
  const std::uint8_t *at = bytes.data + extent->offset;
  std::size_t left = extent->size;
  for (std::size_t i = 0; i < extent->count; ++i) {
    ZipEntry entry;
    Result<std::size_t> length = readEntry(bytes, at, left, i, entry);
    if (!length)
      return length.error();
    at += *length;
    left -= *length;
    if (!archive.index.emplace(entry.name, i).second)
      return zipError("zip-duplicate", bytes, quoted(entry.name),
                      "two records of one name");
    archive.boundaries.push_back(entry.headerOffset);
    archive.list.push_back(std::move(entry));
  }
  archive.directory = extent->offset;
  archive.boundaries.push_back(extent->offset);
  std::sort(archive.boundaries.begin(), archive.boundaries.end());
  return archive;
}
