//===- TemporaryFile.h - Files for other programs ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_TEMPORARYFILE_H
#define GRAPHC_LIB_TARGET_NVPTX_TEMPORARYFILE_H

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileUtilities.h"

#include <memory>

namespace graphc::nvptx {

/// A file of a program that graphc runs on the code for a device, which goes
/// when nothing needs it any more.
class TemporaryFile {
public:
  /// With `bytes` in it. The error has the code "output-write".
  static llvm::Expected<TemporaryFile> make(llvm::StringRef extension,
                                            llvm::StringRef bytes = {});

  llvm::StringRef getPath() const { return path; }

private:
  TemporaryFile() = default;

  llvm::SmallString<128> path;
  std::unique_ptr<llvm::FileRemover> remover;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_TEMPORARYFILE_H
