//===- WindowEmitter.h - Code that walks over windows -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_WINDOWEMITTER_H
#define GRAPHC_LIB_TARGET_CPU_WINDOWEMITTER_H

#include "../Codegen/LaneEmitter.h"
#include "ConvolutionShape.h"
#include "Forms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace graphc::cpu {

/// What the emitters of convolutions share.
class WindowEmitter {
public:
  WindowEmitter(mlir::OpBuilder &builder, kernel::RegionOp region,
                const Processor &processor)
      : builder(builder), region(region), processor(processor),
        lanes(builder, region, 1) {}

protected:
  using Value = mlir::Value;

  /// Reads `shape` off the region; false when it is none that is computed in
  /// a type with vectors.
  bool findShape();

  /// Zeros in front of dimension `dim` of x.
  Value getLowPad(unsigned dim);
  /// `buffer` as one row of elements, and its strides.
  Value flatten(Value buffer, llvm::SmallVectorImpl<Value> &strides);
  /// One register of `buffer` from `place` on; active lanes only.
  Value loadVector(Value buffer, Value place);
  /// `value` in the type of the accumulator.
  Value widen(Value value);
  Value multiplyAdd(Value a, Value b, Value c);
  /// Stores what the kernel yields at `at`, where the sum is `sum`.
  void storeResult(Value sum, llvm::ArrayRef<LaneValue> at) {
    lanes.storeYields(shape.op, sum, at);
  }
  /// Fetches what `storeResult` will read and write at `at`.
  void prefetchResult(llvm::ArrayRef<LaneValue> at);
  template <typename... Args>
  auto loop(Args &&...args) {
    return lanes.loop(std::forward<Args>(args)...);
  }

  /// Emits `last` where `index` is `lastIndex` and `others` elsewhere: the last
  /// block of channels is narrower.
  void emitBranch(Value index, std::int64_t lastIndex,
                  llvm::function_ref<void()> last,
                  llvm::function_ref<void()> others);

  mlir::Location loc() { return region.getLoc(); }
  Value constant(std::int64_t value) { return lanes.constantIndex(value); }
  Value add(Value a, Value b) {
    return builder.createOrFold<mlir::arith::AddIOp>(loc(), a, b);
  }
  Value sub(Value a, Value b) {
    return builder.createOrFold<mlir::arith::SubIOp>(loc(), a, b);
  }
  Value mul(Value a, Value b) {
    return builder.createOrFold<mlir::arith::MulIOp>(loc(), a, b);
  }
  Value mul(Value a, std::int64_t b) { return mul(a, constant(b)); }
  Value div(Value a, Value b) {
    return builder.createOrFold<mlir::arith::DivUIOp>(loc(), a, b);
  }
  Value rem(Value a, Value b) {
    return builder.createOrFold<mlir::arith::RemUIOp>(loc(), a, b);
  }
  Value minimum(Value a, Value b) {
    return builder.createOrFold<mlir::arith::MinSIOp>(loc(), a, b);
  }
  Value maximum(Value a, Value b) {
    return builder.createOrFold<mlir::arith::MaxSIOp>(loc(), a, b);
  }

  mlir::OpBuilder &builder;
  kernel::RegionOp region;
  const Processor &processor;
  LaneEmitter lanes;
  ConvolutionShape shape;
  mlir::Type accumulatorType;
  /// Lanes of one register.
  std::int64_t width = 1;
};

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_WINDOWEMITTER_H
