//===- MemRef.cpp - The memref dialect ------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

/// The byte offset of the element at the indices from operand `first`; -1 when
/// it is not there.
static int64_t locate(Cell *slots, const Array &array, const Instruction &op,
                      unsigned first) {
  int64_t place = 0;
  for (auto [dim, size] : llvm::enumerate(array.shape)) {
    int64_t index = slots[op.in[first + dim]].scalar.i;
    if (index < 0 || index >= size)
      return -1;
    place += index * array.strides[dim];
  }
  int64_t at = array.offset + place * array.element.bytes;
  return at >= 0 && at + array.element.bytes <=
                        static_cast<int64_t>(array.memory->size())
             ? at
             : -1;
}

static bool runLoad(Machine &machine, Cell *slots, const Instruction &op) {
  const Array &array = slots[op.in[0]].array;
  int64_t at = locate(slots, array, op, 1);
  if (at < 0)
    return machine.fail(op.op, "reads an element that is not there");
  slots[op.out[0]].scalar = array.element.load(array.memory->data() + at);
  return true;
}

static bool runStore(Machine &machine, Cell *slots, const Instruction &op) {
  const Array &array = slots[op.in[1]].array;
  int64_t at = locate(slots, array, op, 2);
  if (at < 0)
    return machine.fail(op.op, "writes an element that is not there");
  array.element.store(array.memory->data() + at, slots[op.in[0]].scalar);
  return true;
}

static bool runAlloc(Machine &, Cell *slots, const Instruction &op) {
  auto type = cast<MemRefType>(op.op->getResult(0).getType());
  unsigned next = 0;
  slots[op.out[0]].array =
      Array(getMixed(type.getShape(), slots, op, next), op.to);
  return true;
}

static bool runNothing(Machine &, Cell *, const Instruction &) { return true; }

static bool runSame(Machine &, Cell *slots, const Instruction &op) {
  if (op.out.empty())
    return true;
  slots[op.out[0]].array = slots[op.in[0]].array;
  return true;
}

static bool runCopy(Machine &machine, Cell *slots, const Instruction &op) {
  Array &to = slots[op.in[1]].array;
  const Array &from = slots[op.in[0]].array;
  if (from.shape != to.shape || !from.isInside() || !to.isInside())
    return machine.fail(op.op, "copies between different shapes");
  to.assign(from.clone());
  SmallVector<Array *> written = {&to};
  machine.observe(op.op, {}, written);
  return true;
}

