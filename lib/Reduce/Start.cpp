//===- Start.cpp - Where to begin -----------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Start.h"

#include "DumpReader.h"
#include "FileSubject.h"
#include "ProgramSubject.h"
#include "ToolCommand.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
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

static llvm::Expected<std::unique_ptr<Subject>> readFile(StringRef path) {
  auto bytes = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                           /*RequiresNullTerminator=*/false);
  if (!bytes)
    return llvm::createStringError("%s: cannot open: %s", path.str().c_str(),
                                   bytes.getError().message().c_str());
  return std::make_unique<FileSubject>((*bytes)->getBuffer().str());
}

llvm::Expected<std::unique_ptr<Subject>>
graphc::reduce::readSubject(StringRef path, MLIRContext &context) {
  if (!path.ends_with(".mlir")) {
    if (path.ends_with(".py"))
      if (auto program = loader::load(path.str()))
        return std::make_unique<ProgramSubject>(std::move(*program));
    return readFile(path);
  }
  auto module = readModule(path, context);
  if (!module)
    return module.takeError();
  return std::make_unique<ModuleSubject>(std::move(*module));
}

namespace {
class Finder {
public:
  Finder(const ReduceOptions &options, const QueryOptions &queries,
         StringRef scratch, MLIRContext &context)
      : options(options), queries(queries), scratch(scratch), context(context),
        tool(options.tools) {
    if (options.wrongNumber)
      tool.checkNumbers();
  }

  llvm::Expected<Start> fromFolder(StringRef folder);
  llvm::Expected<Start> fromModule(StringRef path);
  llvm::Expected<Start> fromProgram(StringRef path);

private:
  using MakeCommand = llvm::function_ref<Command()>;

  std::optional<Signature> runOn(const Command &command, StringRef text);
  std::optional<Signature> runOn(const Command &command,
                                 const Subject &subject) {
    return runOn(command, subject.getText());
  }
  /// Whether a failure is of the kind that is looked for.
  bool isKind(const std::optional<Signature> &signature) const {
    return signature && (!tool.isChecked() || !options.wrongNumber ||
                         !signature->difference.empty());
  }
  llvm::Expected<Start> accept(std::unique_ptr<Subject> subject,
                               MakeCommand command, StringRef stage);
  llvm::Expected<Start> fromDumpedModule(const Dump &dump, StringRef folder);
  llvm::Expected<Start> fromInput(StringRef path, const Signature &wanted);
  /// A form of a program's IR; null when the program does not come to it.
  std::unique_ptr<Subject> makeForm(StringRef path, StringRef form);
  /// A time that shows that something hangs.
  void limitHangs();

  const ReduceOptions &options;
  QueryOptions queries;
  StringRef scratch;
  MLIRContext &context;
  ToolCommand tool;
};
} // namespace

std::optional<Signature> Finder::runOn(const Command &command, StringRef text) {
  return QueryRunner(command, scratch.str(), queries).run(text);
}

void Finder::limitHangs() {
  if (options.queryTimeLimit.count())
    return;
  // Every candidate that is wanted takes all of it.
  constexpr double longest = 5;
  double given = tool.getTimeLimit();
  double limit = given > 0 ? std::min(given, longest) : longest;
  queries.timeLimit = std::chrono::milliseconds(int64_t(limit * 1000));
}

/// Once more with a shorter time, if it hangs.
llvm::Expected<Start> Finder::accept(std::unique_ptr<Subject> subject,
                                     MakeCommand makeCommand, StringRef stage) {
  Command command = makeCommand();
  std::optional<Signature> signature = runOn(command, *subject);
  if (!isKind(signature) && tool.hasInputs()) {
    tool.keepInputs();
    command = makeCommand();
    signature = runOn(command, *subject);
  }
  if (signature && signature->isTimeout()) {
    auto before = queries.timeLimit;
    limitHangs();
    if (queries.timeLimit < before)
      signature = runOn(command, *subject);
    command.words.push_back("--time-limit=" +
                            std::to_string(queries.timeLimit.count() / 1000.0));
  }
  if (!isKind(signature)) {
    StringRef problem =
        !options.script.empty()
            ? "the script does not want it, so there is nothing to keep"
        : signature && options.wrongNumber
            ? "fails before a pass computes wrong numbers, so that is to be "
              "reduced first: leave --wrong-number out"
        : tool.isChecked()
            ? "computes the same numbers behind every pass, so there is "
              "nothing to keep; give the options that it is wrong with behind "
              "--"
            : "does not fail, so there is nothing to keep; give the options "
              "that it fails with behind --";
    return llvm::createStringError("%s: %s", options.input.c_str(),
                                   problem.str().c_str());
  }
  return Start{std::move(subject), std::move(command), queries,
               std::move(*signature), stage.str()};
}

