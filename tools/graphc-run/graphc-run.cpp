//===- graphc-run.cpp - Runs compiled modules -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"
#include "Listing.h"
#include "NonFinite.h"
#include "Profile.h"
#include "Repeats.h"

#include "graphc/Support/CodedError.h"
#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/ParseOptions.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace graphc::run;
namespace cl = llvm::cl;

enum ExitStatus { Success = 0, Failure = 1, Usage = 2 };

namespace {
/// The options. Made after those of LLVM's library are gone from the parser,
/// some of which have the same names.
struct CommandLine {
  CommandLine() = default;

  cl::OptionCategory category{"graphc-run options"};
  cl::opt<std::string> module{cl::Positional, cl::desc("MODULE.so"),
                              cl::cat(category)};
  cl::opt<std::string> inputs{"inputs", cl::value_desc("dir"),
                              cl::desc("Folder with the inputs"),
                              cl::cat(category)};
  cl::opt<std::string> outputs{
      "outputs", cl::value_desc("dir"),
      cl::desc("Folder that the outputs are written to"), cl::cat(category)};
  cl::opt<std::string> weights{"weights", cl::value_desc("path"),
                               cl::desc("Weights file, or its folder"),
                               cl::cat(category)};
  cl::opt<int> threads{"threads", cl::value_desc("n"), cl::init(0),
                       cl::desc("Threads; 0: one per processor"),
                       cl::cat(category)};
  cl::opt<int> device{"device", cl::value_desc("n"), cl::init(0),
                      cl::desc("GPU, as its driver counts"), cl::cat(category)};
  cl::opt<std::string> driver{
      "driver", cl::value_desc("path"),
      cl::desc("Library of the GPU's driver (default: libcuda.so.1)"),
      cl::cat(category)};
  cl::opt<std::string> graphs{
      "graphs", cl::value_desc("auto|off"), cl::init("auto"),
      cl::desc("Record runs on a GPU and replay them (default: auto)"),
      cl::cat(category)};
  cl::opt<unsigned> repeat{
      "repeat", cl::value_desc("n"), cl::init(0),
      cl::desc("Run n times more; all have to give the same bits"),
      cl::cat(category)};
  cl::opt<int64_t> seed{"seed", cl::value_desc("n"),
                        cl::desc("Seed of random numbers"), cl::cat(category)};
  cl::opt<bool> bench{"bench", cl::desc("Time many runs"), cl::cat(category)};
  cl::opt<double> seconds{"seconds", cl::value_desc("s"), cl::init(3),
                          cl::desc("How long --bench and --profile run"),
                          cl::cat(category)};
  cl::opt<std::string> profile{
      "profile", cl::ValueOptional, cl::value_desc("file"),
      cl::desc("Time every kernel; to a file: as JSON, too"),
      cl::cat(category)};
  cl::opt<std::string> trap{
      "trap-nonfinite", cl::ValueOptional, cl::value_desc("nan|any"),
      cl::desc("Find the first kernel that makes NaN or infinity"),
      cl::cat(category)};
  cl::opt<std::string> reference{
      "compare-with-reference", cl::value_desc("model"),
      cl::desc("Compare what kernels compute with float64"), cl::cat(category)};
  cl::opt<std::string> json{"json", cl::value_desc("file"),
                            cl::desc("Write the comparison to a file, as JSON"),
                            cl::cat(category)};
  cl::opt<bool> kernels{"kernels",
                        cl::desc("With --list: the kernels and their nodes"),
                        cl::cat(category)};
  cl::opt<bool> list{"list",
                     cl::desc("Print what the module takes and returns"),
                     cl::cat(category)};
};
} // namespace

static int fail(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [](const llvm::ErrorInfoBase &info) {
    llvm::errs() << graphc::formatError("graphc-run",
                                        graphc::getCode(info, "tensor-file"),
                                        info.message())
                 << '\n';
  });
  return Failure;
}

static int misuse(const llvm::Twine &message) {
  llvm::errs() << graphc::formatError(
                      "graphc-run", "usage", message,
                      "graphc-run MODULE.so --inputs DIR [--outputs DIR] "
                      "[--bench] [--threads N]; see graphc-run --help")
               << '\n';
  return Usage;
}

