//===- Fourier.cpp - Discrete Fourier transforms --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A transform is a product with a matrix of roots of unity. One of a size with
// divisors is one of a divisor, a product with roots, and one of what remains,
// so the matrices stay small (Cooley and Tukey).
//
//===----------------------------------------------------------------------===//

#include "Fourier.h"

#include "Contractions.h"
#include "Views.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// Sizes up to this are one product; beyond it they are taken apart.
static constexpr int64_t directSize = 32;
/// The matrix of a larger prime would be larger than most models.
static constexpr int64_t largestPrime = 1024;

namespace {
/// A tensor of complex numbers; no imaginary part is one of zeros.
struct Parts {
  Value real, imag;
};
} // namespace

//===----------------------------------------------------------------------===//
// One dimension
//===----------------------------------------------------------------------===//

/// A constant of `type` from the element function on rows and columns.
template <typename Function>
static Value emitTable(Emitter &e, int64_t rows, int64_t columns, Type type,
                       Function element) {
  const auto &semantics = cast<FloatType>(type).getFloatSemantics();
  SmallVector<APFloat> values;
  values.reserve(rows * columns);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      bool losesInfo;
      values.emplace_back(element(row, column));
      values.back().convert(semantics, APFloat::rmNearestTiesToEven,
                            &losesInfo);
    }
  return e.emit<graph::ConstantOp>(DenseElementsAttr::get(
      RankedTensorType::get({rows, columns}, type), values));
}

/// Part of exp(sign * 2 pi i * power / size). The power is reduced first:
/// angles stay exact.
static double rootReal(int64_t power, int64_t size) {
  return std::cos(2 * M_PI * static_cast<double>(power % size) /
                  static_cast<double>(size));
}
static double rootImag(int64_t power, int64_t size, int sign) {
  return sign * std::sin(2 * M_PI * static_cast<double>(power % size) /
                         static_cast<double>(size));
}

/// The transform of the last dimension as one product: real and imaginary parts
/// side by side times [[C, S], [-S, C]].
static Parts emitDirect(Emitter &e, Parts x, int64_t size, int sign) {
  int64_t last = e.rank(x.real) - 1;
  Value input = x.imag ? e.cat({x.real, x.imag}, last) : x.real;
  Value matrix =
      emitTable(e, x.imag ? 2 * size : size, 2 * size, e.elementType(x.real),
                [&](int64_t row, int64_t column) {
                  int64_t power = (row % size) * (column % size);
                  bool fromImag = row >= size, toImag = column >= size;
                  if (fromImag == toImag)
                    return rootReal(power, size);
                  return fromImag ? -rootImag(power, size, sign)
                                  : rootImag(power, size, sign);
                });
  Value product = emitMatmul(e, input, matrix);
  return {e.slice(product, last, 0, e.expr(size)),
          e.slice(product, last, size, e.expr(2 * size))};
}

template <typename Function>
static Parts mapParts(Parts x, Function function) {
  return {function(x.real), x.imag ? function(x.imag) : Value()};
}

static Parts multiply(Emitter &e, Parts a, Parts b) {
  return {e.sub(e.mul(a.real, b.real), e.mul(a.imag, b.imag)),
          e.add(e.mul(a.real, b.imag), e.mul(a.imag, b.real))};
}

/// The largest divisor from 2 to `directSize`, or 1.
static int64_t findDivisor(int64_t size) {
  for (int64_t divisor = directSize; divisor > 1; --divisor)
    if (size % divisor == 0)
      return divisor;
  return 1;
}

/// The transform of the last dimension, of `size`.
static Parts emitTransform(Emitter &e, Parts x, int64_t size, int sign) {
  if (e.hasFailed())
    return {};
  int64_t divisor = findDivisor(size);
  if (size <= directSize || divisor == 1) {
    if (size > largestPrime)
      e.unsupported("a Fourier transform of size " + Twine(size) +
                    ", which has a prime factor above " + Twine(largestPrime));
    return e.hasFailed() ? Parts{} : emitDirect(e, x, size, sign);
  }
  // Element j1 * rest + j2 goes to k1 + divisor * k2.
  int64_t rest = size / divisor, last = e.rank(x.real) - 1;
  SmallVector<Expr> shape = e.shape(x.real), split = shape;
  split.back() = e.expr(divisor);
  split.push_back(e.expr(rest));
  auto swap = [&](Value part) { return e.transpose(part, last, last + 1); };
  x = mapParts(x, [&](Value part) { return swap(e.reshape(part, split)); });
  x = emitDirect(e, x, divisor, sign);
  Type type = e.elementType(x.real);
  Parts roots{emitTable(e, rest, divisor, type,
                        [&](int64_t j2, int64_t k1) {
                          return rootReal(j2 * k1, size);
                        }),
              emitTable(e, rest, divisor, type, [&](int64_t j2, int64_t k1) {
                return rootImag(j2 * k1, size, sign);
              })};
  x = mapParts(multiply(e, x, roots), swap);
  x = emitTransform(e, x, rest, sign);
  return mapParts(x, [&](Value part) { return e.reshape(swap(part), shape); });
}

