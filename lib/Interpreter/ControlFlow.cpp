//===- ControlFlow.cpp - Loops, branches, calls, parallel regions ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Iterations of parallel loops run one after another.
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

/// Takes what `code` yields to `to`.
static void yield(Cell *slots, const Code &code, ArrayRef<unsigned> to) {
  pass(slots, code.yields, code.isLast, to);
}

static bool runFor(Machine &machine, Cell *slots, const Instruction &op) {
  int64_t lower = slots[op.in[0]].scalar.i, upper = slots[op.in[1]].scalar.i,
          step = slots[op.in[2]].scalar.i;
  const Code &body = *op.regions[0];
  ArrayRef<unsigned> carried = ArrayRef(body.arguments).drop_front();
  if (step <= 0)
    return machine.fail(op.op, "steps by " + llvm::Twine(step));
  pass(slots, ArrayRef(op.in).drop_front(3), ArrayRef(op.isLast).drop_front(3),
       carried);
  for (int64_t i = lower; i < upper; i += step) {
    slots[body.arguments[0]].scalar.i = i;
    if (!machine.run(body, slots))
      return false;
    yield(slots, body, carried);
  }
  SmallVector<bool> all(carried.size(), true);
  pass(slots, carried, all, op.out);
  return true;
}

static bool runIf(Machine &machine, Cell *slots, const Instruction &op) {
  const Code &body = *op.regions[slots[op.in[0]].scalar.i ? 0 : 1];
  if (!machine.run(body, slots))
    return false;
  yield(slots, body, op.out);
  return true;
}

static bool runWhile(Machine &machine, Cell *slots, const Instruction &op) {
  const Code &before = *op.regions[0], &after = *op.regions[1];
  pass(slots, op.in, op.isLast, before.arguments);
  while (true) {
    if (!machine.run(before, slots))
      return false;
    bool goesOn = slots[before.yields[0]].scalar.i;
    pass(slots, ArrayRef(before.yields).drop_front(),
         ArrayRef(before.isLast).drop_front(),
         goesOn ? ArrayRef(after.arguments) : ArrayRef(op.out));
    if (!goesOn)
      return true;
    if (!machine.run(after, slots))
      return false;
    yield(slots, after, before.arguments);
  }
}

static bool runIndexSwitch(Machine &machine, Cell *slots,
                           const Instruction &op) {
  auto choice = cast<scf::IndexSwitchOp>(op.op);
  size_t which = 0;
  for (auto [i, value] : llvm::enumerate(choice.getCases()))
    if (value == slots[op.in[0]].scalar.i)
      which = i + 1;
  if (!machine.run(*op.regions[which], slots))
    return false;
  yield(slots, *op.regions[which], op.out);
  return true;
}

