//===- Compaction.cpp - Results of unknown size ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "ScanLoop.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

namespace {

/// Counts the elements that are not zero and binds the symbol. Returns the most
/// that the rest of the program has room for, or null when all fit.
Value defineCount(LinalgBuilder &b, StringRef symbol, ArrayRef<Expr> shape,
                  Operand operand, Type type) {
  Type i64 = b.getI64Type();
  Tensor count =
      b.reduce(shape, llvm::to_vector(llvm::seq<int64_t>(shape.size())),
               operand, {i64, b.getI64IntegerAttr(0)},
               [&](ScalarBuilder &at, ArrayRef<Value> args) {
                 Value isSet = at.cast(args[0], type, at.getI1Type());
                 return at.add(args[1], at.op<arith::ExtUIOp>(i64, isSet));
               });
  ScalarBuilder at(b.getLoc(), b);
  Value value =
      at.op<arith::IndexCastOp>(at.getIndexType(), loadElement(at, count, {}));
  std::optional<Expr> bound = b.findBound(symbol);
  if (bound && *bound == graph::product(b.getContext(), shape))
    bound = std::nullopt;
  value = b.define(symbol, value, bound);
  return bound ? value : Value();
}

using StoreRow = function_ref<Value(ScalarBuilder &, ArrayRef<Value> indices,
                                    Value into, Value row)>;

/// for all elements: if (test && next < limit) { out = store(out, next); ++next
/// }
Value buildSequentially(LinalgBuilder &b, ArrayRef<Expr> shape, Value out,
                        const Operand &mask, Value limit, StoreRow store) {
  Value zero = b.index(0);
  return b
      .loops(
          shape, {out, zero},
          [&](ScalarBuilder &at, ArrayRef<Value> indices, ValueRange carried) {
            Value isSet = at.cast(loadElement(at, mask, indices),
                                  mask.elementType, at.getI1Type());
            if (limit)
              isSet = at.op<arith::AndIOp>(
                  isSet, at.cmp(arith::CmpIPredicate::slt, carried[1], limit));
            auto branch = scf::IfOp::create(
                at, isSet,
                [&](OpBuilder &builder, Location loc) {
                  ScalarBuilder in(loc, builder);
                  scf::YieldOp::create(
                      in, store(in, indices, carried[0], carried[1]));
                },
                [&](OpBuilder &builder, Location loc) {
                  scf::YieldOp::create(builder, loc, carried[0]);
                });
            Value next =
                at.add(carried[1],
                       at.op<arith::IndexCastUIOp>(at.getIndexType(), isSet));
            return SmallVector<Value>{branch.getResult(0), next};
          })
      .front();
}

/// How many elements up to each, including it, are set.
Tensor countPrefixes(LinalgBuilder &b, ArrayRef<Expr> shape,
                     const Operand &mask) {
  Type i64 = b.getI64Type(), boolType = b.getI1Type();
  Expr size = graph::product(b.getContext(), shape);
  Tensor set = b.pointwise(
      shape, mask, boolType, [&](ScalarBuilder &at, ArrayRef<Value> args) {
        return at.cast(args[0], mask.elementType, boolType);
      });
  set = b.reshape(set, {size});
  Tensor counts = b.empty({size}, i64);
  auto load = [&](ScalarBuilder &at, ArrayRef<Value>, Value index) {
    Value isSet = loadElement(at, set, index);
    return SmallVector<Value>{at.op<arith::ExtUIOp>(i64, isSet)};
  };
  auto combine = [](ScalarBuilder &at, ValueRange before, ValueRange next) {
    return SmallVector<Value>{at.add(before[0], next[0])};
  };
  auto store = [&](ScalarBuilder &at, ValueRange prefix, ValueRange into,
                   ArrayRef<Value>, Value index) {
    return SmallVector<Value>{storeElement(at, prefix[0], into[0], i64, index)};
  };
  ScanLoop loop{{},
                size,
                /*isAlongMemory=*/true,
                {i64},
                {b.getI64IntegerAttr(0)},
                load,
                combine,
                store};
  counts.value = loop.build(b, counts.value, /*manyThreads=*/true).front();
  return b.reshape(counts, shape);
}

/// The same for threads: what stands before an element says where it goes.
Value buildShared(LinalgBuilder &b, ArrayRef<Expr> shape, Value out,
                  const Operand &mask, Value limit, StoreRow store) {
  Tensor counts = countPrefixes(b, shape, mask);
  return b
      .parallelLoops(
          shape, out,
          [&](ScalarBuilder &at, ArrayRef<Value> indices, ValueRange carried) {
            Value isSet = at.cast(loadElement(at, mask, indices),
                                  mask.elementType, at.getI1Type());
            Value count = at.op<arith::IndexCastOp>(
                at.getIndexType(), loadElement(at, counts, indices));
            Value row = at.sub(count, at.op<arith::ConstantIndexOp>(1));
            if (limit)
              isSet = at.op<arith::AndIOp>(
                  isSet, at.cmp(arith::CmpIPredicate::slt, row, limit));
            auto branch = scf::IfOp::create(
                at, isSet,
                [&](OpBuilder &builder, Location loc) {
                  ScalarBuilder in(loc, builder);
                  scf::YieldOp::create(in, store(in, indices, carried[0], row));
                },
                [&](OpBuilder &builder, Location loc) {
                  scf::YieldOp::create(builder, loc, carried[0]);
                });
            return SmallVector<Value>{branch.getResult(0)};
          })
      .front();
}

template <bool device>
struct NonzeroConversion : GraphPattern<graph::NonzeroOp> {
  using GraphPattern<graph::NonzeroOp>::GraphPattern;

