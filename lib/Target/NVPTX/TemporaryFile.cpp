//===- TemporaryFile.cpp - Files for other programs -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TemporaryFile.h"

#include "graphc/Support/CodedError.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace graphc;

llvm::Expected<nvptx::TemporaryFile>
nvptx::TemporaryFile::make(llvm::StringRef extension, llvm::StringRef bytes) {
  TemporaryFile result;
  int descriptor;
  if (std::error_code failed = llvm::sys::fs::createTemporaryFile(
          "graphc-device", extension, descriptor, result.path)) {
    llvm::SmallString<64> folder;
    llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/true, folder);
    return makeError("output-write", "cannot make a file in '" +
                                         folder.str().str() +
                                         "': " + failed.message());
  }
  result.remover = std::make_unique<llvm::FileRemover>(result.path);
  llvm::raw_fd_ostream file(descriptor, /*shouldClose=*/true);
  file << bytes;
  file.close();
  if (!file.has_error())
    return std::move(result);
  std::error_code failed = file.error();
  file.clear_error(); // else the stream ends the process
  return makeError("output-write", "cannot write '" + result.path.str().str() +
                                       "': " + failed.message());
}
