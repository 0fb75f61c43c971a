//===- Scatter.cpp - Scattering -------------------------------------------===//
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
#include "ScatterSteps.h"

#include "dialects/Graph/IR/IndexSigns.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;
using graph::ScatterReduce;

Attribute graphc::getScatterNeutral(ScatterReduce reduce, Type type) {
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

Value graphc::buildScatterStep(ScalarBuilder &at, ScatterReduce reduce,
                               Value old, Value value, Type type) {
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

Value graphc::buildScatterMean(ScalarBuilder &at, Value sum, Value count,
                               Type type) {
  Type i64 = at.getI64Type();
  Value divisor = at.op<arith::MaxSIOp>(count, at.integer(i64, 1));
  divisor = at.cast(divisor, i64, type);
  return isa<FloatType>(type) ? at.div(sum, divisor)
                              : buildFloorDiv(at, sum, divisor, type);
}

bool graphc::isScatteredInAnyOrder(ScatterReduce reduce, Type type) {
  return (type.isInteger(32) || type.isInteger(64)) &&
         (reduce == ScatterReduce::Add || reduce == ScatterReduce::Amax ||
          reduce == ScatterReduce::Amin);
}

/// Loops over updates, `anyOrder` or not.
static SmallVector<Value> buildLoops(LinalgBuilder &b, bool anyOrder,
                                     ArrayRef<Expr> shape, Value init,
                                     LinalgBuilder::LoopBody body) {
  return anyOrder ? b.atomicLoops(shape, init, body)
                  : b.loops(shape, init, body);
}

namespace {

struct IndexPutConversion : GraphPattern<graph::IndexPutOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::IndexPutOp op, LinalgBuilder &b) const override {
    return lower(op, b, /*anyOrder=*/false);
  }

  static LogicalResult lower(graph::IndexPutOp op, LinalgBuilder &b,
                             bool anyOrder) {
    Tensor input = b.tensor(op.getInput());
    IndexLoops loops(b, op.getInput(), op.getIndices(), op.getDims(),
                     graph::allowsNegativeIndices(op));
    Operand values = b.read(op.getValues(), loops.shape);
    Value result =
        buildLoops(b, anyOrder, loops.shape, input.value,
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
    return buildScatterStep(at, ScatterReduce::Add,
                            loadElement(at, into, places), value,
                            into.elementType);
  }
};

/// Without include_self, the places that receive something are set to the
/// neutral element first. A mean is a sum and a count of what was added.
struct ScatterConversion : GraphPattern<graph::ScatterOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ScatterOp op, LinalgBuilder &b) const override {
    return lower(op, b, /*anyOrder=*/false);
  }

  static LogicalResult lower(graph::ScatterOp op, LinalgBuilder &b,
                             bool anyOrder) {
    ScatterReduce reduce = op.getReduce();
    Tensor input = b.tensor(op.getInput());
    auto indexType = cast<graph::StridedTensorType>(op.getIndex().getType());
    Loops loops{op, b, llvm::to_vector(indexType.getShape()),
                input.shape.empty() ? b.expr(1) : input.shape[op.getDim()],
                anyOrder};
    checkIndex(b, op.getIndex(), loops.shape, loops.size, /*wraps=*/false);

    Type type = input.elementType;
    Operand source = b.read(op.getSource());
    if (reduce != ScatterReduce::None && !op.getIncludeSelf())
      input = loops.run(input, [&](ScalarBuilder &at, Value, ArrayRef<Value>) {
        return at.constant(getScatterNeutral(reduce, type), type);
      });
    Tensor result = loops.run(
        input, [&](ScalarBuilder &at, Value old, ArrayRef<Value> indices) {
          return buildScatterStep(at, reduce, old,
                                  loadElement(at, source, indices), type);
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
    bool anyOrder;

    /// Replaces each element that the index points at, one after the other
    /// unless in any order.
    Tensor
    run(Tensor into,
        function_ref<Value(ScalarBuilder &, Value old, ArrayRef<Value> indices)>
            body);
  };

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
                         return buildScatterMean(at, args[0], args[1], type);
                       });
  }
};

Tensor ScatterConversion::Loops::run(
    Tensor into,
    function_ref<Value(ScalarBuilder &, Value, ArrayRef<Value>)> body) {
  Operand index = b.read(op.getIndex());
  int64_t dim = op.getDim();
  into.value =
      buildLoops(
          b, anyOrder, shape, into.value,
          [&](ScalarBuilder &at, ArrayRef<Value> indices, ValueRange carried) {
            Tensor current = into;
            current.value = carried[0];
            SmallVector<Value> places(indices);
            Value place =
                buildPlace(at, b, loadElement(at, index, indices), size, false);
            if (into.shape.empty())
              places.clear();
            else if (places.empty())
              places.push_back(place);
            else
              places[dim] = place;
            Value old = loadElement(at, current, places);
            return SmallVector<Value>{storeElement(at, body(at, old, indices),
                                                   carried[0], into.elementType,
                                                   places)};
          })
          .front();
  return into;
}

} // namespace

LogicalResult graphc::lowerIndexPut(graph::IndexPutOp op, LinalgBuilder &b,
                                    bool anyOrder) {
  return IndexPutConversion::lower(op, b, anyOrder);
}

LogicalResult graphc::lowerScatter(graph::ScatterOp op, LinalgBuilder &b,
                                   bool anyOrder) {
  return ScatterConversion::lower(op, b, anyOrder);
}

void graphc::populateScatterPatterns(const TypeConverter &converter,
                                     SymbolValues &symbols,
                                     RewritePatternSet &patterns) {
  patterns.add<IndexPutConversion, ScatterConversion>(
      converter, patterns.getContext(), symbols);
}
