//===- RebuildTensor.h - Tensors and storages in pickles ------ -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_TORCHSAVE_REBUILDTENSOR_H
#define GRAPHC_LIB_LOADER_TORCHSAVE_REBUILDTENSOR_H

#include "Pickle/Pickle.h"
#include "Storage.h"

#include <functional>

namespace graphc::loader {

/// A persistent id ("storage", class, key, location, numel[, view]).
struct StorageId {
  std::optional<DType> dtype; ///< Nothing for UntypedStorage.
  std::string key;
  std::uint64_t bytes = 0; ///< numel times the element size.
};

/// Reads the tuple of a persistent id. `what` names the owner in messages.
/// Errors: `pickle-type`, `pickle-global`, `unsupported-tensor`, `bad-shape`.
Result<StorageId> readStorageId(const PickleValue &id, const std::string &what);

/// The storage that a `_rebuild_tensor` call names, and its element type
/// (nothing for an untyped one).
struct SavedStorage {
  std::shared_ptr<const Storage> storage;
  std::optional<DType> dtype;
};
using StorageResolver =
    std::function<Result<SavedStorage>(const PickleValue &)>;

/// True for a call of one of torch's functions that make a tensor.
bool isTensorCall(const PickleValue &value);

/// Reads a tensor that `_rebuild_tensor_v2`, `_v3`, `_rebuild_parameter`,
/// `_rebuild_parameter_with_state` or `_rebuild_from_type_v2` would make, and
/// checks that it lies inside its storage. The name is left to the caller;
/// `what` names the tensor in messages (`tensor 'w'`). Errors: `pickle-global`,
/// `pickle-type`, `pickled-weight`, `bad-shape`, `weight-range` and those of
/// `resolve`, which gets the first argument of the innermost call.
Result<Constant> rebuildTensor(const PickleValue &value,
                               const std::string &what,
                               const StorageResolver &resolve);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_TORCHSAVE_REBUILDTENSOR_H
