//===- Forms.h - One emitter per kernel form --------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_FORMS_H
#define GRAPHC_LIB_TARGET_CPU_FORMS_H

#include "../Codegen/LaneEmitter.h"
#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/IR/Builders.h"

namespace graphc::cpu {

using namespace codegen;

/// Steps of a product from the fetch of a line into the first cache to its use.
inline constexpr std::int64_t stepsToFetch = 8;

/// What the schedulers know of the processor.
struct Processor {
  std::int64_t vectorBits = 512;
  std::int64_t l1Bytes = 32 << 10;
  std::int64_t l2Bytes = 1 << 20;
  /// Vector registers that code can name.
  std::int64_t registers = 32;
  /// Multiply and add is one instruction.
  bool fused = true;
  /// Products of pairs of bf16 are summed in f32 by one instruction.
  bool dotBF16 = false;
  bool parallel = true;

  /// Lanes of one register.
  std::int64_t lanes(unsigned elementBits) const {
    return std::max<std::int64_t>(1, vectorBits / elementBits);
  }
};

/// Each emits loops at the builder's position that compute a bufferized
/// kernel.region of its form. The region itself stays.
mlir::LogicalResult emitRow(mlir::OpBuilder &builder, kernel::RegionOp region,
                            const Processor &processor);
mlir::LogicalResult emitContraction(mlir::OpBuilder &builder,
                                    kernel::RegionOp region,
                                    const Processor &processor);
mlir::LogicalResult emitAttention(mlir::OpBuilder &builder,
                                  kernel::RegionOp region,
                                  const Processor &processor);
/// Fails, having emitted nothing, unless it is a convolution of each channel
/// by itself.
mlir::LogicalResult emitDepthwise(mlir::OpBuilder &builder,
                                  kernel::RegionOp region,
                                  const Processor &processor);
mlir::LogicalResult emitConvolution(mlir::OpBuilder &builder,
                                    kernel::RegionOp region,
                                    const Processor &processor);

/// The number of threads that the caller allows, an index.
mlir::Value getThreads(mlir::OpBuilder &builder, mlir::Location loc);

/// Runs `body(begin, end)` for `shares` equal, contiguous parts of [0, total),
/// in parallel unless `shares` is known to be 1. What `body` allocates on the
/// stack lives as long as its part.
void emitShares(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value total,
                mlir::Value shares,
                llvm::function_ref<void(mlir::Value, mlir::Value)> body);

/// Splits [0, total) into tasks of at least `grain` and runs `body(begin, end)`
/// for each, in parallel when there is more than one. What `body` allocates on
/// the stack lives as long as the task.
void emitTasks(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value total,
               mlir::Value grain, const Processor &processor,
               llvm::function_ref<void(mlir::Value, mlir::Value)> body);

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_FORMS_H
