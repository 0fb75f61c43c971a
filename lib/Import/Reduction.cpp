//===- Reduction.cpp - Reductions and scans -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Pointwise.h"
#include "Reductions.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;
using graph::ReduceKind;

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

/// `dim`: one, several, none or absent; sorted. Without any, all dimensions.
static SmallVector<int64_t> reducedDims(Call &call, Value self,
                                        StringRef name = "dim") {
  return call.e.wrapDims(call.isNone(name) ? SmallVector<int64_t>()
                                           : call.integers(name),
                         call.e.rank(self));
}

static bool keepsDims(Call &call) { return call.flag("keepdim"); }

/// sum and prod add integers and bools as int64.
static Value accumulated(Call &call, Value self) {
  Emitter &e = call.e;
  Type type = call.dtype("dtype");
  if (!type)
    type =
        isa<IntegerType>(e.elementType(self)) ? e.i64() : e.elementType(self);
  return e.cast(self, type);
}

//===----------------------------------------------------------------------===//
// Sums and extrema
//===----------------------------------------------------------------------===//

template <ReduceKind kind>
static void importSum(Call &call) {
  Value self = call.tensor("self");
  call.result(call.e.reduce(kind, accumulated(call, self),
                            reducedDims(call, self), keepsDims(call)));
}

static void importMean(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value x = e.cast(self, call.dtype("dtype", e.elementType(self)));
  if (isa<IntegerType>(e.elementType(x)))
    return (void)e.fail("op-argument", "mean of integers needs a float dtype");
  call.result(
      e.reduce(ReduceKind::Mean, x, reducedDims(call, self), keepsDims(call)));
}

/// max and min of bool are any and all.
Value graphc::aten::emitExtremum(Emitter &e, bool isMax, Value x,
                                 ArrayRef<int64_t> dims, bool keepdim) {
  ReduceKind kind = isMax ? ReduceKind::Max : ReduceKind::Min;
  if (isBool(e.elementType(x)))
    kind = isMax ? ReduceKind::Any : ReduceKind::All;
  return e.reduce(kind, x, dims, keepdim);
}

template <bool isMax>
static void importAmax(Call &call) {
  Value self = call.tensor("self");
  call.result(emitExtremum(call.e, isMax, self, reducedDims(call, self),
                           keepsDims(call)));
}

static void importAminmax(Call &call) {
  Value self = call.tensor("self");
  auto dims = reducedDims(call, self);
  for (bool isMax : {false, true})
    call.result(emitExtremum(call.e, isMax, self, dims, keepsDims(call)));
}

static Value emitArgExtremum(Emitter &e, bool isMax, Value x,
                             std::optional<int64_t> dim, bool keepdim) {
  // Bools order as numbers.
  if (isBool(e.elementType(x)))
    x = e.cast(x, e.builder.getIntegerType(8));
  if (e.rank(x) == 0)
    dim = std::nullopt;
  auto kind = isMax ? graph::ExtremumKind::Max : graph::ExtremumKind::Min;
  return e.emit<graph::ArgReduceOp>(
      kind, x, dim ? e.builder.getI64IntegerAttr(*dim) : IntegerAttr(),
      keepdim && dim);
}

/// Values and indices along one dimension.
template <bool isMax>
static void importExtremumDim(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  bool keepdim = keepsDims(call);
  auto dims = e.wrapDims(dim, e.rank(self));
  call.result(emitExtremum(e, isMax, self, dims, keepdim));
  call.result(emitArgExtremum(e, isMax, self, dim, keepdim));
}

template <bool isMax>
static void importArgExtremum(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  bool keepdim = keepsDims(call);
  if (!call.isNone("dim"))
    return call.result(emitArgExtremum(
        e, isMax, self, e.wrapDim(call.integer("dim"), e.rank(self)), keepdim));
  Value index = emitArgExtremum(e, isMax, self, std::nullopt, false);
  if (keepdim)
    index = e.reshape(index, SmallVector<Expr>(e.rank(self), e.expr(1)));
  call.result(index);
}

/// uint8 stays uint8, everything else is a bool.
template <ReduceKind kind>
static void importAnyAll(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value value =
      e.reduce(kind, e.toBool(self), reducedDims(call, self), keepsDims(call));
  bool isByte = e.elementType(self).isUnsignedInteger(8);
  call.result(isByte ? e.cast(value, e.elementType(self)) : value);
}

static void importCountNonzero(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  call.result(
      e.sum(e.cast(e.toBool(self), e.i64()), reducedDims(call, self), false));
}

static void importNansum(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value x = accumulated(call, self);
  if (isFloat(e.elementType(x)))
    x = e.select(e.emit<graph::IsnanOp>(x), e.number(0, e.elementType(x)), x);
  call.result(e.sum(x, reducedDims(call, self), keepsDims(call)));
}

