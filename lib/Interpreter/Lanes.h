//===- Lanes.h - Functions of numbers over scalars and vectors --*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_INTERPRETER_LANES_H
#define GRAPHC_LIB_INTERPRETER_LANES_H

#include "Machine.h"

namespace graphc::interpreter {

/// Calls `body` with the numbers of each lane of the operands and stores what
/// it returns. `body` takes the instruction for types and attributes.
template <unsigned count, typename Body>
bool forEachLane(Cell *slots, const Instruction &op, Body body) {
  Cell &result = slots[op.out[0]];
  const Scalar *from[count];
  if (op.lanes == 0) {
    Scalar values[count];
    for (unsigned i = 0; i < count; ++i)
      values[i] = slots[op.in[i]].scalar;
    result.scalar = body(values);
    return true;
  }
  // The result is none of the operands: SSA values have slots of their own.
  result.lanes.resize(op.lanes);
  for (unsigned i = 0; i < count; ++i)
    from[i] = slots[op.in[i]].lanes.data();
  for (unsigned lane = 0; lane < op.lanes; ++lane) {
    Scalar values[count];
    for (unsigned i = 0; i < count; ++i)
      values[i] = from[i][lane];
    result.lanes[lane] = body(values);
  }
  return true;
}

/// Whether the operands are scalars or vectors; arith on tensors is not known.
inline bool isOnNumbers(Instruction &op) {
  return !llvm::isa<mlir::ShapedType>(op.op->getResult(0).getType()) ||
         llvm::isa<mlir::VectorType>(op.op->getResult(0).getType());
}

template <double (*function)(double)>
bool runFloat1(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(slots, op, [&](const Scalar *x) {
    return Scalar{.f = op.to.round(function(x[0].f))};
  });
}
template <double (*function)(double, double)>
bool runFloat2(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<2>(slots, op, [&](const Scalar *x) {
    return Scalar{.f = op.to.round(function(x[0].f, x[1].f))};
  });
}
/// Integers get the type of the operands for their width.
template <int64_t (*function)(int64_t, int64_t, const Element &)>
bool runInt2(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<2>(slots, op, [&](const Scalar *x) {
    return Scalar{.i = op.to.wrap(function(x[0].i, x[1].i, op.from))};
  });
}

/// The value with the sign of its highest bit, which is stored so except for
/// i1; and with zeros above.
inline int64_t toSigned(int64_t value, const Element &type) {
  return type.width == 1 ? -value : value;
}
inline uint64_t toUnsigned(int64_t value, const Element &type) {
  return type.width >= 64
             ? static_cast<uint64_t>(value)
             : static_cast<uint64_t>(value) & ((uint64_t(1) << type.width) - 1);
}

/// The element of the same bits.
inline Scalar reinterpret(Scalar value, const Element &from,
                          const Element &to) {
  char bytes[8];
  from.store(bytes, value);
  return to.load(bytes);
}

/// Whether a float of eight bits becomes the integer that it is in the LLVM
/// dialect.
inline bool isStoredAsInteger(const Element &from, const Element &to) {
  return from.kind == Element::SmallFloat && to.kind == Element::Int;
}

} // namespace graphc::interpreter

#endif // GRAPHC_LIB_INTERPRETER_LANES_H
