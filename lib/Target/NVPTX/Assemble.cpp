//===- Assemble.cpp - PTX to the code of a chip ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Images.h"
#include "TemporaryFile.h"

#include "graphc/Runtime/Runtime.h"
#include "graphc/Support/ErrorCode.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FileSystem.h"
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

/// Why a call of the assembler gave no code: it cannot be run, has crashed,
/// refuses, or is content without any. In its own words, if it has some.
static std::string explain(llvm::StringRef assembler, llvm::StringRef chip,
                           int status, llvm::StringRef problem,
                           llvm::StringRef words) {
  enum { notRun = -1, crashed = -2 };
  std::string quoted = "'" + assembler.str() + "'", why = words.trim().str();
  if (status == notRun)
    return "cannot run " + quoted + ": " + problem.str();
  if (status == crashed)
    return quoted + " crashed on the code for " + chip.str() + ": " +
           problem.str() + (why.empty() ? "" : ": " + why);
  if (!status)
    return quoted + " has written no code for " + chip.str();
  if (why.empty())
    why = quoted + " says nothing, exit status " + std::to_string(status);
  return "ptxas refuses the code for " + chip.str() + ": " + why;
}

/// Threads of the assembler, which compile kernels side by side to the same
/// code. A constant: what it was called with becomes part of the code's notes.
static constexpr llvm::StringLiteral split = "-split-compile=8";

llvm::Expected<std::optional<DeviceImage>>
nvptx::assemble(const DeviceImage &image, unsigned optLevel) {
  std::optional<std::string> assembler = findAssembler();
  if (!assembler)
    return std::nullopt;
  auto source = TemporaryFile::make("ptx", image.bytes);
  auto output = TemporaryFile::make("cubin"),
       messages = TemporaryFile::make("log");
  for (auto *file : {&source, &output, &messages})
    if (!*file)
      return file->takeError();
  std::string arch = "-arch=" + image.chip;
  std::string level = "-O" + std::to_string(optLevel);
  llvm::SmallVector<llvm::StringRef> arguments = {
      *assembler,       split, arch, level, source->getPath(), "-o",
      output->getPath()};
  std::optional<llvm::StringRef> redirects[] = {
      std::nullopt, messages->getPath(), messages->getPath()};
  std::string problem;
  auto run = [&] {
    return llvm::sys::ExecuteAndWait(*assembler, arguments, std::nullopt,
                                     redirects, 0, 0, &problem);
  };
  int status = run();
  // Those of CUDA before 12.1 know nothing of it.
  if (status > 0 && llvm::StringRef(readAll(messages->getPath()))
                        .contains("option 'split-compile'")) {
    arguments.erase(arguments.begin() + 1);
    status = run();
  }
  std::string code = readAll(output->getPath());
  if (status || !llvm::StringRef(code).starts_with(llvm::ELF::ElfMagic))
    return makeError("device-assembler",
                     explain(*assembler, image.chip, status, problem,
                             readAll(messages->getPath())));
  DeviceImage assembled = image;
  assembled.kind = GRAPHC_IMAGE_CUBIN;
  assembled.bytes = std::move(code);
  return std::optional<DeviceImage>(std::move(assembled));
}