static void importNanmean(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value x = e.cast(self, call.dtype("dtype", e.elementType(self)));
  auto dims = reducedDims(call, self);
  Value isNan = e.emit<graph::IsnanOp>(x);
  Value total = e.sum(e.select(isNan, e.number(0, e.elementType(x)), x), dims,
                      keepsDims(call));
  Value count = e.sum(e.cast(e.logicalNot(isNan), e.elementType(x)), dims,
                      keepsDims(call));
  call.result(e.div(total, count));
}

static void importTrace(Call &call) {
  Emitter &e = call.e;
  Value diagonal = e.emit<graph::DiagonalOp>(call.tensor("self"), int64_t(0),
                                             int64_t(0), int64_t(1));
  call.result(e.sum(accumulated(call, diagonal), {0}, false));
}

static void importSumToSize(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<Expr> shape = call.sizes("size");
  int64_t added = e.rank(self) - static_cast<int64_t>(shape.size());
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < e.rank(self); ++dim)
    if (dim < added || (shape[dim - added] == 1 && e.size(self, dim) != 1))
      dims.push_back(dim);
  // Only what is added up becomes int64; a scalar always is.
  if ((!dims.empty() || shape.empty()) &&
      mlir::isa<IntegerType>(e.elementType(self)))
    self = e.cast(self, e.i64());
  call.result(e.reshape(e.sum(self, dims, true), shape));
}

//===----------------------------------------------------------------------===//
// Variance
//===----------------------------------------------------------------------===//

static double getCorrection(Call &call) {
  bool hasUnbiased =
      llvm::any_of(call.schema->parameters, [](const Parameter &parameter) {
        return parameter.name == "unbiased";
      });
  if (hasUnbiased)
    return call.flag("unbiased") ? 1 : 0;
  return call.number("correction", 1);
}

/// var, std and their mean: the first result the variance or its root.
template <bool isStd, bool withMean>
static void importVariance(Call &call) {
  Emitter &e = call.e;
  StringRef name = call.schema->parameters[0].name;
  StringRef dim = call.schema->name.rfind("prims.", 0) == 0 ? "dims" : "dim";
  Value self = call.tensor(name);
  // f16 and bf16 accumulate in f32.
  Type type = e.elementType(self);
  if (!isFloat(type))
    return (void)e.unsupported("variance of " + getDTypeName(type));
  // A variance may be out of the range of what its root is in.
  if (isStd)
    self = e.cast(self, getComputeType(type));
  auto values = e.emitAll<graph::VarMeanOp, 2>(
      self, reducedDims(call, self, dim), APFloat(getCorrection(call)),
      keepsDims(call));
  if (isStd)
    values[0] = e.emit<graph::SqrtOp>(values[0]);
  call.result(e.cast(values[0], type));
  if (withMean)
    call.result(e.cast(values[1], type));
}

//===----------------------------------------------------------------------===//
// Norms
//===----------------------------------------------------------------------===//

Value graphc::aten::emitVectorNorm(Emitter &e, Value x, double order,
                                   ArrayRef<int64_t> dims, bool keepdim) {
  if (isComplex(e.elementType(x)))
    x = e.emit<graph::AbsOp>(x);
  Type type = e.elementType(x);
  return e.cast(
      [&]() -> Value {
        Value y = e.cast(x, getComputeType(type));
        Type compute = e.elementType(y);
        if (order == 0) {
          Value isNonzero = e.compare(ComparePredicate::Ne, y, 0.0);
          return e.sum(e.cast(isNonzero, compute), dims, keepdim);
        }
        if (order == 2)
          return e.emit<graph::SqrtOp>(e.sum(e.mul(y, y), dims, keepdim));
        y = e.emit<graph::AbsOp>(y);
        if (order == INFINITY || order == -INFINITY)
          return emitExtremum(e, order > 0, y, dims, keepdim);
        if (order == 1)
          return e.sum(y, dims, keepdim);
        Value powers = e.emit<graph::PowOp>(y, e.number(order, compute));
        return e.emit<graph::PowOp>(e.sum(powers, dims, keepdim),
                                    e.number(1 / order, compute));
      }(),
      type);
}

/// linalg_norm of a matrix is another operator.
static void importMatrixNorm(Call &call, StringRef overload) {
  SmallVector<Call::NamedItem> given;
  for (StringRef name : {"self", "ord", "dim", "keepdim", "dtype"})
    if (name != "dim" || !call.isNone(name))
      given.push_back({name, call.get(name)});
  call.results = call.invoke(overload, given);
}

static void importNormOfName(Call &call) {
  importMatrixNorm(call, "aten.linalg_matrix_norm.str_ord");
}