static llvm::Error write(const Results &results, const std::string &folder) {
  if (llvm::Error error = writeValues(folder, results.outputs))
    return error;
  if (!results.mutated.empty())
    return writeValues(folder + "/mutated", results.mutated);
  // What an earlier run of another module left there.
  llvm::sys::fs::remove(folder + "/mutated/manifest.json");
  return llvm::Error::success();
}

static llvm::Error
writeText(const std::string &path,
          llvm::function_ref<void(llvm::raw_ostream &)> print) {
  std::error_code code;
  llvm::raw_fd_ostream os(path, code);
  if (!code) {
    print(os);
    os.close();
    code = os.error();
    os.clear_error();
  }
  if (!code)
    return llvm::Error::success();
  return graphc::makeError("output-write",
                           "cannot write '" + path + "': " + code.message());
}

namespace {
/// What watches the first run.
struct Watchers {
  std::optional<NonFiniteTrap> trap;
  std::optional<Comparison> comparison;
  ReferenceValues reference;

  static void observe(void *user, const graphc_event *event) {
    auto *self = static_cast<Watchers *>(user);
    if (self->trap)
      self->trap->see(*event);
    if (self->comparison)
      self->comparison->see(*event);
  }
};
} // namespace

/// Reports what watching a run has shown; true in `isBad` for numbers that
/// should not be.
static llvm::Error watchRun(const graphc_module *module, Session &session,
                            const CommandLine &given, llvm::StringRef program,
                            bool &isBad) {
  Watchers watchers;
  if (llvm::Error error = session.observe(Watchers::observe, &watchers))
    return error;
  bool compares = !given.reference.empty();
  if (compares)
    if (llvm::Error error =
            watchers.reference.evaluate(program, given.reference, given.inputs))
      return error;
  if (given.trap.getNumOccurrences())
    watchers.trap.emplace(*module, given.trap != "nan");
  if (compares)
    watchers.comparison.emplace(*module, watchers.reference);
  if (llvm::Error error = session.run())
    return error;
  if (llvm::Error error = session.observe(nullptr, nullptr))
    return error;
  if (watchers.trap)
    isBad |= watchers.trap->report(llvm::outs(),
                                   compares ? &watchers.reference : nullptr);
  if (!compares)
    return llvm::Error::success();
  Comparison &comparison = *watchers.comparison;
  if (llvm::Error error = comparison.compareOutputs(session.getResults()))
    return error;
  comparison.print(llvm::outs());
  isBad |= comparison.isWrong();
  if (given.json.empty())
    return llvm::Error::success();
  return writeText(given.json,
                   [&](llvm::raw_ostream &os) { comparison.write(os); });
}

static llvm::Error profileRuns(const graphc_module *module, Session &session,
                               const graphc_options &options,
                               const CommandLine &given) {
  llvm::Expected<Profile> result =
      profile(session, *module, options, given.seconds);
  if (!result)
    return result.takeError();
  printProfile(llvm::outs(), *module, *result);
  if (given.profile.empty())
    return llvm::Error::success();
  return writeText(given.profile, [&](llvm::raw_ostream &os) {
    writeProfile(os, *module, *result);
  });
}

/// Writes the results of the run before, and compares them with more runs.
static llvm::Error useResults(Session &session, const CommandLine &given,
                              bool &isBad) {
  if (given.outputs.empty() && !given.repeat)
    return llvm::Error::success();
  llvm::Expected<Results> results = session.collect();
  if (!results)
    return results.takeError();
  if (!given.outputs.empty())
    if (llvm::Error error = write(*results, given.outputs))
      return error;
  if (!given.repeat)
    return llvm::Error::success();
  llvm::Expected<bool> differs =
      repeatRuns(session, *results, given.repeat, llvm::outs());
  if (!differs)
    return differs.takeError();
  isBad |= *differs;
  return llvm::Error::success();
}

