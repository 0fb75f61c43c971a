//===- Strides.cpp - What types tell of open strides ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Strides.h"

using namespace mlir;

SmallVector<int64_t> graphc::codegen::getStrideFactors(MemRefType type) {
  auto [factors, offset] = type.getStridesAndOffset();
  (void)offset;
  bool isContiguous = type.getLayout().isIdentity();
  int64_t product = 1;
  for (int64_t dim = type.getRank(); dim-- > 0;) {
    if (ShapedType::isDynamic(factors[dim]))
      factors[dim] = isContiguous ? product : 1;
    if (!type.isDynamicDim(dim) && type.getDimSize(dim) > 0)
      product *= type.getDimSize(dim);
  }
  return factors;
}
