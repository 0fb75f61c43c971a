//===- Start.cpp - Where to begin -----------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Start.h"

#include "DumpReader.h"
#include "Reducer.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;

llvm::Expected<OwningOpRef<ModuleOp>>
graphc::reduce::readModule(StringRef path, MLIRContext &context) {
  std::string reason;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (reason.empty())
      reason = diagnostic.str();
    return success();
  });
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(path, &context);
  if (module)
    return std::move(module);
  return llvm::createStringError("%s: not a valid module: %s",
                                 path.str().c_str(), reason.c_str());
}

/// Options of graphc that a query sets itself, with the word behind them.
static bool isOwnOption(StringRef word) {
  for (StringRef option : {"--dump-dir", "--emit", "--time", "--save-temps",
                           "--fill-elided", "--keep-weights"})
    if (word == option || word.starts_with((option + "=").str()))
      return true;
  return false;
}

namespace {
class Finder {
public:
  Finder(const ReduceOptions &options, const QueryOptions &queries,
         StringRef scratch, MLIRContext &context)
      : options(options), queries(queries), scratch(scratch), context(context) {
  }

  llvm::Expected<Start> fromFolder(StringRef folder);
  llvm::Expected<Start> fromModule(StringRef path);
  llvm::Expected<Start> fromProgram(StringRef path);

private:
  void takeCommand(ArrayRef<std::string> words, StringRef input);
  Command passes(StringRef pipeline) const;
  Command tool() const;
  Command compilation(StringRef emitted) const;
  std::optional<Signature> runOn(const Command &command, StringRef text);
  std::optional<Signature> runOn(const Command &command,
                                 const OwningOpRef<ModuleOp> &module) {
    return runOn(command, printModule(*module));
  }
  llvm::Expected<Start> accept(OwningOpRef<ModuleOp> module, Command command,
                               StringRef stage);
  /// Runs the tool on a file that is no module, with other options behind.
  std::optional<Signature> runProgram(StringRef path,
                                      ArrayRef<std::string> more);

  const ReduceOptions &options;
  const QueryOptions &queries;
  StringRef scratch;
  MLIRContext &context;
  bool isOpt = false;
  std::vector<std::string> words;
  std::string emitted = "obj";
};
} // namespace

/// Takes the tool and the options that matter from a command line.
void Finder::takeCommand(ArrayRef<std::string> given, StringRef input) {
  words.clear();
  if (!given.empty() && !StringRef(given.front()).starts_with("-")) {
    isOpt = llvm::sys::path::filename(given.front()) == "graphc-opt";
    given = given.drop_front();
  }
  for (size_t i = 0; i < given.size(); ++i) {
    StringRef word = given[i];
    StringRef plain = word;
    plain.consume_front("-");
    if (plain.consume_front("-emit=")) {
      emitted = plain.str();
      continue;
    }
    if (word == input || isOwnOption(word))
      continue;
    if (word == "-o" && i + 1 < given.size()) {
      StringRef extension = llvm::sys::path::extension(given[++i]);
      emitted = extension == ".so"   ? "so"
                : extension == ".s"  ? "asm"
                : extension == ".ll" ? "llvm"
                                     : emitted;
      continue;
    }
    words.push_back(word.str());
  }
}

Command Finder::passes(StringRef pipeline) const {
  return {{options.tools + "/graphc-opt", "{}",
           "--pass-pipeline=" + pipeline.str(), "--mlir-disable-threading",
           "--dump-dir=", "-o", "/dev/null"}};
}

Command Finder::compilation(StringRef emit) const {
  Command command{{options.tools + "/graphc", "{}", "--fill-elided",
                   "--dump-dir=", ("--emit=" + emit).str(), "-o", "{out}"}};
  llvm::append_range(command.words, words);
  return command;
}

Command Finder::tool() const {
  if (!isOpt)
    return compilation(emitted);
  Command command{
      {options.tools + "/graphc-opt", "{}", "--dump-dir=", "-o", "/dev/null"}};
  llvm::append_range(command.words, words);
  return command;
}

std::optional<Signature> Finder::runOn(const Command &command, StringRef text) {
  return QueryRunner(command, scratch.str(), queries).run(text);
}

llvm::Expected<Start> Finder::accept(OwningOpRef<ModuleOp> module,
                                     Command command, StringRef stage) {
  std::optional<Signature> signature = runOn(command, module);
  if (!signature)
    return llvm::createStringError(
        "%s: %s", options.input.c_str(),
        options.script.empty()
            ? "does not fail, so there is nothing to keep; give the options "
              "that it fails with behind --"
            : "the script does not want it, so there is nothing to keep");
  return Start{std::move(module), std::move(command), std::move(*signature),
               stage.str()};
}

