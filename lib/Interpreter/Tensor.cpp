//===- Tensor.cpp - The tensor and bufferization dialects -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

/// Takes the operand for the result, if nothing else holds it, or copies it.
static Array own(Cell *slots, const Instruction &op, unsigned operand) {
  Array &array = slots[op.in[operand]].array;
  if (op.isLast[operand] && array.memory.use_count() == 1 &&
      array.isContiguous())
    return std::move(array);
  return array.clone();
}

static bool runEmpty(Machine &, Cell *slots, const Instruction &op) {
  auto type = cast<RankedTensorType>(op.op->getResult(0).getType());
  unsigned next = 0;
  slots[op.out[0]].array =
      Array(getMixed(type.getShape(), slots, op, next), op.to);
  return true;
}

static bool runDim(Machine &machine, Cell *slots, const Instruction &op) {
  const Array &array = slots[op.in[0]].array;
  int64_t dim = slots[op.in[1]].scalar.i;
  if (dim < 0 || dim >= static_cast<int64_t>(array.shape.size()))
    return machine.fail(op.op, "asks for a dimension that is not there");
  slots[op.out[0]].scalar.i = array.shape[dim];
  return true;
}

static bool runCast(Machine &, Cell *slots, const Instruction &op) {
  slots[op.out[0]].array = slots[op.in[0]].array;
  return true;
}

/// Row-major index of the place that operands from `first` on name; -1 when it
/// is not there.
static int64_t find(const Array &array, Cell *slots, const Instruction &op,
                    unsigned first) {
  int64_t linear = 0;
  for (auto [dim, size] : llvm::enumerate(array.shape)) {
    int64_t place = slots[op.in[first + dim]].scalar.i;
    if (place < 0 || place >= size)
      return -1;
    linear = linear * size + place;
  }
  return linear;
}

static bool runExtract(Machine &machine, Cell *slots, const Instruction &op) {
  const Array &array = slots[op.in[0]].array;
  int64_t index = find(array, slots, op, 1);
  if (index < 0)
    return machine.fail(op.op, "reads an element that is not there");
  slots[op.out[0]].scalar = array.get(index);
  return true;
}

static bool runInsert(Machine &machine, Cell *slots, const Instruction &op) {
  int64_t index = find(slots[op.in[1]].array, slots, op, 2);
  if (index < 0)
    return machine.fail(op.op, "writes an element that is not there");
  Array array = own(slots, op, 1);
  array.set(index, slots[op.in[0]].scalar);
  slots[op.out[0]].array = std::move(array);
  return true;
}

static bool runFromElements(Machine &, Cell *slots, const Instruction &op) {
  auto type = cast<RankedTensorType>(op.op->getResult(0).getType());
  Array array(type.getShape(), op.to);
  for (auto [i, slot] : llvm::enumerate(op.in))
    array.set(i, slots[slot].scalar);
  slots[op.out[0]].array = std::move(array);
  return true;
}

