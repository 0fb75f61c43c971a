//===- IndexMath.cpp - Indices that emitters compute ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IndexMath.h"

using namespace mlir;
using namespace graphc::nvptx;

Value IndexMath::multiply(ValueRange sizes) {
  Value product = constant(1);
  for (Value size : sizes)
    product = fold<arith::MulIOp>(product, size);
  return product;
}

SmallVector<Value> IndexMath::delinearize(Value linear, ValueRange sizes,
                                          bool isShort) {
  SmallVector<Value> indices(sizes.size());
  Type index = builder.getIndexType(), word = builder.getI32Type();
  auto toWord = [&](Value value) {
    return isShort ? fold<arith::IndexCastUIOp>(word, value) : value;
  };
  auto toIndex = [&](Value value) {
    return isShort ? fold<arith::IndexCastUIOp>(index, value) : value;
  };
  Value rest = toWord(linear);
  for (unsigned dim = sizes.size(); dim-- > 0;) {
    if (dim == 0) {
      indices[dim] = toIndex(rest);
      break;
    }
    Value size = toWord(sizes[dim]);
    indices[dim] = toIndex(fold<arith::RemUIOp>(rest, size));
    rest = fold<arith::DivUIOp>(rest, size);
  }
  return indices;
}
