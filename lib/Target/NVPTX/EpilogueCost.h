//===- EpilogueCost.h - What becomes of sums of products --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_EPILOGUECOST_H
#define GRAPHC_LIB_TARGET_NVPTX_EPILOGUECOST_H

#include "Product.h"

namespace graphc::nvptx {

/// What a kernel computes of each sum of its product.
struct EpilogueCost {
  /// Operations on floats, those in f64 counted twice. Functions that later
  /// passes write out (powf, erf) are one each.
  int64_t floatOps = 0;
  /// Beside storing the sum, in the unit of the times of WarpgroupPlan.cpp.
  double time = 0;
  /// Reads of tensors with two dimensions and more.
  int64_t matrixReads = 0;
  /// Whether sums have no batch, all such tensors the order of the sums, and no
  /// elements of its own choice are read.
  bool readsInOrder = true;

  EpilogueCost(kernel::RegionOp region, const Product &product);
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_EPILOGUECOST_H
