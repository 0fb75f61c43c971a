//===- ScalarBuilder.h - Scalar code with torch's meaning -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCALARBUILDER_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCALARBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace graphc {

/// The type in which one element of a graph tensor is computed: f32 for
/// narrower floats, i1 for bool, signless integers; else the type itself.
mlir::Type getComputeType(mlir::Type graphElementType);

/// True for `ui8` and so on, and for bool.
bool isUnsigned(mlir::Type graphElementType);

/// Builds the body of a linalg.generic. "Type" arguments named `graphType` are
/// element types of the graph; values are in the compute type unless said
/// otherwise. Nothing here has undefined behaviour for any operand.
class ScalarBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;
  using Value = mlir::Value;
  using Type = mlir::Type;

  /// From the stored type of `graphType` to its compute type and back.
  Value load(Value stored, Type graphType);
  Value store(Value computed, Type graphType);
  /// A stored scalar attribute as a computed constant.
  Value constant(mlir::Attribute element, Type graphType);

  Value real(Type type, double value);
  Value integer(Type type, int64_t value);
  /// A real or an integer constant, by type.
  Value number(Type type, double value);

  /// Casts as torch's `to`; float to integer truncates, and out of range gives
  /// what x86 gives.
  Value cast(Value value, Type from, Type to);

  // Shorthands. Float, integer or complex by operand type.
  Value add(Value lhs, Value rhs);
  Value sub(Value lhs, Value rhs);
  Value mul(Value lhs, Value rhs);
  /// Float division.
  Value div(Value lhs, Value rhs);
  Value neg(Value value);
  Value band(Value lhs, Value rhs);
  Value bor(Value lhs, Value rhs);
  Value bxor(Value lhs, Value rhs);
  Value bnot(Value value);
  Value select(Value condition, Value ifTrue, Value ifFalse);
  Value cmp(mlir::arith::CmpFPredicate predicate, Value lhs, Value rhs);
  Value cmp(mlir::arith::CmpIPredicate predicate, Value lhs, Value rhs);
  /// lhs < rhs and lhs == rhs (ordered) for any real type of the graph.
  Value less(Value lhs, Value rhs, Type graphType);
  Value equal(Value lhs, Value rhs);
  /// False for integers.
  Value isNan(Value value);

  /// NaN-propagating for floats.
  Value maximum(Value lhs, Value rhs, Type graphType);
  Value minimum(Value lhs, Value rhs, Type graphType);

  template <typename OpTy, typename... Args>
  Value op(Args &&...args) {
    return OpTy::create(*this, std::forward<Args>(args)...).getResult();
  }
};

/// Least and greatest value of a graph element type as an attribute of its
/// compute type; infinities for floats.
mlir::Attribute getLowest(mlir::Type graphType);
mlir::Attribute getHighest(mlir::Type graphType);
/// 0, 1, ... in the compute type.
mlir::Attribute getNumber(mlir::Type graphType, double value);

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCALARBUILDER_H
