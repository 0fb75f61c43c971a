//===- Scan.cpp - Scans along a dimension ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"
#include "ScanLoop.h"

using namespace mlir;
using namespace graphc;

using arith::CmpFPredicate;
using graph::Expr;
using graph::ScanKind;

SmallVector<Value> graphc::buildScanLoop(
    ScalarBuilder &at, Value size, ValueRange inits,
    function_ref<SmallVector<Value>(ScalarBuilder &, Value, ValueRange)> body) {
  SmallVector<Value> results = LinalgBuilder::loop(at, size, inits, body);
  results.front().getDefiningOp()->setAttr("graphc.scan", at.getUnitAttr());
  return results;
}

namespace {

/// Sums and products of floats run in f64, as torch's on the CPU do: a long
/// scan in f32 drifts.
Type getScanType(ScanKind kind, Type elementType) {
  if (!isa<FloatType>(elementType) ||
      (kind != ScanKind::Sum && kind != ScanKind::Prod))
    return elementType;
  return elementType.isF32() ? Float64Type::get(elementType.getContext())
                             : getComputeType(elementType);
}

/// log(exp(a) + exp(b)); equal infinities stay.
Value buildLogAddExp(ScalarBuilder &b, Value lhs, Value rhs) {
  Type type = lhs.getType();
  Value greater = b.op<arith::MaximumFOp>(lhs, rhs);
  Value lesser = b.op<arith::MinimumFOp>(lhs, rhs);
  Value correction =
      b.op<math::Log1pOp>(b.op<math::ExpOp>(b.sub(lesser, greater)));
  Value isEqualInfinity =
      b.band(b.equal(lesser, greater),
             b.equal(b.op<math::AbsFOp>(lesser), b.real(type, INFINITY)));
  return b.select(isEqualInfinity, lhs, b.add(correction, greater));
}

Attribute getNeutral(ScanKind kind, Type type) {
  switch (kind) {
  case ScanKind::Sum:
    return getNumber(type, 0);
  case ScanKind::Prod:
    return getNumber(type, 1);
  case ScanKind::Max:
  case ScanKind::Logsumexp:
    return getLowest(type);
  case ScanKind::Min:
    return getHighest(type);
  }
  llvm_unreachable("unknown scan");
}

Value buildStep(ScalarBuilder &b, ScanKind kind, Value accumulator, Value x,
                Type type) {
  switch (kind) {
  case ScanKind::Sum:
    return b.add(accumulator, x);
  case ScanKind::Prod:
    return b.mul(accumulator, x);
  case ScanKind::Max:
    return b.maximum(accumulator, x, type);
  case ScanKind::Min:
    return b.minimum(accumulator, x, type);
  case ScanKind::Logsumexp:
    return buildLogAddExp(b, accumulator, x);
  }
  llvm_unreachable("unknown scan");
}

/// The indices of all loops, with the one along `dim` put where it belongs.
SmallVector<Value> placeIndex(ArrayRef<Value> outer, int64_t dim, Value index) {
  SmallVector<Value> indices(outer);
  indices.insert(indices.begin() + dim, index);
  return indices;
}

/// for outer: accumulator = neutral
///   for i along dim: accumulator = step(accumulator, x[i]); out[i] = it
struct ScanConversion : GraphPattern<graph::ScanOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ScanOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getType());
    Type elementType = type.getElementType();
    ScanKind kind = op.getKind();
    if (isa<ComplexType>(elementType) && kind != ScanKind::Sum &&
        kind != ScanKind::Prod)
      return b.refuse(op, "complex numbers have no order");
    Operand x = b.read(op.getInput());
    if (type.getRank() == 0) {
      b.rewriter.replaceOp(op, b.tensor(op.getInput()).value);
      return success();
    }
    Type scanType = getScanType(kind, elementType);
    int64_t dim = op.getDim();
    SmallVector<Expr> outer(type.getShape());
    Expr length = outer[dim];
    outer.erase(outer.begin() + dim);
    Value size = b.index(length);
    Value init = b.empty(type.getShape(), elementType).value;
    Value result =
        b.parallelLoops(
             outer, init,
             [&](ScalarBuilder &at, ArrayRef<Value> indices,
                 ValueRange carried) {
               Value neutral =
                   at.constant(getNeutral(kind, scanType), scanType);
               Value row =
                   buildScanLoop(
                       at, size, {carried[0], neutral},
                       [&](ScalarBuilder &in, Value index, ValueRange state) {
                         SmallVector<Value> place =
                             placeIndex(indices, dim, index);
                         Value element = in.cast(loadElement(in, x, place),
                                                 elementType, scanType);
                         Value next = buildStep(in, kind, state[1], element,
                                                elementType);
                         Value stored = storeElement(
                             in, in.cast(next, scanType, elementType), state[0],
                             elementType, place);
                         return SmallVector<Value>{stored, next};
                       })
                       .front();
               return SmallVector<Value>{row};
             })
            .front();
    b.rewriter.replaceOp(op, result);
    return success();
  }
};

