//===- LLVM.cpp - The LLVM dialect: values --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Constants, aggregates, lanes, and conversions between types on the way to the
// LLVM dialect. Arithmetic is that of the arith and math dialects.
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"
#include "Pointers.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/UB/IR/UBOps.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// Zeros of any type; what is poison is zero here.
static Cell makeZero(Type type) {
  Cell cell;
  if (auto structure = dyn_cast<LLVM::LLVMStructType>(type))
    for (Type field : structure.getBody())
      cell.fields.push_back(makeZero(field));
  else if (auto array = dyn_cast<LLVM::LLVMArrayType>(type))
    cell.fields.assign(array.getNumElements(),
                       makeZero(array.getElementType()));
  else if (auto vector = dyn_cast<VectorType>(type))
    cell.lanes.assign(vector.getNumElements(), Scalar{0});
  return cell;
}

static bool runZero(Machine &, Cell *slots, const Instruction &op) {
  slots[op.out[0]] = makeZero(op.op->getResult(0).getType());
  return true;
}

static bool prepareConstant(Instruction &op) {
  Attribute value = cast<LLVM::ConstantOp>(op.op).getValue();
  Type type = op.op->getResult(0).getType();
  unsigned count = std::max(op.lanes, 1u);
  if (auto number = dyn_cast<FloatAttr>(value)) {
    APFloat wide = number.getValue();
    if (!op.to.isFloat()) { // of eight bits
      int64_t bits = wide.bitcastToAPInt().getSExtValue();
      op.constants.assign(count, {.i = op.to.wrap(bits)});
      return !isa<LLVM::LLVMArrayType>(type);
    }
    bool losesInfo;
    wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
    op.constants.assign(count, {.f = wide.convertToDouble()});
    return !isa<LLVM::LLVMArrayType>(type);
  }
  if (auto number = dyn_cast<IntegerAttr>(value)) {
    op.constants.assign(count,
                        {.i = op.to.wrap(number.getValue().getSExtValue())});
    return !isa<LLVM::LLVMArrayType>(type);
  }
  Array array;
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || !isa<VectorType>(type) || !readElements(elements, array) ||
      array.size() != op.lanes)
    return false;
  for (int64_t i = 0, e = array.size(); i < e; ++i)
    op.constants.push_back(isStoredAsInteger(array.element, op.to)
                               ? reinterpret(array.get(i), array.element, op.to)
                               : array.get(i));
  return true;
}

static bool runConstant(Machine &, Cell *slots, const Instruction &op) {
  Cell &to = slots[op.out[0]];
  if (op.lanes == 0)
    to.scalar = op.constants[0];
  else
    to.lanes.assign(op.constants.begin(), op.constants.end());
  return true;
}

//===----------------------------------------------------------------------===//
// Aggregates
//===----------------------------------------------------------------------===//

static bool runExtractValue(Machine &, Cell *slots, const Instruction &op) {
  const Cell *from = &slots[op.in[0]];
  for (int64_t place : cast<LLVM::ExtractValueOp>(op.op).getPosition())
    from = &from->fields[place];
  Cell value = *from;
  slots[op.out[0]] = std::move(value);
  return true;
}

static bool runInsertValue(Machine &, Cell *slots, const Instruction &op) {
  // The container and the value; its place in the operands follows ODS.
  auto insert = cast<LLVM::InsertValueOp>(op.op);
  bool isFirst = insert.getContainer() == op.op->getOperand(0);
  Cell whole = slots[op.in[isFirst ? 0 : 1]];
  Cell *to = &whole;
  for (int64_t place : insert.getPosition())
    to = &to->fields[place];
  *to = slots[op.in[isFirst ? 1 : 0]];
  slots[op.out[0]] = std::move(whole);
  return true;
}

static bool runSame(Machine &, Cell *slots, const Instruction &op) {
  Cell value = slots[op.in[0]];
  slots[op.out[0]] = std::move(value);
  return true;
}

static bool runNothing(Machine &, Cell *, const Instruction &) { return true; }

