//===- TorchSave.h - Tensors written by torch.save ------------ -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_TORCHSAVE_TORCHSAVE_H
#define GRAPHC_LIB_LOADER_TORCHSAVE_TORCHSAVE_H

#include "Storage.h"

#include <map>

namespace graphc::loader {

/// The tensors of a saved dictionary by name. An entry that graphc cannot read
/// holds the error to raise when it is used.
using SavedTensors = std::map<std::string, Result<Constant>>;

/// Reads a zip written by torch.save whose value is a dictionary of tensors.
/// Tensors over one storage record share one Storage. `what` names the stream
/// in messages.
Result<SavedTensors> readTorchSave(const Bytes &bytes, const std::string &what,
                                   const LoadOptions &options);

/// Reads a torch.save of one bare storage, as content stores hold them.
Result<std::shared_ptr<const Storage>>
readSavedStorage(const Bytes &bytes, const std::string &what,
                 const LoadOptions &options);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_TORCHSAVE_TORCHSAVE_H
