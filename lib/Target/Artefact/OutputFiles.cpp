//===- OutputFiles.cpp - Files that appear complete -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parts.h"

#include "llvm/Support/FileSystem.h"

using namespace graphc;
using namespace graphc::artefact;

llvm::Error artefact::makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static llvm::Error cannotWrite(llvm::StringRef path, std::error_code code) {
  return makeError("cannot write '" + path + "': " + code.message());
}

OutputFiles::~OutputFiles() {
  for (const auto &[temporary, final] : files)
    llvm::sys::fs::remove(temporary);
}

llvm::Expected<std::string> OutputFiles::reserve(llvm::StringRef path) {
  int descriptor;
  llvm::SmallString<128> temporary;
  if (std::error_code code = llvm::sys::fs::createUniqueFile(
          path + ".%%%%%%%%.tmp", descriptor, temporary, llvm::sys::fs::OF_None,
          llvm::sys::fs::all_read | llvm::sys::fs::all_write))
    return cannotWrite(path, code);
  llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true);
  files.emplace_back(temporary.str(), path);
  return temporary.str().str();
}

llvm::Error OutputFiles::write(
    llvm::StringRef path,
    llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> writer) {
  llvm::Expected<std::string> temporary = reserve(path);
  if (!temporary)
    return temporary.takeError();
  std::error_code code;
  llvm::raw_fd_ostream stream(*temporary, code);
  if (code)
    return cannotWrite(path, code);
  llvm::Error error = writer(stream);
  stream.close();
  code = stream.error();
  stream.clear_error();
  if (error)
    return error;
  return code ? cannotWrite(path, code) : llvm::Error::success();
}

// The first file is what was asked for, so it appears last; after a failure the
// ones before it go again.
llvm::Error OutputFiles::commit() {
  for (size_t left = files.size(); left--;) {
    const auto &[temporary, final] = files[left];
    std::error_code code = llvm::sys::fs::rename(temporary, final);
    if (!code)
      continue;
    for (size_t done = left + 1; done < files.size(); ++done)
      llvm::sys::fs::remove(files[done].second);
    return cannotWrite(final, code);
  }
  files.clear();
  return llvm::Error::success();
}