llvm::Expected<Start> Finder::fromFolder(StringRef folder) {
  llvm::Expected<Dump> dump = readDump(folder);
  if (!dump)
    return dump.takeError();
  takeCommand(options.command.empty() ? dump->command : options.command,
              dump->input);
  if (dump->module.empty()) {
    if (!dump->input.empty() && llvm::sys::fs::exists(dump->input))
      return fromProgram(dump->input);
    return llvm::createStringError(
        "%s: the failure came before there was IR, and its input '%s' is not "
        "there any more",
        folder.str().c_str(), dump->input.c_str());
  }
  auto module = readModule(dump->module, context);
  if (!module)
    return module.takeError();
  if (!dump->pipeline.empty()) {
    llvm::Expected<Start> start =
        accept(std::move(*module), passes(dump->pipeline), "its last pass");
    // Values of weights are not in the folder.
    if (start && options.script.empty() && start->signature.pass != dump->pass)
      return llvm::createStringError(
          "%s: pass '%s' failed, but before.mlir does otherwise: %s",
          folder.str().c_str(), dump->pass.c_str(),
          start->signature.describe().c_str());
    return start;
  }
  return accept(std::move(*module), tool(), "its last stage");
}

llvm::Expected<Start> Finder::fromModule(StringRef path) {
  takeCommand(options.command, path);
  auto module = readModule(path, context);
  if (!module)
    return module.takeError();
  if (options.command.empty())
    if (auto text = llvm::MemoryBuffer::getFile(path))
      if (std::string pipeline = findPipeline((*text)->getBuffer());
          !pipeline.empty())
        return accept(std::move(*module), passes(pipeline), "the file");
  return accept(std::move(*module), tool(), "the file");
}

std::optional<Signature> Finder::runProgram(StringRef path,
                                            ArrayRef<std::string> more) {
  Command command{{options.tools + "/graphc", path.str(),
                   "--dump-dir=", "--emit=" + emitted, "-o", "{out}"}};
  llvm::append_range(command.words, words);
  llvm::append_range(command.words, more);
  return runOn(command, StringRef());
}

/// The only folder in `parent`; empty when there is none.
static std::string onlyFolder(StringRef parent) {
  std::error_code error;
  llvm::sys::fs::directory_iterator it(parent, error), end;
  return error || it == end ? "" : it->path();
}

llvm::Expected<Start> Finder::fromProgram(StringRef path) {
  if (options.command.size())
    takeCommand(options.command, path);
  QueryOptions once = queries;
  once.script.clear();
  std::optional<Signature> wanted = runProgram(path, {});
  if (!wanted && options.script.empty())
    return llvm::createStringError(
        "%s: compiles, so there is nothing to reduce; give the options that "
        "it fails with behind --",
        path.str().c_str());
  if (options.script.empty() &&
      (wanted->stage == "load" || wanted->stage == "import"))
    return llvm::createStringError(
        "%s: fails in stage '%s', before there is IR to reduce: %s",
        path.str().c_str(), wanted->stage.c_str(), wanted->reason.c_str());
  // Every form in turn: as it was imported, without the values of weights;
  // then the IR behind each stage, with them.
  Command print{{options.tools + "/graphc", path.str(), "--keep-weights"}};
  llvm::append_range(print.words, words);
  for (StringRef form :
       {"imported", "graph", "linalg", "kernel", "buffers", "scheduled"}) {
    std::string file = (scratch + "/" + form + ".mlir").str();
    Command command = print;
    if (form == "imported") {
      std::string folder = (scratch + "/imported").str();
      command.words.insert(command.words.end(),
                           {"--fail-at-pass=graph-optimization",
                            "--dump-dir=" + folder, "--emit=graph", "-o",
                            "/dev/null"});
      runOn(command, StringRef());
      file = onlyFolder(folder) + "/before.mlir";
    } else {
      command.words.insert(command.words.end(), {("--emit=" + form).str(), "-o",
                                                 file, "--dump-dir="});
      runOn(command, StringRef());
    }
    if (!llvm::sys::fs::exists(file))
      continue;
    auto module = readModule(file, context);
    if (!module) {
      llvm::consumeError(module.takeError());
      continue;
    }
    std::optional<Signature> signature = runOn(tool(), *module);
    if (signature && (!options.script.empty() || *signature == *wanted))
      return Start{std::move(*module), tool(), *signature,
                   form == "imported" ? "the imported graph" : form.str()};
  }
  return llvm::createStringError(
      "%s: no form of its IR fails as it does: %s; reduce the folder of its "
      "failure",
      path.str().c_str(), wanted->describe().c_str());
}

llvm::Expected<Start> graphc::reduce::findStart(const ReduceOptions &options,
                                                const QueryOptions &queries,
                                                StringRef scratch,
                                                MLIRContext &context) {
  Finder finder(options, queries, scratch, context);
  if (llvm::sys::fs::is_directory(options.input))
    return finder.fromFolder(options.input);
  if (!llvm::sys::fs::exists(options.input))
    return llvm::createStringError("%s: no such file", options.input.c_str());
  if (StringRef(options.input).ends_with(".mlir"))
    return finder.fromModule(options.input);
  return finder.fromProgram(options.input);
}