static bool runGetGlobal(Machine &machine, Cell *slots, const Instruction &op) {
  Array array = op.array;
  if (!array.memory) {
    auto name = cast<memref::GetGlobalOp>(op.op).getNameAttr();
    auto global =
        SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(op.op, name);
    auto initial =
        global ? dyn_cast_or_null<ElementsAttr>(global.getInitialValueAttr())
               : ElementsAttr();
    if (!initial || !readElements(initial, array))
      return machine.fail(op.op, "global has no values");
  }
  slots[op.out[0]].array = std::move(array);
  return true;
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

static bool runView(Machine &machine, Cell *slots, const Instruction &op) {
  auto type = cast<MemRefType>(op.op->getResult(0).getType());
  const Array &from = slots[op.in[0]].array;
  int64_t shift = slots[op.in[1]].scalar.i;
  unsigned next = 2;
  Array view(ArrayRef<int64_t>(), op.to);
  for (int64_t size : getMixed(type.getShape(), slots, op, next))
    view.shape.push_back(size);
  view.strides.resize(view.shape.size());
  int64_t stride = 1;
  for (size_t dim = view.shape.size(); dim-- > 0;) {
    view.strides[dim] = stride;
    stride *= view.shape[dim];
  }
  view.memory = from.memory;
  view.offset = view.base = from.offset + shift;
  if (!view.isInside())
    return machine.fail(
        op.op, "needs bytes " + llvm::Twine(view.offset) + " to " +
                   llvm::Twine(view.offset + view.size() * view.element.bytes) +
                   " of a buffer of " + llvm::Twine(from.memory->size()));
  slots[op.out[0]].array = std::move(view);
  return true;
}

static bool runReinterpret(Machine &, Cell *slots, const Instruction &op) {
  auto cast = llvm::cast<memref::ReinterpretCastOp>(op.op);
  unsigned next = 1;
  Array view = slots[op.in[0]].array;
  SmallVector<int64_t> offsets =
                           getMixed(cast.getStaticOffsets(), slots, op, next),
                       sizes = getMixed(cast.getStaticSizes(), slots, op, next),
                       strides =
                           getMixed(cast.getStaticStrides(), slots, op, next);
  view.offset = view.base + offsets[0] * view.element.bytes;
  view.shape.assign(sizes.begin(), sizes.end());
  view.strides.assign(strides.begin(), strides.end());
  slots[op.out[0]].array = std::move(view);
  return true;
}

static bool runSubView(Machine &, Cell *slots, const Instruction &op) {
  auto part = cast<memref::SubViewOp>(op.op);
  unsigned next = 1;
  const Array &from = slots[op.in[0]].array;
  Array view = from;
  SmallVector<int64_t> offsets =
                           getMixed(part.getStaticOffsets(), slots, op, next),
                       sizes = getMixed(part.getStaticSizes(), slots, op, next),
                       strides =
                           getMixed(part.getStaticStrides(), slots, op, next);
  llvm::SmallBitVector dropped = part.getDroppedDims();
  view.shape.clear();
  view.strides.clear();
  for (size_t dim = 0; dim < from.shape.size(); ++dim) {
    view.offset += offsets[dim] * from.strides[dim] * from.element.bytes;
    if (dropped.test(dim))
      continue;
    view.shape.push_back(sizes[dim]);
    view.strides.push_back(strides[dim] * from.strides[dim]);
  }
  slots[op.out[0]].array = std::move(view);
  return true;
}

static bool runExpand(Machine &machine, Cell *slots, const Instruction &op) {
  auto expand = cast<memref::ExpandShapeOp>(op.op);
  unsigned next = 1;
  SmallVector<int64_t> shape =
      getMixed(expand.getStaticOutputShape(), slots, op, next);
  const Array &from = slots[op.in[0]].array;
  if (llvm::product_of(shape, int64_t(1)) != from.size())
    return machine.fail(op.op, "has a result of another size");
  Array view = from;
  view.shape.assign(shape.begin(), shape.end());
  view.strides.assign(shape.size(), 1);
  for (auto [dim, group] : llvm::enumerate(expand.getReassociationIndices())) {
    int64_t stride = from.strides[dim];
    for (int64_t to : llvm::reverse(group)) {
      view.strides[to] = stride;
      stride *= shape[to];
    }
  }
  slots[op.out[0]].array = std::move(view);
  return true;
}

static bool runCollapse(Machine &, Cell *slots, const Instruction &op) {
  auto collapse = cast<memref::CollapseShapeOp>(op.op);
  const Array &from = slots[op.in[0]].array;
  Array view = from;
  view.shape.clear();
  view.strides.clear();
  for (const ReassociationIndices &group : collapse.getReassociationIndices()) {
    // The stride of a group is that of its last dimension with more than one
    // element.
    int64_t size = 1, stride = 1;
    for (int64_t dim : llvm::reverse(group)) {
      if (size == 1)
        stride = from.strides[dim];
      size *= from.shape[dim];
    }
    view.shape.push_back(size);
    view.strides.push_back(stride);
  }
  slots[op.out[0]].array = std::move(view);
  return true;
}

/// base buffer, offset, sizes, strides.
static bool runMetadata(Machine &, Cell *slots, const Instruction &op) {
  const Array &from = slots[op.in[0]].array;
  Array base(ArrayRef<int64_t>(), from.element);
  base.memory = from.memory;
  base.offset = base.base = from.base;
  slots[op.out[0]].array = base;
  slots[op.out[1]].scalar.i = (from.offset - from.base) / from.element.bytes;
  size_t rank = from.shape.size();
  for (size_t dim = 0; dim < rank; ++dim) {
    slots[op.out[2 + dim]].scalar.i = from.shape[dim];
    slots[op.out[2 + rank + dim]].scalar.i = from.strides[dim];
  }
  return true;
}

void interpreter::addMemRef(Table &table) {
  using namespace memref;
  table[LoadOp::getOperationName()] = {runLoad};
  table[StoreOp::getOperationName()] = {runStore};
  table[AllocOp::getOperationName()] = {runAlloc};
  table[AllocaOp::getOperationName()] = {runAlloc};
  table[DeallocOp::getOperationName()] = {runNothing};
  table[PrefetchOp::getOperationName()] = {runNothing};
  table[AssumeAlignmentOp::getOperationName()] = {runSame};
  table[CastOp::getOperationName()] = {runSame};
  table[MemorySpaceCastOp::getOperationName()] = {runSame};
  table[CopyOp::getOperationName()] = {runCopy};
  table[GetGlobalOp::getOperationName()] = {runGetGlobal};
  table[ViewOp::getOperationName()] = {runView};
  table[ReinterpretCastOp::getOperationName()] = {runReinterpret};
  table[SubViewOp::getOperationName()] = {runSubView};
  table[ExpandShapeOp::getOperationName()] = {runExpand};
  table[CollapseShapeOp::getOperationName()] = {runCollapse};
  table[ExtractStridedMetadataOp::getOperationName()] = {runMetadata};
}
