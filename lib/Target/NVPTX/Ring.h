//===- Ring.h - Stages of shared memory in turns ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_RING_H
#define GRAPHC_LIB_TARGET_NVPTX_RING_H

#include "../Codegen/LaneEmitter.h"

namespace graphc::nvptx {

/// Stages that asynchronous copies (see copyAsync) fill one after the other.
struct CopyRing {
  using Values = llvm::SmallVector<mlir::Value>;

  std::int64_t stages = 2, stageBytes = 0;

  std::int64_t getBytes() const { return stages * stageBytes; }

  /// Walks over `numSteps` (an index) steps: `fill` begins to bring a step to
  /// the stage at an offset (i32). `body` gets the step that is to be fetched
  /// next, `stages - 1` ahead, the offsets of the stages to use and to fill
  /// with it, and what is carried; it commits what it fetches and returns what
  /// is carried on. This thread's copies to the stage to use are done then. All
  /// threads of the block must get here.
  Values
  walk(codegen::LaneEmitter &lanes, mlir::Value numSteps,
       mlir::ValueRange carried,
       llvm::function_ref<void(mlir::Value step, mlir::Value offset)> fill,
       llvm::function_ref<Values(mlir::Value step, mlir::Value full,
                                 mlir::Value empty, mlir::ValueRange carried)>
           body) const;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_RING_H
