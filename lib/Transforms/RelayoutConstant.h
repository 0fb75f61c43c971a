//===- RelayoutConstant.h - Values in another order -------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TRANSFORMS_RELAYOUTCONSTANT_H
#define GRAPHC_LIB_TRANSFORMS_RELAYOUTCONSTANT_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace graphc {

/// A dimension of the new order. Its index moves `stride` elements in the old
/// row-major order and `weight` steps along `loop`. Where the steps of all
/// dimensions of a loop add up to `limit` or more there is nothing in the old
/// order, and the value is zero.
struct RelayoutDim {
  int64_t size, stride;
  int64_t loop, weight;
  int64_t limit = 0; ///< Of the loop; one dimension of each loop says it.
};

/// The values of `elements` in the order of `dims`; null when it has none. The
/// result is a resource named after the old one.
mlir::DenseResourceElementsAttr
relayoutConstant(mlir::ElementsAttr elements, mlir::RankedTensorType type,
                 llvm::ArrayRef<RelayoutDim> dims);

/// The same of a value that is known when the program is loaded: a kernel.
mlir::Value buildRelayout(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value source, mlir::RankedTensorType type,
                          llvm::ArrayRef<RelayoutDim> dims,
                          llvm::StringRef name);

} // namespace graphc

#endif // GRAPHC_LIB_TRANSFORMS_RELAYOUTCONSTANT_H
