//===- ElementwiseFolders.cpp - Folding of elementwise ops ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Folding.h"

using namespace mlir;
using namespace graphc::graph;

//===----------------------------------------------------------------------===//
// Splats
//===----------------------------------------------------------------------===//

std::optional<APFloat> graphc::graph::getFloatSplat(Attribute attr) {
  auto dense = dyn_cast_or_null<DenseFPElementsAttr>(attr);
  if (!dense || !dense.isSplat())
    return std::nullopt;
  return dense.getSplatValue<APFloat>();
}

std::optional<APInt> graphc::graph::getIntSplat(Attribute attr) {
  auto dense = dyn_cast_or_null<DenseIntElementsAttr>(attr);
  if (!dense || !dense.isSplat())
    return std::nullopt;
  return dense.getSplatValue<APInt>();
}

bool graphc::graph::isUnsigned(Type elementType) {
  return elementType.isUnsignedInteger() || elementType.isInteger(1);
}

/// The builtin type of a constant of `type`; null if a size is symbolic.
static RankedTensorType getConstantType(Type type) {
  auto tensor = cast<StridedTensorType>(type);
  std::optional<SmallVector<int64_t>> shape = tensor.getStaticShape();
  return shape ? RankedTensorType::get(*shape, tensor.getElementType())
               : RankedTensorType();
}

Attribute graphc::graph::makeSplat(Type type, const APFloat &value) {
  RankedTensorType constant = getConstantType(type);
  return constant ? DenseElementsAttr::get(constant, value) : Attribute();
}

Attribute graphc::graph::makeSplat(Type type, const APInt &value) {
  RankedTensorType constant = getConstantType(type);
  return constant ? DenseElementsAttr::get(constant, value) : Attribute();
}

Attribute graphc::graph::reshapeSplat(Attribute attr, Type type) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(attr);
  RankedTensorType constant = getConstantType(type);
  if (!dense || !dense.isSplat() || !constant)
    return {};
  return dense.resizeSplat(constant);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

using FloatFunction =
    llvm::function_ref<std::optional<APFloat>(APFloat, APFloat)>;
/// The last argument says whether the type is unsigned.
using IntFunction =
    llvm::function_ref<std::optional<APInt>(APInt, APInt, bool)>;

static OpFoldResult foldSplats(Attribute lhs, Attribute rhs, Type type,
                               FloatFunction onFloats, IntFunction onInts) {
  std::optional<APFloat> a = getFloatSplat(lhs), b = getFloatSplat(rhs);
  if (a && b) {
    if (std::optional<APFloat> value = onFloats(*a, *b))
      return makeSplat(type, *value);
    return {};
  }
  std::optional<APInt> i = getIntSplat(lhs), j = getIntSplat(rhs);
  if (i && j)
    if (std::optional<APInt> value =
            onInts(*i, *j, isUnsigned(getElementTypeOf(type))))
      return makeSplat(type, *value);
  return {};
}

static std::optional<APFloat> noFloats(APFloat, APFloat) {
  return std::nullopt;
}
static std::optional<APInt> noInts(APInt, APInt, bool) { return std::nullopt; }

static bool isInt(Attribute attr, int64_t value) {
  std::optional<APInt> splat = getIntSplat(attr);
  return splat && splat->getBitWidth() > 1 && splat->getSExtValue() == value;
}

static bool isFloat(Attribute attr, double value) {
  std::optional<APFloat> splat = getFloatSplat(attr);
  return splat && splat->isExactlyValue(value);
}

static bool isAllOnes(Attribute attr) {
  std::optional<APInt> splat = getIntSplat(attr);
  return splat && splat->isAllOnes();
}