static void importNorm(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  StringRef orderName = call.isNone("ord") ? "p" : "ord";
  double order = call.number(orderName, 2);
  // linalg_norm with two dimensions and no order is the Frobenius norm.
  bool isMatrix = call.schema->name == "aten.linalg_norm.default" &&
                  !call.isNone("ord") &&
                  (call.isNone("dim") ? e.rank(self) == 2
                                      : call.integers("dim").size() == 2);
  if (isMatrix)
    return importMatrixNorm(call, "aten.linalg_matrix_norm.default");
  Value x = e.cast(self, call.dtype("dtype", e.elementType(self)));
  if (!isFloat(e.elementType(x)))
    return (void)e.unsupported("norm of " + getDTypeName(e.elementType(x)));
  call.result(
      emitVectorNorm(e, x, order, reducedDims(call, self), keepsDims(call)));
}

static void importDist(Call &call) {
  Emitter &e = call.e;
  auto operands = promoteToFloat(call, {"self", "other"});
  Value difference = e.sub(operands[0], operands[1]);
  call.result(emitVectorNorm(e, difference, call.number("p"),
                             e.wrapDims({}, e.rank(difference)), false));
}

/// log(sum(exp(x))), stable.
Value graphc::aten::emitLogsumexp(Emitter &e, Value self,
                                  ArrayRef<int64_t> dims, bool keepdim) {
  return inComputeType(e, self, [&](Value x) {
    // Of nothing there is no maximum; its sum is 0.
    if (llvm::any_of(dims, [&](int64_t dim) { return e.size(x, dim) == 0; }))
      return e.emit<graph::LogOp>(
          e.sum(e.emit<graph::ExpOp>(x), dims, keepdim));
    Value high = emitExtremum(e, true, x, dims, true);
    Value zero = e.number(0, e.elementType(x));
    // An infinite maximum would make NaN of the difference.
    Value shift = e.select(e.emit<graph::IsinfOp>(high), zero, high);
    Value total = e.sum(e.emit<graph::ExpOp>(e.sub(x, shift)), dims, true);
    Value result = e.add(e.emit<graph::LogOp>(total), shift);
    return keepdim ? result : e.squeeze(result, dims);
  });
}

static void importLogsumexp(Call &call) {
  Value self = floatSelf(call);
  call.result(
      emitLogsumexp(call.e, self, reducedDims(call, self), keepsDims(call)));
}

static void importPrepareSoftmax(Call &call) {
  Emitter &e = call.e;
  StringRef name = call.schema->parameters[0].name;
  Value x = call.tensor(name);
  auto dims = e.wrapDims(call.integer("dim"), e.rank(x));
  Value high = emitExtremum(e, true, x, dims, true);
  call.result(high);
  call.result(e.sum(e.emit<graph::ExpOp>(e.sub(x, high)), dims, true));
}

//===----------------------------------------------------------------------===//
// Scans
//===----------------------------------------------------------------------===//

template <graph::ScanKind kind>
static void importScan(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  bool isSum = kind == graph::ScanKind::Sum || kind == graph::ScanKind::Prod;
  Value x = isSum ? accumulated(call, self) : self;
  if (e.rank(self) == 0)
    return call.result(x);
  call.result(e.emit<graph::ScanOp>(kind, x, dim));
}

template <graph::ExtremumKind kind>
static void importScanArg(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  if (e.rank(self) == 0) {
    call.result(self);
    return call.result(e.number(0, e.i64()));
  }
  for (Value value : e.emitAll<graph::ScanArgOp, 2>(kind, self, dim))
    call.result(value);
}

/// The lower of the two middle elements; NaN, which sorts last, wins.
static void importMedian(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  bool isFlat = call.isNone("dim");
  bool keepdim = keepsDims(call) && !isFlat && e.rank(self) > 0;
  Value x = isFlat || e.rank(self) == 0 ? e.reshape(self, {e.numElements(self)})
                                        : self;
  int64_t dim = isFlat ? 0 : e.wrapDim(call.integer("dim"), e.rank(self));
  auto sorted = e.emitAll<graph::SortOp, 2>(x, dim, false, true);
  Expr extent = e.size(x, dim), middle = (extent - 1).floorDiv(2);
  // No bounds to clamp: what is open at least has a first element.
  auto at = [&](Value value, Expr index) {
    return e.emit<graph::SliceOp>(value, dim, index, index + 1, e.expr(1));
  };
  if (!e.ranges.provesLessEqual(e.expr(1), extent) && !extent.isConstant())
    graph::AssertOp::create(e.builder, e.loc, e.expr(1).le(extent),
                            "median of nothing");
  Value isNan;
  if (isFloat(e.elementType(x)))
    isNan = e.emit<graph::IsnanOp>(at(sorted[0], extent - 1));
  for (Value part : sorted) {
    Value value = at(part, middle);
    if (isNan)
      value = e.select(isNan, at(part, extent - 1), value);
    call.result(keepdim ? value : e.squeeze(value, dim));
    if (isFlat)
      return;
  }
}

