//===- AttentionEmitter.h - Attention with many queries ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_ATTENTIONEMITTER_H
#define GRAPHC_LIB_TARGET_CPU_ATTENTIONEMITTER_H

#include "AttentionParts.h"

namespace graphc::cpu {

/// Keys of a block: the rescaling of O' is then small beside the products.
inline constexpr std::int64_t blockKeys = 64;
class AttentionEmitter : AttentionParts {
public:
  AttentionEmitter(const AttentionParts &parts) : AttentionParts(parts) {}

  void emit();

private:
  /// The queries of one block.
  struct Block {
    mlir::Value first;
    unsigned vectors;
    /// Active lanes of the last vector; null for all.
    mlir::Value active;
    bool isActive(unsigned vector) const {
      return !active || vector + 1 < vectors;
    }
  };

  void chooseTiles();
  void findMasks();
  void allocate();
  void emitBlocks(mlir::Value first);
  void emitBlock(const Block &block);
  void packQuery(const Block &block);
  llvm::SmallVector<mlir::Value> emitKeys(const Block &block, mlir::Value key,
                                          mlir::Value end,
                                          mlir::ValueRange state,
                                          bool isMasked);
  void packRows(mlir::Value panel, mlir::Value key, mlir::Value count,
                std::int64_t size,
                llvm::function_ref<codegen::LaneValue(codegen::LaneValue,
                                                      codegen::LaneValue)>
                    read);
  void packMasks(const Block &block, mlir::Value key, mlir::Value count);
  llvm::SmallVector<mlir::Value> emitScores(const Block &block, mlir::Value key,
                                            mlir::Value offset, unsigned rows,
                                            mlir::ValueRange maxima,
                                            bool isMasked);
  void emitWeighted(const Block &block, mlir::Value key, mlir::Value count,
                    mlir::Value d, unsigned rows,
                    llvm::ArrayRef<mlir::Value> scales);
  void storeBlock(const Block &block, mlir::ValueRange state);

  codegen::LaneValue queryLanes(const Block &block, unsigned vector) {
    return {add(block.first, vector * width), 1, {}, width};
  }

  std::int64_t width = 16, numVectors = 2, tileRows = 8;
  mlir::Value queryTile, scoreTile, outTile, rowTile, maxTile, sumTile;
  mlir::Value keyPanel, valuePanel;

  /// An operand that changes with query and key is read along keys.
  struct Mask {
    mlir::BlockArgument tensor;
    mlir::linalg::LinalgOp op;
    mlir::AffineMap map;
    mlir::Value panel;
  };
  llvm::SmallVector<Mask> masks;
};

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_ATTENTIONEMITTER_H
