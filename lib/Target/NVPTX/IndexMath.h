//===- IndexMath.h - Indices that emitters compute --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_INDEXMATH_H
#define GRAPHC_LIB_TARGET_NVPTX_INDEXMATH_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace graphc::nvptx {

/// Index arithmetic at the insertion point of a builder; what is known when it
/// is emitted becomes a constant.
class IndexMath {
public:
  IndexMath(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), where(loc) {}

  mlir::Location loc() const { return where; }
  mlir::Value constant(int64_t value) {
    return mlir::arith::ConstantIndexOp::create(builder, where, value);
  }
  template <typename Op, typename... Args>
  mlir::Value fold(Args &&...args) {
    return builder.createOrFold<Op>(where, std::forward<Args>(args)...);
  }

  /// The product of `sizes`.
  mlir::Value multiply(mlir::ValueRange sizes);
  /// The indices of element number `linear`, of a space of `sizes` whose last
  /// dimension is the innermost. If `isShort`, `linear` fits in 32 bits, which
  /// are divided much faster.
  llvm::SmallVector<mlir::Value>
  delinearize(mlir::Value linear, mlir::ValueRange sizes, bool isShort = false);

protected:
  mlir::OpBuilder &builder;

private:
  mlir::Location where;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_INDEXMATH_H
