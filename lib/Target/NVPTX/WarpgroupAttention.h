//===- WarpgroupAttention.h - Attention by warpgroups -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block has a warpgroup that brings keys and values to shared memory and
// others, the consumers, that compute 64 rows of queries each:
//
//   for each tile of queries of this block:
//     S = Q K[last]^T;  P = exp(S - max)
//     for each earlier tile of keys:
//       S = Q K^T and, at the same time, O += P V of the tile before
//       new maxima; P = exp(S - max); O, sums *= exp(old max - max)
//     O += P V;  O / sums; what stands behind it; store
//
// S, P and O stay in registers: the sums of a product are laid out as the left
// operand of the next is. Two consumers take turns: while one computes
// exponentials, the other keeps the tensor cores busy.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_WARPGROUPATTENTION_H
#define GRAPHC_LIB_TARGET_NVPTX_WARPGROUPATTENTION_H

#include "AttentionTile.h"
#include "BoxedTensor.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace graphc::nvptx {

class WarpgroupAttention : AttentionTile {
public:
  WarpgroupAttention(mlir::OpBuilder &builder, codegen::AttentionRegion &parts)
      : AttentionTile(builder, parts) {}

  /// Whether types, sizes and layouts are such that this form computes it.
  bool canEmit();
  /// What must hold besides, each an i1 for the host; there must be keys, too.
  Vector<Value> getConditions() const;
  /// Emits the launch.
  void emit();

private:
  /// A tensor that the copy engine reads, and the row dimensions it has.
  struct Tensor {
    std::optional<BoxedTensor> boxed;
    Vector<unsigned> rowDims;
    Value map;
    std::int64_t start = 0; ///< Of its (first) buffer in shared memory.
    std::int64_t blocks = 0, blockBytes = 0; ///< Of 128 bytes of the depth.
    std::int64_t full = 0, empty = 0;        ///< Barriers.
    std::int64_t bytes() const { return blocks * blockBytes; }
  };
  /// What a consumer carries from one tile of keys to the next. All is of this
  /// thread: two rows (`half`) of sums, and for the weights fragments.
  struct State {
    Value out;
    Rows rows;
    Value keeps;
    Vector<Value> weights;
    Ring queryRing, keyRing, valueRing;
  };

  //===--- Plan ---===//
  void choosePlan();
  bool match(Tensor &tensor, mlir::linalg::LinalgOp op,
             mlir::OpOperand *operand, unsigned sequenceDim, unsigned depthDim,
             std::int64_t lines);
  std::int64_t stagesOf(const Tensor &tensor) const {
    return &tensor == &query ? queryStages : stages;
  }

  //===--- Order of the work ---===//
  void emitBlock(mlir::gpu::LaunchOp launch);
  Vector<Value>
  forTiles(mlir::ValueRange initial,
           llvm::function_ref<Vector<Value>(mlir::ValueRange)> body);
  Value getBarrier(std::int64_t first, Value stage);
  /// Coordinates in `tensor` of the position `sequence`, depth `depth`.
  Vector<Value> getCoordinates(const Tensor &tensor, std::int64_t depth,
                               Value sequence);

  //===--- Warpgroups ---===//
  void produce();
  void loadTile(const Tensor &tensor, Ring ring, Value sequence);
  void consume(Value consumer);
  Vector<Value> consumeTile(mlir::ValueRange rings);
  Value multiplyScores(const State &state);
  Value multiplyValues(const State &state);
  State step(State state, Value tile, bool isMasked);
  void release(std::int64_t first, Value stage);
  Vector<Value> pack(const State &state);
  State unpack(mlir::ValueRange values);

  WarpgroupEmitter &wg = i32;

  std::int64_t consumers = 2, stages = 2, queryStages = 1;
  std::int64_t sharedBytes = 0;
  Tensor query, key, value;

  Value shared, thread, consumer, isLeader;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_WARPGROUPATTENTION_H
