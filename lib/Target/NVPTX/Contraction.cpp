//===- Contraction.cpp - Which form a product has -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forms.h"
#include "MmaProduct.h"
#include "OpenOffsets.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

static void emitTiles(OpBuilder &builder, kernel::RegionOp region,
                      const Product &product, ArrayRef<Chip> chips) {
  if (canUseMma(product, chips))
    emitMmaProduct(builder, region, product, chips);
  else
    emitFmaProduct(builder, region, product, chips);
}

LogicalResult nvptx::emitContraction(OpBuilder &builder,
                                     kernel::RegionOp region,
                                     ArrayRef<Chip> chips) {
  std::optional<Product> depthwise = matchDepthwise(region);
  if (depthwise && emitDepthwise(builder, region, *depthwise))
    return success();
  std::optional<Product> product = matchAnyProduct(region);
  if (product && canUseThinProduct(*product, chips)) {
    return emitByOffsets(builder, region, [&] {
      emitThinProduct(builder, region, *product, chips);
      return success();
    });
  }
  return emitWarpgroupProduct(builder, region, chips, [&]() -> LogicalResult {
    product = matchProduct(region);
    if (!product)
      return emitElements(builder, region);
    return emitByOffsets(builder, region, [&] {
      emitTiles(builder, region, *product, chips);
      return success();
    });
  });
}