//===----------------------------------------------------------------------===//
// Folders of failures
//===----------------------------------------------------------------------===//

llvm::Expected<Start> Finder::fromDumpedModule(const Dump &dump,
                                               StringRef folder) {
  auto module = readModule(dump.module, context);
  if (!module)
    return module.takeError();
  auto subject = std::make_unique<ModuleSubject>(std::move(*module));
  if (dump.pipeline.empty())
    return accept(
        std::move(subject), [&] { return tool.tool(); }, "its last stage");
  llvm::Expected<Start> start = accept(
      std::move(subject), [&] { return tool.passes(dump.pipeline); },
      "its last pass");
  // Values of weights are not in the folder.
  if (start && options.script.empty() &&
      (start->signature.pass != dump.pass ||
       start->signature.difference != dump.difference))
    return llvm::createStringError(
        "%s: pass '%s' failed, but before.mlir does otherwise: %s",
        folder.str().c_str(), dump.pass.c_str(),
        start->signature.describe().c_str());
  return start;
}

llvm::Expected<Start> Finder::fromFolder(StringRef folder) {
  llvm::Expected<Dump> dump = readDump(folder);
  if (!dump)
    return dump.takeError();
  tool.take(options.command.empty() ? dump->command : options.command,
            dump->input);
  if (dump->isEndless)
    limitHangs();
  if (dump->memoryLimit)
    queries.memoryLimit = std::min(queries.memoryLimit, dump->memoryLimit);
  bool hasInput = !dump->input.empty() && llvm::sys::fs::exists(dump->input);
  if (!dump->module.empty()) {
    llvm::Expected<Start> start = fromDumpedModule(*dump, folder);
    // Values of weights are not in the folder, and may be what makes numbers
    // wrong.
    bool hasValues = hasInput && tool.isChecked() &&
                     !StringRef(dump->input).ends_with(".mlir");
    if (start || !hasValues)
      return start;
    llvm::consumeError(start.takeError());
    return fromProgram(dump->input);
  }
  if (hasInput)
    return StringRef(dump->input).ends_with(".mlir") ? fromModule(dump->input)
                                                     : fromProgram(dump->input);
  return llvm::createStringError(
      "%s: the failure came before there was IR, and its input '%s' is not "
      "there any more",
      folder.str().c_str(), dump->input.c_str());
}

//===----------------------------------------------------------------------===//
// Modules and programs
//===----------------------------------------------------------------------===//

llvm::Expected<Start> Finder::fromModule(StringRef path) {
  if (options.command.size())
    tool.take(options.command, path);
  auto module = readModule(path, context);
  if (!module)
    return module.takeError();
  auto subject = std::make_unique<ModuleSubject>(std::move(*module));
  std::string pipeline;
  if (auto text = llvm::MemoryBuffer::getFile(path))
    pipeline = findPipeline((*text)->getBuffer());
  if (options.command.empty() && !pipeline.empty())
    return accept(
        std::move(subject), [&] { return tool.passes(pipeline); }, "the file");
  return accept(std::move(subject), [&] { return tool.tool(); }, "the file");
}

/// The only folder in `parent`; empty when there is none.
static std::string onlyFolder(StringRef parent) {
  std::error_code error;
  llvm::sys::fs::directory_iterator it(parent, error), end;
  return error || it == end ? "" : it->path();
}

