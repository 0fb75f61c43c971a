//===- ElementwiseConversion.h - From scalar code to a conversion *- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_ELEMENTWISECONVERSION_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_ELEMENTWISECONVERSION_H

#include "LinalgBuilder.h"
#include "Patterns.h"

namespace graphc::elementwise {

/// One element of an op: what its scalar code is made from.
struct Element {
  ScalarBuilder &b;
  mlir::Operation *op;
  llvm::ArrayRef<mlir::Value> args;
  /// The graph's element type of the last operand.
  mlir::Type type;

  mlir::Value operator[](unsigned i) const { return args[i]; }
  bool isFloat() const { return llvm::isa<mlir::FloatType>(type); }
  bool isComplex() const { return llvm::isa<mlir::ComplexType>(type); }
};

/// Which element types a scalar code knows.
enum Kinds : unsigned {
  Float = 1,
  Integer = 2,
  Bool = 4,
  Complex = 8,
  Number = Float | Integer,
  Real = Number | Bool,
  Any = Real | Complex
};

inline unsigned getKind(mlir::Type type) {
  if (llvm::isa<mlir::FloatType>(type))
    return Float;
  if (llvm::isa<mlir::ComplexType>(type))
    return Complex;
  return type.isInteger(1) ? Bool : Integer;
}

/// Stands for a missing column of Columns.
struct None {};

/// The scalar op for each kind of element type.
template <typename FloatOp, typename SignedOp = None,
          typename UnsignedOp = SignedOp, typename BoolOp = UnsignedOp,
          typename ComplexOp = None>
struct Columns {
  template <typename OpTy>
  static constexpr unsigned when(unsigned kinds) {
    return std::is_same_v<OpTy, None> ? 0 : kinds;
  }
  static constexpr unsigned kinds =
      when<FloatOp>(Float) | when<SignedOp>(Integer) | when<BoolOp>(Bool) |
      when<ComplexOp>(Complex);

  template <typename OpTy>
  static mlir::Value make(const Element &e) {
    if constexpr (std::is_same_v<OpTy, None>)
      return {};
    else
      return e.b.op<OpTy>(e.args);
  }
  static mlir::Value build(const Element &e) {
    if (e.isFloat())
      return make<FloatOp>(e);
    if (e.isComplex())
      return make<ComplexOp>(e);
    if (e.type.isInteger(1))
      return make<BoolOp>(e);
    return e.type.isUnsignedInteger() ? make<UnsignedOp>(e) : make<SignedOp>(e);
  }
};

/// A math function of floats and complex numbers.
template <typename FloatOp, typename ComplexOp = None>
struct Function : Columns<FloatOp, None, None, None, ComplexOp> {};

/// Rounding, which leaves integers alone.
template <typename FloatOp>
struct Rounding {
  static constexpr unsigned kinds = Real;
  static mlir::Value build(const Element &e) {
    return e.isFloat() ? e.b.op<FloatOp>(e[0]) : e[0];
  }
};

/// Scalar code written out as a function.
template <unsigned supported, mlir::Value (*function)(const Element &)>
struct Code {
  static constexpr unsigned kinds = supported;
  static mlir::Value build(const Element &e) { return function(e); }
};

/// One linalg.generic whose body is `Scalar`.
template <typename GraphOp, typename Scalar>
struct ElementwiseConversion : GraphPattern<GraphOp> {
  using GraphPattern<GraphOp>::GraphPattern;

  mlir::LogicalResult lower(GraphOp op, LinalgBuilder &b) const override {
    auto type = llvm::cast<graph::StridedTensorType>(op.getType());
    mlir::Type operandType =
        llvm::cast<graph::StridedTensorType>(op->getOperands().back().getType())
            .getElementType();
    if (!(getKind(operandType) & Scalar::kinds))
      return b.refuse(op, "no scalar code for this type");
    llvm::SmallVector<Operand> operands =
        llvm::map_to_vector(op->getOperands(), [&](mlir::Value operand) {
          return b.read(operand, type.getShape());
        });
    Tensor result = b.pointwise(
        type.getShape(), operands, type.getElementType(),
        [&](ScalarBuilder &scalars, llvm::ArrayRef<mlir::Value> args) {
          return Scalar::build(Element{scalars, op, args, operandType});
        });
    b.rewriter.replaceOp(op, result.value);
    return mlir::success();
  }
};

/// Ops of one operand; populateElementwisePatterns adds them with all others.
void populateUnaryPatterns(const mlir::TypeConverter &converter,
                           SymbolValues &symbols,
                           mlir::RewritePatternSet &patterns);

} // namespace graphc::elementwise

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_ELEMENTWISECONVERSION_H
