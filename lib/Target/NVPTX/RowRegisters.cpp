//===- RowRegisters.cpp - What threads keep of rows -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// Registers for what is combined of several vectors at once, where a thread
/// has many and where it has the fewest.
static constexpr int64_t manyRegisters = 128, fewRegisters = 32;
/// For that and several vectors that are read for one value.
static constexpr int64_t chunkRegisters = 64;
/// The threads of a block that have many.
static constexpr int64_t fewThreads = 512;

int64_t RowEmitter::countLive() {
  // The passes that first and last read each tensor of the body.
  DenseMap<Value, std::pair<unsigned, unsigned>> spans;
  std::function<void(LinalgOp, unsigned)> readInputs;
  auto read = [&](Value tensor, unsigned pass) {
    auto [entry, isNew] = spans.try_emplace(tensor, pass, pass);
    entry->second.second = pass;
    auto producer = tensor.getDefiningOp<LinalgOp>();
    if (isNew && producer && producer.getNumReductionLoops() == 0)
      readInputs(producer, pass);
  };
  readInputs = [&](LinalgOp op, unsigned pass) {
    for (OpOperand *input : op.getDpsInputOperands()) {
      AffineMap map = op.getMatchingIndexingMap(input);
      if (op.getNumLoops() == rank &&
          llvm::any_of(llvm::seq(rowDims, rank),
                       [&](unsigned dim) { return map.isFunctionOfDim(dim); }))
        read(input->get(), pass);
    }
  };
  for (auto [number, pass] : llvm::enumerate(passes))
    for (const RowReduction &reduction : pass)
      readInputs(reduction.getReader(), number);
  for (Value value : region.getYieldedValues())
    if (isFull(value))
      read(value, passes.size());
  int64_t most = 1;
  for (unsigned pass = 0; pass < passes.size(); ++pass)
    most = std::max<int64_t>(
        most, llvm::count_if(llvm::make_second_range(spans), [&](auto span) {
          return span.first <= pass && pass < span.second;
        }));
  return most;
}

int64_t RowEmitter::getSteps(const Pass &pass, bool isChunked) const {
  int64_t bytes = 0;
  for (const RowReduction &reduction : pass)
    for (unsigned i = 0; i < reduction.getNumValues(); ++i)
      bytes += reduction.getElementType(i).getIntOrFloatBitWidth() / 8;
  int64_t registers = bytes * layout.width / sizeof(int32_t);
  int64_t most =
      layout.group * layout.rows > fewThreads ? fewRegisters : manyRegisters;
  auto areTooMany = [&](int64_t steps) {
    return isChunked ? registers + layout.width * steps > chunkRegisters
                     : registers * steps > most;
  };
  int64_t steps = unrolled;
  while (steps > 1 && areTooMany(steps))
    steps /= 2;
  return steps;
}
