//===- BoxedTensor.h - Tensors that the copy engine walks -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_BOXEDTENSOR_H
#define GRAPHC_LIB_TARGET_NVPTX_BOXEDTENSOR_H

#include "Warpgroup.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/AffineMap.h"

namespace graphc::nvptx {

/// What boxes span of an index: `extent` elements from a multiple of `step` on.
struct BoxSpan {
  int64_t extent, step;
};

/// A buffer whose dimensions stand for three indices: `across`, `along`, which
/// is the contiguous one, and `batch`. Each may stand for several dimensions
/// that do not lie behind one another evenly; an index is then taken apart
/// where it is used.
///
/// What is only known at run time becomes a condition.
class BoxedTensor {
public:
  /// `buffer` has the dimensions that `map` names as loops; the loops of each
  /// index are listed from outer to inner. Nothing if the copy engine cannot
  /// walk along it, or a box of such spans may leave a dimension of several
  /// that stand for an index, or may not begin at a whole piece of 16 bytes.
  static std::optional<BoxedTensor>
  match(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value buffer,
        mlir::AffineMap map, llvm::ArrayRef<unsigned> along,
        llvm::ArrayRef<unsigned> across, llvm::ArrayRef<unsigned> batch,
        BoxSpan alongSpan, BoxSpan acrossSpan);

  /// What must hold besides, each an i1 for the host.
  llvm::ArrayRef<mlir::Value> getConditions() const { return conditions; }

  /// Emits kernel.tensor_map, on the host.
  mlir::Value makeMap(mlir::OpBuilder &builder, mlir::Location loc) const;

  /// The coordinates of a box for a copy, each an i32, from the indices.
  llvm::SmallVector<mlir::Value> locate(WarpgroupEmitter &emit,
                                        mlir::Value along, mlir::Value across,
                                        mlir::Value batch) const;

private:
  /// One dimension, of the device's view.
  struct Dim {
    mlir::Value size, stride; ///< Elements, both of type index.
    int64_t knownSize, knownStride;
  };
  using Axis = llvm::SmallVector<Dim>; ///< Innermost first.

  Axis collect(mlir::OpBuilder &builder, mlir::Location loc,
               mlir::AffineMap map, llvm::ArrayRef<unsigned> loops);
  bool check(mlir::OpBuilder &builder, mlir::Location loc);
  /// In the order of coordinates.
  llvm::SmallVector<const Dim *> order() const;

  mlir::Value buffer;
  Axis along, across, batch;
  BoxSpan alongSpan, acrossSpan;
  llvm::SmallVector<mlir::Value> conditions;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_BOXEDTENSOR_H
