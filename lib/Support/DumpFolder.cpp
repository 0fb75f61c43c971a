//===- DumpFolder.cpp - The files of a failure's directory ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DumpFolder.h"

#include "ReplayScript.h"
#include "StackText.h"

#include "graphc/Support/Commit.h"
#include "graphc/Support/Version.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

#include <csignal>
#include <cstring>
#include <ctime>

using namespace graphc;
using llvm::raw_ostream;
using llvm::StringRef;

using Outcome = BlackBox::Outcome;
using AfterState = BlackBox::AfterState;

static std::string signalName(int signal) {
  const char *name = sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::string graphc::firstLine(StringRef text) {
  std::string line = text.trim().split('\n').first.str();
  for (char &c : line)
    c = llvm::isPrint(c) || static_cast<signed char>(c) < 0 ? c : '?';
  return line;
}

std::string graphc::describeFailure(const BlackBox &box) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (box.isInPass())
    os << "pass '" << box.culprit.pass.get() << "' on "
       << firstLine(box.culprit.op.get());
  else if (!box.stage.empty())
    os << "stage '" << box.stage.get() << "'"
       << (box.step.empty() ? "" : ", step '" + box.step.get().str() + "'");
  else
    os << "start";
  switch (box.outcome) {
  case Outcome::Crashed:
    os << " crashed (" << signalName(box.signal) << ")";
    break;
  case Outcome::OutOfMemory:
    os << " ran out of memory";
    break;
  case Outcome::TimedOut:
    os << " ran into the time limit";
    break;
  case Outcome::Interrupted:
    os << " was interrupted (" << signalName(box.signal) << ")";
    break;
  case Outcome::Fatal:
    os << " ended in a fatal error of LLVM: " << firstLine(box.reason.get());
    break;
  case Outcome::Refused:
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
  StringRef what = box.isInPass() ? box.culprit.pass.get() : box.stage.get();
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

bool graphc::writeDumpFile(StringRef folder, StringRef name,
                           llvm::function_ref<void(raw_ostream &)> body) {
  std::string path = (folder + "/" + name).str();
  std::error_code error =
      llvm::sys::fs::create_directories(llvm::sys::path::parent_path(path));
  if (error)
    return false;
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

bool graphc::hasDumpFile(StringRef folder, StringRef name) {
  return llvm::sys::fs::exists(folder + "/" + name);
}

void graphc::removeDumpFile(StringRef folder, StringRef name) {
  llvm::sys::fs::remove(folder + "/" + name);
}

/// A small input is kept for failures before there is IR.
static std::string keepInput(const BlackBox &box, StringRef folder) {
  StringRef input = box.input.get();
  std::uint64_t size;
  if (input.empty() || input == "-" || llvm::sys::fs::file_size(input, size) ||
      (size > (1 << 20) && !box.dumpWeights) ||
      !llvm::sys::fs::is_regular_file(input))
    return "";
  std::string name = "input" + llvm::sys::path::extension(input).str();
  if (llvm::sys::fs::copy_file(input, folder + "/" + name))
    return "";
  return name;
}

/// `1.5 s`.
static std::string seconds(std::uint64_t milliseconds) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::format("%.1f s", milliseconds / 1000.0);
  return text;
}

/// What else was going on.
static void writeCircumstances(const BlackBox &box, raw_ostream &os) {
  if (isEndless(box))
    os << "It had run for " << seconds(box.elapsed) << ", "
       << seconds(box.elapsedInPlace) << " of it here.\n";
  if (box.outcome == Outcome::Crashed && box.signal == SIGKILL)
    os << "SIGKILL comes from outside, often from the kernel for want of "
          "memory.\n";
  if (!box.alsoFailed.pass.empty())
    os << "Another thread came first to a failure on "
       << firstLine(box.alsoFailed.op.get())
       << "; one thread comes first to this one.\n";
  if (box.outcome == Outcome::Failed || box.outcome == Outcome::Refused)
    return;
  bool isFirst = true;
  for (const ThreadRecord &thread : box.getThreads()) {
    const PassRun *run = thread.innermost();
    if (!run || run->isSame(box.culprit))
      continue;
    os << (isFirst ? "Other threads were in:\n" : "") << "  " << run->pass.get()
       << " on " << firstLine(run->op.get()) << '\n';
    isFirst = false;
  }
}

/// What after.mlir is.
static const char *describeAfter(const BlackBox &box) {
  switch (box.after) {
  case AfterState::None:
  case AfterState::Again:
  case AfterState::Lost:
  case AfterState::AsFailed:
    return "the IR after it, perhaps invalid";
  case AfterState::AtCrash:
    return "the IR as it stood when it ended, perhaps invalid";
  case AfterState::AtStop:
    return "the IR as it stood while it ran on, perhaps invalid";
  case AfterState::LastRewrite:
    return "the IR behind the last whole rewrite; what followed left nothing "
           "that can be printed";
  }
  return "";
}

/// Why there is no after.mlir.
static void writeWhyNoAfter(const BlackBox &box, StringRef folder,
                            raw_ostream &os) {
  if (!hasDumpFile(folder, "before.mlir") ||
      hasDumpFile(folder, "after.mlir") || hasDumpFile(folder, "after.ll"))
    return;
  if (box.after == AfterState::Again)
    os << "There is no after.mlir: a second compilation came past this point"
       << (isEndless(box) ? " sooner.\n" : " and did not fail.\n");
  else if (box.rewrites == 0)
    os << "There is no after.mlir: what it left cannot be printed, and it had "
          "rewritten nothing yet: before.mlir is the last whole IR.\n";
  else
    os << "There is no after.mlir: what it left cannot be printed.\n";
}

static bool writeReadme(const BlackBox &box, StringRef folder,
                        StringRef keptInput) {
  const std::pair<const char *, const char *> contents[] = {
      {"before.mlir", "the IR before it, generic form; values of large "
                      "constants are left out unless they were asked for"},
      {"function.mlir", "of it the failing function alone"},
      {"before.ll", "the LLVM IR before code generation"},
      {"after.mlir", describeAfter(box)},
      {"after.ll", describeAfter(box)},
      {"pipeline-before.txt", "the stages and passes before it"},
      {"pipeline.txt", "the passes from the failing one on"},
      {"inputs", "what the numbers were checked on, and what rounding does"},
      {"program.txt", "the input program, without weights"},
      {"program.mlir", "the input module, without weights"},
      {"weights.txt", "the weights: types, extremes, means, NaNs"},
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
    if (box.isInPass())
      os << "Pass:  " << box.culprit.pass.get()
         << "\nOn:    " << box.culprit.op.get() << '\n';
    if (!box.difference.empty())
      os << "Numbers differ by: " << box.difference.get() << '\n';
    if (!box.target.empty())
      os << "Target: " << box.target.get() << '\n';
    writeCircumstances(box, os);
    if (!box.failAt.empty() || !box.crashAt.empty() || !box.hangAt.empty() ||
        !box.exhaustAt.empty())
      os << "The failure was asked for on the command line.\n";
    if ((box.isInPass() || box.stageHasIR) &&
        !hasDumpFile(folder, "before.mlir"))
      os << "There is no before.mlir: a second compilation, on one thread, did "
            "not come to this point.\n";
    writeWhyNoAfter(box, folder, os);
    os << "\nFiles\n";
    for (auto [name, meaning] : contents)
      if (hasDumpFile(folder, name))
        os << "  " << name << std::string(22 - strlen(name), ' ') << meaning
           << '\n';
    if (!keptInput.empty())
      os << "  " << keptInput << ": the input\n";
  });
}

bool graphc::fillDumpFolder(const BlackBox &box, StringRef folder,
                            llvm::ArrayRef<char *> commandLine) {
  bool hasIR = hasDumpFile(folder, "before.mlir");
  std::string keptInput =
      hasIR && !box.dumpWeights ? "" : keepInput(box, folder);
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
    os << "graphc " << version << ", commit " << commit << "\nLLVM "
       << LLVM_VERSION_STRING << "\ntarget " << box.target.get() << "\nhost "
       << llvm::sys::getDefaultTargetTriple() << ", "
       << llvm::sys::getHostCPUName() << '\n';
  });
  written &= writeDumpFile(folder, "diagnostics.txt", [&](raw_ostream &os) {
    os << StringRef(box.diagnostics, box.diagnosticsSize);
    if (box.outcome == Outcome::Fatal || box.outcome == Outcome::Crashed)
      os << describeFailure(box) << '\n';
  });
  written &= writeDumpFile(folder, "stack.txt",
                           [&](raw_ostream &os) { writeStack(box, os); });
  written &= writeReplay(box, folder, commandLine, keptInput);
  written &= writeReadme(box, folder, keptInput);
  return written;
}
