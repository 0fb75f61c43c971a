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

/// True when nothing but dimensions of size 1 is behind `dim`.
bool isInnermost(ArrayRef<Expr> shape, int64_t dim) {
  return llvm::all_of(shape.drop_front(dim + 1),
                      [](Expr size) { return size == 1; });
}

/// for outer: accumulator = neutral
///   for i along dim: accumulator = step(accumulator, x[i]); out[i] = it
template <bool device>
struct ScanConversion : GraphPattern<graph::ScanOp> {
  using GraphPattern<graph::ScanOp>::GraphPattern;

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
    auto load = [&](ScalarBuilder &at, ArrayRef<Value> row, Value index) {
      Value element = loadElement(at, x, placeIndex(row, dim, index));
      return SmallVector<Value>{at.cast(element, elementType, scanType)};
    };
    auto combine = [&](ScalarBuilder &at, ValueRange before, ValueRange next) {
      return SmallVector<Value>{
          buildStep(at, kind, before[0], next[0], elementType)};
    };
    auto store = [&](ScalarBuilder &at, ValueRange prefix, ValueRange into,
                     ArrayRef<Value> row, Value index) {
      return SmallVector<Value>{
          storeElement(at, at.cast(prefix[0], scanType, elementType), into[0],
                       elementType, placeIndex(row, dim, index))};
    };
    ScanLoop loop{outer,
                  length,
                  isInnermost(type.getShape(), dim),
                  {scanType},
                  {getNeutral(kind, scanType)},
                  load,
                  combine,
                  store};
    Value init = b.empty(type.getShape(), elementType).value;
    b.rewriter.replaceOp(op, loop.build(b, init, device));
    return success();
  }
};

/// The same with a pair (value, index); of equals the later index.
template <bool device>
struct ScanArgConversion : GraphPattern<graph::ScanArgOp> {
  using GraphPattern<graph::ScanArgOp>::GraphPattern;

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
    auto load = [&](ScalarBuilder &at, ArrayRef<Value> row, Value index) {
      return SmallVector<Value>{loadElement(at, x, placeIndex(row, dim, index)),
                                at.op<arith::IndexCastOp>(i64, index)};
    };
    auto combine = [&](ScalarBuilder &at, ValueRange before, ValueRange next) {
      return buildStep(at, before, next, elementType, isMax);
    };
    auto store = [&](ScalarBuilder &at, ValueRange prefix, ValueRange into,
                     ArrayRef<Value> row, Value index) {
      SmallVector<Value> place = placeIndex(row, dim, index);
      return SmallVector<Value>{
          storeElement(at, prefix[0], into[0], elementType, place),
          storeElement(at, prefix[1], into[1], i64, place)};
    };
    ScanLoop loop{outer,
                  length,
                  isInnermost(type.getShape(), dim),
                  {elementType, i64},
                  {isMax ? getLowest(elementType) : getHighest(elementType),
                   b.getI64IntegerAttr(0)},
                  load,
                  combine,
                  store};
    SmallVector<Value> inits{b.empty(type.getShape(), elementType).value,
                             b.empty(type.getShape(), i64).value};
    b.rewriter.replaceOp(op, loop.build(b, inits, device));
    return success();
  }

private:
  static SmallVector<Value> buildStep(ScalarBuilder &b, ValueRange before,
                                      ValueRange next, Type elementType,
                                      bool isMax) {
    Value element = next[0], best = before[0];
    Value worse = isMax ? b.less(element, best, elementType)
                        : b.less(best, element, elementType);
    // Unless worse, and never a number after a NaN.
    Value keep = b.bor(worse, b.band(b.isNan(best), b.bnot(b.isNan(element))));
    return {b.select(keep, best, element), b.select(keep, before[1], next[1])};
  }
};

} // namespace

void graphc::populateScanPatterns(const TypeConverter &converter,
                                  SymbolValues &symbols,
                                  RewritePatternSet &patterns) {
  patterns.add<ScanConversion<false>, ScanArgConversion<false>>(
      converter, patterns.getContext(), symbols);
}

void graphc::populateDeviceScanPatterns(const TypeConverter &converter,
                                        SymbolValues &symbols,
                                        RewritePatternSet &patterns) {
  patterns.add<ScanConversion<true>, ScanArgConversion<true>>(
      converter, patterns.getContext(), symbols);
}
