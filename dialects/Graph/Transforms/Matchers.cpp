//===- Matchers.cpp - What recognition looks for --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Matchers.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

#include <cmath>

using namespace mlir;
using namespace graphc::graph;

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// Whether every value of `from` is one of `to`.
static bool isLossless(Type from, Type to) {
  auto source = dyn_cast<FloatType>(from), target = dyn_cast<FloatType>(to);
  if (!source || !target)
    return false;
  return APFloat::isRepresentableBy(source.getFloatSemantics(),
                                    target.getFloatSemantics());
}

std::optional<double> graphc::graph::getNumber(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (isa<FullOp, ExpandOp, ReshapeOp, PermuteOp, ContiguousOp>(op)) {
      value = op->getOperand(0);
      continue;
    }
    auto cast = dyn_cast<CastOp>(op);
    if (!cast || peelLossless(value) == value)
      break;
    value = cast.getInput();
  }
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant)
    return std::nullopt;
  auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
  if (!dense || !dense.isSplat())
    return std::nullopt;
  if (isa<FloatType>(dense.getElementType())) {
    APFloat number = dense.getSplatValue<APFloat>();
    bool losesInfo;
    number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
    return number.convertToDouble();
  }
  if (isa<IntegerType>(dense.getElementType())) {
    APInt number = dense.getSplatValue<APInt>();
    bool isUnsigned = dense.getElementType().isUnsignedInteger() ||
                      dense.getElementType().isInteger(1);
    return number.roundToDouble(!isUnsigned);
  }
  return std::nullopt;
}

bool graphc::graph::isClose(double found, double expected, Type type) {
  auto floats = dyn_cast<FloatType>(type);
  if (!floats)
    return found == expected;
  // Products of a few constants, each of which was rounded.
  int precision = APFloat::semanticsPrecision(floats.getFloatSemantics());
  return std::abs(found - expected) <=
         std::abs(expected) * std::ldexp(1.0, 2 - precision);
}

bool graphc::graph::isNumber(Value value, double number) {
  std::optional<double> found = getNumber(value);
  return found && isClose(*found, number, typeOf(value).getElementType());
}

Value graphc::graph::peelScale(Value value, double &factor) {
  Value rest;
  if (matchEither<MulOp>(value, [&](Value a, Value b) {
        std::optional<double> number = getNumber(b);
        if (!number || typeOf(a).getShape() != typeOf(value).getShape())
          return false;
        factor *= *number;
        rest = a;
        return true;
      }))
    return peelScale(rest, factor);
  if (auto div = value.getDefiningOp<DivOp>()) {
    std::optional<double> number = getNumber(div.getRhs());
    if (number && *number != 0 &&
        typeOf(div.getLhs()).getShape() == typeOf(value).getShape()) {
      factor /= *number;
      return peelScale(div.getLhs(), factor);
    }
  }
  return value;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value graphc::graph::peelLossless(Value value) {
  while (auto cast = value.getDefiningOp<CastOp>()) {
    if (!isLossless(cast.getInput().getType().getElementType(), cast.getTo()))
      break;
    value = cast.getInput();
  }
  return value;
}

Value graphc::graph::peelFloatCasts(Value value) {
  while (auto cast = value.getDefiningOp<CastOp>()) {
    if (!isa<FloatType>(cast.getInput().getType().getElementType()))
      break;
    value = cast.getInput();
  }
  return value;
}

bool graphc::graph::isSame(Value lhs, Value rhs) {
  return peelLossless(lhs) == peelLossless(rhs);
}

Value graphc::graph::peelBroadcast(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<ExpandOp, ReshapeOp, ContiguousOp>(op) &&
        peelLossless(value) == value)
      break;
    value = op->getOperand(0);
  }
  return value;
}

Value graphc::graph::matchSquare(Value value) {
  if (auto mul = value.getDefiningOp<MulOp>())
    return mul.getLhs() == mul.getRhs() ? mul.getLhs() : Value();
  auto pow = value.getDefiningOp<PowOp>();
  return pow && getNumber(pow.getRhs()) == 2.0 ? pow.getLhs() : Value();
}

bool graphc::graph::isKeptShape(StridedTensorType type, ArrayRef<Expr> shape,
                                ArrayRef<int64_t> dims) {
  int64_t missing = shape.size() - type.getRank();
  if (missing < 0)
    return false;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    int64_t place = static_cast<int64_t>(dim) - missing;
    bool isOne =
        llvm::is_contained(dims, static_cast<int64_t>(dim)) || size == 1;
    if (place < 0
            ? !isOne
            : (isOne ? type.getDim(place) != 1 : type.getDim(place) != size))
      return false;
  }
  return true;
}

bool graphc::graph::areTrailing(ArrayRef<int64_t> dims, int64_t rank) {
  return !dims.empty() &&
         llvm::equal(dims, llvm::seq<int64_t>(rank - dims.size(), rank));
}

