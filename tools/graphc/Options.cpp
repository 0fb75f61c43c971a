//===- Options.cpp - The command line of graphc ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/ParseOptions.h"
#include "graphc/Support/Pipeline.h"
#include "graphc/Support/Version.h"
#include "graphc/Target/NVPTX/Chip.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace graphc;
namespace cl = llvm::cl;
using llvm::StringRef;

namespace {
/// The options. Made after those of LLVM's libraries are gone from the parser,
/// some of which have the same names.
struct CommandLine {
  CommandLine() = default;

  cl::OptionCategory category{"graphc options"};

  // Every option may be given again, and the last one counts: replays add to
  // the command line of a failure.
  cl::opt<std::string> input{cl::Positional, cl::desc("INPUT"),
                             cl::cat(category)};
  cl::opt<std::string> output{"o", cl::ZeroOrMore, cl::cat(category),
                              cl::desc("Output file; its extension says "
                                       "what to make"),
                              cl::value_desc("file")};
  cl::opt<Emit> emit{
      "emit", cl::ZeroOrMore, cl::cat(category), cl::desc("Stop after a stage"),
      cl::values(
          clEnumValN(Emit::Program, "program", "the input as FX text"),
          clEnumValN(Emit::Graph, "graph", "graph dialect, simplified"),
          clEnumValN(Emit::Linalg, "linalg", "linalg on tensors"),
          clEnumValN(Emit::Kernel, "kernel", "fused kernel regions"),
          clEnumValN(Emit::Buffers, "buffers", "kernels over planned memory"),
          clEnumValN(Emit::Scheduled, "scheduled", "loops over vectors"),
          clEnumValN(Emit::LLVM, "llvm", "LLVM IR (.ll)"),
          clEnumValN(Emit::Ptx, "ptx", "code of the first GPU named (.ptx)"),
          clEnumValN(Emit::Asm, "asm", "assembly (.s)"),
          clEnumValN(Emit::Obj, "obj", "object and header (.o, .h)"),
          clEnumValN(Emit::So, "so", "shared library and header (.so, .h)"))};
  cl::opt<std::string> target{
      "target", cl::ZeroOrMore, cl::cat(category), cl::init("native"),
      cl::desc("native, x86-64-v3, x86-64-v4, aarch64-linux-gnu, a CPU; "
               "nvptx:sm_90a,sm_80: GPUs")};
  cl::opt<bool> emulateGPU{
      "emulate-gpu", cl::ZeroOrMore, cl::cat(category),
      cl::desc("Add code for the emulator of a GPU, for tests")};
  cl::opt<bool> allowTF32{
      "allow-tf32", cl::ZeroOrMore, cl::cat(category),
      cl::desc("GPUs: round operands of products and convolutions in f32 to "
               "tf32, for tensor cores")};
  cl::opt<unsigned> threads{
      "threads", cl::ZeroOrMore, cl::cat(category), cl::init(0),
      cl::desc("1: code without OpenMP; otherwise chosen at run time")};
  cl::opt<char> optLevel{"O",
                         cl::Prefix,
                         cl::ZeroOrMore,
                         cl::cat(category),
                         cl::init('3'),
                         cl::desc("Optimization level, 0 to 3")};
  cl::opt<DriverOptions::Weights> weights{
      "weights",
      cl::ZeroOrMore,
      cl::cat(category),
      cl::init(DriverOptions::Weights::Auto),
      cl::desc("Where weights go"),
      cl::values(
          clEnumValN(DriverOptions::Weights::Auto, "auto",
                     "into the object up to 32 MiB, else into a file"),
          clEnumValN(DriverOptions::Weights::Embed, "embed", "into the object"),
          clEnumValN(DriverOptions::Weights::File, "file",
                     "into a .safetensors file beside the object"),
          clEnumValN(DriverOptions::Weights::Extern, "extern",
                     "nowhere: a file gives the original tensors by name when "
                     "the module is loaded"))};
  cl::opt<std::string> writeWeights{
      "write-weights", cl::ZeroOrMore, cl::cat(category),
      cl::value_desc("file"),
      cl::desc("With --weights=extern: write the original tensors to a "
               ".safetensors file")};
  cl::opt<std::string> dumpDirectory{
      "dump-dir", cl::ZeroOrMore, cl::cat(category),
      cl::desc("Where to keep failures (default: here, also "
               "GRAPHC_DUMP_DIR); empty: nowhere")};
  cl::opt<bool> dumpWeights{
      "dump-weights", cl::ZeroOrMore, cl::cat(category),
      cl::desc("Keep the values of weights with a failure")};
  cl::opt<bool> listOps{"list-ops", cl::cat(category),
                        cl::desc("List the supported overloads")};
  cl::opt<bool> listPasses{"list-passes", cl::cat(category),
                           cl::desc("List the passes of a compilation")};
  cl::opt<bool> listErrors{"list-errors", cl::cat(category),
                           cl::desc("List the codes of errors")};
  cl::opt<std::string> explain{"explain",
                               cl::ZeroOrMore,
                               cl::ValueOptional,
                               cl::cat(category),
                               cl::value_desc("code"),
                               cl::desc("Print the page of an error's code; "
                                        "without one, list all codes")};
  cl::opt<bool> timing{"time", cl::ZeroOrMore, cl::cat(category),
                       cl::desc("Print time and memory of stages and passes")};
  cl::opt<std::string> timeTrace{
      "time-trace", cl::ZeroOrMore, cl::cat(category), cl::value_desc("file"),
      cl::desc("Write the events of stages and passes for Perfetto")};
  cl::opt<bool> saveTemps{
      "save-temps", cl::ZeroOrMore, cl::cat(category),
      cl::desc("Write the IR after every stage beside the output")};
  cl::opt<bool> keepWeights{"keep-weights", cl::ZeroOrMore, cl::cat(category),
                            cl::desc("Print all values of constants")};
  cl::opt<bool> locations{"locations", cl::ZeroOrMore, cl::cat(category),
                          cl::desc("Print source locations of IR")};
  cl::opt<DriverOptions::Format> format{
      "format",
      cl::ZeroOrMore,
      cl::cat(category),
      cl::init(DriverOptions::Format::Text),
      cl::desc("How a module is printed"),
      cl::values(clEnumValN(DriverOptions::Format::Text, "text", "MLIR"),
                 clEnumValN(DriverOptions::Format::Dot, "dot",
                            "a graph in Graphviz's language"),
                 clEnumValN(DriverOptions::Format::Svg, "svg",
                            "the graph drawn by Graphviz"))};
  cl::opt<bool> debugInfo{"debug-info", cl::ZeroOrMore, cl::cat(category),
                          cl::init(true),
                          cl::desc("Lines of the model for debuggers")};
  cl::opt<bool> instrument{
      "instrument", cl::ZeroOrMore, cl::cat(category),
      cl::desc("Let graphc-run watch the kernels of a run")};
  cl::opt<bool> fillElided{
      "fill-elided", cl::ZeroOrMore, cl::cat(category),
      cl::desc("Zeros for values that a .mlir file leaves out")};
  cl::opt<std::string> failAt{"fail-at-pass", cl::ZeroOrMore, cl::cat(category),
                              cl::desc("Let this pass or stage fail")};
  cl::opt<std::string> crashAt{"crash-at-pass", cl::ZeroOrMore,
                               cl::cat(category),
                               cl::desc("Let this pass or stage crash")};
  cl::opt<std::string> hangAt{"hang-at-pass", cl::ZeroOrMore, cl::cat(category),
                              cl::desc("Let this pass or stage never end")};
  cl::opt<std::string> exhaustAt{
      "exhaust-at-pass", cl::ZeroOrMore, cl::cat(category),
      cl::desc("Let this pass or stage run out of memory")};
  cl::opt<double> timeLimit{
      "time-limit", cl::ZeroOrMore, cl::cat(category), cl::init(0),
      cl::desc("Seconds after which a compilation fails; 0: none")};
  cl::opt<std::string> checkPasses{
      "check-passes",
      cl::ZeroOrMore,
      cl::ValueOptional,
      cl::cat(category),
      cl::value_desc("pass,..."),
      cl::desc("Find the first pass that changes what is computed, of all "
               "or of these")};
  cl::opt<std::string> checkInputs{
      "check-inputs", cl::ZeroOrMore, cl::cat(category),
      cl::desc("Folder of inputs for --check-passes (default: random)")};
  cl::opt<std::string> referenceValues{
      "reference-values", cl::ZeroOrMore, cl::Hidden, cl::cat(category),
      cl::desc(
          "Write what every op computes on --check-inputs to this folder")};
  cl::opt<std::string> report{
      "report", cl::ZeroOrMore, cl::cat(category), cl::value_desc("folder"),
      cl::desc("Write a page about the compilation: FOLDER/index.html")};
  cl::opt<std::string> reportProfile{
      "report-profile", cl::ZeroOrMore, cl::cat(category),
      cl::value_desc("file"),
      cl::desc("Times for it, from graphc-run --profile")};
  cl::opt<std::string> seededFault{"seed-fault", cl::ZeroOrMore, cl::Hidden,
                                   cl::cat(category),
                                   cl::desc("Let a pass have this fault")};

