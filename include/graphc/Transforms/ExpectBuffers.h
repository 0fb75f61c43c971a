//===- ExpectBuffers.h - Passes that come behind bufferization --*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TRANSFORMS_EXPECTBUFFERS_H
#define GRAPHC_TRANSFORMS_EXPECTBUFFERS_H

#include "graphc/Support/ErrorCode.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace graphc {

/// Refuses IR of an earlier stage: `what` ("takes", "gives") a value of `op`
/// that is a tensor.
inline mlir::LogicalResult expectBuffers(mlir::Operation *op,
                                         llvm::StringRef what,
                                         mlir::TypeRange types) {
  for (mlir::Type type : types)
    if (!llvm::isa<mlir::MemRefType>(type) && !type.isIntOrIndexOrFloat()) {
      withCode("module-stage", op->emitOpError(what))
          << " a value of type " << type
          << ", expected buffers; run kernel-to-buffers first";
      return mlir::failure();
    }
  return mlir::success();
}

} // namespace graphc

#endif // GRAPHC_TRANSFORMS_EXPECTBUFFERS_H
