//===- AttentionParts.h - Code of attention kernels -----------*- C++ -*--===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_ATTENTIONPARTS_H
#define GRAPHC_LIB_TARGET_CPU_ATTENTIONPARTS_H

#include "../Codegen/AttentionRegion.h"
#include "Forms.h"

namespace graphc::cpu {

/// What both emitters of attention do alike.
class AttentionParts : public codegen::AttentionRegion {
public:
  AttentionParts(mlir::OpBuilder &builder, kernel::RegionOp region,
                 const Processor &processor)
      : AttentionRegion(builder, region), processor(processor) {}

  const Processor &processor;

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
};

/// Emits an attention of few queries per row of keys, or fails before it has
/// emitted anything.
mlir::LogicalResult emitFewQueries(const AttentionParts &parts);

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_ATTENTIONPARTS_H