  // Loading.
  cl::opt<std::string> model{"model", cl::ZeroOrMore, cl::cat(category),
                             cl::desc("Which program of an archive")};
  cl::opt<std::string> contentStore{
      "content-store", cl::ZeroOrMore, cl::cat(category),
      cl::desc("Where the storages of a repro lie")};
  cl::opt<bool> strict{"strict", cl::ZeroOrMore, cl::cat(category),
                       cl::desc("Refuse unlisted globals of a pickle")};
  cl::opt<bool> verifyChecksums{"verify-checksums", cl::ZeroOrMore,
                                cl::cat(category), cl::init(true),
                                cl::desc("Check the records of archives")};
  cl::opt<uint64_t> maxJsonBytes{"max-json-bytes", cl::ZeroOrMore,
                                 cl::cat(category),
                                 cl::init(loader::LoadOptions().maxJsonBytes),
                                 cl::desc("Largest JSON record")};
  cl::opt<uint64_t> maxTextBytes{"max-text-bytes", cl::ZeroOrMore,
                                 cl::cat(category),
                                 cl::init(loader::LoadOptions().maxTextBytes),
                                 cl::desc("Largest FX text")};
  cl::opt<uint64_t> maxPickleBytes{
      "max-pickle-bytes", cl::ZeroOrMore, cl::cat(category),
      cl::init(loader::LoadOptions().maxPickleBytes),
      cl::desc("Most memory of a pickle's values")};
  cl::opt<uint64_t> maxNodes{"max-nodes", cl::ZeroOrMore, cl::cat(category),
                             cl::init(loader::LoadOptions().maxNodes),
                             cl::desc("Largest number of nodes")};
};
} // namespace

