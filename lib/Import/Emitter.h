//===- Emitter.h - Builds graph ops -----------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_EMITTER_H
#define GRAPHC_LIB_IMPORT_EMITTER_H

#include "Item.h"
#include "Promotion.h"
#include "Ranges.h"

#include "mlir/IR/Builders.h"

namespace graphc::aten {

using graph::Expr;
using graph::StridedTensorType;
using mlir::ArrayRef;
using mlir::SmallVector;
using mlir::StringRef;
using mlir::Type;
using mlir::Value;

/// Builds graph ops at the builder's place and location.
///
/// Failure is sticky: the first error is kept, every later op is a null Value,
/// and every query of a null Value answers with something harmless. So builders
/// of operators are straight lines without checks, and the walk looks once per
/// node.
class Emitter {
public:
  Emitter(mlir::OpBuilder &builder, Ranges &ranges)
      : builder(builder), ranges(ranges), loc(builder.getUnknownLoc()) {}

  mlir::OpBuilder &builder;
  Ranges &ranges;
  mlir::Location loc;

  //===--------------------------------------------------------------------===//
  // Errors
  //===--------------------------------------------------------------------===//

  struct Failure {
    std::string errorClass, message;
  };
  /// Keeps the first failure. Returns null, to be returned on.
  std::nullptr_t fail(StringRef errorClass, const llvm::Twine &message);
  std::nullptr_t unsupported(const llvm::Twine &message) {
    return fail("unsupported-op", message);
  }
  bool hasFailed() const { return failure.has_value(); }
  std::optional<Failure> takeFailure();

  //===--------------------------------------------------------------------===//
  // Queries
  //===--------------------------------------------------------------------===//

  mlir::MLIRContext *getContext() const { return builder.getContext(); }
  StridedTensorType type(Value x) const;
  Type elementType(Value x) const;
  int64_t rank(Value x) const;
  SmallVector<Expr> shape(Value x) const;
  /// `dim` may be negative.
  Expr size(Value x, int64_t dim);
  Expr numElements(Value x) const;
  /// `dim` counted from 0, or a failure. A 0-d tensor counts as 1-d.
  int64_t wrapDim(int64_t dim, int64_t rank);
  /// All of `dims`, sorted; all dimensions when it is empty.
  SmallVector<int64_t> wrapDims(ArrayRef<int64_t> dims, int64_t rank);
  Expr expr(int64_t value) const { return Expr::constant(getContext(), value); }
  SmallVector<Expr> exprs(ArrayRef<int64_t> values) const;
  /// The constant, or a failure that names `what`.
  int64_t constantOf(Expr value, StringRef what);
  Type i1() const { return builder.getI1Type(); }
  Type i64() const { return builder.getI64Type(); }
  Type f32() const { return builder.getF32Type(); }
  Type f64() const { return builder.getF64Type(); }

  //===--------------------------------------------------------------------===//
  // Ops
  //===--------------------------------------------------------------------===//

  /// The op with inferred result types, or a null op.
  template <typename OpTy, typename... Args>
  OpTy make(Args &&...args) {
    if (hasFailed())
      return OpTy();
    mlir::FailureOr<OpTy> op =
        graph::tryBuild<OpTy>(builder, loc, std::forward<Args>(args)...);
    if (failed(op)) {
      fail("shape-mismatch", "the operands do not fit");
      return OpTy();
    }
    return *op;
  }
  /// Its first result.
  template <typename OpTy, typename... Args>
  Value emit(Args &&...args) {
    OpTy op = make<OpTy>(std::forward<Args>(args)...);
    return op ? spellSizes(op->getResult(0)) : Value();
  }
  /// All of its results, nulls on failure.
  template <typename OpTy, unsigned count, typename... Args>
  std::array<Value, count> emitAll(Args &&...args) {
    std::array<Value, count> values;
    if (OpTy op = make<OpTy>(std::forward<Args>(args)...))
      for (unsigned i = 0; i < count; ++i)
        values[i] = spellSizes(op->getResult(i));
    return values;
  }

  // Creation. A number is rounded to `type`; NaN and infinities are kept.
  Value number(double value, Type type);
  Value number(const Item &value, Type type);
  /// An operand in `type`: a cast tensor or a 0-d constant.
  Value operand(const Operand &operand, Type type);
  Value sizeToTensor(Expr value);
  Value full(ArrayRef<Expr> shape, Value scalar);
  /// 0, 1, 2, ... in i64 along `dim` of `shape`.
  Value iota(ArrayRef<Expr> shape, int64_t dim);