static bool isZero(Attribute attr) {
  std::optional<APInt> splat = getIntSplat(attr);
  return splat && splat->isZero();
}

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  // x + 0.0 would turn -0.0 into 0.0; x + -0.0 is x.
  if (isZero(adaptor.getRhs()) || isFloat(adaptor.getRhs(), -0.0))
    if (OpFoldResult result = ifOfType(getLhs(), getType()))
      return result;
  return foldSplats(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [](APFloat a, APFloat b) { return a + b; },
      [](APInt a, APInt b, bool) {
        return a.getBitWidth() == 1 ? a | b : a + b;
      });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (isZero(adaptor.getRhs()) || isFloat(adaptor.getRhs(), 0.0))
    if (OpFoldResult result = ifOfType(getLhs(), getType()))
      return result;
  return foldSplats(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [](APFloat a, APFloat b) { return a - b; },
      [](APInt a, APInt b, bool) { return a - b; });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  // A bool's one is all ones.
  bool byTrue =
      getElementTypeOf(getType()).isInteger(1) && isAllOnes(adaptor.getRhs());
  if (byTrue || isInt(adaptor.getRhs(), 1) || isFloat(adaptor.getRhs(), 1.0))
    if (OpFoldResult result = ifOfType(getLhs(), getType()))
      return result;
  return foldSplats(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [](APFloat a, APFloat b) { return a * b; },
      [](APInt a, APInt b, bool) { return a * b; });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isFloat(adaptor.getRhs(), 1.0))
    if (OpFoldResult result = ifOfType(getLhs(), getType()))
      return result;
  return foldSplats(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [](APFloat a, APFloat b) { return a / b; }, noInts);
}

/// Division by zero and the one overflow are left to run time.
static bool isDivisionDefined(const APInt &a, const APInt &b, bool isUnsigned) {
  return !b.isZero() &&
         (isUnsigned || !(a.isMinSignedValue() && b.isAllOnes()));
}

static std::optional<APInt> truncDivide(APInt a, APInt b, bool isUnsigned) {
  if (!isDivisionDefined(a, b, isUnsigned))
    return std::nullopt;
  return isUnsigned ? a.udiv(b) : a.sdiv(b);
}

static std::optional<APInt> floorDivide(APInt a, APInt b, bool isUnsigned) {
  if (!isDivisionDefined(a, b, isUnsigned))
    return std::nullopt;
  if (isUnsigned)
    return a.udiv(b);
  APInt quotient = a.sdiv(b), rest = a.srem(b);
  return !rest.isZero() && rest.isNegative() != b.isNegative() ? quotient - 1
                                                               : quotient;
}

static std::optional<APInt> floorRemainder(APInt a, APInt b, bool isUnsigned) {
  std::optional<APInt> quotient = floorDivide(a, b, isUnsigned);
  if (!quotient)
    return std::nullopt;
  return a - *quotient * b;
}

OpFoldResult FloorDivOp::fold(FoldAdaptor adaptor) {
  if (isInt(adaptor.getRhs(), 1))
    if (OpFoldResult result = ifOfType(getLhs(), getType()))
      return result;
  return foldSplats(adaptor.getLhs(), adaptor.getRhs(), getType(), noFloats,
                    floorDivide);
}

OpFoldResult TruncDivOp::fold(FoldAdaptor adaptor) {
  if (isInt(adaptor.getRhs(), 1))
    if (OpFoldResult result = ifOfType(getLhs(), getType()))
      return result;
  return foldSplats(adaptor.getLhs(), adaptor.getRhs(), getType(), noFloats,
                    truncDivide);
}

OpFoldResult RemainderOp::fold(FoldAdaptor adaptor) {
  return foldSplats(adaptor.getLhs(), adaptor.getRhs(), getType(), noFloats,
                    floorRemainder);
}

OpFoldResult FmodOp::fold(FoldAdaptor adaptor) {
  auto onFloats = [](APFloat a, APFloat b) {
    a.mod(b);
    return a;
  };
  auto onInts = [](APInt a, APInt b, bool isUnsigned) -> std::optional<APInt> {
    if (!isDivisionDefined(a, b, isUnsigned))
      return std::nullopt;
    return isUnsigned ? a.urem(b) : a.srem(b);
  };
  return foldSplats(adaptor.getLhs(), adaptor.getRhs(), getType(), onFloats,
                    onInts);
}

OpFoldResult PowOp::fold(FoldAdaptor adaptor) {
  if (isInt(adaptor.getRhs(), 1) || isFloat(adaptor.getRhs(), 1.0))
    return ifOfType(getLhs(), getType());
  return {};
}

