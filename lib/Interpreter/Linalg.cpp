//===- Linalg.cpp - Structured ops through their regions ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

static int64_t evaluate(AffineExpr expr, ArrayRef<int64_t> place) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return place[dim.getPosition()];
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue();
  auto binary = cast<AffineBinaryOpExpr>(expr);
  int64_t a = evaluate(binary.getLHS(), place),
          b = evaluate(binary.getRHS(), place);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return a + b;
  case AffineExprKind::Mul:
    return a * b;
  case AffineExprKind::Mod:
    return b == 0 ? 0 : ((a % b) + b) % b;
  case AffineExprKind::FloorDiv:
    return b == 0 ? 0 : llvm::divideFloorSigned(a, b);
  default:
    return b == 0 ? 0 : llvm::divideCeilSigned(a, b);
  }
}

static bool isLinear(AffineExpr expr) {
  if (isa<AffineDimExpr, AffineConstantExpr>(expr))
    return true;
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary || !isLinear(binary.getLHS()) || !isLinear(binary.getRHS()))
    return false;
  return expr.getKind() == AffineExprKind::Add ||
         (expr.getKind() == AffineExprKind::Mul &&
          isa<AffineConstantExpr>(binary.getRHS()));
}

namespace {
/// One operand of a structured op: where it is read for a place of the loops.
struct Operand {
  Array *array = nullptr;
  AffineMap map;
  bool linear = false;
  /// Of linear maps: bytes at the origin and per step of each loop.
  int64_t origin = 0;
  SmallVector<int64_t> steps;

  Operand(Array &array, AffineMap map) : array(&array), map(map) {
    linear = llvm::all_of(map.getResults(), isLinear);
    if (!linear)
      return;
    SmallVector<int64_t> place(map.getNumDims(), 0);
    origin = compute(place);
    for (int64_t &loop : place) {
      loop = 1;
      steps.push_back(compute(place) - origin);
      loop = 0;
    }
  }

  int64_t compute(ArrayRef<int64_t> place) const {
    int64_t sum = 0;
    for (auto [expr, stride] :
         llvm::zip_equal(map.getResults(), array->strides))
      sum += evaluate(expr, place) * stride;
    return array->offset + sum * array->element.bytes;
  }
  int64_t locate(ArrayRef<int64_t> place) const {
    if (!linear)
      return compute(place);
    int64_t at = origin;
    for (auto [step, loop] : llvm::zip_equal(steps, place))
      at += step * loop;
    return at;
  }
};
} // namespace

static std::optional<SmallVector<int64_t>>
getLoopSizes(linalg::LinalgOp op, ArrayRef<AffineMap> maps, Cell *slots,
             const Instruction &instruction) {
  SmallVector<int64_t> sizes(op.getNumLoops(), ShapedType::kDynamic);
  for (auto [map, slot] : llvm::zip_equal(maps, instruction.in))
    for (auto [i, expr] : llvm::enumerate(map.getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        sizes[dim.getPosition()] = slots[slot].array.shape[i];
  SmallVector<int64_t> fixed = op.getStaticLoopRanges();
  for (auto [size, constant] : llvm::zip_equal(sizes, fixed)) {
    if (ShapedType::isDynamic(size))
      size = constant;
    if (ShapedType::isDynamic(size))
      return std::nullopt;
  }
  return sizes;
}

bool interpreter::runLinalg(Machine &machine, Cell *slots,
                            const Instruction &instruction) {
  auto op = cast<linalg::LinalgOp>(instruction.op);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  auto sizes = getLoopSizes(op, maps, slots, instruction);
  if (!sizes)
    return machine.fail(instruction.op, "has loops of unknown size", true);
  const Code &body = *instruction.regions[0];
  unsigned inputs = op.getNumDpsInputs(), inits = op.getNumDpsInits();
  bool isOnTensors = op->getNumResults() != 0;

  // Initial values of a result are read, so it starts as a copy of them.
  SmallVector<Array> results;
  for (unsigned i = 0; i < inits; ++i) {
    Array &init = slots[instruction.in[inputs + i]].array;
    if (!isOnTensors)
      results.push_back(init);
    else if (instruction.isLast[inputs + i] && init.memory.use_count() == 1 &&
             init.isContiguous())
      results.push_back(std::move(init));
    else
      results.push_back(init.clone());
  }
  SmallVector<Operand> operands;
  SmallVector<unsigned> reads;
  for (unsigned i = 0; i < inputs + inits; ++i) {
    if (i < body.arguments.size() && i < inputs &&
        !isa<ShapedType>(op->getOperand(i).getType())) {
      slots[body.arguments[i]].scalar = slots[instruction.in[i]].scalar;
      continue;
    }
    Array &array =
        i < inputs ? slots[instruction.in[i]].array : results[i - inputs];
    // A read of what an op writes in place is fine: pointwise by contract.
    operands.emplace_back(array, maps[i]);
    reads.push_back(i < body.arguments.size() ? body.arguments[i] : ~0u);
  }

  ArrayRef<int64_t> outer = machine.loops;
  SmallVector<int64_t> place(sizes->size(), 0);
  bool isEmpty = llvm::is_contained(*sizes, 0);
  size_t firstInit = operands.size() - inits;
  SmallVector<int64_t> at(operands.size());
  while (!isEmpty) {
    machine.loops = place;
    for (auto [i, operand] : llvm::enumerate(operands)) {
      at[i] = operand.locate(place);
      const Array &array = *operand.array;
      if (at[i] < 0 || at[i] + array.element.bytes >
                           static_cast<int64_t>(array.memory->size()))
        return machine.fail(instruction.op,
                            "accesses an element outside of its operand");
      if (reads[i] != ~0u)
        slots[reads[i]].scalar =
            array.element.load(array.memory->data() + at[i]);
    }
    if (!machine.run(body, slots))
      return false;
    for (unsigned i = 0; i < inits; ++i) {
      Array &array = *operands[firstInit + i].array;
      array.element.store(array.memory->data() + at[firstInit + i],
                          slots[body.yields[i]].scalar);
    }
    size_t dim = place.size();
    bool isDone = true;
    while (dim-- > 0) {
      if (++place[dim] < (*sizes)[dim]) {
        isDone = false;
        break;
      }
      place[dim] = 0;
    }
    if (isDone)
      break;
  }
  machine.loops = outer;

  SmallVector<const Array *> seen;
  SmallVector<Array *> written;
  for (unsigned i = 0; i < inputs; ++i)
    if (slots[instruction.in[i]].array.memory)
      seen.push_back(&slots[instruction.in[i]].array);
  for (unsigned i = 0; i < inits; ++i) {
    if (isOnTensors) {
      slots[instruction.out[i]].array = std::move(results[i]);
      written.push_back(&slots[instruction.out[i]].array);
    } else {
      written.push_back(&results[i]);
    }
  }
  machine.observe(instruction.op, seen, written);
  return true;
}

bool interpreter::runLinalgIndex(Machine &machine, Cell *slots,
                                 const Instruction &op) {
  slots[op.out[0]].scalar.i = machine.loops[op.number];
  return true;
}
