//===- OutputFiles.cpp - Files that appear complete -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/OutputFiles.h"

#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/FailureDump.h"

#include "llvm/Support/FileSystem.h"

using namespace graphc;
using llvm::StringRef;
namespace fs = llvm::sys::fs;

static llvm::Error cannotWrite(StringRef path, std::error_code code) {
  std::string name = path == "-" ? "to stdout" : "'" + path.str() + "'";
  return makeError("output-write",
                   "cannot write " + name + ": " + code.message(), code);
}

/// The file behind `path`, so that a link stays one.
static std::string resolve(StringRef path) {
  llvm::SmallString<256> target;
  if (fs::is_symlink_file(path) && !fs::real_path(path, target))
    return target.str().str();
  return path.str();
}

OutputFiles::~OutputFiles() {
  for (const File &file : files)
    if (!file.isDirect()) {
      fs::remove(file.temporary);
      forgetFile(file.temporary);
    }
}

llvm::Expected<std::string> OutputFiles::reserve(StringRef path) {
  std::string final = resolve(path);
  if (fs::exists(final) && !fs::is_regular_file(final) &&
      !fs::is_directory(final)) {
    files.push_back({final, final});
    return final;
  }
  int descriptor;
  llvm::SmallString<128> temporary;
  if (std::error_code code =
          fs::createUniqueFile(final + ".%%%%%%%%.tmp", descriptor, temporary,
                               fs::OF_None, fs::all_read | fs::all_write))
    return cannotWrite(path, code);
  removeOnFailure(temporary);
  llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true);
  files.push_back({temporary.str().str(), final});
  return files.back().temporary;
}

/// What went wrong in writing `path`, if anything did.
static llvm::Error finish(StringRef path, llvm::raw_fd_ostream &stream,
                          llvm::Error error) {
  stream.flush();
  std::error_code code = stream.error();
  stream.clear_error();
  if (error)
    return error;
  return code ? cannotWrite(path, code) : llvm::Error::success();
}

llvm::Error OutputFiles::write(
    StringRef path,
    llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> writer) {
  if (path == "-")
    return finish(path, llvm::outs(), writer(llvm::outs()));
  llvm::Expected<std::string> temporary = reserve(path);
  if (!temporary)
    return temporary.takeError();
  std::error_code code;
  llvm::raw_fd_ostream stream(*temporary, code);
  if (code)
    return cannotWrite(path, code);
  return finish(path, stream, writer(stream));
}

// The first file is what was asked for, so it appears last; after a failure the
// ones before it go again.
llvm::Error OutputFiles::commit() {
  if (isReplaying())
    return llvm::Error::success();
  for (size_t left = files.size(); left--;) {
    const File &file = files[left];
    if (file.isDirect())
      continue;
    std::error_code code = fs::rename(file.temporary, file.final);
    if (!code) {
      forgetFile(file.temporary);
      continue;
    }
    for (size_t done = left + 1; done < files.size(); ++done)
      if (!files[done].isDirect())
        fs::remove(files[done].final);
    return cannotWrite(file.final, code);
  }
  files.clear();
  return llvm::Error::success();
}