/// Zeros of two signs are left to run time: torch does not order them.
template <bool isMaximum>
static OpFoldResult foldExtremum(Attribute lhs, Attribute rhs, Type type) {
  auto onFloats = [](APFloat a, APFloat b) -> std::optional<APFloat> {
    if (a.isZero() && b.isZero())
      return std::nullopt;
    return isMaximum ? llvm::maximum(a, b) : llvm::minimum(a, b);
  };
  auto onInts = [](APInt a, APInt b, bool isUnsigned) {
    bool lhsIsLess = isUnsigned ? a.ult(b) : a.slt(b);
    return lhsIsLess == isMaximum ? b : a;
  };
  return foldSplats(lhs, rhs, type, onFloats, onInts);
}

OpFoldResult MaximumOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return ifOfType(getLhs(), getType());
  return foldExtremum<true>(adaptor.getLhs(), adaptor.getRhs(), getType());
}

OpFoldResult MinimumOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return ifOfType(getLhs(), getType());
  return foldExtremum<false>(adaptor.getLhs(), adaptor.getRhs(), getType());
}

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

OpFoldResult BitwiseAndOp::fold(FoldAdaptor adaptor) {
  if (isAllOnes(adaptor.getRhs()) || getLhs() == getRhs())
    if (OpFoldResult result = ifOfType(getLhs(), getType()))
      return result;
  return foldSplats(adaptor.getLhs(), adaptor.getRhs(), getType(), noFloats,
                    [](APInt a, APInt b, bool) { return a & b; });
}

OpFoldResult BitwiseOrOp::fold(FoldAdaptor adaptor) {
  if (isZero(adaptor.getRhs()) || getLhs() == getRhs())
    if (OpFoldResult result = ifOfType(getLhs(), getType()))
      return result;
  return foldSplats(adaptor.getLhs(), adaptor.getRhs(), getType(), noFloats,
                    [](APInt a, APInt b, bool) { return a | b; });
}

OpFoldResult BitwiseXorOp::fold(FoldAdaptor adaptor) {
  if (isZero(adaptor.getRhs()))
    if (OpFoldResult result = ifOfType(getLhs(), getType()))
      return result;
  return foldSplats(adaptor.getLhs(), adaptor.getRhs(), getType(), noFloats,
                    [](APInt a, APInt b, bool) { return a ^ b; });
}

OpFoldResult ShiftLeftOp::fold(FoldAdaptor adaptor) {
  if (isZero(adaptor.getRhs()))
    return ifOfType(getLhs(), getType());
  return {};
}

OpFoldResult ShiftRightOp::fold(FoldAdaptor adaptor) {
  if (isZero(adaptor.getRhs()))
    return ifOfType(getLhs(), getType());
  return {};
}

OpFoldResult BitwiseNotOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getInput().getDefiningOp<BitwiseNotOp>())
    if (OpFoldResult result = ifOfType(inner.getInput(), getType()))
      return result;
  if (std::optional<APInt> value = getIntSplat(adaptor.getInput()))
    return makeSplat(getType(), ~*value);
  return {};
}

//===----------------------------------------------------------------------===//
// Sign and rounding
//===----------------------------------------------------------------------===//

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getInput().getDefiningOp<NegOp>())
    if (OpFoldResult result = ifOfType(inner.getInput(), getType()))
      return result;
  if (std::optional<APFloat> value = getFloatSplat(adaptor.getInput()))
    return makeSplat(getType(), -*value);
  if (std::optional<APInt> value = getIntSplat(adaptor.getInput()))
    return makeSplat(getType(), -*value);
  return {};
}

OpFoldResult AbsOp::fold(FoldAdaptor adaptor) {
  if (getInput().getDefiningOp<AbsOp>() ||
      isUnsigned(getElementTypeOf(getType())))
    return ifOfType(getInput(), getType());
  if (std::optional<APFloat> value = getFloatSplat(adaptor.getInput()))
    return makeSplat(getType(), llvm::abs(*value));
  if (std::optional<APInt> value = getIntSplat(adaptor.getInput()))
    return makeSplat(getType(), value->abs());
  return {};
}

OpFoldResult ReluOp::fold(FoldAdaptor) {
  if (getInput().getDefiningOp<ReluOp>())
    return ifOfType(getInput(), getType());
  return {};
}