/// The same with a pair (value, index); of equals the later index.
struct ScanArgConversion : GraphPattern<graph::ScanArgOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ScanArgOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    Type elementType = type.getElementType();
    Type i64 = b.getI64Type();
    if (type.getRank() == 0) {
      Tensor zero = b.filled({}, i64, b.getI64IntegerAttr(0));
      b.rewriter.replaceOp(op, {b.tensor(op.getInput()).value, zero.value});
      return success();
    }
    bool isMax = op.getKind() == graph::ExtremumKind::Max;
    Operand x = b.read(op.getInput());
    int64_t dim = op.getDim();
    SmallVector<Expr> outer(type.getShape());
    Expr length = outer[dim];
    outer.erase(outer.begin() + dim);
    Value size = b.index(length);
    SmallVector<Value> inits{b.empty(type.getShape(), elementType).value,
                             b.empty(type.getShape(), i64).value};
    SmallVector<Value> results = b.parallelLoops(
        outer, inits,
        [&](ScalarBuilder &at, ArrayRef<Value> indices, ValueRange carried) {
          Attribute worst =
              isMax ? getLowest(elementType) : getHighest(elementType);
          SmallVector<Value> state = buildScanLoop(
              at, size,
              {carried[0], carried[1], at.constant(worst, elementType),
               at.integer(i64, 0)},
              [&](ScalarBuilder &in, Value index, ValueRange state) {
                return buildStep(in, x, placeIndex(indices, dim, index), index,
                                 state, elementType, isMax);
              });
          state.truncate(2);
          return state;
        });
    b.rewriter.replaceOp(op, results);
    return success();
  }

private:
  static SmallVector<Value> buildStep(ScalarBuilder &b, const Operand &x,
                                      ArrayRef<Value> place, Value index,
                                      ValueRange state, Type elementType,
                                      bool isMax) {
    Type i64 = b.getI64Type();
    Value element = loadElement(b, x, place), best = state[2];
    Value worse = isMax ? b.less(element, best, elementType)
                        : b.less(best, element, elementType);
    // Unless worse, and never a number after a NaN.
    Value keep = b.bor(worse, b.band(b.isNan(best), b.bnot(b.isNan(element))));
    Value nextBest = b.select(keep, best, element);
    Value nextIndex =
        b.select(keep, state[3], b.op<arith::IndexCastOp>(i64, index));
    return {storeElement(b, nextBest, state[0], elementType, place),
            storeElement(b, nextIndex, state[1], i64, place), nextBest,
            nextIndex};
  }
};

} // namespace

void graphc::populateScanPatterns(const TypeConverter &converter,
                                  SymbolValues &symbols,
                                  RewritePatternSet &patterns) {
  patterns.add<ScanConversion, ScanArgConversion>(
      converter, patterns.getContext(), symbols);
}
