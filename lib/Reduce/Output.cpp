//===- Output.cpp - Where the result goes ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Output.h"

#include "graphc/Support/OutputFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace graphc;
using namespace graphc::reduce;
using llvm::StringRef;

llvm::Expected<Output> Output::create(StringRef path, bool resumes,
                                      const Start &start,
                                      const ReduceOptions &options) {
  Output output(start, options);
  bool isFolder = llvm::sys::path::extension(path).empty();
  if (isFolder)
    output.folder = path.rtrim('/').str();
  llvm::SmallString<256> file(path.rtrim('/'));
  if (isFolder)
    llvm::sys::path::append(file, "reduced");
  llvm::sys::path::replace_extension(file, start.command.extension);
  output.file = file.str().str();
  bool isThere = llvm::sys::fs::exists(output.file);
  if (isThere && !resumes)
    return llvm::createStringError(
        "'%s' exists; give another -o, or --resume to go on from it",
        output.file.c_str());
  if (!isThere && resumes)
    return llvm::createStringError("'%s' is not there to go on from",
                                   output.file.c_str());
  if (isFolder)
    if (std::error_code code = llvm::sys::fs::create_directories(output.folder))
      return llvm::createStringError("cannot make '%s': %s",
                                     output.folder.c_str(),
                                     code.message().c_str());
  return output;
}

static llvm::Error writeFile(StringRef path, StringRef text) {
  OutputFiles files;
  if (llvm::Error error = files.write(path, [&](llvm::raw_pwrite_stream &os) {
        os << text;
        return llvm::Error::success();
      }))
    return error;
  return files.commit();
}

std::string Output::describeCommand(StringRef input) const {
  if (!options->script.empty())
    return (options->script + " " + input).str();
  // In a subshell, since a limit cannot be raised again.
  if (start->signature.isOutOfMemory())
    return "(ulimit -v " + std::to_string(start->queries.memoryLimit >> 10) +
           "; " + start->command.describe(input) + ")";
  return start->command.describe(input);
}

/// What starts a comment in a text with this extension; empty: nothing does.
static StringRef commentMark(StringRef extension) {
  return extension == ".mlir" ? "//" : extension == ".py" ? "#" : "";
}

llvm::Error Output::save(StringRef text) const {
  StringRef mark = commentMark(start->command.extension);
  if (mark.empty())
    return writeFile(file, text);
  std::string title = start->signature.describe();
  llvm::replace(title, '\n', ' ');
  std::string name = llvm::sys::path::filename(file).str();
  std::string header = (mark + " graphc-reduce: " + title + "\n" + mark +
                        " Again: " + describeCommand(name) + "\n")
                           .str();
  return writeFile(file, header + text.str());
}

llvm::Error Output::finish(StringRef found) const {
  if (folder.empty())
    return llvm::Error::success();
  std::string name = llvm::sys::path::filename(file).str();
  // Objects do not go to /dev/null, nor have they a place here.
  std::string command = describeCommand(name);
  llvm::StringRef nowhere = "-o /dev/null";
  if (size_t at = command.find(nowhere); at != std::string::npos)
    command.replace(at, nowhere.size(), "-o \"$scratch/out\"");
  std::string script =
      "#!/bin/sh\n# Fails as it failed: " + start->signature.describe() +
      "\ncd \"$(dirname \"$0\")\" || exit 1\n"
      "scratch=$(mktemp -d) || exit 1\ntrap 'rm -rf \"$scratch\"' EXIT\n" +
      command + "\n";
  if (llvm::Error error = writeFile(folder + "/replay.sh", script))
    return error;
  llvm::sys::fs::setPermissions(folder + "/replay.sh",
                                llvm::sys::fs::perms::owner_all |
                                    llvm::sys::fs::group_read |
                                    llvm::sys::fs::others_read);
  std::string readme =
      "graphc-reduce made something smaller that fails the same way.\n\n"
      "Fails:   " +
      start->signature.describe() + "\nFrom:    " + options->input + ", " +
      start->stage + "\nResult:  " + name + ", " + found.str() +
      "\nAgain:   sh replay.sh\nSmaller: graphc-reduce " + options->input +
      " -o " + folder + " --resume, with the options of before, goes on from " +
      name + "\nReport:  this folder is all that somebody else needs\n";
  return writeFile(folder + "/README.txt", readme);
}
