//===- Reduce.cpp - Smaller modules that fail the same way ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Reduce/Reduce.h"

#include "Reducer.h"
#include "Start.h"

#include "graphc/Pipelines/Registration.h"
#include "graphc/Support/OutputFiles.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;
using Clock = std::chrono::steady_clock;

/// graphc and graphc-opt limit the stage to what fails, so that candidates that
/// do not fail end soon.
static void stopBehindStage(Command &command, StringRef stage) {
  static constexpr std::pair<StringLiteral, StringLiteral> emitted[] = {
      {"graph-optimization", "graph"},  {"graph-to-linalg", "linalg"},
      {"linalg-to-kernel", "kernel"},   {"cpu-pack", "kernel"},
      {"kernel-to-buffers", "buffers"}, {"cpu-schedule", "scheduled"},
  };
  for (auto [name, emit] : emitted)
    if (name == stage)
      for (std::string &word : command.words)
        if (StringRef(word).starts_with("--emit="))
          word = ("--emit=" + emit).str();
}

/// The result with how to use it in front.
static std::string withHeader(StringRef text, const Start &start,
                              StringRef output, StringRef script) {
  std::string commented = start.signature.describe();
  llvm::replace(commented, '\n', ' ');
  StringRef name = llvm::sys::path::filename(output);
  return ("// graphc-reduce: " + commented + "\n// Again: " +
          (script.empty() ? start.command.describe(name)
                          : (script + " " + name).str()) +
          "\n" + text)
      .str();
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

static std::string countText(unsigned count, StringRef what) {
  return (Twine(count) + " " + what + (count == 1 ? "" : "s")).str();
}

/// The text that people like better, if it means the same to the tools. A
/// process of its own prints it: printers rely on passes that did their work.
static std::string choosePretty(ModuleOp module, const ReduceOptions &options,
                                StringRef scratch, QueryRunner &queries,
                                const QueryOptions &limits,
                                const Signature &wanted) {
  std::string plain = printModule(module);
  std::string path = (scratch + "/pretty.mlir").str();
  Command printer{{options.tools + "/graphc-opt", "{}",
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

llvm::Error graphc::reduceFailure(const ReduceOptions &options) {
  auto begin = Clock::now();
  llvm::SmallString<128> scratch;
  if (std::error_code code =
          llvm::sys::fs::createUniqueDirectory("graphc-reduce", scratch))
    return llvm::createStringError(code, "no folder for temporary files: " +
                                             code.message());
  llvm::scope_exit clean([&] { llvm::sys::fs::remove_directories(scratch); });

  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.allowUnregisteredDialects();
  QueryOptions queryOptions;
  queryOptions.script = options.script;
  queryOptions.jobs = options.jobs;
  queryOptions.timeLimit = options.queryTimeLimit;
  queryOptions.memoryLimit = options.memoryLimit;
  llvm::Expected<Start> start =
      findStart(options, queryOptions, scratch, context);
  if (!start)
    return start.takeError();
  stopBehindStage(start->command, start->signature.stage);
  llvm::outs() << "from " << start->stage << " ("
               << countText(countOps(*start->module), "op")
               << "): " << start->signature.describe() << '\n';
  llvm::outs().flush();

  QueryRunner queries(start->command, scratch.str().str(), queryOptions);
  if (options.resume) {
    auto earlier = readModule(options.output, context);
    if (!earlier)
      return earlier.takeError();
    if (!queries.findFirst({printModule(**earlier)}, start->signature))
      return llvm::createStringError(
          "%s: does not fail as %s does, so it is no earlier result of it",
          options.output.c_str(), options.input.c_str());
    start->module = std::move(*earlier);
  }
  queries.setDeadline(begin + options.timeLimit);
  auto save = [&](StringRef text) {
    return writeFile(options.output,
                     withHeader(text, *start, options.output, options.script));
  };
  Reducer reducer(queries, start->signature, save, options.verbose);
  if (llvm::Error error = reducer.run(start->module))
    return error;
  bool isLate = queries.isLate();
  queries.setDeadline(Clock::now() + options.queryTimeLimit);
  if (llvm::Error error =
          save(choosePretty(*start->module, options, scratch, queries,
                            queryOptions, start->signature)))
    return error;
  std::chrono::duration<double> time = Clock::now() - begin;
  llvm::outs() << options.output << ": "
               << countText(countOps(*start->module), "op") << ", "
               << queries.getNumQueries() << " compilations, "
               << llvm::format("%.1f s", time.count());
  if (isLate)
    llvm::outs() << "; the time was over, --resume goes on";
  llvm::outs() << '\n';
  return llvm::Error::success();
}