/// prims name their input and dimensions differently.
template <ReduceKind kind>
static void importPrimsReduce(Call &call) {
  Emitter &e = call.e;
  Value inp = call.tensor("inp");
  Value x = e.cast(inp, call.dtype("output_dtype", e.elementType(inp)));
  SmallVector<int64_t> dims =
      call.isNone("dims") ? e.wrapDims({}, e.rank(inp)) : call.integers("dims");
  llvm::sort(dims);
  call.result(e.reduce(kind, x, dims, false));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._is_all_true.default", importAnyAll<ReduceKind::All>},
    {"aten._is_any_true.default", importAnyAll<ReduceKind::Any>},
    {"aten.all.default", importAnyAll<ReduceKind::All>},
    {"aten.all.dim", importAnyAll<ReduceKind::All>},
    {"aten.all.dims", importAnyAll<ReduceKind::All>},
    {"aten.amax.default", importAmax<true>},
    {"aten.amin.default", importAmax<false>},
    {"aten.aminmax.default", importAminmax},
    {"aten.any.default", importAnyAll<ReduceKind::Any>},
    {"aten.any.dim", importAnyAll<ReduceKind::Any>},
    {"aten.any.dims", importAnyAll<ReduceKind::Any>},
    {"aten.argmax.default", importArgExtremum<true>},
    {"aten.argmin.default", importArgExtremum<false>},
    {"aten.count_nonzero.default", importCountNonzero},
    {"aten.count_nonzero.dim_IntList", importCountNonzero},
    {"aten.cummax.default", importScanArg<graph::ExtremumKind::Max>},
    {"aten.cummin.default", importScanArg<graph::ExtremumKind::Min>},
    {"aten.cumprod.default", importScan<graph::ScanKind::Prod>},
    {"aten.cumsum.default", importScan<graph::ScanKind::Sum>},
    {"aten.dist.default", importDist},
    {"aten.frobenius_norm.dim", importNorm},
    {"aten.linalg_norm.default", importNorm},
    {"aten.linalg_norm.ord_str", importNormOfName},
    {"aten.linalg_vector_norm.default", importNorm},
    {"aten.logcumsumexp.default", importScan<graph::ScanKind::Logsumexp>},
    {"aten.logsumexp.default", importLogsumexp},
    {"aten.max.default", importAmax<true>},
    {"aten.max.dim", importExtremumDim<true>},
    {"aten.mean.default", importMean},
    {"aten.mean.dim", importMean},
    {"aten.median.default", importMedian},
    {"aten.median.dim", importMedian},
    {"aten.min.default", importAmax<false>},
    {"aten.min.dim", importExtremumDim<false>},
    {"aten.nanmean.default", importNanmean},
    {"aten.nansum.default", importNansum},
    {"aten.native_norm.default", importNorm},
    {"aten.norm.Scalar", importNorm},
    {"aten.norm.ScalarOpt_dim", importNorm},
    {"aten.norm.ScalarOpt_dim_dtype", importNorm},
    {"aten.norm.ScalarOpt_dtype", importNorm},
    {"aten.prod.default", importSum<ReduceKind::Prod>},
    {"aten.prod.dim_int", importSum<ReduceKind::Prod>},
    {"aten.special_logsumexp.default", importLogsumexp},
    {"aten.std.correction", importVariance<true, false>},
    {"aten.std.default", importVariance<true, false>},
    {"aten.std.dim", importVariance<true, false>},
    {"aten.std_mean.correction", importVariance<true, true>},
    {"aten.std_mean.default", importVariance<true, true>},
    {"aten.std_mean.dim", importVariance<true, true>},
    {"aten.sum.default", importSum<ReduceKind::Sum>},
    {"aten.sum.dim_IntList", importSum<ReduceKind::Sum>},
    {"aten.sum_to_size.default", importSumToSize},
    {"aten.trace.default", importTrace},
    {"aten.var.correction", importVariance<false, false>},
    {"aten.var.default", importVariance<false, false>},
    {"aten.var.dim", importVariance<false, false>},
    {"aten.var_mean.correction", importVariance<false, true>},
    {"aten.var_mean.default", importVariance<false, true>},
    {"aten.var_mean.dim", importVariance<false, true>},
    {"prims.amax.default", importPrimsReduce<ReduceKind::Max>},
    {"prims.amin.default", importPrimsReduce<ReduceKind::Min>},
    {"prims.prepare_softmax_online.default", importPrepareSoftmax},
    {"prims.prod.default", importPrimsReduce<ReduceKind::Prod>},
    {"prims.sum.default", importPrimsReduce<ReduceKind::Sum>},
    {"prims.var.default", importVariance<false, false>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::reductionOverloads() { return table; }
