//===- Scatter.cpp - Scattering, and results of unknown size --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Places may repeat, so these are sequential loops over tensor.insert.
//
//===----------------------------------------------------------------------===//

#include "IndexLoops.h"
#include "Patterns.h"
#include "ScalarFunctions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;
using graph::ScatterReduce;

namespace {

struct IndexPutConversion : GraphPattern<graph::IndexPutOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::IndexPutOp op, LinalgBuilder &b) const override {
    Tensor input = b.tensor(op.getInput());
    IndexLoops loops(b, op.getInput(), op.getIndices(), op.getDims());
    Operand values = b.read(op.getValues(), loops.shape);
    Value result =
        b.loops(loops.shape, input.value,
                [&](ScalarBuilder &at, ArrayRef<Value> indices,
                    ValueRange carried) {
                  SmallVector<Value> picked = llvm::map_to_vector(
                      loops.operands, [&](const Operand &operand) {
                        return loadElement(at, operand, indices);
                      });
                  SmallVector<Value> places =
                      loops.getPlaces(at, b, indices, picked);
                  Value value = loadElement(at, values, indices);
                  if (op.getAccumulate())
                    value = buildSum(at, input, carried[0], places, value);
                  return SmallVector<Value>{storeElement(
                      at, value, carried[0], input.elementType, places)};
                })
            .front();
    b.rewriter.replaceOp(op, result);
    return success();
  }

private:
  static Value buildSum(ScalarBuilder &at, Tensor into, Value current,
                        ArrayRef<Value> places, Value value) {
    into.value = current;
    Value old = loadElement(at, into, places);
    return into.elementType.isInteger(1) ? at.bor(old, value)
                                         : at.add(old, value);
  }
};

/// Without include_self, the places that receive something are set to the
/// neutral element first. A mean is a sum and a count of what was added.
struct ScatterConversion : GraphPattern<graph::ScatterOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ScatterOp op, LinalgBuilder &b) const override {
    ScatterReduce reduce = op.getReduce();
    Tensor input = b.tensor(op.getInput());
    auto indexType = cast<graph::StridedTensorType>(op.getIndex().getType());
    Loops loops{op, b, llvm::to_vector(indexType.getShape()),
                input.shape.empty() ? b.expr(1) : input.shape[op.getDim()]};
    checkIndex(b, op.getIndex(), loops.shape, loops.size, /*wraps=*/false);

    Type type = input.elementType;
    Operand source = b.read(op.getSource());
    if (reduce != ScatterReduce::None && !op.getIncludeSelf())
      input = loops.run(input, [&](ScalarBuilder &at, Value, ArrayRef<Value>) {
        return at.constant(getNeutral(reduce, type), type);
      });
    Tensor result = loops.run(input, [&](ScalarBuilder &at, Value old,
                                         ArrayRef<Value> indices) {
      return buildStep(at, reduce, old, loadElement(at, source, indices), type);
    });
    if (reduce == ScatterReduce::Mean)
      result = divide(op, loops, result, b);
    b.rewriter.replaceOp(op, result.value);
    return success();
  }

