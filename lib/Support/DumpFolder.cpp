//===- DumpFolder.cpp - The files of a failure's directory ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DumpFolder.h"

#include "graphc/Support/Version.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

#include <cstring>
#include <ctime>

#include <dlfcn.h>

using namespace graphc;
using llvm::raw_ostream;
using llvm::StringRef;

static bool isInPass(const BlackBox &box) { return !box.culprit.pass.empty(); }

/// Wrong usage of an exit status as a signal is not ours to explain; names are.
static std::string signalName(int signal) {
  const char *name = sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

/// The first line of `text`, which may come from a hostile file: the scripts
/// that hold it must not run the others.
static std::string firstLine(StringRef text) {
  std::string line = text.trim().split('\n').first.str();
  for (char &c : line)
    c = llvm::isPrint(c) || static_cast<signed char>(c) < 0 ? c : '?';
  return line;
}

std::string graphc::describeFailure(const BlackBox &box) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (isInPass(box))
    os << "pass '" << box.culprit.pass.get() << "' on "
       << firstLine(box.culprit.op.get());
  else if (!box.stage.empty())
    os << "stage '" << box.stage.get() << "'";
  else
    os << "start";
  switch (box.outcome) {
  case BlackBox::Outcome::Crashed:
    os << " crashed (" << signalName(box.signal) << ")";
    break;
  case BlackBox::Outcome::Fatal:
    os << " ended in a fatal error of LLVM: " << firstLine(box.reason.get());
    break;
  case BlackBox::Outcome::Refused:
    os << " refused the input: " << firstLine(box.reason.get());
    break;
  default:
    os << " failed";
    if (!box.reason.empty())
      os << ": " << firstLine(box.reason.get());
  }
  return text;
}

