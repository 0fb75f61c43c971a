//===- Session.h - A loaded module and the tensors of its calls --*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_RUN_SESSION_H
#define GRAPHC_TOOLS_GRAPHC_RUN_SESSION_H

#include "TensorFiles.h"

namespace graphc::run {

/// Loads the module of a shared library, which stays loaded.
llvm::Expected<const graphc_module *> loadModule(llvm::StringRef path);

/// What is written for one run: `outputs` in the order of the saved program's
/// outputs, and what it changed in place without saying so there.
struct Results {
  std::vector<Value> outputs, mutated;
};

struct BenchResult {
  double medianMs = 0, minMs = 0;
  size_t runs = 0;
  uint64_t bytesToDevice = 0, bytesToHost = 0; ///< Copied in each run.
};

/// A context with inputs and outputs of given shapes.
class Session {
public:
  Session() = default;
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;
  ~Session();

  /// Makes the context, matches the values with the program's arguments and
  /// makes room for the outputs.
  llvm::Error prepare(const graphc_module *module,
                      const graphc_options &options,
                      std::vector<Value> arguments);
  /// Lets the next run draw the first random numbers of `seed`. An error if the
  /// module draws none from a state of its own.
  llvm::Error seed(int64_t number);
  llvm::Error run();
  /// Puts back what runs changed in the inputs.
  void restore();
  /// The inputs and states of the first run; outputs hold something else than
  /// any run before left there.
  llvm::Error rewind();
  /// Has every kernel of later runs told to `observer`; null: no more. An error
  /// if the module was not compiled for that.
  llvm::Error observe(graphc_observer observer, void *user);
  /// The same with the time that the device took for each kernel, behind every
  /// run.
  llvm::Error time(graphc_observer observer, void *user);
  /// The results of the code in its order, mutations included, as the last run
  /// left them.
  std::vector<DLTensor> getResults();
  /// Copies of the results of the last run, from where they are.
  llvm::Expected<Results> collect();
  /// Runs for that long, without changing what the inputs hold.
  llvm::Expected<BenchResult> bench(double seconds);

private:
  llvm::Error matchArguments(std::vector<Value> arguments);
  llvm::Error makeOutputs();
  llvm::Error fail(graphc_status status) const;
  Value readScalar(Tensor &tensor, graphc_kind kind);
  DLTensor getPlace(graphc_place place);
  llvm::Expected<Value> readMutation(const graphc_mutation &mutation);

  const graphc_module *module = nullptr;
  graphc_context *context = nullptr;
  std::string driver; ///< Empty: the default.
  std::optional<int64_t> givenSeed;
  std::vector<Tensor> inputs, outputs;
  std::vector<std::vector<int64_t>> outputShapes, outputStrides;
  std::vector<std::pair<size_t, std::vector<char>>> originals;
  Buffer workspace;
};

} // namespace graphc::run

#endif // GRAPHC_TOOLS_GRAPHC_RUN_SESSION_H
