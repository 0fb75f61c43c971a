//===- Kernel.cpp - The kernel dialect ------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "dialects/Kernel/IR/Kernel.h"

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

void interpreter::addKernel(Table &table) {
  table[kernel::RegionOp::getOperationName()] = {runRegion};
  table[kernel::CheckOp::getOperationName()] = {runCheck};
  table[kernel::ObserveOp::getOperationName()] = {runObserve};
  table[kernel::DefineSymbolOp::getOperationName()] = {runDefineSymbol};
}
