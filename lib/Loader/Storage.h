//===- Storage.h - Storages and checked views of them --------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_STORAGE_H
#define GRAPHC_LIB_LOADER_STORAGE_H

#include "File.h"

#include "graphc/Loader/Program.h"

namespace graphc::loader {

/// A storage over `bytes` without a copy; `record` names it in messages.
std::shared_ptr<const Storage> makeStorage(const Bytes &bytes,
                                           std::string record);

/// A storage over an owned copy, for bytes that are not aligned to the element
/// or do not outlive the reader.
std::shared_ptr<const Storage> copyStorage(const Bytes &bytes,
                                           std::string record);

/// A storage of zeros, which costs no memory until it is read. Null when there
/// is no room for it.
std::shared_ptr<const Storage> zeroStorage(std::size_t size,
                                           std::string record);

/// Checks that the view described by `constant` has as many strides as sizes,
/// none negative, and lies inside a storage of `storageBytes` bytes:
/// `bad-shape`, `weight-range`. `what` names the tensor in messages, for
/// example `tensor 'w'`; `place` becomes the error's place.
Result<void> checkView(const Constant &constant, std::uint64_t storageBytes,
                       const std::string &what, const std::string &place);

/// Number of elements; nothing when it exceeds 2^62. No size may be negative.
std::optional<std::int64_t>
elementCount(const std::vector<std::int64_t> &shape);

/// Strides of a contiguous tensor, as torch gives them (a size of 0 counts as
/// 1). Nothing on overflow.
std::optional<std::vector<std::int64_t>>
contiguousStrides(const std::vector<std::int64_t> &shape);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_STORAGE_H
