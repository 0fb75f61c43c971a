//===- Link.cpp - Shared libraries ----------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// lld runs in this process. It only looks at the libraries that the module
// needs to name them as dependencies, so no compiler, start files or
// development packages are asked for.
//
//===----------------------------------------------------------------------===//

#include "Parts.h"

#include "graphc/Support/ErrorCode.h"

#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

LLD_HAS_DRIVER(elf)

using namespace graphc;
using namespace graphc::artefact;

/// Folders that the dynamic loader searches, then those of cross compilers and
/// of LLVM.
static std::vector<std::string> getLibraryFolders(const llvm::Triple &triple) {
  std::string multiarch = triple.getArchName().str() + "-linux-" +
                          triple.getEnvironmentName().str();
  std::vector<std::string> folders = {"/lib/" + multiarch,
                                      "/usr/lib/" + multiarch};
  bool isHost = triple.getArch() ==
                llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArch();
  if (isHost)
    folders.insert(folders.end(), {"/lib64", "/usr/lib64"});
  folders.push_back("/usr/" + multiarch + "/lib");
  if (isHost)
    folders.push_back(GRAPHC_LLVM_LIBRARY_DIR);
  return folders;
}

static std::string findLibrary(llvm::ArrayRef<std::string> folders,
                               llvm::StringRef name) {
  for (const std::string &folder : folders)
    if (std::string path = folder + "/" + name.str();
        llvm::sys::fs::exists(path))
      return path;
  return "";
}

llvm::Error artefact::linkSharedLibrary(llvm::StringRef object,
                                        llvm::StringRef output,
                                        const ArtefactOptions &options) {
  llvm::Triple triple(options.machine.triple);
  std::vector<std::string> arguments = {
      "ld.lld",
      "-shared",
      "--build-id=none",
      "--hash-style=gnu",
      "-z",
      "relro",
      "-z",
      "noexecstack",
      "--gc-sections",
      "--as-needed",
      "-soname",
      llvm::sys::path::filename(options.output).str(),
      "-o",
      output.str(),
      object.str()};
  std::vector<std::string> folders = getLibraryFolders(triple);
  // Where a cross target's C library is not installed, its names stay open
  // until the library is loaded.
  for (llvm::StringRef name : {"libm.so.6", "libc.so.6"})
    if (std::string path = findLibrary(folders, name); !path.empty())
      arguments.push_back(path);
  if (options.threads) {
    std::string path = findLibrary(folders, "libomp.so.5");
    if (path.empty())
      return makeError("link",
                       "cannot find libomp.so.5, which code with threads "
                       "needs; install it or compile with --threads=1");
    arguments.push_back(path);
    if (llvm::sys::path::parent_path(path) == GRAPHC_LLVM_LIBRARY_DIR)
      arguments.insert(arguments.end(), {"-rpath", GRAPHC_LLVM_LIBRARY_DIR});
  }
  std::vector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  std::string problems;
  llvm::raw_string_ostream stream(problems);
  lld::Result result =
      lld::lldMain(pointers, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode)
    return makeError("link", "linking '" + options.output + "' failed: " +
                                 llvm::StringRef(problems).trim());
  return llvm::Error::success();
}
