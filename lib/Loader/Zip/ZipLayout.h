//===- ZipLayout.h - Field offsets of the zip format ---------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_ZIP_ZIPLAYOUT_H
#define GRAPHC_LIB_LOADER_ZIP_ZIPLAYOUT_H

#include <cstddef>
#include <cstdint>

namespace graphc::loader::zip {

/// Little-endian fields at unaligned addresses. The caller checks the range.
class Field {
public:
  explicit Field(const std::uint8_t *base) : base(base) {}
  std::uint16_t u16(std::size_t at) const {
    return static_cast<std::uint16_t>(base[at] | base[at + 1] << 8);
  }
  std::uint32_t u32(std::size_t at) const {
    return u16(at) | static_cast<std::uint32_t>(u16(at + 2)) << 16;
  }
  std::uint64_t u64(std::size_t at) const {
    return u32(at) | static_cast<std::uint64_t>(u32(at + 4)) << 32;
  }

private:
  const std::uint8_t *base;
};

constexpr std::size_t maxEntries = std::size_t(1) << 22;
constexpr std::uint16_t encryptedFlag = 1;
constexpr std::uint16_t zip64ExtraId = 1;

// Local file header.
constexpr std::uint32_t localSignature = 0x04034b50;
constexpr std::size_t localHeaderSize = 30;
constexpr std::size_t localNameLength = 26;
constexpr std::size_t localExtraLength = 28;

// Entry of the central directory.
constexpr std::uint32_t entrySignature = 0x02014b50;
constexpr std::size_t entrySize = 46;
constexpr std::size_t entryFlags = 8;
constexpr std::size_t entryMethod = 10;
constexpr std::size_t entryCrc = 16;
constexpr std::size_t entryCompressedSize = 20;
constexpr std::size_t entryUncompressedSize = 24;
constexpr std::size_t entryNameLength = 28;
constexpr std::size_t entryExtraLength = 30;
constexpr std::size_t entryCommentLength = 32;
constexpr std::size_t entryDisk = 34;
constexpr std::size_t entryOffset = 42;

// End of central directory, followed by a comment of up to 65535 bytes.
constexpr std::uint32_t endSignature = 0x06054b50;
constexpr std::size_t endSize = 22;
constexpr std::size_t maxComment = 65535;
constexpr std::size_t endDisk = 4;
constexpr std::size_t endDirectoryDisk = 6;
constexpr std::size_t endDiskCount = 8;
constexpr std::size_t endCount = 10;
constexpr std::size_t endDirectorySize = 12;
constexpr std::size_t endDirectoryOffset = 16;
constexpr std::size_t endCommentLength = 20;

// ZIP64 locator, which stands right before the end record.
constexpr std::uint32_t zip64LocatorSignature = 0x07064b50;
constexpr std::size_t zip64LocatorSize = 20;
constexpr std::size_t zip64LocatorOffset = 8;

// ZIP64 end of central directory.
constexpr std::uint32_t zip64EndSignature = 0x06064b50;
constexpr std::size_t zip64EndSize = 56;
constexpr std::size_t zip64Disk = 16;
constexpr std::size_t zip64DirectoryDisk = 20;
constexpr std::size_t zip64DiskCount = 24;
constexpr std::size_t zip64Count = 32;
constexpr std::size_t zip64DirectorySize = 40;
constexpr std::size_t zip64DirectoryOffset = 48;

} // namespace graphc::loader::zip

#endif // GRAPHC_LIB_LOADER_ZIP_ZIPLAYOUT_H
