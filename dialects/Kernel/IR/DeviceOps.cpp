//===- DeviceOps.cpp - What the host asks a device ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/IR/Kernel.h"

using namespace mlir;
using namespace graphc::kernel;

// The limits are those of the copy engine.
LogicalResult TensorMapOp::verify() {
  std::size_t rank = getSizes().size();
  if (rank < 1 || rank > 5)
    return emitOpError() << "has " << rank << " dimensions, expected 1 to 5";
  if (getStrides().size() != rank - 1)
    return emitOpError() << "expected a stride for each dimension but the "
                            "innermost, got "
                         << getStrides().size() << " for " << rank;
  if (getBox().size() != rank)
    return emitOpError() << "expected a box of rank " << rank << ", got "
                         << getBox().size();
  for (int32_t size : getBox())
    if (size < 1 || size > 256)
      return emitOpError() << "has a box of " << size
                           << " elements, expected 1 to 256";
  uint32_t swizzle = getSwizzle();
  if (swizzle != 0 && swizzle != 32 && swizzle != 64 && swizzle != 128)
    return emitOpError() << "has a swizzle of " << swizzle
                         << " bytes, expected 0, 32, 64 or 128";
  Type element = getBuffer().getType().getElementType();
  if (!element.isIntOrFloat() || element.getIntOrFloatBitWidth() % 8)
    return emitOpError() << "cannot copy elements of type " << element;
  int64_t line = getBox()[0] * (element.getIntOrFloatBitWidth() / 8);
  if (line % 16 || (swizzle && line > swizzle))
    return emitOpError() << "has lines of " << line
                         << " bytes, expected a multiple of 16"
                         << (swizzle ? " of at most the swizzle" : "");
  return success();
}