std::unique_ptr<Subject> Finder::makeForm(StringRef path, StringRef form) {
  QueryOptions silent = queries;
  silent.script.clear();
  Command command{{options.tools + "/graphc", path.str(), "--keep-weights"}};
  llvm::append_range(command.words, tool.getWords());
  std::string file = (scratch + "/" + form + ".mlir").str();
  std::string folder = (scratch + "/" + form).str();
  if (form == "imported")
    command.words.insert(command.words.end(),
                         {"--fail-at-pass=graph-optimization",
                          "--dump-dir=" + folder, "--dump-weights",
                          "--emit=graph", "-o", "/dev/null"});
  else
    command.words.insert(command.words.end(),
                         {("--emit=" + form).str(), "-o", file, "--dump-dir="});
  QueryRunner(command, scratch.str(), silent).run("");
  if (form == "imported")
    file = onlyFolder(folder) + "/before.mlir";
  if (!llvm::sys::fs::exists(file))
    return nullptr;
  auto module = readModule(file, context);
  if (module)
    return std::make_unique<ModuleSubject>(std::move(*module));
  llvm::consumeError(module.takeError());
  return nullptr;
}

/// What fails before there is IR: as a program that can be written as a text,
/// or else byte by byte.
llvm::Expected<Start> Finder::fromInput(StringRef path,
                                        const Signature &wanted) {
  Command command = tool.program("{}");
  auto isSame = [&](const Subject &subject) {
    std::optional<Signature> signature = runOn(command, subject);
    return signature && (!options.script.empty() || *signature == wanted);
  };
  loader::LoadOptions load;
  load.model = tool.getValue("-model");
  load.contentStore = tool.getValue("-content-store");
  if (auto program = loader::load(path.str(), load)) {
    auto subject = std::make_unique<ProgramSubject>(std::move(*program));
    command.extension = ".py";
    if (isSame(*subject))
      return Start{std::move(subject), command, queries, wanted,
                   "the loaded program"};
  }
  auto subject = readFile(path);
  if (!subject)
    return subject.takeError();
  command.extension = llvm::sys::path::extension(path).str();
  if (isSame(**subject))
    return Start{std::move(*subject), command, queries, wanted, "the file"};
  return llvm::createStringError(
      "%s: a copy of it does not fail as it does: %s", path.str().c_str(),
      wanted.describe().c_str());
}

llvm::Expected<Start> Finder::fromProgram(StringRef path) {
  if (options.command.size())
    tool.take(options.command, path);
  Command whole = tool.program(path);
  std::optional<Signature> wanted = runOn(whole, "");
  if (!isKind(wanted) && tool.hasInputs()) {
    tool.keepInputs();
    whole = tool.program(path);
    wanted = runOn(whole, "");
  }
  if (options.script.empty() && !isKind(wanted))
    return llvm::createStringError(
        "%s: %s, so there is nothing to reduce; give the options that it fails "
        "with behind --",
        path.str().c_str(),
        !tool.isChecked() ? "compiles"
        : wanted          ? "fails before a pass computes wrong numbers"
                 : "compiles, with the same numbers behind every pass");
  if (options.script.empty() && wanted->isOfInput())
    return fromInput(path, *wanted);
  if (wanted && wanted->isTimeout())
    limitHangs();
  // Every form in turn.
  for (StringRef form :
       {"imported", "graph", "linalg", "kernel", "buffers", "scheduled"}) {
    std::unique_ptr<Subject> subject = makeForm(path, form);
    if (!subject)
      continue;
    auto start = accept(
        std::move(subject), [&] { return tool.tool(); },
        form == "imported" ? "the imported graph" : form);
    if (start && (!options.script.empty() || start->signature == *wanted))
      return start;
    if (!start)
      llvm::consumeError(start.takeError());
  }
  if (!options.script.empty())
    return fromInput(path, Signature());
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
  llvm::SmallString<256> path(options.input);
  llvm::sys::fs::make_absolute(path);
  return path.ends_with(".mlir") ? finder.fromModule(path)
                                 : finder.fromProgram(path);
}
