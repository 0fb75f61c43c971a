//===- LegacyStorage.h - Storages inside pickles ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_SAVEDARGS_LEGACYSTORAGE_H
#define GRAPHC_LIB_LOADER_SAVEDARGS_LEGACYSTORAGE_H

#include "TorchSave/RebuildTensor.h"

#include <map>

namespace graphc::loader {

/// Reads the storages that a pickle holds as torch.storage._load_from_bytes of
/// a legacy torch.save stream. A stream that the pickle shares is one storage.
class LegacyStorages {
public:
  explicit LegacyStorages(const Bytes &file) : file(file) {}

  /// The storage that a `_rebuild_tensor` call names as its first argument;
  /// `what` names the tensor in messages.
  Result<SavedStorage> resolve(const PickleValue &value,
                               const std::string &what);

private:
  Result<SavedStorage> read(const PickleValue &bytes, const std::string &what);

  const Bytes &file;
  std::map<const PickleValue *, SavedStorage> done;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_SAVEDARGS_LEGACYSTORAGE_H
