//===- DumpReader.cpp - What a folder of a failure says -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DumpReader.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace graphc;
using namespace graphc::reduce;
using llvm::StringRef;

std::vector<std::string> graphc::reduce::splitWords(StringRef line) {
  std::vector<std::string> words;
  std::string word;
  bool isQuoted = false, isWord = false;
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (c == '\'') {
      isQuoted = !isQuoted;
      isWord = true;
    } else if (!isQuoted && c == '\\' && i + 1 < line.size()) {
      word += line[++i];
      isWord = true;
    } else if (!isQuoted && llvm::isSpace(c)) {
      if (isWord)
        words.push_back(std::exchange(word, ""));
      isWord = false;
    } else {
      word += c;
      isWord = true;
    }
  }
  if (isWord)
    words.push_back(word);
  return words;
}

std::string graphc::reduce::findPipeline(StringRef text) {
  StringRef rest = text;
  size_t at = rest.rfind("mlir_reproducer");
  if (at == StringRef::npos)
    return "";
  rest = rest.drop_front(at);
  at = rest.find("pipeline: \"");
  if (at == StringRef::npos)
    return "";
  rest = rest.drop_front(at + strlen("pipeline: \""));
  std::string pipeline;
  for (size_t i = 0; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size())
      ++i;
    pipeline += rest[i];
  }
  return pipeline;
}

/// A file of the folder; empty when it is not there.
static std::string read(StringRef folder, StringRef name) {
  auto buffer = llvm::MemoryBuffer::getFile(folder + "/" + name);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

/// What stands behind `key` at the start of a line.
static std::string lineOf(StringRef text, StringRef key) {
  size_t at = text.find(("\n" + key).str());
  if (at == StringRef::npos)
    return "";
  return text.drop_front(at + 1 + key.size()).split('\n').first.trim().str();
}

llvm::Expected<Dump> graphc::reduce::readDump(StringRef folder) {
  std::string commandText = read(folder, "command.txt");
  if (commandText.empty())
    return llvm::createStringError(
        "%s: no folder of a failure: it has no command.txt",
        folder.str().c_str());
  Dump dump;
  llvm::SmallVector<StringRef> lines;
  StringRef(commandText).split(lines, '\n');
  if (lines.size() > 1)
    dump.command = splitWords(lines[1]);
  if (dump.command.empty())
    return llvm::createStringError(
        "%s/command.txt: no command in the second line", folder.str().c_str());
  std::vector<std::string> cd = splitWords(lines[0]);
  std::string readme = read(folder, "README.txt");
  dump.input = lineOf(readme, "Input:");
  dump.pass = lineOf(readme, "Pass:");
  dump.difference = lineOf(readme, "Numbers differ by:");
  StringRef title = StringRef(readme).split('\n').first;
  dump.isEndless = title.contains("ran into the time limit") ||
                   title.contains("was interrupted");
  uint64_t kilobytes;
  if (!StringRef(lineOf(read(folder, "replay.sh"), "ulimit -v"))
           .getAsInteger(10, kilobytes))
    dump.memoryLimit = kilobytes << 10;
  std::string module = (folder + "/before.mlir").str();
  if (llvm::sys::fs::exists(module)) {
    dump.module = module;
    dump.pipeline = findPipeline(read(folder, "before.mlir"));
  } else if (!dump.input.empty() && cd.size() > 1) {
    // Where the command was given.
    llvm::SmallString<256> path(dump.input);
    if (!llvm::sys::path::is_absolute(path))
      llvm::sys::path::make_absolute(cd[1], path);
    for (std::string &word : dump.command)
      if (word == dump.input)
        word = path.str().str();
    dump.input = path.str().str();
  }
  return dump;
}