//===----------------------------------------------------------------------===//
// Lanes
//===----------------------------------------------------------------------===//

static bool prepareShuffle(Instruction &op) {
  auto shuffle = cast<LLVM::ShuffleVectorOp>(op.op);
  op.number = cast<VectorType>(shuffle.getV1().getType()).getNumElements();
  for (int32_t lane : shuffle.getMask())
    op.constants.push_back({.i = lane});
  return true;
}
static bool runShuffle(Machine &, Cell *slots, const Instruction &op) {
  const std::vector<Scalar> &a = slots[op.in[0]].lanes,
                            &b = slots[op.in[1]].lanes;
  Cell &to = slots[op.out[0]];
  to.lanes.resize(op.constants.size());
  for (auto [i, lane] : llvm::enumerate(op.constants))
    to.lanes[i] = lane.i < 0           ? Scalar{0}
                  : lane.i < op.number ? a[lane.i]
                                       : b[lane.i - op.number];
  return true;
}

static bool runInsertElement(Machine &machine, Cell *slots,
                             const Instruction &op) {
  Cell whole;
  whole.lanes = slots[op.in[0]].lanes;
  auto place = static_cast<uint64_t>(slots[op.in[2]].scalar.i);
  if (place >= whole.lanes.size())
    return machine.fail(op.op, "inserts at a lane that is not there");
  whole.lanes[place] = slots[op.in[1]].scalar;
  slots[op.out[0]] = std::move(whole);
  return true;
}

static bool runExtractElement(Machine &machine, Cell *slots,
                              const Instruction &op) {
  const std::vector<Scalar> &lanes = slots[op.in[0]].lanes;
  auto place = static_cast<uint64_t>(slots[op.in[1]].scalar.i);
  if (place >= lanes.size())
    return machine.fail(op.op, "extracts a lane that is not there");
  slots[op.out[0]].scalar = lanes[place];
  return true;
}

/// Bits of lanes in the order of memory; bools are single bits.
static bool runBitcast(Machine &, Cell *slots, const Instruction &op) {
  const Cell &from = slots[op.in[0]];
  bool isVector = isa<VectorType>(op.op->getOperand(0).getType());
  ArrayRef<Scalar> lanes =
      isVector ? ArrayRef(from.lanes) : ArrayRef(from.scalar);
  std::vector<bool> bits;
  auto widthOf = [](const Element &element) -> unsigned {
    return element.kind == Element::Int ? element.width : element.bytes * 8;
  };
  for (Scalar lane : lanes) {
    char bytes[8] = {};
    op.from.store(bytes, lane);
    for (unsigned bit = 0; bit < widthOf(op.from); ++bit)
      bits.push_back(bytes[bit / 8] >> (bit % 8) & 1);
  }
  unsigned width = widthOf(op.to);
  std::vector<Scalar> results(bits.size() / width);
  for (auto [i, result] : llvm::enumerate(results)) {
    char bytes[8] = {};
    for (unsigned bit = 0; bit < width; ++bit)
      bytes[bit / 8] |= static_cast<char>(bits[i * width + bit] << (bit % 8));
    result = op.to.load(bytes);
  }
  Cell &to = slots[op.out[0]];
  if (isa<VectorType>(op.op->getResult(0).getType()))
    to.lanes = std::move(results);
  else
    to.scalar = results[0];
  return true;
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

using Combine = Scalar (*)(Scalar, Scalar, const Element &);
static double sum(double a, double b) { return a + b; }
static double product(double a, double b) { return a * b; }
static double greater(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? std::nan("") : std::max(a, b);
}
static double less(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? std::nan("") : std::min(a, b);
}
static int64_t sumInts(int64_t a, int64_t b, const Element &) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + b);
}
static int64_t productInts(int64_t a, int64_t b, const Element &) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * b);
}
static int64_t bitAnd(int64_t a, int64_t b, const Element &) { return a & b; }
static int64_t bitOr(int64_t a, int64_t b, const Element &) { return a | b; }
static int64_t bitXor(int64_t a, int64_t b, const Element &) { return a ^ b; }
static int64_t greaterS(int64_t a, int64_t b, const Element &type) {
  return toSigned(a, type) > toSigned(b, type) ? a : b;
}
static int64_t lessS(int64_t a, int64_t b, const Element &type) {
  return toSigned(a, type) < toSigned(b, type) ? a : b;
}
static int64_t greaterU(int64_t a, int64_t b, const Element &type) {
  return toUnsigned(a, type) > toUnsigned(b, type) ? a : b;
}
static int64_t lessU(int64_t a, int64_t b, const Element &type) {
  return toUnsigned(a, type) < toUnsigned(b, type) ? a : b;
}