static int runModule(const graphc_module *module, const CommandLine &given,
                     llvm::StringRef program) {
  if (module->external && !given.reference.empty())
    return fail(graphc::makeError(
        "run-argument",
        "--compare-with-reference evaluates the model with its own weights, "
        "while this module takes them from a file; compile it with "
        "--weights=embed"));
  if (given.seed.getNumOccurrences() && !given.reference.empty())
    return fail(graphc::makeError(
        "run-argument",
        "--compare-with-reference evaluates the model with the seed that it "
        "begins with, so it takes no --seed"));
  llvm::Expected<std::vector<Value>> arguments = readValues(given.inputs);
  if (!arguments)
    return fail(arguments.takeError());
  auto textOrNull = [](const std::string &text) {
    return text.empty() ? nullptr : text.c_str();
  };
  graphc_options options = {};
  options.threads = given.threads;
  options.weights_path = textOrNull(given.weights);
  options.device = given.device;
  options.driver = textOrNull(given.driver);
  options.graphs =
      given.graphs == "off" ? GRAPHC_GRAPHS_OFF : GRAPHC_GRAPHS_AUTO;
  Session session;
  if (llvm::Error error =
          session.prepare(module, options, std::move(*arguments)))
    return fail(std::move(error));
  if (given.seed.getNumOccurrences())
    if (llvm::Error error = session.seed(given.seed))
      return fail(std::move(error));
  if (module->device &&
      (given.trap.getNumOccurrences() || !given.reference.empty()))
    return fail(graphc::makeError(
        "run-argument",
        "--trap-nonfinite and --compare-with-reference are for modules that "
        "run on the CPU"));
  bool watches = given.trap.getNumOccurrences() || !given.reference.empty();
  bool isBad = false;
  if (llvm::Error error = watches
                              ? watchRun(module, session, given, program, isBad)
                              : session.run())
    return fail(std::move(error));
  if (llvm::Error error = useResults(session, given, isBad))
    return fail(std::move(error));
  if (given.profile.getNumOccurrences())
    if (llvm::Error error = profileRuns(module, session, options, given))
      return fail(std::move(error));
  if (!given.bench)
    return isBad ? Failure : Success;
  llvm::Expected<BenchResult> result = session.bench(given.seconds);
  if (!result)
    return fail(result.takeError());
  llvm::outs() << llvm::format(
      "{\"median_ms\": %.6f, \"min_ms\": %.6f, \"runs\": %zu", result->medianMs,
      result->minMs, result->runs);
  if (module->device)
    llvm::outs() << ", \"bytes_to_device\": " << result->bytesToDevice
                 << ", \"bytes_to_host\": " << result->bytesToHost;
  llvm::outs() << "}\n";
  return isBad ? Failure : Success;
}

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  CommandLine given;
  if (std::string problem =
          graphc::parseOptions(argc, argv, "Runs a compiled module\n");
      !problem.empty())
    return misuse(problem);
  if (given.module.empty())
    return misuse("no module given");
  if (given.inputs.empty() && !given.list)
    return misuse("--inputs is missing");
  if (given.threads < 0 || !(given.seconds > 0))
    return misuse("--threads and --seconds must be positive");
  if (given.trap.getNumOccurrences() && !given.trap.empty() &&
      given.trap != "nan" && given.trap != "any")
    return misuse("--trap-nonfinite takes nan or any");
  if (given.graphs != "auto" && given.graphs != "off")
    return misuse("--graphs takes auto or off");
  if (given.kernels && !given.list)
    return misuse("--kernels goes with --list");
  if (!given.json.empty() && given.reference.empty())
    return misuse("--json goes with --compare-with-reference");
  llvm::Expected<const graphc_module *> module = loadModule(given.module);
  if (!module)
    return fail(module.takeError());
  if (given.list)
    printModule(llvm::outs(), **module);
  if (given.kernels) {
    if (!(*module)->is_instrumented)
      return fail(graphc::makeError(
          "run-argument",
          "the module does not know its kernels, compile it with "
          "--instrument"));
    printKernels(llvm::outs(), **module);
  }
  return given.inputs.empty() ? Success : runModule(*module, given, argv[0]);
}
