//===- Arith.cpp - The arith dialect --------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

static bool prepareConstant(Instruction &op) {
  Attribute value = cast<arith::ConstantOp>(op.op).getValue();
  if (auto number = dyn_cast<FloatAttr>(value)) {
    APFloat wide = number.getValue();
    bool losesInfo;
    wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
    op.constants.push_back({.f = wide.convertToDouble()});
    return true;
  }
  if (auto number = dyn_cast<IntegerAttr>(value)) {
    op.constants.push_back({.i = op.to.wrap(number.getValue().getSExtValue())});
    return true;
  }
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || !readElements(elements, op.array))
    return false;
  if (!isa<VectorType>(op.op->getResult(0).getType()))
    return true;
  for (int64_t i = 0, e = op.array.size(); i < e; ++i)
    op.constants.push_back(op.array.get(i));
  op.array = Array();
  return true;
}

static bool runConstant(Machine &machine, Cell *slots, const Instruction &op) {
  Cell &to = slots[op.out[0]];
  if (op.array.memory) {
    to.array = op.array;
    machine.observe(op, slots);
  } else if (op.lanes == 0) {
    to.scalar = op.constants[0];
  } else {
    to.lanes.assign(op.constants.begin(), op.constants.end());
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

static double add(double a, double b) { return a + b; }
static double sub(double a, double b) { return a - b; }
static double mul(double a, double b) { return a * b; }
static double div(double a, double b) { return a / b; }
static double neg(double a) { return -a; }
static double same(double a) { return a; }
/// The sign of zero counts, as in IEEE 754-2019.
static double maximum(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return std::nan("");
  return a == b ? (std::signbit(a) ? b : a) : std::max(a, b);
}
static double minimum(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return std::nan("");
  return a == b ? (std::signbit(a) ? a : b) : std::min(a, b);
}

static int64_t addInt(int64_t a, int64_t b, const Element &) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}
static int64_t subInt(int64_t a, int64_t b, const Element &) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) -
                              static_cast<uint64_t>(b));
}
static int64_t mulInt(int64_t a, int64_t b, const Element &) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) *
                              static_cast<uint64_t>(b));
}
static int64_t andInt(int64_t a, int64_t b, const Element &) { return a & b; }
static int64_t orInt(int64_t a, int64_t b, const Element &) { return a | b; }
static int64_t xorInt(int64_t a, int64_t b, const Element &) { return a ^ b; }
static int64_t maxS(int64_t a, int64_t b, const Element &type) {
  return std::max(toSigned(a, type), toSigned(b, type));
}
static int64_t minS(int64_t a, int64_t b, const Element &type) {
  return std::min(toSigned(a, type), toSigned(b, type));
}
static int64_t maxU(int64_t a, int64_t b, const Element &type) {
  return toUnsigned(a, type) > toUnsigned(b, type) ? a : b;
}
static int64_t minU(int64_t a, int64_t b, const Element &type) {
  return toUnsigned(a, type) < toUnsigned(b, type) ? a : b;
}
/// Shifts by more than the width are poison; zeros here, as in C on vectors.
static int64_t shl(int64_t a, int64_t b, const Element &type) {
  uint64_t count = toUnsigned(b, type);
  return count >= type.width
             ? 0
             : static_cast<int64_t>(static_cast<uint64_t>(a) << count);
}
static int64_t shrU(int64_t a, int64_t b, const Element &type) {
  uint64_t count = toUnsigned(b, type);
  return count >= type.width
             ? 0
             : static_cast<int64_t>(toUnsigned(a, type) >> count);
}
static int64_t shrS(int64_t a, int64_t b, const Element &type) {
  return toSigned(a, type) >>
         std::min<uint64_t>(toUnsigned(b, type), type.width - 1);
}

static int64_t subSaturatedU(int64_t a, int64_t b, const Element &type) {
  uint64_t x = toUnsigned(a, type), y = toUnsigned(b, type);
  return x > y ? static_cast<int64_t>(x - y) : 0;
}
static int64_t addSaturatedU(int64_t a, int64_t b, const Element &type) {
  uint64_t x = toUnsigned(a, type), most = toUnsigned(-1, type);
  return static_cast<int64_t>(std::min(toUnsigned(b, type), most - x) + x);
}

