//===- File.h - Mapped files and pieces of them --------------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FILE_H
#define GRAPHC_LIB_LOADER_FILE_H

#include "graphc/Loader/Result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace graphc::loader {

/// Bytes of a file, or a piece of them, that `owner` keeps alive. Cheap to copy
/// but for `file`.
struct Bytes {
  std::shared_ptr<const void> owner;
  const std::uint8_t *data = nullptr;
  std::size_t size = 0;
  /// The file as the user named it, and where in it `data` starts.
  std::string file;
  std::uint64_t fileOffset = 0;

  std::string_view text() const {
    return {reinterpret_cast<const char *>(data), size};
  }
  /// The part [offset, offset + length), which must lie inside.
  Bytes slice(std::size_t offset, std::size_t length) const;
};

/// Maps a regular file read-only. Errors: `input-open` with the system's words,
/// `input-kind` for what is no regular file. An empty file gives no bytes.
Result<Bytes> mapFile(const std::string &path);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FILE_H
