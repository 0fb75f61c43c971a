//===- AttentionParts.h - What an attention kernel is made of ---*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_ATTENTIONPARTS_H
#define GRAPHC_LIB_TARGET_CPU_ATTENTIONPARTS_H

#include "../Codegen/LaneEmitter.h"
#include "Forms.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace graphc::cpu {

/// The ops of an attention region and what both of its emitters do alike.
class AttentionParts {
public:
  using Indices = llvm::SmallVector<LaneValue>;

  AttentionParts(mlir::OpBuilder &builder, kernel::RegionOp region,
                 const Processor &processor)
      : builder(builder), region(region), processor(processor),
        lanes(builder, region, 1) {}

  mlir::LogicalResult analyze();

  mlir::OpBuilder &builder;
  kernel::RegionOp region;
  const Processor &processor;
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

  //===--------------------------------------------------------------------===//
  // Code
  //===--------------------------------------------------------------------===//
  mlir::Location loc() { return region.getLoc(); }
  mlir::Value constant(std::int64_t value) {
    return lanes.constantIndex(value);
  }
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, std::int64_t b) { return add(a, constant(b)); }
  mlir::Value splat(double value);
  mlir::Value fma(mlir::Value a, mlir::Value b, mlir::Value c);
  /// e^a of numbers that are not positive.
  mlir::Value exp(mlir::Value a);
  mlir::Value subtract(mlir::Value a, mlir::Value b);
  /// The larger; a NaN in `a` is left out, the exponentials bring it back.
  mlir::Value larger(mlir::Value a, mlir::Value b);
  /// `value`, but 0 where it is -inf, so that nothing subtracts infinities.
  mlir::Value finite(mlir::Value value);
  mlir::Value widen(mlir::Value value);
  mlir::Value broadcast(mlir::Value scalar);
  mlir::Value scratch(llvm::ArrayRef<std::int64_t> shape, mlir::Type element);
  mlir::Value load(mlir::Value buffer, mlir::ValueRange indices);
  void store(mlir::Value value, mlir::Value buffer, mlir::ValueRange indices);
  template <typename... Args>
  auto loop(Args &&...args) {
    return lanes.loop(std::forward<Args>(args)...);
  }
  /// Tiles of the lanes over [0, size): whole ones in a loop, then what is left
  /// with the other lanes inactive.
  void loopLanes(std::int64_t size, llvm::function_ref<void(mlir::Value)> body);

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
  /// Stores what is yielded per query.
  void storeRows(LaneValue query);

private:
  LaneValue loadOperand(mlir::linalg::LinalgOp op, mlir::OpOperand *operand,
                        llvm::ArrayRef<LaneValue> iteration);
  bool isPerDepth(mlir::Value yielded);
  /// Where element `at` of the op that ends the attention is in `yielded`.
  Indices positionIn(mlir::Value yielded, llvm::ArrayRef<LaneValue> at);
};

/// Emits an attention of few queries per row of keys, or fails before it has
/// emitted anything.
mlir::LogicalResult emitFewQueries(const AttentionParts &parts);

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_ATTENTIONPARTS_H
