//===- Options.h - The command line of graphc -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_OPTIONS_H
#define GRAPHC_TOOLS_GRAPHC_OPTIONS_H

#include "graphc/Loader/Program.h"
#include "graphc/Support/CompilationSession.h"

#include <optional>
#include <string>
#include <variant>

namespace graphc {

/// What comes out, in the order of compilation; it stops after that stage.
enum class Emit {
  Program,
  Graph,
  Linalg,
  Kernel,
  Buffers,
  Scheduled,
  LLVM,
  Ptx,
  Asm,
  Obj,
  So
};

struct DriverOptions {
  std::string input, output;
  Emit emit = Emit::Obj;
  std::string target;
  /// 1: code without OpenMP. 0: any number, chosen at run time.
  unsigned threads = 0;
  unsigned optLevel = 3;
  enum class Weights { Auto, Embed, File, Extern } weights = Weights::Auto;
  /// A safetensors file to write of the weights that `Extern` leaves out.
  std::string writeWeights;
  /// Prints all values of constants, however large.
  bool keepWeights = false;
  bool locations = false;
  /// How a module is printed.
  enum class Format { Text, Dot, Svg } format = Format::Text;
  /// Describes the model's lines for debuggers.
  bool debugInfo = true;
  /// Lets runs of the module be watched kernel by kernel.
  bool instrument = false;
  /// Takes zeros for values that a .mlir file leaves out.
  bool fillElided = false;
  /// Interprets the program after every pass.
  bool checkPasses = false;
  /// Which passes; empty: all.
  std::vector<std::string> checkedPasses;
  /// Inputs for that; empty: random ones.
  std::string checkInputs;
  /// Evaluates the graph on `checkInputs` and writes its values to this folder
  /// instead of compiling; for graphc-run --compare-with-reference.
  std::string referenceValues;
  /// Adds what the emulator of a GPU runs.
  bool emulateGPU = false;
  bool allowTF32 = false;
  /// A fault of lib/Testing, for tests.
  std::string seededFault;
  /// The folder of the report; empty: none is written.
  std::string report;
  /// What graphc-run measured, for the report; may be empty.
  std::string reportProfile;
  bool listOps = false, listPasses = false;
  bool listErrors = false;
  /// The code whose page to print.
  std::string explain;
  loader::LoadOptions load;
  SessionOptions session;
};

/// Exit statuses: the command-line contract.
enum ExitStatus {
  Done = 0,
  CompilationFailed = 1,
  WrongUsage = 2,
  Unsupported = 3
};

/// Parses the command line. When there is nothing to do, because of an error
/// that has been reported or because help was asked for, gives the exit status
/// instead.
/// Prints what is wrong with the command line.
ExitStatus usageError(const llvm::Twine &message);

std::variant<DriverOptions, ExitStatus> parseCommandLine(int argc, char **argv);

} // namespace graphc

#endif // GRAPHC_TOOLS_GRAPHC_OPTIONS_H