  LogicalResult lower(graph::NonzeroOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    auto resultType = cast<graph::StridedTensorType>(op.getType());
    Operand x = b.read(op.getInput());
    Value limit = defineCount(b, op.getSymbol(), type.getShape(), x,
                              type.getElementType());
    Type i64 = b.getI64Type();
    Value result = (device ? buildShared : buildSequentially)(
        b, type.getShape(), b.empty(resultType.getShape(), i64).value, x, limit,
        [&](ScalarBuilder &at, ArrayRef<Value> indices, Value into, Value row) {
          for (auto [column, index] : llvm::enumerate(indices))
            into =
                storeElement(at, at.op<arith::IndexCastOp>(i64, index), into,
                             i64, {row, at.op<arith::ConstantIndexOp>(column)});
          return into;
        });
    b.rewriter.replaceOp(op, result);
    return success();
  }
};

template <bool device>
struct MaskedSelectConversion : GraphPattern<graph::MaskedSelectOp> {
  using GraphPattern<graph::MaskedSelectOp>::GraphPattern;

  LogicalResult lower(graph::MaskedSelectOp op,
                      LinalgBuilder &b) const override {
    SmallVector<Expr> shape = getBroadcastShape(op.getInput(), op.getMask());
    Operand x = b.read(op.getInput(), shape),
            mask = b.read(op.getMask(), shape);
    Value limit = defineCount(b, op.getSymbol(), shape, mask, mask.elementType);
    auto resultType = cast<graph::StridedTensorType>(op.getType());
    Type type = resultType.getElementType();
    Value result = (device ? buildShared : buildSequentially)(
        b, shape, b.empty(resultType.getShape(), type).value, mask, limit,
        [&](ScalarBuilder &at, ArrayRef<Value> indices, Value into, Value row) {
          return storeElement(at, loadElement(at, x, indices), into, type, row);
        });
    b.rewriter.replaceOp(op, result);
    return success();
  }

private:
  static SmallVector<Expr> getBroadcastShape(Value lhs, Value rhs) {
    ArrayRef<Expr> longer =
        cast<graph::StridedTensorType>(lhs.getType()).getShape();
    ArrayRef<Expr> shorter =
        cast<graph::StridedTensorType>(rhs.getType()).getShape();
    if (longer.size() < shorter.size())
      std::swap(longer, shorter);
    SmallVector<Expr> shape(longer);
    unsigned offset = longer.size() - shorter.size();
    for (auto [i, size] : llvm::enumerate(shorter))
      if (shape[offset + i] == 1)
        shape[offset + i] = size;
    return shape;
  }
};

} // namespace

void graphc::populateCompactionPatterns(const TypeConverter &converter,
                                        SymbolValues &symbols,
                                        RewritePatternSet &patterns) {
  patterns.add<NonzeroConversion<false>, MaskedSelectConversion<false>>(
      converter, patterns.getContext(), symbols);
}

void graphc::populateDeviceCompactionPatterns(const TypeConverter &converter,
                                              SymbolValues &symbols,
                                              RewritePatternSet &patterns) {
  patterns.add<NonzeroConversion<true>, MaskedSelectConversion<true>>(
      converter, patterns.getContext(), symbols);
}
