//===- Contraction.cpp - Which form a product has -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forms.h"
#include "MmaProduct.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

static LogicalResult emitTiles(OpBuilder &builder, kernel::RegionOp region,
                               ArrayRef<Chip> chips) {
  std::optional<Product> product = matchProduct(region);
  if (!product)
    return emitElements(builder, region);
  if (canUseMma(*product, chips)) {
    emitMmaProduct(builder, region, *product, chips);
    return success();
  }
  emitFmaProduct(builder, region, *product, chips);
  return success();
}

LogicalResult nvptx::emitContraction(OpBuilder &builder,
                                     kernel::RegionOp region,
                                     ArrayRef<Chip> chips) {
  std::optional<Product> depthwise = matchDepthwise(region);
  if (depthwise && emitDepthwise(builder, region, *depthwise))
    return success();
  std::optional<Product> product = matchAnyProduct(region);
  if (product && canUseThinProduct(*product, chips)) {
    emitThinProduct(builder, region, *product, chips);
    return success();
  }
  return emitWarpgroupProduct(builder, region, chips, [&] {
    return emitTiles(builder, region, chips);
  });
}
