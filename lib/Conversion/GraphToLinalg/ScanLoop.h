//===- ScanLoop.h - Loops that carry prefixes -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCANLOOP_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCANLOOP_H

#include "LinalgBuilder.h"

namespace graphc {

/// Rows along which an associative step combines the elements so far, and
/// something is stored for each of them.
struct ScanLoop {
  using Value = mlir::Value;
  using Values = llvm::SmallVector<Value>;
  using Indices = llvm::ArrayRef<Value>;

  /// The sizes of the loops around a row, and its length.
  llvm::SmallVector<graph::Expr> outer;
  graph::Expr length;
  /// Neighbours along a row are neighbours in memory.
  bool isAlongMemory;
  /// What is carried: graph types, and what changes nothing.
  llvm::SmallVector<mlir::Type> types;
  llvm::SmallVector<mlir::Attribute> neutral;
  /// One element of the row at `outer`, of the types that are carried.
  llvm::function_ref<Values(ScalarBuilder &, Indices outer, Value index)>
      element;
  llvm::function_ref<Values(ScalarBuilder &, mlir::ValueRange before,
                            mlir::ValueRange element)>
      combine;
  /// Replaces elements of the tensors `into`, given the prefix up to `index`.
  llvm::function_ref<Values(ScalarBuilder &, mlir::ValueRange prefix,
                            mlir::ValueRange into, Indices outer, Value index)>
      store;

  /// The tensors that become of `inits`, and of what `store` does. Loops along
  /// rows have `graphc.scan`, which says that what they carry besides tensors
  /// is what an associative step makes of the elements so far: targets may
  /// share them among threads. With `manyThreads`, few long rows are cut into
  /// parts:
  ///
  ///   for part, row: totals[part] = its elements combined
  ///   for row: before[part] = all totals up to that part
  ///   for part, row: a scan that starts with what is before the part
  Values build(LinalgBuilder &b, mlir::ValueRange inits,
               bool manyThreads) const;

private:
  struct Part;

  std::optional<int64_t> chooseParts() const;
  Values buildLoop(ScalarBuilder &at, Value begin, Value end,
                   mlir::ValueRange carried, mlir::ValueRange into,
                   Indices outer, bool stores) const;
  Part getPart(ScalarBuilder &at, LinalgBuilder &b, Value number,
               int64_t parts) const;
  Values makeNeutral(ScalarBuilder &at) const;
  llvm::SmallVector<Tensor> makeTotals(LinalgBuilder &b, int64_t parts) const;
  llvm::SmallVector<Tensor> addUpParts(LinalgBuilder &b, int64_t parts) const;
  llvm::SmallVector<Tensor> scanTotals(LinalgBuilder &b,
                                       llvm::ArrayRef<Tensor> totals,
                                       int64_t parts) const;
  Values buildInParts(LinalgBuilder &b, mlir::ValueRange inits,
                      int64_t parts) const;
};

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCANLOOP_H
