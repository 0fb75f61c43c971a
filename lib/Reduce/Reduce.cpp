//===- Reduce.cpp - Smaller modules that fail the same way ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Reduce/Reduce.h"

#include "Output.h"
#include "Reducer.h"
#include "Start.h"

#include "graphc/Pipelines/Registration.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;
using Clock = std::chrono::steady_clock;

/// graphc is told to stop behind what fails, so that candidates that do not
/// fail end soon.
static void stopBehindStage(Command &command, StringRef stage) {
  static constexpr std::pair<StringLiteral, StringLiteral> emitted[] = {
      {"import", "graph"},           {"graph-optimization", "graph"},
      {"graph-to-linalg", "linalg"}, {"linalg-to-kernel", "kernel"},
      {"cpu-pack", "kernel"},        {"kernel-to-buffers", "buffers"},
      {"cpu-schedule", "scheduled"},
  };
  for (auto [name, emit] : emitted)
    if (name == stage)
      for (std::string &word : command.words)
        if (StringRef(word).starts_with("--emit="))
          word = ("--emit=" + emit).str();
}

/// The text that people like better, if it means the same to the tools. A
/// process of its own prints it: printers rely on passes that did their work.
static std::string choosePretty(ModuleOp module, StringRef tools,
                                StringRef scratch, QueryRunner &queries,
                                const QueryOptions &limits,
                                const Signature &wanted) {
  std::string plain = printModule(module);
  std::string path = (scratch + "/pretty.mlir").str();
  Command printer{{(tools + "/graphc-opt").str(), "{}",
                   "--dump-dir=", "--allow-unregistered-dialect", "-o", path}};
  bool hasLocations = false;
  module.walk(
      [&](Operation *op) { hasLocations |= !isa<UnknownLoc>(op->getLoc()); });
  if (hasLocations)
    printer.words.push_back("--mlir-print-debuginfo");
  QueryOptions silent = limits;
  silent.script.clear();
  QueryRunner(printer, scratch.str(), silent).run(plain);
  auto pretty = llvm::MemoryBuffer::getFile(path);
  if (!pretty)
    return plain;
  std::string text = (*pretty)->getBuffer().str();
  return queries.findFirst({text}, wanted) ? text : plain;
}

static QueryOptions queryOptions(const ReduceOptions &options,
                                 Clock::time_point begin) {
  QueryOptions queries;
  queries.script = options.script;
  queries.jobs = options.jobs;
  if (options.queryTimeLimit.count())
    queries.timeLimit = options.queryTimeLimit;
  queries.memoryLimit = options.memoryLimit;
  // The start is worth some time, even when there is none.
  queries.deadline =
      begin + std::max(options.timeLimit, std::chrono::seconds(5));
  return queries;
}

/// What an earlier search found, if it fails as `start` does.
static llvm::Error goOn(Start &start, const Output &output,
                        QueryRunner &queries, const ReduceOptions &options,
                        MLIRContext &context) {
  auto earlier = readSubject(output.getFile(), context);
  if (!earlier)
    return earlier.takeError();
  if (!queries.findFirst({(*earlier)->getText()}, start.signature))
    return llvm::createStringError(
        "%s: does not fail as %s does, so it is no earlier result of it",
        output.getFile().str().c_str(), options.input.c_str());
  start.subject = std::move(*earlier);
  return llvm::Error::success();
}

static std::string summarize(const Subject &subject, unsigned numQueries,
                             Clock::time_point begin) {
  std::chrono::duration<double> time = Clock::now() - begin;
  std::string text;
  llvm::raw_string_ostream(text)
      << subject.describe() << ", " << numQueries << " compilations, "
      << llvm::format("%.1f s", time.count());
  return text;
}

llvm::Expected<int> graphc::reduceFailure(const ReduceOptions &options) {
  auto begin = Clock::now();
  llvm::SmallString<128> scratch;
  if (std::error_code code =
          llvm::sys::fs::createUniqueDirectory("graphc-reduce", scratch))
    return llvm::createStringError("cannot make a folder for files: %s",
                                   code.message().c_str());
  llvm::scope_exit clean([&] { llvm::sys::fs::remove_directories(scratch); });
  InterruptionScope interruptions;

  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.allowUnregisteredDialects();
  llvm::Expected<Start> start =
      findStart(options, queryOptions(options, begin), scratch, context);
  if (InterruptionScope::getSignal()) {
    if (!start)
      llvm::consumeError(start.takeError());
    llvm::outs() << "interrupted before anything was found\n";
    return InterruptionScope::getSignal();
  }
  if (!start)
    return start.takeError();
  stopBehindStage(start->command, start->signature.stage);
  llvm::outs() << "from " << start->stage << " (" << start->subject->describe()
               << "): " << start->signature.describe() << '\n';
  llvm::outs().flush();
  llvm::Expected<Output> output =
      Output::create(options.output, options.resume, *start, options);
  if (!output)
    return output.takeError();

  ProgressLine progress(options.verbose);
  QueryRunner queries(start->command, scratch.str().str(), start->queries);
  auto showProgress = [&] { progress.show(queries.getNumQueries()); };
  queries.setIdle(showProgress);
  if (options.resume) {
    if (llvm::Error error = goOn(*start, *output, queries, options, context))
      return std::move(error);
  } else if (llvm::Error error = output->save(start->subject->getText())) {
    return std::move(error);
  }
  queries.setDeadline(begin + options.timeLimit);
  auto save = [&](StringRef text) { return output->save(text); };
  Reducer reducer(queries, start->signature, save, progress);
  auto best = reducer.run(std::move(start->subject));
  progress.clear();
  if (!best)
    return best.takeError();
  bool isLate = queries.isLate();
  int signal = InterruptionScope::getSignal();
  // A nicer text is worth little time.
  start->queries.deadline = Clock::now() + std::chrono::seconds(2);
  queries.setDeadline(start->queries.deadline);
  if (auto *module = dynamic_cast<ModuleSubject *>(best->get());
      module && !signal)
    if (llvm::Error error = output->save(
            choosePretty(module->getModule(), options.tools, scratch, queries,
                         start->queries, start->signature)))
      return std::move(error);
  std::string found = summarize(**best, queries.getNumQueries(), begin);
  if (llvm::Error error = output->finish(found))
    return std::move(error);
  llvm::outs() << output->getFile() << ": " << found;
  if (signal || isLate)
    llvm::outs() << (signal ? "; interrupted" : "; the time was over")
                 << ", --resume goes on";
  llvm::outs() << "\nagain: " << output->describeCommand(output->getFile())
               << '\n';
  return signal;
}