/// The transform of one dimension, which has to be of a known size.
static Parts emitAlong(Emitter &e, Parts x, int64_t dim, int sign) {
  int64_t size = e.constantOf(e.size(x.real, dim), "size of the transform");
  int64_t last = e.rank(x.real) - 1;
  auto swap = [&](Value part) { return e.transpose(part, dim, last); };
  if (size < 1 && !e.hasFailed())
    e.fail("op-argument", "a Fourier transform without elements");
  return mapParts(emitTransform(e, mapParts(x, swap), size, sign), swap);
}

//===----------------------------------------------------------------------===//
// Several dimensions
//===----------------------------------------------------------------------===//

static Parts takeApart(Emitter &e, Value x) {
  if (!isComplex(e.elementType(x)))
    return {x, {}};
  return {e.emit<graph::RealOp>(x), e.emit<graph::ImagOp>(x)};
}

static Value putTogether(Emitter &e, Parts x) {
  if (!x.imag)
    x.imag = e.full(e.shape(x.real), e.number(0, e.elementType(x.real)));
  return e.emit<graph::ComplexOp>(x.real, x.imag);
}

static Value scaled(Emitter &e, Value x, FourierScale scale, double count) {
  if (scale == FourierScale::None || !x)
    return x;
  return e.mul(x,
               1 / (scale == FourierScale::ByRoot ? std::sqrt(count) : count));
}

/// How many elements `dims` of `x` have.
static double countAlong(Emitter &e, Value x, ArrayRef<int64_t> dims) {
  double count = 1;
  for (int64_t dim : dims)
    count *= static_cast<double>(
        e.constantOf(e.size(x, dim), "size of the transform"));
  return count;
}

/// `result` where ATen's kernel leaves it: the dimensions that are not
/// transformed outside, all in the order they have in `input`.
static Value layOut(Emitter &e, Value result, Value input,
                    ArrayRef<int64_t> dims, bool keepsLast) {
  if (e.hasFailed())
    return {};
  SmallVector<int64_t> outer, inner;
  ArrayRef<int64_t> sorted = keepsLast ? dims.drop_back() : dims;
  for (int64_t dim : memoryOrder(e.type(input))) {
    if (!llvm::is_contained(dims, dim))
      outer.push_back(dim);
    else if (llvm::is_contained(sorted, dim))
      inner.push_back(dim);
  }
  outer.append(inner);
  if (keepsLast)
    outer.push_back(dims.back());
  SmallVector<Expr> strides(outer.size());
  Expr stride = e.expr(1);
  for (int64_t dim : llvm::reverse(outer)) {
    strides[dim] = stride;
    stride = stride * e.size(result, dim);
  }
  return e.restride(result, strides);
}

Value Fourier::complexToComplex(Value x, bool isForward) const {
  if (dims.empty())
    return x;
  Parts parts = takeApart(e, x);
  for (int64_t dim : dims)
    parts = emitAlong(e, parts, dim, isForward ? -1 : 1);
  double count = countAlong(e, x, dims);
  parts = mapParts(parts,
                   [&](Value part) { return scaled(e, part, scale, count); });
  return layOut(e, putTogether(e, parts), x, dims, /*keepsLast=*/false);
}

Value Fourier::realToComplex(Value x, bool isHalf) const {
  Parts parts{x, {}};
  double count = countAlong(e, x, dims);
  // Half of the last dimension first: the others have less to do.
  int64_t last = dims.back();
  Expr size = e.size(x, last);
  parts = emitAlong(e, parts, last, -1);
  if (isHalf)
    parts = mapParts(parts, [&](Value part) {
      return e.slice(part, last, 0, size.floorDiv(2) + 1);
    });
  for (int64_t dim : ArrayRef(dims).drop_back())
    parts = emitAlong(e, parts, dim, -1);
  parts = mapParts(parts,
                   [&](Value part) { return scaled(e, part, scale, count); });
  return layOut(e, putTogether(e, parts), x, dims, /*keepsLast=*/true);
}

Value Fourier::complexToReal(Value x, Expr size) const {
  int64_t last = dims.back();
  Fourier others{e, SmallVector<int64_t>(ArrayRef(dims).drop_back()), scale};
  x = others.complexToComplex(x, /*isForward=*/false);
  int64_t count = e.constantOf(size, "size of the transform");
  if (e.hasFailed())
    return {};
  if (count < 1 || e.size(x, last) != count / 2 + 1)
    return e.fail("shape-mismatch", "half a spectrum of " + Twine(count) +
                                        " numbers has " + Twine(count / 2 + 1));
  // The other half mirrors this one.
  auto mirrored = [&](Value part) {
    return e.emit<graph::FlipOp>(
        e.slice(part, last, 1, e.expr((count + 1) / 2)),
        ArrayRef<int64_t>{last});
  };
  Parts parts = takeApart(e, x);
  if (count > 2)
    parts = {e.cat({parts.real, mirrored(parts.real)}, last),
             e.cat({parts.imag, e.neg(mirrored(parts.imag))}, last)};
  Value result = emitAlong(e, parts, last, 1).real;
  result = scaled(e, result, scale, static_cast<double>(count));
  return layOut(e, result, x, {last}, /*keepsLast=*/false);
}
