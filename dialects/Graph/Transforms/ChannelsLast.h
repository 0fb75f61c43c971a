//===- ChannelsLast.h - Values with channels last ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_TRANSFORMS_CHANNELSLAST_H
#define GRAPHC_DIALECTS_GRAPH_TRANSFORMS_CHANNELSLAST_H

#include "dialects/Graph/IR/Graph.h"

namespace graphc::graph {

/// [0, 2, .., rank - 1, 1]: to channels last.
llvm::SmallVector<std::int64_t> toChannelsLast(std::int64_t rank);

/// [0, rank - 1, 1, ..]: back.
llvm::SmallVector<std::int64_t> toChannelsFirst(std::int64_t rank);

/// Where dimension `dim` is with channels last.
std::int64_t placeWithChannelsLast(std::int64_t dim, std::int64_t rank);

/// Values [N, C, spatial..] and their twins, the same with channels last. Ops
/// are replaced by ones over twins; what is replaced stays until `clean`.
class ChannelsLastTwins {
public:
  using Map = llvm::DenseMap<mlir::Value, mlir::Value>;

  explicit ChannelsLastTwins(mlir::MLIRContext *context) : builder(context) {}

  /// Looks twins up in `map`, and adds them there, from now on.
  void setMap(Map &map) { twins = &map; }
  void set(mlir::Value value, mlir::Value twin) { (*twins)[value] = twin; }
  /// Null when there is none.
  mlir::Value lookup(mlir::Value value) const { return twins->lookup(value); }
  /// `value` with channels last, made if need be.
  mlir::Value get(mlir::Value value);

  /// A permutation of `value`, of `type` if there is one; null when `perm` does
  /// not fit.
  mlir::Value permute(mlir::Value value, llvm::ArrayRef<std::int64_t> perm,
                      StridedTensorType type = {});
  /// `op` over `operands`, changed by `change`, with the types that follow;
  /// null when it has no such form.
  mlir::Operation *rebuild(mlir::Operation *op, mlir::ValueRange operands,
                           llvm::function_ref<void(mlir::Operation *)> change);

  /// Uses `value` for `old`, which has the same shape. Strides only matter
  /// where they are read or have to agree with another type.
  void replace(mlir::Value old, mlir::Value value);
  /// Uses a permutation of `twin` for `old`.
  void finish(mlir::Value old, mlir::Value twin);

  void markDead(mlir::Operation *op) { dead.insert(op); }
  bool isDead(mlir::Operation *op) const { return dead.contains(op); }
  /// Reshapes and permutations that may turn out to be unused.
  void addPermute(mlir::Operation *op) { permutes.push_back(op); }
  /// Drops what has been replaced.
  void clean();

  mlir::OpBuilder builder;

private:
  Map *twins = nullptr;
  llvm::SetVector<mlir::Operation *> dead;
  llvm::SmallVector<mlir::Operation *> permutes;
};

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_CHANNELSLAST_H
