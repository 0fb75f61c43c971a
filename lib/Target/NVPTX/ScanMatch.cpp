//===- ScanMatch.cpp - Which loops carry prefixes -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Exchange.h"
#include "Scan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

/// Loads, stores and what has no effects; what is stored is not read again but
/// by the iteration that stores it.
static bool isSimple(Block *body) {
  for (Operation &op : body->without_terminator())
    if (!isa<memref::LoadOp, memref::StoreOp>(op) &&
        (!isPure(&op) || op.getNumRegions() || op.getNumResults() != 1))
      return false;
  for (auto store : body->getOps<memref::StoreOp>())
    for (Operation *user : store.getMemRef().getUsers())
      if (isa<memref::LoadOp>(user) && user->getBlock() == body)
        return false;
  return true;
}

/// True when the first load has neighbours along the loop.
static bool isAlongMemory(Block *body, Value index) {
  for (auto load : body->getOps<memref::LoadOp>()) {
    auto [strides, offset] = load.getMemRefType().getStridesAndOffset();
    (void)offset;
    for (auto [at, stride] : llvm::zip_equal(load.getIndices(), strides))
      if (at == index)
        return stride == 1;
  }
  return false;
}

/// Adds the ops between `value` and what is carried or an element to `step`;
/// false when there is more that differs from iteration to iteration.
static bool collectStep(Value value, scf::ForOp loop, ArrayRef<Value> elements,
                        SetVector<Operation *> &step) {
  if (llvm::is_contained(elements, value) ||
      llvm::is_contained(loop.getRegionIterArgs(), value) ||
      loop.isDefinedOutsideOfLoop(value))
    return true;
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != loop.getBody() || !isPure(op))
    return false;
  for (Value operand : op->getOperands())
    if (!collectStep(operand, loop, elements, step))
      return false;
  step.insert(op);
  return true;
}

static bool dependsOnCarried(Value value, scf::ForOp loop) {
  if (llvm::is_contained(loop.getRegionIterArgs(), value))
    return true;
  Operation *op = value.getDefiningOp();
  return op && op->getBlock() == loop.getBody() &&
         llvm::any_of(op->getOperands(), [&](Value operand) {
           return dependsOnCarried(operand, loop);
         });
}

/// What may be the elements that go with each carried value. Of several they
/// are told apart by what each is yielded or not.
static SmallVector<SmallVector<Value>> findCandidates(scf::ForOp loop) {
  SmallVector<SmallVector<Value>> candidates;
  for (auto [carried, yielded] :
       llvm::zip_equal(loop.getRegionIterArgs(), loop.getYieldedValues())) {
    SmallVector<Value> &values = candidates.emplace_back();
    for (Operation &op : loop.getBody()->without_terminator())
      for (Value value : op.getResults())
        if (value.getType() == carried.getType() &&
            !dependsOnCarried(value, loop) &&
            (loop.getNumRegionIterArgs() == 1 ||
             (yielded.getDefiningOp() &&
              llvm::is_contained(yielded.getDefiningOp()->getOperands(),
                                 value))))
          values.push_back(value);
  }
  return candidates;
}

/// Chooses an element for each carried value from `number` on so that nothing
/// else of an iteration enters the step.
static bool chooseElements(Scan &scan,
                           ArrayRef<SmallVector<Value>> candidates) {
  size_t number = scan.elements.size();
  if (number == candidates.size()) {
    SetVector<Operation *> step;
    for (Value yielded : scan.loop.getYieldedValues())
      if (!collectStep(yielded, scan.loop, scan.elements, step))
        return false;
    scan.step = step.takeVector();
    return true;
  }
  for (Value candidate : candidates[number]) {
    scan.elements.push_back(candidate);
    if (chooseElements(scan, candidates))
      return true;
    scan.elements.pop_back();
  }
  return false;
}

/// What is not of the step knows prefixes, but nothing on the way to them.
static bool isStepApart(Scan &scan) {
  for (Operation &op : scan.loop.getBody()->without_terminator()) {
    if (llvm::is_contained(scan.step, &op))
      continue;
    for (Value operand : op.getOperands())
      if (llvm::is_contained(scan.loop.getRegionIterArgs(), operand) ||
          (llvm::is_contained(scan.step, operand.getDefiningOp()) &&
           !llvm::is_contained(scan.loop.getYieldedValues(), operand)))
        return false;
  }
  return true;
}

std::optional<Scan> Scan::match(scf::ForOp loop) {
  Block *body = loop.getBody();
  if (loop.getNumRegionIterArgs() == 0 ||
      !isConstantIntValue(loop.getStep(), 1) ||
      !llvm::all_of(loop->getResultTypes(), canExchange) || !isSimple(body) ||
      !isAlongMemory(body, loop.getInductionVar()))
    return std::nullopt;
  Scan scan{loop, {}, {}, {}, {}};
  if (!chooseElements(scan, findCandidates(loop)) || !isStepApart(scan))
    return std::nullopt;
  bool isKnown = scan.step.size() == 1 && scan.step[0]->getNumOperands() == 2 &&
                 arith::getNeutralElement(scan.step[0]);
  if (!isKnown && !loop->hasAttr(scanAttrName))
    return std::nullopt;
  return scan;
}

/// What is in front of a loop in its block only computes and reads, what is
/// behind it stores, too; neither it nor the loop stores what is read.
static bool isSimpleAround(const Scan &scan) {
  auto isOther = [](Operation *op) {
    return isPure(op) && op->getNumRegions() == 0;
  };
  SmallPtrSet<Value, 4> read;
  for (Operation *op : scan.before) {
    if (auto load = dyn_cast<memref::LoadOp>(op))
      read.insert(load.getMemRef());
    else if (!isOther(op))
      return false;
  }
  auto isFine = [&](memref::StoreOp store) {
    return !read.contains(store.getMemRef());
  };
  return llvm::all_of(scan.behind,
                      [&](Operation *op) {
                        auto store = dyn_cast<memref::StoreOp>(op);
                        return store ? isFine(store) : isOther(op);
                      }) &&
         llvm::all_of(scf::ForOp(scan.loop).getOps<memref::StoreOp>(), isFine);
}

std::optional<Scan> Scan::match(Block *block) {
  auto loops = block->getOps<scf::ForOp>();
  if (!llvm::hasSingleElement(loops))
    return std::nullopt;
  scf::ForOp loop = *loops.begin();
  std::optional<Scan> scan = match(loop);
  if (!scan)
    return std::nullopt;
  for (Operation &op : block->without_terminator()) {
    if (&op == loop)
      continue;
    (op.isBeforeInBlock(loop) ? scan->before : scan->behind).push_back(&op);
  }
  return isSimpleAround(*scan) ? scan : std::nullopt;
}