ExitStatus graphc::usageError(const llvm::Twine &message) {
  llvm::errs() << formatError("graphc", "usage", message) << '\n';
  return WrongUsage;
}

static std::optional<Emit> emitFromExtension(StringRef path) {
  StringRef extension = llvm::sys::path::extension(path);
  if (extension == ".o")
    return Emit::Obj;
  if (extension == ".so")
    return Emit::So;
  if (extension == ".s")
    return Emit::Asm;
  if (extension == ".ptx")
    return Emit::Ptx;
  if (extension == ".ll")
    return Emit::LLVM;
  return std::nullopt;
}

static void printVersion(llvm::raw_ostream &os) {
  os << "graphc " << version << " (LLVM " << LLVM_VERSION_STRING << ")\n";
}

static void takeFailureOptions(const CommandLine &given,
                               DriverOptions &options) {
  FailureOptions &failures = options.session.failures;
  chooseDumpDirectory(failures, given.dumpDirectory.getNumOccurrences(),
                      given.dumpDirectory, /*fallback=*/".");
  // Numbers are wrong or right with their weights only.
  failures.dumpWeights =
      given.dumpWeights || given.checkPasses.getNumOccurrences();
  failures.failAt = given.failAt;
  failures.crashAt = given.crashAt;
  failures.hangAt = given.hangAt;
  failures.exhaustAt = given.exhaustAt;
  failures.timeLimit = given.timeLimit;
  failures.showsProgress = true;
  failures.input = given.input;
  failures.output = given.output;
  failures.target = given.target;
  failures.report = given.report;
}

/// `--explain CODE`, whose code stands where the input does, or nothing: then
/// all codes are listed.
static std::optional<ExitStatus> takeExplain(const CommandLine &given,
                                             DriverOptions &options) {
  std::string code =
      given.explain.empty() ? given.input.getValue() : given.explain.getValue();
  if (code.empty()) {
    options.listErrors = true;
    return std::nullopt;
  }
  const ErrorPage *page = findError(code);
  if (page) {
    options.explain = page->code.str();
    return std::nullopt;
  }
  std::vector<std::string> known;
  for (const ErrorPage &other : listErrors())
    known.push_back(other.code.str());
  return usageError("--explain: no error has the code '" + code + "'" +
                    suggestNames(code, known) +
                    "; graphc --list-errors prints all");
}