/// Divisions fail when they are undefined. Lanes that a select drops may be
/// so, which gives them 0.
using Division = int64_t (*)(int64_t, int64_t);
static int64_t divTrunc(int64_t a, int64_t b) { return a / b; }
static int64_t remTrunc(int64_t a, int64_t b) { return a % b; }
static int64_t divFloor(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}
static int64_t divCeil(int64_t a, int64_t b) {
  return a / b + (a % b != 0 && (a % b < 0) == (b < 0));
}

template <Division function>
static bool runDivS(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<2>(slots, op, [&](const Scalar *x) {
    int64_t a = toSigned(x[0].i, op.from), b = toSigned(x[1].i, op.from);
    if (b == 0)
      return Scalar{.i = 0};
    if (b == -1)
      return Scalar{
          .i = op.to.wrap(function(1, 1) == 0 ? 0 : subInt(0, a, op.from))};
    return Scalar{.i = op.to.wrap(function(a, b))};
  });
}

enum class Rounding { Down, Up, Rest };
template <Rounding rounding>
static bool runDivU(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<2>(slots, op, [&](const Scalar *x) {
    uint64_t a = toUnsigned(x[0].i, op.from), b = toUnsigned(x[1].i, op.from);
    if (b == 0)
      return Scalar{.i = 0};
    uint64_t result = rounding == Rounding::Rest
                          ? a % b
                          : a / b + (rounding == Rounding::Up && a % b != 0);
    return Scalar{.i = op.to.wrap(static_cast<int64_t>(result))};
  });
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

static bool compare(arith::CmpFPredicate predicate, double a, double b) {
  bool isOrdered = !std::isnan(a) && !std::isnan(b);
  switch (predicate) {
  case arith::CmpFPredicate::AlwaysFalse:
    return false;
  case arith::CmpFPredicate::OEQ:
    return isOrdered && a == b;
  case arith::CmpFPredicate::OGT:
    return isOrdered && a > b;
  case arith::CmpFPredicate::OGE:
    return isOrdered && a >= b;
  case arith::CmpFPredicate::OLT:
    return isOrdered && a < b;
  case arith::CmpFPredicate::OLE:
    return isOrdered && a <= b;
  case arith::CmpFPredicate::ONE:
    return isOrdered && a != b;
  case arith::CmpFPredicate::ORD:
    return isOrdered;
  case arith::CmpFPredicate::UEQ:
    return !isOrdered || a == b;
  case arith::CmpFPredicate::UGT:
    return !isOrdered || a > b;
  case arith::CmpFPredicate::UGE:
    return !isOrdered || a >= b;
  case arith::CmpFPredicate::ULT:
    return !isOrdered || a < b;
  case arith::CmpFPredicate::ULE:
    return !isOrdered || a <= b;
  case arith::CmpFPredicate::UNE:
    return !isOrdered || a != b;
  case arith::CmpFPredicate::UNO:
    return !isOrdered;
  case arith::CmpFPredicate::AlwaysTrue:
    return true;
  }
  llvm_unreachable("all predicates are there");
}

static bool compare(arith::CmpIPredicate predicate, Scalar x, Scalar y,
                    const Element &type) {
  int64_t a = toSigned(x.i, type), b = toSigned(y.i, type);
  uint64_t ua = toUnsigned(x.i, type), ub = toUnsigned(y.i, type);
  switch (predicate) {
  case arith::CmpIPredicate::eq:
    return a == b;
  case arith::CmpIPredicate::ne:
    return a != b;
  case arith::CmpIPredicate::slt:
    return a < b;
  case arith::CmpIPredicate::sle:
    return a <= b;
  case arith::CmpIPredicate::sgt:
    return a > b;
  case arith::CmpIPredicate::sge:
    return a >= b;
  case arith::CmpIPredicate::ult:
    return ua < ub;
  case arith::CmpIPredicate::ule:
    return ua <= ub;
  case arith::CmpIPredicate::ugt:
    return ua > ub;
  case arith::CmpIPredicate::uge:
    return ua >= ub;
  }
  llvm_unreachable("all predicates are there");
}

/// The LLVM dialect numbers its predicates in the same way.
template <typename Op>
static bool preparePredicate(Instruction &op) {
  op.number = static_cast<int64_t>(cast<Op>(op.op).getPredicate());
  return true;
}
static bool runCmpF(Machine &, Cell *slots, const Instruction &op) {
  auto predicate = static_cast<arith::CmpFPredicate>(op.number);
  return forEachLane<2>(slots, op, [&](const Scalar *x) {
    return Scalar{.i = compare(predicate, x[0].f, x[1].f)};
  });
}
static bool runCmpI(Machine &, Cell *slots, const Instruction &op) {
  auto predicate = static_cast<arith::CmpIPredicate>(op.number);
  return forEachLane<2>(slots, op, [&](const Scalar *x) {
    return Scalar{.i = compare(predicate, x[0], x[1], op.from)};
  });
}

static bool runSelect(Machine &, Cell *slots, const Instruction &op) {
  const Cell &condition = slots[op.in[0]];
  if (op.op->getOperand(0).getType().isInteger(1)) {
    slots[op.out[0]] = slots[op.in[condition.scalar.i ? 1 : 2]];
    return true;
  }
  return forEachLane<3>(slots, op,
                        [](const Scalar *x) { return x[0].i ? x[1] : x[2]; });
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

static bool runExtUI(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(slots, op, [&](const Scalar *x) {
    return Scalar{
        .i = op.to.wrap(static_cast<int64_t>(toUnsigned(x[0].i, op.from)))};
  });
}
/// Also truncation: the value is wrapped.
static bool runExtSI(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(slots, op, [&](const Scalar *x) {
    return Scalar{.i = op.to.wrap(toSigned(x[0].i, op.from))};
  });
}
static bool runSIToFP(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(slots, op, [&](const Scalar *x) {
    int64_t value = toSigned(x[0].i, op.from);
    // Through double it would be rounded twice.
    return Scalar{.f = op.to.kind == Element::F32
                           ? static_cast<float>(value)
                           : op.to.round(static_cast<double>(value))};
  });
}
static bool runUIToFP(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(slots, op, [&](const Scalar *x) {
    uint64_t value = toUnsigned(x[0].i, op.from);
    return Scalar{.f = op.to.kind == Element::F32
                           ? static_cast<float>(value)
                           : op.to.round(static_cast<double>(value))};
  });
}
/// Out of range is poison; the least integer here, as x86 has it.
static bool runFPToSI(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(slots, op, [&](const Scalar *x) {
    double value = std::trunc(x[0].f);
    bool fits = value >= -0x1p63 && value < 0x1p63;
    return Scalar{.i = op.to.wrap(fits ? static_cast<int64_t>(value)
                                       : std::numeric_limits<int64_t>::min())};
  });
}
static bool runFPToUI(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(slots, op, [&](const Scalar *x) {
    double value = std::trunc(x[0].f);
    bool fits = value >= 0 && value < 0x1p64;
    return Scalar{.i = op.to.wrap(static_cast<int64_t>(
                      fits ? static_cast<uint64_t>(value) : 0))};
  });
}
static bool runBitcast(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(slots, op, [&](const Scalar *x) {
    return reinterpret(x[0], op.from, op.to);
  });
}

void interpreter::addArith(Table &table) {
  using namespace arith;
  auto on = [&](StringRef name, Handler run) {
    table[name] = {run, isOnNumbers};
  };
  table[ConstantOp::getOperationName()] = {runConstant, prepareConstant};
  on(AddFOp::getOperationName(), runFloat2<add>);
  on(SubFOp::getOperationName(), runFloat2<sub>);
  on(MulFOp::getOperationName(), runFloat2<mul>);
  on(DivFOp::getOperationName(), runFloat2<div>);
  on(RemFOp::getOperationName(), runFloat2<std::fmod>);
  on(NegFOp::getOperationName(), runFloat1<neg>);
  on(MaximumFOp::getOperationName(), runFloat2<maximum>);
  on(MinimumFOp::getOperationName(), runFloat2<minimum>);
  on(MaxNumFOp::getOperationName(), runFloat2<std::fmax>);
  on(MinNumFOp::getOperationName(), runFloat2<std::fmin>);
  on(AddIOp::getOperationName(), runInt2<addInt>);
  on(SubIOp::getOperationName(), runInt2<subInt>);
  on(MulIOp::getOperationName(), runInt2<mulInt>);
  on(AndIOp::getOperationName(), runInt2<andInt>);
  on(OrIOp::getOperationName(), runInt2<orInt>);
  on(XOrIOp::getOperationName(), runInt2<xorInt>);
  on(MaxSIOp::getOperationName(), runInt2<maxS>);
  on(MinSIOp::getOperationName(), runInt2<minS>);
  on(MaxUIOp::getOperationName(), runInt2<maxU>);
  on(MinUIOp::getOperationName(), runInt2<minU>);
  on(ShLIOp::getOperationName(), runInt2<shl>);
  on(ShRUIOp::getOperationName(), runInt2<shrU>);
  on(ShRSIOp::getOperationName(), runInt2<shrS>);
  on(DivSIOp::getOperationName(), runDivS<divTrunc>);
  on(RemSIOp::getOperationName(), runDivS<remTrunc>);
  on(FloorDivSIOp::getOperationName(), runDivS<divFloor>);
  on(CeilDivSIOp::getOperationName(), runDivS<divCeil>);
  on(DivUIOp::getOperationName(), runDivU<Rounding::Down>);
  on(CeilDivUIOp::getOperationName(), runDivU<Rounding::Up>);
  on(RemUIOp::getOperationName(), runDivU<Rounding::Rest>);
  on(ExtUIOp::getOperationName(), runExtUI);
  on(ExtSIOp::getOperationName(), runExtSI);
  on(TruncIOp::getOperationName(), runExtSI);
  on(IndexCastOp::getOperationName(), runExtSI);
  on(IndexCastUIOp::getOperationName(), runExtUI);
  on(ExtFOp::getOperationName(), runFloat1<same>);
  on(TruncFOp::getOperationName(), runFloat1<same>);
  on(SIToFPOp::getOperationName(), runSIToFP);
  on(UIToFPOp::getOperationName(), runUIToFP);
  on(FPToSIOp::getOperationName(), runFPToSI);
  on(FPToUIOp::getOperationName(), runFPToUI);
  on(BitcastOp::getOperationName(), runBitcast);
  // The LLVM dialect means the same by them.
  static constexpr std::pair<StringLiteral, StringLiteral> same[] = {
      {"llvm.fadd", "arith.addf"},
      {"llvm.fsub", "arith.subf"},
      {"llvm.fmul", "arith.mulf"},
      {"llvm.fdiv", "arith.divf"},
      {"llvm.frem", "arith.remf"},
      {"llvm.fneg", "arith.negf"},
      {"llvm.add", "arith.addi"},
      {"llvm.sub", "arith.subi"},
      {"llvm.mul", "arith.muli"},
      {"llvm.and", "arith.andi"},
      {"llvm.or", "arith.ori"},
      {"llvm.xor", "arith.xori"},
      {"llvm.shl", "arith.shli"},
      {"llvm.lshr", "arith.shrui"},
      {"llvm.ashr", "arith.shrsi"},
      {"llvm.sdiv", "arith.divsi"},
      {"llvm.udiv", "arith.divui"},
      {"llvm.srem", "arith.remsi"},
      {"llvm.urem", "arith.remui"},
      {"llvm.zext", "arith.extui"},
      {"llvm.sext", "arith.extsi"},
      {"llvm.trunc", "arith.trunci"},
      {"llvm.fpext", "arith.extf"},
      {"llvm.fptrunc", "arith.truncf"},
      {"llvm.sitofp", "arith.sitofp"},
      {"llvm.uitofp", "arith.uitofp"},
      {"llvm.fptosi", "arith.fptosi"},
      {"llvm.fptoui", "arith.fptoui"},
      {"llvm.intr.maximum", "arith.maximumf"},
      {"llvm.intr.minimum", "arith.minimumf"},
      {"llvm.intr.maxnum", "arith.maxnumf"},
      {"llvm.intr.minnum", "arith.minnumf"},
      {"llvm.intr.smax", "arith.maxsi"},
      {"llvm.intr.smin", "arith.minsi"},
      {"llvm.intr.umax", "arith.maxui"},
      {"llvm.intr.umin", "arith.minui"},
  };
  for (auto [name, like] : same)
    table[name] = table[like];
  on("llvm.intr.usub.sat", runInt2<subSaturatedU>);
  on("llvm.intr.uadd.sat", runInt2<addSaturatedU>);
  table["llvm.fcmp"] = {runCmpF, preparePredicate<LLVM::FCmpOp>};
  table["llvm.icmp"] = {runCmpI, preparePredicate<LLVM::ICmpOp>};
  table["llvm.select"] = {runSelect};
  table[CmpFOp::getOperationName()] = {runCmpF, [](Instruction &op) {
                                         return isOnNumbers(op) &&
                                                preparePredicate<CmpFOp>(op);
                                       }};
  table[CmpIOp::getOperationName()] = {runCmpI, [](Instruction &op) {
                                         return isOnNumbers(op) &&
                                                preparePredicate<CmpIOp>(op);
                                       }};
  table[SelectOp::getOperationName()] = {
      runSelect, [](Instruction &op) {
        return op.op->getOperand(0).getType().isInteger(1) || isOnNumbers(op);
      }};
}
