//===- AttentionRegion.h - What an attention kernel is made of --*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CODEGEN_ATTENTIONREGION_H
#define GRAPHC_LIB_TARGET_CODEGEN_ATTENTIONREGION_H

#include "LaneEmitter.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace graphc::codegen {

/// The ops of an attention region and what emitters of all targets do alike.
class AttentionRegion {
public:
  using Indices = llvm::SmallVector<LaneValue>;

  AttentionRegion(mlir::OpBuilder &builder, kernel::RegionOp region)
      : builder(builder), region(region), lanes(builder, region, 1) {}

  mlir::LogicalResult analyze();
  /// Where the number of queries is not known: takes it to be one.
  void assumeOneQuery();

  mlir::OpBuilder &builder;
  kernel::RegionOp region;
  LaneEmitter lanes;

  /// Loops: rows.., query, key, depth and rows.., query, value depth, key.
  mlir::linalg::LinalgOp products, weighted;
  mlir::Value max, sum, scores;
  /// Null when every key is visible.
  mlir::linalg::LinalgOp causal;
  unsigned numRows = 0;
  llvm::SmallVector<mlir::Value> rowSizes;
  mlir::Value queries, keys;
  std::int64_t depth = 0, valueDepth = 0;
  /// What is summed in: f32, or f64 for f64.
  mlir::Type type;
  /// Current row of queries.
  Indices row;

  mlir::Location loc() { return region.getLoc(); }
  mlir::Value constant(std::int64_t value) {
    return lanes.constantIndex(value);
  }

  //===--------------------------------------------------------------------===//
  // Operands
  //===--------------------------------------------------------------------===//
  mlir::OpOperand *getQuery() { return products.getDpsInputOperand(0); }
  mlir::OpOperand *getKey() { return products.getDpsInputOperand(1); }
  mlir::OpOperand *getValue() { return weighted.getDpsInputOperand(1); }
  LaneValue loadQuery(LaneValue query, LaneValue depth);
  LaneValue loadKey(LaneValue key, LaneValue depth);
  LaneValue loadValue(LaneValue key, LaneValue depth);
  /// True when rows of the operand can be read as they are: in the type of the
  /// sums and without gaps.
  bool isDirect(mlir::OpOperand *operand);
  /// True when rows of the operand have no gaps, whatever their type.
  bool isContiguous(mlir::OpOperand *operand);
  /// Sets `row` to row number `linear`.
  void setRow(mlir::Value linear);

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//
  /// Stores what is yielded per (query, depth), `weighted`, `max` and `sum`
  /// being overridden; `query` is uniform or `depth` is.
  void storeWeighted(LaneValue query, LaneValue depth);
  /// Whether what is yielded has an element for every value depth.
  bool isPerDepth(mlir::Value yielded);
  /// Where element `at` of the op that ends the attention is in `yielded`.
  Indices positionIn(mlir::Value yielded, llvm::ArrayRef<LaneValue> at);
  /// Stores what is yielded per query.
  void storeRows(LaneValue query);

private:
  LaneValue loadOperand(mlir::linalg::LinalgOp op, mlir::OpOperand *operand,
                        llvm::ArrayRef<LaneValue> iteration);
};

} // namespace graphc::codegen

#endif // GRAPHC_LIB_TARGET_CODEGEN_ATTENTIONREGION_H
