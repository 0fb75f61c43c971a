//===- Positions.h - Values that count along a dimension --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_TRANSFORMS_POSITIONS_H
#define GRAPHC_DIALECTS_GRAPH_TRANSFORMS_POSITIONS_H

#include "dialects/Graph/IR/Graph.h"

namespace graphc::graph {

/// `index along a dimension + offset`.
struct Position {
  /// Counted from the last; nothing if every size is 1.
  std::optional<int64_t> dim;
  int64_t offset = 0;
};

/// `value` as such integers: an iota or a constant, with numbers added and
/// dimensions of size 1 put anywhere.
std::optional<Position> getPosition(mlir::Value value);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_POSITIONS_H