/// Visits the places of a box in row-major order.
static bool forEachPlace(ArrayRef<int64_t> lower, ArrayRef<int64_t> upper,
                         ArrayRef<int64_t> step,
                         llvm::function_ref<bool(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> place(lower);
  for (auto [from, to] : llvm::zip_equal(lower, upper))
    if (from >= to)
      return true;
  while (true) {
    if (!visit(place))
      return false;
    size_t dim = place.size();
    while (dim-- > 0) {
      place[dim] += step[dim];
      if (place[dim] < upper[dim])
        break;
      place[dim] = lower[dim];
      if (dim == 0)
        return true;
    }
    if (place.empty())
      return true;
  }
}

static bool runForall(Machine &machine, Cell *slots, const Instruction &op) {
  auto forall = cast<scf::ForallOp>(op.op);
  if (!forall.getOutputs().empty())
    return machine.fail(op.op, "op 'scf.forall' on tensors is not known", true);
  unsigned next = 0;
  SmallVector<int64_t> lower = getMixed(forall.getStaticLowerBound(), slots, op,
                                        next),
                       upper = getMixed(forall.getStaticUpperBound(), slots, op,
                                        next),
                       step = getMixed(forall.getStaticStep(), slots, op, next);
  const Code &body = *op.regions[0];
  return forEachPlace(lower, upper, step, [&](ArrayRef<int64_t> place) {
    for (auto [slot, value] : llvm::zip(body.arguments, place))
      slots[slot].scalar.i = value;
    return machine.run(body, slots);
  });
}

/// Nested loops, one after the other; operands are the lower bounds, the upper
/// ones and the steps.
static bool runNest(Machine &machine, Cell *slots, const Instruction &op,
                    bool isInclusive) {
  const Code &body = *op.regions[0];
  size_t rank = body.arguments.size();
  SmallVector<int64_t> bounds[3];
  for (size_t i = 0; i < 3 * rank; ++i)
    bounds[i / rank].push_back(slots[op.in[i]].scalar.i);
  if (isInclusive)
    for (int64_t &upper : bounds[1])
      ++upper;
  return forEachPlace(
      bounds[0], bounds[1], bounds[2], [&](ArrayRef<int64_t> place) {
        for (auto [slot, value] : llvm::zip_equal(body.arguments, place))
          slots[slot].scalar.i = value;
        return machine.run(body, slots);
      });
}

/// `scf.parallel` without reductions.
static bool runParallel(Machine &machine, Cell *slots, const Instruction &op) {
  if (!op.out.empty())
    return machine.fail(op.op, "op 'scf.parallel' with results is not known",
                        true);
  return runNest(machine, slots, op, /*isInclusive=*/false);
}

static bool runLoopNest(Machine &machine, Cell *slots, const Instruction &op) {
  return runNest(machine, slots, op,
                 cast<omp::LoopNestOp>(op.op).getLoopInclusive());
}

/// A region that runs once: `omp.parallel` with one thread.
static bool runOnce(Machine &machine, Cell *slots, const Instruction &op) {
  const Code &body = *op.regions[0];
  if (!machine.run(body, slots))
    return false;
  if (!op.out.empty())
    yield(slots, body, op.out);
  return true;
}

static bool runCall(Machine &machine, Cell *slots, const Instruction &op) {
  auto call = cast<func::CallOp>(op.op);
  if (!machine.call(call.getCallee(), slots, op))
    return false;
  if (!machine.options.observer)
    return true;
  // What it wrote is not known here: buffers that it was given, all of them.
  SmallVector<Array *> buffers;
  for (unsigned slot : llvm::concat<const unsigned>(op.in, op.out))
    if (slots[slot].array.memory)
      buffers.push_back(&slots[slot].array);
  if (!buffers.empty())
    machine.observe(op.op, {}, ArrayRef(buffers).take_back(1));
  return true;
}

//===----------------------------------------------------------------------===//
// Affine
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> applyMap(AffineMap map, Cell *slots,
                                     const Instruction &op) {
  SmallVector<Attribute> operands;
  Builder builder(op.op->getContext());
  for (unsigned slot : op.in)
    operands.push_back(builder.getI64IntegerAttr(slots[slot].scalar.i));
  SmallVector<Attribute> results;
  if (failed(map.constantFold(operands, results)))
    return {};
  return llvm::map_to_vector(results, [](Attribute value) {
    return cast<IntegerAttr>(value).getInt();
  });
}
enum class Choice { Only, Least, Greatest };
template <typename Op, Choice choice>
static bool runAffine(Machine &machine, Cell *slots, const Instruction &op) {
  SmallVector<int64_t> values = applyMap(cast<Op>(op.op).getMap(), slots, op);
  if (values.empty())
    return machine.fail(op.op, "divides by zero");
  slots[op.out[0]].scalar.i = choice == Choice::Greatest
                                  ? *llvm::max_element(values)
                                  : *llvm::min_element(values);
  return true;
}

void interpreter::addControlFlow(Table &table) {
  table[scf::ForOp::getOperationName()] = {runFor};
  table[scf::IfOp::getOperationName()] = {runIf};
  table[scf::WhileOp::getOperationName()] = {runWhile};
  table[scf::IndexSwitchOp::getOperationName()] = {runIndexSwitch};
  table[scf::ForallOp::getOperationName()] = {runForall};
  table[scf::ParallelOp::getOperationName()] = {runParallel};
  table[scf::ExecuteRegionOp::getOperationName()] = {runOnce};
  table[omp::ParallelOp::getOperationName()] = {runOnce};
  table[omp::WsloopOp::getOperationName()] = {runOnce};
  table[omp::LoopNestOp::getOperationName()] = {runLoopNest};
  table[memref::AllocaScopeOp::getOperationName()] = {runOnce};
  table[func::CallOp::getOperationName()] = {runCall};
  table[affine::AffineApplyOp::getOperationName()] = {
      runAffine<affine::AffineApplyOp, Choice::Only>};
  table[affine::AffineMinOp::getOperationName()] = {
      runAffine<affine::AffineMinOp, Choice::Least>};
  table[affine::AffineMaxOp::getOperationName()] = {
      runAffine<affine::AffineMaxOp, Choice::Greatest>};
}
