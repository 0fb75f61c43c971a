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

#include "../Codegen/AttentionRegion.h"
#include "SoftmaxMath.h"
#include "Warpgroup.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace graphc::nvptx {

class WarpgroupAttention : SoftmaxMath {
public:
  WarpgroupAttention(mlir::OpBuilder &builder, codegen::AttentionRegion &parts)
      : SoftmaxMath(builder, parts.loc()), parts(parts), lanes(parts.lanes),
        wg(builder, parts.loc()) {}

  /// Whether types, sizes and layouts are such that this form computes it.
  bool canEmit();
  /// Emits the launch. There must be keys.
  void emit();

private:
  using Value = mlir::Value;
  template <typename T>
  using Vector = llvm::SmallVector<T>;
  using LaneValue = codegen::LaneValue;

  /// A tensor that the copy engine reads, and the row dimensions it has.
  struct Tensor {
    Value map;
    Vector<unsigned> rowDims;
    std::int64_t start = 0; ///< Of its (first) buffer in shared memory.
    std::int64_t blocks = 0, blockBytes = 0; ///< Of 128 bytes of the depth.
    std::int64_t full = 0, empty = 0;        ///< Barriers.
    std::int64_t bytes() const { return blocks * blockBytes; }
  };
  /// What a consumer carries from one tile of keys to the next. All is of this
  /// thread: two rows (`half`) of sums, and for the weights fragments.
  struct State {
    Value out, max[2], sum[2], keeps;
    Vector<Value> weights;
    Ring queryRing, keyRing, valueRing;
  };

  //===--- Plan ---===//
  void choosePlan();
  bool findScale();
  bool isAligned(mlir::MemRefType type, unsigned depthDim);
  bool canMap(mlir::linalg::LinalgOp op, mlir::OpOperand *operand,
              unsigned sequenceDim, unsigned depthDim);
  void addMap(Tensor &tensor, mlir::linalg::LinalgOp op,
              mlir::OpOperand *operand, unsigned sequenceDim, unsigned depthDim,
              std::int64_t lines);
  std::int64_t stagesOf(const Tensor &tensor) const {
    return &tensor == &query ? queryStages : stages;
  }
  std::int64_t rowsOfBlock() const { return consumers * warpgroupRows; }

  //===--- Order of the work ---===//
  void emitBlock(mlir::gpu::LaunchOp launch);
  Vector<Value>
  forTiles(mlir::ValueRange initial,
           llvm::function_ref<Vector<Value>(mlir::ValueRange)> body);
  void setTile(Value number);
  void setRow(Value number);
  Vector<Value>
  loop(Value begin, Value end, mlir::ValueRange initial,
       llvm::function_ref<Vector<Value>(Value, mlir::ValueRange)> body);
  void when(Value condition, llvm::function_ref<void()> body);
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

  //===--- Softmax ---===//
  /// Replaces scores by exponentials and updates maxima and sums; gives what
  /// older sums are to be multiplied by.
  std::array<Value, 2> applySoftmax(Vector<Value> &values, State &state,
                                    Value tile, bool isMasked);
  void prepareScores(Value tile, bool isMasked);
  Vector<mlir::OpOperand *> findScoreOperands();
  void computeScores(Vector<Value> &values);
  void applyMask(Vector<Value> &values, Value tile);
  Vector<Value> packWeights(mlir::ArrayRef<Value> values);

  //===--- Results ---===//
  void storeResults(State &state);
  void storePairs(unsigned half, mlir::ArrayRef<Value> pairs);
  void storeWords(Value yielded, Value buffer, unsigned half,
                  Vector<Value> words);
  bool isDividedOnly();
  void transpose(llvm::MutableArrayRef<Value> words);

  codegen::AttentionRegion &parts;
  codegen::LaneEmitter &lanes;
  WarpgroupEmitter wg;

  std::int64_t consumers = 2, blockKeys = 128, stages = 2, queryStages = 1;
  std::int64_t sharedBytes = 0;
  /// Scores are products times this, and nothing else; else 0.
  double scale = 0;
  bool isCausal = false;
  mlir::Type elementType;
  Tensor query, key, value;

  /// Numbers (i32) of this launch, of this tile of queries, of this thread.
  Value shared, thread, numQueries, numKeys, queryTiles, numTiles;
  Vector<Value> rowSizes, row;
  Value firstQuery, keyTiles;
  Value consumer, lane, isLeader;
  Value rows[2];
  /// Of the tile of keys that is next, for scores that are more than scaled.
  Vector<Vector<LaneValue>> scorePositions;
  std::int64_t scoreWidth = 1;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_WARPGROUPATTENTION_H
