//===- Comparison.h - Compiled code beside the reference ---------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_RUN_COMPARISON_H
#define GRAPHC_TOOLS_GRAPHC_RUN_COMPARISON_H

#include "Session.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace graphc::run {

/// A value of the graph, and what rounding does to it.
struct ReferenceValue {
  std::string node, op, modulePath, source, dtype, file;
  std::vector<int64_t> shape;
  double ownError = 0, tolerance = 0, relativeTolerance = 0;
  bool isUnstable = false;
  int64_t numNaN = 0, numInfinite = 0;
  int64_t size() const;
};

/// What every op of the saved graph computes, from `graphc --reference-values`
/// (see ReferenceValues.h), in a folder that goes with it.
class ReferenceValues {
public:
  ReferenceValues() = default;
  ReferenceValues(const ReferenceValues &) = delete;
  ReferenceValues &operator=(const ReferenceValues &) = delete;
  ~ReferenceValues();

  /// Has graphc, which lies beside `program` or on PATH, evaluate `model` on
  /// the inputs in a folder.
  llvm::Error evaluate(llvm::StringRef program, llvm::StringRef model,
                       llvm::StringRef inputs);

  /// The first value that holds some, of one of these nodes.
  const ReferenceValue *findNonFinite(llvm::ArrayRef<std::string> nodes,
                                      bool isNaN) const;
  /// 8 bytes for each element, row-major: doubles or int64s.
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
  read(const ReferenceValue &value) const;

  std::vector<ReferenceValue> values, outputs;

private:
  llvm::Error parse();

  std::string folder;
};

/// How far a tensor is from the reference.
struct Distance {
  double maxAbsolute = 0, maxRelative = 0, maxUlp = 0;
  /// Elements beyond what rounding explains, and the worst of them.
  int64_t numBeyond = 0, worst = 0;
  double got = 0, expected = 0, allowed = 0;
  /// By how much the worst exceeds what is allowed, 1 being the limit.
  double excess = 0;
};

/// Observes a run and compares what kernels write, and then the outputs.
class Comparison {
public:
  Comparison(const graphc_module &module, const ReferenceValues &reference)
      : module(module), reference(reference) {}

  void see(const graphc_event &event);
  /// `results` are those of the code, in its order.
  llvm::Error compareOutputs(llvm::ArrayRef<DLTensor> results);

  /// Whether an output is beyond rounding.
  bool isWrong() const;
  void print(llvm::raw_ostream &os) const;
  void write(llvm::raw_ostream &os) const;

  enum class Status { Right, Beyond, Unstable, NotCompared };

private:
  struct Row {
    Status status = Status::NotCompared;
    std::string name, reason;
    /// Of the module; none for an output.
    std::optional<size_t> kernel;
    const ReferenceValue *value = nullptr;
    /// The last value of the node, where `value` is an earlier one.
    const ReferenceValue *last = nullptr;
    Distance distance;
    std::vector<int64_t> shape;
  };
  /// Memory that holds the value of a row.
  struct Range {
    uintptr_t begin, end;
    size_t row;
  };
  void forgetOverwritten(const graphc_kernel &kernel, const DLTensor *operands);
  Row compareCopy(const DLTensor &from, const DLTensor &to);
  Row compareBuffer(const graphc_kernel &kernel, size_t operand,
                    const DLTensor &tensor);
  std::vector<const ReferenceValue *>
  findCandidates(const graphc_kernel &kernel, size_t operand,
                 const DLTensor &tensor) const;
  const Row *findFirst() const;
  Status getStatus(const Row &row) const;
  void printEarlier(llvm::raw_ostream &os, const Row &first) const;
  void printRow(llvm::raw_ostream &os, const Row &row) const;

  const graphc_module &module;
  const ReferenceValues &reference;
  std::vector<Row> rows, outputRows;
  /// What was written and not read so far.
  std::vector<Range> unread;
};

} // namespace graphc::run

#endif // GRAPHC_TOOLS_GRAPHC_RUN_COMPARISON_H
