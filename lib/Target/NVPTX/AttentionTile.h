//===- AttentionTile.h - A tile of queries of attention ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the forms of attention that use tensor cores have in common. A block
// computes a tile of queries, walks over tiles of keys from the last to the
// first, and keeps a running softmax. A warp has 16 rows of it; sums of
// products are laid out alike by wgmma and mma.sync, as are left operands: of
// every four sums of a lane, two neighbours are of row lane / 4 and two of the
// row 8 below, and eight columns are between one four and the next. So the
// weights of a tile of keys are, packed in pairs, the left operand of the
// product with its values.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_ATTENTIONTILE_H
#define GRAPHC_LIB_TARGET_NVPTX_ATTENTIONTILE_H

#include "../Codegen/AttentionRegion.h"
#include "SoftmaxMath.h"
#include "Warpgroup.h"

namespace graphc::nvptx {

/// What addresses and strides must be multiples of for accesses of 16 bytes.
inline constexpr std::int64_t copyAlignment = 16;

class AttentionTile : protected SoftmaxMath {
protected:
  AttentionTile(mlir::OpBuilder &builder, codegen::AttentionRegion &parts)
      : SoftmaxMath(builder, parts.loc()), parts(parts), lanes(parts.lanes),
        i32(builder, parts.loc()) {}

  using Value = mlir::Value;
  template <typename T>
  using Vector = llvm::SmallVector<T>;
  using LaneValue = codegen::LaneValue;

  /// The softmax of the two rows of a lane (`half`), so far.
  struct Rows {
    Value max[2], sum[2];
  };

  //===--- Analysis ---===//
  /// Finds the type of operands, how scores come from products, and whether
  /// they are causal; false for operands that are not all bf16, f16 or f32.
  bool analyze();
  /// Operands are cut into slices.
  bool isSliced() const { return elementType.isF32(); }
  bool findScale();
  /// Elements along `dim` are neighbours, and every line of them starts at a
  /// multiple of 16 bytes.
  static bool isAligned(mlir::MemRefType type, unsigned dim);

  //===--- Order of the work ---===//
  Vector<Value>
  loop(Value begin, Value end, mlir::ValueRange initial,
       llvm::function_ref<Vector<Value>(Value, mlir::ValueRange)> body);
  void when(Value condition, llvm::function_ref<void()> body);
  /// Tiles of all rows, an index.
  Value countTiles();
  /// Computes the numbers of the launch.
  void beginBlock();
  /// Makes tile `number` the current one.
  void setTile(Value number);
  void setRow(Value number);
  /// Tiles of keys that `count` rows from `first` on see as a whole.
  Value countWholeTiles(Value first);
  Rows startRows();
  /// Sets `rows` of this lane, the warp's 16 beginning at `first`.
  void setRows(Value first);

  //===--- Softmax ---===//
  /// Replaces scores by exponentials and updates maxima and sums; gives what
  /// older sums are to be multiplied by. After prepareScores.
  std::array<Value, 2> applySoftmax(Vector<Value> &values, Rows &state,
                                    Value tile, bool isMasked);
  void prepareScores(Value tile, bool isMasked);
  Vector<Value> packWeights(mlir::ArrayRef<Value> values);
  /// Multiplies the sums of each row.
  void rescale(llvm::MutableArrayRef<Value> sums,
               const std::array<Value, 2> &factors);

  //===--- Results ---===//
  /// Divides and stores the sums of this lane, eight columns for every four.
  void storeResults(const Rows &state, llvm::ArrayRef<Value> sums);

  codegen::AttentionRegion &parts;
  codegen::LaneEmitter &lanes;
  WarpgroupEmitter i32;

  /// Sizes of tiles.
  std::int64_t blockKeys = 0, blockQueries = 0;
  /// Columns of the values that a block computes, and from which on (i32, null
  /// for the first).
  std::int64_t blockColumns = 0;
  Value firstColumn;
  /// Scores are products times this, and nothing else; else 0.
  double scale = 0;
  bool isCausal = false;
  mlir::Type elementType;

  /// Numbers (i32) of this launch, of this tile of queries, of this thread.
  Value numQueries, numKeys, queryTiles, numTiles;
  Vector<Value> rowSizes, row;
  Value firstQuery, keyTiles;
  Value lane;
  Value rows[2];

private:
  Vector<mlir::OpOperand *> findScoreOperands();
  void computeScores(Vector<Value> &values);
  void applyMask(Vector<Value> &values, Value tile);
  Value fromFirstColumn(Value column);
  void storePairs(unsigned half, mlir::ArrayRef<Value> pairs);
  void storeColumns(unsigned half, Value pair);
  void storeWords(Value yielded, Value buffer, unsigned half,
                  Vector<Value> words);
  std::optional<double> findEmptyResult();
  void transpose(llvm::MutableArrayRef<Value> words);

  /// Of the tile of keys that is next, for scores that are more than scaled.
  Vector<Vector<LaneValue>> scorePositions;
  std::int64_t scoreWidth = 1;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_ATTENTIONTILE_H