std::variant<DriverOptions, ExitStatus> graphc::parseCommandLine(int argc,
                                                                 char **argv) {
  cl::ResetCommandLineParser();
  static CommandLine given;
  cl::HideUnrelatedOptions(given.category);
  cl::SetVersionPrinter(printVersion);
  if (std::string problem =
          parseOptions(argc, argv, "graphc: compiles saved PyTorch programs\n",
                       {{"emit", &given.emit.getParser()},
                        {"weights", &given.weights.getParser()},
                        {"format", &given.format.getParser()}});
      !problem.empty())
    return usageError(problem);
  DriverOptions options;
  options.listOps = given.listOps;
  options.listPasses = given.listPasses;
  options.listErrors = given.listErrors;
  options.target = given.target;
  options.threads = given.threads;
  if (given.optLevel < '0' || given.optLevel > '3')
    return usageError("-O takes a level from 0 to 3");
  options.optLevel = given.optLevel - '0';
  if (!isTimeLimit(given.timeLimit))
    return usageError(timeLimitUsage);
  if (given.explain.getNumOccurrences())
    if (std::optional<ExitStatus> problem = takeExplain(given, options))
      return *problem;
  if (options.listOps || options.listPasses || options.listErrors ||
      !options.explain.empty())
    return options;

  if (given.input.empty())
    return usageError("no input file");
  options.input = given.input;
  options.output = given.output;
  if (given.referenceValues.getNumOccurrences()) {
    if (given.checkInputs.empty())
      return usageError("--reference-values needs --check-inputs");
    options.emit = Emit::Graph;
    options.output = "-";
  } else if (given.emit.getNumOccurrences()) {
    options.emit = given.emit;
  } else if (given.output.empty()) {
    return usageError("no output: give -o or --emit");
  } else if (std::optional<Emit> known = emitFromExtension(given.output)) {
    options.emit = *known;
  } else {
    return usageError("what to make of '" + given.output +
                      "'? Known are .o, .so, .s, .ptx and .ll; or give --emit");
  }
  if (options.emit == Emit::Program &&
      StringRef(options.input).ends_with(".mlir"))
    return usageError("--emit=program takes a saved program, no .mlir");
  if (options.output.empty()) {
    if (options.emit >= Emit::Obj)
      return usageError("binary output needs -o");
    options.output = "-";
  }
  if (options.output == "-" && options.emit >= Emit::Obj)
    return usageError("binary output does not go to stdout");
  // A binary has its header beside it, and a linker wants to read what it
  // wrote.
  if (options.emit >= Emit::Obj && llvm::sys::fs::exists(options.output) &&
      !llvm::sys::fs::is_regular_file(options.output))
    return usageError("'" + options.output + "' is no regular file");

  options.weights = given.weights;
  options.writeWeights = given.writeWeights;
  bool areExtern = options.weights == DriverOptions::Weights::Extern;
  options.load.externWeights = areExtern;
  if (!options.writeWeights.empty() &&
      (!areExtern || StringRef(options.input).ends_with(".mlir")))
    return usageError("--write-weights takes a saved program and "
                      "--weights=extern");
  if (areExtern && given.checkPasses.getNumOccurrences())
    return usageError("--check-passes needs the values of weights, which "
                      "--weights=extern leaves out");
  options.keepWeights = given.keepWeights;
  options.locations = given.locations;
  options.format = given.format;
  if (options.format != DriverOptions::Format::Text &&
      (options.emit == Emit::Program || options.emit >= Emit::LLVM))
    return usageError("--format takes a module: --emit=graph to scheduled");
  options.debugInfo = given.debugInfo;
  options.instrument = given.instrument;
  options.emulateGPU = given.emulateGPU;
  options.allowTF32 = given.allowTF32;
  if (options.allowTF32 && !isNVPTXTarget(options.target))
    return usageError("--allow-tf32 takes a GPU: CPUs have no tf32");
  if (options.emit == Emit::Ptx && !isNVPTXTarget(options.target))
    return usageError("--emit=ptx takes a GPU: --target=nvptx:sm_90a");
  options.fillElided = given.fillElided;
  options.checkPasses = given.checkPasses.getNumOccurrences();
  llvm::SmallVector<StringRef> passes;
  StringRef(given.checkPasses).split(passes, ',', -1, /*KeepEmpty=*/false);
  for (StringRef pass : passes)
    options.checkedPasses.push_back(pass.str());
  options.checkInputs = given.checkInputs;
  options.seededFault = given.seededFault;
  options.referenceValues = given.referenceValues;
  options.report = given.report;
  options.reportProfile = given.reportProfile;
  if (given.reportProfile.getNumOccurrences() &&
      !given.report.getNumOccurrences())
    return usageError("--report-profile is about a page: give --report");
  if (!options.report.empty() && options.emit == Emit::Program)
    return usageError("--report is about a compilation: --emit=graph or later");
  options.load.model = given.model;
  options.load.contentStore = given.contentStore;
  options.load.strict = given.strict;
  options.load.verifyChecksums = given.verifyChecksums;
  options.load.maxJsonBytes = given.maxJsonBytes;
  options.load.maxTextBytes = given.maxTextBytes;
  options.load.maxPickleBytes = given.maxPickleBytes;
  options.load.maxNodes = given.maxNodes;
  options.session.timing = given.timing;
  options.session.timeTrace = given.timeTrace;
  if (given.saveTemps && options.output != "-")
    options.session.savePrefix = options.output;
  takeFailureOptions(given, options);
  return options;
}