template <double (*function)(double, double)>
static Scalar combine(Scalar a, Scalar b, const Element &type) {
  return {.f = type.round(function(a.f, b.f))};
}
template <int64_t (*function)(int64_t, int64_t, const Element &)>
static Scalar combine(Scalar a, Scalar b, const Element &type) {
  return {.i = type.wrap(function(a.i, b.i, type))};
}

/// In pairs, as hardware does it; an operand before the vector is added last.
template <Combine function>
static bool runReduce(Machine &, Cell *slots, const Instruction &op) {
  std::vector<Scalar> lanes = slots[op.in.back()].lanes;
  while (lanes.size() > 1) {
    size_t half = lanes.size() / 2;
    for (size_t i = 0; i < half; ++i)
      lanes[i] = function(lanes[i], lanes[i + half], op.to);
    if (lanes.size() % 2 != 0)
      lanes[half++] = lanes.back();
    lanes.resize(half);
  }
  Scalar result = lanes.front();
  if (op.in.size() > 1)
    result = function(slots[op.in[0]].scalar, result, op.to);
  slots[op.out[0]].scalar = result;
  return true;
}

//===----------------------------------------------------------------------===//
// Types on their way
//===----------------------------------------------------------------------===//

/// A descriptor of a memref as the LLVM dialect has it.
static Cell toDescriptor(const Array &array) {
  auto integer = [](int64_t value) {
    Cell cell;
    cell.scalar.i = value;
    return cell;
  };
  Cell descriptor;
  Cell pointer = makePointer(array.memory, array.base);
  descriptor.fields = {
      pointer, pointer,
      integer((array.offset - array.base) / array.element.bytes)};
  if (array.shape.empty())
    return descriptor;
  Cell sizes, strides;
  for (auto [size, stride] : llvm::zip_equal(array.shape, array.strides)) {
    sizes.fields.push_back(integer(size));
    strides.fields.push_back(integer(stride));
  }
  descriptor.fields.push_back(std::move(sizes));
  descriptor.fields.push_back(std::move(strides));
  return descriptor;
}

static Array fromDescriptor(const Cell &descriptor, MemRefType type) {
  Array array;
  array.element = getElement(type);
  array.memory = descriptor.fields[1].array.memory;
  array.base = descriptor.fields[1].array.offset;
  array.offset =
      array.base + descriptor.fields[2].scalar.i * array.element.bytes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    array.shape.push_back(descriptor.fields[3].fields[dim].scalar.i);
    array.strides.push_back(descriptor.fields[4].fields[dim].scalar.i);
  }
  return array;
}

static Cell splitLanes(ArrayRef<Scalar> lanes, Type type) {
  Cell cell;
  auto array = dyn_cast<LLVM::LLVMArrayType>(type);
  if (!array) {
    cell.lanes.assign(lanes.begin(), lanes.end());
    return cell;
  }
  size_t count = array.getNumElements(), part = lanes.size() / count;
  for (size_t i = 0; i < count; ++i)
    cell.fields.push_back(
        splitLanes(lanes.slice(i * part, part), array.getElementType()));
  return cell;
}

static void joinLanes(const Cell &cell, std::vector<Scalar> &lanes) {
  llvm::append_range(lanes, cell.lanes);
  for (const Cell &field : cell.fields)
    joinLanes(field, lanes);
}

