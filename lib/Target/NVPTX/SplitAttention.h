//===- SplitAttention.h - Attention split along its keys --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For few queries, as in a step of decoding, memory is what is waited for: keys
// and values are read once for all queries that share them, a group of heads
// included. A block takes some of these queries, its members, and a part of the
// keys. Lanes that hold a key together are a stream; every stream has a softmax
// of its own over the keys that it sees:
//
//   each stream, some keys at a time:
//     scores[member, key] = sum over lanes of query[member] * key
//     new maxima; p = exp(scores - max); sums
//     out[member] = out[member] * exp(old max - max) + p * value
//
// Streams meet by exchanges, warps in shared memory, and parts of the keys in a
// workspace, from which a second launch computes the result.
//
// Where tensor cores multiply the operands, warps take tiles of 16 keys
// instead, with up to eight members, and so wait for memory alone (see
// SplitAttentionTiles.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_SPLITATTENTION_H
#define GRAPHC_LIB_TARGET_NVPTX_SPLITATTENTION_H

#include "../Codegen/AttentionRegion.h"
#include "Pieces.h"
#include "Ring.h"
#include "SoftmaxMath.h"
#include "Warpgroup.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace graphc::nvptx {

class SplitAttention : SoftmaxMath {
public:
  SplitAttention(mlir::OpBuilder &builder, codegen::AttentionRegion &parts)
      : SoftmaxMath(builder, parts.loc()), parts(parts), lanes(parts.lanes),
        i32(builder, parts.loc()) {}

  /// Whether this form computes it.
  bool plan();
  /// Whether queries are so few that this form is better than others.
  bool hasFewQueries();
  /// Into how many parts keys are best split.
  std::int64_t chooseParts();
  std::int64_t getWorkspaceBytes(std::int64_t numParts);
  /// `workspace` is null for one part. Blocks may have `sharedBytes`.
  void emit(std::int64_t numParts, mlir::Value workspace,
            std::int64_t sharedBytes);

private:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<Value>;
  using LaneValue = codegen::LaneValue;

  /// What a member has come to.
  struct State {
    Value max, sum;
    Values out;
  };
  using States = llvm::SmallVector<State>;
  /// Reads the state of contribution `number`, `out` for one depth alone.
  using Reader = llvm::function_ref<State(Value number)>;

  void findGroup();
  void countMembers();
  Value countBlocks();
  std::optional<std::int64_t> countKnownBlocks();
  void setBlock(Value block);
  /// Makes member `number` of the block the current one; gives its query.
  LaneValue useMember(Value number);
  Value isMember(Value number);

  void emitBlock(mlir::gpu::LaunchOp launch, std::int64_t numParts,
                 Value workspace);
  void emitMerge(std::int64_t numParts, Value workspace);
  Values loadQueries();
  States walk(Value begin, Value end);
  States takeKeys(Value first, Value end, const States &states,
                  mlir::ArrayRef<Value> queries);
  Value computeScore(Value member, Value key, Value product);
  void update(State &state, mlir::ArrayRef<Value> scores,
              mlir::ArrayRef<Values> values);
  void mergeStreams(States &states);
  void storeStates(const States &states);
  /// Where a warp's state of a member begins in shared memory, in f32; `out`
  /// comes first, then the maximum and the sum.
  Value getStatePlace(Value warp, Value member);
  void storeShared(Value value, Value at);
  void mergeWarps(Value block, Value part, std::int64_t numParts,
                  Value workspace);
  State combine(std::int64_t count, Reader read);
  void storeMember(Value member, Value depth, const State &state);

  //===--- By tensor cores ---===//
  /// Whether they multiply the operands, which copies can bring.
  bool planTiles();
  /// What a warp has come to: `max` and `sum` of member g, and fragments of
  /// `out`.
  State walkTiles(Value begin, Value end);
  State takeTile(Value first, Value end, const State &state, Value full);
  /// Begins to bring the tile whose first key is `first` to the stage at
  /// `offset`.
  void fetchTile(Value first, Value offset);
  /// Where a piece of a key or of its value is in a stage.
  Value getPlace(Value offset, bool isKey, Value line, Value piece);
  Value loadPiece(Value offset, bool isKey, Value line, Value piece);
  Values multiplyKeys(Value full);
  void multiplyValues(State &state, mlir::ArrayRef<Value> weights, Value full);
  Values loadQueryWords();
  void storeTiles(State state);
  /// Pieces of a key that a lane reads, and blocks of columns of the values.
  std::int64_t keyParts() const;
  std::int64_t valueBlocks() const;
  /// Pieces of a key or of its value in shared memory.
  std::int64_t linePieces(bool isKey) const;
  std::int64_t tileBytes() const {
    return tileKeys * pieceBytes * (linePieces(true) + linePieces(false));
  }
  CopyRing planRing(std::int64_t sharedBytes, std::int64_t numParts) const;

  /// Elements as f32, from `depth` on, 0 where a lane has none.
  Values widen(Value vector);
  Values load(llvm::function_ref<LaneValue(LaneValue)> read, std::int64_t size,
              std::int64_t chunks, bool isPadded);

  std::int64_t warps() const { return threads / warpLanes; }
  std::int64_t streams() const { return threads / streamLanes; }
  /// Keys that a block takes at a time.
  std::int64_t stepKeys() const;
  std::int64_t stateSize() const { return parts.valueDepth + 2; }
  Values flatten(const States &states);
  States unflatten(mlir::ValueRange values);
  Values loop(Value begin, Value end, std::int64_t step,
              mlir::ValueRange initial,
              llvm::function_ref<Values(Value, mlir::ValueRange)> body);
  void when(Value condition, llvm::function_ref<void()> body);
  Value compare(mlir::arith::CmpIPredicate predicate, Value a, Value b);
  Value minimum(Value a, Value b);

  codegen::AttentionRegion &parts;
  codegen::LaneEmitter &lanes;
  WarpgroupEmitter i32;

  static constexpr std::int64_t warpLanes = 32;
  /// Keys of a tile, which a warp takes at a time.
  static constexpr std::int64_t tileKeys = 16;
  static constexpr std::int64_t maxMembers = 8; ///< Of a block.
  std::int64_t threads = 256;                   ///< Of a block.
  /// Members of a block, and keys that a stream takes at a time.
  std::int64_t members = 1, batch = 1;
  /// Elements of a lane's access, lanes of a stream, accesses along a depth.
  std::int64_t width = 1, streamLanes = 1, keyChunks = 1, valueChunks = 1;
  /// The row dimension whose queries share keys and values.
  std::optional<unsigned> groupDim;
  std::int64_t groupSize = 1;
  /// All that share keys, if that is known.
  std::optional<std::int64_t> allMembers;

  /// Tensor cores multiply.
  bool hasTiles = false;
  CopyRing ring;
  Product scoresProduct, valuesProduct;
  std::optional<ProductLoops> scoresLoops, valuesLoops;
  std::optional<PieceReader> keyReader, valueReader;
  Value ringStart;   ///< A pointer to shared memory.
  Values queryWords; ///< Of member g.

  Value thread, lane, shared; ///< Number, place in the stream or the warp.
  Value firstMember;          ///< Number among all that share keys.
  Value numMembers, numQueries, numKeys;
};

/// The workspace that attention wants, in bytes, and the parts of its keys:
/// 0 and 1 for most.
std::pair<std::int64_t, std::int64_t>
planAttentionWorkspace(mlir::OpBuilder &builder, kernel::RegionOp region);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_SPLITATTENTION_H