static bool runSplat(Machine &, Cell *slots, const Instruction &op) {
  auto type = cast<RankedTensorType>(op.op->getResult(0).getType());
  unsigned next = 1;
  Array array(getMixed(type.getShape(), slots, op, next), op.to);
  for (int64_t i = 0, e = array.size(); i < e; ++i)
    array.set(i, slots[op.in[0]].scalar);
  slots[op.out[0]].array = std::move(array);
  return true;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static Array withShape(Array array, ArrayRef<int64_t> shape) {
  if (!array.isContiguous())
    array = array.clone();
  Array result(ArrayRef<int64_t>(), array.element);
  int64_t stride = 1;
  result.shape.assign(shape.begin(), shape.end());
  result.strides.resize(shape.size());
  for (size_t dim = shape.size(); dim-- > 0;) {
    result.strides[dim] = stride;
    stride *= shape[dim];
  }
  result.memory = array.memory;
  result.offset = array.offset;
  return result;
}

static bool runExpand(Machine &machine, Cell *slots, const Instruction &op) {
  auto expand = cast<tensor::ExpandShapeOp>(op.op);
  unsigned next = 1;
  SmallVector<int64_t> shape =
      getMixed(expand.getStaticOutputShape(), slots, op, next);
  const Array &from = slots[op.in[0]].array;
  if (llvm::product_of(shape, int64_t(1)) != from.size())
    return machine.fail(op.op, "has a result of another size");
  slots[op.out[0]].array = withShape(from, shape);
  return true;
}

static bool runCollapse(Machine &, Cell *slots, const Instruction &op) {
  auto collapse = cast<tensor::CollapseShapeOp>(op.op);
  const Array &from = slots[op.in[0]].array;
  SmallVector<int64_t> shape;
  for (const ReassociationIndices &group : collapse.getReassociationIndices()) {
    int64_t size = 1;
    for (int64_t dim : group)
      size *= from.shape[dim];
    shape.push_back(size);
  }
  slots[op.out[0]].array = withShape(from, shape);
  return true;
}

static bool runReshape(Machine &machine, Cell *slots, const Instruction &op) {
  const Array &shape = slots[op.in[1]].array;
  SmallVector<int64_t> sizes;
  for (int64_t i = 0, e = shape.size(); i < e; ++i)
    sizes.push_back(shape.get(i).i);
  const Array &from = slots[op.in[0]].array;
  if (llvm::product_of(sizes, int64_t(1)) != from.size())
    return machine.fail(op.op, "has a result of another size");
  slots[op.out[0]].array = withShape(from, sizes);
  return true;
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

/// A part of `array` as a view; nothing if it is not inside.
static std::optional<Array> takeSlice(const Array &array,
                                      ArrayRef<int64_t> offsets,
                                      ArrayRef<int64_t> sizes,
                                      ArrayRef<int64_t> strides) {
  Array part = array;
  for (size_t dim = 0; dim < offsets.size(); ++dim) {
    if (offsets[dim] < 0 || sizes[dim] < 0 ||
        (sizes[dim] > 0 &&
         (offsets[dim] + (sizes[dim] - 1) * strides[dim] >= array.shape[dim] ||
          offsets[dim] + (sizes[dim] - 1) * strides[dim] < 0)))
      return std::nullopt;
    part.offset += offsets[dim] * array.strides[dim] * array.element.bytes;
    part.shape[dim] = sizes[dim];
    part.strides[dim] = strides[dim] * array.strides[dim];
  }
  return part;
}

template <typename Op>
static std::optional<Array> takeSlice(Op slice, const Array &array, Cell *slots,
                                      const Instruction &op, unsigned next) {
  SmallVector<int64_t> offsets =
                           getMixed(slice.getStaticOffsets(), slots, op, next),
                       sizes =
                           getMixed(slice.getStaticSizes(), slots, op, next),
                       strides =
                           getMixed(slice.getStaticStrides(), slots, op, next);
  return takeSlice(array, offsets, sizes, strides);
}

/// Dimensions of size 1 that a rank-reduced type leaves out.
static void drop(Array &array, const llvm::SmallBitVector &dropped) {
  SmallVector<int64_t, 4> shape, strides;
  for (size_t dim = 0; dim < array.shape.size(); ++dim)
    if (!dropped.test(dim)) {
      shape.push_back(array.shape[dim]);
      strides.push_back(array.strides[dim]);
    }
  array.shape = shape;
  array.strides = strides;
}

static bool runExtractSlice(Machine &machine, Cell *slots,
                            const Instruction &op) {
  auto slice = cast<tensor::ExtractSliceOp>(op.op);
  auto part = takeSlice(slice, slots[op.in[0]].array, slots, op, 1);
  if (!part)
    return machine.fail(op.op, "takes a slice that is not inside");
  drop(*part, slice.getDroppedDims());
  slots[op.out[0]].array = std::move(*part);
  return true;
}

static bool runInsertSlice(Machine &machine, Cell *slots,
                           const Instruction &op) {
  auto slice = cast<tensor::InsertSliceOp>(op.op);
  Array source = slots[op.in[0]].array;
  Array array = own(slots, op, 1);
  auto part = takeSlice(slice, array, slots, op, 2);
  if (!part)
    return machine.fail(op.op, "writes a slice that is not inside");
  drop(*part, slice.getDroppedDims());
  if (part->shape != source.shape)
    return machine.fail(op.op, "writes a slice of another shape");
  part->assign(source);
  slots[op.out[0]].array = std::move(array);
  return true;
}

static bool runPad(Machine &machine, Cell *slots, const Instruction &op) {
  auto pad = cast<tensor::PadOp>(op.op);
  const Array &source = slots[op.in[0]].array;
  unsigned next = 1;
  SmallVector<int64_t> low = getMixed(pad.getStaticLow(), slots, op, next),
                       high = getMixed(pad.getStaticHigh(), slots, op, next),
                       shape, ones(low.size(), 1);
  for (size_t dim = 0; dim < low.size(); ++dim)
    shape.push_back(low[dim] + source.shape[dim] + high[dim]);
  if (llvm::any_of(shape, [](int64_t size) { return size < 0; }))
    return machine.fail(op.op, "has a result of negative size");
  Array array(shape, op.to);
  const Code &body = *op.regions[0];
  SmallVector<int64_t> place(shape.size());
  for (int64_t i = 0, e = array.size(); i < e; ++i) {
    int64_t rest = i;
    for (size_t dim = shape.size(); dim-- > 0;) {
      slots[body.arguments[dim]].scalar.i = rest % shape[dim];
      rest /= shape[dim];
    }
    if (!machine.run(body, slots))
      return false;
    array.set(i, slots[body.yields[0]].scalar);
  }
  auto part = takeSlice(array, low, source.shape, ones);
  if (!part)
    return machine.fail(op.op, "pads by less than nothing", true);
  part->assign(source);
  slots[op.out[0]].array = std::move(array);
  machine.observe(op, slots);
  return true;
}

static bool runGenerate(Machine &machine, Cell *slots, const Instruction &op) {
  auto type = cast<RankedTensorType>(op.op->getResult(0).getType());
  unsigned next = 0;
  Array array(getMixed(type.getShape(), slots, op, next), op.to);
  const Code &body = *op.regions[0];
  for (int64_t i = 0, e = array.size(); i < e; ++i) {
    int64_t rest = i;
    for (size_t dim = array.shape.size(); dim-- > 0;) {
      slots[body.arguments[dim]].scalar.i = rest % array.shape[dim];
      rest /= array.shape[dim];
    }
    if (!machine.run(body, slots))
      return false;
    array.set(i, slots[body.yields[0]].scalar);
  }
  slots[op.out[0]].array = std::move(array);
  machine.observe(op, slots);
  return true;
}

//===----------------------------------------------------------------------===//
// Bufferization
//===----------------------------------------------------------------------===//

static bool runAllocTensor(Machine &machine, Cell *slots,
                           const Instruction &op) {
  auto alloc = cast<bufferization::AllocTensorOp>(op.op);
  if (alloc.getCopy()) {
    slots[op.out[0]].array = slots[op.in[0]].array.clone();
    return true;
  }
  return runEmpty(machine, slots, op);
}

static bool runMaterialize(Machine &machine, Cell *slots,
                           const Instruction &op) {
  Array &to = slots[op.in[1]].array;
  if (!to.isInside() || to.shape != slots[op.in[0]].array.shape)
    return machine.fail(op.op, "writes to a destination of another shape");
  if (op.out.empty()) {
    // The source may be a view of the destination.
    Array copy = slots[op.in[0]].array.clone();
    to.assign(copy);
  } else {
    slots[op.out[0]].array = slots[op.in[0]].array;
  }
  return true;
}

void interpreter::addTensor(Table &table) {
  using namespace tensor;
  table[EmptyOp::getOperationName()] = {runEmpty};
  table[DimOp::getOperationName()] = {runDim};
  table[memref::DimOp::getOperationName()] = {runDim};
  table[CastOp::getOperationName()] = {runCast};
  table[tensor::ExtractOp::getOperationName()] = {runExtract};
  table[tensor::InsertOp::getOperationName()] = {runInsert};
  table[FromElementsOp::getOperationName()] = {runFromElements};
  table[SplatOp::getOperationName()] = {runSplat};
  table[ExpandShapeOp::getOperationName()] = {runExpand};
  table[CollapseShapeOp::getOperationName()] = {runCollapse};
  table[ReshapeOp::getOperationName()] = {runReshape};
  table[ExtractSliceOp::getOperationName()] = {runExtractSlice};
  table[InsertSliceOp::getOperationName()] = {runInsertSlice};
  table[PadOp::getOperationName()] = {runPad};
  table[GenerateOp::getOperationName()] = {runGenerate};
  table[bufferization::AllocTensorOp::getOperationName()] = {runAllocTensor};
  table[bufferization::ToTensorOp::getOperationName()] = {runCast};
  table[bufferization::ToBufferOp::getOperationName()] = {runCast};
  table[bufferization::MaterializeInDestinationOp::getOperationName()] = {
      runMaterialize};
}
