//===- Report.h - What a page tells of a compilation ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Plain data: what a compilation did, at each of its stages, for each kernel.
// Positions in one list are numbers in another; -1, where it says so, is none.
// `docs/Usage.md` describes the page that is made of it.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_REPORT_REPORT_H
#define GRAPHC_REPORT_REPORT_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace graphc::report {

/// Strings by number, each once.
class StringTable {
public:
  unsigned add(llvm::StringRef text);
  llvm::ArrayRef<std::string> get() const { return strings; }
  /// Bytes of all strings.
  uint64_t getBytes() const { return bytes; }

private:
  llvm::StringMap<unsigned> numbers;
  std::vector<std::string> strings;
  uint64_t bytes = 0;
};

/// Where something comes from; number 0 is nowhere.
struct Place {
  std::vector<unsigned> nodes; ///< In `nodes`, each once.
  int file = -1;               ///< In `files`.
  unsigned line = 0;
  std::string modulePath; ///< `encoder.layer.0`
};

/// A text: its lines, in `lines`, and what each comes from, in `places`.
struct Text {
  std::vector<unsigned> lines, places;
  uint64_t bytes = 0;
};

/// A node of the saved program, or a name that only the IR has.
struct Node {
  std::string name, target, modulePath;
  std::string code;      ///< The line of the model.
  std::string statement; ///< As FX text, without its comment.
  int file = -1;
  unsigned line = 0;
  /// Text of the whole traceback, outermost frame first; in `texts`.
  int traceback = -1;
};

/// Lines of a text: those of a function or a kernel's region.
struct Range {
  std::string name;
  unsigned first = 0, end = 0; ///< From 0; behind the last.
  unsigned place = 0;
};

/// One operation in a picture of a function.
struct GraphNode {
  enum class Kind { Op, Constant, Input, Output, Kernel } kind = Kind::Op;
  std::string label; ///< `graph.add`, a kernel's name, an input's name
  std::string type;  ///< Of its results.
  unsigned place = 0, line = 0;
  int parent = -1; ///< The operation whose region it is in.
};

struct Graph {
  std::string name; ///< The function's.
  std::vector<GraphNode> nodes;
  std::vector<std::pair<unsigned, unsigned>> edges;
};

struct Stage {
  std::string name;
  bool isDone = false;
  double seconds = 0;
  std::optional<uint64_t> ops; ///< Where there is IR.
  int text = -1;
  std::vector<Range> functions, regions;
  std::vector<Graph> graphs;
};

/// What one pass did on one operation.
struct PassRun {
  unsigned stage = 0;
  std::string name, op; ///< `canonicalize`; `builtin.module @model`
  /// Counts the runs of this pass on this operation, in the stage.
  unsigned occurrence = 0;
  bool isFailed = false;
  bool isChanged = false;
  double seconds = 0;
  double peakMiB = 0; ///< Resident memory of the process at its end.
  uint64_t opsBefore = 0, opsAfter = 0;
  std::optional<uint64_t> bytes; ///< Of the IR behind it, where it is kept.
  int before = -1, after = -1;   ///< In `texts`.
};

/// Where one call of a kernel stands in the program.
struct KernelCall {
  unsigned order = 0; ///< Position among the steps of `memory`.
  unsigned place = 0;
};

/// What `graphc-run --profile` measured, of all calls in one run.
struct Measured {
  std::optional<double> milliseconds, bytes, flops;
  std::optional<int64_t> calls;
};

struct Kernel {
  std::string name; ///< The function's, `kernel_linear`.
  std::string form, schedule;
  std::vector<std::string> operands; ///< Types, inputs before results.
  unsigned numInputs = 0;
  std::vector<KernelCall> calls;
  /// Of the first call, as expressions of the program's symbols; null where
  /// they are not known. As in `Buffer`.
  llvm::json::Value bytes = nullptr, flops = nullptr;
  std::optional<Measured> measured;
};

/// A part of a function's code below the IR of MLIR.
struct CodePart {
  std::string kernel; ///< Whose code it is: a kernel's or another function's.
  std::string symbol;
  int text = -1;
};

/// A buffer of the arena. Sizes and offsets are expressions in JSON: a number,
/// a symbol's name or `[operator, operand...]` with the operators `+ * // max
/// min == <= ?`, the last one for what is not known.
struct Buffer {
  std::string name, type;
  llvm::json::Value offset = nullptr, bytes = nullptr;
  unsigned first = 0, last = 0; ///< Steps, inclusive.
  unsigned place = 0;
};

/// What the program does, one call or copy after the other.
struct Step {
  std::string name;
  unsigned place = 0;
};

struct Memory {
  llvm::json::Value arena = nullptr;
  uint64_t weightBytes = 0;
  std::vector<Buffer> buffers;
  std::vector<Step> steps;
};

struct Symbol {
  std::string name;
  std::optional<int64_t> min, max;
  int64_t value = 0;   ///< For what is shown.
  bool isHint = false; ///< The program was saved with that value.
};

/// An input or output of the program.
struct ProgramValue {
  std::string name, role, type;
};

struct Message {
  std::string severity; ///< `error`, `warning`, `remark`
  std::string text;
};

struct Profile {
  std::string file;
  std::optional<double> totalMilliseconds, copyGBPerSecond;
  std::optional<int64_t> threads, runs;
  /// Names that no kernel has.
  std::vector<std::string> unknown;
};

struct Report {
  std::string input, torchVersion, graphcVersion, target, output;
  std::vector<std::pair<std::string, std::string>> options;
  /// The stage that failed; empty after a success.
  std::string failedStage;
  std::vector<Message> messages;
  std::vector<Symbol> symbols;
  std::vector<ProgramValue> inputs, outputs;
  std::vector<Node> nodes;
  StringTable files, lines;
  std::vector<Place> places{Place()};
  std::vector<Text> texts;
  std::vector<Stage> stages;
  std::vector<PassRun> passes;
  /// Texts of passes that were left out because there were too many.
  unsigned droppedTexts = 0;
  std::vector<Kernel> kernels;
  std::vector<CodePart> llvm, assembly;
  std::optional<Memory> memory;
  std::optional<Profile> profile;
  /// Of one core, for estimates; the page lets its reader change them.
  double assumedGBPerSecond = 0, assumedGFlopPerSecond = 0;
};

/// All but the texts, as JSON, and the texts with their lines. What is no UTF-8
/// is replaced.
void writeSummary(const Report &report, llvm::raw_ostream &os);
void writeTexts(const Report &report, llvm::raw_ostream &os);

/// Adds what a file of `graphc-run --profile` says to the kernels.
llvm::Error readProfile(llvm::StringRef path, Report &report);

/// The page: HTML that needs nothing else.
std::string makePage(const Report &report);

} // namespace graphc::report

#endif // GRAPHC_REPORT_REPORT_H
