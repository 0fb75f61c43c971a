//===- Kernel.cpp - The kernel dialect ------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "dialects/Kernel/IR/Kernel.h"

#include <array>
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

/// A region is its body, on tensors; on memrefs the results are then written
/// where the inits lie.
static bool runRegion(Machine &machine, Cell *slots, const Instruction &op) {
  const Code &body = *op.regions[0];
  auto region = cast<kernel::RegionOp>(op.op);
  for (auto [from, to] : llvm::zip_equal(op.in, body.arguments)) {
    slots[to] = slots[from];
    // A memref may be seen as a tensor: nothing is written before the end.
    if (slots[to].array.memory && !slots[to].array.isInside())
      return machine.fail(op.op, "reads outside of a buffer");
  }
  if (!machine.run(body, slots))
    return false;
  size_t inputs = region.getInputs().size();
  SmallVector<const Array *> operands;
  SmallVector<Array *> written;
  SmallVector<Array> results;
  for (unsigned slot : body.yields)
    results.push_back(slots[slot].array);
  // Results may be views of inputs, which others overwrite.
  if (region.isBufferized() && results.size() > 1)
    for (Array &result : results)
      result = result.clone();
  for (auto [i, result] : llvm::enumerate(results)) {
    if (!region.isBufferized()) {
      slots[op.out[i]].array = std::move(result);
      written.push_back(&slots[op.out[i]].array);
      continue;
    }
    Array &to = slots[op.in[inputs + i]].array;
    if (to.shape != result.shape)
      return machine.fail(op.op, "yields a result of another shape");
    to.assign(result.clone());
    written.push_back(&to);
  }
  for (size_t i = 0; i < inputs; ++i)
    if (slots[op.in[i]].array.memory)
      operands.push_back(&slots[op.in[i]].array);
  machine.observe(op.op, operands, written);
  return true;
}

static bool runCheck(Machine &machine, Cell *slots, const Instruction &op) {
  return slots[op.in[0]].scalar.i != 0 ||
         machine.fail(op.op, "the program's own check fails: " +
                                 cast<kernel::CheckOp>(op.op).getMessage());
}

static bool runDefineSymbol(Machine &machine, Cell *slots,
                            const Instruction &op) {
  machine.symbols[cast<kernel::DefineSymbolOp>(op.op).getSymbol()] =
      slots[op.in[0]].scalar.i;
  return true;
}

/// Watching changes nothing.
static bool runObserve(Machine &, Cell *, const Instruction &) { return true; }

/// The places of the elements of a row in order.
static std::vector<int64_t> sortRow(const Array &input, int64_t row,
                                    kernel::SortOp sort) {
  int64_t size = input.shape[1];
  bool isFloat = isa<FloatType>(
      cast<ShapedType>(sort.getInput().getType()).getElementType());
  auto isLess = [&](int64_t a, int64_t b) {
    Scalar left = input.get(row * size + a), right = input.get(row * size + b);
    if (isFloat)
      return std::isnan(right.f) ? !std::isnan(left.f) : left.f < right.f;
    return sort.getIsUnsigned()
               ? static_cast<uint64_t>(left.i) < static_cast<uint64_t>(right.i)
               : left.i < right.i;
  };
  std::vector<int64_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](int64_t a, int64_t b) {
    return sort.getDescending() ? isLess(b, a) : isLess(a, b);
  });
  return order;
}

static bool runSort(Machine &machine, Cell *slots, const Instruction &op) {
  auto sort = cast<kernel::SortOp>(op.op);
  const Array &input = slots[op.in[0]].array;
  if (!input.isInside())
    return machine.fail(op.op, "reads outside of a buffer");
  std::array<Array, 2> results = {slots[op.in[1]].array.clone(),
                                  slots[op.in[2]].array.clone()};
  int64_t count = results[0].shape[1];
  if (count > input.shape[1] || results[0].shape[0] != input.shape[0])
    return machine.fail(op.op, "gives more than there is");
  for (int64_t row = 0; row < input.shape[0]; ++row)
    for (auto [place, from] : llvm::enumerate(
             ArrayRef(sortRow(input, row, sort)).take_front(count))) {
      results[0].set(row * count + place,
                     input.get(row * input.shape[1] + from));
      Scalar index;
      index.i = from;
      results[1].set(row * count + place, index);
    }
  for (auto [i, result] : llvm::enumerate(results)) {
    if (op.out.empty())
      slots[op.in[1 + i]].array.assign(result);
    else
      slots[op.out[i]].array = std::move(result);
  }
  return true;
}

void interpreter::addKernel(Table &table) {
  table[kernel::RegionOp::getOperationName()] = {runRegion};
  table[kernel::SortOp::getOperationName()] = {runSort};
  table[kernel::CheckOp::getOperationName()] = {runCheck};
  table[kernel::ObserveOp::getOperationName()] = {runObserve};
  table[kernel::DefineSymbolOp::getOperationName()] = {runDefineSymbol};
}
