//===- ConvolutionEmitter.h - Loops of a convolution ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_CONVOLUTIONEMITTER_H
#define GRAPHC_LIB_TARGET_CPU_CONVOLUTIONEMITTER_H

#include "WindowEmitter.h"

namespace graphc::cpu {

/// Emits the loops of one convolution kernel; see Convolution.cpp for their
/// order, ConvolutionBand.cpp for the copy of x and ConvolutionTile.cpp for
/// what is in registers.
class ConvolutionEmitter : WindowEmitter {
public:
  using WindowEmitter::WindowEmitter;

  /// False when this is no convolution of a kind that tiles fit.
  bool analyze();
  void emit();

private:
  using Indices = llvm::SmallVector<LaneValue>;
  /// Where a unit is.
  struct Unit {
    llvm::SmallVector<Value> batch, start, extent;
    Value group, tile;
    /// First output of the tile.
    Value output;
    /// Where x or the band begins.
    Value base;
  };
  /// Places of weights: those that are read now, and those of the tile after
  /// this one that are fetched meanwhile, `step` for every row of weights.
  struct Weights {
    Value now, ahead;
    std::int64_t step = 0;
  };

  void chooseTiles();
  void chooseBlocks();
  std::int64_t bandExtent(unsigned window, std::int64_t block) const;
  std::int64_t bandSize(llvm::ArrayRef<std::int64_t> block) const;
  unsigned chooseRows(std::int64_t pixels, std::int64_t columns) const;

  Unit decode(Value linear);
  Value inPlaceBase(const Unit &unit);
  void emitUnit(Unit &unit);
  void emitPixels(const Unit &unit, unsigned vectors, Value active);
  void emitTile(const Unit &unit, Value first, unsigned rows, unsigned vectors,
                Value active);
  llvm::SmallVector<llvm::SmallVector<Value>>
  coordinatesOf(const Unit &unit, Value first, unsigned rows);
  Indices indicesOf(const Unit &unit, llvm::ArrayRef<Value> position,
                    unsigned j);
  Weights weightsOf(const Unit &unit, Value first, unsigned rows);
  llvm::SmallVector<Value> accumulate(unsigned window, mlir::ValueRange initial,
                                      llvm::ArrayRef<Value> places,
                                      Weights weights, unsigned vectors,
                                      Value active);
  llvm::SmallVector<Value> innermost(mlir::ValueRange initial,
                                     llvm::ArrayRef<Value> places,
                                     Weights weights, std::int64_t count,
                                     unsigned vectors, Value active);

  void fillBand(const Unit &unit);
  void fillWindow(const Unit &unit, unsigned window, Value to, Value from);
  void fillRun(Value to, Value from, Value count);
  void fillChannels(Value to, Value from);
  void zeroBand(Value to, Value count);

  llvm::SmallVector<Value> batchSizes, windowSizes;
  std::int64_t tileVectors = 1, maxRows = 8;
  /// Register tiles per group.
  std::int64_t tilesPerGroup = 1;
  llvm::SmallVector<std::int64_t> block;
  llvm::SmallVector<Value> blockCounts;
  bool inPlace = false;
  /// A kernel column and its channels are one run of x, or the band.
  bool joined = false;
  /// Pixels that follow one another are read so, too, each once.
  bool isDense = false;
  Value x, w, band;
  llvm::SmallVector<Value> xStrides;
  /// Elements of x or the band from one position of a window to the next.
  llvm::SmallVector<Value> steps;
};

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_CONVOLUTIONEMITTER_H