private:
  struct Loops {
    graph::ScatterOp op;
    LinalgBuilder &b;
    SmallVector<Expr> shape;
    Expr size;

    /// Replaces each element that the index points at, one after the other.
    Tensor
    run(Tensor into,
        function_ref<Value(ScalarBuilder &, Value old, ArrayRef<Value> indices)>
            body);
  };

  static Attribute getNeutral(ScatterReduce reduce, Type type) {
    switch (reduce) {
    case ScatterReduce::Prod:
      return getNumber(type, 1);
    case ScatterReduce::Amax:
      return getLowest(type);
    case ScatterReduce::Amin:
      return getHighest(type);
    default:
      return getNumber(type, 0);
    }
  }

  static Value buildStep(ScalarBuilder &at, ScatterReduce reduce, Value old,
                         Value value, Type type) {
    switch (reduce) {
    case ScatterReduce::None:
      return value;
    case ScatterReduce::Add:
    case ScatterReduce::Mean:
      return type.isInteger(1) ? at.bor(old, value) : at.add(old, value);
    case ScatterReduce::Prod:
      return at.mul(old, value);
    case ScatterReduce::Amax:
      return at.maximum(old, value, type);
    case ScatterReduce::Amin:
      return at.minimum(old, value, type);
    }
    llvm_unreachable("unknown reduction");
  }

  /// What received nothing is divided by 1.
  static Tensor divide(graph::ScatterOp op, Loops &loops, const Tensor &sum,
                       LinalgBuilder &b) {
    Type i64 = b.getI64Type();
    Tensor count = b.filled(sum.shape, i64,
                            b.getI64IntegerAttr(op.getIncludeSelf() ? 1 : 0));
    count =
        loops.run(count, [&](ScalarBuilder &at, Value old, ArrayRef<Value>) {
          return at.add(old, at.integer(i64, 1));
        });
    Type type = sum.elementType;
    return b.pointwise(sum.shape, {b.read(sum), b.read(count)}, type,
                       [&](ScalarBuilder &at, ArrayRef<Value> args) {
                         Value divisor =
                             at.op<arith::MaxSIOp>(args[1], at.integer(i64, 1));
                         divisor = at.cast(divisor, i64, type);
                         return isa<FloatType>(type)
                                    ? at.div(args[0], divisor)
                                    : buildFloorDiv(at, args[0], divisor, type);
                       });
  }
};

Tensor ScatterConversion::Loops::run(
    Tensor into,
    function_ref<Value(ScalarBuilder &, Value, ArrayRef<Value>)> body) {
  Operand index = b.read(op.getIndex());
  int64_t dim = op.getDim();
  into.value =
      b.loops(
           shape, into.value,
           [&](ScalarBuilder &at, ArrayRef<Value> indices, ValueRange carried) {
             Tensor current = into;
             current.value = carried[0];
             SmallVector<Value> places(indices);
             Value place = buildPlace(at, b, loadElement(at, index, indices),
                                      size, false);
             if (into.shape.empty())
               places.clear();
             else if (places.empty())
               places.push_back(place);
             else
               places[dim] = place;
             Value old = loadElement(at, current, places);
             return SmallVector<Value>{storeElement(at, body(at, old, indices),
                                                    carried[0],
                                                    into.elementType, places)};
           })
          .front();
  return into;
}

//===----------------------------------------------------------------------===//
// Unknown sizes
//===----------------------------------------------------------------------===//

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

/// for all elements: if (test && next < limit) { out = store(out, next); ++next
/// }
Value buildCompaction(
    LinalgBuilder &b, ArrayRef<Expr> shape, Value out, const Operand &mask,
    Value limit,
    function_ref<Value(ScalarBuilder &, ArrayRef<Value> indices, Value into,
                       Value row)>
        store) {
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

struct NonzeroConversion : GraphPattern<graph::NonzeroOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::NonzeroOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    auto resultType = cast<graph::StridedTensorType>(op.getType());
    Operand x = b.read(op.getInput());
    Value limit = defineCount(b, op.getSymbol(), type.getShape(), x,
                              type.getElementType());
    Type i64 = b.getI64Type();
    Value result = buildCompaction(
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

struct MaskedSelectConversion : GraphPattern<graph::MaskedSelectOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::MaskedSelectOp op,
                      LinalgBuilder &b) const override {
    SmallVector<Expr> shape = getBroadcastShape(op.getInput(), op.getMask());
    Operand x = b.read(op.getInput(), shape),
            mask = b.read(op.getMask(), shape);
    Value limit = defineCount(b, op.getSymbol(), shape, mask, mask.elementType);
    auto resultType = cast<graph::StridedTensorType>(op.getType());
    Type type = resultType.getElementType();
    Value result = buildCompaction(
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

void graphc::populateScatterPatterns(const TypeConverter &converter,
                                     SymbolValues &symbols,
                                     RewritePatternSet &patterns) {
  patterns.add<IndexPutConversion, ScatterConversion, NonzeroConversion,
               MaskedSelectConversion>(converter, patterns.getContext(),
                                       symbols);
}
