//===- Assemble.cpp - PTX to the code of a chip ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Images.h"

#include "graphc/Runtime/Runtime.h"
#include "graphc/Support/ErrorCode.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <cstdlib>

using namespace graphc;

static std::optional<std::string> findAssembler() {
  if (const char *home = std::getenv("CUDA_HOME")) {
    llvm::SmallString<128> path(home);
    llvm::sys::path::append(path, "bin", "ptxas");
    if (llvm::sys::fs::can_execute(path))
      return path.str().str();
  }
  if (auto found = llvm::sys::findProgramByName("ptxas"))
    return *found;
  return std::nullopt;
}

static std::string readAll(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

namespace {
/// A file that goes when nothing needs it any more.
struct TemporaryFile {
  explicit TemporaryFile(llvm::StringRef extension) {
    failed =
        llvm::sys::fs::createTemporaryFile("graphc-device", extension, path);
    if (!failed)
      remover.setFile(path);
  }

  llvm::SmallString<128> path;
  std::error_code failed;
  llvm::FileRemover remover;
};
} // namespace

llvm::Expected<std::optional<DeviceImage>>
nvptx::assemble(const DeviceImage &image, unsigned optLevel) {
  std::optional<std::string> assembler = findAssembler();
  if (!assembler)
    return std::nullopt;
  TemporaryFile source("ptx"), output("cubin"), messages("log");
  for (const TemporaryFile *file : {&source, &output, &messages})
    if (file->failed)
      return makeError("output-write",
                       "cannot make a file: " + file->failed.message());
  {
    std::error_code code;
    llvm::raw_fd_ostream file(source.path, code);
    file << image.bytes;
  }
  std::string arch = "-arch=" + image.chip;
  std::string level = "-O" + std::to_string(optLevel);
  llvm::StringRef arguments[] = {*assembler,  arch, level,
                                 source.path, "-o", output.path};
  std::optional<llvm::StringRef> redirects[] = {
      std::nullopt, messages.path.str(), messages.path.str()};
  std::string problem;
  int status = llvm::sys::ExecuteAndWait(*assembler, arguments, std::nullopt,
                                         redirects, 0, 0, &problem);
  if (status)
    return makeError("device-assembler",
                     "ptxas refuses the code for " + image.chip + ": " +
                         problem +
                         llvm::StringRef(readAll(messages.path)).trim());
  DeviceImage assembled = image;
  assembled.kind = GRAPHC_IMAGE_CUBIN;
  assembled.bytes = readAll(output.path);
  return std::optional<DeviceImage>(std::move(assembled));
}
