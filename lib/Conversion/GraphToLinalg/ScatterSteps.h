//===- ScatterSteps.h - What scattering computes ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCATTERSTEPS_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCATTERSTEPS_H

#include "LinalgBuilder.h"

#include "dialects/Graph/IR/Graph.h"

namespace graphc {

/// What a place holds before anything is scattered to it that the old element
/// takes no part in.
mlir::Attribute getScatterNeutral(graph::ScatterReduce reduce, mlir::Type type);

/// What a place holds after `value` is scattered to it. Means are summed.
mlir::Value buildScatterStep(ScalarBuilder &at, graph::ScatterReduce reduce,
                             mlir::Value old, mlir::Value value,
                             mlir::Type type);

/// The mean of `count` (i64) elements; a sum of none stays.
mlir::Value buildScatterMean(ScalarBuilder &at, mlir::Value sum,
                             mlir::Value count, mlir::Type type);

/// True when updates may be combined in any order, by instructions that several
/// threads may give at the same time: results have the same bits.
bool isScatteredInAnyOrder(graph::ScatterReduce reduce, mlir::Type type);

/// Loops over the updates, one after the other or, with `anyOrder`, shared
/// among threads.
mlir::LogicalResult lowerIndexPut(graph::IndexPutOp op, LinalgBuilder &b,
                                  bool anyOrder);
mlir::LogicalResult lowerScatter(graph::ScatterOp op, LinalgBuilder &b,
                                 bool anyOrder);

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCATTERSTEPS_H
