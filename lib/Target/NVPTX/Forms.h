//===- Forms.h - One emitter per kernel form --------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_FORMS_H
#define GRAPHC_LIB_TARGET_NVPTX_FORMS_H

#include "graphc/Target/NVPTX/Chip.h"
#include "mlir/IR/Builders.h"

namespace graphc::codegen {
class LaneEmitter;
} // namespace graphc::codegen

namespace graphc::nvptx {

/// Threads of a block unless a form knows better: enough warps to hide memory
/// latency, few enough that several blocks share a multiprocessor.
inline constexpr std::int64_t blockThreads = 256;
/// Bytes that one thread reads or writes in one instruction.
inline constexpr std::int64_t accessBytes = 16;

/// Launches `total` threads (an index) in one dimension and emits `body` for
/// each, given its number; `body` may not yield values.
void emitGrid(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value total,
              llvm::function_ref<void(mlir::Value)> body);

/// Emits `body` for where `condition` holds; it may not yield values.
void emitIf(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value condition,
            llvm::function_ref<void()> body);

/// Emits launches that compute a bufferized kernel.region of any form, one
/// thread for each element of a result or, where it computes no reduction, for
/// as many as one access holds. The region itself stays.
mlir::LogicalResult emitElements(mlir::OpBuilder &builder,
                                 kernel::RegionOp region);

/// Emits a launch for a pointwise kernel some of whose inputs have neighbours
/// along another dimension than its results; others go to emitElements.
mlir::LogicalResult emitPointwise(mlir::OpBuilder &builder,
                                  kernel::RegionOp region);

/// Emits launches for some of the results of the region of `lanes`, whose
/// reductions may be in buffers already.
void emitElementsOf(codegen::LaneEmitter &lanes,
                    llvm::ArrayRef<unsigned> results);

/// Emits launches for a kernel of reductions along rows whose threads share
/// each row; other kernels go to emitElements.
mlir::LogicalResult emitRow(mlir::OpBuilder &builder, kernel::RegionOp region);

/// Emits a launch for a matrix product or convolution, for all of `chips`: of
/// warpgroups where there are any, else of tiles in f32 that go through shared
/// memory; others go to emitElements.
mlir::LogicalResult emitContraction(mlir::OpBuilder &builder,
                                    kernel::RegionOp region,
                                    llvm::ArrayRef<Chip> chips);

/// Emits a launch for a product of 16-bit operands that warpgroups multiply
/// and the copy engine brings; `emitOther` for others, and besides where it
/// shows at run time only, by the chip or the sizes, which is the right one.
mlir::LogicalResult
emitWarpgroupProduct(mlir::OpBuilder &builder, kernel::RegionOp region,
                     llvm::ArrayRef<Chip> chips,
                     llvm::function_ref<mlir::LogicalResult()> emitOther);

/// Emits a launch for attention, for all of `chips`: of warpgroups where there
/// are any and they can compute it.
mlir::LogicalResult emitAttention(mlir::OpBuilder &builder,
                                  kernel::RegionOp region,
                                  llvm::ArrayRef<Chip> chips);

/// Emits launches that sort rows.
void emitSort(mlir::OpBuilder &builder, kernel::SortOp sort);

struct Product;
/// Emits a launch for a convolution of each channel by itself (see
/// matchDepthwise); false, with nothing emitted, for one of another shape.
bool emitDepthwise(mlir::OpBuilder &builder, kernel::RegionOp region,
                   const Product &product);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_FORMS_H
