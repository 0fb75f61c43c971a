//===- Weights.h - Values of parameters, buffers and constants  -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PT2_WEIGHTS_H
#define GRAPHC_LIB_LOADER_PT2_WEIGHTS_H

#include "Zip/Zip.h"

#include "graphc/Loader/Program.h"

namespace graphc::loader {

/// Where one archive may keep the values of one model, best choice first. All
/// names but the folder are whole record names.
struct WeightRecords {
  std::vector<std::string> configs; ///< Payload configurations.
  std::string folder;               ///< Of the records they name.
  std::vector<std::string> streams; ///< Written by torch.save.
};

struct ArchiveRecords {
  std::string root; ///< `model/`, left out of messages.
  WeightRecords weights, constants;
};

/// Fills Program::constants and the indices of inputs into it. Values of inputs
/// that no node uses may be unreadable; they then have no data.
Result<void> readWeights(const ZipArchive &archive,
                         const ArchiveRecords &records,
                         const LoadOptions &options, Program &program);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PT2_WEIGHTS_H
