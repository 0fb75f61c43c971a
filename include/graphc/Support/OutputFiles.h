//===- OutputFiles.h - Files that appear complete ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_OUTPUTFILES_H
#define GRAPHC_SUPPORT_OUTPUTFILES_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace graphc {

/// Files that appear under their names together or not at all: each is written
/// under a temporary name beside its own, and all are renamed by `commit`. What
/// has not been committed is removed by the destructor, and by the supervisor
/// when the process dies. Links are followed.
///
/// `-` is stdout; it and what exists and is no regular file (a pipe, a device)
/// are written directly.
///
/// Errors of the system carry its error code.
class OutputFiles {
public:
  OutputFiles() = default;
  OutputFiles(const OutputFiles &) = delete;
  OutputFiles &operator=(const OutputFiles &) = delete;
  ~OutputFiles();
  /// Creates a temporary file for `path` and returns its name.
  llvm::Expected<std::string> reserve(llvm::StringRef path);
  /// The same, and has `writer` fill it.
  llvm::Error
  write(llvm::StringRef path,
        llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> writer);
  /// In the second run after a failure nothing appears.
  llvm::Error commit();
  /// The temporary name of the file reserved as number `index`.
  llvm::StringRef getTemporary(size_t index) const {
    return files[index].temporary;
  }

private:
  struct File {
    std::string temporary, final;
    bool isDirect() const { return temporary == final; }
  };
  std::vector<File> files;
};

} // namespace graphc

#endif // GRAPHC_SUPPORT_OUTPUTFILES_H
