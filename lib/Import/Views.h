//===- Views.h - Steps of views and writes through them ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_VIEWS_H
#define GRAPHC_LIB_IMPORT_VIEWS_H

#include "Call.h"

namespace graphc::aten {

ViewStep identityView();
ViewStep permuteView(Emitter &e, ArrayRef<int64_t> perm);
ViewStep transposeView(Emitter &e, int64_t rank, int64_t a, int64_t b);
ViewStep reshapeView(Emitter &e, ArrayRef<Expr> shape);
ViewStep sliceView(Emitter &e, int64_t dim, Expr start, Expr end, Expr step);
/// A slice of bounds that the program has checked, or that follow from its
/// sizes.
ViewStep checkedSliceView(Emitter &e, int64_t dim, Expr start, Expr end);
ViewStep selectView(Emitter &e, int64_t dim, Expr index);
ViewStep expandView(Emitter &e, ArrayRef<Expr> shape);
/// A diagonal, as long as tracing found it to be.
ViewStep diagonalView(Emitter &e, int64_t offset, int64_t dim1, int64_t dim2);
/// A step whose views are only read.
ViewStep readOnlyView(Emitter &e, std::function<Value(Value)> apply);

/// How results relate to the argument's memory.
enum class Sharing { View, Copy };

/// Adds a view of an argument as result, or a fresh tensor of its value.
void finish(Call &call, Sharing sharing, ViewStep step,
            StringRef name = "self");

/// `base` with a slice, an element or a diagonal replaced by `source`, in the
/// layout of `base`.
Value emitSliceScatter(Emitter &e, Value base, Value source, int64_t dim,
                       Expr start, Expr end, Expr step);
Value emitSelectScatter(Emitter &e, Value base, Value source, int64_t dim,
                        Expr index);
Value emitDiagonalScatter(Emitter &e, Value base, Value source, int64_t offset,
                          int64_t dim1, int64_t dim2);

/// The dimensions from the outermost to the innermost in memory. What cannot be
/// compared stays in order.
SmallVector<int64_t> memoryOrder(StridedTensorType type);

/// `column - row <= diagonal`, or `>=` for the upper triangle.
Value emitTriangleMask(Emitter &e, Expr rows, Expr columns, Expr diagonal,
                       bool lower);

/// The shape of `x` with ones until it has `rank` dimensions. A missing third
/// dimension stands behind the others, everything else in front.
SmallVector<Expr> shapeAtLeast(Emitter &e, Value x, int64_t rank);

/// `shape` with a -1 replaced by what is left of the elements of `x`.
SmallVector<Expr> inferShape(Emitter &e, Value x, ArrayRef<Expr> shape);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_VIEWS_H