  // Elementwise.
  Value cast(Value x, Type type);
  Value add(Value a, Value b) { return emit<graph::AddOp>(a, b); }
  Value sub(Value a, Value b) { return emit<graph::SubOp>(a, b); }
  Value mul(Value a, Value b) { return emit<graph::MulOp>(a, b); }
  Value div(Value a, Value b) { return emit<graph::DivOp>(a, b); }
  Value add(Value a, double b) { return add(a, number(b, elementType(a))); }
  Value sub(Value a, double b) { return sub(a, number(b, elementType(a))); }
  Value mul(Value a, double b) { return mul(a, number(b, elementType(a))); }
  Value div(Value a, double b) { return div(a, number(b, elementType(a))); }
  Value neg(Value a) { return emit<graph::NegOp>(a); }
  Value select(Value condition, Value a, Value b) {
    return emit<graph::SelectOp>(condition, a, b);
  }
  Value compare(graph::ComparePredicate predicate, Value a, Value b);
  Value compare(graph::ComparePredicate predicate, Value a, double b) {
    return compare(predicate, a, number(b, elementType(a)));
  }
  Value logicalAnd(Value a, Value b) { return emit<graph::BitwiseAndOp>(a, b); }
  Value logicalOr(Value a, Value b) { return emit<graph::BitwiseOrOp>(a, b); }
  Value logicalNot(Value a) { return emit<graph::BitwiseNotOp>(a); }
  /// `x != 0` as bool.
  Value toBool(Value x) { return cast(x, i1()); }

  // Reductions; `dims` count from 0 and are sorted.
  Value reduce(graph::ReduceKind kind, Value x, ArrayRef<int64_t> dims,
               bool keepdim);
  Value sum(Value x, ArrayRef<int64_t> dims, bool keepdim) {
    return reduce(graph::ReduceKind::Sum, x, dims, keepdim);
  }

  // Views. Dimensions count from 0.
  Value permute(Value x, ArrayRef<int64_t> perm);
  Value transpose(Value x, int64_t a, int64_t b);
  Value reshape(Value x, ArrayRef<Expr> shape);
  /// `x` with a dimension when it has none, for operators along one.
  Value atLeast1d(Value x);
  Value expand(Value x, ArrayRef<Expr> shape);
  Value unsqueeze(Value x, int64_t dim);
  Value squeeze(Value x, ArrayRef<int64_t> dims);
  /// Bounds as Python's: clamped to the size, negative ones from the end.
  Value slice(Value x, int64_t dim, Expr start, Expr end, Expr step);
  Value slice(Value x, int64_t dim, int64_t start, Expr end) {
    return slice(x, dim, expr(start), end, expr(1));
  }
  Value select(Value x, int64_t dim, Expr index);
  Value cat(ArrayRef<Value> parts, int64_t dim);
  Value contiguous(Value x);
  /// `x` with `strides`, copied only when it has others.
  Value restride(Value x, ArrayRef<Expr> strides);
  /// `x` in the layout of `like`, for results that keep another's layout.
  Value withLayoutOf(Value x, Value like);
  Value pad(Value x, ArrayRef<Expr> low, ArrayRef<Expr> high,
            const Item &value);

  Value matmul(Value a, Value b) { return emit<graph::MatmulOp>(a, b); }

  // Size algebra with what the ranges prove.
  /// A negative index counts from the end.
  Expr wrapIndex(Expr index, Expr size);
  Expr clampIndex(Expr index, Expr size);
  /// Row-major strides.
  SmallVector<Expr> contiguousStrides(ArrayRef<Expr> shape) const;
  /// Strides for `shape` in the memory format, or contiguous ones.
  SmallVector<Expr> formatStrides(ArrayRef<Expr> shape, StringRef format) const;
  /// Strides of `clone(preserve_format)` and `empty_like`: those of `x` when it
  /// is dense, else contiguous in the order of its strides.
  SmallVector<Expr> preservedStrides(Value x) const;
  /// Numpy's rule; a failure when they do not fit.
  SmallVector<Expr> broadcastShapes(ArrayRef<Expr> a, ArrayRef<Expr> b);

private:
  /// `x` with its sizes as `ranges` spells what is equal to them, so that sizes
  /// that agree by a condition on the inputs are the same to every op.
  Value spellSizes(Value x);
  /// `x` of size `extent` along `dim`, which is the size that it has.
  Value resize(Value x, int64_t dim, Expr extent);

  std::optional<Failure> failure;
};

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_EMITTER_H