/// The number of elements that a reduction over `dims` takes in.
static std::optional<int64_t> getCount(StridedTensorType type,
                                       ArrayRef<int64_t> dims) {
  int64_t count = 1;
  for (int64_t dim : dims) {
    std::optional<int64_t> size = type.getDim(dim).getConstant();
    if (!size || *size <= 0 || count > INT64_MAX / *size)
      return std::nullopt;
    count *= *size;
  }
  return count;
}

/// sum / n or sum * (1 / n).
static std::optional<Reduced> matchMeanOfSum(Value value) {
  double factor = 1;
  Value sum = peelScale(value, factor);
  if (sum == value)
    return std::nullopt;
  std::optional<Reduced> reduced = matchReduced(sum, ReduceKind::Sum);
  if (!reduced)
    return std::nullopt;
  std::optional<int64_t> count =
      getCount(typeOf(reduced->input), reduced->dims);
  if (!count || !isClose(factor, 1.0 / static_cast<double>(*count),
                         typeOf(value).getElementType()))
    return std::nullopt;
  return reduced;
}

std::optional<Reduced> graphc::graph::matchReduced(Value value,
                                                   ReduceKind kind) {
  Value source = peelBroadcast(value);
  std::optional<Reduced> reduced;
  auto reduce = source.getDefiningOp<ReduceOp>();
  if (reduce && reduce.getKind() == kind)
    reduced = Reduced{reduce.getInput(), llvm::to_vector(reduce.getDims())};
  else if (kind == ReduceKind::Mean)
    reduced = matchMeanOfSum(source);
  if (!reduced)
    return std::nullopt;
  // An expand to the input's own shape says nothing of its own.
  Value shaped = value;
  while (auto expand = shaped.getDefiningOp<ExpandOp>())
    shaped = expand.getInput();
  if (!isKeptShape(typeOf(shaped), typeOf(reduced->input).getShape(),
                   reduced->dims))
    return std::nullopt;
  return reduced;
}

/// Constants, and casts and views of constants and leaves.
static bool isCheap(Operation *op, ArrayRef<Value> leaves) {
  if (isa<ConstantOp, FullOp>(op))
    return true;
  if (!isa<CastOp, ReshapeOp, ExpandOp, PermuteOp>(op))
    return false;
  Value operand = op->getOperand(0);
  Operation *producer = operand.getDefiningOp();
  return !producer || llvm::is_contained(leaves, operand) ||
         isCheap(producer, leaves);
}

bool graphc::graph::isClosed(Operation *root, ArrayRef<Value> leaves) {
  // No pattern is near this size; an unexpected leaf must not mean a walk over
  // the whole program.
  constexpr size_t mostOps = 64;
  llvm::SetVector<Operation *> slice;
  slice.insert(root);
  for (size_t i = 0; i < slice.size(); ++i) {
    if (slice.size() > mostOps)
      return false;
    for (Value operand : slice[i]->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (producer && !llvm::is_contained(leaves, operand) &&
          !isCheap(producer, leaves))
        slice.insert(producer);
    }
  }
  return llvm::all_of(slice, [&](Operation *op) {
    return op == root || llvm::all_of(op->getUsers(), [&](Operation *user) {
             return slice.contains(user);
           });
  });
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

Value graphc::graph::reshapeTo(PatternRewriter &rewriter, Value value,
                               ArrayRef<Expr> shape) {
  if (typeOf(value).getShape() == shape)
    return value;
  FailureOr<ReshapeOp> op =
      tryBuild<ReshapeOp>(rewriter, value.getLoc(), value,
                          ExprArrayAttr::get(rewriter.getContext(), shape));
  return succeeded(op) ? Value(op->getResult()) : Value();
}

Value graphc::graph::expandTo(PatternRewriter &rewriter, Value value,
                              ArrayRef<Expr> shape) {
  if (typeOf(value).getShape() == shape)
    return value;
  FailureOr<ExpandOp> op =
      tryBuild<ExpandOp>(rewriter, value.getLoc(), value,
                         ExprArrayAttr::get(rewriter.getContext(), shape));
  return succeeded(op) ? Value(op->getResult()) : Value();
}

bool graphc::graph::isPerChannel(Value value, StridedTensorType type) {
  if (type.getRank() < 2)
    return false;
  SmallVector<int64_t> others{0};
  llvm::append_range(others, llvm::seq<int64_t>(2, type.getRank()));
  return isKeptShape(typeOf(value), type.getShape(), others);
}

Value graphc::graph::getPerChannel(PatternRewriter &rewriter, Value value,
                                   StridedTensorType type) {
  Value source = value;
  // The importer's and the decompositions' unsqueezes come off again.
  while (auto reshape = source.getDefiningOp<ReshapeOp>())
    source = reshape.getInput();
  if (typeOf(source).getShape() == ArrayRef<Expr>(type.getDim(1)))
    return source;
  return reshapeTo(rewriter, value, type.getDim(1));
}