std::string graphc::makeDumpFolder(const BlackBox &box) {
  std::time_t now = std::time(nullptr);
  char stamp[32];
  std::strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", std::gmtime(&now));
  StringRef what = isInPass(box) ? box.culprit.pass.get() : box.stage.get();
  std::string name = (StringRef("graphc-failure-") + stamp + "-" + what).str();
  if (llvm::sys::fs::create_directories(box.dumpRoot.get()))
    return "";
  for (unsigned attempt = 0; attempt < 1000; ++attempt) {
    llvm::SmallString<256> path(box.dumpRoot.get());
    llvm::sys::path::append(path, attempt ? name + "-" + std::to_string(attempt)
                                          : name);
    llvm::sys::fs::make_absolute(path);
    llvm::sys::path::remove_dots(path);
    std::error_code error =
        llvm::sys::fs::create_directory(path, /*IgnoreExisting=*/false);
    if (!error)
      return path.str().str();
    if (error != std::errc::file_exists)
      return "";
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// `text` as one word of a shell.
static std::string quoteForShell(StringRef text) {
  std::string quoted = "'";
  for (char c : text)
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

bool graphc::writeDumpFile(StringRef folder, StringRef name,
                           llvm::function_ref<void(raw_ostream &)> body) {
  std::string path = (folder + "/" + name).str();
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (error)
    return false;
  body(os);
  os.close();
  if (!os.has_error())
    return true;
  // Or the stream ends the process.
  os.clear_error();
  llvm::sys::fs::remove(path);
  return false;
}

static bool has(StringRef folder, StringRef name) {
  return llvm::sys::fs::exists(folder + "/" + name);
}

/// The stack of the crash, innermost first. The watching process was forked
/// before the crash, so the addresses mean the same in it.
static void writeStack(const BlackBox &box, raw_ostream &os) {
  os << "stage: " << box.stage.get() << '\n';
  if (isInPass(box))
    os << "pass: " << box.culprit.pass.get() << " on " << box.culprit.op.get()
       << ", run " << box.culprit.occurrence + 1 << " of it\n";
  for (std::uint32_t i = 0; i < box.frameCount; ++i) {
    auto address = reinterpret_cast<std::uintptr_t>(box.frames[i]);
    os << llvm::format("#%-2u 0x%016zx", i, address);
    Dl_info info;
    if (dladdr(box.frames[i], &info)) {
      auto base = reinterpret_cast<std::uintptr_t>(info.dli_fbase);
      if (info.dli_sname)
        os << ' ' << llvm::demangle(info.dli_sname);
      os << " (" << info.dli_fname << llvm::format("+0x%zx)", address - base);
    }
    os << '\n';
  }
}

static std::string toolFolder() {
  static int anchor;
  std::string path = llvm::sys::fs::getMainExecutable("graphc", &anchor);
  return llvm::sys::path::parent_path(path).str();
}

/// A small input is kept for failures before there is IR.
static std::string keepInput(const BlackBox &box, StringRef folder) {
  StringRef input = box.input.get();
  std::uint64_t size;
  if (input.empty() || input == "-" || llvm::sys::fs::file_size(input, size) ||
      size > (1 << 20) || !llvm::sys::fs::is_regular_file(input))
    return "";
  std::string name = "input" + llvm::sys::path::extension(input).str();
  if (llvm::sys::fs::copy_file(input, folder + "/" + name))
    return "";
  return name;
}

/// The same command again, with `input` (a word of the shell) for the input and
/// no traces left.
static void writeSameCommand(const BlackBox &box, raw_ostream &os,
                             llvm::ArrayRef<char *> commandLine,
                             StringRef input) {
  StringRef tool = llvm::sys::path::filename(commandLine.front());
  os << "exec \"$tools/" << tool << "\"";
  for (const char *argument : commandLine.drop_front())
    os << ' '
       << (box.input.get() == argument ? input.str() : quoteForShell(argument));
  os << " --dump-dir=";
  if (box.stageHasIR && tool == "graphc")
    os << " --fill-elided"; // before.mlir has no weights.
  if (!box.output.empty() && box.output.get() != "-")
    os << " -o \"$scratch/" << llvm::sys::path::filename(box.output.get())
       << '"';
  os << '\n';
}

static bool writeReplay(const BlackBox &box, StringRef folder,
                        llvm::ArrayRef<char *> commandLine,
                        StringRef keptInput) {
  std::string path = (folder + "/replay.sh").str();
  bool written = writeDumpFile(folder, "replay.sh", [&](raw_ostream &os) {
    os << "#!/bin/sh\n# Fails as it failed: " << describeFailure(box) << '\n'
       << "here=$(cd \"$(dirname \"$0\")\" && pwd)\n"
       << "tools=${GRAPHC_TOOLS:-" << quoteForShell(toolFolder()) << "}\n"
       << "[ -x \"$tools/graphc-opt\" ] || "
          "tools=$(dirname \"$(command -v graphc-opt)\")\n";
    if (isInPass(box) && has(folder, "before.mlir")) {
      os << "exec \"$tools/graphc-opt\" \"$here/before.mlir\" --run-reproducer"
            " --dump-dir= -o /dev/null";
      if (!box.failAt.empty())
        os << " --fail-at-pass=" << quoteForShell(box.failAt.get());
      if (!box.crashAt.empty())
        os << " --crash-at-pass=" << quoteForShell(box.crashAt.get());
      os << '\n';
      return;
    }
    os << "scratch=$(mktemp -d) && trap 'rm -rf \"$scratch\"' EXIT\n";
    llvm::SmallString<256> cwd;
    llvm::sys::fs::current_path(cwd);
    std::string input = quoteForShell(box.input.get());
    if (has(folder, "before.mlir")) {
      input = "\"$here/before.mlir\"";
    } else if (!keptInput.empty()) {
      os << "cd " << quoteForShell(cwd) << " 2>/dev/null\ninput=" << input
         << "\n[ -e \"$input\" ] || input=\"$here/" << keptInput << "\"\n";
      input = "\"$input\"";
    } else {
      os << "cd " << quoteForShell(cwd) << " || exit 1\n";
    }
    std::string command;
    llvm::raw_string_ostream commandOs(command);
    writeSameCommand(box, commandOs, commandLine, input);
    // The shell stays, to clean up.
    os << StringRef(command).drop_front(strlen("exec "));
  });
  llvm::sys::fs::setPermissions(
      path, llvm::sys::fs::perms::owner_all | llvm::sys::fs::group_read |
                llvm::sys::fs::group_exe | llvm::sys::fs::others_read |
                llvm::sys::fs::others_exe);
  return written;
}

static bool writeReadme(const BlackBox &box, StringRef folder,
                        StringRef keptInput) {
  static constexpr std::pair<const char *, const char *> contents[] = {
      {"before.mlir", "the IR before it, generic form; values of large "
                      "constants are left out"},
      {"before.ll", "the LLVM IR before code generation"},
      {"after.mlir", "the IR after it, perhaps invalid"},
      {"pipeline.txt", "the passes from the failing one on"},
      {"program.txt", "the input program, without weights"},
      {"diagnostics.txt", "what was reported"},
      {"stack.txt", "where it was, with the stack if it crashed"},
      {"command.txt", "how it was called"},
      {"versions.txt", "versions, target and host"},
      {"replay.sh", "does it again"},
  };
  return writeDumpFile(folder, "README.txt", [&](raw_ostream &os) {
    os << "graphc failed: " << describeFailure(box) << "\n\n"
       << "Do it again:  sh replay.sh\n\n"
       << "Input: " << box.input.get() << '\n'
       << "Stage: " << box.stage.get() << '\n';
    if (isInPass(box))
      os << "Pass:  " << box.culprit.pass.get()
         << "\nOn:    " << box.culprit.op.get() << '\n';
    if (!box.target.empty())
      os << "Target: " << box.target.get() << '\n';
    if (!box.failAt.empty() || !box.crashAt.empty())
      os << "The failure was asked for on the command line.\n";
    if ((isInPass(box) || box.stageHasIR) && !has(folder, "before.mlir"))
      os << "There is no before.mlir: a second compilation, on one thread, did "
            "not come to this point.\n";
    os << "\nFiles\n";
    for (auto [name, meaning] : contents)
      if (has(folder, name))
        os << "  " << name << std::string(18 - strlen(name), ' ') << meaning
           << '\n';
    if (!keptInput.empty())
      os << "  " << keptInput << ": the input\n";
  });
}

bool graphc::fillDumpFolder(const BlackBox &box, StringRef folder,
                            llvm::ArrayRef<char *> commandLine) {
  bool hasIR = has(folder, "before.mlir");
  std::string keptInput = hasIR ? "" : keepInput(box, folder);
  bool written = true;
  written &= writeDumpFile(folder, "command.txt", [&](raw_ostream &os) {
    llvm::SmallString<256> cwd;
    llvm::sys::fs::current_path(cwd);
    os << "cd " << quoteForShell(cwd) << '\n';
    for (const char *argument : commandLine)
      os << quoteForShell(argument) << ' ';
    os << '\n';
  });
  written &= writeDumpFile(folder, "versions.txt", [&](raw_ostream &os) {
    os << "graphc " << version << "\nLLVM " << LLVM_VERSION_STRING
       << "\ntarget " << box.target.get() << "\nhost "
       << llvm::sys::getDefaultTargetTriple() << ", "
       << llvm::sys::getHostCPUName() << '\n';
  });
  written &= writeDumpFile(folder, "diagnostics.txt", [&](raw_ostream &os) {
    os << StringRef(box.diagnostics, box.diagnosticsSize);
    if (box.outcome == BlackBox::Outcome::Fatal ||
        box.outcome == BlackBox::Outcome::Crashed)
      os << describeFailure(box) << '\n';
  });
  written &= writeDumpFile(folder, "stack.txt",
                           [&](raw_ostream &os) { writeStack(box, os); });
  written &= writeReplay(box, folder, commandLine, keptInput);
  written &= writeReadme(box, folder, keptInput);
  return written;
}
