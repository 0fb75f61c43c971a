//===- ReplayScript.cpp - Do a failure again ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReplayScript.h"

#include "DumpFolder.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <sys/resource.h>

using namespace graphc;
using llvm::raw_ostream;
using llvm::StringRef;

std::string graphc::quoteForShell(StringRef text) {
  std::string quoted = "'";
  for (char c : text)
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string graphc::quoteWord(StringRef text) {
  bool isPlain = !text.empty() && llvm::all_of(text, [](char c) {
    return llvm::isAlnum(c) || StringRef("/._-+=:,@%").contains(c);
  });
  return isPlain ? text.str() : quoteForShell(text);
}

static std::string toolFolder() {
  static int anchor;
  std::string path = llvm::sys::fs::getMainExecutable("graphc", &anchor);
  return llvm::sys::path::parent_path(path).str();
}

/// What ran for most of the time is what to run again. Otherwise the whole
/// command is: its end can come anywhere.
static bool isSlowByItself(const BlackBox &box) {
  return !isEndless(box) || 2 * box.elapsedInPlace >= box.elapsed;
}

/// Options that let what is done again end as it ended.
static void writeConditions(const BlackBox &box, raw_ostream &os) {
  if (!box.failAt.empty())
    os << " --fail-at-pass=" << quoteForShell(box.failAt.get());
  if (!box.crashAt.empty())
    os << " --crash-at-pass=" << quoteForShell(box.crashAt.get());
  if (!box.hangAt.empty())
    os << " --hang-at-pass=" << quoteForShell(box.hangAt.get());
  if (!box.exhaustAt.empty())
    os << " --exhaust-at-pass=" << quoteForShell(box.exhaustAt.get());
  if (box.isWrongNumber)
    os << " --verify-numerics --numerics-inputs=\"$here/inputs\"";
}

/// The time that it had.
static void writeTimeLimit(const BlackBox &box, bool isPlaceOnly,
                           raw_ostream &os) {
  if (isEndless(box))
    os << llvm::format(
        " --time-limit=%.1f",
        std::max((isPlaceOnly ? box.elapsedInPlace : box.elapsed) * 0.001,
                 0.1));
}

/// The same command again, with `input` (a word of the shell) for the input and
/// no traces left.
static void writeSameCommand(const BlackBox &box, raw_ostream &os,
                             llvm::ArrayRef<char *> commandLine,
                             StringRef input, bool startsFromIR) {
  StringRef tool = llvm::sys::path::filename(commandLine.front());
  os << "\"$tools/\"" << quoteForShell(tool);
  for (const char *argument : commandLine.drop_front())
    os << ' '
       << (box.input.get() == argument ? input.str() : quoteForShell(argument));
  os << " --dump-dir=";
  if (!box.report.empty())
    os << " --report=";
  if (startsFromIR && tool == "graphc")
    os << " --fill-elided"; // before.mlir has no weights.
  if (box.isWrongNumber && tool == "graphc")
    os << " --check-inputs=\"$here/inputs\"";
  writeTimeLimit(box, startsFromIR, os);
  if (!box.output.empty() && box.output.get() != "-")
    os << " -o \"$scratch/\""
       << quoteForShell(llvm::sys::path::filename(box.output.get()));
  os << '\n';
}

static void writePrologue(const BlackBox &box, raw_ostream &os) {
  os << "#!/bin/sh\n# Fails as it failed: " << describeFailure(box) << '\n';
  if (box.outcome == BlackBox::Outcome::Interrupted)
    os << "# It ends by a time limit where it was interrupted.\n";
  os << "here=$(cd \"$(dirname \"$0\")\" && pwd)\n"
     << "tools=${GRAPHC_TOOLS:-" << quoteForShell(toolFolder()) << "}\n"
     << "[ -x \"$tools/graphc-opt\" ] || "
        "tools=$(dirname \"$(command -v graphc-opt)\")\n";
  rlimit memory;
  if (box.outcome == BlackBox::Outcome::OutOfMemory &&
      !getrlimit(RLIMIT_AS, &memory) && memory.rlim_cur != RLIM_INFINITY)
    os << "ulimit -v " << memory.rlim_cur / 1024 << '\n';
}

bool graphc::writeReplay(const BlackBox &box, StringRef folder,
                         llvm::ArrayRef<char *> commandLine,
                         StringRef keptInput) {
  std::string path = (folder + "/replay.sh").str();
  // Whether numbers are wrong behind the passes shows beside what they were
  // before.
  bool hasIR = hasDumpFile(folder, "before.mlir") && isSlowByItself(box) &&
               (!box.isWrongNumber || box.isInPass());
  bool written = writeDumpFile(folder, "replay.sh", [&](raw_ostream &os) {
    writePrologue(box, os);
    if (box.isInPass() && hasIR) {
      os << "exec \"$tools/graphc-opt\" \"$here/before.mlir\" --run-reproducer"
            " --dump-dir= -o /dev/null";
      writeConditions(box, os);
      writeTimeLimit(box, /*isPlaceOnly=*/true, os);
      os << '\n';
      return;
    }
    os << "scratch=$(mktemp -d) && trap 'rm -rf \"$scratch\"' EXIT\n";
    llvm::SmallString<256> cwd;
    llvm::sys::fs::current_path(cwd);
    std::string input = quoteForShell(box.input.get());
    if (hasIR) {
      input = "\"$here/before.mlir\"";
    } else if (!keptInput.empty()) {
      os << "cd " << quoteForShell(cwd) << " 2>/dev/null\ninput=" << input
         << "\n[ -e \"$input\" ] || input=\"$here/" << keptInput << "\"\n";
      input = "\"$input\"";
    } else {
      os << "cd " << quoteForShell(cwd) << " || exit 1\n";
    }
    writeSameCommand(box, os, commandLine, input, hasIR);
  });
  llvm::sys::fs::setPermissions(
      path, llvm::sys::fs::perms::owner_all | llvm::sys::fs::group_read |
                llvm::sys::fs::group_exe | llvm::sys::fs::others_read |
                llvm::sys::fs::others_exe);
  return written;
}