/// Of vectors, also of several dimensions.
static Element getInnermost(Type type) {
  while (auto array = dyn_cast<LLVM::LLVMArrayType>(type))
    type = array.getElementType();
  return getElement(type);
}

static void reinterpretAll(Cell &cell, const Element &from, const Element &to) {
  cell.scalar = reinterpret(cell.scalar, from, to);
  for (Scalar &lane : cell.lanes)
    lane = reinterpret(lane, from, to);
  for (Cell &field : cell.fields)
    reinterpretAll(field, from, to);
}

static bool runCast(Machine &machine, Cell *slots, const Instruction &op) {
  if (op.in.size() != 1 || op.out.size() != 1)
    return machine.fail(op.op, "casts several values", true);
  Type from = op.op->getOperand(0).getType(),
       to = op.op->getResult(0).getType();
  const Cell &value = slots[op.in[0]];
  Cell result;
  if (auto memref = dyn_cast<MemRefType>(from);
      memref && isa<LLVM::LLVMStructType>(to))
    result = toDescriptor(value.array);
  else if (auto memref = dyn_cast<MemRefType>(to);
           memref && isa<LLVM::LLVMStructType>(from))
    result.array = fromDescriptor(value, memref);
  else if (isa<VectorType>(from) && isa<LLVM::LLVMArrayType>(to))
    result = splitLanes(value.lanes, to);
  else if (isa<LLVM::LLVMArrayType>(from) && isa<VectorType>(to))
    joinLanes(value, result.lanes);
  else
    result = value;
  Element before = getInnermost(from), after = getInnermost(to);
  if (isStoredAsInteger(before, after) || isStoredAsInteger(after, before))
    reinterpretAll(result, before, after);
  slots[op.out[0]] = std::move(result);
  return true;
}

void interpreter::addLLVM(Table &table) {
  for (StringRef name :
       {"llvm.mlir.zero", "llvm.mlir.undef", "llvm.mlir.poison", "ub.poison"})
    table[name] = {runZero};
  table["llvm.mlir.constant"] = {runConstant, prepareConstant};
  table["llvm.extractvalue"] = {runExtractValue};
  table["llvm.insertvalue"] = {runInsertValue};
  table["llvm.freeze"] = {runSame};
  table["llvm.shufflevector"] = {runShuffle, prepareShuffle};
  table["llvm.insertelement"] = {runInsertElement};
  table["llvm.extractelement"] = {runExtractElement};
  table["llvm.bitcast"] = {runBitcast};
  table["builtin.unrealized_conversion_cast"] = {runCast};
  for (StringRef name :
       {"llvm.intr.assume", "llvm.intr.prefetch", "llvm.intr.lifetime.start",
        "llvm.intr.lifetime.end", "llvm.intr.stackrestore",
        "llvm.intr.dbg.value", "llvm.intr.dbg.declare",
        "llvm.intr.experimental.noalias.scope.decl"})
    table[name] = {runNothing};
  auto reduce = [&](StringRef name, Handler run) {
    table[("llvm.intr.vector.reduce." + name).str()] = {run};
  };
  reduce("fadd", runReduce<combine<sum>>);
  reduce("fmul", runReduce<combine<product>>);
  reduce("fmaximum", runReduce<combine<greater>>);
  reduce("fminimum", runReduce<combine<less>>);
  reduce("fmax", runReduce<combine<std::fmax>>);
  reduce("fmin", runReduce<combine<std::fmin>>);
  reduce("add", runReduce<combine<sumInts>>);
  reduce("mul", runReduce<combine<productInts>>);
  reduce("and", runReduce<combine<bitAnd>>);
  reduce("or", runReduce<combine<bitOr>>);
  reduce("xor", runReduce<combine<bitXor>>);
  reduce("smax", runReduce<combine<greaterS>>);
  reduce("smin", runReduce<combine<lessS>>);
  reduce("umax", runReduce<combine<greaterU>>);
  reduce("umin", runReduce<combine<lessU>>);
}
