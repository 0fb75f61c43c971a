//===- MmaAttention.h - Attention by tensor cores since sm_80 ---*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For chips without warpgroups, and for operands that the copy engine does not
// take. A block computes a tile of queries, each of its warps a part of their
// rows:
//
//   for each tile of keys, the last one first:
//     [keys are here]  values begin to come;  S = Q K^T
//     [values are here]  the next keys begin to come
//     new maxima; P = exp(S - max); O, sums *= exp(old max - max);  O += P V
//   O / sums; what stands behind it; store
//
// S, P and O stay in registers. Several blocks of a multiprocessor hide one
// another's waiting. f32 are cut into slices between memory and shared memory,
// and weights in registers; every product is then six (see Slices.h). Where O
// would take too many registers, two blocks compute half of the columns each,
// and the same scores.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_MMAATTENTION_H
#define GRAPHC_LIB_TARGET_NVPTX_MMAATTENTION_H

#include "AttentionPanel.h"
#include "AttentionTile.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace graphc::nvptx {

class MmaAttention : AttentionTile {
public:
  /// `multiprocessors` are those of the smallest device that is to be filled.
  /// Blocks may have `sharedBytes`.
  MmaAttention(mlir::OpBuilder &builder, codegen::AttentionRegion &parts,
               std::int64_t multiprocessors, std::int64_t sharedBytes)
      : AttentionTile(builder, parts), multiprocessors(multiprocessors),
        sharedBytes(sharedBytes) {}

  /// Whether types and sizes are such that this form computes it.
  bool canEmit();
  void emit();

private:
  /// What a lane carries from one tile of keys to the next.
  struct State {
    Vector<Value> sums;
    Rows rows;
  };

  bool areRowsAtLeast(std::int64_t count);
  /// False where there is not enough shared memory.
  bool choosePlan();
  bool chooseSlicedPlan();
  std::int64_t columnParts() const { return parts.valueDepth / blockColumns; }
  void makeOperands();
  void emitThread(mlir::gpu::LaunchOp launch);
  bool areWhole();
  void bringKeys(Value tile, bool isWhole);
  void bringNextKeys(Value tile, bool isMasked);
  void walk(State &state);
  void step(State &state, Value tile, bool isMasked);
  Vector<Value> multiplyScores();
  void multiplyValues(State &state, llvm::ArrayRef<Value> weights);
  Vector<Value> multiplySlicedScores();
  void multiplySlicedValues(State &state, llvm::ArrayRef<Value> weights,
                            const std::array<Value, 2> &factors);
  void multiplyStep(AttentionPanel &right, std::int64_t step,
                    llvm::ArrayRef<Value> left,
                    llvm::MutableArrayRef<Value> sums);

  std::int64_t threads() const { return warps * 32; }

  std::int64_t multiprocessors, sharedBytes;
  static constexpr std::int64_t manyWarps = 8;
  std::int64_t warps = 4;     ///< Of a block, each of which has 16 rows.
  std::int64_t minBlocks = 1; ///< Of a multiprocessor, which limits registers.
  bool keepsQueries = false;  ///< In registers.

  Product scoresProduct, valuesProduct;
  std::optional<ProductLoops> scoresLoops, valuesLoops;
  std::optional<AttentionPanel> query, key, value;
  Vector<Vector<Value>> queries; ///< Fragments by step.

  Value thread, warp, shared;
  ProductLoops::Indices iteration;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_MMAATTENTION_H
