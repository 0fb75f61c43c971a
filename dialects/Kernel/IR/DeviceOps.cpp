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

/// What a copy makes a line of shared memory.
static LogicalResult verifyLine(Operation *op, Type element, int64_t count,
                                int64_t swizzle) {
  if (!element.isIntOrFloat() || element.getIntOrFloatBitWidth() % 8)
    return op->emitOpError() << "cannot copy elements of type " << element;
  int64_t line = count * (element.getIntOrFloatBitWidth() / 8);
  if (line % 16 || (swizzle && line > swizzle))
    return op->emitOpError()
           << "has lines of " << line << " bytes, expected a multiple of 16"
           << (swizzle ? " of at most the swizzle" : "");
  return success();
}

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
  return verifyLine(*this, getBuffer().getType().getElementType(), getBox()[0],
                    swizzle);
}

LogicalResult WindowMapOp::verify() {
  std::size_t space = getLower().size();
  if (space < 1 || space > 3 || getUpper().size() != space ||
      getSteps().size() != space || getSizes().size() != space + 2 ||
      getStrides().size() != space + 1)
    return emitOpError() << "expected corners and steps for one to three "
                            "dimensions of space, two more sizes, and a stride "
                            "for each but the innermost";
  // The corners share 32 bits.
  int32_t limit = space == 1 ? 1 << 15 : space == 2 ? 1 << 7 : 1 << 4;
  for (ArrayRef<int32_t> corners : {getLower(), getUpper()})
    for (int32_t corner : corners)
      if (corner < -limit || corner >= limit)
        return emitOpError()
               << "has a corner at " << corner << ", expected one from "
               << -limit << " to " << limit - 1;
  for (int32_t step : getSteps())
    if (step < 1 || step > 8)
      return emitOpError() << "has steps of " << step << ", expected 1 to 8";
  if (getChannels() < 1 || getChannels() > 256 || getPixels() < 1 ||
      getPixels() > 1024)
    return emitOpError() << "moves " << getChannels() << " channels of "
                         << getPixels()
                         << " pixels, expected at most 256 of 1024";
  return verifyLine(*this, getBuffer().getType().getElementType(),
                    getChannels(), getSwizzle());
}