/// Rounding leaves integers and what was rounded as they are.
static OpFoldResult foldRounding(Value input, Type type, Attribute constant,
                                 APFloat::roundingMode mode) {
  Operation *producer = input.getDefiningOp();
  if (isa<IntegerType>(getElementTypeOf(type)) ||
      isa_and_nonnull<CeilOp, FloorOp, RoundOp, TruncOp>(producer))
    return ifOfType(input, type);
  std::optional<APFloat> value = getFloatSplat(constant);
  if (!value || value->isNaN())
    return {};
  value->roundToIntegral(mode);
  return makeSplat(type, *value);
}

OpFoldResult CeilOp::fold(FoldAdaptor adaptor) {
  return foldRounding(getInput(), getType(), adaptor.getInput(),
                      APFloat::rmTowardPositive);
}

OpFoldResult FloorOp::fold(FoldAdaptor adaptor) {
  return foldRounding(getInput(), getType(), adaptor.getInput(),
                      APFloat::rmTowardNegative);
}

OpFoldResult RoundOp::fold(FoldAdaptor adaptor) {
  return foldRounding(getInput(), getType(), adaptor.getInput(),
                      APFloat::rmNearestTiesToEven);
}

OpFoldResult TruncOp::fold(FoldAdaptor adaptor) {
  return foldRounding(getInput(), getType(), adaptor.getInput(),
                      APFloat::rmTowardZero);
}

//===----------------------------------------------------------------------===//
// Choice
//===----------------------------------------------------------------------===//

/// `order` is -1, 0 or 1, or nothing when a NaN is compared.
static bool evaluate(ComparePredicate predicate, std::optional<int> order) {
  switch (predicate) {
  case ComparePredicate::Eq:
    return order == 0;
  case ComparePredicate::Ne:
    return order != 0;
  case ComparePredicate::Lt:
    return order == -1;
  case ComparePredicate::Le:
    return order && *order <= 0;
  case ComparePredicate::Gt:
    return order == 1;
  case ComparePredicate::Ge:
    return order && *order >= 0;
  }
  return false;
}

static std::optional<int> getOrder(const APFloat &a, const APFloat &b) {
  switch (a.compare(b)) {
  case APFloat::cmpLessThan:
    return -1;
  case APFloat::cmpEqual:
    return 0;
  case APFloat::cmpGreaterThan:
    return 1;
  default:
    return std::nullopt;
  }
}

OpFoldResult CompareOp::fold(FoldAdaptor adaptor) {
  Type element = getLhs().getType().getElementType();
  std::optional<APFloat> a = getFloatSplat(adaptor.getLhs()),
                         b = getFloatSplat(adaptor.getRhs());
  std::optional<APInt> i = getIntSplat(adaptor.getLhs()),
                       j = getIntSplat(adaptor.getRhs());
  std::optional<int> order;
  if (a && b)
    order = getOrder(*a, *b);
  else if (i && j && *i == *j)
    order = 0;
  else if (i && j)
    order = (isUnsigned(element) ? i->ult(*j) : i->slt(*j)) ? -1 : 1;
  else if (getLhs() == getRhs() && isa<IntegerType>(element))
    order = 0;
  else
    return {};
  return makeSplat(getType(), APInt(1, evaluate(getPredicate(), order)));
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (getIfTrue() == getIfFalse())
    return ifOfType(getIfTrue(), getType());
  std::optional<APInt> condition = getIntSplat(adaptor.getCondition());
  if (!condition)
    return {};
  bool isTrue = condition->isOne();
  if (OpFoldResult result =
          ifOfType(isTrue ? getIfTrue() : getIfFalse(), getType()))
    return result;
  return reshapeSplat(isTrue ? adaptor.getIfTrue() : adaptor.getIfFalse(),
                      getType());
}

OpFoldResult RealOp::fold(FoldAdaptor) {
  if (auto complex = getInput().getDefiningOp<ComplexOp>())
    return ifOfType(complex.getReal(), getType());
  return ifOfType(getInput(), getType());
}

OpFoldResult ImagOp::fold(FoldAdaptor) {
  if (auto complex = getInput().getDefiningOp<ComplexOp>())
    return ifOfType(complex.getImag(), getType());
  return {};
}
