//===- ZipRecords.h - Archives taken apart --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_ZIPRECORDS_H
#define GRAPHC_LIB_REDUCE_ZIPRECORDS_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace graphc::reduce {

struct ZipRecord {
  std::string name;
  /// As stored: compressed when `method` is not 0.
  std::string bytes;
  uint16_t method = 0;
  /// As claimed, which may be wrong.
  uint32_t crc = 0, size = 0;
};

/// The records of an archive of up to 4 GiB; nothing when `file` is none, or
/// is too broken to be taken apart.
std::optional<std::vector<ZipRecord>> readZipRecords(llvm::StringRef file);

/// An archive with these records and nothing else.
std::string writeZipRecords(const std::vector<ZipRecord> &records);

/// Gives a stored record other bytes.
void setZipBytes(ZipRecord &record, std::string bytes);

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_ZIPRECORDS_H
