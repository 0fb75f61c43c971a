//===- MatrixBatches.cpp - Batches of matrices as LAPACK has them ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixBatches.h"

#include "Checks.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

Value aten::byColumns(Emitter &e, Value x) {
  if (!x || e.rank(x) < 2)
    return x;
  SmallVector<Expr> shape = e.shape(x);
  size_t last = shape.size() - 1;
  std::swap(shape[last], shape[last - 1]);
  SmallVector<Expr> strides = e.contiguousStrides(shape);
  std::swap(strides[last], strides[last - 1]);
  return e.restride(x, strides);
}

Value aten::mT(Emitter &e, Value x) {
  return e.transpose(x, e.rank(x) - 2, e.rank(x) - 1);
}

Value Batch::fold(Value x) const {
  SmallVector<Expr> sizes{graph::product(e.getContext(), shape)};
  SmallVector<Expr> rest = e.shape(x);
  sizes.append(rest.begin() + shape.size(), rest.end());
  return e.hasFailed() ? Value() : e.reshape(x, sizes);
}

Value Batch::unfold(Value x) const {
  SmallVector<Expr> sizes(shape), rest = e.shape(x);
  if (e.hasFailed())
    return {};
  sizes.append(rest.begin() + 1, rest.end());
  return e.reshape(x, sizes);
}

SmallVector<Expr> aten::batchOf(Emitter &e, Value x) {
  SmallVector<Expr> shape = e.shape(x);
  shape.resize(std::max<size_t>(shape.size(), 2) - 2);
  return shape;
}

Value aten::readMatrices(Call &call, StringRef name, bool isSquare) {
  Emitter &e = call.e;
  Value x = call.tensor(name);
  if (e.hasFailed())
    return {};
  Type type = e.elementType(x);
  if (!type.isF32() && !type.isF64())
    return e.unsupported("linear algebra of " + getDTypeName(type));
  if (e.rank(x) < 2)
    return e.fail("shape-mismatch", "'" + name + "' is no matrix");
  if (isSquare && e.size(x, -1) != e.size(x, -2))
    return e.fail("shape-mismatch", "'" + name + "' is not square");
  return x;
}

Batch aten::broadcastBatches(Emitter &e, Value &a, Value &b) {
  Batch batch(e, e.broadcastShapes(batchOf(e, a), batchOf(e, b)));
  for (Value *x : {&a, &b}) {
    SmallVector<Expr> shape = batch.shape;
    shape.append({e.size(*x, -2), e.size(*x, -1)});
    *x = batch.fold(e.expand(*x, shape));
  }
  return batch;
}

void aten::assertZero(Emitter &e, Value info, StringRef message) {
  assertAll(e, e.compare(ComparePredicate::Eq, info, 0), message);
}

bool aten::checksErrors(Call &call) {
  bool isQuiet = llvm::any_of(call.schema->parameters, [](const auto &p) {
    return StringRef(p.name) == "check_errors";
  });
  return !isQuiet || call.flag("check_errors");
}

Value aten::toInt32(Emitter &e, Value x) {
  return e.cast(x, e.builder.getI32Type());
}
